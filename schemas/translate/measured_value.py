"""Reading measured values: text or number and unit into the quantity's own unit."""

import math
import re

from schemas.clinical import QUANTITY_UNITS
from schemas.translate.codebook import QuantityCodes, plain
from schemas.translate.reason import RejectReason, refuse

_LIMITED = re.compile(
    r"(?:<=?|>=?|greater than|less than)?\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)", re.IGNORECASE
)
"""Each character can be read in one way only: the time it takes grows with the length, not with its square."""


def read_number(value: float | str | None) -> float | None:
    """A number as sent; a value below or above a limit (`<5`) is read as that limit, blank as None.

    Raises:
        RefusedError: `bad_value`: no number, or not a finite one.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        number = _number_in(value) if isinstance(value, str) else float(value)
    except OverflowError:
        refuse(RejectReason.BAD_VALUE, "value")
    if not math.isfinite(number):
        refuse(RejectReason.BAD_VALUE, "value")
    return number


def _number_in(text: str) -> float:
    found = _LIMITED.fullmatch(text.strip())
    if found is None:
        refuse(RejectReason.BAD_VALUE, "value")
    return float(found[1])


def read_quantity(value: float | str | None, unit: str | None, codes: QuantityCodes) -> float | None:
    """A value in the quantity's own unit; None where none was sent.

    Raises:
        RefusedError: `bad_value`, `unknown_unit` or `implausible_value`.
    """
    number = read_number(value)
    if number is None:
        return None
    converted = _converted(number, unit, codes)
    if not codes.lowest <= converted <= codes.highest:
        refuse(RejectReason.IMPLAUSIBLE_VALUE, codes.quantity.value)
    return converted


def _converted(number: float, unit: str | None, codes: QuantityCodes) -> float:
    spelled = plain(unit or codes.unit_if_none or "")
    factor = codes.factors.get(spelled)
    if factor is None:
        refuse(RejectReason.UNKNOWN_UNIT, f"{codes.quantity.value} is kept in {QUANTITY_UNITS[codes.quantity]}")
    taken_off = codes.offsets.get(spelled, 0)
    # Seven digits: enough for every quantity here, and Fahrenheit 101.3 does not end in 000000007.
    return round((number - taken_off) * factor, 7)
