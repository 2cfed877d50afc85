"""A measure's file as its author sees it: what is wrong with it, where, and what to do about it."""
