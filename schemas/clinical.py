"""Clinical events: what the feeds mean, after translation and before any judgement.

A *fact* (one dose, one draw, one admission) has a `fact_id`. Messages about it are *versions*
of the fact: the highest version wins, a retracted one says that it never was. In which order
they arrive, and how often, leaves no trace.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from schemas.strict_model import Identifier, Instant, StrictModel
from schemas.topics import patient_key


class VisitStep(StrEnum):
    """The steps of a visit that ADT feeds announce."""

    ARRIVED = "arrived"
    TRIAGED = "triaged"
    ADMITTED = "admitted"
    MOVED = "moved"
    DISCHARGED = "discharged"
    DIED = "died"
    TRANSFERRED_IN = "transferred_in"
    TRANSFERRED_OUT = "transferred_out"


class Specimen(StrEnum):
    """What a culture was taken from, as far as measures ask."""

    BLOOD = "blood"
    STERILE = "sterile"
    """Another normally sterile site: cerebrospinal, pleural, peritoneal, joint fluid, tissue."""
    OTHER = "other"


class DrugClass(StrEnum):
    """What a drug is, as far as measures ask."""

    ANTIBACTERIAL = "antibacterial"
    CRYSTALLOID = "crystalloid"
    VASOPRESSOR = "vasopressor"


class Quantity(StrEnum):
    """Measured quantities, each in the one unit that its name or `QUANTITY_UNITS` states."""

    LACTATE = "lactate"
    WBC = "wbc"
    BANDS = "bands"
    CREATININE = "creatinine"
    BILIRUBIN = "bilirubin"
    PLATELETS = "platelets"
    INR = "inr"
    APTT = "aptt"
    CRP = "crp"
    HEART_RATE = "heart_rate"
    RESPIRATORY_RATE = "respiratory_rate"
    TEMPERATURE = "temperature"
    SYSTOLIC_BP = "systolic_bp"
    DIASTOLIC_BP = "diastolic_bp"
    MEAN_ARTERIAL_PRESSURE = "mean_arterial_pressure"
    SPO2 = "spo2"
    GCS_TOTAL = "gcs_total"
    WEIGHT = "weight"
    URINE_OUTPUT = "urine_output"
    PAO2 = "pao2"
    FIO2 = "fio2"
    D_DIMER = "d_dimer"
    FIBRINOGEN = "fibrinogen"


QUANTITY_UNITS = {
    Quantity.LACTATE: "mmol/L",
    Quantity.WBC: "10^9/L",
    Quantity.BANDS: "%",
    Quantity.CREATININE: "mg/dL",
    Quantity.BILIRUBIN: "mg/dL",
    Quantity.PLATELETS: "10^9/L",
    Quantity.INR: "ratio",
    Quantity.APTT: "s",
    Quantity.CRP: "mg/L",
    Quantity.HEART_RATE: "/min",
    Quantity.RESPIRATORY_RATE: "/min",
    Quantity.TEMPERATURE: "Cel",
    Quantity.SYSTOLIC_BP: "mmHg",
    Quantity.DIASTOLIC_BP: "mmHg",
    Quantity.MEAN_ARTERIAL_PRESSURE: "mmHg",
    Quantity.SPO2: "%",
    Quantity.GCS_TOTAL: "points",
    Quantity.WEIGHT: "kg",
    Quantity.URINE_OUTPUT: "mL",
    Quantity.PAO2: "mmHg",
    Quantity.FIO2: "ratio",
    Quantity.D_DIMER: "mg/L",
    Quantity.FIBRINOGEN: "mg/dL",
}
"""The unit every `Observation` of a quantity is in; translators convert, nobody else does."""


class ActName(StrEnum):
    """Clinical acts and statements that open, close, exclude or explain a case."""

    PROTOCOL_STARTED = "protocol_started"
    ORDER_SET_STARTED = "order_set_started"
    BEST_PRACTICE_ALERT = "best_practice_alert"
    SEPSIS_DOCUMENTED = "sepsis_documented"
    SEPSIS_RULED_OUT = "sepsis_ruled_out"
    SEPSIS_TRIAGE_FORM = "sepsis_triage_form"
    INFECTION_SUSPECTED = "infection_suspected"
    PEWS = "pews"
    EXCLUDED_FROM_PROTOCOL = "excluded_from_protocol"
    COMFORT_CARE = "comfort_care"
    MECHANICAL_VENTILATION = "mechanical_ventilation"
    """New invasive or non-invasive ventilation."""
    SEPSIS_SCREEN_POSITIVE = "sepsis_screen_positive"
    SEPSIS_HUDDLE = "sepsis_huddle"
    SEVERE_SEPSIS_DOCUMENTED = "severe_sepsis_documented"
    SEPTIC_SHOCK_DOCUMENTED = "septic_shock_documented"
    REASSESSMENT = "reassessment"
    """Volume status and tissue perfusion assessed again, as documented."""
    PUPILS_FIXED = "pupils_fixed"
    """Both pupils fixed."""
    CULTURE_DELAY_ACCEPTED = "culture_delay_accepted"
    """A documented reason why the culture could not come before the antibiotic."""
    LESSER_VOLUME_ORDERED = "lesser_volume_ordered"
    """A documented reason for less fluid; `value` is the target in mL."""
    CARE_REFUSED = "care_refused"
    """Blood draw, fluids, antibiotics or vasopressors refused, or left against advice."""
    TRIAL_ENROLLED = "trial_enrolled"
    PREGNANCY_DOCUMENTED = "pregnancy_documented"
    """20 weeks pregnant or more, up to the third day after delivery."""
    COVID19_DOCUMENTED = "covid19_documented"
    TIME_ZERO_OVERRIDDEN = "time_zero_overridden"
    """A person says when time zero was (`time_zero`, for `measure` or for all), with `reason` and `actor`."""


class Domain(StrEnum):
    """Kinds of facts a source may or may not carry."""

    MEDICATIONS = "medications"
    FLUIDS = "fluids"
    LABS = "labs"
    CULTURES = "cultures"
    VITALS = "vitals"
    ACTS = "acts"


class ClinicalFact(StrictModel):
    """What every version of every fact carries."""

    event_id: Identifier
    """Deterministic: the same message always gives the same id."""
    fact_id: Identifier
    """What this is a version of; equal to `event_id` where a source sends no identity."""
    version: int = Field(default=0, ge=0)
    """Higher wins; between equal versions a retraction, then the later `recorded_at`, wins."""
    retracted: bool = False
    """This version says the fact never was (entered in error, cancelled, rewritten)."""
    source: str
    """Name of the source profile that says zone, delays and coverage."""
    facility_id: Identifier
    patient_id: Identifier
    encounter_id: Identifier | None = None
    received_at: Instant
    """When our ingest took it, carried or derived; the earliest over repeats counts."""
    recorded_at: Instant | None = None
    """When it was charted."""
    day_only: bool = False
    """Only the day is known: the act's time is that day's first instant, any minute of it possible."""
    time_flags: tuple[str, ...] = ()
    """How a local time was resolved, where it was not plain: `ambiguous`, `imaginary`."""
    forwarded_from: tuple[str, ...] = ()
    """Patient numbers it was filed under before they were merged into this one."""

    @property
    def key(self) -> str:
        """Key of the patient who owns this fact."""
        return patient_key(self.facility_id, self.patient_id)


class Visit(ClinicalFact):
    """A step of a visit: arrival, triage, admission, move, discharge, death, transfer."""

    kind: Literal["visit"] = "visit"
    step: VisitStep
    happened_at: Instant
    unit: str | None = None
    """Ward or department after this step."""
    discharge_status: str | None = None
    """UB-04 patient discharge status, as sent: `01`, `20`."""


class Patient(ClinicalFact):
    """Who the patient is; `encounter_id` is empty unless a feed repeats it for each visit."""

    kind: Literal["patient"] = "patient"
    birth_date: date | None = None
    mrn: str | None = None
    pcn: str | None = None
    upi: str | None = None


class Observation(ClinicalFact):
    """A laboratory result or vital sign in the quantity's own unit (`QUANTITY_UNITS`)."""

    kind: Literal["observation"] = "observation"
    quantity: Quantity
    value: float | None = Field(default=None, allow_inf_nan=False)
    """None: done, value unknown."""
    ordered_at: Instant | None = None
    collected_at: Instant
    """When it was drawn or measured."""
    resulted_at: Instant | None = None


class Culture(ClinicalFact):
    """A specimen for culture; a culture without `collected_at` is ordered, not drawn."""

    kind: Literal["culture"] = "culture"
    specimen: Specimen
    ordered_at: Instant | None = None
    collected_at: Instant | None = None


class Medication(ClinicalFact):
    """A drug or fluid; without `started_at` it is ordered, not given."""

    kind: Literal["medication"] = "medication"
    substance: str
    """INN, lower case, words joined by an underscore: `piperacillin_tazobactam`."""
    drug_class: DrugClass
    route: str | None = None
    """`iv`, `io`, `im`, `oral`, ...; None where the feed does not say."""
    volume_ml: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    ordered_at: Instant | None = None
    started_at: Instant | None = None
    completed_at: Instant | None = None
    """End of the infusion; absent while it runs."""
    infusion_id: Identifier | None = None
    """What was hung once and given in parts (paused, rewritten at another rate); each part is a fact of its own."""


class Act(ClinicalFact):
    """A clinical act or statement."""

    kind: Literal["act"] = "act"
    act: ActName
    happened_at: Instant
    value: float | None = Field(default=None, allow_inf_nan=False)
    """Score of a `pews`; target in mL of a `lesser_volume_ordered`."""
    reason: str | None = None
    actor: str | None = None
    measure: str | None = None
    """Of a `time_zero_overridden`: the measure it is said for, with its version; None: every measure."""
    time_zero: Instant | None = None
    """Of a `time_zero_overridden`: when time zero was."""

    @property
    def is_word(self) -> bool:
        """Whether it is a person's word on a time zero: about what is charted, and itself no part of the care."""
        return self.act is ActName.TIME_ZERO_OVERRIDDEN


class Coverage(ClinicalFact):
    """From when to when a source carries a domain for this encounter; open-ended without `completed_at`."""

    kind: Literal["coverage"] = "coverage"
    domain: Domain
    started_at: Instant
    completed_at: Instant | None = None


class Merge(ClinicalFact):
    """This patient's facts belong to `into_patient_id` of the same facility (A40)."""

    kind: Literal["merge"] = "merge"
    into_patient_id: Identifier
    happened_at: Instant


class Link(ClinicalFact):
    """`encounter_id` continues as `into_encounter_id`: one episode, two numbers."""

    kind: Literal["link"] = "link"
    into_encounter_id: Identifier
    happened_at: Instant


class ClockTick(StrictModel):
    """Time as an event: by `at`, whatever is due for this patient is due."""

    kind: Literal["tick"] = "tick"
    facility_id: Identifier
    patient_id: Identifier
    at: Instant

    @property
    def key(self) -> str:
        """Key of the patient whose clocks are due."""
        return patient_key(self.facility_id, self.patient_id)

    @property
    def received_at(self) -> datetime:
        """A tick is known when it ticks."""
        return self.at


AnyFact = Visit | Patient | Observation | Culture | Medication | Act | Coverage | Merge | Link
ClinicalEvent = Annotated[AnyFact | ClockTick, Field(discriminator="kind")]

CLINICAL_EVENT: TypeAdapter[AnyFact | ClockTick] = TypeAdapter(ClinicalEvent)
"""Reads and writes any event of `encounter.events`."""
