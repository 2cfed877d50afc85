"""New York State, pediatric 1-hour bundle: the stories that say what the measure means live."""

from functools import partial

import pytest

from storyteller import play

tell = partial(play, "nys-ped-1h/spec-2015")


def test_everything_in_time():
    told = tell("""
        09:30  arrived
        09:40  weight 20 kg
        10:00  protocol
        10:08  blood culture drawn 10:05
        10:20  ceftriaxone iv started 10:15
        10:36  ringer 400 mL started 10:10 completed 10:35
        14:00  quiet
    """)

    assert told.said == ["10:00 bundle started: bundle"]
    assert told.stands("blood culture") == "met"
    assert told.stands("antibiotics") == "met"
    assert told.stands("fluids") == "met"
    assert told.stands("bundle") == "met"


def test_nothing_charted_is_announced_at_each_step():
    """Warned 20 and 5 minutes before it is due, missed at the first instant that fails, settled an hour later."""
    told = tell("""
        10:00  protocol
        11:01  quiet
    """)

    assert told.said_of("antibiotics") == [
        "10:40 due soon: antibiotics",
        "10:55 due soon: antibiotics",
        "11:01 missed: antibiotics",
    ]
    assert told.stands("antibiotics") == "overdue"
    assert told.stands("bundle") == "overdue"


def test_what_stays_uncharted_settles_as_missed():
    told = tell("""
        10:00  protocol
        12:01  quiet
    """)

    assert told.stands("antibiotics") == "missed"
    assert told.stands("blood culture") == "missed"
    assert told.stands("bundle") == "missed, blood_culture" or told.stands("bundle") == "missed, antibiotics"


@pytest.mark.parametrize(
    ("now", "status"),
    [
        ("10:39", "open"),
        ("10:40", "due_soon"),
        ("11:00", "due_soon"),
        ("11:00:59", "due_soon"),
        ("11:01", "overdue"),
        ("12:00:59", "overdue"),
        ("12:01", "missed"),
    ],
)
def test_an_uncharted_antibiotic_as_the_clock_runs(now, status):
    told = tell(f"""
        10:00  protocol
        {now}  quiet
    """)

    assert told.stands("antibiotics") == status


def test_due_closes_and_settles():
    """60 minutes pass, 61 fail, and charting has an hour's grace."""
    told = tell("""
        10:00:40  protocol
        10:01  quiet
    """)
    verdict = told.element("antibiotics")

    assert [f"{at:%H:%M:%S}" for at in (verdict.due_at, verdict.closes_at, verdict.settles_at)] == [
        "11:00:00",
        "11:01:00",
        "12:01:00",
    ]


@pytest.mark.parametrize(
    ("protocol", "given", "status"),
    [
        ("10:00", "11:00", "met"),
        ("10:00", "11:00:30", "met"),
        ("10:00", "11:00:59", "met"),
        ("10:00", "11:01", "met_late"),
        ("10:00:59", "11:01", "met_late"),
        ("10:00:59", "11:00:59", "met"),
        ("10:01", "11:01:30", "met"),
    ],
)
def test_both_times_are_cut_to_the_minute(protocol, given, status):
    """60 min 30 s after a time zero on the minute still pass."""
    told = tell(f"""
        {protocol}  protocol
        {given}  ceftriaxone iv
        14:00  quiet
    """)

    assert told.stands("antibiotics") == status


def test_late_charting_takes_the_alert_back():
    """Given in time at 10:50, but charted only at 11:20."""
    told = tell("""
        10:00  protocol
        10:20  blood culture
        11:20  ceftriaxone iv started 10:50
        14:00  quiet
    """)

    assert told.said_of("antibiotics") == [
        "10:40 due soon: antibiotics",
        "10:55 due soon: antibiotics",
        "11:01 missed: antibiotics",
        "11:20 withdrawn: antibiotics, met in time",
    ]
    assert told.stands("antibiotics") == "met"
    assert f"{told.element('antibiotics').known_at:%H:%M}" == "11:20"


def test_late_charting_after_the_grace_still_takes_the_alert_back():
    told = tell("""
        10:00  protocol
        15:00  ceftriaxone iv started 10:50
    """)

    assert told.said_of("antibiotics")[-2:] == [
        "11:01 missed: antibiotics",
        "15:00 withdrawn: antibiotics, met in time",
    ]
    assert told.stands("antibiotics") == "met"


def test_done_after_all_but_late():
    told = tell("""
        10:00  protocol
        11:30  ceftriaxone iv started 11:20
    """)

    assert told.said_of("antibiotics")[-2:] == [
        "11:01 missed: antibiotics",
        "11:30 amended: antibiotics, done late",
    ]
    assert told.stands("antibiotics") == "met_late"
    assert told.stands("bundle") == "missed, antibiotics"


def test_done_in_time_stops_the_warnings():
    told = tell("""
        10:00  protocol
        10:45  ceftriaxone iv
        14:00  quiet
    """)

    assert told.said_of("antibiotics") == [
        "10:40 due soon: antibiotics",
        "10:45 withdrawn: antibiotics, met in time",
    ]


def test_warnings_that_are_past_are_not_sent():
    """Told of the protocol at 10:50, we warn once, of what is still to come."""
    told = tell("""
        10:50  protocol at 10:00
        11:00  quiet
    """)

    assert told.said_of("antibiotics") == ["10:50 due soon: antibiotics", "10:55 due soon: antibiotics"]


def test_care_before_time_zero_counts():
    """There is no lower bound in the specification; a stream looks back 24 h."""
    told = tell("""
        13:10  admitted
        13:30  weight 10 kg
        14:06  blood culture drawn 14:05
        14:21  ceftriaxone iv started 14:20
        14:46  ringer 200 mL started 14:10 completed 14:45
        15:00  protocol
        20:00  quiet
    """)

    assert told.said == []
    assert told.stands("bundle") == "met"


@pytest.mark.parametrize(("given", "status"), [("10:00-1", "met"), ("09:59-1", "missed")])
def test_antibiotics_count_from_24_hours_before(given, status):
    told = tell(f"""
        09:00-1  arrived at 09:00-1
        {given}  ceftriaxone iv
        10:00  protocol
        14:00  quiet
    """)

    assert told.stands("antibiotics") == status


@pytest.mark.parametrize(("drawn", "status"), [("10:00-2", "met"), ("09:59-2", "missed")])
def test_cultures_count_from_48_hours_before(drawn, status):
    told = tell(f"""
        09:00-2  arrived
        {drawn}  blood culture
        10:00  protocol
        14:00  quiet
    """)

    assert told.stands("blood culture") == status


# --- blood culture and antibiotic


def test_a_culture_in_the_same_minute_as_the_antibiotic_passes():
    told = tell("""
        10:00  protocol
        10:30:10  ceftriaxone iv
        10:30:50  blood culture
        12:30  quiet
    """)

    assert told.stands("blood culture") == "met"


def test_a_culture_a_minute_after_the_antibiotic_is_late():
    told = tell("""
        10:00  protocol
        10:10  ceftriaxone iv
        10:12  blood culture drawn 10:11
        12:30  quiet
    """)

    assert told.stands("blood culture") == "met_late, antibiotic_first"
    assert told.stands("bundle") == "missed, blood_culture"


def test_an_antibiotic_closes_the_window_of_the_culture():
    told = tell("""
        10:00  protocol
        10:10  ceftriaxone iv
        10:11  quiet
    """)

    assert told.said_of("blood culture") == ["10:11 missed: blood culture, antibiotic first"]
    assert told.stands("blood culture") == "overdue, antibiotic_first"
    verdict = told.element("blood culture")
    assert (f"{verdict.due_at:%H:%M}", f"{verdict.closes_at:%H:%M}") == ("10:10", "10:11")


def test_the_closed_window_of_the_culture_waits_for_charting():
    told = tell("""
        10:00  protocol
        10:10  ceftriaxone iv
        10:40  blood culture drawn 10:05
        12:30  quiet
    """)

    assert told.said_of("blood culture") == [
        "10:11 missed: blood culture, antibiotic first",
        "10:40 withdrawn: blood culture, met in time",
    ]
    assert told.stands("blood culture") == "met"


def test_the_closed_window_opens_again_when_the_antibiotic_is_taken_back():
    told = tell("""
        10:00  protocol
        10:10  ceftriaxone iv
        10:20  retract ceftriaxone
        10:30  quiet
    """)

    assert told.said_of("blood culture") == [
        "10:11 missed: blood culture, antibiotic first",
        "10:20 withdrawn: blood culture, corrected",
    ]
    assert told.stands("blood culture") == "open"


def test_an_antibiotic_before_time_zero_loses_the_culture_at_once():
    """Given an hour before time zero, without a culture: nothing can bring that back."""
    told = tell("""
        08:30  arrived
        09:00  ceftriaxone iv
        10:00  protocol
        10:30  quiet
    """)
    verdict = told.element("blood culture")

    assert f"{verdict.due_at:%H:%M}" == "09:00"
    assert told.stands("blood culture") == "overdue, antibiotic_first"
    assert told.stands("antibiotics") == "met"
    assert told.said_of("blood culture") == []


def test_an_antibiotic_before_time_zero_settles_an_hour_after_it_was_known():
    told = tell("""
        09:00  ceftriaxone iv
        10:00  protocol
        11:00  quiet
    """)

    assert told.stands("blood culture") == "missed, antibiotic_first"
    assert f"{told.element('blood culture').settles_at:%H:%M}" == "11:00"


def test_a_culture_without_any_antibiotic_passes():
    """As the specification says: this allows if antibiotic never done."""
    told = tell("""
        10:00  protocol
        10:30  blood culture
        14:00  quiet
    """)

    assert told.stands("blood culture") == "met"
    assert told.stands("antibiotics") == "missed"


def test_an_earlier_antibiotic_charted_late_turns_the_culture_into_missed():
    told = tell("""
        10:00  protocol
        10:20  blood culture
        10:30  ceftriaxone iv
        11:00  meropenem iv started 10:10
        14:00  quiet
    """)

    assert told.said_of("blood culture") == ["11:00 missed: blood culture, late charting"]
    assert told.stands("blood culture") == "met_late, antibiotic_first"


def test_an_ordered_culture_is_not_drawn():
    told = tell("""
        10:00  protocol
        10:10  blood culture ordered 10:10
        14:00  quiet
    """)

    assert told.stands("blood culture") == "missed"


def test_an_ordered_antibiotic_is_not_given():
    told = tell("""
        10:00  protocol
        10:10  ceftriaxone iv ordered 10:10
        14:00  quiet
    """)

    assert told.stands("antibiotics") == "missed"


def test_a_urine_culture_is_no_blood_culture():
    told = tell("""
        10:00  protocol
        10:10  other culture
        14:00  quiet
    """)

    assert told.stands("blood culture") == "missed"


@pytest.mark.parametrize(("route", "status"), [("iv", "met"), ("io", "met"), ("oral", "missed")])
def test_the_antibiotic_goes_into_a_vein_or_a_bone(route, status):
    told = tell(f"""
        10:00  protocol
        10:30  ceftriaxone {route}
        14:00  quiet
    """)

    assert told.stands("antibiotics") == status


def test_a_vasopressor_is_no_antibiotic():
    told = tell("""
        10:00  protocol
        10:30  norepinephrine iv
        14:00  quiet
    """)

    assert told.stands("antibiotics") == "missed"


# --- fluids


def test_fluids_count_when_the_weight_based_volume_is_completed():
    """Two boluses: the second one, completed at 10:50, brings it to 20 mL/kg."""
    told = tell("""
        10:00  protocol
        10:01  weight 20 kg
        10:31  ringer 200 mL started 10:10 completed 10:30
        10:51  ringer 200 mL started 10:31 completed 10:50
        14:00  quiet
    """)

    assert told.stands("fluids") == "met"
    assert f"{told.element('fluids').done_at:%H:%M}" == "10:50"


def test_less_than_the_volume_is_missed():
    told = tell("""
        10:00  protocol
        10:01  weight 20 kg
        10:31  ringer 399 mL started 10:10 completed 10:30
        14:00  quiet
    """)

    assert told.stands("fluids") == "missed"


def test_an_infusion_that_has_not_ended_is_not_completed():
    told = tell("""
        10:00  protocol
        10:01  weight 20 kg
        10:10  ringer 400 mL started 10:10
        11:05  quiet
    """)

    assert told.stands("fluids") == "overdue"


def test_the_end_of_the_infusion_counts_not_its_start():
    told = tell("""
        10:00  protocol
        10:01  weight 20 kg
        10:10  ringer 400 mL started 10:10
        11:15  correct ringer 400 mL started 10:10 completed 11:10
    """)

    assert told.said_of("fluids")[-2:] == ["11:01 missed: fluids", "11:15 amended: fluids, done late"]
    assert told.stands("fluids") == "met_late"


def test_without_a_weight_fluids_cannot_be_assessed():
    told = tell("""
        10:00  protocol
        10:31  ringer 400 mL started 10:10 completed 10:30
        14:00  quiet
    """)

    assert told.stands("fluids") == "cannot_assess, no_weight"


def test_a_weight_measured_later_lets_fluids_be_judged():
    told = tell("""
        10:00  protocol
        10:31  ringer 400 mL started 10:10 completed 10:30
        12:00  weight 20 kg
        14:00  quiet
    """)

    assert told.stands("fluids") == "met"


def test_the_last_weight_by_time_zero_counts():
    told = tell("""
        09:00  weight 10 kg
        09:50  weight 20 kg
        10:00  protocol
        10:10  weight 30 kg
        10:31  ringer 400 mL started 10:10 completed 10:30
        14:00  quiet
    """)

    assert told.stands("fluids") == "met"


@pytest.mark.parametrize(("started", "status"), [("04:00", "met"), ("03:59", "missed")])
def test_fluids_count_from_6_hours_before(started, status):
    told = tell(f"""
        03:00  arrived
        03:30  weight 10 kg
        05:00  ringer 200 mL started {started} completed 05:00
        10:00  protocol
        14:00  quiet
    """)

    assert told.stands("fluids") == status


# --- time zero


def test_without_a_protocol_time_zero_is_the_first_contact():
    """Triage at 10:00 comes before the charted arrival; the protocol never starts."""
    told = tell("""
        10:01  triaged at 10:00
        10:06  arrived at 10:05
        10:30  sepsis documented
        10:31  blood culture
        10:55  ceftriaxone iv
        13:00  admitted
        14:00  quiet
    """)
    record = told.case()

    assert f"{record.time_zero:%H:%M}" == "10:00"
    assert record.time_zero_rule == "triaged"
    assert told.stands("antibiotics") == "met"
    assert told.stands("blood culture") == "met"


def test_arrival_alone_opens_no_case():
    told = tell("""
        10:00  arrived
        10:04  triaged
        12:30  admitted
        14:00  quiet
    """)

    assert told.records == {}
    assert told.said == []


@pytest.mark.parametrize(
    "entry", ["protocol", "order set", "sepsis documented", "best practice alert", "pews 3"]
)  # fmt: skip
def test_what_opens_a_case(entry):
    told = tell(f"""
        10:00  arrived
        10:10  {entry}
    """)

    assert told.status() == "denominator"
    assert f"{told.case().opened_at:%H:%M}" == "10:10"


def test_a_low_early_warning_score_opens_no_case():
    assert (
        tell("""
            10:00  arrived
            10:10  pews 2
        """).records
        == {}
    )


def test_a_case_without_any_contact_time_cannot_be_assessed():
    told = tell("""
        10:10  sepsis documented
        14:00  quiet
    """)

    assert told.status() == "cannot_assess, no_time_zero"
    assert told.stands("antibiotics").startswith("cannot_assess")
    assert told.said == []


def test_a_protocol_that_starts_later_moves_time_zero_and_opens_the_windows_again():
    """Counted from arrival at 10:00 the hour was over; counted from the protocol at 11:30 it is not."""
    told = tell("""
        10:00  arrived
        10:10  sepsis documented
        11:30  protocol
        11:31  quiet
    """)

    assert told.said_of("antibiotics") == [
        "10:40 due soon: antibiotics",
        "10:55 due soon: antibiotics",
        "11:01 missed: antibiotics",
        "11:30 withdrawn: antibiotics, time zero moved",
    ]
    assert told.stands("antibiotics") == "open"
    assert told.said_of("bundle") == [
        "10:10 bundle started: bundle",
        "11:30 amended: bundle, time zero moved",
    ]


def test_the_moved_windows_warn_and_close_anew():
    told = tell("""
        10:00  arrived
        10:10  sepsis documented
        11:30  protocol
        12:31  quiet
    """)

    assert told.said_of("antibiotics")[-3:] == [
        "12:10 due soon: antibiotics",
        "12:25 due soon: antibiotics",
        "12:31 missed: antibiotics",
    ]


def test_a_protocol_charted_late_takes_back_what_was_missed():
    told = tell("""
        10:00  arrived
        10:10  sepsis documented
        11:20  ceftriaxone iv
        11:25  protocol at 10:50
        14:00  quiet
    """)

    assert told.said_of("antibiotics")[-2:] == [
        "11:20 amended: antibiotics, done late",
        "11:25 withdrawn: antibiotics, time zero moved",
    ]
    assert told.stands("antibiotics") == "met"


def test_a_protocol_entered_in_error_moves_time_zero_back():
    told = tell("""
        10:00  arrived
        10:10  sepsis documented
        10:30  protocol
        11:05  retract protocol
        11:06  quiet
    """)

    assert f"{told.case().time_zero:%H:%M}" == "10:00"
    assert told.stands("antibiotics") == "overdue, past_when_known"


def test_a_second_protocol_changes_nothing():
    told = tell("""
        10:00  protocol
        10:30  ceftriaxone iv
        13:00  protocol
        18:00  quiet
    """)

    assert f"{told.case().time_zero:%H:%M}" == "10:00"
    assert len(told.records) == 1


# --- past when known


def test_what_had_closed_before_the_case_opened_is_counted_and_never_pushed():
    told = tell("""
        08:00  arrived
        10:00  sepsis documented
        10:59  quiet
    """)

    assert told.stands("antibiotics") == "overdue, past_when_known"
    assert told.said == []


def test_what_was_past_when_known_settles_an_hour_later():
    told = tell("""
        08:00  arrived
        10:00  sepsis documented
        11:00  quiet
    """)

    assert told.stands("antibiotics") == "missed, past_when_known"
    assert told.said == []


def test_a_window_that_closes_as_it_becomes_known_is_past():
    """Closed at 11:01, known at 11:01."""
    told = tell("""
        10:00  arrived
        11:01  sepsis documented
        15:00  quiet
    """)

    assert told.said == []
    assert told.stands("antibiotics") == "missed, past_when_known"


def test_a_window_known_a_second_before_it_closes_is_announced():
    told = tell("""
        10:00  arrived
        11:00:59  sepsis documented
        11:01  quiet
    """)

    assert told.said_of("antibiotics")[-1] == "11:01 missed: antibiotics"


# --- corrections


def test_a_corrected_time_turns_met_into_missed():
    told = tell("""
        10:00  protocol
        10:30  ceftriaxone iv started 10:25
        11:30  correct ceftriaxone iv started 11:25
        14:00  quiet
    """)

    assert told.said_of("antibiotics") == ["11:30 missed: antibiotics, corrected"]
    assert told.stands("antibiotics") == "met_late"


def test_a_retraction_turns_met_into_missed_and_its_correction_turns_it_back():
    told = tell("""
        10:00  protocol
        10:30  blood culture
        11:30  retract blood culture
        11:45  restore blood culture
        14:00  quiet
    """)

    assert told.said_of("blood culture") == [
        "11:30 missed: blood culture, corrected",
        "11:45 withdrawn: blood culture, corrected",
    ]
    assert told.stands("blood culture") == "met"


def test_a_retraction_while_the_window_is_open_says_nothing_yet():
    told = tell("""
        10:00  protocol
        10:10  ceftriaxone iv
        10:20  retract ceftriaxone
        10:30  quiet
    """)

    assert told.said_of("antibiotics") == []
    assert told.stands("antibiotics") == "open"


def test_a_case_whose_only_trigger_was_an_error_disappears():
    told = tell("""
        10:00  protocol
        11:10  retract protocol
        11:11  quiet
    """)

    assert told.records == {}
    assert told.said_of("antibiotics")[-1] == "11:10 withdrawn: antibiotics, corrected"
    assert told.said_of("bundle")[-1] == "11:10 withdrawn: bundle, corrected"


# --- coverage and day


def test_an_antibiotic_known_by_its_day_rules_nothing_out_and_meets_nothing():
    told = tell("""
        10:00  protocol
        10:30  ceftriaxone iv started 10:00 by day
        14:00  quiet
    """)

    assert told.stands("antibiotics") == "cannot_assess, day_only"


def test_an_antibiotic_known_by_a_day_of_which_every_minute_would_do_is_met():
    """All of the day before lies within the 24 h before a midnight time zero."""
    told = tell("""
        20:00-1  arrived
        00:10  ceftriaxone iv started 12:00-1 by day
        00:20  protocol at 00:00
        04:00  quiet
    """)

    assert told.element("antibiotics").status == "met"


def test_without_coverage_nothing_is_called_missed():
    """The intensive-care feed tells nothing of the emergency department."""
    told = tell("""
        10:00  protocol from mimic3
        14:00  quiet
    """)

    assert told.stands("antibiotics") == "cannot_assess, not_covered"
    assert [line for line in told.said_of("antibiotics") if "missed" in line] == []


def test_covered_from_the_look_back_on_it_is_missed():
    told = tell("""
        08:00-1  arrived from mimic3
        08:00-1  covers medications started 08:00-1 from mimic3
        10:00  protocol from mimic3
        14:00  quiet
    """)

    assert told.said_of("antibiotics")[-1] == "11:01 missed: antibiotics"
    assert told.stands("antibiotics") == "missed"


def test_covered_from_time_zero_only_it_is_announced_and_settles_as_not_assessable():
    """A dose in the look-back would have gone unseen."""
    told = tell("""
        09:00  arrived from mimic3
        09:00  covers medications started 09:00 from mimic3
        10:00  protocol from mimic3
        12:01  quiet
    """)

    assert "11:01 missed: antibiotics" in told.said_of("antibiotics")
    assert told.stands("antibiotics") == "cannot_assess, not_covered"


# --- exclusions


def test_a_child_excluded_from_the_protocol_within_the_hour():
    told = tell("""
        10:00  protocol
        10:30  excluded from protocol
        14:00  quiet
    """)

    assert told.status() == "excluded, protocol_exclusion_1h"
    assert told.stands("antibiotics").startswith("excluded")
    assert told.said_of("antibiotics") == []
    assert told.said_of("bundle") == ["10:00 bundle started: bundle", "10:30 withdrawn: bundle, excluded"]


@pytest.mark.parametrize(
    ("when", "status"),
    [
        ("09:00", "excluded, protocol_exclusion_1h"),
        ("11:00", "excluded, protocol_exclusion_1h"),
        ("11:00:59", "excluded, protocol_exclusion_1h"),
        ("11:01", "denominator"),
    ],
)
def test_the_exclusion_has_no_lower_bound_and_60_minutes_still_exclude(when, status):
    told = tell(f"""
        08:00  arrived
        10:00  protocol
        14:00  excluded from protocol at {when}
        15:00  quiet
    """)

    assert told.status() == status


def test_an_exclusion_takes_back_a_missed_alert():
    told = tell("""
        10:00  protocol
        11:30  excluded from protocol at 10:45
        15:00  quiet
    """)

    assert told.said_of("antibiotics")[-2:] == [
        "11:01 missed: antibiotics",
        "11:30 withdrawn: antibiotics, excluded",
    ]


@pytest.mark.parametrize(
    ("when", "status"),
    [("10:45", "excluded, expired_1h"), ("11:00:30", "excluded, expired_1h"), ("11:01", "denominator")],
)
def test_a_death_within_the_hour_is_clocked_by_discharge(when, status):
    told = tell(f"""
        09:30  admitted
        09:30  born 2015-01-01
        10:00  protocol
        {when}  discharged status 20
        15:00  quiet
    """)

    assert told.status() == status


def test_a_discharge_alive_within_the_hour_excludes_nothing():
    told = tell("""
        09:30  admitted
        09:30  born 2015-01-01
        10:00  protocol
        10:45  discharged status 01
        15:00  quiet
    """)

    assert told.status() == "denominator"


@pytest.mark.parametrize(
    ("born", "status"), [("2008-03-02", "excluded, age"), ("2008-03-03", "denominator"), ("2015-01-01", "denominator")]
)
def test_eighteen_on_the_day_of_admission_is_too_old(born, status):
    told = tell(f"""
        09:30  admitted
        09:30  born {born}
        10:00  protocol
        10:30  quiet
    """)

    assert told.status() == status


def test_age_is_taken_at_arrival_where_nobody_was_admitted():
    told = tell("""
        23:30  arrived
        23:30  born 2008-03-03
        00:10+1  protocol
        00:30+1  quiet
    """)

    assert told.status() == "denominator"


def test_the_birth_date_charted_late_takes_the_alerts_back():
    told = tell("""
        10:00  protocol
        11:30  born 1960-01-01
        12:00  quiet
    """)

    assert told.status() == "excluded, age"
    assert told.said_of("antibiotics")[-1] == "11:30 withdrawn: antibiotics, excluded"
    assert told.said_of("bundle")[-1] == "11:30 withdrawn: bundle, excluded"


def test_a_discharge_before_admission_is_a_fault_of_the_data():
    told = tell("""
        09:30  admitted
        09:30  born 2015-01-01
        10:00  protocol
        12:00  discharged at 09:20
    """)

    assert told.status() == "dropped, bad_datetime"


def test_a_stay_that_ends_without_a_birth_date_is_dropped():
    told = tell("""
        09:30  admitted
        10:00  protocol
        15:00  discharged
    """)

    assert told.status() == "dropped, no_birth_date"


# --- ruled out, died, transferred, merged


def test_ruled_out_withdraws_everything():
    told = tell("""
        10:00  protocol
        11:05  quiet
        11:10  ruled out
        15:00  quiet
    """)

    assert told.status() == "not_in_population, ruled_out"
    assert told.stands("antibiotics").startswith("not_applicable")
    assert told.said_of("antibiotics")[-1] == "11:10 withdrawn: antibiotics, ruled out"
    assert told.said_of("bundle")[-1] == "11:10 withdrawn: bundle, ruled out"


def test_a_protocol_after_a_rule_out_opens_a_second_case():
    told = tell("""
        10:00  protocol
        10:30  ruled out
        15:00  protocol
        15:20  ceftriaxone iv
        17:30  quiet
    """)

    assert told.status("E1") == "not_in_population, ruled_out"
    assert told.status("E1#2") == "denominator"
    assert told.stands("antibiotics", "E1#2") == "met"
    assert "15:00 bundle started: bundle of E1#2" in told.said


def test_a_rule_out_entered_in_error_brings_the_case_back():
    told = tell("""
        10:00  protocol
        10:30  ruled out
        10:45  retract ruled out
        11:02  quiet
    """)

    assert told.status() == "denominator"
    assert told.said_of("antibiotics")[-1] == "11:01 missed: antibiotics"


def test_death_stops_the_alerts():
    """No warning after it, and what stood is taken back."""
    told = tell("""
        10:00  protocol
        10:45  died
        15:00  quiet
    """)

    assert told.said_of("antibiotics") == [
        "10:40 due soon: antibiotics",
        "10:45 withdrawn: antibiotics, died",
    ]


def test_a_death_is_an_exclusion_only_by_its_discharge():
    """Died within the hour, discharged after it: the measure prints the discharge time."""
    told = tell("""
        09:30  born 2015-01-01
        10:00  protocol
        10:45  died
        12:00  discharged status 20
    """)

    assert told.status() == "denominator"


def test_transfer_out_stops_the_alerts_and_the_verdict_stands():
    told = tell("""
        10:00  protocol
        10:30  transferred out
        15:00  quiet
    """)

    assert told.said_of("antibiotics") == []
    assert told.said_of("bundle") == ["10:00 bundle started: bundle", "10:30 withdrawn: bundle, transferred"]
    assert told.stands("antibiotics") == "missed"


def test_what_was_missed_before_the_transfer_stands():
    told = tell("""
        10:00  protocol
        11:30  transferred out
        15:00  quiet
    """)

    assert told.said_of("antibiotics")[-1] == "11:01 missed: antibiotics"


def test_a_merge_sends_the_facts_on_and_withdraws_the_alerts():
    told = tell("""
        10:00  protocol
        11:10  merged into P2
        15:00  quiet
    """)

    assert told.records == {}
    assert told.said_of("antibiotics")[-1] == "11:10 withdrawn: antibiotics, merged"
    assert [(fact.patient_id, fact.fact_id) for step in told.steps for fact in step.forward] == [("P2", "protocol")]


def test_what_comes_after_a_merge_is_sent_on():
    told = tell("""
        10:00  protocol
        10:10  merged into P2
        10:20  ceftriaxone iv
        15:00  quiet
    """)

    assert [(fact.patient_id, fact.fact_id) for fact in told.steps[2].forward] == [("P2", "ceftriaxone")]
    assert told.said_of("antibiotics") == []


# --- encounters


def test_an_emergency_visit_and_the_stay_it_becomes_are_one_case():
    """The number changes within 6 hours; the dose under the new number counts."""
    told = tell("""
        10:00  arrived [ED7]
        10:10  protocol [ED7]
        10:40  admitted [IN9]
        10:50  ceftriaxone iv [IN9]
        15:00  quiet
    """)

    assert [record.case_id for record in told.records.values()] == ["ED7"]
    assert told.stands("antibiotics", "ED7") == "met"


def test_the_end_of_the_emergency_visit_is_not_the_end_of_the_stay_it_becomes():
    """Neither a discharge before admission nor a stay that ended without a birth date."""
    told = tell("""
        10:00  arrived [ED7]
        10:10  protocol [ED7]
        10:40  discharged [ED7]
        10:45  admitted [IN9]
        15:00  quiet
    """)

    assert told.status("ED7") == "denominator"
    assert told.case("ED7").closed_at is None


def test_the_end_of_the_stay_closes_the_case():
    told = tell("""
        10:00  arrived [ED7]
        10:00  born 2015-01-01
        10:10  protocol [ED7]
        10:40  discharged [ED7]
        10:45  admitted [IN9]
        15:00  discharged [IN9]
    """)

    assert told.status("ED7") == "denominator"
    assert f"{told.case('ED7').closed_at:%H:%M}" == "15:00"


def test_a_stay_days_later_is_another_episode():
    """Care of the first stay never counts for the second."""
    told = tell("""
        10:00  arrived [S1]
        10:30  ceftriaxone iv [S1]
        12:00  discharged [S1]
        19:00  arrived [S2]
        19:10  protocol [S2]
        23:00  quiet
    """)

    assert [record.case_id for record in told.records.values()] == ["S2"]
    assert told.stands("antibiotics", "S2") == "missed"


def test_a_link_makes_one_episode_of_two_numbers():
    told = tell("""
        10:00  arrived [S1]
        10:00  born 2015-01-01
        10:30  ceftriaxone iv [S1]
        12:00  discharged [S1]
        19:00  arrived [S2]
        19:05  continues as S2 [S1]
        19:10  protocol [S2]
        23:00  quiet
    """)

    assert told.stands("antibiotics", "S1") == "met"


def test_a_fact_without_a_number_belongs_to_the_stay_that_holds_it():
    told = tell("""
        09:30  arrived
        10:00  protocol
        10:30  ceftriaxone iv []
        15:00  quiet
    """)

    assert told.stands("antibiotics") == "met"


def test_a_repeated_message_says_nothing_new():
    story = """
        10:00  protocol
        10:30  ceftriaxone iv
        11:01  quiet
    """
    told = tell(story)
    once = list(told.said)

    assert once == tell(story).said
