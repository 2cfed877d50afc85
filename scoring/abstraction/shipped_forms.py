"""The measures that ship with a form: those that an abstraction file can be judged by."""

from collections.abc import Sequence
from functools import cache

from scoring.abstraction.measure_form import MeasureForm, measure_form
from scoring.rules import UnknownMeasureError, measure_files


@cache
def _forms() -> dict[str, MeasureForm]:
    forms = [measure_form(body) for body in measure_files("abstraction")]
    return {form.identifier: form for form in sorted(forms, key=lambda form: form.identifier)}


def shipped_forms() -> tuple[str, ...]:
    """Identifiers of the measures that an abstraction file can be judged by, sorted."""
    return tuple(_forms())


def load_form(identifier: str, own: Sequence[MeasureForm] = ()) -> MeasureForm:
    """Return the form of a measure that ships, or of one of the site's own.

    Raises:
        UnknownMeasureError: No measure with a form has this identifier; the message names those that do.
    """
    forms = _forms() | {form.identifier: form for form in own}
    try:
        return forms[identifier]
    except KeyError:
        message = f"score knows no measure {identifier!r}; it can do: {', '.join(sorted(forms))}"
        raise UnknownMeasureError(message) from None
