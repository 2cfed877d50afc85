"""Latencies in figures that mean something."""

from collections.abc import Sequence
from statistics import quantiles


def in_ms(latencies_s: Sequence[float]) -> dict[str, float]:
    """How many there are, and their median, 95th and 99th percentile and extremes, in milliseconds."""
    if len(latencies_s) < 2:
        return {"count": len(latencies_s)}
    cuts = quantiles(latencies_s, n=100, method="inclusive")
    figures = {
        "least": min(latencies_s),
        "p50": cuts[49],
        "p95": cuts[94],
        "p99": cuts[98],
        "max": max(latencies_s),
    }
    return {"count": len(latencies_s)} | {name: round(each * 1000, 1) for name, each in figures.items()}
