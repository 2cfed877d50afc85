"""A simulated hospital: how good it is, and when its interfaces stand still."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from schemas.topics import Topic
from streams.simulator.dice import Dice
from streams.simulator.practice import Practice

_MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Outage:
    """A topic stands still from `begins_at` on; what came in between is delivered at `ends_at`."""

    begins_at: datetime
    ends_at: datetime


@dataclass(slots=True)
class Hospital:
    """One hospital.

    Attributes:
        children_bundle: Share of its children for whom the whole bundle is done in time.
        adults_bundle: Share of its adults with the whole 3-hour bundle.
        seed: From which its outages are thrown.
    """

    facility_id: str
    children_bundle: float
    adults_bundle: float
    practice: Practice
    seed: str
    _outages: dict[tuple[Topic, date], Outage | None] = field(default_factory=dict)

    def delivers_at(self, topic: Topic, at: datetime) -> datetime:
        """When what is sent on a topic at `at` is delivered: at once, or when the outage ends."""
        for day in (at.date(), at.date() - timedelta(days=1)):
            outage = self._outage(topic, day, at)
            if outage is not None and outage.begins_at <= at < outage.ends_at:
                return outage.ends_at
        return at

    def _outage(self, topic: Topic, day: date, at: datetime) -> Outage | None:
        if (topic, day) not in self._outages:
            self._outages[topic, day] = self._throw(topic, datetime(day.year, day.month, day.day, tzinfo=at.tzinfo))
        return self._outages[topic, day]

    def _throw(self, topic: Topic, midnight: datetime) -> Outage | None:
        outages, dice = self.practice.outages, Dice(f"{self.seed}:{topic}:{midnight.date()}")
        if not dice.chance(outages.a_day):
            return None
        begins_at = midnight + dice.minutes((0, _MINUTES_A_DAY))
        return Outage(begins_at, begins_at + dice.minutes(outages.minutes))


def build_hospitals(seed: int, count: int, practice: Practice) -> tuple[Hospital, ...]:
    """The hospitals of a run: the same seed gives the same ones."""
    named = practice.site.hospitals[:count]
    numbered = (f"{practice.site.more_hospitals}{number:03d}" for number in range(len(named) + 1, count + 1))
    return tuple(_build(f"{seed}:{name}", name, practice) for name in (*named, *numbered))


def _build(seed: str, name: str, practice: Practice) -> Hospital:
    ranges, dice = practice.hospital, Dice(seed)
    children = share_between(dice, ranges.children_low, practice.children.bundle, ranges.children_high)
    adults = share_between(dice, ranges.adults_low, practice.adults.bundle, ranges.adults_high)
    return Hospital(name, children, adults, practice, seed)


def share_between(dice: Dice, low: float, mean: float, high: float) -> float:
    """A share between `low` and `high` whose mean over many throws is `mean`.

    Even on either side of the mean; how often a throw lies below it is chosen so that the mean comes out.
    """
    below = (high - mean) / (high - low)
    return dice.measured((low, mean), 4) if dice.chance(below) else dice.measured((mean, high), 4)
