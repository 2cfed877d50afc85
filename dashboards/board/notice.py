"""What the board says when the picture may be old: no alerts must never look like no system."""

from collections.abc import Sequence
from enum import StrEnum

from dashboards.board.settings import BoardSettings
from dashboards.board.words import seconds_in_words
from schemas.strict_model import StrictModel

WITHOUT_HEARTBEAT_S = 120.0
"""How long, on the wall, feeds may bring nothing before an engine without a heartbeat is called silent."""


class NoticeKind(StrEnum):
    """What is wrong."""

    CACHE_LOST = "cache_lost"
    NO_ENGINE = "no_engine"
    ENGINE_SILENT = "engine_silent"
    TOPIC_HELD = "topic_held"
    WORKER_STUCK = "worker_stuck"
    FEEDS_QUIET = "feeds_quiet"
    UNREADABLE = "unreadable"


class Notice(StrictModel):
    """One sentence across the top of the board.

    `old` says that statuses on the page can no longer be trusted to be current.
    """

    kind: NoticeKind
    old: bool
    text: str


def find_notices(
    *,
    cache_lost_for_s: float | None,
    engine_age_s: float | None,
    feeds_age_s: float | None,
    clock_known: bool,
    has_heartbeat: bool,
    unreadable: int,
    settings: BoardSettings,
    engine_seen: str | None = None,
    held: Sequence[tuple[str, str]] = (),
    stuck_since: str | None = None,
) -> list[Notice]:
    """Say what is wrong, worst first; one cause is not named twice.

    Args:
        cache_lost_for_s: Wall seconds since the cache was lost; none while it can be read.
        engine_age_s: Wall seconds since the engine was last known to work; none if it never was.
        feeds_age_s: Engine seconds since the newest message of any feed; none if there was none.
        clock_known: Whether an engine has set its clock.
        has_heartbeat: Whether `engine_age_s` comes of a heartbeat and not of the feeds.
        unreadable: How many records could not be read.
        settings: The limits.
        engine_seen: The time of day at which the engine was last known to work, as the board shows times.
        held: Topics that are not read on, each with the time of day since when.
        stuck_since: The time of day since when a worker makes no progress; none while all do.
    """
    if cache_lost_for_s is not None:
        text = f"The board cannot reach its data ({seconds_in_words(cache_lost_for_s)}). What you see is old."
        return [Notice(kind=NoticeKind.CACHE_LOST, old=True, text=text)]
    if engine_age_s is None or not clock_known:
        text = "No engine has reported yet. An empty board does not mean that nothing is due."
        return [Notice(kind=NoticeKind.NO_ENGINE, old=True, text=text)]
    limit_s = settings.silent_after_s if has_heartbeat else WITHOUT_HEARTBEAT_S
    if engine_age_s > limit_s:
        silent = seconds_in_words(engine_age_s)
        since = f", since {engine_seen}" if engine_seen else ""
        text = f"The engine has said nothing for {silent}{since}. No alerts are being raised; statuses are old."
        return [Notice(kind=NoticeKind.ENGINE_SILENT, old=True, text=text)]
    quiet = _quiet_feeds(feeds_age_s, settings.feeds_quiet_after_s)
    return [*_held(held), *_stuck(stuck_since), *quiet, *_unreadable(unreadable)]


def _held(topics: Sequence[tuple[str, str]]) -> list[Notice]:
    texts = (
        f"What {topic} has brought since {since} is held back: too much of it cannot be read. It is not on this board."
        for topic, since in topics
    )
    return [Notice(kind=NoticeKind.TOPIC_HELD, old=False, text=text) for text in texts]


def _stuck(since: str | None) -> list[Notice]:
    if since is None:
        return []
    text = f"A worker makes no progress since {since}. Some of what came since then is not on this board."
    return [Notice(kind=NoticeKind.WORKER_STUCK, old=False, text=text)]


def _quiet_feeds(age_s: float | None, limit_s: float) -> list[Notice]:
    if age_s is not None and age_s <= limit_s:
        return []
    since = "yet" if age_s is None else f"for {seconds_in_words(age_s)}"
    text = f"No feed has delivered anything {since}. Care given since then is not on this board."
    return [Notice(kind=NoticeKind.FEEDS_QUIET, old=False, text=text)]


def _unreadable(count: int) -> list[Notice]:
    if not count:
        return []
    text = f"{count} of the stored records cannot be read and {'is' if count == 1 else 'are'} not on this board."
    return [Notice(kind=NoticeKind.UNREADABLE, old=False, text=text)]
