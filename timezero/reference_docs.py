"""Writes the pages of `docs/reference/` from the data they describe, or checks that they are current.

python -m timezero.reference_docs [--check]
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from schemas.topics import COMPACTED_TOPICS, RAW_TOPICS, Topic
from scoring.catalogue import SECTIONS, NamedRule
from scoring.rules import named_rules, shipped_measures
from scoring.told_measure import MARKS
from timezero.forms_page import forms_page
from timezero.measure_keys_page import keys_page
from timezero.measure_markdown import measure_body
from timezero.measure_page import measure_page
from timezero.schema_command import SCHEMAS, schema_of
from timezero.settings import setting_lines

FOLDER = Path("docs/reference")
_GENERATED = "<!-- Written by `python -m timezero.reference_docs`; change the data it describes instead. -->"

_PURPOSES = {
    Topic.RAW_ADT: "arrival, triage, admission, moves, discharge, demographics, merges and links, as sent",
    Topic.RAW_LAB: "laboratory results and cultures, as sent",
    Topic.RAW_MEDICATION: "orders, doses and infusions, as sent",
    Topic.RAW_VITALS: "vital signs and weights, as sent",
    Topic.RAW_ACT: "clinical acts and statements, as sent",
    Topic.REJECTED_MESSAGES: "what could not be understood, with the reason",
    Topic.REJECTED_REDRIVEN: "which of those were sent again, so that none is sent twice",
    Topic.ENCOUNTER_EVENTS: "the one log: clinical events and clock ticks, keyed by facility and patient",
    Topic.ENCOUNTER_VERDICTS: "how each element of each case stands",
    Topic.ENCOUNTER_ALERTS: "what people are told, and what is taken back",
    Topic.ENCOUNTER_BELIEFS: "what was held of each case from when on, and what led to it",
    Topic.CASES: "the latest record of each case of each measure",
}


def settings_page() -> str:
    """`settings.md`."""
    rows = "\n".join(
        f"| `{line.variable}` | {f'`{line.toml}`' if line.toml else ''} | `{line.default}` | {_cell(line.meaning)} |"
        for line in setting_lines()
    )
    return f"""{_GENERATED}

# Settings

A setting comes from the environment, else from the TOML file that `TIMEZERO_CONFIG` or `--config` names, else it
has its default. Lists are joined by commas in the environment. An unknown name is refused.

| variable | in the file | default | meaning |
|---|---|---|---|
{rows}
"""


def _kept(topic: Topic) -> str:
    if topic in RAW_TOPICS:
        return "the broker's own, 7 days by default"
    return "compacted" if topic in COMPACTED_TOPICS else "kept for ever"


def schemas_page() -> str:
    """`topics-and-schemas.md`."""
    topics = "\n".join(f"| `{topic.value}` | {_kept(topic)} | {_PURPOSES[topic]} |" for topic in Topic)
    bodies = "\n".join(part for name in SCHEMAS for part in _schema_section(name))
    return f"""{_GENERATED}

# Topics and schemas

| topic | clean-up | what it carries |
|---|---|---|
{topics}

`timezero schema NAME` prints the JSON Schema of each of the following.
{bodies}"""


def measures_page() -> str:
    """`measures.md`."""
    pages = (replace(measure_page(name), form=None) for name in shipped_measures())
    sections = "".join(f"\n## {page.identifier}\n\n{page.title}.\n{measure_body(page, '###')}" for page in pages)
    marks = "\n".join(f"- `{mark}`: {meaning}" for mark, meaning in MARKS.items())
    return f"""{_GENERATED}

# Measures

Each measure in words, and every number with its unit and source, as the engine judges a stream; `timezero measures show
ID` says the same. How abstraction files are judged: [abstraction-files.md](abstraction-files.md). Marks in sources:

{marks}
{sections}"""


def measure_keys_page() -> str:
    """`measure-keys.md`."""
    return keys_page(_GENERATED)


def time_zero_rules_page() -> str:
    """`time-zero-rules.md`."""
    sections = "\n".join(_rule_section(rule) for rule in named_rules())
    return f"""{_GENERATED}

# Rules of time zero

The catalogue: every case is dated by each of these beside its measure's own rule, and a measure's file may name one
([the vocabulary](../measure-vocabulary.md)).
{sections}"""


def abstraction_files_page() -> str:
    """`abstraction-files.md`."""
    return forms_page(_GENERATED)


PAGES = {
    "settings.md": settings_page,
    "topics-and-schemas.md": schemas_page,
    "measures.md": measures_page,
    "time-zero-rules.md": time_zero_rules_page,
    "abstraction-files.md": abstraction_files_page,
    "measure-keys.md": measure_keys_page,
}
"""Every generated page and what writes it."""


def stale_pages(folder: Path = FOLDER) -> list[str]:
    """Names of the pages in `folder` that are missing or not as they would be written now."""
    return [name for name, page in PAGES.items() if _read(folder / name) != page()]


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; end with 1 if a page is not current.")
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, show_default=True)
@click.pass_context
def main(ctx: click.Context, *, check: bool, folder: Path) -> None:
    """Write the generated pages of the reference, or check them."""
    stale = stale_pages(folder)
    if check and stale:
        click.echo(f"not current: {', '.join(stale)}; run python -m timezero.reference_docs", err=True)
        ctx.exit(1)
    if not check:
        folder.mkdir(parents=True, exist_ok=True)
        for name in stale:
            (folder / name).write_text(PAGES[name](), encoding="utf-8")


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _schema_section(name: str) -> Iterator[str]:
    schema = schema_of(name)
    yield f"\n## {name}\n"
    models = _object_models(schema)
    for title, model in models.items():
        if len(models) > 1:
            yield f"\n### {title}\n"
        yield _cell(model.get("description", "")) + "\n"
        yield "| field | type | required | meaning |\n|---|---|---|---|"
        required = set(model.get("required", ()))
        for field, body in model.get("properties", {}).items():
            must = "yes" if field in required else ""
            yield f"| `{field}` | {_type_of(body)} | {must} | {_cell(body.get('description', ''))} |"
        yield ""


def _object_models(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The model itself, then every object it is made of."""
    own = {schema.get("title", "message"): schema} if "properties" in schema else {}
    parts = {title: body for title, body in schema.get("$defs", {}).items() if "properties" in body}
    return {**own, **parts}


def _type_of(body: dict[str, Any]) -> str:
    if "$ref" in body:
        return f"`{body['$ref'].rpartition('/')[2]}`"
    if "const" in body:
        return f"`{body['const']}`"
    if "enum" in body:
        return ", ".join(f"`{value}`" for value in body["enum"])
    if "anyOf" in body:
        return " or ".join(_type_of(part) for part in body["anyOf"])
    if body.get("type") == "array":
        return f"list of {_type_of(body.get('items', {}))}"
    return str(body.get("format") or body.get("type") or "any")


def _rule_section(rule: NamedRule) -> str:
    kept = {"title", "source", "readings", "entry", "time_zero", *SECTIONS}
    return _section(rule.name, rule.terms.model_dump(mode="json", exclude_none=True, include=kept))


def _section(name: str, measure: dict[str, Any]) -> str:
    heading = f"\n## {name}\n\n{measure.get('title', '')}\n\nSource: {measure.get('source', '')}\n"
    readings = "".join(f"\n- {reading}" for reading in measure.get("readings", ()))
    rows = "\n".join(f"| `{path}` | {_cell(value)} |" for path, value in _leaves(measure) if path not in _HEADINGS)
    return f"{heading}{readings}\n\n| rule | value |\n|---|---|\n{rows}\n"


_HEADINGS = frozenset({"id", "version", "title", "source"})


def _leaves(body: Any, path: str = "") -> Iterator[tuple[str, str]]:
    match body:
        case {"value": value, **rest}:
            shown = " ".join(
                str(part) for part in (rest.get("comparison"), value, rest.get("unit")) if part is not None
            )
            yield path, f"{shown} ({rest.get('source', '')})"
        case dict():
            for name, inner in body.items():
                if name != "readings":
                    yield from _leaves(inner, f"{path}.{name}" if path else str(name))
        case list() if not body or any(isinstance(inner, dict) for inner in body):
            for number, inner in enumerate(body, start=1):
                yield from _leaves(inner, f"{path}[{number}]")
        case list():
            yield path, ", ".join(map(str, body))
        case _:
            yield path, str(body)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    main()
