"""Documents as tables, terminal output and reports."""
