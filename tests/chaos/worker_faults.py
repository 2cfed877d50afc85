"""What happens to workers: killed, asked to end, halted, counted out, joined by another, without room on the disk."""

import signal

from chaos.fault import fault
from real_parts.eventually import eventually

TAKEN_OVER_WITHIN = 120
_WAITING_RECORDS = 60


@fault
def worker_killed(here):
    """Signal 9, and started again at once."""
    worker = here.rng.choice(here.workers)
    owned = sorted(worker.owns())
    ended_by = _killed(worker)
    worker.start()
    return f"{worker.name} ended by {ended_by}, with partitions {owned}"


@fault
def worker_killed_and_replaced(here):
    """Signal 9, and started again only when the others have its partitions."""
    worker = here.rng.choice(here.workers)
    ended_by = _killed(worker)
    others_own_all(here, worker)
    worker.start()
    return f"{worker.name} ended by {ended_by}; the others took all partitions over"


@fault
def all_workers_killed(here):
    """Signal 9 to every worker at once."""
    ended_by = [_killed(worker) for worker in here.workers]
    for worker in here.workers:
        worker.start()
    return f"workers ended by {', '.join(ended_by)}"


@fault
def worker_stopped(here):
    """Asked to end, as at a new version, and started again."""
    worker = here.rng.choice(here.workers)
    code = worker.stop()
    assert code == 0, f"{worker.name} ended with {code} when asked to"
    worker.start()
    return f"{worker.name} ended with {code}"


@fault
def worker_slow(here):
    """Halted again and again, each time until records wait: a consumer that hardly keeps up, and stays a member."""
    worker = here.rng.choice(here.workers)
    waited = [_halted_until_records_wait(here, worker) for _ in range(3)]
    return f"{worker.name} was halted while {', '.join(map(str, waited))} records came"


@fault
def worker_counted_out(here):
    """Halted until the others have its partitions; then it goes on as if they were its own, and two want them."""
    worker = here.rng.choice(here.workers)
    owned = sorted(worker.owns())
    worker.halt()
    try:
        others_own_all(here, worker)
        alive = worker.process.poll() is None
    finally:
        worker.go_on()
    assert alive
    return f"{worker.name} went on with partitions {owned} in its hands, which others had taken over"


@fault
def worker_joins_and_dies(here):
    """One more worker takes partitions over, and is killed."""
    joining = here.joining
    joining.start()
    try:
        owned = sorted(eventually(joining.owns, within=TAKEN_OVER_WITHIN, what="partitions for one more worker"))
    finally:
        ended_by = _killed(joining)
    return f"{joining.name} took over partitions {owned} and ended by {ended_by}"


@fault
def worker_disk_full(here):
    """No room for a worker's own files, until its health is as old as the fault."""
    worker = here.rng.choice(here.workers)
    error = worker.disk.fill()
    failures = worker.said("not_watched")
    try:
        eventually(lambda: worker.said("not_watched") > failures or worker.has_ended(), 60, "a write that failed")
        alive = not worker.has_ended()
    finally:
        worker.disk.free()
    return f"{error}; {worker.name} could not write its health, and {'went on' if alive else 'ended'}"


def others_own_all(here, worker):
    """Wait until the partitions of the log belong to the other workers."""
    others = [each for each in here.workers if each is not worker]
    eventually(lambda: here.shared(others), TAKEN_OVER_WITHIN, "the partitions with the other workers")


def _killed(worker):
    worker.kill()
    return signal.Signals(-worker.process.returncode).name


def _halted_until_records_wait(here, worker):
    """How many records came meanwhile; it goes on before its session is over."""
    before = here.load.records
    worker.halt()
    try:
        here.until_load_or_half_a_session(before + _WAITING_RECORDS)
    finally:
        worker.go_on()
    return here.load.records - before
