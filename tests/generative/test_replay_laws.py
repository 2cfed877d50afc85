"""Laws of a replay from disk: however input, patients and lines are cut, nothing is lost, doubled or moved."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.clinical import ClockTick
from streams.replay.merges import stand_ins
from streams.replay.sorted_runs import merged, write_run
from streams.replay.spill import SpillWriter, read_share
from streams.sources.line_range import line_ranges, lines_of

NAMES = st.text(max_size=5)
KEYS = st.sampled_from("abcdefgh")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("laws")


@given(
    lines=st.lists(st.binary(max_size=9).map(lambda line: line.replace(b"\n", b"")), max_size=9),
    count=st.integers(1, 12),
)
def test_ranges_of_a_file_have_its_lines_each_once_and_in_order(folder, lines, count):
    path = folder / "lines"
    path.write_bytes(b"\n".join(lines))

    read = [line for part in line_ranges(path, count) for line in lines_of(part)]
    with path.open("rb") as file:
        assert read == list(file)


@given(pairs=st.lists(st.tuples(KEYS, KEYS), max_size=8))
def test_two_keys_have_one_stand_in_where_pairs_lead_from_one_to_the_other_and_only_there(pairs):
    stand_for = stand_ins(pairs)

    def reached(key):
        seen, found = set(), {key}
        while found > seen:
            seen |= found
            found = seen | {end for pair in pairs if seen & set(pair) for end in pair}
        return seen

    assert stand_for.keys() == {end for pair in pairs for end in pair}
    assert all(stand_for[key] == min(reached(key)) for key in stand_for)


@given(
    told=st.lists(st.tuples(NAMES, NAMES.filter(bool)), max_size=12), shares=st.integers(1, 5), parts=st.integers(1, 3)
)
def test_what_is_put_aside_is_read_back_once_in_its_order_with_its_patient_in_one_share(folder, told, shares, parts):
    at = datetime(2026, 3, 1, 10, tzinfo=UTC)
    events = [(name, ClockTick(facility_id="f", patient_id=patient, at=at)) for name, patient in told]
    for part in range(parts):
        with SpillWriter(folder, part, shares) as spill:
            for name, event in events[part::parts]:
                spill.put(event, name)
    read = [[(each.counted_as, each.event) for each in read_share(folder, share)] for share in range(shares)]

    in_order = [event for part in range(parts) for event in events[part::parts]]
    for share in read:
        keys = {event.key for _, event in share}
        assert share == [each for each in in_order if each[1].key in keys]
    assert sum(map(len, read)) == len(events)


@given(rows=st.lists(st.tuples(st.integers(0, 9), NAMES), max_size=30), cuts=st.integers(1, 5))
def test_runs_put_together_are_the_rows_in_order(folder, rows, cuts):
    runs = [folder / f"run-{cut}" for cut in range(cuts)]
    for cut, run in enumerate(runs):
        write_run(run, sorted(([number, text], text) for number, text in rows[cut::cuts]))

    assert [tuple(row) for row in merged(runs)] == sorted(([number, text], text) for number, text in rows)


def test_more_runs_than_a_process_may_open_are_put_together_in_steps(folder):
    runs = [folder / f"many-{number:04}" for number in range(1100)]
    for number, run in enumerate(runs):
        write_run(run, [([number % 7], str(number))])

    together = [int(text) for _, text in merged(runs)]
    assert together == sorted(range(1100), key=lambda number: (number % 7, number))
