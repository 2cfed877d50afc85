"""Examples of what to write, taken from the measures that ship: a number in a remedy is one that somebody published."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from pydantic import BaseModel

from scoring.measure_file.vocabulary import Word, bare, kind_words

_SOURCE = "the text, with version and page"


class Examples:
    """Finds for a key how measures that are in use have it."""

    def __init__(self, measures: Iterable[BaseModel]) -> None:
        """Look in these measures, in their order."""
        self._measures = tuple(measures)

    def of(self, word: Word) -> str:
        """The key with a value, as one line of TOML; of a list one element. In words where no measure has it."""
        key = word.path[-1]
        if isinstance(key, int):
            return kind_words(word.kind)
        if is_source(key):
            return f"{key} = {json.dumps(_SOURCE)}"
        found = next(self._values(word, key), None)
        return f"{kind_words(word.kind)} as {key}" if found is None else f"{key} = {inline(found)}"

    def _values(self, word: Word, key: str) -> Iterator[Any]:
        table = word.table
        # What somebody else wrote in words of their own is no example.
        if table is None or bare(word.kind) in {str, tuple[str, ...]}:
            return
        for measure in self._measures:
            for part in _parts(measure):
                value = getattr(part, key, None) if isinstance(part, table) else None
                if value is not None and value != ():
                    yield _plain(value)


def is_source(key: str) -> bool:
    """Whether a key says where something comes from."""
    return key == "source" or key.endswith("_source")


def _parts(value: Any) -> Iterator[BaseModel]:
    """A model and everything in it that is one."""
    if isinstance(value, BaseModel):
        yield value
        for name in type(value).model_fields:
            yield from _parts(getattr(value, name))
    elif isinstance(value, dict | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _parts(each)


def _plain(value: Any) -> Any:
    """A value as a file has it: no key that was left out, and a source that says what belongs there."""
    match value:
        case BaseModel():
            said = [key for key in type(value).model_fields if key in value.model_fields_set]
            return {key: _SOURCE if is_source(key) else _plain(getattr(value, key)) for key in said}
        case dict():
            return {key: _plain(part) for key, part in value.items()}
        case tuple():
            return [_plain(part) for part in value[:1]]
        case _:
            return value


def inline(value: Any) -> str:
    """A value as TOML on one line."""
    match value:
        case dict():
            return f"{{ {', '.join(f'{key} = {inline(part)}' for key, part in value.items())} }}"
        case list():
            return f"[{', '.join(map(inline, value))}]"
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case date():
            return value.isoformat()
        case int():
            return str(value)
        case _:
            return json.dumps(str(value), ensure_ascii=False)
