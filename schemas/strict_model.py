"""The one pydantic configuration every schema of this project shares."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Instant = AwareDatetime
"""A datetime that knows its offset; a naive one does not validate."""

Identifier = Annotated[str, Field(min_length=1, max_length=200)]
"""An identifier of a person, an encounter or a message."""


class StrictModel(BaseModel):
    """Frozen, closed to unknown keys, silent about its values in `repr` and when it fails.

    `hide_input_in_errors` keeps values out of `str(ValidationError)`; `errors()` still
    has them, so whoever logs may log only `loc` and `type`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Show no field: nearly every model here carries patient data, and reprs end up in logs."""
        return ()


def place_and_type(loc: Sequence[int | str], kind: str) -> str:
    """Where a model failed and on what, for a log: `elements.0.status: enum`.

    Takes `loc` and `type` of one of pydantic's `errors()`. A key that the sender made up may say
    something of a patient; it reads `*`.
    """
    place = [str(part) for part in loc]
    if kind == "extra_forbidden":
        place[-1:] = ["*"]
    return f"{'.'.join(place) or 'whole'}: {kind}"
