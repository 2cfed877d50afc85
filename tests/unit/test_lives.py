"""Decoded states: those used last stay, and nobody of whom something is not stored is let go."""

from streams.lives import Life, Lives


def lives(most_bytes, *keys):
    held = Lives(most_bytes)
    for key in keys:
        held.put(key, Life(state=key, wake_at=None, written_bytes=10))
    return held


def test_those_used_longest_ago_are_let_go_until_the_rest_is_within_the_limit():
    held = lives(20, b"A", b"B", b"C")
    held.get(b"A")

    held.stored([b"C"])

    assert [held.get(key) is not None for key in (b"A", b"B", b"C")] == [True, False, True]


def test_at_the_limit_all_stay():
    held = lives(30, b"A", b"B", b"C")

    held.stored([b"C"])

    assert len(held) == 3


def test_a_state_counts_as_large_as_it_was_written_last():
    held = lives(30, b"A", b"B")
    held.written(held.get(b"B"), 31)

    held.stored([b"B"])

    assert len(held) == 0


def test_of_whom_something_is_not_stored_nobody_is_let_go():
    held = lives(0, b"A", b"B")
    held.get(b"A").lived.append("an event")

    held.stored([b"B"])
    assert held.get(b"A") is not None
    assert held.get(b"B") is None

    held.stored([b"A"])
    assert held.get(b"A") is None


def test_what_is_put_anew_or_dropped_counts_no_more():
    held = lives(10, b"A")
    held.put(b"A", Life(state="again", wake_at=None, written_bytes=10))
    held.drop(b"B")

    held.stored([b"A"])
    assert held.get(b"A").state == "again"

    held.clear()
    assert len(held) == 0
