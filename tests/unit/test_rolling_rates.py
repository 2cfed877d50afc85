"""Rates are the count over the latest records, however they came: held against counting anew."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schemas.case_record import CaseRecord, CaseStatus
from schemas.read_model import Window
from schemas.verdict import Element, ElementStatus, Verdict
from streams.rolling_rates import LENGTHS, RollingRates, contribution_of

NOW = datetime(2026, 3, 31, tzinfo=UTC)
COUNTS = ("denominator", "met", "met_late", "missed", "cannot_assess", "pending", "excluded")


def case(name, revision=1, *, status=CaseStatus.DENOMINATOR, element=ElementStatus.MET, hours_ago=1, unit="ED"):
    verdict = Verdict(
        facility_id="F1",
        case_id=name,
        encounter_id=name,
        measure="m/1",
        element=Element.LACTATE,
        status=element,
        sentence="Drawn.",
    )
    return CaseRecord(
        facility_id="F1",
        patient_id=name,
        case_id=name,
        encounter_id=name,
        measure="m/1",
        revision=revision,
        as_of=NOW,
        status=status,
        time_zero=None if hours_ago is None else NOW - timedelta(hours=hours_ago),
        unit=unit,
        settled=True,
        elements=(verdict,),
    )


cases = st.builds(
    case,
    st.sampled_from("abcd"),
    st.integers(0, 6),
    status=st.sampled_from(CaseStatus),
    element=st.sampled_from(ElementStatus),
    hours_ago=st.none() | st.integers(-3, 800),
    unit=st.sampled_from(["ED", None]),
)


def told(records, now=NOW):
    rates = RollingRates()
    for record in records:
        rates.put(record.case_id.encode(), contribution_of(record), now)
    return rates


def counted(rates):
    return {(rate.window, rate.unit): {name: getattr(rate, name) for name in COUNTS} for rate in rates.rates()}


def counted_anew(records, now):
    """The same by the definition: the highest revision of each case, window by window."""
    latest = {}
    for record in records:
        if record.case_id not in latest or record.revision > latest[record.case_id].revision:
            latest[record.case_id] = record
    rows = {}
    for record in latest.values():
        for window, length in LENGTHS.items():
            if record.time_zero is not None and now - length < record.time_zero <= now:
                name = _counted_as(record)
                if name:
                    rows.setdefault((window, record.unit or "unknown"), Counter())[name] += 1
    return {
        key: {name: row[name] for name in COUNTS}
        | {"denominator": row["met"] + row["met_late"] + row["missed"] + row["cannot_assess"]}
        for key, row in rows.items()
    }


def _counted_as(record):
    status = record.elements[0].status
    if record.status not in {"denominator", "excluded"} or status == "not_applicable":
        return None
    if record.status == "excluded" or status == "excluded":
        return "excluded"
    return "pending" if status in {"open", "not_open", "due_soon", "overdue"} else str(status)


@given(records=st.lists(cases), hours=st.lists(st.integers(0, 400), max_size=3).map(sorted))
def test_rates_are_the_count_over_the_latest_records_as_the_windows_roll(records, hours):
    rates = told(records)
    assert counted(rates) == counted_anew(records, NOW)

    for later in hours:
        rates.roll(NOW + timedelta(hours=later))

        assert counted(rates) == counted_anew(records, NOW + timedelta(hours=later))


@given(records=st.lists(cases))
def test_repeats_leave_no_trace(records):
    assert counted(told([*records, *records])) == counted(told(records))


def test_a_case_leaves_a_window_at_the_first_instant_after_its_length():
    rates = told([case("a", hours_ago=0)])

    rates.roll(NOW + timedelta(hours=24) - timedelta(microseconds=1))
    assert (Window.DAY, "ED") in counted(rates)

    assert rates.roll(NOW + timedelta(hours=24))
    assert (Window.DAY, "ED") not in counted(rates)
    assert (Window.WEEK, "ED") in counted(rates)


def test_a_case_taken_away_leaves_nothing():
    rates = told([case("a")])

    assert rates.put(b"a", None, NOW)
    assert rates.rates() == []
    assert not rates.put(b"a", None, NOW)
