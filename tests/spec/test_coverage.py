"""Whether a missing act would have been seen: what a feed covers, at its edges."""

import pytest

from storyteller import play


def antibiotics(*covered):
    """A stay that opens at 10:00: the look-back begins a day before, and the window closes at 11:01."""
    lines = "\n".join(f"09:00  covers medications started {each} from mimic3" for each in covered)
    return play("nys-ped-1h/spec-2015", f"{lines}\n10:00  protocol from mimic3\n14:00  quiet").stands("antibiotics")


@pytest.mark.parametrize(
    "covered",
    [
        ("10:00-1",),  # and still covered
        ("10:00-1 until 11:01",),
        ("10:00-1 until 10:20", "10:20 until 12:00"),
        ("10:10 until 12:00", "10:00-1 until 10:30"),
        ("10:00-1 until 12:00", "10:10 until 10:20"),
    ],
)
def test_what_is_covered_from_the_look_back_to_the_close_is_missed(covered):
    assert antibiotics(*covered) == "missed"


@pytest.mark.parametrize(
    "covered",
    [
        ("10:01-1 until 12:00",),
        ("10:00-1 until 11:00:59",),
        ("10:00-1 until 10:20", "10:21 until 12:00"),
        ("08:00-1 until 09:00-1", "10:01-1 until 12:00"),
    ],
)
def test_what_is_not_covered_all_the_time_cannot_be_assessed(covered):
    assert antibiotics(*covered) == "cannot_assess, not_covered"


def test_what_is_not_covered_at_all_cannot_be_assessed_from_the_first_instant_on():
    told = play("nys-ped-1h/spec-2015", "10:00  protocol from mimic3")

    assert told.stands("antibiotics") == "cannot_assess, not_covered"


def test_nothing_can_have_gone_unseen_at_the_instant_up_to_which_all_is_covered():
    told = play(
        "nys-ped-1h/spec-2015",
        """
        09:00  covers medications started 10:00-1 until 10:00 from mimic3
        10:00  protocol from mimic3
    """,
    )

    assert told.stands("antibiotics") == "open"


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (("mimic3",), "cannot_assess, not_carried"),
        (("mimic3", "simulated"), "missed"),
    ],
)
def test_a_result_cannot_be_told_to_be_missing_where_no_source_carries_its_time(sources, expected):
    """MIMIC-III has the lactate of a stay, and never when it was reported."""
    heard = "\n".join(f"10:0{place}  heart rate 90 from {source}" for place, source in enumerate(sources, start=1))
    told = play("nys-adult-3h/trend-2015", f"10:00  protocol from mimic3\n{heard}\n16:00  quiet")

    assert told.stands("lactate") == expected
