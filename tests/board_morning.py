"""A morning in one hospital at 10:40, of every kind a coordinator meets."""

from board_story import ADULT, TRIAGE, alert, at, case, child, feed, rate
from schemas.read_model import Window


def morning():
    """The cases of the morning, of every kind a coordinator meets."""
    due_soon = {"due": "10:48"}
    return [
        case(
            "20417",
            "ED Peds",
            [
                ("blood_culture", "met", {"due": "10:48", "done": "10:05"}),
                ("antibiotics", "due_soon", due_soon),
                ("fluids", "due_soon", due_soon),
            ],
            zero="09:48",
            rule="triage",
        ),
        child("20421", "ED Peds"),
        case(
            "20388",
            "ED Adult",
            [
                ("lactate", "met", {"due": "11:52", "done": "09:10", "charted": "09:41"}),
                ("repeat_lactate", "open", {"due": "14:52"}),
                ("blood_culture", "met", {"due": "11:52", "done": "09:14"}),
                ("antibiotics", "open", {"due": "11:52"}),
                ("broad_spectrum", "not_open", {}),
                ("fluids", "not_open", {}),
                ("vasopressor", "not_applicable", {}),
            ],
            measure=ADULT,
            zero="08:52",
            rule="criteria_within_6_h",
        ),
        case(
            "20364",
            "MICU",
            [
                ("lactate", "met_late", {"due": "08:30", "done": "08:52"}),
                ("repeat_lactate", "overdue", {"due": "10:22"}),
                ("blood_culture", "met", {"due": "08:30", "done": "06:10"}),
                ("antibiotics", "met", {"due": "08:30", "done": "06:31", "charted": "09:58"}),
                ("broad_spectrum", "met", {"done": "06:31"}),
                ("fluids", "cannot_assess", {}),
                ("vasopressor", "not_applicable", {}),
            ],
            measure=ADULT,
            zero="05:30",
            rule="criteria_within_6_h",
        ),
        case(
            "20402",
            "ED Peds",
            [
                ("blood_culture", "overdue", {"due": "10:12"}),
                ("antibiotics", "met", {"due": "10:12", "done": "09:40"}),
                ("fluids", "missed", {"due": "10:12"}),
            ],
            zero="09:12",
            rule="protocol",
        ),
        case(
            "20423",
            "ED Adult",
            [("antibiotics", "open", {"due": "11:33"}), ("lactate", "open", {"due": "13:33"})],
            measure=TRIAGE,
            zero="10:33",
            rule="sepsis_triage_form",
        ),
        case(
            "20388",
            "ED Adult",
            [("antibiotics", "overdue", {"due": "09:52"}), ("lactate", "met", {"due": "11:52", "done": "09:10"})],
            measure=TRIAGE,
            zero="08:52",
            rule="sepsis_triage_form",
        ),
        case(
            "20391",
            "Ward 5 B surgical step-down",
            [
                ("lactate", "met", {"due": "10:20", "done": "07:41"}),
                ("repeat_lactate", "not_open", {}),
                ("blood_culture", "met", {"due": "10:20", "done": "07:44"}),
                ("antibiotics", "met", {"due": "10:20", "done": "08:02"}),
            ],
            measure=ADULT,
            zero="07:20",
            rule="clinician_determination",
        ),
        case(
            "20350",
            "PICU",
            [
                ("blood_culture", "met", {"due": "08:10", "done": "07:21"}),
                ("antibiotics", "met", {"due": "08:10", "done": "07:40"}),
                ("fluids", "met", {"due": "08:10", "done": "08:01"}),
            ],
            zero="07:10",
        ),
        case(
            "20344",
            "ED Peds",
            [
                ("blood_culture", "missed", {"due": "07:40"}),
                ("antibiotics", "met_late", {"due": "07:40", "done": "08:15"}),
                ("fluids", "met", {"due": "07:40", "done": "07:31"}),
            ],
            zero="06:40",
            rule="protocol",
            closed_at=at("09:30"),
        ),
        case(
            "20339",
            "MICU",
            [("antibiotics", "excluded", {}), ("lactate", "excluded", {})],
            measure=ADULT,
            zero="04:40",
            rule="criteria_within_6_h",
            status="excluded",
            reason="comfort_care",
        ),
    ]


def said():
    """The alerts of the morning."""
    return [
        alert("a1", "bundle_started", "bundle", "09:16", "Sepsis protocol started; time zero 09:12.", case="20402"),
        alert(
            "a2",
            "due_soon",
            "blood_culture",
            "09:52",
            "Blood culture due by 10:12, 20 min left; nothing charted yet.",
            case="20402",
            due_at=at("10:12"),
        ),
        alert(
            "a3",
            "missed",
            "blood_culture",
            "10:13",
            "No blood culture charted; window closed 10:13.",
            case="20402",
            due_at=at("10:12"),
            supersedes="a2",
        ),
        alert(
            "a4",
            "missed",
            "fluids",
            "10:13",
            "No fluids charted as completed; window closed 10:13.",
            case="20402",
            due_at=at("10:12"),
        ),
        alert(
            "b1",
            "missed",
            "antibiotics",
            "08:31",
            "No antibiotics charted; window closed 08:31.",
            case="20364",
            unit="MICU",
            measure=ADULT,
            due_at=at("08:30"),
        ),
        alert(
            "b2",
            "withdrawn",
            "antibiotics",
            "09:58",
            "Antibiotics given 06:31, charted 09:58: in time after all.",
            case="20364",
            unit="MICU",
            measure=ADULT,
            reason="met_in_time",
            supersedes="b1",
        ),
        alert(
            "b3",
            "amended",
            "lactate",
            "08:58",
            "Lactate drawn 08:52, 22 min after the window.",
            case="20364",
            unit="MICU",
            measure=ADULT,
            reason="done_late",
        ),
        alert(
            "c1",
            "due_soon",
            "antibiotics",
            "10:28",
            "Antibiotics due by 10:48, 20 min left; nothing charted yet.",
            case="20417",
            due_at=at("10:48"),
        ),
        alert(
            "c2",
            "due_soon",
            "fluids",
            "10:28",
            "Fluids due by 10:48, 20 min left; nothing charted as completed yet.",
            case="20417",
            due_at=at("10:48"),
        ),
        alert(
            "d1",
            "bundle_started",
            "bundle",
            "10:34",
            "Sepsis triage form at 10:33 opens the case.",
            case="20423",
            unit="ED Adult",
            measure=TRIAGE,
        ),
        alert(
            "d2",
            "missed",
            "antibiotics",
            "09:53",
            "No antibiotics charted; window closed 09:53.",
            case="20388",
            unit="ED Adult",
            measure=TRIAGE,
            due_at=at("09:52"),
        ),
    ]


def flows():
    """How the feeds stand at 10:40."""
    return [
        feed("raw.vitals", "mimic3", "10:39", 89_054, ignored=1_204),
        feed("raw.lab", "mimic3", "10:37", 23_286, ignored=512, rejected=3),
        feed("raw.medication", "mimic3", "10:31", 8_497, ignored=96),
        feed("raw.adt", "simulated", "10:38", 1_120),
        feed("raw.act", "simulated", "10:34", 342, ignored=8),
    ]


def figures():
    """Rolling compliance of two units, in two partitions."""
    one, two = [], []
    for window, scale in zip(Window, (1, 6, 24), strict=True):
        for place, element in enumerate(("bundle", "blood_culture", "antibiotics", "fluids")):
            one.append(rate(element, window, (3 + place) * scale, 2 * scale, late=1, pending=2, cannot=place == 3))
            two.append(rate(element, window, 2 * scale, 1, unit="PICU", excluded=scale))
        for element in ("bundle", "lactate", "repeat_lactate", "blood_culture", "antibiotics"):
            two.append(
                rate(
                    element,
                    window,
                    9 * scale,
                    3 * scale,
                    measure=ADULT,
                    unit="MICU",
                    cannot=4 * scale,
                    pending=3,
                    late=1,
                )
            )
            one.append(rate(element, window, 5 * scale, scale, measure=ADULT, unit="ED Adult", pending=4))
    return {"0": one, "1": two}


def tell_morning(models):
    """Write the whole morning."""
    models.clock()
    models.cases(*morning())
    models.alerts(*said())
    models.feeds(*flows())
    models.rates(**figures())
