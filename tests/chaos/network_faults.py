"""What happens to the cable of a worker: cut for a moment, cut for long, without a way to the broker."""

from chaos.fault import fault
from chaos.worker_faults import others_own_all
from real_parts.eventually import eventually


@fault
def cable_cut(here):
    """Nothing passes, until records wait; mended before the session is over."""
    worker = here.rng.choice(here.workers)
    before = here.load.records
    worker.cable.cut()
    try:
        reached = worker.cable.reaches(here.broker.port)
        here.until_load_or_half_a_session(before + 1)
    finally:
        worker.cable.mend()
    assert not reached
    return f"{worker.name} could not reach the broker while {here.load.records - before} records came"


@fault
def cable_cut_for_long(here):
    """Nothing passes, until the other workers have its partitions; neither end is told."""
    worker = here.rng.choice(here.workers)
    owned = sorted(worker.owns())
    worker.cable.cut()
    try:
        reached = worker.cable.reaches(here.broker.port)
        others_own_all(here, worker)
    finally:
        worker.cable.mend()
    assert not reached
    return f"{worker.name} could not reach the broker; others took partitions {owned} over"


@fault
def broker_unheard(here):
    """What one worker sends to the broker is lost, Redis it reaches; until the others have its partitions."""
    worker = here.rng.choice(here.workers)
    worker.cable.drop_port(here.broker.port)
    try:
        reached = [worker.cable.reaches(port) for port in (here.broker.port, here.cache.port)]
        others_own_all(here, worker)
    finally:
        worker.cable.drop_nothing()
    assert reached == [False, True]
    return f"{worker.name} reached Redis and not the broker"


@fault
def redis_unheard(here):
    """What one worker sends to Redis is lost, the broker it reaches; until it has said so."""
    worker = here.rng.choice(here.workers)
    before = worker.missed_redis()
    worker.cable.drop_port(here.cache.port)
    try:
        reached = [worker.cable.reaches(port) for port in (here.broker.port, here.cache.port)]
        eventually(lambda: worker.missed_redis() > before, within=60, what="a worker that misses Redis")
    finally:
        worker.cable.drop_nothing()
    assert reached == [True, False]
    return f"{worker.name} reached the broker and not Redis"
