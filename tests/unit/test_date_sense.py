"""Dates and times of day that stand where a text is asked for."""

from datetime import date, time

from scoring.measure_file.date_sense import date_faults
from scoring.measure_file.part import Part

DAY = date(2015, 1, 1)


def test_a_date_or_a_time_of_day_is_pointed_out_wherever_it_stands_but_for_the_first_and_the_last_day():
    body = {
        "effective_from": DAY,
        "effective_until": DAY,
        "first_known": [["arrived", DAY], [time(10)]],
        "elements": {"antibiotics": {"effective_from": DAY}},
    }

    assert [str(fault) for fault in date_faults(Part(body))] == [
        "first_known[1][2]: is the date 2015-01-01; write it in quotes where a text is asked for",
        "first_known[2][1]: is the time 10:00:00; write it in quotes where a text is asked for",
        "elements.antibiotics.effective_from: is the date 2015-01-01; write it in quotes where a text is asked for",
    ]
