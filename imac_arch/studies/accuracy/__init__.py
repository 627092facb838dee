"""Whether a network still computes: accuracy on labelled images through the hardware of each architecture."""
