"""What every reader yields, and how it says that it cannot read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class SourceError(ValueError):
    """A source cannot be read. Its text is one sentence for the user and names no patient."""


@dataclass(frozen=True, slots=True)
class SourceMessage:
    """One message of a source.

    Attributes:
        topic: The topic it belongs on.
        key: Key of the patient, where the source says whose it is.
        value: The message; text where it could not be parsed.
        received_at: When it became known; None where it does not say so itself.
        counted_as: Table or type under which it is counted as read; empty for a later phase of a row.
    """

    topic: str
    key: str | None
    value: Mapping[str, Any] | str
    received_at: datetime | None
    counted_as: str
