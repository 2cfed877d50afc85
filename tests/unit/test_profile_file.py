"""The file of a site's own source: what is wrong with it is said with line, key and remedy."""

import pytest

from own_source import OWN
from scoring.measure_file.profile_file import read_profile_file


def said_of(text, taken=()):
    return [f"{fault.line}: {fault}" for fault in read_profile_file(text, dict(taken)).faults]


def changed(out, put):
    assert out in OWN
    return OWN.replace(out, put, 1)


def test_a_good_file_is_the_profile_it_says():
    read = read_profile_file(OWN, {})

    assert read.faults == ()
    assert (read.profile.name, str(read.profile.local_zone)) == ("our-lab", "America/Chicago")


@pytest.mark.parametrize(
    ("out", "put", "said"),
    [
        ('name = "our-lab"', "name = our-lab", "1: file: is not TOML: Invalid value; look at column 8; texts stand"),
        ('name = "our-lab"', "name = 3", "1: name: must be a text"),
        ('name = "our-lab"', 'name = ""', "1: name: is empty; write a text in quotes as name"),
        ('name = "our-lab"', 'name = "xes"', "1: name: is the name of a profile that ships; write what the messages"),
        ('title = "Our laboratory system"', "", "1: title: is missing; add "),
        ('zone = "America', 'zoen = "America', "3: zoen: is no key of this table; write zone, or take it out"),
        ("Chicago", "Chicagoo", '3: zone: is no zone that this machine knows; write its IANA name, as zone = "Amer'),
        ("America/Chicago", "../etc", "3: zone: is no zone that this machine knows"),
        ("earliest_year", "offset_minutes = 60\nearliest_year", "4: offset_minutes: stands beside a zone; take one of"),
        ("latest_year = 2100", "latest_year = 1900", "5: latest_year: lies before the earliest year; put the later"),
        ("latest_year = 2100", "latest_year = 99999", "5: latest_year: 99999 is not at most 9000; write a number that"),
        (
            "earliest_year = 1990",
            "earliest_year = 999",
            "4: earliest_year: 999 is not at least 1000; write a",
        ),
        ("latest_year = 2100", "latest_year = 2100-01-01", "5: latest_year: is the date 2100-01-01; "),
        ("minutes = 5", "minutes = -5", "8: event_ahead.minutes: -5 is not at least 0; write a number that is at"),
        ("minutes = 5", "minutes = 1e9", "8: event_ahead.minutes: is longer than can be counted; write a shorter time"),
        ("minutes = 5", "minutes = inf", "8: event_ahead.minutes: is no amount; write a finite number"),
        ("minutes = 5", 'minutes = "5"', "8: event_ahead.minutes: must be a number and is "),
        (
            'labs = { covered = "always" }\n',
            "",
            "15: coverage: does not say of every domain whether it is covered; add",
        ),
        ("labs =", "labz =", "18: coverage.labz: "),
        ('labs = { covered = "always" }', 'labs = { covered = "sometimes" }', "18: coverage.labs.covered: "),
        (
            'labs = { covered = "always" }',
            'labs = { covered = "never" }',
            '18: coverage.labs.reason: is missing; add reason = "why not always, for an auditor"',
        ),
        (
            "[coverage]",
            "[delays.culture]\nminutes = 3\n[coverage]",
            "15: delays.culture.source: is missing; add source",
        ),
    ],
)
def test_each_fault_is_said_with_its_line_its_key_and_a_remedy(out, put, said):
    told = said_of(changed(out, put))

    assert [line for line in told if line.startswith(said)], told
    assert read_profile_file(changed(out, put), {}).profile is None


def test_a_source_has_one_file():
    assert said_of(OWN, [("our-lab", "is the source of first.toml too")]) == [
        "1: name: is the source of first.toml too; write what the messages of this source carry as `source`"
    ]


def test_a_source_whose_receipts_are_all_believed_is_looked_at():
    text = changed('[received_ahead]\nminutes = 5\nsource = "interface team, 2026-01-12"\n', "")
    read = read_profile_file(text, {})

    assert read.profile.received_ahead is None
    assert [(fault.key, fault.is_warning) for fault in read.faults] == [("received_ahead", True)]


def test_what_is_said_in_vain_is_looked_at():
    text = changed("[event_ahead]", 'facility_id = "F1"\nassumptions = ["all is well"]\n[event_ahead]')
    text += '[not_carried]\nlactate_resulted_at = "no such time"\nlactate_result_at = "misspelt"\n'
    read = read_profile_file(text, {})

    assert read.profile is not None
    assert all(fault.is_warning for fault in read.faults)
    assert [(fault.key, fault.what, fault.remedy) for fault in read.faults] == [
        ("facility_id", "changes nothing: recorded sets alone have it", "take it out"),
        ("assumptions", "changes nothing: recorded sets alone have it", "take it out"),
        ("not_carried.lactate_result_at", "changes nothing: no element asks for it", 'write "lactate_resulted_at"'),
    ]


@pytest.mark.parametrize("depth", [250, 300, 400, 900])
def test_what_is_nested_too_deeply_is_a_fault(depth):
    for text in (f"x = {'[' * depth}{']' * depth}", f"{'.'.join(['x'] * depth)} = 1"):
        assert said_of(f"{text}\n{OWN}") == [
            "1: file: is nested too deeply; write it flatter: no key of the vocabulary needs that"
        ]


def test_a_source_whose_receipts_are_believed_is_warned_of():
    section = '[received_ahead]\nminutes = 5\nsource = "interface team, 2026-01-12"\n'

    (told,) = said_of(changed(section, ""))
    assert told == (
        "1: received_ahead: warning: is left out: whatever a message says of its receipt is believed, as of a recorded "
        "feed; add [received_ahead] with minutes and source, unless nothing comes live"
    )


@pytest.mark.parametrize("labs", ["{}", '{ covered = "never", reason = "no interface yet" }'])
def test_what_is_covered_always_by_default_or_otherwise_for_a_reason_is_no_fault(labs):
    assert said_of(changed('labs = { covered = "always" }', f"labs = {labs}")) == []
