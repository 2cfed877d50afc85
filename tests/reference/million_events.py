"""Judges made-up events by the engine and by the naive judge, and prints how often each status was seen.

`make agree EVENTS=1000000` fails on any disagreement, where some status of some element that the texts allow was seen
less than 100 times in a million events, and where one was seen that they do not allow.
"""

import argparse
import json
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from reference.engine_answers import disagreements, disagreements_at, load_shipped
from reference.naive_judge import MEASURES
from reference.naive_now import history_of
from reference.reachable import STATUSES, expected, reasons_against
from reference.seeded_moments import moments_of
from reference.seeded_patients import patient_messages

OFTEN = 100
"""How often in a million events each status is to be seen."""

BATCH = 10_000
"""Events of one batch, which one process judges; of so many, whatever the number of processes, the same are judged."""

LOOKED_AT = 3
"""Of so many patients one is looked at on the way too, at several moments, and charted without faults."""


@dataclass
class Tally:
    """What a run came to."""

    events: int = 0
    patients: int = 0
    seen: Counter = field(default_factory=Counter)
    found: list = field(default_factory=list)

    def add(self, other):
        """Take in what another run came to."""
        self.events += other.events
        self.patients += other.patients
        self.seen += other.seen
        self.found += other.found

    def rare(self, often, statuses):
        """Statuses that the texts allow and that were seen less often."""
        return [(*each, self.seen[each]) for each in statuses if self.seen[each] < often]

    def impossible(self, reasons):
        """Statuses that the texts do not allow and that were seen, with the reason against them."""
        return [(*each, reason) for each, reason in reasons.items() if self.seen[each]]


def judge_events(events, seed):
    """Judge patients until so many events were read."""
    rules, tally = load_shipped(), Tally()
    selections = Selections(rules)
    while tally.events < events:
        messages = patient_messages(seed, tally.patients)
        tally.events += len(messages)
        tally.found += [(seed, tally.patients, *each) for each in disagreements(messages, rules, tally.seen)]
        if tally.patients % LOOKED_AT == 0:
            look_on_the_way(seed, selections, tally)
        tally.patients += 1
    return tally


def judge_batches(events, seed, said=lambda _tally: None):
    """Judge batches on every core until so many events were read; `said` is told after each how far it is."""
    tally, batches = Tally(), range(-(-events // BATCH))
    with ProcessPoolExecutor() as pool:
        for batch in pool.map(partial(judge_events, BATCH), [f"{seed}-{number}" for number in batches]):
            tally.add(batch)
            said(tally)
    return tally


def look_on_the_way(seed, selections, tally):
    """Judge one patient at some moments, by what had been received by then, each by the measures that it matters to."""
    messages = patient_messages(f"{seed} on the way", tally.patients, is_faulty=False)
    tally.events += len(messages)
    moments = moments_of(messages, MEASURES, Random(f"{seed} {tally.patients}"))
    asked = [measure for measure in MEASURES if any(measure in measures for _, measures in moments)]
    history = history_of(messages, max((second for second, _ in moments), default=0), asked)
    for second, measures in moments:
        found = disagreements_at(messages, second, selections.of(measures), tally.seen, history, measures)
        tally.found += [(seed, tally.patients, second, *each) for each in found]


@dataclass(frozen=True, slots=True)
class Selections:
    """The rules of some measures at a time, each selection made once: rules find out only once what they ask for."""

    rules: object
    made: dict = field(default_factory=dict)

    def of(self, measures):
        """The rules of these measures alone."""
        names = frozenset(measure.name for measure in measures)
        if names not in self.made:
            chosen = tuple(each for each in self.rules.measures if each.identifier in names)
            self.made[names] = replace(self.rules, measures=chosen)
        return self.made[names]


def table(seen):
    """Lines of a table: measure and element, and how often each status was seen."""
    lines = [f"{'measure':36}{'element':20}" + "".join(f"{status:>15}" for status in STATUSES)]
    for measure in MEASURES:
        for element in [*measure.element_names, "bundle"]:
            counts = "".join(f"{seen[measure.name, element, status]:15}" for status in STATUSES)
            lines.append(f"{measure.name:36}{element:20}{counts}")
    return lines


def cases(seen):
    """Lines of a table: measure, status and reason of cases."""
    return [
        f"{measure:36}{status:40}{count:8}" for (measure, part, status), count in sorted(seen.items()) if part == "case"
    ]


def tightest(seen, statuses):
    """The status that was seen the least, and how often."""
    least = min(statuses, key=lambda each: seen[each])
    return (*least, seen[least])


def show(*lines):
    """Print lines, at once."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def tell_how_far(tally):
    """Say how far it is now and then."""
    if tally.events // 50_000 > (tally.events - BATCH) // 50_000:
        show(f"{tally.events} events, {len(tally.found)} differ")


def verdict(tally, often):
    """Lines that say what is wrong with a run."""
    rare, impossible = tally.rare(often, expected()), tally.impossible(reasons_against())
    return [
        *(f"seen {count} times, not {often}: {' '.join(each)}" for *each, count in rare),
        *(f"seen, and should not be: {' '.join(each)}" for each in impossible),
        *(json.dumps(each, default=str) for each in tally.found[:50]),
    ]


def main(arguments=None):
    """Judge, print, and tell by the exit status whether both agree on everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seed", default="million")
    asked = parser.parse_args(arguments)
    tally = judge_batches(asked.events, asked.seed, said=tell_how_far)
    show(*table(tally.seen), *cases(tally.seen))
    wrong = verdict(tally, OFTEN * asked.events // 1_000_000)
    *least, count = tightest(tally.seen, expected())
    show(
        *wrong,
        f"{tally.events} events of {tally.patients} patients, {sum(tally.seen.values())} verdicts compared",
        f"least frequent of {len(expected())} statuses: {' '.join(least)}, {count} times",
        f"{len(tally.found)} disagreements",
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
