"""What both judges say of a story told by hand: the naive one's verdict, once the engine was found to agree."""

from collections import Counter
from functools import cache

from reference.engine_answers import disagreements
from reference.naive_judge import MEASURES, judge_messages
from reference.told_stories import CHILD, tell
from scoring.rules import load_rules

TREND_3H, PUBLIC_3H = "nys-adult-3h/trend-2015", "nys-adult-3h/public-2015"
TREND_6H, PUBLIC_6H = "nys-adult-6h/trend-2015", "nys-adult-6h/public-2015"
PROTOCOL_ADULT, PROTOCOL_CHILD = "nys-protocol-initiated-adult/2015", "nys-protocol-initiated-ped/2015"
DEATHS = "nys-mortality-adult/2015"
HOUR_1, TRIAGE, SEP_1 = "ssc-hour1/2018", "ed-sepsis-triage/mannhardt", "sep1-like/1"
CHA, CHA_DEATHS = "cha/2012", "cha-mortality/2012"
IPSO, IPSO_MODIFIED = "ipso/original", "ipso/modified"
NYS, PUBLIC, TREND = "nys-ped-1h/spec-2015", "nys-ped-1h/public-2015", "nys-ped-1h/trend-2015"
BOUNDED, LITERAL = "nys-ped-1h/spec-2015-bounded", "nys-ped-1h/spec-2015-literal"

PROTOCOL = "10:00 protocol_started; "
ED = "09:50 arrive; 10:00 triage; 10:05 protocol_started; "
SCREEN, HUDDLE = "10:00 sepsis_screen_positive; ", "10:00 sepsis_huddle; "
FORM = "10:00:30 sepsis_triage_form; "

rules_of = cache(lambda measure: load_rules([measure]))


def verdicts(measure, messages):
    """The cases of some messages by one measure.

    Raises:
        AssertionError: the engine says otherwise.
    """
    chosen = [each for each in MEASURES if each.name == measure]
    assert disagreements(messages, rules_of(measure), Counter(), chosen) == []
    return [case for _, case in judge_messages(messages, chosen)]


def judged(measure, story, born=CHILD):
    """The cases of a story by one measure."""
    return verdicts(measure, tell(story, born))


def first(measure, story, born=CHILD):
    """The first case of a story."""
    return judged(measure, story, born)[0]
