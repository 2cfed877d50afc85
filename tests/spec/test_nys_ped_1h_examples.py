"""The worked examples of the pediatric specification, told as events and judged live.

An abstraction file says that enough fluid was given by a code; a stream says it by volume and
weight. So codes 0, 1 and 2 become 20 mL/kg completed at the abstracted time, and code 3, which
does not qualify, becomes half of that. A culture whose time is missing is ordered and never
drawn: a stream knows no culture done at no time. Every example can be told.
"""

import json

import pytest

from schemas.verdict import ElementStatus
from storyteller import play

NAMES = (
    "on_time", "exactly_60", "61_min_abx", "culture_after_abx", "no_protocol_min_triage",
    "no_protocol_bc_time_missing", "fluids_code_3", "excluded_at_30m", "died_at_45m", "care_before_time_zero",
    "no_protocol_culture_without_antibiotic", "no_protocol_died_in_the_hour", "protocol_90_min_after_arrival",
)  # fmt: skip
MET = {True: {ElementStatus.MET}, False: {ElementStatus.MISSED, ElementStatus.MET_LATE}}


@pytest.fixture
def examples(shared_data):
    """The examples by name."""
    listed = json.loads((shared_data / "nys_1h_examples.json").read_text("utf-8"))
    return {example["name"]: example for example in listed}


def as_story(given):
    """The example's row as messages, each received when it happened, and the quiet after it."""
    clock = {name: value[11:16] for name, value in given.items() if isinstance(value, str) and "T" in value}
    days = int(given["discharge"][8:10]) - int(given["admission"][8:10])
    status = given.get("discharge_status", "01")
    lines = [
        (clock["admission"], "admitted"),
        (clock["admission"], "born 2010-01-01"),
        (clock["admission"], "weight 20 kg measured 00:00"),
        (clock.get("earliest"), "arrived"),
        (clock.get("triage"), "triaged"),
        (clock.get("protocol"), "protocol"),
        (clock.get("abx_start"), "ceftriaxone iv"),
        (clock.get("bc_time"), "blood culture"),
        (clock.get("excluded_time"), "excluded from protocol"),
    ]
    if "protocol" not in clock:
        lines.append((max(clock.get("earliest", ""), clock["triage"]), "sepsis documented"))
    if given.get("bc_obtained") and "bc_time" not in clock:
        lines.append((clock["triage"], f"blood culture ordered {clock['triage']}"))
    if "fluids_completed" in clock:
        volume = 400 if given["ped_fluids"] in {0, 1, 2} else 200
        ended = clock["fluids_completed"]
        begun = min(clock["admission"], ended)
        lines.append((ended, f"ringer {volume} mL started {begun} completed {ended}"))
    told = [f"{at}  {what}" for at, what in sorted(line for line in lines if line[0])]
    over = f"{clock['discharge']}+{days}" if days else clock["discharge"]
    return "\n".join([*told, f"{over}  discharged status {status}", "12:00+9  quiet"])


@pytest.mark.parametrize("name", NAMES)
def test_a_worked_example_is_judged_live_as_intended(examples, name):
    example = examples[name]
    intended = example["intended"]

    told = play("nys-ped-1h/spec-2015", as_story(example["input"]))

    record = told.case()
    assert record.status == intended["status"]
    assert record.reason == intended.get("reason")
    for element in ("antibiotics", "blood_culture", "fluids", "bundle"):
        if element in intended:
            assert told.element(element).status in MET[intended[element]], element


def test_no_example_is_left_out(examples):
    assert tuple(examples) == NAMES
