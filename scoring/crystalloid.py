"""Crystalloid by weight: the target volume, when it is in, and the boluses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from schemas.clinical import Act, ActName, AnyFact, DrugClass, Medication, Observation, Quantity
from scoring.case_view import CaseView
from scoring.number import Number


@dataclass(frozen=True, slots=True)
class Target:
    """A volume asked for, and the fact that says how much.

    Attributes:
        volume_ml: What is enough, exactly as its parts are printed.
        told_by: The weight, or the reason documented for less.
    """

    volume_ml: Decimal
    told_by: AnyFact


@dataclass(frozen=True, slots=True)
class Reached:
    """A target volume that is in.

    Attributes:
        by: The part that reached it.
        parts: Every part up to it, in the order of completion.
    """

    by: Medication
    parts: tuple[Medication, ...]

    @property
    def began_at(self) -> datetime:
        """When the first of the parts began."""
        return min(self._starts)

    @property
    def all_begun_at(self) -> datetime:
        """When the last of the parts began."""
        return max(self._starts)

    @property
    def _starts(self) -> list[datetime]:
        return [part.started_at for part in self.parts if part.started_at is not None]


def exact(number: float | None) -> Decimal:
    """A number as it is printed: 64.4 kg times 30 mL/kg are 1932 mL, and not a hair more."""
    return Decimal(0) if number is None else Decimal(str(number))


def find_weight(view: CaseView) -> Observation | None:
    """The last weight by time zero, else the first after it."""
    weights = [fact for fact in view.observed(Quantity.WEIGHT) if fact.value]
    before = [fact for fact in weights if view.cut(fact.collected_at) <= view.time_zero]
    return before[-1] if before else next(iter(weights), None)


def find_target(view: CaseView, volume: Number, share: Number | None, lesser_by: ActName | None) -> Target | None:
    """How much is asked for; None where no weight and no lesser volume is charted."""
    lesser = [fact for _, _, fact in view.chart.acts(lesser_by)] if lesser_by is not None else []
    documented = [fact for fact in lesser if isinstance(fact, Act) and fact.value is not None]
    if documented:
        return Target(exact(documented[-1].value), documented[-1])
    weight = find_weight(view)
    if weight is None:
        return None
    enough = Decimal(1) if share is None else exact(share.value)
    return Target(exact(volume.value) * exact(weight.value) * enough, weight)


def crystalloids(view: CaseView, since: datetime | None) -> list[Medication]:
    """Crystalloids by start, from an instant (cut) on."""
    return view.given(view.chart.medications(DrugClass.CRYSTALLOID), since)


def completed_at(fact: AnyFact) -> datetime | None:
    """When an infusion ended; None while it runs."""
    return fact.completed_at if isinstance(fact, Medication) else None


def find_reached(parts: Iterable[Medication], volume_ml: Decimal) -> tuple[Reached | None, tuple[Medication, ...]]:
    """When the parts that are in reach a volume; and all that are in, where they do not."""
    done = [part for part in parts if part.completed_at is not None and part.volume_ml is not None]
    used: list[Medication] = []
    given = Decimal(0)
    for part in sorted(done, key=lambda each: (each.completed_at or each.received_at, each.event_id)):
        given += exact(part.volume_ml)
        used.append(part)
        if given >= volume_ml:
            return Reached(part, tuple(used)), tuple(used)
    return None, tuple(used)


def find_boluses(view: CaseView, since: datetime | None, at_least_ml: Decimal) -> list[tuple[Medication, ...]]:
    """Boluses by start: what was hung once, in its parts, with enough volume charted; each from `since` (cut) on."""
    hung: dict[str, list[Medication]] = {}
    for part in crystalloids(view, None):
        hung.setdefault(part.infusion_id or part.fact_id, []).append(part)
    return [
        tuple(parts)
        for parts in hung.values()
        if sum(exact(part.volume_ml) for part in parts) >= at_least_ml
        and (since is None or view.cut(parts[0].started_at or parts[0].received_at) >= since)
    ]
