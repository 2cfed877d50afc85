"""Delays as they were measured: quantiles, and what lies between them."""

from itertools import pairwise

from pydantic import model_validator

from schemas.strict_model import StrictModel

Share = float
Range = tuple[float, float]


class LagTable(StrictModel):
    """Quantiles of a delay in minutes, linear between the points."""

    share: tuple[float, ...]
    minutes: tuple[float, ...]
    source: str

    @model_validator(mode="after")
    def _rises(self) -> "LagTable":
        if len(self.share) != len(self.minutes) or list(self.share) != sorted(set(self.share)):
            message = "share must rise, and have as many points as minutes"
            raise ValueError(message)
        return self

    def minutes_at(self, share: float) -> float:
        """Minutes below which this share of delays lies; beyond the last point, the last point."""
        return between(self.share, self.minutes, share)


def between(shares: tuple[float, ...], minutes: tuple[float, ...], share: float) -> float:
    """The minutes at a share, linear between the points."""
    points = list(zip(shares, minutes, strict=True))
    for (low, low_minutes), (high, high_minutes) in pairwise(points):
        if share <= high:
            return low_minutes + (high_minutes - low_minutes) * max(share - low, 0) / (high - low)
    return minutes[-1]
