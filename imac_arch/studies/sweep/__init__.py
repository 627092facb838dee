"""Sweeps: designs by the million along axes of fields, in bounded memory."""
