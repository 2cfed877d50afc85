"""The durable form of a state: what is read back, what is refused, and the formats of before."""

import json
import struct
import zlib
from pathlib import Path

import pytest

from scoring.written_state import StateFormatError, decode_state, encode_state
from storyteller import play

FORMAT_1 = Path(__file__).parent / "state_format_1.json"
FORMAT_2 = Path(__file__).parent / "state_format_2.bin"
"""States as they were written when their format was new."""

STORY = """
    10:00  protocol
    10:30  ceftriaxone iv
"""
MANY = STORY + "".join(f"10:{minute} heart rate {60 + minute}\n" for minute in range(31, 55))
"""More facts than one block has."""
MANY_MORE = "".join(f"11:{minute} heart rate {60 + minute}\n" for minute in range(10, 30))


def stored(story=STORY):
    return encode_state(play("nys-ped-1h/spec-2015", story).state)


def kept(state):
    return (state.facts, state.published, state.now, state.revision, state.wake_at)


def unreadable(data):
    with pytest.raises(StateFormatError) as refused:
        decode_state(data)
    return str(refused.value) == "the stored state of a patient cannot be read; rebuild it from encounter.events"


def test_damaged_bytes_are_refused_without_showing_them():
    with pytest.raises(StateFormatError) as refused:
        decode_state(stored()[:-5])

    assert unreadable(stored()[:-5])
    assert refused.value.__cause__ is None


def test_a_state_that_was_cut_off_anywhere_is_refused():
    whole = stored(MANY)

    assert all(unreadable(whole[:size]) for size in range(len(whole)))


def test_a_state_whose_blocks_say_that_they_have_other_facts_is_refused():
    whole = stored(MANY + MANY_MORE)
    counts = [struct.unpack_from(">H", whole, 3 + 10 * number)[0] for number in range(2)]

    assert counts == [16, 16]
    assert unreadable(whole[:3] + struct.pack(">H", 15) + whole[5:])
    assert unreadable(whole[:3] + struct.pack(">H", 15) + whole[5:13] + struct.pack(">H", 17) + whole[15:])


def test_a_state_that_has_one_fact_in_two_places_is_refused():
    """Its versions stand in one line: else a later version would be written in one place and stay out of the other."""
    fact = json.dumps(json.loads(FORMAT_1.read_bytes())["facts"][0]).encode()
    head = struct.pack(">BH", 2, 0)

    assert len(decode_state(head + zlib.compress(b"{}\n" + fact)).facts.versions) == 1
    assert unreadable(head + zlib.compress(b"{}\n" + fact + b"\n" + fact))


@pytest.mark.parametrize("number", [0, 3, 99])
def test_another_format_is_refused_by_its_number(number):
    for data in (bytes([number]) + stored()[1:], json.dumps(json.loads(FORMAT_1.read_bytes()) | {"format": number})):
        with pytest.raises(StateFormatError) as refused:
            decode_state(data if isinstance(data, bytes) else data.encode())

        assert str(refused.value) == (
            f"the stored state has format {number}, this version reads 1 to 2; rebuild it from encounter.events"
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
    before = json.loads(FORMAT_1.read_bytes())
    text = b"{}\n" + json.dumps(tick).encode()

    assert unreadable(json.dumps(before | {"facts": [*before["facts"], tick]}).encode())
    assert unreadable(struct.pack(">BH", 2, 0) + zlib.compress(text))


def test_the_stored_form_keeps_every_version_and_what_was_said():
    state = play("nys-ped-1h/spec-2015", STORY + "        10:40  correct ceftriaxone iv started 10:20").state

    assert kept(decode_state(encode_state(state))) == kept(state)


def test_a_state_of_more_facts_than_a_block_has_reads_back_as_itself():
    state = play("nys-ped-1h/spec-2015", MANY).state

    again = decode_state(encode_state(state))
    again.facts.written.forget_all()

    assert list(again.facts.versions.items()) == list(state.facts.versions.items())
    assert encode_state(again) == encode_state(state)


@pytest.mark.parametrize("as_the_table_had_it", [False, True])
def test_a_state_of_the_first_format_is_read_and_written_as_this_one(as_the_table_had_it):
    """Whoever changes the format must still read this one."""
    recorded = FORMAT_1.read_bytes().strip()

    state = decode_state(zlib.compress(recorded, zlib.Z_BEST_SPEED) if as_the_table_had_it else recorded)

    assert json.loads(recorded)["format"] == 1
    assert len(state.facts.versions) == 2
    assert [each.measure for each in state.published.values()] == ["nys-ped-1h/spec-2015"]
    assert kept(decode_state(encode_state(state))) == kept(state)


def test_a_state_of_the_second_format_is_read():
    """Whoever changes the format must still read this one."""
    recorded = FORMAT_2.read_bytes()

    state = decode_state(recorded)

    assert recorded[0] == 2
    assert encode_state(state) == encode_state(play("nys-ped-1h/spec-2015", MANY).state)
