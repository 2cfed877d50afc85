"""What is said of an element that is begun and not done: ordered and not given, hung and not in."""

import pytest

from storyteller import play

SEPSIS = """
        10:00  infection suspected
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  systolic bp 85
"""


def warnings(story, element):
    """The sentences of one element's alerts."""
    return [alert.sentence for alert in play("sep1-like/1", SEPSIS + story).alerts if alert.element == element]


@pytest.mark.parametrize(
    ("order", "element", "said"),
    [
        (
            "10:20  blood culture ordered 10:15",
            "blood_culture",
            "Blood culture due by 13:00, ordered 10:15, not drawn.",
        ),
        ("10:20  ceftriaxone iv ordered 10:15", "antibiotics", "Antibiotics due by 13:00, ordered 10:15, not given."),
        ("10:20  ceftriaxone oral ordered 10:15", "antibiotics", "Antibiotics due by 13:00, none charted."),
        ("10:20  ringer 500 mL ordered 10:15", "antibiotics", "Antibiotics due by 13:00, none charted."),
        ("10:20  ceftriaxone iv ordered 09:59-1", "antibiotics", "Antibiotics due by 13:00, none charted."),
    ],
)
def test_what_is_ordered_and_not_done_is_said_so(order, element, said):
    assert warnings(f"        {order}\n        12:05  quiet", element) == [said]


def test_an_order_that_was_carried_out_is_no_order_any_more():
    story = """
        10:20  ceftriaxone iv ordered 10:15
        12:30  correct ceftriaxone iv ordered 10:15 started 12:25
    """

    assert warnings(story, "antibiotics")[-1] == "Taken back: antibiotics 12:25, in time."


def test_an_order_taken_back_is_no_order():
    story = """
        10:20  ceftriaxone iv ordered 10:15
        10:30  retract ceftriaxone
        12:05  quiet
    """

    assert warnings(story, "antibiotics") == ["Antibiotics due by 13:00, none charted."]


def test_fluids_say_how_much_of_them_is_in():
    """2100 mL are asked for, 1890 are enough; a bag that still runs is not in."""
    story = """
        10:05  weight 70 kg
        10:10  systolic bp 84
        11:00  ringer 500 mL (first) started 10:20 completed 10:55
        11:05  ringer 1650 mL (second) started 11:00
        13:11  quiet
    """

    assert warnings(story, "fluids") == [
        "Fluids due by 13:10, 500 of 1890 mL.",
        "Fluids due by 13:10, 500 of 1890 mL.",
        "Window closed 13:11, 500 of 1890 mL.",
    ]
