"""What the durable states of the plain job must be at the end, and the settings that a run may change.

The standard library only: it is read in the environment of every host.
"""

import json
import os
import sys
from collections.abc import Mapping

SETTINGS_VARIABLE = "PLAIN_JOB_SETTINGS"
DURABLE_EVERY_S = 1.0
"""How often a host makes its states durable, where it does so by the clock."""


def settings(best: Mapping[str, str]) -> dict[str, str]:
    """The host's best settings, but for those that the JSON of `PLAIN_JOB_SETTINGS` names; an unknown one ends it."""
    told = json.loads(os.environ.get(SETTINGS_VARIABLE, "{}"))
    if unknown := told.keys() - best.keys():
        sys.exit(f"no such setting: {', '.join(sorted(unknown))}; there are {', '.join(best)}")
    return {**best, **told}


def expected(events: int, keys: int) -> dict[str, tuple[int, int]]:
    """How many events each key has had, and which was its last."""
    numbers = {key: range(key, events, keys) for key in range(min(keys, events))}
    return {f"E{key}": (len(each), each[-1]) for key, each in numbers.items()}


def check(host: str, stored: Mapping[str, Mapping[str, int]], events: int, keys: int) -> None:
    """End the run with an error where what was read back from the durable store is not what it must be."""
    wanted = expected(events, keys)
    found = {key: (state["count"], state["last"]) for key, state in stored.items()}
    wrong = sum(found.get(key) != state for key, state in wanted.items()) + len(found.keys() - wanted.keys())
    if wrong:
        sys.exit(f"{host}: {wrong} of {len(wanted)} keys have not the state that they must have at the end")
