"""Numbers on the command line: in a range, and finite."""

from math import isfinite
from typing import Any

import click


class FiniteRange(click.FloatRange):
    """A range in which `nan`, which compares with nothing, does not lie."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the number, or say what is wrong with it."""
        number: float = super().convert(value, param, ctx)
        if not isfinite(number):
            self.fail(f"{number} is no finite number.", param, ctx)
        return number
