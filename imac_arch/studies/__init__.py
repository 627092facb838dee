"""What asks the evaluation questions: one module a question."""
