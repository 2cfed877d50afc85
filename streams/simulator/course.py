"""The course of a stay: what really happened, at which second. Nothing of it is charted yet.

The truth is told from this alone. Whatever a chart may say of it later, sooner, wrongly or under
another number is the business of `charting` and `faults`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from schemas.clinical import ActName, DrugClass, Quantity, Specimen
from schemas.raw import AdtEvent

ENDS = frozenset({AdtEvent.DISCHARGE, AdtEvent.DIED, AdtEvent.TRANSFER_OUT})


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the visit."""

    event: AdtEvent
    at: datetime
    unit: str | None = None
    discharge_status: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """An act or statement of a clinician.

    Attributes:
        name: The name of the fact within the stay.
        value: Score of a PEWS; target in mL of a lesser volume.
    """

    name: str
    act: ActName
    at: datetime
    value: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One vital sign, in the quantity's own unit.

    Attributes:
        charted_at: When it was written down; now and then ahead of the hour.
        corrected_at: When a wrong value was put right; None: it was right at once.
    """

    name: str
    quantity: Quantity
    value: float
    at: datetime
    charted_at: datetime
    corrected_at: datetime | None = None

    @property
    def stands_at(self) -> datetime:
        """When the entry was made that stands."""
        return self.corrected_at or self.charted_at


@dataclass(frozen=True, slots=True)
class BloodTest:
    """Blood drawn for one value, with its result."""

    name: str
    quantity: Quantity
    value: float
    collected_at: datetime
    resulted_at: datetime
    ordered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CultureTaken:
    """A culture; without `collected_at` it was ordered and never drawn.

    Attributes:
        day_only: Nobody wrote down more than the day, then or later.
    """

    name: str
    specimen: Specimen
    ordered_at: datetime
    collected_at: datetime | None
    day_only: bool = False


@dataclass(frozen=True, slots=True)
class Dose:
    """A drug against microbes; without `started_at` it was ordered and never given."""

    name: str
    drug: str
    route: str
    ordered_at: datetime
    started_at: datetime | None
    day_only: bool = False
    antibacterial: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """What ran of an infusion between two moments."""

    started_at: datetime
    completed_at: datetime
    volume_ml: float | None = None


@dataclass(frozen=True, slots=True)
class Infusion:
    """A bag or a pump: a fluid bolus or a vasopressor, in one part or several.

    Attributes:
        rewritten: It was first charted as one, and then taken back in favour of its parts.
    """

    name: str
    drug: str
    drug_class: DrugClass
    ordered_at: datetime
    parts: tuple[Part, ...]
    rewritten: bool = False

    @property
    def started_at(self) -> datetime:
        """When the first part began."""
        return self.parts[0].started_at

    @property
    def completed_at(self) -> datetime:
        """When the last part ended."""
        return self.parts[-1].completed_at

    @property
    def volume_ml(self) -> float:
        """All of it."""
        return sum(part.volume_ml or 0 for part in self.parts)

    def part_name(self, place: int) -> str:
        """The name of one part's fact."""
        return self.name if len(self.parts) == 1 else f"{self.name}-part-{place + 1}"


@dataclass(slots=True)
class Course:
    """One stay as it happened.

    Attributes:
        encounter_id: The number it began under, which is the case's.
        born: Date of birth; None: nobody will ever know it.
        weight_kg: What the patient weighs, whether or not anybody finds out.
        weighed_at: None: nobody weighs, and no weight will ever be known.
    """

    facility_id: str
    encounter_id: str
    is_child: bool
    born: date | None
    weight_kg: float
    weighed_at: datetime | None = None
    steps: list[Step] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    tests: list[BloodTest] = field(default_factory=list)
    cultures: list[CultureTaken] = field(default_factory=list)
    doses: list[Dose] = field(default_factory=list)
    infusions: list[Infusion] = field(default_factory=list)

    def step(self, *events: AdtEvent) -> Step | None:
        """The first step of these kinds."""
        return min((step for step in self.steps if step.event in events), key=lambda step: step.at, default=None)

    def step_at(self, *events: AdtEvent) -> datetime | None:
        """When the first step of these kinds was."""
        step = self.step(*events)
        return None if step is None else step.at

    @property
    def ends_at(self) -> datetime:
        """The last way in which the stay ended: discharge, death, transfer out."""
        return max(step.at for step in self.steps if step.event in ENDS)

    @property
    def contradicts_itself(self) -> bool:
        """Whether the only discharge that anybody writes is not after the admission."""
        admitted_at, left_at = self.step_at(AdtEvent.ADMIT), self.step_at(AdtEvent.DISCHARGE)
        return admitted_at is not None and left_at is not None and left_at <= admitted_at

    def said(self, *acts: ActName) -> list[Statement]:
        """Statements of these kinds, in the order in which they were made."""
        return sorted((each for each in self.statements if each.act in acts), key=lambda each: (each.at, each.name))

    def measured(self, quantity: Quantity) -> Iterator[Reading | BloodTest]:
        """Vital signs and results of one quantity, in no order."""
        yield from (each for each in self.readings if each.quantity is quantity)
        yield from (each for each in self.tests if each.quantity is quantity)


def measured_at(value: Reading | BloodTest) -> datetime:
    """When it was measured or drawn."""
    return value.at if isinstance(value, Reading) else value.collected_at


def day_of(at: datetime) -> date:
    """The day on the clock of the ward, which is all that some entries say."""
    return at.astimezone(WARD_ZONE).date()


def first_instant(day: date) -> datetime:
    """When a day began on the ward."""
    return datetime(day.year, day.month, day.day, tzinfo=WARD_ZONE)


def cut_to_minute(at: datetime) -> datetime:
    """The minute that holds `at`."""
    return at.replace(second=0, microsecond=0)


MINUTE = timedelta(minutes=1)

WARD_ZONE = ZoneInfo("America/New_York")
"""The zone that the source profile `simulated` declares."""
