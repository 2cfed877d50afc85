"""The engine and the naive judge agree on made-up patients close to every boundary; `make agree` is the long run."""

import ast
import sys
from pathlib import Path

from reference.million_events import judge_events
from reference.naive_judge import MEASURES
from reference.reachable import reachable, reasons_against
from scoring.rules import shipped_measures

SAMPLE = 6_000
UNSEEN = {
    ("nys-adult-6h/public-2015", "vasopressor", "met_late"),
    ("nys-adult-6h/trend-2015", "vasopressor", "met_late"),
    ("cha/2012", "assessment", "cannot_assess"),
    ("ipso/modified", "protocol", "cannot_assess"),
}
"""Of the statuses that the texts allow, those too rare for the sample; the long run asks for each a hundred times."""
NAIVE = sorted(Path(__file__).parent.glob("naive_*.py"))


def imported(path):
    """The packages that a file imports, and of this folder the modules."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module="reference", names=names):
                yield from (f"reference.{alias.name}" for alias in names)
            case ast.ImportFrom(module=module):
                yield module if module.startswith("reference.") else module.split(".")[0]


def test_the_naive_judge_shares_no_code_with_the_project():
    allowed = {*sys.stdlib_module_names, *(f"reference.{path.stem}" for path in NAIVE)}

    assert len(NAIVE) > 10
    assert [name for path in NAIVE for name in imported(path) if name not in allowed] == []


def test_the_naive_judge_knows_every_shipped_measure():
    assert sorted(measure.name for measure in MEASURES) == sorted(shipped_measures())


def test_both_agree_on_a_sample_in_which_all_but_four_statuses_are_seen_and_none_that_the_texts_do_not_allow():
    tally = judge_events(SAMPLE, "sample")

    assert tally.found == []
    assert {tuple(status) for *status, _ in tally.rare(1, reachable())} == UNSEEN
    assert tally.impossible(reasons_against()) == []
