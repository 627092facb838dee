"""The best design: of given axes, or of each architecture's own knobs."""
