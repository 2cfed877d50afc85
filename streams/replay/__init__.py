"""Replay: the same engine over a recorded feed, without a broker."""

from streams.replay.crew import LostProcessError
from streams.replay.replay import replay
from streams.replay.request import LOG_FORMAT, ReplayRequest, ReplayResult

__all__ = ["LOG_FORMAT", "LostProcessError", "ReplayRequest", "ReplayResult", "replay"]
