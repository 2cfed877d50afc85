"""Rates as tables print them."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.percent import percent_of


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent"), [(1, 16, 6.3), (1, 3, 33.3), (2, 3, 66.7), (0, 7, 0.0), (7, 7, 100.0)]
)
def test_a_rate_has_one_decimal_and_a_half_goes_up(numerator, denominator, percent):
    assert percent_of(numerator, denominator) == percent


def test_nothing_of_nothing_is_no_rate():
    assert percent_of(0, 0) is None


@given(denominator=st.integers(1, 10**7), numerator=st.integers(0, 10**7))
def test_it_is_what_exact_arithmetic_rounds_to(denominator, numerator):
    exact = Decimal(100 * numerator) / Decimal(denominator)

    assert percent_of(numerator, denominator) == float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))
