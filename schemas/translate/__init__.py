"""Translation: a raw message of any format becomes clinical facts, or a reason why not.

Pure, and it never raises: whatever bytes a feed sends, the answer is one of three.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from schemas.clinical import CLINICAL_EVENT, AnyFact, ClockTick
from schemas.raw import RAW_MODELS, RawMessage, RawRow
from schemas.rejection import Accepted, Ignored, Rejected, Translation
from schemas.source_profile import SourceProfiles, shipped_profiles
from schemas.strict_model import StrictModel
from schemas.translate.canonical import translate_canonical
from schemas.translate.instant import refuse_unborn
from schemas.translate.json_text import read_json
from schemas.translate.mimic3 import translate_mimic3
from schemas.translate.reason import OfNoUseError, RefusedError, RejectReason, refuse
from schemas.translate.xes import translate_xes

MAX_MESSAGE_BYTES = 1_048_576
"""Largest message that is read: Kafka's own default for a broker's messages."""

MOST_FIELDS = 100
"""More than any schema has; a complaint about each field of a message that has them by the thousand takes too long."""

RawValue = bytes | str | Mapping[str, Any]

_ROW_FORMATS: dict[str, Callable[[RawRow, datetime | None], tuple[AnyFact, ...]]] = {
    "mimic3/1": translate_mimic3,
    "xes/1": translate_xes,
}
_SCHEMAS = {f"{name}/1": model for name, model in RAW_MODELS.items()}


def translate(
    topic: str, value: RawValue, received_at: datetime | None, profiles: SourceProfiles | None = None
) -> Translation:
    """Translate one raw message.

    Args:
        topic: Where it came from. The message's own `schema` or `format` decides how it is read,
            so that a feed on the wrong topic loses nothing.
        value: The message: JSON text, or what it parses to.
        received_at: When our ingest took it. One carried in the message wins, unless it lies so far
            after ours that the source's profile forbids it; where there is neither, it is derived from
            the message's own times and the source's stated delay.
        profiles: Those of the site's sources; None: those that ship. A recorded set (`format`) is read by the
            one that ships.

    Returns:
        `Accepted` with at least one fact, `Ignored` or `Rejected` (reasons: `IgnoreReason`,
        `RejectReason`). No input makes it raise.
    """
    del topic
    known = profiles or shipped_profiles()
    try:
        facts = _facts(_parse(value), received_at, known)
        if received_at is not None:
            refuse_unborn(facts, received_at, known)
        return Accepted(facts)
    except OfNoUseError as of_no_use:
        return Ignored(of_no_use.reason)
    except RefusedError as refused:
        return Rejected(refused.reason, refused.detail, refused.ahead)
    except ValidationError as invalid:
        return Rejected(RejectReason.BAD_SCHEMA, where_and_what(invalid))


def read_logged(value: RawValue) -> AnyFact | ClockTick | Rejected:
    """Read one event of an exported `encounter.events` log; it never raises."""
    try:
        return CLINICAL_EVENT.validate_python(_parse(value))
    except RefusedError as refused:
        return Rejected(refused.reason, refused.detail)
    except ValidationError as invalid:
        return Rejected(RejectReason.BAD_SCHEMA, where_and_what(invalid))


def where_and_what(invalid: ValidationError) -> str:
    """Fields and error types of a validation error, without any value."""
    errors = invalid.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(sorted({f"{'.'.join(_known_names(error['loc']))}: {error['type']}" for error in errors}))


def _known_names(loc: tuple[int | str, ...]) -> list[str]:
    """A field's own name says nothing about a patient; a key that the sender made up may."""
    return [part if part in _FIELD_NAMES else "*" for part in map(str, loc)] or ["*"]


_MODELS: tuple[type[StrictModel], ...] = (*RAW_MODELS.values(), RawRow)
_FIELD_NAMES = frozenset(
    name for model in _MODELS for key, field in model.model_fields.items() for name in (key, field.alias or key)
)


def _parse(value: RawValue) -> dict[str, Any]:
    parsed = dict(value) if isinstance(value, Mapping) else _read(value)
    if len(parsed) > MOST_FIELDS:
        refuse(RejectReason.BAD_SCHEMA, "too many fields")
    return parsed


def _read(value: bytes | str) -> dict[str, Any]:
    if _size_bytes(value) > MAX_MESSAGE_BYTES:
        refuse(RejectReason.TOO_LARGE)
    parsed = read_json(value)
    if not isinstance(parsed, dict):
        refuse(RejectReason.BAD_SCHEMA, "not an object")
    return parsed


def _size_bytes(value: bytes | str) -> int:
    return len(value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass"))


def _facts(message: dict[str, Any], received_at: datetime | None, profiles: SourceProfiles) -> tuple[AnyFact, ...]:
    named = message.get("format")
    translate_row = _ROW_FORMATS.get(named) if isinstance(named, str) else None
    if translate_row is not None:
        return translate_row(RawRow.model_validate(message), received_at)
    raw = _canonical(message)
    return translate_canonical(raw, received_at, profiles.of(raw.source))


def _canonical(message: dict[str, Any]) -> RawMessage:
    named = message.get("schema")
    model = _SCHEMAS.get(named) if isinstance(named, str) else None
    if model is None:
        refuse(RejectReason.UNKNOWN_SCHEMA, "schema")
    return model.model_validate(message)
