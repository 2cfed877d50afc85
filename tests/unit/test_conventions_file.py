"""A site's conventions: what it says holds, the rest is as shipped, and faults are said as those of a measure."""

import pytest

from scoring.measure_file.conventions_file import read_conventions_file
from scoring.rules import load_conventions


def said_of(text):
    return [f"{fault.line}: {fault}" for fault in read_conventions_file(text).faults]


def test_what_the_site_says_holds_and_the_rest_is_as_shipped():
    own = read_conventions_file(
        '[charting]\ngrace = { value = 90, unit = "minutes", source = "ours" }\n'
        '[antibiotics]\nroutes = ["iv", "io", "im"]\nroutes_source = "ours"\n'
    ).conventions
    shipped = load_conventions()

    assert own.charting.grace.delta.total_seconds() == 90 * 60
    assert own.antibiotics.routes == ("iv", "io", "im")
    assert own.model_copy(update={"charting": shipped.charting, "antibiotics": shipped.antibiotics}) == shipped


def test_an_empty_file_changes_nothing():
    assert read_conventions_file("").conventions == load_conventions()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[charting\n", ["1: file: is not TOML: Expected ']' at the end of a table declaration"]),
        ("[chartng]\n", ["1: chartng: is no key of this table; write charting, or take it out"]),
        ("charting = 3\n", ["1: charting: must be a table and is 3; write charting = { grace = { value = 60, "]),
        ("[outcome]\nexpired_source = 2015-01-01\n", ["2: outcome.expired_source: is the date 2015-01-01; write it"]),
        ("[charting]\ngrce = 3\n", ["2: charting.grce: is no key of this table; write grace, or take it out"]),
        ("[charting]\ngrace = 90\n", ["2: charting.grace: must be a table and is 90; write grace = { value = 60, "]),
        (
            '[charting]\ngrace = { value = -1, unit = "minutes" }\n',
            ["2: charting.grace.source: is missing; add source = ", "2: charting.grace.value: is negative; write how"],
        ),
        *(
            (
                f'[{section}]\n{key} = {{ value = 9999999, unit = "days", source = "ours" }}\n',
                [f"2: {section}.{key}.value: is longer than can be counted; write a shorter time"],
            )
            for section, key in [
                ("charting", "grace"),
                ("episode", "gap"),
                ("episode", "lead"),
                ("timeline", "before"),
                ("timeline", "after"),
            ]
        ),
        *(
            (
                f'[reporting]\nsuppressed_at_most = {{ value = {value}, unit = "cases", source = "ours" }}\n',
                [f"2: reporting.suppressed_at_most.value: {said}"],
            )
            for value, said in [
                (-5, "-5 is no number of cases; write a whole number, from 0 on"),
                (10.5, "10.5 is no number of cases; write a whole number, from 0 on"),
                (1e300, "1e+300 hides what tells of nobody; write a whole number, up to 100"),
            ]
        ),
        (
            '[reporting]\nsuppressed_at_most = { value = 10, unit = "patients", source = "ours" }\n',
            ['2: reporting.suppressed_at_most.unit: "patients" is not what it is compared in; write "cases", and'],
        ),
        (
            '[outcome]\nexpired_statuses = ["20", "41"]\n',
            ["1: outcome.expired_source: is missing, and expired_statuses is not the shipped one; add"],
        ),
        (
            '[antibiotics]\nroutes = []\nroutes_source = "ours"\n',
            ["2: antibiotics.routes: is empty: nothing counts; name what counts, or take it out"],
        ),
        (
            '[antibiotics]\nroutes = ["iv", "blowpipe"]\nroutes_source = "ours"\n',
            ['2: antibiotics.routes[2]: warning: "blowpipe" is what no code of ours leads to; teach'],
        ),
        (
            '[broad_spectrum]\ntogether = [["cefipime"]]\nspectrum_source = "ours"\n',
            ['2: broad_spectrum.together[1][1]: warning: "cefipime" is what no code of ours leads to;'],
        ),
    ],
)
def test_what_is_wrong_is_said_as_of_a_measure(text, said):
    told = said_of(text)

    assert len(told) == len(said)
    assert [line[: len(begins)] for line, begins in zip(told, said, strict=True)] == said
