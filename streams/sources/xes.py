"""Reads an event log in XES, plain or packed, one trace at a time."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from schemas.source_profile import profile
from schemas.topics import Topic, patient_key
from schemas.translate.instant import read_instant
from schemas.translate.reason import RefusedError
from schemas.translate.xes import ACTIVITY, SOURCE, TIMESTAMP
from streams.sources.message import SourceError, SourceMessage
from streams.sources.text_file import open_bytes

_ADMISSION = "Admission"
_TOPICS = {
    "LacticAcid": Topic.RAW_LAB,
    "Leucocytes": Topic.RAW_LAB,
    "CRP": Topic.RAW_LAB,
    "IV Antibiotics": Topic.RAW_MEDICATION,
    "IV Liquid": Topic.RAW_MEDICATION,
    "ER Sepsis Triage": Topic.RAW_ACT,
}


def read_xes(paths: Sequence[Path]) -> Iterator[SourceMessage]:
    """Messages of the log's events, in the order of their times; equal times keep the log's order.

    Raises:
        SourceError: A file cannot be read, is no XML, or uses XML entities.
    """
    messages = [message for path in paths for message in read_traces(path)]
    # An event whose time cannot be read comes first: it is rejected, and holds up nothing.
    messages.sort(key=lambda message: message.received_at.timestamp() if message.received_at else float("-inf"))
    return iter(messages)


def read_traces(path: Path) -> Iterator[SourceMessage]:
    """Messages of one log's events, trace by trace; raises as `read_xes` does, where it comes to it."""
    with open_bytes(path) as stream:
        try:
            yield from _traces(stream)
        except (ParseError, DefusedXmlException) as broken:
            message = f"{path.name} is not an XES file that can be read: its XML is broken or uses entities."
            raise SourceError(message) from broken


def _traces(stream: BinaryIO) -> Iterator[SourceMessage]:
    for _, element in iterparse(stream, events=("end",), forbid_dtd=True):
        if _tag(element) == "trace":
            yield from _events(element)
            element.clear()


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _events(trace: Element) -> Iterator[SourceMessage]:
    case_id = _attributes(trace).get(ACTIVITY)
    events = [_attributes(element) for element in trace if _tag(element) == "event"]
    admissions = 0
    for position, row in enumerate(events):
        is_admission = str(row.get(ACTIVITY)).startswith(_ADMISSION)
        yield _message(case_id, position, row, repeated=is_admission and admissions > 0)
        admissions += is_admission


def _attributes(element: Element) -> dict[str, str]:
    return {child.attrib["key"]: child.attrib.get("value", "") for child in element if "key" in child.attrib}


def _message(case_id: str | None, position: int, row: dict[str, str], *, repeated: bool) -> SourceMessage:
    known_at = _known_at(row)
    value: dict[str, Any] = {
        "format": "xes/1",
        "table": "event",
        "case_id": case_id,
        "position": position,
        "repeated": repeated,
        "row": row,
    }
    if known_at is not None:
        value["received_at"] = known_at.isoformat()
    activity = row.get(ACTIVITY, "")
    key = patient_key(profile(SOURCE).facility_id or SOURCE, case_id) if case_id else None
    return SourceMessage(_TOPICS.get(activity, Topic.RAW_ADT), key, value, known_at, activity or "event")


def _known_at(row: dict[str, str]) -> datetime | None:
    try:
        return read_instant(row.get(TIMESTAMP, ""), profile(SOURCE), TIMESTAMP).at
    except RefusedError:
        return None
