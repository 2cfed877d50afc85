"""A measure's page as Markdown."""

from collections.abc import Iterator
from dataclasses import astuple

from scoring.told_measure import MARKS, Said, ToldMeasure, is_uncertain
from timezero.measure_page import FormPart, MeasurePage


def measure_markdown(page: MeasurePage) -> str:
    """The page on its own, with the marks explained."""
    marks = "".join(f"\n- `{mark}`: {meaning}" for mark, meaning in MARKS.items())
    made = f"Written by {page.made_by} from a file with SHA-256 `{page.fingerprint}`."
    return f"# {page.title}\n{measure_body(page, '##')}\n## Marks\n{marks}\n\n{made}\n"


def measure_body(page: MeasurePage, heading: str) -> str:
    """What stands below the title; `heading` begins each section's."""
    parts = [f"\n`{page.identifier}`. {page.in_force} Source: {page.source}\n"]
    if page.words is not None:
        parts += _words(page.words, heading)
    if page.form is not None:
        parts += _form(page.form, heading)
    return "".join(parts)


def _words(words: ToldMeasure, heading: str) -> Iterator[str]:
    for section in words.sections:
        yield f"\n{heading} {section.title}\n\n"
        yield from map(_line, section.said)
    yield f"\n{heading} Every number\n\n| number | value | source |\n|---|---|---|\n"
    for row in words.numbers:
        value = " ".join(filter(None, (row.comparison, row.value, row.unit)))
        yield f"| {cell(row.place)} | {cell(value)} | {cell(row.source)} |\n"
    if words.uncertain:
        yield f"\n{heading} What is uncertain\n\n"
        yield from (f"- {cell(each)}\n" for each in words.uncertain)


def _line(said: Said) -> str:
    of = f"**{said.of.replace('_', ' ')}**: " if said.of is not None else ""
    mark = "" if not said.is_uncertain or is_uncertain(said.text) else " **uncertain**"
    sources = f" *({cell('; '.join(said.sources))})*" if said.sources else ""
    return f"- {of}{cell(said.text)}{mark}{sources}\n"


def _form(form: FormPart, heading: str) -> Iterator[str]:
    yield f"\n{heading} In an abstraction file\n\n"
    yield from (f"- {cell(reading)}\n" for reading in form.readings)
    yield f"\nColumns it needs: {', '.join(f'`{column}`' for column in form.columns)}.\n"
    yield "\n| what | when | limit | source |\n|---|---|---|---|\n"
    for row in form.rows:
        yield f"| {' | '.join(map(cell, astuple(row)))} |\n"


def cell(text: str) -> str:
    """Text on one line that breaks no table."""
    return " ".join(text.split()).replace("|", "\\|")
