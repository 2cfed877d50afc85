"""Source profiles: zones, delays and coverage as data."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from schemas.clinical import Domain
from schemas.source_profile import Covered, load_profiles, profile, read_profile, shipped_profiles

COVERAGE = "\n".join(f'{domain.value} = {{ covered = "always" }}' for domain in Domain)
PLAIN = f"""
name = "x"
title = "X"
earliest_year = 1990
latest_year = 2100
%s
[event_ahead]
minutes = 5
source = "chosen"
[coverage]
{COVERAGE}
"""


def test_every_shipped_profile_says_of_every_domain_whether_it_is_covered():
    assert {"default", "mimic3", "simulated", "xes"} <= load_profiles().keys()
    for shipped in load_profiles().values():
        assert shipped.coverage.keys() == set(Domain)


def test_what_is_not_always_covered_has_a_reason():
    for shipped in load_profiles().values():
        for domain in shipped.coverage.values():
            assert domain.covered is Covered.ALWAYS or domain.reason


def test_a_source_without_a_profile_has_no_zone_and_covers_everything():
    unknown = profile("a feed nobody described")

    assert unknown.name == "default"
    assert unknown.local_zone is None
    assert all(domain.covered is Covered.ALWAYS for domain in unknown.coverage.values())


def test_mimic3_covers_medications_by_event_and_no_lactate_report_time():
    mimic3 = profile("mimic3")

    assert mimic3.coverage[Domain.MEDICATIONS].covered is Covered.BY_EVENT
    assert "lactate_resulted_at" in mimic3.not_carried
    assert mimic3.delay_of("laboratory") == timedelta(minutes=70)
    assert mimic3.delay_of("blood_gas") == timedelta(minutes=3)
    assert mimic3.delay_of("radiology") == timedelta(0)


def test_xes_has_no_cultures():
    assert profile("xes").coverage[Domain.CULTURES].covered is Covered.NEVER


def test_every_guard_has_a_number_and_its_source_and_only_recorded_feeds_have_a_clock_of_their_own():
    guards = {name: (shipped.event_ahead, shipped.received_ahead) for name, shipped in load_profiles().items()}

    assert all(guard.source and guard.limit > timedelta(0) for pair in guards.values() for guard in pair if guard)
    assert {name for name, (_, received) in guards.items() if received is None} == {"mimic3", "simulated", "xes"}


def test_a_date_shifted_set_has_a_fixed_offset():
    assert str(profile("mimic3").local_zone) == str(profile("xes").local_zone) == "UTC"


def test_a_zone_is_read_by_its_name():
    assert str(read_profile(PLAIN % 'zone = "Europe/Amsterdam"').local_zone) == "Europe/Amsterdam"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN % 'zone = "UTC"\noffset_minutes = 0',
        (PLAIN % "").replace('labs = { covered = "always" }', ""),
        PLAIN % 'zoen = "UTC"',
        PLAIN % 'zone = "Mars/Olympus"',
        PLAIN % 'zone = "America"',
        PLAIN % "offset_minutes = 1440",
        (PLAIN % "").replace("2100", "1989"),
    ],
)
def test_a_profile_that_says_too_much_or_too_little_is_refused(text):
    with pytest.raises(ValidationError):
        read_profile(text)


def test_a_site_has_its_own_profiles_beside_those_that_ship():
    own = read_profile(PLAIN % 'zone = "Europe/Amsterdam"')
    both = shipped_profiles().beside([own])

    assert both.of("x") is own
    assert both.of("xes") is profile("xes")
    assert both.of("another") is shipped_profiles().of("x") is profile("default")
