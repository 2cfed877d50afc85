"""`timezero measures show`: a measure on a page, as text, Markdown and HTML."""

import re
from html.parser import HTMLParser

import pytest

from command_line import run, say
from scoring.rules import shipped_measures, shipped_texts
from site_files import shipped
from timezero.measure_html import measure_html
from timezero.measure_page import measure_page

VOID = {"meta"}


class Outline(HTMLParser):
    """Headings, tables and what is not closed."""

    def __init__(self):
        super().__init__()
        self.open, self.headings, self.captions, self.scopes, self.loaded = [], [], 0, 0, []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.captions += tag == "caption"
        self.scopes += tag == "th" and named.get("scope") in {"row", "col"}
        self.loaded += [named[key] for key in ("src", "href") if key in named]
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def outline(page):
    read = Outline()
    read.feed(page)
    return read


def test_text_is_told_at_a_hundred_columns(capsys):
    said = say(capsys, "measures", "show", "sep1-like/1")
    lines = said.out.splitlines()

    assert said.code == 0
    assert lines[1] == "sep1-like/1"
    assert max(len(line) for line in lines if "SHA-256" not in line) <= 100
    assert [line for line in lines if line != line.rstrip()] == []
    assert "  Left out: documented COVID-19, whenever it was. uncertain" in lines
    assert {"Who is a case", "Time zero", "Every number", "What is uncertain", "Marks"} <= set(lines)


def test_on_a_terminal_it_is_the_same_in_bold(capsys, monkeypatch):
    plain = say(capsys, "measures", "show", "ed-sepsis-triage/mannhardt").out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "300")
    shown = say(capsys, "measures", "show", "ed-sepsis-triage/mannhardt").out

    assert "\x1b[1m" in shown
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in shown.splitlines()] == plain.splitlines()


def test_markdown_has_a_heading_a_section_and_a_table_of_numbers(capsys):
    said = say(capsys, "measures", "show", "nys-ped-1h/spec-2015", "--format", "markdown").out

    assert said.startswith("# New York State pediatric 1-hour bundle")
    assert "\n## What is asked for\n\n- **antibiotics**: A systemic antibacterial starts at most 60 min after" in said
    assert "\n| antibiotics · limit | ≤ 60 minutes | specification: null < Antibiotics Start Time" in said
    assert "\n## In an abstraction file\n" in said
    assert "- `[M?]`: uncertain" in said


@pytest.mark.parametrize("name", shipped_measures())
def test_html_is_one_sound_page_that_loads_nothing(name):
    page = measure_html(measure_page(name))
    read = outline(page)

    assert read.open == []
    assert read.headings[0] == 1
    assert read.headings.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in zip(read.headings, read.headings[1:], strict=False))
    assert read.captions == page.count("<table")
    assert read.scopes > 10
    assert (read.loaded, page.count("@import"), page.count("url(")) == ([], 0, 0)


def test_the_page_has_the_boards_colours_and_defines_all_it_uses():
    page = measure_html(measure_page("sep1-like/1"))

    assert set(re.findall(r"var\((--[a-z-]+)\)", page)) <= set(re.findall(r"(--[a-z-]+):", page))
    assert "--accent: #005b8f" in page


def test_the_fingerprint_is_that_of_the_file(tmp_path, capsys):
    (tmp_path / "own.toml").write_text(shipped("nys-ped-1h").replace('"spec-2015"', '"ours"', 1), encoding="utf-8")
    own = say(capsys, "measures", "show", "nys-ped-1h/ours", "--measures-dir", tmp_path).out
    theirs = say(capsys, "measures", "show", "nys-ped-1h/spec-2015").out
    fingerprints = [re.search(r"SHA-256 ([0-9a-f]{64})", said)[1] for said in (own, theirs)]

    assert fingerprints[0] != fingerprints[1]
    assert own.replace(fingerprints[0], "").replace("nys-ped-1h/ours", "") == theirs.replace(
        fingerprints[1], ""
    ).replace("nys-ped-1h/spec-2015", "")


def test_a_measure_for_forms_alone_has_a_page_too(tmp_path, capsys):
    text = shipped("nys-ped-1h").replace('"spec-2015"', '"forms"', 1)
    (tmp_path / "own.toml").write_text(text.replace('["stream", "abstraction"]', '["abstraction"]'), encoding="utf-8")
    told = {
        kind: say(capsys, "measures", "show", "nys-ped-1h/forms", "--measures-dir", tmp_path, "--format", kind).out
        for kind in ("text", "markdown", "html")
    }
    listed = say(capsys, "measures", "list", "--measures-dir", tmp_path).out

    assert all("In an abstraction file" in page and "Who is a case" not in page for page in told.values())
    assert all("Made for cases from 2015-01-01 until 2016-12-31" in page for page in told.values())
    assert re.search(r"^nys-ped-1h/forms +form +New York", listed, flags=re.MULTILINE)


def test_a_page_is_written_to_a_file(tmp_path, capsys):
    for kind in ("text", "markdown", "html"):
        said = say(capsys, "measures", "show", "sep1-like/1", "--format", kind, "--out", tmp_path / kind)
        printed = say(capsys, "measures", "show", "sep1-like/1", "--format", kind).out

        assert (said.code, said.out, (tmp_path / kind).read_text("utf-8")) == (0, "", printed)


def test_what_stands_in_a_file_is_text_and_not_markup(tmp_path, capsys):
    nasty = shipped("ed-sepsis-triage").replace('"mannhardt"', '"nasty"', 1)
    title = next(line for line in nasty.splitlines() if line.startswith("title"))
    nasty = nasty.replace(title, r'title = "<script>alert(1)</script> [bold]x[/bold] | y"')
    (tmp_path / "own.toml").write_text(nasty, encoding="utf-8")
    told = {
        kind: say(
            capsys, "measures", "show", "ed-sepsis-triage/nasty", "--measures-dir", tmp_path, "--format", kind
        ).out
        for kind in ("text", "html")
    }

    assert "<script>alert(1)</script> [bold]x[/bold] | y" in told["text"]
    assert "<script" not in told["html"]


def test_it_runs_as_a_process_of_its_own():
    said = run("measures", "show", "cha/2012")

    assert said.returncode == 0
    assert said.stdout.startswith("CHA collaborative, four process metrics")
    assert len(shipped_texts()) == 20


def test_a_page_never_replaces_the_measure_that_it_tells(tmp_path, capsys):
    text = shipped("nys-ped-1h").replace('"spec-2015"', '"ours"', 1)
    own = tmp_path / "own.toml"
    own.write_text(text, encoding="utf-8")
    said = say(capsys, "measures", "show", "nys-ped-1h/ours", "--measures-dir", tmp_path, "--out", own)

    assert (said.code, said.out) == (2, "")
    assert "would be replaced" in said.err
    assert own.read_text(encoding="utf-8") == text
