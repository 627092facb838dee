"""Estimates held against published silicon."""
