"""Scripts that make the fitted coefficients of ``tech/laws`` from their tables."""
