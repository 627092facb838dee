"""The HTML report: facts, form and packing apart."""
