"""`timezero measures list`: which measures are shipped, and from what each can be judged."""

from collections.abc import Iterator
from typing import Any

import click
import orjson

from scoring.abstraction.shipped_forms import load_form, shipped_forms
from scoring.rules import measure, shipped_measures

_JUDGED_FROM = {("stream",): "stream", ("abstraction",): "form", ("stream", "abstraction"): "stream, form"}


@click.group()
def measures() -> None:
    """Show the measures that are shipped."""


@measures.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: objects with `id`, `title` and `judged_from`.")
def list_measures(*, as_json: bool) -> None:
    """List every shipped measure: identifier, from what it is judged, title.

    A stream is what replay, ingest and the worker read; a form is an abstraction file, which score reads.
    """
    listed = list(_listed())
    if as_json:
        click.echo(orjson.dumps(listed))
        return
    width = max((len(each["id"]) for each in listed), default=0)
    for each in listed:
        judged_from = _JUDGED_FROM[tuple(each["judged_from"])]
        click.echo(f"{each['id']:<{width}}  {judged_from:<12}  {each['title']}")


def _listed() -> Iterator[dict[str, Any]]:
    in_streams, in_forms = shipped_measures(), shipped_forms()
    for name in sorted({*in_streams, *in_forms}):
        title = measure(name).title if name in in_streams else load_form(name).title
        judged_from = [word for word, names in (("stream", in_streams), ("abstraction", in_forms)) if name in names]
        yield {"id": name, "title": title, "judged_from": judged_from}
