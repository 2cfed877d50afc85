"""What becomes of a raw message: accepted, ignored or rejected, and never lost."""

from dataclasses import dataclass
from datetime import timedelta

from pydantic import Field

from schemas.clinical import AnyFact
from schemas.strict_model import Instant, StrictModel


@dataclass(frozen=True, slots=True)
class Accepted:
    """Understood: one or more facts, in the order they should be sent."""

    facts: tuple[AnyFact, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """Understood, and of no use here."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """Not understood. `detail` names fields and error types, never a value."""

    reason: str
    detail: str = ""
    ahead: timedelta | None = None
    """Of a time to come: by how much it lies after what it may not lie after."""


Translation = Accepted | Ignored | Rejected


class RejectedMessage(StrictModel):
    """A record of `rejected.messages`: enough to mend and re-drive the original."""

    topic: str
    partition: int | None = None
    offset: int | None = None
    reason: str
    detail: str = ""
    received_at: Instant | None = None
    size_bytes: int = Field(ge=0)
    sha256: str
    key: str | None = None
    value: str | None = None
    """The original, as text where it is UTF-8, else base64 (`encoding`); absent where it is over the limit."""
    encoding: str = "utf-8"


class Redriven(StrictModel):
    """A record of `rejected.redriven`: a rejected message, named by its key, was sent again."""

    redriven_at: Instant
    """Wall time."""
