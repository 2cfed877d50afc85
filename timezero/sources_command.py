"""`timezero sources`: which sources have a profile, and whether a hospital's own can be used."""

from pathlib import Path

import click
import orjson

from streams.site_measures import SiteFilesError, check_source_files, source_files
from timezero.file_reports import tell_reports
from timezero.site_option import measures_dir_option, site_from


@click.group()
def sources() -> None:
    """List what is known of sources, and check a hospital's own."""


@sources.command("list")
@measures_dir_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON: every profile, by name.")
@click.pass_context
def list_sources(ctx: click.Context, *, measures_dir: Path | None, as_json: bool) -> None:
    """List every source that has a profile: name, zone of its local times, title.

    What messages carry as `source` decides; one without a profile is read by `default`.
    """
    profiles = site_from(ctx, measures_dir).rules.profiles.by_name
    if as_json:
        click.echo(orjson.dumps({name: profiles[name].model_dump(mode="json") for name in sorted(profiles)}))
        return
    width = max(map(len, profiles))
    for name in sorted(profiles):
        zone = profiles[name].local_zone
        click.echo(f"{name:<{width}}  {'offsets only' if zone is None else str(zone):<20}  {profiles[name].title}")


@sources.command("check")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON: an object a file, with its faults.")
@click.pass_context
def check_sources(ctx: click.Context, *, files: tuple[Path, ...], as_json: bool) -> None:
    """Check profiles of one's own sources before anything is read by them.

    FILE is a profile, a folder of such, or a site's folder with one named `sources`. Prints a line for each good file;
    what is wrong goes to stderr, a line each: file, line, key, what is wrong, what to do. Ends with 2 if a file cannot
    be used. Warnings are for somebody to look at; they change nothing.
    """
    try:
        each = [file for path in files for file in (source_files(path) if path.is_dir() else [path])]
        reports = check_source_files(each)
    except SiteFilesError as error:
        raise click.ClickException(str(error)) from error
    tell_reports(ctx, reports, as_json=as_json)
