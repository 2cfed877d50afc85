"""The words: what feeds send, what we mean, what we say and what we show.

Pure: no I/O but reading this package's own TOML, no clock, no threads, no logging.
"""
