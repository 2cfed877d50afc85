"""Simulated hospitals: courses of stays, the feed of raw messages that tells of them, and the truth beside it."""
