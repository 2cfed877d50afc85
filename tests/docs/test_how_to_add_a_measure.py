"""The how-to page does what it says: its files are written, its commands run, and its outputs come out."""

import re
import shlex

import pytest

from command_line import say
from real_parts.inventory import REPOSITORY

PAGE = (REPOSITORY / "docs" / "how-to-add-a-measure.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`([a-z-]+/[a-z-]+\.toml)`[^`]*\Z")


def steps():
    """What the page asks for, in its order: a file with its text, or a command with what it prints."""
    for block in BLOCK.finditer(PAGE):
        kind, body = block.groups()
        if kind == "toml":
            yield "file", NAMED.search(PAGE[: block.start()])[1], body
        else:
            for told in body.removeprefix("$ ").split("\n$ "):
                command, _, printed = told.partition("\n")
                yield "command", command, printed


def lines_between_gaps(printed):
    """The lines that must come out, in stretches; `...` stands for any."""
    return [stretch.splitlines() for stretch in re.split(r"^\.\.\.\n?", printed, flags=re.MULTILINE)]


def good_text(folder):
    """The good file without its last table."""
    return (folder / "site" / "first-hour.toml").read_text("utf-8").partition("[elements.antibiotics]")[0]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_file_and_every_command_of_the_page(folder, capsys):
    commands = 0
    for kind, what, told in steps():
        if kind == "file":
            (folder / what).parent.mkdir(exist_ok=True)
            before = good_text(folder) if what.startswith("draft") else ""
            (folder / what).write_text(before + told, encoding="utf-8")
        else:
            commands += 1
            said = say(capsys, *shlex.split(what)[1:])
            came_out = [line.rstrip() for line in (said.out + said.err).splitlines()]
            for stretch in lines_between_gaps(told):
                places = [came_out.index(line) for line in stretch]

                assert places == list(range(places[0], places[0] + len(places))) if places else True, what
            assert said.code == (2 if "draft" in what else 0), what

    assert commands == 9
    assert (folder / "first-hour.html").read_text("utf-8").startswith("<!doctype html>")
    assert (folder / "judged" / "cases.csv").exists()
