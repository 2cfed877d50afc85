"""Records of cases, put together when somebody asks: which, in what order, and what is said without them."""

from lived import live, stepped
from schemas.alert import AlertKind
from scoring.case_records import take_records
from scoring.patient_state import UNRECORDED
from scoring.rules import load_rules
from scoring.step import step
from scoring.written_state import decode_state, encode_state
from shock_story import SHOCK
from storyteller import clock, clock_text, read_story, rival_line

PED, TREND, SEP1 = "nys-ped-1h/spec-2015", "nys-ped-1h/trend-2015", "sep1-like/1"
RULES = load_rules([PED])


def unasked(story, rules=RULES, state=None):
    """The steps of a story after which nobody asked for records."""
    steps = []
    for event in read_story(story):
        steps.append(step(state, event, rules))
        state = steps[-1].state
    return steps


def test_one_record_tells_all_that_was_said_of_a_case_since_the_last():
    state = unasked("10:00 protocol\n 10:10 blood culture\n 10:20 ceftriaxone iv")[-1].state
    (record,) = take_records(state, RULES)

    stands = {verdict.element: verdict.status for verdict in record.elements}
    assert (stands["blood_culture"], stands["antibiotics"], stands["fluids"]) == ("met", "met", "open")
    assert (record.revision, record.as_of) == (3, clock("10:20"))


def test_what_was_taken_is_not_given_again():
    state = unasked("10:00 protocol")[-1].state

    assert len(take_records(state, RULES)) == 1
    assert take_records(state, RULES) == ()
    assert state.unrecorded == {}


def test_a_record_has_the_hour_of_its_case_and_the_revision_of_the_moment_it_was_put_together():
    """The heart rate is of no case, and a change for the patient."""
    state = unasked("10:00 protocol\n 10:10 heart rate 90 measured 10:05")[-1].state
    (record,) = take_records(state, RULES)

    assert (record.revision, record.as_of) == (2, clock("10:00"))


def test_a_record_that_was_otherwise_in_between_is_given_though_it_says_the_same():
    """Whoever took it in between may have said so, and have died before his state was stored."""
    protocol, culture, retraction = read_story("10:00 protocol\n 10:10 blood culture\n 10:20 retract blood culture")
    state = step(None, protocol, RULES).state
    (first,) = take_records(state, RULES)
    written = encode_state(state)
    (unstored,) = take_records(step(decode_state(written), culture, RULES).state, RULES)
    for begun in (state, decode_state(written)):
        (again,) = take_records(step(step(begun, culture, RULES).state, retraction, RULES).state, RULES)

        assert again == first.model_copy(update={"revision": 3, "as_of": clock("10:20")})
        assert again.revision > unstored.revision


def test_records_come_by_case_and_measure():
    """Whoever starts anew judges all at once, and would give them in another order."""
    rules = load_rules([TREND, PED])
    state = unasked("10:00 protocol\n 10:10 ruled out\n 10:20 protocol (again)", rules)[-1].state

    places = [(record.case_id, record.measure) for record in take_records(state, rules)]
    assert places == [("E1", PED), ("E1", TREND), ("E1#2", PED), ("E1#2", TREND)]


def test_a_case_that_says_what_its_record_said_is_not_given_after_a_restart():
    state = unasked("10:00 protocol")[-1].state
    take_records(state, RULES)
    state = unasked("10:10 heart rate 90 measured 10:05", state=decode_state(encode_state(state)))[-1].state

    assert [case.case_id for case, _ in state.unrecorded.values()] == ["E1"]
    assert take_records(state, RULES) == ()


def test_a_case_that_was_never_recorded_is_given_after_a_restart():
    state = unasked("10:00 protocol")[-1].state
    state = unasked("10:10 heart rate 90 measured 10:05", state=decode_state(encode_state(state)))[-1].state

    assert [record.case_id for record in take_records(state, RULES)] == ["E1"]


def gone(restart):
    """A case that is announced, and then no more, before its record was put together."""
    protocol, retraction = read_story("10:00 protocol\n 10:10 retract protocol")
    state = step(None, protocol, RULES).state
    assert state.published["E1", PED].digest == UNRECORDED
    return stepped(decode_state(encode_state(state)) if restart else state, retraction, RULES)


def test_a_case_gone_before_its_record_was_put_together_is_taken_back_whole():
    for taken in (gone(restart=False), gone(restart=True)):
        assert [(alert.kind, alert.element) for alert in taken.alerts] == [(AlertKind.WITHDRAWN, "bundle")]
        assert [(belief.status, belief.reason) for belief in taken.beliefs] == [(None, "corrected")]
        assert taken.removed_cases == (f"F1|E1|{PED}",)
        assert sorted(key.rpartition("|")[2] for key in taken.removed_verdicts) == [
            "antibiotics",
            "blood_culture",
            "bundle",
            "fluids",
        ]
        assert taken.cases == ()


def test_a_case_that_went_and_came_back_since_its_record_is_given_though_it_says_the_same():
    """Record and verdicts were named for removal in between: for a moment the protocol was of the earlier stay."""
    *before, linked, unlinked = read_story("""
        09:00-5  arrived [S1]
        10:00-5  discharged [S1]
        10:00    protocol [S2]
        10:00    continues as S2 [S1]
        10:00    retract continues as S2 [S1]
    """)
    state = live(before, RULES).state
    (_, first), *_ = state.records.items()
    went, came = step(state, linked, RULES), step(state, unlinked, RULES)
    (again,) = take_records(state, RULES)

    assert went.removed_cases == (first.key,)
    assert sorted(went.removed_verdicts) == sorted(verdict.key for verdict in came.verdicts)
    assert again == first.model_copy(update={"revision": again.revision})


def test_what_moves_a_rival_alone_is_recorded_and_judges_no_case_again():
    """The first heart rate is of no measure: it dates a rule of the catalogue."""
    rules = load_rules([PED])
    state = unasked("07:00 born 2020-03-02\n 07:00 arrived\n 09:00 protocol", rules)[-1].state
    take_records(state, rules)
    (before,) = state.cases["E1", PED]
    said = unasked("09:10 heart rate 160 measured 08:40", rules, state)[-1]
    (record,) = take_records(state, rules)

    assert (said.verdicts, said.alerts, said.beliefs) == ((), (), ())
    assert state.cases["E1", PED][0].elements is before.elements
    assert "08:40 abnormal_vitals" in map(rival_line, record.rivals)
    assert clock_text(record.as_of) == "09:10"


def test_what_changes_only_what_a_rival_would_mean_is_recorded_and_judges_no_case_again():
    """A dose of the next day is nothing to a case that had its own; by the protocol's start it is the first."""
    rules = load_rules([SEP1])
    state = unasked(f"{SHOCK}\n 12:00+1 protocol", rules)[-1].state
    take_records(state, rules)
    (before,) = state.cases["E1", SEP1]
    said = unasked("13:00+1  ceftriaxone iv (second)", rules, state)[-1]
    (record,) = take_records(state, rules)

    assert (said.verdicts, said.alerts, said.beliefs) == ((), (), ())
    assert state.cases["E1", SEP1][0].elements is before.elements
    by_protocol = next(rival for rival in record.rivals if rival.name == "protocol_start")
    assert [each.minutes for each in by_protocol.elements if each.element == "antibiotics"] == [60]


def test_a_rival_that_came_with_the_last_record_is_heard_of_with_the_next_fact():
    """No date of the case asks for a dose of the third day, until the protocol begins on it."""
    rules = load_rules([SEP1])
    state = unasked(f"{SHOCK}\n 09:00+3 quiet", rules)[-1].state
    noted = []
    for line in ("10:00+3 ceftriaxone iv (second)", "11:00+3 protocol", "11:30+3 ceftriaxone iv (third)"):
        take_records(state, rules)
        unasked(line, rules, state)
        noted.append(len(state.unrecorded))

    assert noted == [0, 1, 1]


def test_no_rival_is_compared_before_a_record_is_asked_for():
    state = unasked("10:00 protocol\n 10:10 blood culture\n 10:20 ceftriaxone iv")[-1].state

    assert state.rivals["E1"].told == {}
