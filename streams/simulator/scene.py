"""What is known while a course is being drawn, and how the moment of an act is thrown."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from streams.simulator.course import MINUTE, Course, cut_to_minute
from streams.simulator.dice import Dice
from streams.simulator.hospital import Hospital
from streams.simulator.lag_table import Range
from streams.simulator.practice import Practice

_TRIES = 6


@dataclass(slots=True)
class Scene:
    """One stay while it is drawn.

    Attributes:
        begins_at: Arrival or admission, whichever was first.
        ends_at: When the patient leaves, dead or alive; nothing is done later.
        recognised_at: When sepsis is first suspected.
        protocol_at: When the protocol was started; None: it was not.
        anchors: Moments from which some measure counts, as far as drawn.
        by_arterial_line: Pressures beside the rounds are taken by an arterial line, as means.
        on_the_edge: Acts of this stay fall on the edges of windows, as often as the profile says.
        haste: How long things take that are done in time, as a share of the usual.
    """

    course: Course
    dice: Dice
    practice: Practice
    hospital: Hospital
    begins_at: datetime
    ends_at: datetime
    recognised_at: datetime
    protocol_at: datetime | None = None
    anchors: list[datetime] = field(default_factory=list)
    by_arterial_line: bool = False
    on_the_edge: bool = False
    haste: float = 1.0

    def goes_on_at(self, at: datetime) -> bool:
        """Whether the patient is there."""
        return self.begins_at <= at <= self.ends_at

    def in_time(self, zero: datetime, bounds: Range) -> datetime:
        """Some second of a minute between the bounds after `zero`; now and then the very last one."""
        edge = self._edge_of_any_window()
        if edge is not None:
            return edge
        earliest, latest = bounds
        if self.dice.chance(self.practice.boundaries.at_edge):
            minute = cut_to_minute(zero) + timedelta(minutes=round(latest))
            return minute + timedelta(seconds=self.dice.pick((0, 59)))
        return self._within(zero, (earliest * self.haste, latest * self.haste))

    def too_late(self, zero: datetime, limit: float, latest: float) -> datetime:
        """Some second after the minute of `limit`; now and then the very first one."""
        edge = self._edge_of_any_window()
        if edge is not None:
            return edge
        if self.dice.chance(self.practice.boundaries.at_edge):
            return cut_to_minute(zero) + timedelta(minutes=round(limit) + 1)
        return self._within(zero, (limit + 1, latest))

    def some_time(self, zero: datetime, bounds: Range) -> datetime:
        """Some second between the bounds in minutes after `zero`, or at the edge of a window."""
        return self._edge_of_any_window() or self._within(zero, bounds)

    def _within(self, zero: datetime, bounds: Range) -> datetime:
        return self.dice.within_minute(cut_to_minute(zero) + timedelta(minutes=self.dice.whole(bounds)))

    def _edge_of_any_window(self) -> datetime | None:
        """The edge of a window of some measure, where the profile asks for it and the patient is there."""
        edges, dice = self.practice.boundaries, self.dice
        if not self.on_the_edge or not self.anchors or not dice.chance(edges.anywhere):
            return None
        for _ in range(_TRIES):
            anchor = dice.pick(self.anchors)
            base = anchor if dice.chance(edges.at_edge) else cut_to_minute(anchor)
            at = base + MINUTE * dice.pick(edges.edge_minutes) + timedelta(seconds=dice.pick(edges.seconds))
            if self.goes_on_at(at):
                return at
        return None
