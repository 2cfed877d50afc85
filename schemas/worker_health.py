"""What a worker says about itself: how far each partition has come, what each stage is at, which topics are held."""

from datetime import datetime, timedelta

from pydantic import Field

from schemas.strict_model import Instant, StrictModel

WORKERS_HASH = "timezero:workers"
"""Hash: worker's name -> `WorkerHealth` JSON; it goes a minute after the worker, when another one writes."""
WORKER_GONE_AFTER = timedelta(minutes=1)


class PartitionProgress(StrictModel):
    """How far one partition has come."""

    topic: str
    partition: int
    finished: int
    """The next offset to finish."""
    waiting: int
    """Records behind it."""
    moved_at: Instant
    """Wall time at which it last moved on, or had nothing waiting."""


class StageAtWork(StrictModel):
    """A stage with a batch under way."""

    stage: str
    topics: tuple[str, ...]
    since: Instant
    """Wall time at which the batch was first tried."""
    tried_at: Instant
    """Wall time of its latest try."""
    error: str | None = None
    """Type of the error in which the try before ended; none while it is tried for the first time."""


class HeldTopic(StrictModel):
    """A topic that the worker does not read on, since it would have refused too much of it; nothing of it is lost."""

    topic: str
    since: Instant
    """Wall time."""
    read: int = Field(ge=0)
    """Records of the window, with those that are held."""
    rejected: int = Field(ge=0)
    """Those among them that would have been rejected."""


class BrokerAnswers(StrictModel):
    """Whether a broker answers a question that has nothing to do with our work."""

    answers: bool
    since: Instant
    """Wall time since when it has, or has not."""


class WorkerHealth(StrictModel):
    """What a worker last wrote about itself."""

    worker: str
    written_at: Instant
    """Wall time."""
    stalled_after: float
    """Seconds."""
    partitions: tuple[PartitionProgress, ...] = ()
    stages: tuple[StageAtWork, ...] = ()
    """Those with a batch under way."""
    held: tuple[HeldTopic, ...] = ()
    broker: BrokerAnswers | None = None
    """None: nobody has asked."""

    def stalled(self) -> tuple[PartitionProgress, ...]:
        """Partitions with records waiting and no progress; behind one that is at work it may be their turn later."""
        patience = timedelta(seconds=self.stalled_after)
        return tuple(each for each in self.partitions if each.waiting and self.written_at - each.moved_at > patience)

    def stuck(self) -> tuple[PartitionProgress, ...]:
        """The stalled partitions, where none moves; a stage with a batch under way answers for its own."""
        stalled = self.stalled()
        at_work = any(each.waiting and each not in stalled for each in self.partitions)
        busy = {topic for stage in self.stages for topic in stage.topics}
        return () if at_work else tuple(each for each in stalled if each.topic not in busy)

    def stuck_stages(self) -> tuple[StageAtWork, ...]:
        """Stages that have been at one batch for too long, whether their tries fail or do not come back."""
        patience = timedelta(seconds=self.stalled_after)
        return tuple(each for each in self.stages if self.written_at - each.since > patience)

    def stands_still(self, bound: timedelta) -> bool:
        """Whether only a new start can help: one try has not come back for so long, or nothing that waits has moved.

        A stage whose tries fail is not meant: it tries again, and a new start would meet the same error. Nor is one
        while no broker answers, or not for so long after one does again.
        """
        if self.broker is not None and (not self.broker.answers or self.written_at - self.broker.since <= bound):
            return False
        hangs = any(self.written_at - each.tried_at > bound for each in self.stages)
        failing = {topic for stage in self.stages if stage.error for topic in stage.topics}
        waiting = [each for each in self.partitions if each.waiting and each.topic not in failing]
        unmoved = bool(waiting) and all(self.written_at - each.moved_at > bound for each in waiting)
        return hangs or unmoved

    def broker_away_since(self) -> datetime | None:
        """Wall time since when no broker answers; None while one does, or has been silent for a short time only."""
        if self.broker is None or self.broker.answers:
            return None
        short = self.written_at - self.broker.since <= timedelta(seconds=self.stalled_after)
        return None if short else self.broker.since

    def stuck_since(self) -> datetime | None:
        """Wall time since when something makes no progress; None where nothing is stuck. What is held is not meant."""
        held = {each.topic for each in self.held}
        since = [each.since for each in self.stuck_stages() if not held.intersection(each.topics)]
        since += [each.moved_at for each in self.stuck() if each.topic not in held]
        since += filter(None, [self.broker_away_since()])
        return min(since, default=None)

    def sentence(self) -> tuple[bool, str]:
        """Whether all is well, and a sentence that says so or why not."""
        if away_since := self.broker_away_since():
            seconds = (self.written_at - away_since).total_seconds()
            return False, f"worker {self.worker} has no answer from any broker for {seconds:.0f} s: it waits for one."
        if self.held:
            topics = ", ".join(f"{each.topic} ({each.rejected} of {each.read} rejected)" for each in self.held)
            return False, f"worker {self.worker} holds {topics}: mend what rejects them, or timezero release TOPIC."
        if failing := self.stuck_stages():
            places = ", ".join(f"{each.stage} ({each.error or 'no answer'})" for each in failing)
            return False, f"worker {self.worker} has been at the same records for too long in {places}."
        if stuck := self.stuck():
            places = ", ".join(f"{each.topic} {each.partition}" for each in stuck)
            return False, f"worker {self.worker} has records waiting and makes no progress in {places}."
        waiting = sum(each.waiting for each in self.partitions)
        return True, f"worker {self.worker} is well: {len(self.partitions)} partitions, {waiting} records waiting."
