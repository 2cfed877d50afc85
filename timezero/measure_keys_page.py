"""The page of the reference with every key and word of a measure's file, written from the models."""

from enum import Enum
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from schemas.source_profile import SourceProfile
from scoring.abstraction.measure_form import MeasureForm
from scoring.measure import Measure
from scoring.measure_file.vocabulary import (
    Table,
    allowed,
    bare,
    every_table,
    is_table,
    is_words,
    kind_words,
    members,
    words_of,
)
from scoring.rules import Conventions


def keys_page(generated: str) -> str:
    """`measure-keys.md`; `generated` is the notice that heads every generated page."""
    seen: set[Table] = set()
    parts = [
        _part("A measure's file", Measure, seen),
        _part("Its part `[abstraction]`", MeasureForm, seen),
        _part("A site's `conventions.toml`", Conventions, seen),
        _part("A source of a site, `sources/*.toml`", SourceProfile, seen),
    ]
    words = "\n".join(_enum(each) for each in words_of((Measure, MeasureForm, SourceProfile)))
    return f"""{generated}

# Keys and words of a measure's file

What each table may hold. What the words mean when a stream is judged: [the vocabulary](../measure-vocabulary.md). How
to write a file of one's own and have it checked: [how to add a measure](../how-to-add-a-measure.md), [how to describe a
source](../how-to-describe-a-source.md). Beside the keys
below a file has `judged_from`, a list of `stream` and `abstraction` (`["stream"]` where it is left out), and the part
`[abstraction]`, whose header and shared limits are those of the file.
{"".join(parts)}
## Words
{words}"""


def _part(title: str, model: Table, seen: set[Table]) -> str:
    tables = [table for table in every_table(model) if table not in seen]
    seen.update(tables)
    return f"\n## {title}\n" + "".join(map(_table, tables))


def _table(table: Table) -> str:
    rows = "\n".join(_row(name, field) for name, field in table.model_fields.items())
    about = _cell(table.__doc__ or "")
    return f"\n### {_name(table)}\n\n{about}\n\n| key | holds | must | meaning |\n|---|---|---|---|\n{rows}\n"


def _row(name: str, field: FieldInfo) -> str:
    must = "yes" if field.is_required() else ""
    return f"| `{name}` | {_holds(field.annotation)} | {must} | {_cell(field.description or '')} |"


def _holds(kind: Any) -> str:
    """What a key holds, with links to tables and words that stand further down."""
    inner = bare(kind)
    of = members(inner)
    if of:
        return f"one of {', '.join(map(_link, of))}"
    if is_table(inner) or is_words(inner):
        return _link(inner)
    words = allowed(inner)
    if words:
        return " or ".join(f"`{word}`" for word in words)
    if get_origin(inner) is tuple:
        return f"list: {_holds(get_args(inner)[0])}"
    if get_origin(inner) is dict:
        name, each = get_args(inner)
        return f"table, of each {_link(name) if is_words(name) else 'name'} {_holds(each)}"
    return kind_words(inner)


def _link(model: type) -> str:
    name = _name(model)
    return f"[{name}](#{name.lower()})"


def _name(model: type) -> str:
    """What a table is called; one of the conventions may be called as an element is."""
    name = model.__name__
    return f"{name.lstrip('_')}Convention" if name.startswith("_") else name


def _enum(words: type[Enum]) -> str:
    return f"\n### {_name(words)}\n\n{_cell(words.__doc__ or '')}\n\n{', '.join(f'`{each.value}`' for each in words)}\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
