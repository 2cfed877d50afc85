"""The campaign: fault after fault under load, and at the end what stands, held against the replay.

`make chaos FAULTS=100 SEED=7` runs it. It ends with 1 where an alert was lost, a logical alert was said twice, or
anything that stands is not as the replay has it. The seed chooses the feed, the faults, their order and whom they
hit; what is under way when one hits is the machine's.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from chaos import (  # noqa: F401 - each names its kinds
    broker_faults,
    cache_faults,
    delivery_faults,
    network_faults,
    worker_faults,
)
from chaos.fault import KINDS, Injected
from chaos.final_state import cases_as_replayed, final_state, replayed
from chaos.installation import MEASURES
from real_parts.eventually import eventually
from schemas.read_model import CASES_HASH
from streams.clock import stopwatch

_STANDS_WITHIN = 300
_FIRST_CASES = 20


def chosen(kinds, count, rng):
    """So many faults: each kind as often as the others, or once more, in an order drawn anew each round."""
    faults = []
    while len(faults) < count:
        faults += rng.sample(kinds, len(kinds))
    return faults[:count]


@dataclass
class Campaign:
    """Faults one after the other; each when what waited after the one before it is finished."""

    here: object
    say: object
    injected: list = field(default_factory=list)
    unproven: list = field(default_factory=list)
    """Kinds whose proof did not come in time, with what was waited for: mended, and not counted."""
    stuck: str | None = None
    """What did not get on after a fault, and ended the campaign."""
    begun_at: float = field(default_factory=stopwatch)

    def run(self, kinds, within):
        """Inject these, none of them later than `within` seconds after the begin, and give what stands at the end."""
        eventually(self._has_cases, within=120, what="some cases before the first fault")
        for kind in kinds:
            if self.stuck is None and stopwatch() - self.begun_at < within:
                self._inject(kind)
        return self._end()

    def _has_cases(self):
        with self.here.cache.asked() as redis:
            return redis.hlen(CASES_HASH) >= _FIRST_CASES

    def _inject(self, kind):
        at = stopwatch()
        try:
            proof = KINDS[kind](self.here)
        except AssertionError as error:
            proof = None
            self.unproven.append((kind, str(error)))
            self.say(f"     {at - self.begun_at:7.1f} s  {kind:27}{error}")
        mended = stopwatch()
        try:
            self.here.caught_up()
        except AssertionError as error:
            self.stuck = f"after {kind}: {error}"
            self.say(self.stuck)
        if proof is not None:
            self._note(kind, proof, (at, mended, stopwatch()))

    def _note(self, kind, proof, moments):
        at, mended, done = moments
        each = Injected(len(self.injected) + 1, kind, at - self.begun_at, mended - at, done - mended, proof)
        self.injected.append(each)
        self.say(f"{each.number:4} {each.at_s:7.1f} s  {kind:27}{each.broken_s:6.1f}{each.progress_s:7.1f}  {proof}")

    def _end(self):
        """Send no more, let every clock run out, and compare."""
        here = self.here
        here.load.stop()
        here.load.write(here.folder / "feed.ndjson")
        self.say(f"{len(here.load.sent)} messages were sent, as {here.load.records} records")
        of_feed, of_log = here.folder / "of_feed", here.folder / "of_log"
        assert replayed("events", here.folder / "feed.ndjson", of_feed, MEASURES).wait() == 0
        self._let_clocks_run_out(of_feed)
        return final_state(here, of_feed, of_log)

    def _let_clocks_run_out(self, of_feed):
        """Wait for what the replay has; where it does not come, the comparison says what differs."""
        here = self.here
        as_of = datetime.fromisoformat(json.loads((of_feed / "summary.json").read_text())["as_of"])
        eventually(lambda: here.clock.now() > as_of, within=_STANDS_WITHIN, what="an engine past every clock")
        here.caught_up()
        with suppress(AssertionError):
            eventually(lambda: cases_as_replayed(here.cache.url, of_feed), _STANDS_WITHIN, "the replay's cases")
            eventually(here.has_delivered, _STANDS_WITHIN, "every alert at the webhook")
