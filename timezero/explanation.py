"""What is known of one case, to explain it: from the live read model, or from the folder of a replay."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import orjson
from pydantic import ValidationError
from redis import Redis

from schemas.belief import Belief, in_order
from schemas.case_record import CaseRecord, CaseStatus
from schemas.measure_words import MeasureWords
from schemas.read_model import BELIEFS_OF_CASE, CASES_HASH, MEASURES_HASH
from schemas.strict_model import Identifier, Instant, StrictModel
from schemas.topics import joined_key, split_key
from schemas.verdict import Verdict
from scoring.measure_words import measure_words
from scoring.rules import SHIPPED_ONLY, SiteRules, measure, offered_measures
from streams.replay.output import CASES, HISTORY, VERDICTS

REDIS_SECONDS = 5
_SCAN = 1000
_OF_RECORD = {"status", "reason", "time_zero", "time_zero_rule", "time_zero_sentence"}
"""What an explanation has of the case record as it stands there."""
_Model = TypeVar("_Model", bound=StrictModel)


class ExplanationError(ValueError):
    """What was asked for cannot be read; the text is one sentence and names no patient."""


class Explanation(StrictModel):
    """One case of one measure, with all that stands behind it."""

    facility_id: Identifier
    case_id: Identifier
    measure: str
    status: CaseStatus | None = None
    """None: the case is no more."""
    reason: str | None = None
    time_zero: Instant | None = None
    time_zero_rule: str | None = None
    time_zero_sentence: str = ""
    elements: tuple[Verdict, ...] = ()
    rules: MeasureWords | None = None
    """None: no worker, no shipped file and none of the site's has this measure."""
    history: tuple[Belief, ...] = ()
    """Oldest first."""


def explain_live(redis_url: str, case_id: str, site: SiteRules = SHIPPED_ONLY) -> list[Explanation]:
    """Every facility's case of that name under every measure, as the board has it, sorted.

    The words of a rule are those of the worker that judged by it; else those of a shipped file, or of the site's.

    Raises:
        redis.RedisError: Redis does not answer.
        ExplanationError: a record is not what this version can read.
    """
    with Redis.from_url(redis_url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS) as redis:
        keys = [key.decode() for key in redis.hkeys(CASES_HASH)]
        told = [key.decode().removeprefix(BELIEFS_OF_CASE) for key in redis.scan_iter(_histories_of(case_id), _SCAN)]
        wanted = sorted(key for key in {*keys, *told} if split_key(key)[1:-1] == (case_id,))
        return [_explain_key(redis, key, site) for key in wanted]


def _histories_of(case_id: str) -> str:
    """Pattern of the histories' keys; what it finds beside them is sorted out afterwards."""
    plain = "".join(letter if letter.isalnum() else "?" for letter in joined_key(case_id))
    return f"{BELIEFS_OF_CASE}*|{plain}|*"


def _explain_key(redis: Redis, key: str, site: SiteRules) -> Explanation:
    facility_id, case_id, name = split_key(key)
    stored = redis.hget(CASES_HASH, key)
    words = redis.hget(MEASURES_HASH, name)
    ended = Explanation(
        facility_id=facility_id,
        case_id=case_id,
        measure=name,
        rules=_words(name, site) if words is None else _read(MeasureWords, words),
        history=tuple(in_order(_read(Belief, line) for line in redis.zrange(BELIEFS_OF_CASE + key, 0, -1))),
    )
    if stored is None:
        return ended
    record = _read(CaseRecord, stored)
    standing = record.model_dump(include=_OF_RECORD)
    return ended.model_copy(update={**standing, "elements": record.elements})


def explain_replayed(folder: Path, case_id: str, site: SiteRules = SHIPPED_ONLY) -> list[Explanation]:
    """Every facility's case of that name under every measure, as a replay wrote it, sorted.

    Raises:
        ExplanationError: the folder holds no replay, a file of it is not what a replay writes, or its files do not
            belong together.
    """
    verdicts: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in _lines_of(folder / VERDICTS, Verdict, case_id):
        verdicts.setdefault((verdict.facility_id, verdict.measure), []).append(verdict)
    history: dict[tuple[str, str], list[Belief]] = {}
    for belief in _lines_of(folder / HISTORY, Belief, case_id):
        history.setdefault((belief.facility_id, belief.measure), []).append(belief)
    statuses = _statuses(folder / CASES, case_id)
    places = sorted({*verdicts, *history, *statuses})
    told = [
        _explain_lines(case_id, place, verdicts.get(place, []), in_order(history.get(place, ())), statuses.get(place))
        for place in places
    ]
    return [each.model_copy(update={"rules": _words(each.measure, site)}) for each in told]


def _explain_lines(
    case_id: str,
    place: tuple[str, str],
    verdicts: list[Verdict],
    history: list[Belief],
    status: tuple[CaseStatus, str | None] | None,
) -> Explanation:
    facility_id, name = place
    ended = Explanation(facility_id=facility_id, case_id=case_id, measure=name, history=tuple(history))
    if not (verdicts or status) and history[-1].status is None:
        return ended
    if not (verdicts and status and history):
        message = f"{VERDICTS}, {HISTORY} and {CASES} do not tell of the same cases; replay the feed anew."
        raise ExplanationError(message)
    standing = {
        "status": status[0],
        "reason": status[1],
        "time_zero": verdicts[0].time_zero,
        "time_zero_rule": verdicts[0].time_zero_rule,
        "time_zero_sentence": history[-1].time_zero_sentence,
        "elements": tuple(verdicts),
    }
    return ended.model_copy(update=standing)


def _words(name: str, site: SiteRules) -> MeasureWords | None:
    return measure_words(measure(name, site)) if name in offered_measures(site) else None


def _lines_of(path: Path, model: type[_Model], case_id: str) -> Iterator[_Model]:
    """The lines about the case; others are not even read as JSON."""
    written = b'"case_id":' + orjson.dumps(case_id)
    for line in _existing(path).read_bytes().splitlines():
        if written in line:
            yield _read(model, line)


def _statuses(path: Path, case_id: str) -> dict[tuple[str, str], tuple[CaseStatus, str | None]]:
    """Status and reason of the case by facility and measure."""
    with _existing(path).open(newline="", encoding="utf-8") as file:
        try:
            rows: Iterable[dict[str, str]] = [row for row in csv.DictReader(file) if row["case_id"] == case_id]
            return {
                (row["facility_id"], row["measure"]): (CaseStatus(row["status"]), row["reason"] or None) for row in rows
            }
        except (KeyError, ValueError, csv.Error):
            message = f"{path.name} is not what a replay writes; replay the feed anew."
            raise ExplanationError(message) from None


def _existing(path: Path) -> Path:
    if not path.is_file():
        message = f"{path.parent} holds no replay: {path.name} is missing; `timezero replay --out` writes it."
        raise ExplanationError(message)
    return path


def _read(model: type[_Model], stored: Any) -> _Model:
    try:
        return model.model_validate_json(stored)
    except ValidationError:
        message = f"a {model.__name__} of this case was written by another version; replay or rebuild it."
        raise ExplanationError(message) from None
