"""The one pydantic configuration every schema of this project shares."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Any, TypeVar

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


Model = TypeVar("Model", bound=StrictModel)


@cache
def _every_field(model: type[StrictModel]) -> set[str]:
    return set(model.model_fields)


def built(model: type[Model], **values: Any) -> Model:
    """A model of values that are known to be valid: every field, in the model's order, and nothing is checked.

    What `model_construct` does, without its search for defaults and aliases, which takes most of its time.
    """
    made = model.__new__(model)
    object.__setattr__(made, "__dict__", values)
    object.__setattr__(made, "__pydantic_fields_set__", _every_field(model))
    object.__setattr__(made, "__pydantic_extra__", None)
    object.__setattr__(made, "__pydantic_private__", None)
    return made


def is_written_alike(one: object, other: object) -> bool:
    """Whether two models, or parts of them, say the same in the same way: an instant with the same offset, too."""
    match one:
        case datetime():
            return isinstance(other, datetime) and one == other and one.utcoffset() == other.utcoffset()
        case tuple():
            return isinstance(other, tuple) and len(one) == len(other) and _are_alike(one, other)
        case StrictModel():
            return type(one) is type(other) and _are_alike(one.__dict__.values(), other.__dict__.values())
        case _:
            return type(one) is type(other) and one == other


def _are_alike(some: Iterable[object], others: Iterable[object]) -> bool:
    # Most are the very same objects: a loop that sees it saves a call each.
    for one, other in zip(some, others, strict=True):
        if one is not other and not is_written_alike(one, other):
            return False
    return True


def place_and_type(loc: Sequence[int | str], kind: str) -> str:
    """Where a model failed and on what, for a log: `elements.0.status: enum`.

    Takes `loc` and `type` of one of pydantic's `errors()`. A key that the sender made up may say
    something of a patient; it reads `*`.
    """
    place = [str(part) for part in loc]
    if kind == "extra_forbidden":
        place[-1:] = ["*"]
    return f"{'.'.join(place) or 'whole'}: {kind}"
