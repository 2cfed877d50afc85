"""Values that no field should hold, and times at every edge of the calendar."""

import math

from fuzz.seeds import MARK

TIMES = (
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59.999999Z",
    "1989-12-31T23:59:59Z", "1990-01-01T00:00:00Z", "2099-12-31T23:59:59Z", "2100-12-31T23:59:59-12:00",
    "2250-12-31T23:59:59", "2016-12-31T23:59:60Z", "2026-02-29T00:00:00Z", "2024-02-29T12:00:00Z",
    "2026-01-05T24:00:00Z", "2026-01-05T10:00:00", "2026-01-05 10:00:00", "2026-01-05", "20260105T100000Z",
    "2026-W01-1", "2026-W01-1T10:00:00Z", "2026-01-05T10:00:00+26:00", "2026-01-05T10:00:00-23:59",
    "2026-01-05T10:00:00+23:59:59.999999", "2026-01-05T10:00:00+00:00:30", "2026-01-05T10:00:00.000030+00:00:00.000030",
    "2026-03-29T02:30:00", "2026-10-25T02:30:00", "2014-10-26T02:30:00", "2014-03-30T02:30:00",
    "2026-01-05T10:00:00.123456789Z", "2026-01-05T10:00:00,5Z", "2026-01-05T10Z", "2026-01-05T10:00Z",
    "2026-01-05T10:00:00z", "2026-01-05T10:00:00 Z", "\u0662\u0660\u0662\u0666-01-05T10:00:00Z",
    "2026\u201101\u201105T10:00:00Z", "2026-01-05\ud83010:00:00Z", "1767607200", "-2026-01-05T10:00:00Z",
    "2026-01-05T10:00:00\u0000Z", "yesterday noon",
)  # fmt: skip

NUMBERS = (
    0, -0.0, 1, -1, 0.1 + 0.2, 2**31, 2**53 + 1, 2**63, 2**64, 10**18, -(10**30), 10**400, 10**4299, 5e-324, 2.2e-308,
    1e308, -1e308, 1.7976931348623157e308, math.nan, math.inf, -math.inf, 1e5, 37.0, 120, 500,
)  # fmt: skip

TEXTS = (
    "", " ", "\t\r\n", "\x00", f"{MARK}\x00{MARK}", "\ud800", "\udfff tail", "\ud83d\ude00", "\u202egnp.exe",
    "\u2066\u200f\u200b\ufeff", "e\u0301" * 50, "x" * 200, "x" * 201, MARK * 30, "|", "a|b", "\\", "\\p", "a\\|b", ":",
    "SIM-NORTH|SIM", "../../etc", "'; --", "{}", "[]", "null", "true", "NaN", "Infinity", "-inf", "1e400", "1e-400",
    "0x1F", "1_000", "\u0661\u0662", "\u00b2", "<5", "> 1e3", "<= .5", "less than 4", "1,5", "+7.", "--7", "7 mmol/L",
    "%s%n", "\u0130", "\u1e9e", "mmol/l", " MMOL/L ", "\u212bngstr\u00f6m", "600-7", "2524-7", "32693-4", "ceftriaxone",
    "blood", "iv", "ml", "l", "kg", "Cel", "[degF]", "mimic3", "xes", "simulated", "default",
)  # fmt: skip

FIELDS = (
    "schema", "format", "table", "phase", "row", "known_at", "carrier", "case_id", "position", "repeated", "message_id",
    "fact_id", "version", "status", "source", "facility_id", "patient_id", "encounter_id", "recorded_at", "received_at",
    "event", "happened_at", "birth_date", "into_patient_id", "into_encounter_id", "domain", "covered_until", "code",
    "code_system", "value", "unit", "specimen", "ordered_at", "collected_at", "resulted_at", "route", "volume",
    "volume_unit", "started_at", "completed_at", "infusion_id", "measured_at", "act", "reason", "actor", "measure",
    "time_zero", "schema_id", "_extra", "__class__", "\ud800", "", MARK, f"{MARK} was born",
)  # fmt: skip

WORDS = {
    "status": ("final", "corrected", "entered_in_error", "cancelled"),
    "schema": ("raw.adt/1", "raw.lab/1", "raw.medication/1", "raw.vitals/1", "raw.act/1", "raw.lab/2", "raw.lab"),
    "format": ("mimic3/1", "xes/1", "xes/2", "fhir/r4"),
    "phase": ("row", "admitted", "died", "completed", "retracted", "later"),
    "table": ("admissions", "labevents", "icustays", "services", "prescriptions", "inputevents_cv", "noteevents"),
    "version": (0, 1, 2, 2**31, 2**63, -1, 1.0, 1.5, "3"),
    "code": ("32693-4", "600-7", "2524-7", "lactate", "heart_rate", "temperature", "ceftriaxone", "norepinephrine"),
    "code_system": ("loinc", "name", "LOINC", "snomed", ""),
    "volume": (0, 1e-9, 1e6, 1e305, -1, "500", True),
    "birth_date": ("0001-01-01", "9999-12-31", "2024-02-29", "2026-01-05", "20260105", "2026-W01-1", "2026-1-5", ""),
    "dob": ("0001-01-01 00:00:00", "9999-12-31", "2000-02-29T23:59:59+14:00", "9999-12-31T23:59:59-14:00"),
}
"""Values that a field may well have, or nearly."""

LARGE = 40_000
"""Characters or parts of a large value."""


def large(dice):
    """A value whose size is the trouble."""
    return dice.choice(
        (
            lambda: "1" * LARGE + "x", lambda: "1" * LARGE, lambda: f"0.{'0' * LARGE}1", lambda: " " * LARGE + "x",
            lambda: "<" + " " * LARGE, lambda: MARK * (LARGE // 8), lambda: "\u202e" * LARGE, lambda: "\x00" * LARGE,
            lambda: "e1" * LARGE, lambda: "a | " * LARGE, lambda: "\\" * LARGE, lambda: [MARK] * LARGE,
            lambda: {f"k{number}": number for number in range(LARGE // 4)}, lambda: [[]] * LARGE,
        )
    )()  # fmt: skip


def nested(dice):
    """A value as deep as readers go, or somewhat deeper or shallower."""
    value = dice.choice((1, "x", None))
    for _ in range(dice.choice((1, 2, 50, 250, 260, 490, 510, 520, 600))):
        value = [value] if dice.random() < 0.5 else {"a": value}
    return value


def value(dice):
    """Any value."""
    kind = dice.random()
    if kind < 0.3:
        return dice.choice(TEXTS)
    if kind < 0.5:
        return dice.choice(NUMBERS)
    if kind < 0.75:
        return dice.choice(TIMES)
    if kind < 0.96:
        return dice.choice((None, True, False, [], {}, [MARK], {MARK: MARK}))
    return nested(dice) if kind < 0.995 else large(dice)
