"""Rolling compliance: the counts of all partitions added up, for one facility or unit or for all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pydantic import TypeAdapter

from dashboards.board.words import element_name, split_measure
from schemas.percent import percent_of
from schemas.read_model import Rate, Window
from schemas.strict_model import StrictModel
from schemas.verdict import Element

SMALL_NUMBER = 10
"""Denominators up to this are marked: NYS publishes no rate of 10 or fewer cases (2015 report, Table 2)."""

RATES: TypeAdapter[list[Rate]] = TypeAdapter(list[Rate])
BUNDLE_FIRST = (Element.BUNDLE, *(element for element in Element if element is not Element.BUNDLE))
COUNTS = ("denominator", "met", "met_late", "missed", "cannot_assess", "pending", "excluded")


class ComplianceFigure(StrictModel):
    """One element of one measure in one window."""

    window: Window
    met: int
    met_late: int
    missed: int
    cannot_assess: int
    """In the denominator, not met, and shown apart."""
    denominator: int
    pending: int
    """Not in the denominator yet: the figure is provisional while there are any."""
    excluded: int
    percent: float | None
    """Met of the denominator, to one decimal; none where the denominator is empty."""
    small: bool
    """The denominator is 10 or less, and not empty."""


class ElementCompliance(StrictModel):
    """One element over the windows."""

    element: str
    name: str
    figures: tuple[ComplianceFigure, ...]


class MeasureCompliance(StrictModel):
    """One measure with its elements, the bundle first."""

    measure: str
    measure_name: str
    measure_version: str
    elements: tuple[ElementCompliance, ...]


class ComplianceView(StrictModel):
    """What the compliance page shows, and what it can be narrowed to."""

    facilities: tuple[str, ...]
    units: tuple[str, ...]
    """Units of the chosen facility, or of all."""
    measures: tuple[MeasureCompliance, ...]


def add_up(partitions: Iterable[Iterable[Rate]]) -> tuple[Rate, ...]:
    """Add up the counts that several partitions hold of the same thing."""
    totals: dict[tuple[str, str, Window, str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    for rate in (rate for partition in partitions for rate in partition):
        total = totals[rate.measure, rate.element, rate.window, rate.facility_id, rate.unit]
        for count in COUNTS:
            total[count] += getattr(rate, count)
    return tuple(
        Rate(measure=measure, element=element, window=window, facility_id=facility, unit=unit, **counts)
        for (measure, element, window, facility, unit), counts in sorted(totals.items())
    )


def make_compliance_view(rates: Iterable[Rate], facility: str | None, unit: str | None) -> ComplianceView:
    """Show the rates of one facility or unit, or of all where none is named."""
    every = tuple(rates)
    in_facility = [rate for rate in every if facility in (None, rate.facility_id)]
    sums: dict[str, dict[str, dict[Window, dict[str, int]]]] = defaultdict(lambda: defaultdict(dict))
    for rate in (rate for rate in in_facility if unit in (None, rate.unit)):
        counts = sums[rate.measure][rate.element].setdefault(rate.window, dict.fromkeys(COUNTS, 0))
        for count in COUNTS:
            counts[count] += getattr(rate, count)
    return ComplianceView(
        facilities=tuple(sorted({rate.facility_id for rate in every})),
        units=tuple(sorted({rate.unit for rate in in_facility})),
        measures=tuple(_measure(measure, elements) for measure, elements in sorted(sums.items())),
    )


def _measure(measure: str, elements: Mapping[str, Mapping[Window, Mapping[str, int]]]) -> MeasureCompliance:
    name, version = split_measure(measure)
    return MeasureCompliance(
        measure=measure,
        measure_name=name,
        measure_version=version,
        elements=tuple(
            ElementCompliance(
                element=element,
                name=element_name(Element(element)),
                figures=tuple(figure(window, windows.get(window, {})) for window in Window),
            )
            for element, windows in ((element.value, elements.get(element.value)) for element in BUNDLE_FIRST)
            if windows is not None
        ),
    )


def figure(window: Window, counts: Mapping[str, int]) -> ComplianceFigure:
    """Make one figure of its counts; what is absent counts as zero."""
    whole = {count: counts.get(count, 0) for count in COUNTS}
    denominator = whole["denominator"]
    return ComplianceFigure(
        window=window,
        percent=percent_of(whole["met"], denominator),
        small=0 < denominator <= SMALL_NUMBER,
        **whole,
    )
