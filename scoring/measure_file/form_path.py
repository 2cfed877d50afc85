"""Where in a file a key of the form stands: in `[abstraction]`, or where the form shares it with the stream."""

from collections.abc import Mapping
from typing import Any

from scoring.abstraction.measure_form import HEADER
from scoring.measure_file.model_faults import value_at
from scoring.measure_file.part import Part
from scoring.measure_file.toml_places import Path

_FORM = "abstraction"
_LIMIT = "limit"


def form_path(path: Path, body: Mapping[str, Any]) -> Path:
    """The place in the file of a key of the form's body; see `scoring.abstraction.measure_form.form_body`."""
    head, *rest = path or (None,)
    if head in HEADER and head not in body[_FORM]:
        return path
    if head == "readings" and rest:
        return _reading(int(rest[0]), Part(body))
    if _LIMIT in path:
        return _limit(path, body)
    return (_FORM, *path)


def _reading(number: int, file: Part) -> Path:
    """Readings of the stream come first, then those of the form."""
    before = len(file.items("readings"))
    return ("readings", number) if number < before else (_FORM, "readings", number - before)


def _limit(path: Path, body: Mapping[str, Any]) -> Path:
    """A limit that the form does not give is that of the element, or of the exclusion of the same reason."""
    cut = path.index(_LIMIT)
    holder = value_at(body[_FORM], path[:cut])
    if _LIMIT in holder:
        return (_FORM, *path)
    if path[0] == "elements":
        return path
    for number, part in enumerate(Part(body).items("exclusions")):
        if isinstance(part, Mapping) and part.get("reason") == holder.get("reason"):
            return ("exclusions", number, *path[cut:])
    return (_FORM, *path)
