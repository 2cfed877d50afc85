"""Stretches of a stay in which one case each may begin, cut where sepsis was ruled out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from schemas.clinical import ActName
from scoring.chart import Chart


@dataclass(frozen=True, slots=True)
class Span:
    """The part of an episode in which one case may begin: after `after`, up to and including `until`.

    Where sepsis was ruled out, the next case of the episode begins after that.
    """

    after: datetime | None = None
    until: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Whether `moment` lies in the span."""
        return (self.after is None or moment > self.after) and (self.until is None or moment <= self.until)


def spans(chart: Chart) -> Iterator[Span]:
    """The stretches of an episode in which a case may begin, cut where sepsis was ruled out; none is empty."""
    after: datetime | None = None
    for moment, _, _ in chart.acts(ActName.SEPSIS_RULED_OUT):
        if moment != after:
            yield Span(after, moment)
        after = moment
    yield Span(after, None)
