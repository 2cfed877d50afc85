"""The judgement: facts in, verdicts and alerts out.

Pure: no I/O but reading this package's own TOML once, no clock, no threads, no logging.
`step` is the one way in for events, `judge` the one way to ask how everything stands.
"""
