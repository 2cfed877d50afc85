"""Files of measures with something wrong in them, and what the check must say; told in `unit/measure_faults.txt`.

A story there is a line `what it shows: the file it begins with`, then what is taken out (`-`, or `- from ... to`,
which leaves the last part in) and what is put in its place (`+`), then what must be said (`>`): how the line begins
on which it stands, and the fault. Further lines of the same thing are indented.
"""

from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from scoring.measure_file.reading import read_measure_file

STORIES = Path(__file__).parent / "unit" / "measure_faults.txt"
_BEGINS = 24


@dataclass
class Story:
    """A file, the changes to it, and what must be said."""

    shows: str
    begins_with: str
    out: list[str] = field(default_factory=list)
    put: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def text(self):
        """The file with its changes."""
        text = shipped(self.begins_with)
        for out, put in zip(self.out, self.put, strict=True):
            text = changed(text, out, put)
        return text


def shipped(name):
    """The text of a file that ships."""
    return (files("scoring") / "measures" / f"{name}.toml").read_text("utf-8")


def changed(text, out, put):
    """The text with its first `out` replaced."""
    first, cut, last = out.partition(" ... ")
    start = text.index(first)
    end = start + len(first) if not cut else text.index(last, start) if last != "END" else len(text)
    return text[:start] + put + text[end:]


def stories():
    """Every story that is told."""
    told = []
    for row in STORIES.read_text("utf-8").splitlines():
        mark, rest = row[4:6], row[6:]
        if not row.startswith(" ") and row:
            told.append(Story(*row.split(": ")))
        elif mark == "- ":
            told[-1].out.append(_lines(rest))
        elif mark.strip() == "+":
            told[-1].put.append(_lines(rest))
        elif mark == "> ":
            told[-1].said.append(rest)
        elif row:
            told[-1].said[-1] += f" {row.strip()}"
    return told


def _lines(text):
    """A change of several lines stands on one."""
    return text.replace("\\n", "\n")


def said_of(text, *, taken=()):
    """What is said of a text: how each line begins and its fault; sources that are marked uncertain are left out."""
    rows = [*text.splitlines(), ""]
    return [
        f"{rows[fault.line - 1].strip()[:_BEGINS].strip()} | {fault}"
        for fault in read_measure_file(text, dict(taken)).faults
        if "is uncertain" not in fault.what
    ]
