"""What happens to Redis: killed, wiped, halted, full, set back to what it was before."""

import signal
from contextlib import contextmanager

from redis import OutOfMemoryError

from chaos.fault import fault
from real_parts.eventually import eventually
from schemas.read_model import ALERTS_HASH, CASES_HASH
from schemas.topics import Topic
from streams.redis_projection import PROJECTED_HASH

_NEW_ALERTS = 5


@fault
def redis_killed(here):
    """Signal 9; it comes back with nothing."""
    before = _shown(here)
    code = here.cache.kill()
    here.cache.snapshot.unlink(missing_ok=True)
    here.cache.start()
    return f"Redis ended by {signal.Signals(-code).name}, with {before} cases and alerts"


@fault
def redis_away(here):
    """Signal 9; it comes back with nothing, when every worker has missed it."""
    try:
        with _until_missed(here):
            here.cache.kill()
    finally:
        here.cache.snapshot.unlink(missing_ok=True)
        here.cache.start()
    return "every worker said that Redis does not answer"


@fault
def redis_wiped(here):
    """Everything in it is gone while it answers."""
    with here.cache.asked() as redis, redis.pipeline() as both:
        both.hlen(CASES_HASH)
        both.flushall()
        both.hlen(CASES_HASH)
        before, _, after = both.execute()
    assert before > after == 0
    return f"{before} cases before, {after} after"


@fault
def redis_halted(here):
    """It keeps its connections and answers nothing, until every worker has given up a question."""
    try:
        with _until_missed(here):
            here.cache.halt()
    finally:
        here.cache.go_on()
    return "every worker gave up a question to Redis"


@fault
def redis_full(here):
    """It answers, and refuses whatever would need memory, until every worker was refused something."""
    with here.cache.asked() as redis:
        try:
            with _until_missed(here):
                redis.config_set("maxmemory", "1")
            refused = _is_refused(redis)
        finally:
            redis.config_set("maxmemory", "0")
    assert refused
    return "Redis refused to write for want of memory"


@fault
def redis_set_back(here):
    """Signal 9; it comes back with its latest snapshot, as it does unless told, and lacks the alerts since then."""
    with here.cache.asked() as redis:
        redis.save()
        saved = _alerts_written(redis)
        eventually(lambda: _alerts_written(redis) >= saved + _NEW_ALERTS, within=120, what="alerts after a snapshot")
        since = _alerts_written(redis) - saved
    here.cache.kill()
    here.cache.start()
    here.cache.snapshot.unlink()
    return f"Redis came back without the latest {since} alerts"


def _alerts_written(redis):
    marks = redis.hgetall(PROJECTED_HASH)
    return sum(int(mark) + 1 for place, mark in marks.items() if place.startswith(Topic.ENCOUNTER_ALERTS.encode()))


def _shown(here):
    with here.cache.asked() as redis:
        return redis.hlen(CASES_HASH) + redis.hlen(ALERTS_HASH)


@contextmanager
def _until_missed(here):
    """After the body, wait until every worker has said that Redis does not answer."""
    before = {worker: worker.missed_redis() for worker in here.workers}
    yield
    eventually(
        lambda: all(worker.missed_redis() > count for worker, count in before.items()),
        within=60,
        what="workers that miss Redis",
    )


def _is_refused(redis):
    try:
        redis.set("chaos", "1")
    except OutOfMemoryError:
        return True
    return False
