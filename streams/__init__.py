"""The plumbing: all broker and cache I/O. Decides nothing clinical.

`worker.run` is the whole of it; `produce`, `log_export` and `redis_rebuild` stand beside it.
"""
