"""A simulated emergency department: a feed of raw messages, and the truth beside it."""
