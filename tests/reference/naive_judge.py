"""The naive judge: raw messages in, every case of every shipped measure out, long after every clock has settled.

It shares no code with the project and hard-codes the numbers of the texts: another way to the same verdicts.
"""

from reference import (
    naive_collaboratives,
    naive_hour_1,
    naive_nys_adults,
    naive_nys_children,
    naive_sep1,
    naive_triage_form,
)
from reference.naive_feed import read_patients
from reference.naive_measure import judge_by
from reference.naive_stays import find_stays

MEASURES = [
    *naive_nys_children.MEASURES,
    *naive_nys_adults.MEASURES,
    *naive_collaboratives.MEASURES,
    *naive_hour_1.MEASURES,
    *naive_sep1.MEASURES,
    *naive_triage_form.MEASURES,
]


def judge_messages(messages, measures=MEASURES):
    """Every case, in no order; the facility comes first: `(facility, judged)`."""
    return [
        (facility, judged)
        for (facility, _), rows in read_patients(messages).items()
        for stay in find_stays(rows)
        for measure in measures
        for judged in judge_by(measure, stay)
    ]
