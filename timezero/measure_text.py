"""A measure's page for a terminal."""

import io
from dataclasses import astuple

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from scoring.told_measure import MARKS, Said, ToldMeasure, is_uncertain
from timezero.measure_page import FormPart, MeasurePage

WIDTH = 100
_UNCERTAIN = "[bold yellow]uncertain[/]"


def measure_text(page: MeasurePage) -> str:
    """The page as plain text."""
    console = Console(width=WIDTH, file=io.StringIO(), record=True)
    print_measure(page, console)
    return "".join(f"{line.rstrip()}\n" for line in console.export_text().splitlines())


def print_measure(page: MeasurePage, console: Console) -> None:
    """Print the page."""
    console.print(f"[bold]{escape(page.title)}[/]\n{escape(page.identifier)}", highlight=False)
    console.print(f"{page.in_force}\n[dim]Source: {escape(page.source)}[/]", highlight=False)
    if page.words is not None:
        _words(page.words, console)
    if page.form is not None:
        _form(page.form, console)
    _heading("Marks", console)
    for mark, meaning in MARKS.items():
        console.print(f"  {escape(mark)} {meaning}", highlight=False)
    console.print(f"\n[dim]{page.made_by}; file with SHA-256 {page.fingerprint}[/]", highlight=False, soft_wrap=True)


def _heading(title: str, console: Console) -> None:
    console.print(f"\n[bold]{escape(title)}[/]", highlight=False)


def _words(words: ToldMeasure, console: Console) -> None:
    for section in words.sections:
        _heading(section.title, console)
        before = None
        for said in section.said:
            if said.of is not None and said.of != before:
                console.print(f"  [bold]{said.of.replace('_', ' ')}[/]", highlight=False)
            before = said.of
            _line(said, console)
    _heading("Every number", console)
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    for name, ratio in (("number", 3), ("value", 2), ("source", 6)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for row in words.numbers:
        value = " ".join(filter(None, (row.comparison, row.value, row.unit)))
        table.add_row(escape(row.place), escape(value), escape(row.source))
    console.print(Padding(table, (0, 0, 0, 2), expand=False))
    if words.uncertain:
        _heading("What is uncertain", console)
        for each in words.uncertain:
            console.print(Padding(f"- {escape(each)}", (0, 0, 0, 2), expand=False), highlight=False)


def _line(said: Said, console: Console) -> None:
    indent = 4 if said.of is not None else 2
    mark = f" {_UNCERTAIN}" if said.is_uncertain else ""
    console.print(Padding(f"{escape(said.text)}{mark}", (0, 0, 0, indent), expand=False), highlight=False)
    if said.sources:
        console.print(
            Padding(f"[dim]{escape('; '.join(said.sources))}[/]", (0, 0, 0, indent + 2), expand=False), highlight=False
        )


def _form(form: FormPart, console: Console) -> None:
    _heading("In an abstraction file", console)
    for reading in form.readings:
        mark = f" {_UNCERTAIN}" if is_uncertain(reading) else ""
        console.print(Padding(f"{escape(reading)}{mark}", (0, 0, 0, 2), expand=False), highlight=False)
    console.print(Padding(f"Columns it needs: {', '.join(form.columns)}.", (0, 0, 0, 2), expand=False), highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    for name, ratio in (("what", 3), ("when", 5), ("limit", 2), ("source", 4)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for row in form.rows:
        table.add_row(*(escape(part.replace("`", "")) for part in astuple(row)))
    console.print(Padding(table, (0, 0, 0, 2), expand=False))
