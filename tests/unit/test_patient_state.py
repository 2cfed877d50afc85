import json
from pathlib import Path

import pytest

from scoring.patient_state import StateFormatError, decode_state, encode_state
from storyteller import play

RECORDED = Path(__file__).parent / "state_format_1.json"
"""A state as it was written when its format was new."""

STORY = """
    10:00  protocol
    10:30  ceftriaxone iv
"""


def stored():
    return encode_state(play("nys-ped-1h/spec-2015", STORY).state)


def test_damaged_bytes_are_refused_without_showing_them():
    with pytest.raises(StateFormatError) as refused:
        decode_state(stored()[:-5])

    assert str(refused.value) == "the stored state of a patient cannot be read; rebuild it from encounter.events"
    assert refused.value.__cause__ is None


def test_another_format_is_refused_by_its_number():
    whole = json.loads(stored()) | {"format": 99}

    with pytest.raises(StateFormatError) as refused:
        decode_state(json.dumps(whole).encode())

    assert str(refused.value) == (
        "the stored state has format 99, this version reads 1; rebuild it from encounter.events"
    )  # fmt: skip


def test_a_patient_whose_facts_have_gone_to_another_number_is_known_as_such():
    merged = play("nys-ped-1h/spec-2015", STORY + "        10:40  merged into P2").state
    kept = play("nys-ped-1h/spec-2015", STORY).state

    assert [decode_state(encode_state(state)).is_merged for state in (merged, kept)] == [True, False]


def test_every_case_is_published_by_its_own_name():
    state = decode_state(encode_state(play("nys-ped-1h/spec-2015", STORY + " 10:40 ruled out\n 10:50 protocol").state))

    assert set(state.published) == {("E1", "nys-ped-1h/spec-2015"), ("E1#2", "nys-ped-1h/spec-2015")}


def test_a_tick_is_no_fact():
    tick = {"kind": "tick", "facility_id": "F1", "patient_id": "P1", "at": "2026-03-02T10:00:00Z"}
    whole = json.loads(stored())

    with pytest.raises(StateFormatError):
        decode_state(json.dumps(whole | {"facts": [*whole["facts"], tick]}).encode())


def test_the_stored_form_keeps_every_version_and_what_was_said():
    state = play("nys-ped-1h/spec-2015", STORY + "        10:40  correct ceftriaxone iv started 10:20").state

    again = decode_state(encode_state(state))

    assert again.facts == state.facts
    assert again.published == state.published
    assert (again.now, again.revision, again.wake_at) == (state.now, state.revision, state.wake_at)


def test_a_state_recorded_in_an_earlier_release_is_read_and_written_alike():
    """Whoever changes the format must still read this one."""
    recorded = RECORDED.read_bytes().strip()

    state = decode_state(recorded)

    assert len(state.facts.versions) == 2
    assert [each.measure for each in state.published.values()] == ["nys-ped-1h/spec-2015"]
    assert json.loads(recorded)["format"] == 1
    assert encode_state(state) == recorded
