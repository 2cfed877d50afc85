"""Sends mutated messages of every format through a worker's door and its owner, and prints what became of them.

`make fuzz MESSAGES=1000000 SEED=million` ends with 1 where a claim of `fuzz.trial` does not hold, with the seed, the
story's number and the fewest messages that break it. Nothing of it depends on the machine but the recorded event log,
which is used where it is found.
"""

import argparse
import sys
import time
import traceback
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from random import Random

from fuzz import mutation
from fuzz.seeds import MOST_MESSAGES, rarely_sent, rows_of_unread_tables, stories
from fuzz.shrinking import shrink
from fuzz.trial import BrokenError, Seen, Trial, WatchedEngine
from streams.worker_settings import WorkerSettings

ALL_MEASURES = 8
"""One story of so many is judged by every measure that ships, the others by those a worker judges unless told."""

SHOWN = 2000
"""Bytes of a message that are printed."""


@cache
def _seeds():
    """Stories by source."""
    seeds = {}
    for source, story in stories():
        seeds.setdefault(source, []).append(story)
    return seeds


@dataclass
class Fuzzer:
    """Stories by number; the same seed and number give the same story."""

    seed: str
    seen: Seen = field(default_factory=Seen)
    done: Counter = field(default_factory=Counter)
    """How often each mutation was made."""
    engines: list = field(default_factory=lambda: [WatchedEngine(), WatchedEngine(WorkerSettings().measures)])
    """The one for every eighth story, and the one for the others."""

    def told(self, number):
        """The messages of a story, and the names of what was done to them."""
        dice = Random(f"{self.seed} {number}")
        seeds = _seeds()
        source = sorted(seeds)[number % len(seeds)]
        story = dice.choice(seeds[source])
        start = dice.choice((0, dice.randrange(max(len(story) - MOST_MESSAGES, 1))))
        told = deepcopy(story[start : start + MOST_MESSAGES])
        rare = rarely_sent(story[0]) if source == "simulated" else []
        rare += list(rows_of_unread_tables(story[0])) if source == "mimic3" else []
        for each in dice.sample(rare, min(len(rare), dice.choice((0, 1, 4)))):
            told.insert(dice.randrange(len(told) + 1), each)
        return mutation.tell(told, dice)

    def try_one(self, number, messages, seen=None):
        """Hold a story's messages to the claims; None where all hold."""
        try:
            Trial(self.engines[number % ALL_MEASURES > 0], seen or Seen()).send(messages)
        except BrokenError as broken:
            return broken
        return None

    def run(self, messages, said=lambda _fuzzer, _number: None):
        """Tell stories until so many messages were sent; give the first story that broke each claim."""
        number, found = 0, {}
        while self.seen.sent < messages:
            told, done = self.told(number)
            self.done.update(done)
            # Once more, lest a moment in which the machine was busy be taken for a slow message.
            if self.try_one(number, told, self.seen) and (broken := self.try_one(number, told)):
                found.setdefault(broken.claim, (number, told, broken))
            number += 1
            said(self, number)
        return list(found.values())

    def smallest(self, number, messages, broken):
        """The fewest messages that break the same claim."""

        def breaks(fewer):
            again = self.try_one(number, fewer)
            return again is not None and again.claim == broken.claim

        return shrink(messages, breaks)


def report(seen, done):
    """Lines: messages by format, topic and outcome, reasons, mutations, the slowest message."""
    outcomes = Counter()
    for (_, _, outcome), count in seen.outcomes.items():
        outcomes[outcome] += count
    total = " + ".join(f"{outcomes[each]} {each}" for each in ("accepted", "ignored", "rejected"))
    yield f"{seen.sent} sent = {total}; {seen.facts} facts, {seen.forwarded} handed on by merges"
    yield f"{'format':18}{'topic':16}{'accepted':>10}{'ignored':>10}{'rejected':>10}"
    for named, topic in sorted({key[:2] for key in seen.outcomes}):
        counts = (seen.outcomes[named, topic, each] for each in ("accepted", "ignored", "rejected"))
        yield f"{named:18}{topic:16}" + "".join(f"{count:10}" for count in counts)
    for (outcome, reason), count in sorted(seen.reasons.items()):
        yield f"{outcome:18}{reason:24}{count:10}"
    yield "mutations: " + ", ".join(f"{name} {count}" for name, count in sorted(done.items()))
    yield "slowest: " + ", ".join(f"{name} {1000 * took:.1f} ms" for name, took in sorted(seen.slowest_s.items()))


def show(*lines):
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def what_broke(fuzzer, number, messages, broken):
    """Lines: seed, story, claim and the fewest messages, as they can be sent again."""
    yield f"seed {fuzzer.seed}, story {number}, message {broken.place}: {broken.claim}"
    if broken.__cause__ is not None:
        yield from traceback.format_exception(broken.__cause__)[-3:]
    yield "the fewest messages that break it:"
    for each in fuzzer.smallest(number, messages, broken):
        yield f"  {each.topic} {each.key!r} {each.value if each.value is None else each.value[:SHOWN]!r}"
    yield f"again: make fuzz SEED={fuzzer.seed} STORY={number}"


def _say_how_far(fuzzer, number):
    if number % 1000 == 0:
        show(f"{fuzzer.seen.sent} messages in {number} stories")


def main(arguments=None):
    """Fuzz, print, and tell by the exit status whether every claim held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--seed", default="million")
    parser.add_argument("--story", type=int, help="this one alone")
    asked = parser.parse_args(arguments)
    begun, fuzzer = time.perf_counter(), Fuzzer(asked.seed)
    if asked.story is None:
        found = fuzzer.run(asked.messages, _say_how_far)
    else:
        messages, fuzzed = fuzzer.told(asked.story)
        fuzzer.done.update(fuzzed)
        broken = fuzzer.try_one(asked.story, messages, fuzzer.seen)
        found = [(asked.story, messages, broken)] if broken else []
    show(*report(fuzzer.seen, fuzzer.done), f"{time.perf_counter() - begun:.0f} s")
    for each in found:
        show(*what_broke(fuzzer, *each))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
