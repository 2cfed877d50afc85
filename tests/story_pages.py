"""Writes `docs/reference/stories/` from the story files, or checks that the pages are current.

PYTHONPATH=tests python -m story_pages [--check]
"""

import re
from pathlib import Path

import click

from story_files import SITUATIONS, elements_of, file_name, measure_of, story_files

PAGES = Path("docs/reference/stories")
INDEX = "README.md"
GENERATED = "<!-- Written by `make docs` from tests/spec/stories; change the stories instead. -->"


def anchor(title):
    """Where a heading is found on its page."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def link(title):
    return f"[{title}](#{anchor(title)})"


def index_page(files):
    """Every measure, with how many stories tell of it."""
    rows = "\n".join(
        f"| [{file.measure}]({file_name(file.measure)}) | {measure_of(file.measure).title} "
        f"| {len(file.stories)} | {len(file.worked)} |"
        for file in files
    )
    return f"""{GENERATED}

# Stories of every measure

Each story is played against the engine, event by event, at every run of the tests: lines with clock times in, and below
them how things stand then. How to read one: [the language of the stories](../../../tests/spec/stories/README.md).

| measure | what it is | stories | headings worked by hand |
|---|---|---|---|
{rows}
"""


def measure_page(file):
    """One measure: what is shown where, then the stories as they are tested."""
    measure = measure_of(file.measure)
    title, intro, body = re.fullmatch(r"(# .+?)\n(.*?)(^##+ .*)", file.text, flags=re.MULTILINE | re.DOTALL).groups()
    worked = "\n".join(f"| {link(title)} | {arithmetic} |" for title, arithmetic in file.worked.items())
    return f"""{GENERATED}

{title}

{measure.title}. Source: {measure.source}.

{intro.strip()}

| | {" | ".join(situation.replace("_", " ") for situation in SITUATIONS)} |
|---|{"---|" * len(SITUATIONS)}
{_rows(file)}

| worked by hand | |
|---|---|
{worked}

{body.strip()}
"""


def _rows(file):
    rows = {element: [_cell(file, element, each) for each in SITUATIONS] for element in elements_of(file.measure)}
    return "\n".join(f"| **{element.replace('_', ' ')}** | {' | '.join(cells)} |" for element, cells in rows.items())


def _cell(file, element, situation):
    titles = file.shown.get((element, situation), ())
    return " ".join(f"[{number}](#{anchor(title)})" for number, title in enumerate(titles, start=1)) or "cannot occur"


def pages():
    """Every page by its name."""
    files = story_files()
    return {INDEX: index_page(files)} | {file_name(file.measure): measure_page(file) for file in files}


def stale_pages(folder=PAGES):
    """Names of the pages that are missing, not as they would be written now, or of no story file any more."""
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    wanted = pages()
    return sorted(name for name in there | wanted if there.get(name) != wanted.get(name))


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; end with 1 if a page is not current.")
@click.option("--folder", type=click.Path(path_type=Path), default=PAGES, show_default=True)
@click.pass_context
def main(ctx, *, check, folder):
    """Write the pages of the stories, or check them."""
    stale = stale_pages(folder)
    if check and stale:
        click.echo(f"not current: {', '.join(stale)}; run make docs", err=True)
        ctx.exit(1)
    if not check:
        folder.mkdir(parents=True, exist_ok=True)
        wanted = pages()
        for name in stale:
            if name in wanted:
                (folder / name).write_text(wanted[name], encoding="utf-8")
            else:
                (folder / name).unlink()


if __name__ == "__main__":
    main()
