"""What a machine needs before timezero runs well: each check says what it found and what to do."""

import asyncio
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from stat import S_IRWXG, S_IRWXO

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from redis import Redis
from redis.exceptions import RedisError

from dashboards.board.settings import BoardRefusedError
from schemas.topics import Topic
from scoring.rules import UnknownMeasureError, load_rules, offered_measures
from streams.clock import stopwatch, wall_clock
from streams.site_measures import SiteFilesError, read_site
from timezero.settings import Settings

_REQUIRED = re.compile(r"[A-Za-z0-9._-]+")
_OLDEST_PYTHON = (3, 11)
_LITTLE_DISK_BYTES = 1024**3
_SKEW_SECONDS = 2.0
_BROKER_MILLISECONDS = 5000
_REDIS_SECONDS = 3
_OTHERS = S_IRWXG | S_IRWXO


class Health(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    """It runs, but not as it should."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor."""

    check: str
    health: Health
    found: str
    to_do: str = ""

    def as_json(self) -> dict[str, str]:
        """The line as plain words."""
        return {name: str(value) for name, value in asdict(self).items()}


def examine(settings: Settings) -> Iterator[Finding]:
    """Run every check, one after the other."""
    checks: tuple[Callable[[Settings], Finding], ...] = (
        check_python,
        check_packages,
        check_measures,
        check_broker,
        check_topics,
        check_redis,
        check_clock,
        check_token_file,
        check_disk,
    )
    for check in checks:
        yield check(settings)


def check_python(_: Settings) -> Finding:
    """The interpreter is new enough."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= _OLDEST_PYTHON:
        return Finding("python", Health.OK, found)
    return Finding("python", Health.WRONG, found, "install Python 3.11 or later.")


def check_packages(_: Settings) -> Finding:
    """Every package that timezero requires is there."""
    try:
        needed = [_REQUIRED.match(line) for line in requires("timezero") or () if "extra ==" not in line]
        found = f"timezero {version('timezero')} and what it requires"
    except PackageNotFoundError:
        return Finding("packages", Health.WARNING, "timezero runs uninstalled", "install it: pip install timezero.")
    missing = [each.group() for each in needed if each and not _is_installed(each.group())]
    if missing:
        to_do = "install them: pip install timezero."
        return Finding("packages", Health.WRONG, f"missing: {', '.join(missing)}", to_do)
    return Finding("packages", Health.OK, found)


def _is_installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def check_measures(settings: Settings) -> Finding:
    """The hospital's own measures can be read, and those to judge are among what is offered."""
    try:
        site = read_site(settings.worker.measures_dir)
        load_rules(settings.worker.measures, site.rules)
    except OSError as error:
        found = f"{settings.worker.measures_dir} cannot be read ({type(error).__name__})"
        return Finding("measures", Health.WRONG, found, "make the folder, or unset TIMEZERO_MEASURES_DIR.")
    except SiteFilesError as error:
        to_do = f"timezero measures check {settings.worker.measures_dir}"
        return Finding("measures", Health.WRONG, str(error).splitlines()[0].rstrip(":"), to_do)
    except UnknownMeasureError as error:
        return Finding("measures", Health.WRONG, str(error), "set TIMEZERO_MEASURES to some of these.")
    sources = sum(report.profile is not None for report in site.files)
    own = f", {len(site.rules.measures)} of the site's own" if settings.worker.measures_dir else ""
    own += f"; {sources} sources of its own" if sources else ""
    idle = [each.identifier for each in site.rules.measures if each.identifier not in settings.worker.measures]
    if settings.worker.measures and idle:
        found = f"no worker judges {', '.join(idle)}, which stands in {settings.worker.measures_dir}"
        return Finding("measures", Health.WARNING, found, "name it in TIMEZERO_MEASURES too, or empty that for all.")
    return Finding("measures", Health.OK, f"{len(offered_measures(site.rules))} can judge a stream{own}")


def check_broker(settings: Settings) -> Finding:
    """A Kafka broker answers."""
    bootstrap = settings.worker.bootstrap
    try:
        topics = asyncio.run(_topics(bootstrap))
    except (KafkaError, OSError) as error:
        to_do = "start one, or set TIMEZERO_BOOTSTRAP."
        return Finding("broker", Health.WRONG, f"no answer at {bootstrap} ({type(error).__name__})", to_do)
    return Finding("broker", Health.OK, f"{bootstrap} answers and has {len(topics)} topics")


def check_topics(settings: Settings) -> Finding:
    """The project's topics are there."""
    try:
        there = asyncio.run(_topics(settings.worker.bootstrap))
    except (KafkaError, OSError):
        return Finding("topics", Health.WRONG, "not known without a broker", "see broker.")
    missing = [topic.value for topic in Topic if topic.value not in there]
    if missing:
        to_do = "start a worker: it makes them."
        return Finding("topics", Health.WARNING, f"not there yet: {', '.join(missing)}", to_do)
    return Finding("topics", Health.OK, f"all {len(Topic)} are there")


async def _topics(bootstrap: str) -> set[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=_BROKER_MILLISECONDS)
    try:
        await admin.start()
        return set(await admin.list_topics())
    finally:
        await admin.close()


def check_redis(settings: Settings) -> Finding:
    """Redis or Valkey takes commands."""
    try:
        with _redis(settings) as client:
            client.ping()
    except (RedisError, OSError, ValueError) as error:
        to_do = "start one, or set TIMEZERO_REDIS_URL or TIMEZERO_REDIS_URL_FILE."
        return Finding("redis", Health.WRONG, f"no answer ({type(error).__name__})", to_do)
    return Finding("redis", Health.OK, "answers")


def check_clock(settings: Settings) -> Finding:
    """This machine's clock and that of Redis agree."""
    try:
        with _redis(settings) as client:
            asked = stopwatch()
            seconds, microseconds = client.time()
            took = timedelta(seconds=stopwatch() - asked)
    except (RedisError, OSError, ValueError):
        return Finding("clock", Health.WARNING, "nothing to compare with", "see redis.")
    skew = abs(wall_clock().timestamp() - (seconds + microseconds / 1_000_000))
    found = f"{skew:.1f} s from that of Redis"
    if timedelta(seconds=skew) <= timedelta(seconds=_SKEW_SECONDS) + took:
        return Finding("clock", Health.OK, found)
    return Finding("clock", Health.WRONG, found, "let both machines follow a time server.")


def _redis(settings: Settings) -> Redis:
    seconds = _REDIS_SECONDS
    return Redis.from_url(settings.worker.redis_url, socket_timeout=seconds, socket_connect_timeout=seconds)


def check_token_file(settings: Settings) -> Finding:
    """The board's access token can be read by us, and by nobody else."""
    told = settings.board_settings()
    try:
        told.read_token()
    except BoardRefusedError as error:
        to_do = "write a token of at least 16 characters, readable only for its owner."
        return Finding("board token", Health.WRONG, str(error), to_do)
    if told.token_file is None:
        return Finding("board token", Health.OK, "none needed on loopback")
    if told.token_file.stat().st_mode & _OTHERS:
        return Finding(
            "board token", Health.WRONG, f"others may read {told.token_file}", f"chmod 600 {told.token_file}"
        )
    return Finding("board token", Health.OK, f"{told.token_file}, readable for its owner only")


def check_disk(settings: Settings) -> Finding:
    """There is room for the worker's own files."""
    folder = _existing(settings.worker.datadir.absolute())
    free = shutil.disk_usage(folder).free
    found = f"{free / 1024**3:.1f} GiB free below {folder}"
    if free >= _LITTLE_DISK_BYTES:
        return Finding("disk", Health.OK, found)
    return Finding("disk", Health.WARNING, found, "free some, or set TIMEZERO_DATADIR to another disk.")


def _existing(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.exists())
