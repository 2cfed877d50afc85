"""Alerts: what we tell people, and take back."""

from enum import StrEnum

from schemas.strict_model import Identifier, Instant, StrictModel
from schemas.topics import patient_key
from schemas.verdict import Element


class AlertKind(StrEnum):
    """What an alert says about its thread."""

    BUNDLE_STARTED = "bundle_started"
    DUE_SOON = "due_soon"
    MISSED = "missed"
    AMENDED = "amended"
    """Done after all, but late; or what was said has changed."""
    WITHDRAWN = "withdrawn"


class AlertReason(StrEnum):
    """Why an alert was taken back, amended or sent anew."""

    MET_IN_TIME = "met_in_time"
    TIME_ZERO_MOVED = "time_zero_moved"
    CORRECTED = "corrected"
    EXCLUDED = "excluded"
    RULED_OUT = "ruled_out"
    NOT_CONFIRMED = "not_confirmed"
    MERGED = "merged"
    DIED = "died"
    TRANSFERRED = "transferred"
    LATE_CHARTING = "late_charting"
    DONE_LATE = "done_late"
    ANTIBIOTIC_FIRST = "antibiotic_first"
    CANNOT_ASSESS = "cannot_assess"


class Alert(StrictModel):
    """One message of one thread (an encounter's element of a measure)."""

    alert_id: Identifier
    """Deterministic: a repeat after a crash has the same id."""
    thread_id: Identifier
    kind: AlertKind
    reason: AlertReason | None = None
    measure: str
    element: Element
    facility_id: Identifier
    patient_id: Identifier
    encounter_id: Identifier
    case_id: Identifier
    unit: str | None = None
    """Ward the patient was on."""
    sent_at: Instant
    """The engine's time, not the wall's."""
    due_at: Instant | None = None
    supersedes: Identifier | None = None
    """`alert_id` of what this replaces or takes back."""
    sentence: str

    @property
    def key(self) -> str:
        """Key in `encounter.alerts`: all of a patient's alerts in one order."""
        return patient_key(self.facility_id, self.patient_id)
