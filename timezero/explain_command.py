"""`timezero explain`: why a case stands as it does, and what was believed of it when."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click
import orjson
from redis.exceptions import RedisError
from rich.console import Console

from scoring.rules import SiteRules
from timezero.explain_page import print_explanations
from timezero.explanation import Explanation, ExplanationError, explain_live, explain_replayed
from timezero.settings_option import config_option, settings_from
from timezero.site_option import measures_dir_option, site_from

_NARROWEST, _WIDEST = 60, 120
_WIDTH_IN_A_PIPE = 110


@click.command()
@click.argument("case_id", metavar="CASE")
@config_option
@click.option("--measure", help="Only this measure, with its version.")
@click.option("--facility", help="Only this facility; needed where several have a case of that name.")
@click.option(
    "--from", "folder", type=click.Path(path_type=Path, file_okay=False), help="Folder that `timezero replay` wrote."
)
@measures_dir_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list, an object a measure.")
@click.pass_context
def explain(
    ctx: click.Context,
    *,
    case_id: str,
    config: Path | None,
    measure: str | None,
    facility: str | None,
    folder: Path | None,
    measures_dir: Path | None,
    as_json: bool,
) -> None:
    """Explain a case: for each element the rule, the sentence and the deciding events with all their times.

    CASE is the number that the board and cases.csv show, `#2` included. Reads what the board shows, or with --from
    what a replay wrote. Ends with what was believed when, oldest first.

    Settings come from TIMEZERO_* variables and the TOML file; see docs/reference/settings.md.
    """
    site = site_from(ctx, measures_dir).rules
    try:
        found = explain_replayed(folder, case_id, site) if folder else _live(config, case_id, site)
    except ExplanationError as error:
        raise click.ClickException(str(error)) from error
    chosen = _chosen(found, measure, facility)
    if as_json:
        click.echo(orjson.dumps([each.model_dump(mode="json") for each in chosen], option=orjson.OPT_INDENT_2))
        return
    print_explanations(_console(), chosen)


def _live(config: Path | None, case_id: str, site: SiteRules) -> list[Explanation]:
    settings = settings_from(config)
    try:
        return explain_live(settings.worker.redis_url, case_id, site)
    except (RedisError, OSError, ValueError) as error:
        if isinstance(error, ExplanationError):
            raise
        message = f"the read model cannot be reached ({type(error).__name__}): start Redis, or name a folder by --from."
        raise click.ClickException(message) from None


def _chosen(found: list[Explanation], measure: str | None, facility: str | None) -> list[Explanation]:
    if not found:
        message = "there is no case of that name; the board and cases.csv show those there are."
        raise click.ClickException(message)
    of_facility = [each for each in found if facility in {None, each.facility_id}]
    if not of_facility:
        message = (
            f"that facility has no case of that name; it is one of: {_listed(each.facility_id for each in found)}."
        )
        raise click.ClickException(message)
    facilities = {each.facility_id for each in of_facility}
    if len(facilities) > 1:
        message = f"several facilities have a case of that name: choose one by --facility: {_listed(facilities)}."
        raise click.ClickException(message)
    of_measure = [each for each in of_facility if measure in {None, each.measure}]
    if not of_measure:
        message = f"that case was not judged by that measure; it was by: {_listed(each.measure for each in found)}."
        raise click.ClickException(message)
    return of_measure


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names)))


def _console() -> Console:
    if not sys.stdout.isatty():
        return Console(width=_WIDTH_IN_A_PIPE, highlight=False)
    return Console(width=min(max(Console().width, _NARROWEST), _WIDEST), highlight=False)
