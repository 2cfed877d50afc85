"""A person's word on a time zero, said on the board: checked, and written down as an act."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import Field, ValidationError

from schemas.case_record import CaseRecord
from schemas.clinical import ActName
from schemas.raw import RawAct, RawStatus
from schemas.read_model import BOARD_SOURCE
from schemas.strict_model import Instant, StrictModel
from schemas.topics import joined_key

REACH = timedelta(days=30)
"""How far before the case's own time zero (else now) a time zero may be said to be."""
ALL_MEASURES = ""


class WordRefusedError(ValueError):
    """What was said cannot be taken; the text says why, and names no patient."""


class SpokenWord(StrictModel):
    """What the form sends: a time zero with who says so and why, or that the word in force is taken back."""

    measure: str = Field(max_length=200)
    """The measure it is said for; empty: every measure of the case."""
    time_zero: Instant | None = None
    """None: the word in force for this measure is taken back."""
    reason: str = Field(min_length=3, max_length=200)
    actor: str = Field(min_length=2, max_length=80)


def read_word(body: str) -> SpokenWord:
    """Read what the form sent.

    Raises:
        WordRefusedError: It is not what the form sends.
    """
    try:
        word = SpokenWord.model_validate_json(body)
    except ValidationError as error:
        fields = sorted({str(detail["loc"][0]) for detail in error.errors(include_input=False) if detail["loc"]})
        message = f"This cannot be taken: {', '.join(fields) or 'the form'} is missing, too short, too long or no time."
        raise WordRefusedError(message) from None
    if not (word.reason.strip() and word.actor.strip()):
        message = "Say who you are and why."
        raise WordRefusedError(message)
    return word


def make_act(word: SpokenWord, records: Iterable[CaseRecord], now: datetime) -> RawAct:
    """Write a word on one case down as an act; the same word in the same second is the same message.

    Args:
        word: What was said.
        records: The case under each measure, at least one.
        now: The engine's time.

    Raises:
        WordRefusedError: The case has no such measure, the time is not plausible, or there is nothing to take back.
    """
    by_measure = {record.measure: record for record in records}
    record = by_measure.get(word.measure or min(by_measure))
    if record is None:
        message = "The case is not judged by that measure."
        raise WordRefusedError(message)
    said = now.replace(microsecond=0)
    if word.time_zero is None:
        return _taken_back(word, record, said)
    _check(word.time_zero, record, now)
    time_zero = word.time_zero.isoformat()
    about = (record.facility_id, record.case_id, word.measure, time_zero, word.actor, word.reason, said.isoformat())
    return _act(word, record, said, message_id=_name(*about), time_zero=time_zero, measure=word.measure or None)


def _check(time_zero: datetime, record: CaseRecord, now: datetime) -> None:
    if time_zero > now:
        message = "A time zero cannot lie in the future."
        raise WordRefusedError(message)
    if record.words_from is not None and time_zero < record.words_from:
        message = (
            f"A time zero of this case cannot lie before {record.words_from.isoformat(' ', 'minutes')}: "
            "the patient was not born, or it is too long before the first event of the stay."
        )
        raise WordRefusedError(message)
    if time_zero < min(now, record.computed_time_zero or now) - REACH:
        message = f"A time zero cannot lie more than {REACH.days} days before the case."
        raise WordRefusedError(message)


def _taken_back(word: SpokenWord, record: CaseRecord, said: datetime) -> RawAct:
    source, _, fact_id = ("", "", "") if record.override is None else record.override.fact_id.partition(":")
    if record.override is None or source != BOARD_SOURCE:
        message = "There is no word in force that was said on this board; what was said elsewhere is taken back there."
        raise WordRefusedError(message)
    return _act(
        word,
        record,
        said,
        message_id=_name(fact_id, "taken back"),
        fact_id=fact_id,
        version=1,
        status=RawStatus.ENTERED_IN_ERROR,
        time_zero=record.override.time_zero.isoformat(),
        measure=record.override.measure,
    )


def _act(word: SpokenWord, record: CaseRecord, said: datetime, **more: object) -> RawAct:
    told = {
        "schema": "raw.act/1",
        "source": BOARD_SOURCE,
        "facility_id": record.facility_id,
        "patient_id": record.patient_id,
        "encounter_id": record.encounter_id,
        "act": ActName.TIME_ZERO_OVERRIDDEN,
        "happened_at": said.isoformat(),
        "recorded_at": said.isoformat(),
        "reason": word.reason.strip(),
        "actor": word.actor.strip(),
    }
    return RawAct.model_validate(told | more)


def _name(*parts: str) -> str:
    return hashlib.sha256(joined_key(*parts).encode()).hexdigest()[:32]
