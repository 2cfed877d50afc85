"""The how-to pages do what they say: their files are written, their commands run, and their outputs come out."""

import re
import shlex

import pytest

from command_line import say
from real_parts.inventory import REPOSITORY

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`([a-z-]+(?:/[a-z-]+)+\.toml)`[^`]*\Z")


def steps(name):
    """What a page asks for, in its order: a file with its text, or a command with what it prints."""
    page = (REPOSITORY / "docs" / name).read_text("utf-8")
    for block in BLOCK.finditer(page):
        kind, body = block.groups()
        if kind == "toml":
            yield "file", NAMED.search(page[: block.start()])[1], body
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


def done(folder, capsys, page):
    """Do what the page asks for, and hold what comes out against it; how many commands there were."""
    commands = 0
    for kind, what, told in steps(page):
        if kind == "file":
            (folder / what).parent.mkdir(parents=True, exist_ok=True)
            before = good_text(folder) if what == "draft/first-hour.toml" else ""
            (folder / what).write_text(before + told, encoding="utf-8")
        else:
            commands += 1
            said = say(capsys, *shlex.split(what)[1:])
            came_out = [line.rstrip() for line in (said.out + said.err).splitlines()]
            for stretch in lines_between_gaps(told):
                places = [came_out.index(line) for line in stretch]

                assert places == list(range(places[0], places[0] + len(places))) if places else True, what
            assert said.code == (2 if "draft" in what else 0), what
    return commands


def test_every_file_and_every_command_of_how_to_add_a_measure(folder, capsys):
    assert done(folder, capsys, "how-to-add-a-measure.md") == 9
    assert (folder / "first-hour.html").read_text("utf-8").startswith("<!doctype html>")
    assert (folder / "judged" / "cases.csv").exists()


def test_every_file_and_every_command_of_how_to_describe_a_source(folder, capsys):
    assert done(folder, capsys, "how-to-describe-a-source.md") == 3
