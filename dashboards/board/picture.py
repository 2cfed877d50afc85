"""The picture the board shows: the read models as last seen, held in memory for pages and metrics alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dashboards.board.alert_line import AlertLine, make_alert_lines, newest_first
from dashboards.board.board_row import BoardRow, RowGroup, RowMaker
from dashboards.board.compliance import RATES, add_up
from dashboards.board.engine_time import EngineTime
from dashboards.board.lingering import LINGERS_FOR, find_lingering
from dashboards.board.notice import Notice, find_notices
from dashboards.board.settings import BoardSettings
from dashboards.board.words import seconds_in_words
from schemas.alert import Alert
from schemas.case_record import CaseRecord
from schemas.read_model import AHEAD_FOR, EngineHeartbeat, FeedStatus, Rate
from schemas.worker_health import WorkerHealth

AHEAD_SHOWN_S = 60.0
"""A source's clock that runs ahead by less is nobody's worry."""
ALERTS_SHOWN = 100
SETTLED_SHOWN = 300


def last_changed(row: BoardRow) -> float:
    """Sort key: when a settled row last changed or got a fact, in epoch seconds; zero if that is not known."""
    times = (row.data_at, None if row.lingers is None else row.lingers.until - LINGERS_FOR)
    return max((time.timestamp() for time in times if time is not None), default=0.0)


@dataclass(slots=True)
class Picture:
    """Everything the board knows; only the change feed writes to it, within one event loop."""

    settings: BoardSettings
    maker: RowMaker
    rows: dict[str, BoardRow] = field(default_factory=dict)
    """By case key."""
    keys_of_case: dict[str, set[str]] = field(default_factory=dict)
    """Opaque case name -> case keys, one a measure."""
    unit_of_case: dict[str, str] = field(default_factory=dict)
    """Opaque case name -> where the case is, as far as it was ever known."""
    alerts: dict[str, Alert] = field(default_factory=dict)
    feeds: dict[str, FeedStatus] = field(default_factory=dict)
    rates: tuple[Rate, ...] = ()
    time: EngineTime | None = None
    heartbeat: EngineHeartbeat | None = None
    workers: tuple[WorkerHealth, ...] = ()
    """What each worker last said about itself."""
    unreadable: set[str] = field(default_factory=set)
    """Keys of records that could not be read."""
    cache_lost_at_s: float | None = 0.0
    """Monotonic seconds at which the cache was lost; none while it can be read."""

    def put_case(self, record: CaseRecord) -> BoardRow:
        """Take a record in, and return its row.

        Which of two wins the cache has decided. Their revisions say nothing here: after a merge a case is another
        number's, which counts its own.
        """
        known = self.rows.get(record.key)
        row = self.maker.row(record)
        row = row.model_copy(update={"lingers": find_lingering(row, known, record.as_of)})
        self.rows[record.key] = row
        if row.unit is not None:
            self.unit_of_case[row.case] = row.unit
        self.keys_of_case.setdefault(row.case, set()).add(record.key)
        return row

    def drop_case(self, key: str) -> BoardRow | None:
        """Take a case off the board; return its last row if it was there."""
        row = self.rows.pop(key, None)
        if row is not None:
            self.keys_of_case[row.case].discard(key)
            if not self.keys_of_case[row.case]:
                self.unit_of_case.pop(row.case, None)
        return row

    def put_rates(self, partitions: Iterable[bytes | str]) -> None:
        """Replace the rates by the sum over what each partition has stored."""
        self.rates = add_up(RATES.validate_json(stored) for stored in partitions)

    def alert_lines(self) -> tuple[AlertLine, ...]:
        """Show the newest alerts, newest first."""
        newest = sorted(self.alerts.values(), key=newest_first)[:ALERTS_SHOWN]
        return make_alert_lines(newest, self.alerts.values(), self.maker, self.unit_of_case)

    def alerts_of(self, case: str) -> tuple[Alert, ...]:
        """Find the alerts of one case by its opaque name."""
        links = self.maker.links
        return tuple(alert for alert in self.alerts.values() if links.case(alert.facility_id, alert.case_id) == case)

    def shown_rows(self) -> list[BoardRow]:
        """Show every row with something left to happen, and the newest of the settled."""
        live = [row for row in self.rows.values() if row.group not in {RowGroup.SETTLED, RowGroup.OUTCOME}]
        settled = [row for row in self.rows.values() if row.group is RowGroup.SETTLED]
        settled.sort(key=last_changed, reverse=True)
        return live + settled[:SETTLED_SHOWN]

    def beat(self, monotonic_s: float) -> dict[str, Any]:
        """Say what time it is for the engine and whether anything is wrong, for every message to a browser."""
        now = None if self.time is None else self.time.at(monotonic_s)
        shown = self.maker.at(now)
        return {
            "now": None if shown is None else shown.isoformat(),
            "speed": 1.0 if self.time is None else self.time.speed,
            "engine_age_s": self.engine_age_s(monotonic_s),
            "notices": [notice.model_dump(mode="json") for notice in self.notices(monotonic_s)],
            "settled_hidden": max(0, sum(row.group is RowGroup.SETTLED for row in self.rows.values()) - SETTLED_SHOWN),
        }

    def snapshot(self, monotonic_s: float) -> dict[str, Any]:
        """Say everything."""
        return {
            **self.beat(monotonic_s),
            "rows": [row.model_dump(mode="json") for row in self.shown_rows()],
            "alerts": self.alerts_json(),
            "feeds": self.feeds_json(),
        }

    def alerts_json(self) -> list[dict[str, Any]]:
        """Say the newest alerts."""
        return [line.model_dump(mode="json") for line in self.alert_lines()]

    def feeds_json(self) -> list[dict[str, Any]]:
        """Say how each feed stands, by topic and source."""
        ordered = sorted(self.feeds.values(), key=lambda feed: (feed.topic, feed.source))
        return [self._feed_json(feed) for feed in ordered]

    def engine_seen_at(self) -> datetime | None:
        """Tell when the engine was last known to work: its heartbeat; without one, the newest message of a feed."""
        return self.feeds_seen_at() if self.heartbeat is None else self.heartbeat.ticked_at

    def feeds_seen_at(self) -> datetime | None:
        """Tell when the newest message of any feed was received."""
        return max((feed.last_received_at for feed in self.feeds.values() if feed.last_received_at), default=None)

    def engine_age_s(self, monotonic_s: float) -> float | None:
        """Tell how many wall seconds ago the engine was last known to work."""
        seen_at = self.engine_seen_at()
        if self.time is None or seen_at is None:
            return None
        return round(self.time.wall_seconds_since(seen_at, monotonic_s), 1)

    def notices(self, monotonic_s: float) -> list[Notice]:
        """Say what is wrong with the picture, worst first."""
        return find_notices(
            cache_lost_for_s=None if self.cache_lost_at_s is None else monotonic_s - self.cache_lost_at_s,
            engine_age_s=self.engine_age_s(monotonic_s),
            feeds_age_s=self._feeds_age_s(monotonic_s),
            settings=self.settings,
            clock_known=self.time is not None and self.time.known,
            has_heartbeat=self.heartbeat is not None,
            unreadable=len(self.unreadable),
            engine_seen=self._time_of_day(self.engine_seen_at()),
            held=[(each.topic, self._on_the_wall(each.since)) for worker in self.workers for each in worker.held],
            stuck_since=self._stuck_since(),
        )

    def _stuck_since(self) -> str | None:
        since = [at for worker in self.workers if (at := worker.stuck_since())]
        return self._on_the_wall(min(since)) if since else None

    def _on_the_wall(self, at: datetime) -> str:
        """A moment of the wall's clock as the time of day that the board shows for it."""
        return self._time_of_day(at if self.time is None else self.time.at_wall(at)) or ""

    def _time_of_day(self, at: datetime | None) -> str | None:
        shown = self.maker.at(at)
        return None if shown is None else f"{shown:%H:%M}"

    def _feeds_age_s(self, monotonic_s: float) -> float | None:
        seen_at = self.feeds_seen_at()
        if self.time is None or seen_at is None:
            return None
        return (self.time.at(monotonic_s) - seen_at).total_seconds()

    def _feed_json(self, feed: FeedStatus) -> dict[str, Any]:
        times: Mapping[str, datetime | None] = {
            "last_received_at": self.maker.at(feed.last_received_at),
            "last_happened_at": self.maker.at(feed.last_happened_at),
        }
        return feed.model_copy(update=times).model_dump(mode="json") | {"ahead": self._ahead_in_words(feed)}

    def _ahead_in_words(self, feed: FeedStatus) -> str | None:
        return seconds_in_words(feed.ahead_s) if feed.ahead_s >= AHEAD_SHOWN_S else None

    def clock_ahead_s(self, feed: FeedStatus, monotonic_s: float) -> float:
        """Tell how far the clock of a feed's source was seen ahead of ours lately; 0 where it was not."""
        if feed.ahead_seen_at is None or self.time is None:
            return 0.0
        return feed.ahead_s if self.time.at(monotonic_s) - feed.ahead_seen_at <= AHEAD_FOR else 0.0
