"""What our own packages read once and keep for as long as a process runs."""

import gc
from functools import _lru_cache_wrapper


def alive(kind):
    """Everything of a kind that the garbage collector knows."""
    return [each for each in gc.get_objects() if isinstance(each, kind)]


def caches_of_ours():
    """The caches of words and judgement."""
    return [kept for kept in alive(_lru_cache_wrapper) if (kept.__module__ or "").startswith(("schemas.", "scoring."))]


def forget_what_was_read(caches):
    """Empty these caches."""
    for kept in caches:
        kept.cache_clear()
