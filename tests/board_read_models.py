"""Writes read models for the board's tests, as the engine's projection does."""

from contextlib import contextmanager
from datetime import UTC, datetime

from redis import Redis

from board_morning import flows
from board_story import NOW
from schemas.read_model import (
    ALERTS_BY_TIME,
    ALERTS_HASH,
    BELIEFS_OF_CASE,
    CASES_HASH,
    CHANGES_CHANNEL,
    CLOCK_KEY,
    DELIVERIES_HASH,
    FEEDS_HASH,
    HEARTBEAT_KEY,
    MEASURES_HASH,
    RATES_HASH,
    EngineClock,
    EngineHeartbeat,
)


class ReadModels:
    """Writes read models as the engine's projection does."""

    def __init__(self, url):
        self.redis = Redis.from_url(url)

    @contextmanager
    def together(self):
        """Let the cache take all that is written within at one moment."""
        cache = self.redis
        with cache.pipeline() as self.redis:
            yield
            self.redis.execute()
        self.redis = cache

    def clock(self, now=NOW, speed=1.0):
        """Set the engine's clock to `now`, as of this moment of the cache's clock."""
        seconds, microseconds = self.redis.time()
        wall = datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)
        self._store(CLOCK_KEY, EngineClock(started_at=now, wall_started_at=wall, speed=speed))
        self.beat(now)
        self.say("clock")

    def beat(self, now=NOW):
        """Show that the engine is at work."""
        self._store(HEARTBEAT_KEY, EngineHeartbeat(ticked_at=now))

    def _store(self, key, model):
        self.redis.set(key, model.model_dump_json())

    def cases(self, *records):
        """Store case records and say so."""
        for record in records:
            self.redis.hset(CASES_HASH, record.key, record.model_dump_json())
            self.say(record.key)

    def beliefs(self, *beliefs):
        """Store what was held of cases and say so."""
        for one in beliefs:
            self.redis.zadd(BELIEFS_OF_CASE + one.case_key, {one.model_dump_json(): one.as_of.timestamp()})
            self.say(one.case_key)

    def words(self, *measures):
        """Store measures in words; nobody says so."""
        for one in measures:
            self.redis.hset(MEASURES_HASH, one.measure, one.model_dump_json())

    def remove(self, record):
        """Take a case away and say so."""
        self.redis.hdel(CASES_HASH, record.key)
        self.say(record.key)

    def alerts(self, *alerts):
        """Store alerts and say so."""
        for one in alerts:
            self.redis.hset(ALERTS_HASH, one.alert_id, one.model_dump_json())
            self.redis.zadd(ALERTS_BY_TIME, {one.alert_id: one.sent_at.timestamp()})
            self.say(f"alert:{one.alert_id}")

    def deliveries(self, *deliveries):
        """Store what became of alerts on their way; nobody says so."""
        for one in deliveries:
            self.redis.hset(DELIVERIES_HASH, one.alert_id, one.model_dump_json())

    def feeds(self, *feeds):
        """Store how feeds stand and say so."""
        for one in feeds:
            self.redis.hset(FEEDS_HASH, f"{one.topic}|{one.source}", one.model_dump_json())
        self.say("feeds")

    def rates(self, **partitions):
        """Store the rates of each partition and say so."""
        for name, rates in partitions.items():
            text = "[" + ",".join(one.model_dump_json() for one in rates) + "]"
            self.redis.hset(RATES_HASH, name, text)
        self.say("rates")

    def say(self, name):
        """Announce a change."""
        self.redis.publish(CHANGES_CHANNEL, name)


def fresh_models(url, database):
    """Nothing but a clock that stands at the morning, and its feeds; `url` names any database of the cache."""
    models = ReadModels(url.removesuffix("/0") + f"/{database}")
    models.redis.flushdb()
    models.clock()
    models.feeds(*flows())
    return models
