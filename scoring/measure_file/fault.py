"""One fault of a measure's file: where, what is wrong, what to do."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from typing import Any

from scoring.measure_file.toml_places import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one key.

    Attributes:
        path: The key.
        what: What is wrong with it.
        remedy: What to do.
        is_warning: The file can be used as it is, and somebody should look.
        meant: The key that was probably meant, where this one is not known.
        line: On which line it stands; 0 until it is placed.
    """

    path: Path
    what: str
    remedy: str
    is_warning: bool = False
    meant: Path | None = None
    line: int = 0

    @property
    def key(self) -> str:
        """The key as it is spoken of; see `key_words`."""
        return key_words(self.path)

    def __str__(self) -> str:
        """The key, what is wrong, what to do."""
        kind = "warning: " if self.is_warning else ""
        return f"{self.key}: {kind}{self.what}; {self.remedy}"


def key_words(path: Path) -> str:
    """A key as it is spoken of: `exclusions[2].limit.unit`; of several of a kind the first is 1."""
    told = ""
    for part in path:
        told += f"[{part + 1}]" if isinstance(part, int) else f"{'.' if told else ''}{_quoted_if_odd(part)}"
    return told or "file"


def _quoted_if_odd(key: str) -> str:
    is_bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if is_bare else json.dumps(key)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant; None where none is near."""
    return next(iter(get_close_matches(word, list(known), n=1)), None)


def choose(word: Any, known: Sequence[str]) -> str:
    """What to write instead of a word that is not known: the one that was probably meant, else any of all.

    Signs are never guessed: `=<` is near to `<`, and means something else.
    """
    meant = nearest(word, known) if isinstance(word, str) and any(map(str.isalpha, word)) else None
    if meant is not None:
        return f'write "{meant}"'
    quoted = [f'"{each}"' for each in known]
    return f"write {' or '.join(filter(None, [', '.join(quoted[:-1]), quoted[-1]]))}"


def value_words(value: Any) -> str:
    """A value of a file in one line; of a list or table only that it is one."""
    match value:
        case dict():
            return "a table"
        case list():
            return "a list"
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False)
        case date():
            return f"the date {value.isoformat()}"
        case time():
            return f"the time {value.isoformat()}"
        case _:
            return str(value)
