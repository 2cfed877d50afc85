"""A measure's page as one HTML file: nothing is loaded, it prints on A4 and can be signed."""

from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files
from itertools import groupby

from scoring.told_measure import MARKS, Said, Section, ToldMeasure, is_uncertain
from timezero.measure_page import FormPart, MeasurePage

_SIGNED_BY = ("Clinical lead", "Quality team", "Information technology")
_UNCERTAIN = ' <strong class="uncertain">uncertain</strong>'


def measure_html(page: MeasurePage) -> str:
    """The page, with the look of the board."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(page.identifier)}: {escape(page.title)}</title>
<style>
{_style()}
</style>
</head>
<body>
<main>
<header>
<h1>{escape(page.title)}</h1>
<p><code>{escape(page.identifier)}</code>{" · this hospital's own measure" if page.is_sites_own else ""}</p>
<p>{escape(page.in_force)}</p>
<p class="source">Source: {escape(page.source)}</p>
</header>
{"".join(_body(page))}
{_signatures(page)}
</main>
</body>
</html>
"""


def _style() -> str:
    """The board's colours, for light and dark, and this page's own rules."""
    board = (files("dashboards") / "board" / "static" / "board.css").read_text("utf-8")
    own = (files("timezero") / "measure_page.css").read_text("utf-8")
    return f"{board.partition('.s-open')[0].strip()}\n\n{own}".strip()


def _body(page: MeasurePage) -> Iterator[str]:
    if page.words is not None:
        yield from map(_section, page.words.sections)
        yield _numbers(page.words)
        yield _uncertain(page.words)
    if page.form is not None:
        yield _form(page.form)


def _section(section: Section) -> str:
    groups = (_group(name, list(said)) for name, said in groupby(section.said, key=lambda said: said.of))
    return f"<section>\n<h2>{escape(section.title)}</h2>\n{''.join(groups)}</section>\n"


def _group(name: str | None, said: list[Said]) -> str:
    heading = f"<h3>{escape(name.replace('_', ' ').capitalize())}</h3>\n" if name is not None else ""
    return f"{heading}<ul>\n{''.join(map(_line, said))}</ul>\n"


def _line(said: Said) -> str:
    sources = f'<span class="source">{escape("; ".join(said.sources))}</span>' if said.sources else ""
    return f"<li>{escape(said.text)}{_UNCERTAIN if said.is_uncertain else ''}{sources}</li>\n"


def _numbers(words: ToldMeasure) -> str:
    rows = (
        (
            escape(row.place),
            escape(" ".join(filter(None, (row.comparison, row.value, row.unit)))),
            _marked(row.source),
        )
        for row in words.numbers
    )
    table = _table(
        "numbers", "Every number of the measure, with where it comes from", ("Number", "Value", "Source"), rows
    )
    return f"<section>\n<h2>Every number</h2>\n{table}</section>\n"


def _uncertain(words: ToldMeasure) -> str:
    told = (
        "".join(f"<li>{escape(each)}</li>\n" for each in words.uncertain)
        or "<li>Nothing is marked as uncertain.</li>\n"
    )
    return f"<section>\n<h2>What is uncertain</h2>\n<ul>\n{told}</ul>\n</section>\n"


def _form(form: FormPart) -> str:
    readings = "".join(f"<li>{_marked(each)}</li>\n" for each in form.readings)
    rows = ((_code(row.what), _code(row.when), escape(row.limit), _marked(row.source)) for row in form.rows)
    table = _table("rules", "The rules of the form, in their order", ("What", "When", "Limit", "Source"), rows)
    columns = ", ".join(f"<code>{escape(column)}</code>" for column in form.columns)
    return f"""<section>
<h2>In an abstraction file</h2>
<ul>
{readings}</ul>
<p>Columns it needs: {columns}.</p>
{table}</section>
"""


def _marked(text: str) -> str:
    return f"{escape(text)}{_UNCERTAIN if is_uncertain(text) else ''}"


def _code(text: str) -> str:
    """Words between grave accents are names of columns and rules."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))


def _table(kind: str, caption: str, names: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>\n'
        for first, *rest in rows
    )
    return (
        f'<table class="{kind}">\n'
        f"<caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n"
    )


def _signatures(page: MeasurePage) -> str:
    marks = "".join(f"<dt>{escape(mark)}</dt><dd>{escape(meaning)}</dd>\n" for mark, meaning in MARKS.items())
    rows = ((role, "", "", "") for role in _SIGNED_BY)
    table = _table("approval", "Read and approved", ("For", "Name", "Date", "Signature"), rows)
    return f"""<section>
<h2>Marks</h2>
<dl>
{marks}</dl>
</section>
<section class="sign">
<h2>Approval</h2>
<p>These pages say what the file with this fingerprint asks for. Another fingerprint is another measure.</p>
<p class="source">SHA-256 <code>{page.fingerprint}</code>, {escape(page.made_by)}</p>
{table}</section>"""
