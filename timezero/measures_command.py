"""`timezero measures`: which measures there are, what they say, and whether a hospital's own can be used."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console

from scoring.abstraction.shipped_forms import load_form, shipped_forms
from scoring.rules import UnknownMeasureError, measure, offered_measures
from streams.output_file import refuse_inputs, written_whole
from streams.site_measures import Site, SiteFilesError, check_files, toml_files
from streams.sources import SourceError
from timezero.file_reports import tell_reports
from timezero.measure_html import measure_html
from timezero.measure_markdown import measure_markdown
from timezero.measure_page import measure_page
from timezero.measure_text import WIDTH, measure_text, print_measure
from timezero.site_option import measures_dir_option, site_from

_JUDGED_FROM = {("stream",): "stream", ("abstraction",): "form", ("stream", "abstraction"): "stream, form"}


_FORMATS = {"text": measure_text, "markdown": measure_markdown, "html": measure_html}


@click.group()
def measures() -> None:
    """List the measures, say what one asks for, and check a hospital's own."""


@measures.command("list")
@measures_dir_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON: objects with `id`, `title` and `judged_from`.")
@click.pass_context
def list_measures(ctx: click.Context, *, measures_dir: Path | None, as_json: bool) -> None:
    """List every measure: identifier, from what it is judged, title.

    A stream is what replay, ingest and the worker read; a form is an abstraction file, which score reads.
    """
    listed = list(_listed(site_from(ctx, measures_dir)))
    if as_json:
        click.echo(orjson.dumps(listed))
        return
    width = max((len(each["id"]) for each in listed), default=0)
    for each in listed:
        judged_from = _JUDGED_FROM[tuple(each["judged_from"])]
        click.echo(f"{each['id']:<{width}}  {judged_from:<12}  {each['title']}")


def _listed(site: Site) -> Iterator[dict[str, Any]]:
    in_streams = offered_measures(site.rules)
    in_forms = {*shipped_forms(), *(form.identifier for form in site.forms)}
    for name in sorted({*in_streams, *in_forms}):
        title = measure(name, site.rules).title if name in in_streams else load_form(name, site.forms).title
        judged_from = [word for word, names in (("stream", in_streams), ("abstraction", in_forms)) if name in names]
        yield {"id": name, "title": title, "judged_from": judged_from}


@measures.command("show")
@click.argument("identifier", metavar="ID")
@measures_dir_option
@click.option(
    "--format", "format_", type=click.Choice(sorted(_FORMATS)), default="text", show_default=True, help="What to write."
)
@click.option("--template", is_flag=True, help="Print the first line of an abstraction file for `timezero score`.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write instead of printing.")
@click.pass_context
def show_measure(
    ctx: click.Context, *, identifier: str, measures_dir: Path | None, format_: str, template: bool, out: Path | None
) -> None:
    """Say a measure in words: who is a case, from when, what is asked for, every number with its source.

    What is uncertain is marked. As html it is a page of its own, for a browser or a printer, with room for signatures.
    """
    site = site_from(ctx, measures_dir)
    try:
        page = None if template else measure_page(identifier, site)
        text = f"{','.join(load_form(identifier, site.forms).columns())}\n" if page is None else _FORMATS[format_](page)
    except UnknownMeasureError as error:
        raise click.ClickException(str(error)) from error
    if out is not None:
        _write(out, text, measures_dir)
    elif page is not None and format_ == "text" and sys.stdout.isatty():
        console = Console()
        print_measure(page, Console(width=min(console.width, WIDTH)))
    else:
        click.echo(text, nl=False)


def _write(out: Path, text: str, measures_dir: Path | None) -> None:
    try:
        refuse_inputs([out], measures_dir.rglob("*") if measures_dir else ())
        with written_whole(out) as file:
            file.write(text)
    except SourceError as error:
        raise click.ClickException(str(error)) from error


@measures.command("check")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON: an object a file, with its faults.")
@click.pass_context
def check_measures(ctx: click.Context, *, files: tuple[Path, ...], as_json: bool) -> None:
    """Check measures of one's own before anything is judged by them.

    FILE is a measure, a conventions.toml, a source in a folder `sources`, or a folder of such. Prints a line for each
    good file; what is wrong goes to stderr, a line each: file, line, key, what is wrong, what to do. Ends with 2 if a
    file cannot be used. Warnings are for somebody to look at; they change nothing.
    """
    try:
        reports = check_files(_each_file(files), beside_shipped=False)
    except SiteFilesError as error:
        raise click.ClickException(str(error)) from error
    tell_reports(ctx, reports, as_json=as_json)


def _each_file(named: tuple[Path, ...]) -> list[Path]:
    return [file for path in named for file in (toml_files(path) if path.is_dir() else [path])]
