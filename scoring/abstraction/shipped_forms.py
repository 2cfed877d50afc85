"""The measures that ship with a form: those that an abstraction file can be judged by."""

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


def load_form(identifier: str) -> MeasureForm:
    """Return the form of a shipped measure.

    Raises:
        UnknownMeasureError: No measure with a form has this identifier; the message names those that do.
    """
    try:
        return _forms()[identifier]
    except KeyError:
        message = f"score knows no measure {identifier!r}; it can do: {', '.join(shipped_forms())}"
        raise UnknownMeasureError(message) from None
