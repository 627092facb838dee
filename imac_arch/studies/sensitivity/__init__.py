"""What drives a result, and what would flip it."""
