"""Judging abstraction files: one row a case, as people filled in a form after discharge."""
