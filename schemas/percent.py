"""Rates as tables print them."""

MOST_SUPPRESSED = 100
"""Of more cases than these, one is less than a per cent: a rate of them tells of nobody."""


def percent_of(numerator: int, denominator: int) -> float | None:
    """Per cent with one decimal, a half rounded up as printed tables do (1 of 16 is 6.3); None of nothing."""
    if not denominator:
        return None
    return (2000 * numerator + denominator) // (2 * denominator) / 10
