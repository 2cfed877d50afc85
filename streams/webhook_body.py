"""What a webhook is told: enough to act and to look the case up, nothing that says who it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.strict_model import Identifier, Instant, StrictModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.alert import Alert


class WebhookBody(StrictModel):
    """The JSON of one delivery; the same bytes at every try of it."""

    alert_id: Identifier
    """Also the header `webhook-id`: receivers drop what they have seen."""
    thread_id: Identifier
    """One encounter's element of one measure; alerts of a thread come in order."""
    kind: str
    reason: str | None
    measure: str
    element: str
    unit: str | None
    """Ward the patient was on."""
    sent_at: Instant
    """When the alert was raised, by the engine's time."""
    due_at: Instant | None
    supersedes: Identifier | None
    """`alert_id` of what this replaces or takes back."""
    sentence: str
    link: str
    """Opaque name of the case: the board opens it at `/#<link>`."""
    late: bool
    """Raised so long ago that it should not wake anybody."""
    facility_id: str | None = None
    encounter_id: str | None = None
    case_id: str | None = None


def body_of(alert: Alert, link: Callable[[str, str], str], *, late: bool, encounter_ids: bool) -> bytes:
    """Write the body.

    Args:
        alert: What to tell.
        link: Makes the opaque name of a case from facility and case.
        late: Whether it comes too late to wake anybody.
        encounter_ids: Whether to name facility, encounter and case; the patient never is.
    """
    ids = alert.model_dump(include={"facility_id", "encounter_id", "case_id"}) if encounter_ids else {}
    told = alert.model_dump(
        exclude={"facility_id", "patient_id", "encounter_id", "case_id"},
    )
    body = WebhookBody(link=link(alert.facility_id, alert.case_id), late=late, **told, **ids)
    return body.model_dump_json(exclude=set() if encounter_ids else {"facility_id", "encounter_id", "case_id"}).encode()
