"""Names of the Kafka topics and the key under which one patient's events meet one owner."""

import re
from enum import StrEnum

SEPARATOR = "|"
_ESCAPED = re.compile(r"\\(.)")


class Topic(StrEnum):
    """Every topic the project reads or writes."""

    RAW_ADT = "raw.adt"
    RAW_LAB = "raw.lab"
    RAW_MEDICATION = "raw.medication"
    RAW_VITALS = "raw.vitals"
    RAW_ACT = "raw.act"
    REJECTED_MESSAGES = "rejected.messages"
    REJECTED_REDRIVEN = "rejected.redriven"
    ENCOUNTER_EVENTS = "encounter.events"
    ENCOUNTER_VERDICTS = "encounter.verdicts"
    ENCOUNTER_ALERTS = "encounter.alerts"
    ENCOUNTER_BELIEFS = "encounter.beliefs"
    CASES = "cases"


RAW_TOPICS = (Topic.RAW_ADT, Topic.RAW_LAB, Topic.RAW_MEDICATION, Topic.RAW_VITALS, Topic.RAW_ACT)
COMPACTED_TOPICS = (Topic.ENCOUNTER_VERDICTS, Topic.CASES, Topic.REJECTED_REDRIVEN)


def joined_key(*parts: str) -> str:
    """Join identifiers into a key; the separator inside a part is escaped, so keys stay distinct."""
    return SEPARATOR.join(part.replace("\\", "\\\\").replace(SEPARATOR, "\\p") for part in parts)


def split_key(key: str) -> tuple[str, ...]:
    """The identifiers that `joined_key` joined."""
    return tuple(_ESCAPED.sub(_unescaped, part) for part in key.split(SEPARATOR))


def _unescaped(escaped: re.Match[str]) -> str:
    return SEPARATOR if escaped[1] == "p" else escaped[1]


def patient_key(facility_id: str, patient_id: str) -> str:
    """Key of `encounter.events`: facility and patient."""
    return joined_key(facility_id, patient_id)
