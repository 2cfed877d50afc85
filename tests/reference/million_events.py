"""Judges made-up events by the engine and by the naive judge, and prints how often each status was seen.

`make agree EVENTS=1000000` fails on any disagreement, and where some status of some element that the texts allow was
seen less than 100 times in a million events.
"""

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from reference.engine_answers import disagreements, disagreements_at, load_shipped
from reference.naive_judge import MEASURES
from reference.naive_now import history_of
from reference.reachable import reachable, reachable_on_the_way
from reference.seeded_moments import moments_of
from reference.seeded_patients import patient_messages

OFTEN = 100
"""How often in a million events each status is to be seen."""

LOOKED_AT = 6
"""Of so many patients one is looked at on the way too, at several moments, and charted without faults."""

COLUMNS = [
    "met",
    "met_late",
    "missed",
    "not_applicable",
    "excluded",
    "cannot_assess",
    "open",
    "due_soon",
    "overdue",
    "not_open",
]


@dataclass
class Tally:
    """What a run came to."""

    events: int = 0
    patients: int = 0
    seen: Counter = field(default_factory=Counter)
    found: list = field(default_factory=list)

    def rare(self, often, statuses):
        """Statuses that the texts allow and that were seen less often."""
        return [(*each, self.seen[each]) for each in statuses if self.seen[each] < often]


def judge_events(events, seed, rules=None, said=lambda _tally: None):
    """Judge patients until so many events were read; `said` is told now and then how far it is."""
    rules, tally = rules or load_shipped(), Tally()
    while tally.events < events:
        messages = patient_messages(seed, tally.patients)
        tally.events += len(messages)
        tally.found += [(tally.patients, *each) for each in disagreements(messages, rules, tally.seen)]
        if tally.patients % LOOKED_AT == 0:
            look_on_the_way(seed, rules, tally)
        tally.patients += 1
        if tally.patients % 1000 == 0:
            said(tally)
    return tally


def look_on_the_way(seed, rules, tally):
    """Judge one patient at some moments, by what had been received by then."""
    messages = patient_messages(f"{seed} on the way", tally.patients, is_faulty=False)
    tally.events += len(messages)
    moments = moments_of(messages, MEASURES, Random(f"{seed} {tally.patients}"))
    history = history_of(messages, max(moments, default=0))
    for second in moments:
        found = disagreements_at(messages, second, rules, tally.seen, history)
        tally.found += [(tally.patients, second, *each) for each in found]


def table(seen):
    """Lines of a table: measure and element, and how often each status was seen."""
    lines = [f"{'measure':36}{'element':20}" + "".join(f"{status:>15}" for status in COLUMNS)]
    for measure in MEASURES:
        for element in [*measure.element_names, "bundle"]:
            counts = "".join(f"{seen[measure.name, element, status]:15}" for status in COLUMNS)
            lines.append(f"{measure.name:36}{element:20}{counts}")
    return lines


def cases(seen):
    """Lines of a table: measure, status and reason of cases."""
    return [
        f"{measure:36}{status:40}{count:8}" for (measure, part, status), count in sorted(seen.items()) if part == "case"
    ]


def show(*lines):
    """Print lines."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def tell_how_far(tally):
    """Say on a terminal how far it is; be quiet in a pipe."""
    if sys.stdout.isatty():
        show(f"{tally.events} events, {len(tally.found)} differ")


def main(arguments=None):
    """Judge, print, and tell by the exit status whether both agree on everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seed", default="million")
    asked = parser.parse_args(arguments)
    tally = judge_events(
        asked.events, asked.seed, said=lambda now: show(f"{now.events} events, {len(now.found)} differ")
    )
    show(f"{tally.events} events of {tally.patients} patients", *table(tally.seen), *cases(tally.seen))
    often = OFTEN * asked.events // 1_000_000
    rare = tally.rare(often, [*reachable(), *reachable_on_the_way()])
    show(
        *(f"seen {count} times, not {often}: {measure} {element} {status}" for measure, element, status, count in rare)
    )
    show(*(json.dumps(each, default=str) for each in tally.found[:50]), f"{len(tally.found)} disagreements")
    return 1 if tally.found or rare else 0


if __name__ == "__main__":
    sys.exit(main())
