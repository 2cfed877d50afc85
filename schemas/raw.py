"""Raw messages: the canonical JSON that feeds send on the `raw.*` topics, version 1.

Times are ISO 8601 strings here, not datetimes: a source may send local times without an offset,
and only its profile (`schemas/sources/*.toml`) says which zone they are in. A message in another
format (a table row, an XES event) is a `RawRow` and names its format.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from schemas.clinical import ActName, Domain
from schemas.strict_model import Identifier, StrictModel

TimeText = Annotated[str, Field(min_length=8, max_length=40)]
"""ISO 8601, with an offset or, where the source's profile declares a zone, without."""


def _no_truth_value(sent: object) -> object:
    if isinstance(sent, bool):
        message = "a number is neither true nor false"
        raise ValueError(message)  # noqa: TRY004 - pydantic makes a ValidationError of a ValueError only
    return sent


Number = Annotated[float, BeforeValidator(_no_truth_value)]
"""A number; `true` is not 1."""


class RawStatus(StrEnum):
    """How a message stands to an earlier one with the same `fact_id`."""

    FINAL = "final"
    CORRECTED = "corrected"
    ENTERED_IN_ERROR = "entered_in_error"
    CANCELLED = "cancelled"


class RawMessage(StrictModel):
    """What every canonical message carries."""

    message_id: Identifier
    """Unique a message within its source; a repeat has the same."""
    fact_id: Identifier | None = None
    """Identity of the order, dose, draw or visit step; later messages with it replace this one."""
    version: int = Field(default=0, ge=0)
    status: RawStatus = RawStatus.FINAL
    source: str
    facility_id: Identifier
    patient_id: Identifier | None = None
    encounter_id: Identifier | None = None
    recorded_at: TimeText | None = None
    received_at: TimeText | None = None
    """When an ingest took it first; kept where a feed carries it."""


class AdtEvent(StrEnum):
    """Events of `raw.adt`."""

    ARRIVE = "arrive"
    TRIAGE = "triage"
    ADMIT = "admit"
    MOVE = "move"
    DISCHARGE = "discharge"
    DIED = "died"
    TRANSFER_IN = "transfer_in"
    TRANSFER_OUT = "transfer_out"
    REGISTER = "register"
    """Demographics only."""
    MERGE = "merge"
    LINK = "link"
    COVERAGE = "coverage"


class RawAdt(RawMessage):
    """`raw.adt`: arrival to discharge, demographics, merges and links."""

    schema_id: Literal["raw.adt/1"] = Field(alias="schema")
    event: AdtEvent
    happened_at: TimeText | None = None
    unit: str | None = None
    discharge_status: str | None = None
    birth_date: str | None = None
    mrn: str | None = None
    pcn: str | None = None
    upi: str | None = None
    into_patient_id: Identifier | None = None
    into_encounter_id: Identifier | None = None
    domain: Domain | None = None
    covered_until: TimeText | None = None


class RawLab(RawMessage):
    """`raw.lab`: a result, or a culture (its code says so)."""

    schema_id: Literal["raw.lab/1"] = Field(alias="schema")
    code: str
    code_system: str = "loinc"
    value: Number | str | None = None
    unit: str | None = None
    specimen: str | None = None
    ordered_at: TimeText | None = None
    collected_at: TimeText | None = None
    resulted_at: TimeText | None = None


class RawMedication(RawMessage):
    """`raw.medication`: an order, a dose, an infusion's start and end."""

    schema_id: Literal["raw.medication/1"] = Field(alias="schema")
    code: str
    code_system: str = "name"
    route: str | None = None
    volume: Number | None = None
    volume_unit: str | None = None
    ordered_at: TimeText | None = None
    started_at: TimeText | None = None
    completed_at: TimeText | None = None
    infusion_id: Identifier | None = None
    """What was hung once and given in parts; each part is a message of its own, with its own volume and end."""


class RawVitals(RawMessage):
    """`raw.vitals`: one measured vital sign or weight."""

    schema_id: Literal["raw.vitals/1"] = Field(alias="schema")
    code: str
    code_system: str = "name"
    value: Number | str | None = None
    unit: str | None = None
    measured_at: TimeText


class RawAct(RawMessage):
    """`raw.act`: a clinical act or statement."""

    schema_id: Literal["raw.act/1"] = Field(alias="schema")
    act: ActName
    happened_at: TimeText
    value: Number | None = None
    reason: str | None = None
    actor: str | None = None
    measure: str | None = None
    """For `time_zero_overridden`: the measure, with its version; none: every measure."""
    time_zero: TimeText | None = None
    """For `time_zero_overridden`: when time zero was; it needs `reason` and `actor` too."""


class RowPhase(StrEnum):
    """Which of the moments at which something about a row becomes known this message is."""

    ROW = "row"
    """The row itself; the one message of a row that is counted as read."""
    ADMITTED = "admitted"
    """The admission of a row of `admissions` whose arrival was known before."""
    DIED = "died"
    """The death of a row of `admissions`."""
    COMPLETED = "completed"
    """The end of what the row began (infusion, stay), known no earlier than it happened."""
    RETRACTED = "retracted"
    """The row was rewritten, cancelled or marked as an error."""


class RawRow(StrictModel):
    """A row of a published table, or an event of a published log, as it stands in its file."""

    format: Literal["mimic3/1", "xes/1"]
    table: str
    """Table name (`labevents`), or `event` for XES."""
    phase: RowPhase = RowPhase.ROW
    received_at: TimeText | None = None
    known_at: TimeText | None = None
    """For a phase other than `row`: when it became known."""
    row: dict[str, Any]
    case_id: str | None = None
    """XES: the trace's name."""
    position: int | None = None
    """XES: the event's place in its trace, which makes its id."""
    repeated: bool = False
    """XES: an admission that is not the first of its trace."""
    carrier: bool = False
    """MIMIC-III, CareVue: a fluid in which a drug is dissolved; the drug is another row of the same order."""


RAW_MODELS: dict[str, type[RawMessage]] = {
    "raw.adt": RawAdt,
    "raw.lab": RawLab,
    "raw.medication": RawMedication,
    "raw.vitals": RawVitals,
    "raw.act": RawAct,
}
"""The canonical model of each raw topic."""
