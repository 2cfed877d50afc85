"""What a fact is called where people read it."""

import pytest

from scoring.description import describe
from storyteller import read_story


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("transferred in to Picu", ("transferred_in", "transferred in, Picu", None, None)),
        ("discharged", ("discharged", "discharged", None, None)),
        ("septic shock documented", ("septic_shock_documented", "septic shock documented", None, None)),
        ("systolic bp 82", ("systolic_bp", "systolic bp", 82, "mmHg")),
        ("lactate", ("lactate", "lactate", None, "mmol/L")),
        ("blood culture", ("blood_culture", "blood culture", None, None)),
        ("lactated ringers 400 mL", ("crystalloid", "lactated ringers", 400, "mL")),
        ("ceftriaxone iv", ("antibacterial", "ceftriaxone", None, None)),
        ("born 2020-01-31", ("patient", "born 2020-01-31", None, None)),
        ("merged into P2", ("merge", "merge", None, None)),
    ],
)
def test_a_fact_has_a_type_words_and_a_value_with_its_unit(line, told):
    (fact,) = read_story(f"10:00  {line.replace('lactated ringers', 'lactated_ringers')}")

    assert describe(fact) == told
