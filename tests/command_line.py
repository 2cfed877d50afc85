"""The command as a user meets it: in this process where that is enough, else as a process of its own."""

import subprocess
import sys
from dataclasses import dataclass

import pytest

from timezero.cli import main

COMMAND = [sys.executable, "-m", "timezero"]


@dataclass(frozen=True)
class Said:
    """What a run of the command left behind."""

    code: int
    out: str
    err: str


def say(capsys, *arguments):
    """Run the command in this process and return its exit code and what it printed."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return Said(int(end.value.code or 0), printed.out, printed.err)


def run(*arguments, **options):
    """Run the command as a process of its own."""
    return subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False, **options)
