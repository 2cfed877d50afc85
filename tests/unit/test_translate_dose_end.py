"""The end of a dose and its start: one that lies before the other is a mistake that a person must mend."""

import pytest

from schemas.rejection import Accepted, Ignored, Rejected
from schemas.translate import translate
from streams.sources import open_source

END_TOO_EARLY = ("implausible_time", "completed_at")
INPUTS = "mimic3_demo/inputevents_mv.csv.gz"


def infusion(started_at, completed_at, **fields):
    told = {
        "schema": "raw.medication/1", "message_id": "m1", "source": "simulated",
        "facility_id": "north", "patient_id": "p1", "code": "lactated_ringers", "route": "iv",
        "volume": 500, "volume_unit": "mL", "received_at": "2026-01-06T00:00:00-05:00",
    }  # fmt: skip
    return told | {"started_at": started_at, "completed_at": completed_at} | fields


def became(message):
    """Reason and field of a refusal; None where it was accepted."""
    result = translate("raw.medication", message, None)
    return (result.reason, result.detail) if isinstance(result, Rejected) else None


@pytest.mark.parametrize(
    ("started_at", "completed_at", "refusal"),
    [
        ("2026-01-05T10:00:00-05:00", "2026-01-05T09:59:59-05:00", END_TOO_EARLY),
        ("2026-01-05T10:00:00-05:00", "2026-01-04T23:00:00-05:00", END_TOO_EARLY),
        ("2026-01-05T10:00:00-05:00", "2026-01-05T10:00:00-05:00", None),
        ("2026-01-05T10:00:59.9-05:00", "2026-01-05T10:00:00-05:00", None),
        ("2026-01-05T10:00:59-05:00", "2026-01-05T15:00:30Z", None),
        ("2026-01-05T10:00:00-05:00", "2026-01-05T14:59:00Z", END_TOO_EARLY),
        ("2026-01-05T10:00:00-05:00", None, None),
    ],
)
def test_a_dose_that_ends_in_a_minute_before_its_start_is_refused(started_at, completed_at, refusal):
    assert became(infusion(started_at, completed_at)) == refusal


@pytest.mark.parametrize(
    ("started_at", "completed_at", "refusal"),
    [
        ("2026-01-05T10:00:00-05:00", "2026-01-05", None),
        ("2026-01-05", "2026-01-05T00:00:00-05:00", None),
        ("2026-01-05", "2026-01-05", None),
        ("2026-01-05", "2026-01-04", END_TOO_EARLY),
        ("2026-01-05", "2026-01-05T04:59:00Z", END_TOO_EARLY),
    ],
)
def test_of_what_is_known_by_its_day_days_are_compared(started_at, completed_at, refusal):
    assert became(infusion(started_at, completed_at)) == refusal


@pytest.mark.parametrize("status", ["entered_in_error", "cancelled"])
def test_a_dose_may_be_taken_back_for_its_wrong_times(status):
    """The nurse sees that the end was wrong, and takes the dose back as it was told."""
    assert became(infusion("2026-01-05T10:00:00-05:00", "2026-01-05T09:00:00-05:00", status=status)) is None


def test_a_dose_that_was_only_ordered_has_no_end_to_compare():
    ordered = infusion(None, "2026-01-05T09:00:00-05:00", ordered_at="2026-01-05T08:00:00-05:00")

    assert became(ordered) is None


def test_the_seven_inputs_of_the_demo_that_end_before_their_start_decide_nothing(shared_data):
    """Each was rewritten before it was to begin, and its amount is below zero: two fluids, and five of no use."""
    found = {}
    for message in open_source([shared_data / INPUTS], "mimic3"):
        row = message.value["row"]
        if message.value["phase"] == "row" and row["endtime"] < row["starttime"]:
            found[row["row_id"]] = translate(message.topic, message.value, message.received_at)

    refused = {row: (each.reason, each.detail) for row, each in found.items() if isinstance(each, Rejected)}
    assert refused == dict.fromkeys(["232389", "756847"], ("implausible_value", "volume"))
    assert sorted(row for row, each in found.items() if isinstance(each, Ignored)) == [
        "490463", "490464", "822362", "822363", "822763",
    ]  # fmt: skip
    assert not any(isinstance(each, Accepted) for each in found.values())


def rewritten(phase):
    row = {
        "row_id": "1", "subject_id": "7", "hadm_id": "70", "starttime": "2130-01-05 15:15:00",
        "endtime": "2130-01-05 15:13:00", "itemid": "225158", "amount": "8", "amountuom": "ml",
        "storetime": "2130-01-05 15:11:00", "linkorderid": "5", "ordercategoryname": "02-Fluids (Crystalloids)",
        "ordercomponenttypedescription": "Main order parameter", "cancelreason": "1", "statusdescription": "Rewritten",
        "comments_date": "2130-01-05 15:12:00",
    }  # fmt: skip
    received_at = "2130-01-05 15:20:00"
    return {"format": "mimic3/1", "table": "inputevents_mv", "phase": phase, "row": row, "received_at": received_at}


def test_a_row_that_ends_before_its_start_is_refused_and_may_be_taken_back():
    assert became(rewritten("row")) == ("implausible_time", "endtime")
    assert became(rewritten("retracted")) is None
