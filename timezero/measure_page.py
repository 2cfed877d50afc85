"""A measure as a page to read and sign: its words, its form, and from which file they come."""

import hashlib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from scoring.abstraction.form_words import FormRow, form_rows
from scoring.abstraction.measure_form import MeasureForm
from scoring.abstraction.shipped_forms import load_form, shipped_forms
from scoring.rules import UnknownMeasureError, load_conventions, measure, offered_measures, shipped_texts
from scoring.told_measure import ToldMeasure, in_force, tell_measure
from streams.site_measures import NO_SITE, Site


@dataclass(frozen=True, slots=True)
class FormPart:
    """How abstraction files are judged."""

    columns: tuple[str, ...]
    readings: tuple[str, ...]
    rows: tuple[FormRow, ...]


@dataclass(frozen=True, slots=True)
class MeasurePage:
    """What the page says.

    Attributes:
        words: How a stream is judged; None where none is.
        form: How abstraction files are judged; None where none are.
        fingerprint: SHA-256 of the file's text: the same words under another number come from another file.
        made_by: This program, with its version.
    """

    identifier: str
    title: str
    source: str
    in_force: str
    words: ToldMeasure | None
    form: FormPart | None
    fingerprint: str
    made_by: str

    @property
    def is_sites_own(self) -> bool:
        """Whether it is a hospital's own measure."""
        return self.identifier not in {*offered_measures(), *shipped_forms()}


def measure_page(identifier: str, site: Site = NO_SITE) -> MeasurePage:
    """Say a measure on a page, as it judges at the site.

    Raises:
        UnknownMeasureError: No measure has this identifier.
    """
    words = form = None
    if identifier in offered_measures(site.rules):
        words = tell_measure(measure(identifier, site.rules), site.rules.conventions or load_conventions())
    if identifier in _forms(site):
        form = load_form(identifier, site.forms)
    header = words or form
    if header is None:
        message = f"there is no measure {identifier!r}; `timezero measures list` shows those there are."
        raise UnknownMeasureError(message)
    return MeasurePage(
        identifier,
        header.title,
        header.source,
        in_force(header.effective_from, header.effective_until),
        words,
        None if form is None else _form_part(form),
        hashlib.sha256(_text(identifier, site).encode()).hexdigest(),
        _made_by(),
    )


def _forms(site: Site) -> set[str]:
    return {*shipped_forms(), *(form.identifier for form in site.forms)}


def _form_part(form: MeasureForm) -> FormPart:
    columns = tuple(column.value for column in form.columns())
    return FormPart(columns, form.readings, tuple(form_rows(form)))


def _text(identifier: str, site: Site) -> str:
    own = {report.identifier: report.text for report in site.files}
    return own[identifier] if identifier in own else shipped_texts()[identifier]


def _made_by() -> str:
    try:
        return f"timezero {version('timezero')}"
    except PackageNotFoundError:
        return "timezero"
