"""Inputs that nobody would write, made at random and by seed, and what must hold of every one of them."""
