"""A measure in words: its rules as plain lines, for those who show them and do not judge."""

from schemas.strict_model import StrictModel
from schemas.verdict import Element


class RuleLine(StrictModel):
    """One rule in one plain line, with where its numbers come from."""

    line: str
    sources: tuple[str, ...]


class ElementWords(RuleLine):
    """What one element asks for."""

    element: Element


class MeasureWords(StrictModel):
    """A measure as it judged, in words."""

    measure: str
    """Identifier with version, as in `nys-ped-1h/spec-2015`."""
    title: str
    source: str
    resolution: RuleLine
    """How times are compared."""
    entry: RuleLine
    """What opens a case."""
    time_zero: RuleLine
    population: tuple[RuleLine, ...] = ()
    """Who belongs to it; all must hold."""
    exclusions: tuple[RuleLine, ...] = ()
    """Who is left out."""
    elements: tuple[ElementWords, ...]

    def line_of(self, element: Element) -> RuleLine | None:
        """What an element asks for; None for the bundle, which the elements make up."""
        return next((each for each in self.elements if each.element is element), None)
