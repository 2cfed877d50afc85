"""Files of a replay: written aside, put in place together, so that a folder never holds half a result."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj, rmtree
from types import TracebackType
from typing import Self, TextIO

import orjson

from schemas.alert import Alert
from schemas.belief import Belief, BelievedElement
from schemas.case_record import CaseRecord
from schemas.rejection import RejectedMessage
from schemas.verdict import Evidence, Verdict
from streams.output_file import refuse_inputs
from streams.replay.sorted_runs import Row, merged

VERDICTS = "verdicts.ndjson"
ALERTS = "alerts.ndjson"
HISTORY = "history.ndjson"
CASES = "cases.csv"
REJECTED = "rejected.ndjson"
SUMMARY = "summary.json"
SORTED = (VERDICTS, ALERTS, HISTORY, CASES)
"""Results whose lines come from every share of the patients and stand in one order."""
FILES = (VERDICTS, ALERTS, HISTORY, CASES, REJECTED, SUMMARY)
"""Every file a replay writes."""

CASE_COLUMNS = (
    "facility_id",
    "case_id",
    "measure",
    "time_zero",
    "time_zero_rule",
    "status",
    "reason",
    "element",
    "element_status",
    "due_at",
    "done_at",
    "minutes_from_time_zero",
)

DAY_ONLY = "day_only"
"""Reason of a verdict whose act is known by its day: its minutes from time zero are not."""
_FURTHER_TIMES = ("ordered_at", "collected_at", "started_at", "completed_at", "resulted_at", "received_at")
"""Times of evidence that stand in a line only where the fact has them."""
_PARTIAL = ".partial"
_ASIDE = "replay.partial"
_SECONDS_A_MINUTE = 60


class ReplayFolder:
    """A folder that receives a replay's files, all of them or none.

    Other files in it are left alone; those of an earlier replay are replaced.

    Attributes:
        aside: A folder in it for what is put aside while the replay works; only its owner can read it.
    """

    def __init__(self, out: Path, inputs: Iterable[Path] = ()) -> None:
        """Make `out` where it is absent.

        Raises:
            SourceError: one of `inputs` would be replaced.
            OSError: the folder cannot be made.
        """
        self._out = out
        self.aside = out / _ASIDE
        refuse_inputs(_written_into(out), inputs)
        out.mkdir(parents=True, exist_ok=True)
        self._clear()
        self.aside.mkdir(mode=0o700)

    def __enter__(self) -> Self:
        """Take results from now on."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear away what was not put in place."""
        self._clear()

    def write(self, runs: Mapping[str, Sequence[Path]], rejected: Iterable[Path], summary: dict[str, object]) -> None:
        """Put the shares' sorted lines together, write everything, then put every file in place.

        Args:
            runs: The runs of each name of `SORTED`.
            rejected: Files of `rejected_line`, in order.
            summary: Content of `summary.json`.
        """
        with self._partial(REJECTED).open("wb") as file:
            for part in rejected:
                with part.open("rb") as source:
                    copyfileobj(source, file)
        for name in (VERDICTS, ALERTS, HISTORY):
            with self._partial(name).open("wb") as file:
                file.writelines((text or str(key[-1])).encode() + b"\n" for key, text in merged(runs[name]))
        with self._partial(CASES).open("w", encoding="utf-8", newline="") as table:
            _write_table(table, (key for key, _ in merged(runs[CASES])))
        self._partial(SUMMARY).write_bytes(orjson.dumps(summary, option=orjson.OPT_INDENT_2) + b"\n")
        for name in FILES:
            self._partial(name).replace(self._out / name)

    def _partial(self, name: str) -> Path:
        return self._out / (name + _PARTIAL)

    def _clear(self) -> None:
        """Also of a replay that was ended from outside."""
        rmtree(self.aside, ignore_errors=True)
        for name in FILES:
            self._partial(name).unlink(missing_ok=True)


def _written_into(out: Path) -> list[Path]:
    """Every file and folder that a replay replaces or clears away."""
    return [*(out / name for name in FILES), *(out / (name + _PARTIAL) for name in FILES), out / _ASIDE]


def rejected_line(record: RejectedMessage) -> bytes:
    """One line of `rejected.ndjson`."""
    return record.model_dump_json(by_alias=True).encode() + b"\n"


def as_text(line: dict[str, object]) -> str:
    """A line as JSON, without its end."""
    return orjson.dumps(line).decode()


def verdict_rows(case: CaseRecord) -> list[Row]:
    """The lines of a case in `verdicts.ndjson`, with the place of each among those of all cases."""
    key = (case.facility_id, case.case_id, case.measure, case.patient_id)
    return [((*key, place), as_text(verdict_line(verdict))) for place, verdict in enumerate(case.elements)]


def verdict_line(verdict: Verdict) -> dict[str, object]:
    """One line of `verdicts.ndjson`; times to the second, with their offset."""
    return {
        "facility_id": verdict.facility_id,
        "case_id": verdict.case_id,
        "encounter_id": verdict.encounter_id,
        "measure": verdict.measure,
        "element": verdict.element.value,
        "status": verdict.status.value,
        "reason": verdict.reason,
        "time_zero": _time(verdict.time_zero),
        "time_zero_rule": verdict.time_zero_rule,
        "due_at": _time(verdict.due_at),
        "closes_at": _time(verdict.closes_at),
        "settles_at": _time(verdict.settles_at),
        "done_at": _time(verdict.done_at),
        "known_at": _time(verdict.known_at),
        "evidence": [_evidence(evidence) for evidence in verdict.evidence],
        "sentence": verdict.sentence,
    }


def alert_line(alert: Alert) -> dict[str, object]:
    """One line of `alerts.ndjson`."""
    return {
        "alert_id": alert.alert_id,
        "thread_id": alert.thread_id,
        "kind": alert.kind.value,
        "reason": alert.reason.value if alert.reason else None,
        "measure": alert.measure,
        "element": alert.element.value,
        "encounter_id": alert.encounter_id,
        "case_id": alert.case_id,
        "sent_at": _time(alert.sent_at),
        "due_at": _time(alert.due_at),
        "supersedes": alert.supersedes,
        "sentence": alert.sentence,
    }


def belief_line(belief: Belief) -> bytes:
    """One line of `history.ndjson`: what was held of a case from `as_of` on, and what led to it."""
    line = {
        "facility_id": belief.facility_id,
        "patient_id": belief.patient_id,
        "case_id": belief.case_id,
        "measure": belief.measure,
        "revision": belief.revision,
        "as_of": _time(belief.as_of),
        "status": belief.status.value if belief.status else None,
        "reason": belief.reason,
        "time_zero": _time(belief.time_zero),
        "time_zero_rule": belief.time_zero_rule,
        "time_zero_sentence": belief.time_zero_sentence,
        "elements": [_believed(each) for each in belief.elements],
        "because": _evidence(belief.because) if belief.because else None,
        "taken_back": belief.taken_back,
    }
    return orjson.dumps(line) + b"\n"


def _believed(element: BelievedElement) -> dict[str, object]:
    return {
        "element": element.element.value,
        "status": element.status.value,
        "reason": element.reason,
        "due_at": _time(element.due_at),
        "sentence": element.sentence,
    }


def cases_csv(cases: Iterable[CaseRecord]) -> str:
    """`cases.csv`: a row an element, `bundle` among them, sorted by its columns from the left."""
    text = io.StringIO()
    _write_table(text, sorted(row for case in cases for row in case_rows(case)))
    return text.getvalue()


def case_rows(case: CaseRecord) -> list[tuple[str, ...]]:
    """The rows of a case in `cases.csv`, in no order."""
    return [_case_row(case, verdict) for verdict in case.elements]


def _write_table(text: TextIO, rows: Iterable[Sequence[str | int]]) -> None:
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CASE_COLUMNS)
    writer.writerows(rows)


def _case_row(case: CaseRecord, verdict: Verdict) -> tuple[str, ...]:
    return (
        case.facility_id,
        case.case_id,
        case.measure,
        _time(case.time_zero) or "",
        case.time_zero_rule or "",
        case.status.value,
        case.reason or "",
        verdict.element.value,
        verdict.status.value,
        _time(verdict.due_at) or "",
        _time(verdict.done_at) or "",
        "" if verdict.reason == DAY_ONLY else _minutes(case.time_zero, verdict.done_at),
    )


def _evidence(evidence: Evidence) -> dict[str, object]:
    return {
        "event_id": evidence.event_id,
        "type": evidence.type,
        "happened_at": _time(evidence.happened_at),
        "recorded_at": _time(evidence.recorded_at),
        "value": evidence.value,
        "unit": evidence.unit,
        **({"what": evidence.what} if evidence.what else {}),
        **{name: _time(moment) for name in _FURTHER_TIMES if (moment := getattr(evidence, name)) is not None},
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.replace(microsecond=0).isoformat()


def _minutes(time_zero: datetime | None, done_at: datetime | None) -> str:
    if time_zero is None or done_at is None:
        return ""
    minutes = round((done_at - time_zero).total_seconds() / _SECONDS_A_MINUTE, 1)
    return f"{minutes + 0.0:.1f}"
