"""How long a length of time may be that a file names."""

from datetime import timedelta
from math import isfinite

FIRST_YEAR, LAST_YEAR = 1000, 9000
"""The years that a source's profile may allow: the calendar has a thousand more on either side."""

LONGEST = timedelta(days=36_525)
"""A century: rules add several lengths to one time, and ten of these still end within the calendar."""

NO_AMOUNT = "is no amount"
TOO_LONG = "is longer than can be counted"


def is_countable(value: float, unit: str) -> bool:
    """Whether so many `minutes`, `hours` or `days`, forwards or backwards, are no longer than `LONGEST`."""
    return abs(value) <= LONGEST / timedelta(**{unit: 1})


def refuse_uncountable(value: float, unit: str) -> None:
    """See that a length of time can be counted.

    Raises:
        ValueError: It is no finite number, or longer than `LONGEST`.
    """
    if not isfinite(value):
        raise ValueError(NO_AMOUNT)
    if not is_countable(value, unit):
        raise ValueError(TOO_LONG)
