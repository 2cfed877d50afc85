"""`timezero schema`: JSON Schema of what goes over the topics and of what is shown."""

from pathlib import Path
from typing import Any

import click
import orjson
from pydantic import TypeAdapter

from schemas.alert import Alert
from schemas.belief import Belief
from schemas.case_record import CaseRecord
from schemas.clinical import CLINICAL_EVENT
from schemas.measure_words import MeasureWords
from schemas.raw import RAW_MODELS, RawRow
from schemas.read_model import Delivery, EngineClock, FeedStatus, Rate
from schemas.rejection import Redriven, RejectedMessage
from schemas.topics import Topic
from schemas.verdict import Verdict
from streams.notifier_heartbeat import HeartbeatBody
from streams.webhook_body import WebhookBody

SCHEMAS: dict[str, TypeAdapter[Any]] = {
    **{topic: TypeAdapter(model) for topic, model in RAW_MODELS.items()},
    "raw.row": TypeAdapter(RawRow),
    Topic.REJECTED_MESSAGES.value: TypeAdapter(RejectedMessage),
    Topic.REJECTED_REDRIVEN.value: TypeAdapter(Redriven),
    Topic.ENCOUNTER_EVENTS.value: CLINICAL_EVENT,
    Topic.ENCOUNTER_VERDICTS.value: TypeAdapter(Verdict),
    Topic.ENCOUNTER_ALERTS.value: TypeAdapter(Alert),
    Topic.ENCOUNTER_BELIEFS.value: TypeAdapter(Belief),
    Topic.CASES.value: TypeAdapter(CaseRecord),
    "webhook": TypeAdapter(WebhookBody),
    "heartbeat": TypeAdapter(HeartbeatBody),
    "read_model.rate": TypeAdapter(Rate),
    "read_model.feed_status": TypeAdapter(FeedStatus),
    "read_model.delivery": TypeAdapter(Delivery),
    "read_model.measure_words": TypeAdapter(MeasureWords),
    "read_model.engine_clock": TypeAdapter(EngineClock),
}
"""What each topic and the webhook carry, and the read models, by name; `raw.row` is a table's row on any raw topic."""

_INDENT = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def schema_of(name: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of one entry of `SCHEMAS`, as it is written on the wire."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:timezero:{name}",
        **SCHEMAS[name].json_schema(by_alias=True),
    }


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--list", "only_list", is_flag=True, help="Print the names and nothing else.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write NAME.schema.json files here.")
def schema(*, names: tuple[str, ...], only_list: bool, out: Path | None) -> None:
    """Print the JSON Schema of the named topics or read models; of all of them where none is named.

    One name prints its schema; several print one object of schemas by name.
    """
    if only_list:
        click.echo("\n".join(SCHEMAS))
        return
    unknown = [name for name in names if name not in SCHEMAS]
    if unknown:
        message = f"no schema is called {unknown[0]}; there are: {', '.join(SCHEMAS)}."
        raise click.UsageError(message)
    wanted = {name: schema_of(name) for name in names or SCHEMAS}
    if out is not None:
        _write(wanted, out)
        return
    printed = next(iter(wanted.values())) if len(names) == 1 else wanted
    click.echo(orjson.dumps(printed, option=_INDENT), nl=False)


def _write(wanted: dict[str, dict[str, Any]], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, body in wanted.items():
        path = out / f"{name}.schema.json"
        path.write_bytes(orjson.dumps(body, option=_INDENT))
        click.echo(str(path))
