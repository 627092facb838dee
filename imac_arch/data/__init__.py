"""Physical values, files and the errors in them: the ground floor."""
