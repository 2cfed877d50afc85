"""Rival time zeros of a case, side by side: by which rule, from when, and what each would mean for every element."""

from pydantic import Field

from schemas.strict_model import Identifier, Instant, StrictModel
from schemas.verdict import Element, ElementStatus, Evidence


class Override(StrictModel):
    """What a person said of a time zero."""

    event_id: Identifier
    fact_id: Identifier
    """What a later message must name to take it back."""
    time_zero: Instant
    by: str | None = None
    """Who said it."""
    at: Instant
    """When it was said."""
    reason: str | None = None
    measure: str | None = None
    """The measure it was said for; None: for all."""


class RivalElement(StrictModel):
    """What a time zero would mean for one element, should nothing more be charted."""

    element: Element
    status: ElementStatus
    """As it would end; where `closes_at` is still to come, `missed` means that nothing is charted so far."""
    reason: str | None = None
    due_at: Instant | None = None
    closes_at: Instant | None = None
    done_at: Instant | None = None
    minutes: float | None = None
    """From this time zero to when it was done; negative where it was done before."""


class Rival(StrictModel):
    """One time zero that the case could have."""

    name: str
    """Name of the rule in the catalogue; `own`: a measure's rule that is not in it; `overridden`: a person's word."""
    title: str
    at: Instant
    own: bool = False
    """It is what the measure's own rule says."""
    in_force: bool = False
    """The case is judged by it."""
    evidence: tuple[Evidence, ...] = ()
    sentence: str
    elements: tuple[RivalElement, ...] = Field(default=())
    """One an element, `bundle` last."""
