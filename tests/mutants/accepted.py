"""Mutants that may live: judged once by a person, with the reason, so that a hunt shows only new ones."""

import tomllib
from pathlib import Path

FILE = Path(__file__).with_name("accepted.toml")


def read_accepted(path=FILE):
    """Why each accepted change may stay, by function and change."""
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("mutant", [])
    return {(entry["function"], unindented(entry["change"])): entry["why"] for entry in entries}


def is_accepted(mutant, accepted):
    """Whether somebody judged this change of this function; on which line it stands does not matter."""
    return (mutant.name, unindented(mutant.change)) in accepted


def unindented(change):
    """The lines of a diff without what they are indented by."""
    return "\n".join(line[0] + line[1:].strip() for line in change.splitlines() if line.strip())
