"""A hospital's own measures: the hour-1 bundle for every age, counted from any time zero of the catalogue."""

import json

from scoring.measure import Measure
from scoring.rules import measure_files, named_rules, read_measure, rules_of

FILES = {f"{body['id']}/{body['version']}": body for body in measure_files("stream")}
BUNDLE, PED = FILES["ssc-hour1/2018"], FILES["nys-ped-1h/spec-2015"]
ENTRY = PED["entry"] | {"acts": sorted({*PED["entry"]["acts"], *BUNDLE["entry"]["acts"], "infection_suspected"})}


def by_rule(name, *, without=(), **more):
    """The bundle by one rule of the catalogue, as a site would write it; `without` some of its sections."""
    kept = {key: part for key, part in BUNDLE.items() if key not in {"exclusions", *without}}
    own = {"id": "site", "version": name, "entry": ENTRY, "time_zero": {"rule": "named", "name": name}}
    return read_measure(kept | own | more)


def rules_by_rule(*names):
    """The rules for such measures."""
    return rules_of([by_rule(name) for name in names])


def remade(measure, version, **at):
    """A measure under another version, with values of its file changed (`time_zero__within={...}`) and read anew."""
    body = measure.model_dump(mode="json") | {"version": version}
    for path, value in at.items():
        *parents, last = path.split("__")
        part = body
        for name in parents:
            part = part[name]
        part[last] = value
    return Measure.model_validate_json(json.dumps(body))


NAMES = [rule.name for rule in named_rules()]
