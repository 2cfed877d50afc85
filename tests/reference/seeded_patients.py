"""Makes up patients close to every boundary that the shipped measures draw; a seed gives the same patients again.

Nothing here knows a verdict. Each story sets what measures compare at, just before and just after their limits and
look-backs, so that both ways of judging must agree where it is hardest.
"""

from datetime import date, timedelta
from random import Random

from reference.seeded_chart import SeededChart, about, chance
from reference.seeded_days import charted_badly, charted_by_day, vague
from reference.seeded_shock import fluids, lactates, pressures, severe_sepsis, shock_story, vasopressors

HOUR = 60
DAY = 24 * HOUR
CHILD_ENTRY = ["order_set_started", "sepsis_documented", "severe_sepsis_documented", "septic_shock_documented"]
FURTHER_ENTRY = ["best_practice_alert", "sepsis_screen_positive", "sepsis_huddle", "sepsis_triage_form"]
NARROW = ["vancomycin", "gentamicin", "metronidazole", "cefazolin"]
BROAD = ["ceftriaxone", "piperacillin_tazobactam", "meropenem"]
PLAUSIBLE_FROM = 2002
"""A word on an earlier year is refused at the door, whoever was born when."""

WITHIN = [0, 15, 20, 60, 180, 360]
"""Limits that shipped measures put on acts, in minutes."""

LEFT_OUT_BY = ["comfort_care", "care_refused", "excluded_from_protocol"]
LEFT_OUT_EVER = ["trial_enrolled", "pregnancy_documented", "covid19_documented"]


def born(chart, is_child):
    """Who the patient is, and perhaps a birthday of 18 years at admission, or nobody who knows."""
    rng, today = chart.rng, chart.moment.astimezone(chart.zone).date()
    if chance(rng, 0.05):
        return
    years = rng.randrange(18) if is_child else rng.randrange(19, 90)
    birth = today - timedelta(days=years * 365.25 + 30)
    if chance(rng, 0.06):
        birth = date(today.year - 18, today.month, min(today.day, 28)) + timedelta(days=rng.choice([-1, 0, 1]))
    chart.birth = birth
    if chance(rng, 0.5):
        chart.send("raw.adt/1", {}, event="register", birth_date=birth.isoformat())
    else:
        chart.visit("move", -1, birth_date=birth.isoformat())
    if chance(rng, 0.03):
        corrected = birth - timedelta(days=rng.choice([1, 400]))
        chart.send("raw.adt/1", {}, event="register", birth_date=corrected.isoformat())


def come(chart):
    """Arrival, triage and admission around the moment; of a few nobody says that they came."""
    rng = chart.rng
    if chance(rng, 0.03):
        return
    if chance(rng, 0.8):
        chart.visit("arrive", about(rng, -5, -60, 0))
    if chance(rng, 0.75):
        chart.visit("triage", about(rng, 0, 0, 0, -10, -60))
    if chance(rng, 0.6):
        chart.visit("admit", about(rng, 0, 200, 200, 400, -300))
    if chance(rng, 0.04):
        chart.visit("transfer_in", -90)


def leave(chart):
    """Discharge, death or transfer out; or still here."""
    rng = chart.rng
    if chart.died_at is not None:
        chart.visit("died", chart.died_at)
        chart.visit("discharge", chart.died_at + 20, discharge_status="20")
        return
    at = about(rng, 30, HOUR, 6 * HOUR, 2 * DAY, 5 * DAY, 3 * DAY, 30 * DAY, 40 * DAY, 120 * DAY, 120 * DAY + 200)
    match rng.choice(["home", "home", "home", "died", "expired", "moved", "here", "home_and_died"]):
        case "home":
            go_home(chart, at)
        case "died":
            chart.visit("died", at - rng.choice([0, 5, 300]))
            chart.visit(*rng.choice([("move", at), ("discharge", at)]), discharge_status="20")
        case "expired":
            chart.visit("discharge", at, discharge_status="20")
        case "moved":
            chart.visit("transfer_out", at)
        case "home_and_died":
            chart.visit("discharge", at, discharge_status="01")
            chart.visit("died", at + rng.choice([DAY, 3 * DAY, 30 * DAY]))


def go_home(chart, at):
    """A discharge, and now and then a protocol about that time."""
    rng = chart.rng
    chart.visit("discharge", at, discharge_status=rng.choice(["01", "03", "41"]))
    if chance(rng, 0.3):
        chart.act("protocol_started", at + rng.choice([-1, 1, 5]))


def open_case(chart, at=0):
    """What opens cases, some of it later and earlier than the moment."""
    rng = chart.rng
    if chance(rng, 0.5):
        chart.act("protocol_started", at + about(rng, 0, 0, 0, 45, -45))
    for act in rng.sample(CHILD_ENTRY, rng.choice([0, 1, 1, 2])):
        chart.act(act, at + about(rng, 0, 20, 60, -60, 360, -360))
    for act in rng.sample(FURTHER_ENTRY, rng.choice([0, 0, 1, 2])):
        chart.act(act, at + about(rng, 0, 0, -20, 60, 180, -DAY))
    if chance(rng, 0.3):
        chart.act("sepsis_triage_form", at + rng.choice([0, 10, 30]))
    if chance(rng, 0.4):
        chart.act("pews", at + about(rng, 0, 0, -30), value=rng.choice([2, 2.5, 3, 3, 7]))


def antibiotics(chart, at=0):
    """Doses around the limits, by routes that count and others; some known by their day only, some in courses."""
    rng = chart.rng
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        drug = rng.choice(BROAD + NARROW + NARROW)
        chart.dose(
            drug, at + about(rng, *WITHIN, 10, 30, 30, -DAY), rng.choice(["iv"] * 6 + ["io", "im", "im", "oral"])
        )
    if chance(rng, 0.1):
        chart.dose(rng.choice(BROAD), at + about(rng, 240))
    if chance(rng, 0.06):
        for place in range(rng.choice([2, 3])):
            chart.dose("vancomycin", at - 60 - place * (DAY + rng.choice([-60, -1, 0, 1])))
    if chance(rng, 0.05):
        chart.dose("fluconazole", at + 5)
    if chance(rng, 0.15):
        day = at + rng.choice([-DAY, 0, 0, DAY])
        chart.on_day("raw.medication/1", day, code=rng.choice(["metronidazole", "ceftriaxone"]), route="iv")


def cultures(chart, at=0):
    """Blood cultures around the limits and the first dose, and cultures that are none of blood."""
    rng = chart.rng
    for _ in range(rng.choice([0, 1, 1, 1, 2])):
        chart.culture(at + about(rng, *WITHIN, 10, 30, -2 * DAY))
    if chance(rng, 0.1):
        chart.culture(at + about(rng, 0, 60), rng.choice(["csf_culture", "urine_culture"]))
    if chance(rng, 0.05):
        ordered = {"ordered_at": chart.time(at)}
        chart.send("raw.lab/1", ordered, code="blood_culture", code_system="name")
    if chance(rng, 0.06):
        chart.act("culture_delay_accepted", at + 20)
    if chance(rng, 0.15):
        chart.on_day("raw.lab/1", at + rng.choice([-DAY, 0, 0, DAY]), code="blood_culture", code_system="name")


def vital_signs(chart, at=0):
    """A full set, or all but one, of which the last is charted about the limit."""
    rng = chart.rng
    signs = [
        ("temperature", 38.0, "Cel"),
        ("heart_rate", 85, "/min"),
        ("respiratory_rate", 18, "/min"),
        ("spo2", 97, "%"),
    ]
    signs.append(rng.choice([("systolic_bp", 120, "mmHg"), ("mean_arterial_pressure", 80, "mmHg")]))
    slowest = rng.choice([0, 15, 20, 21, 40])
    for code, value, unit in signs:
        if chance(rng, 0.95):
            measured = rng.choice([0, 0, 0, 1, -1 if chance(rng, 0.2) else 0, 5])
            chart.vital(code, at + measured, value, unit, charted_after=max(0, rng.choice([0, slowest]) - measured))


def well_treated(chart):
    """A bundle done within every limit, or all but."""
    rng, kg = chart.rng, 20
    chart.culture(about(rng, 1, 5))
    chart.dose(rng.choice(BROAD), rng.choice([12, 15, 19, 40]))
    if chance(rng, 0.9):
        chart.vital("weight", -5, kg, "kg")
    initial = rng.choice([1.5, 2.5, 4.2])
    chart.lab("lactate", 8, initial, "mmol/L", result_after=25)
    chart.lab("lactate", rng.choice([100, 200, 361]), 1.8, "mmol/L", result_after=20)
    for start in (3, 10, 20):
        chart.fluid(start, 30, rng.choice([200, 200, 201, 133.4]))
    if chance(rng, 0.4):
        chart.act("reassessment", rng.choice([90, 300]))


def pews_before_method(chart):
    """A PEWS recognises the child, a method only later."""
    rng = chart.rng
    chart.act("pews", 0, value=5)
    if chance(rng, 0.6):
        chart.charted_on_day("raw.act/1", 10, 30, act="sepsis_huddle")
    for act in rng.sample(["sepsis_huddle", "order_set_started", "sepsis_screen_positive"], rng.choice([0, 1, 2])):
        chart.act(act, about(rng, 60, 180, 240, 30))


def left_out(chart):
    """What excludes a case, about its limit or ever."""
    rng = chart.rng
    if chance(rng, 0.16):
        reason = rng.choice(["contraindication", "directive", "declined", "research", None])
        chart.act(rng.choice(LEFT_OUT_BY), about(rng, 60, 360, 360, 500, -60), **({"reason": reason} if reason else {}))
    if chance(rng, 0.1):
        chart.act(rng.choice(LEFT_OUT_EVER), about(rng, 0, 2000))


def said(chart):
    """A person says when time zero was, for one measure or for all, and perhaps once more; now and then about birth."""
    rng = chart.rng
    for _ in range(rng.choice([1, 1, 2])):
        minute = about(rng, 0, -30, 60, 300, -360)
        if chart.birth is not None and chart.birth.year >= PLAUSIBLE_FROM and chance(rng, 0.3):
            days = (chart.birth - chart.moment.date()).days
            minute = (days + rng.choice([-400, -1, 0, 1])) * DAY + rng.choice([0, 300, 720])
        measure = {"measure": rng.choice(["nys-ped-1h/spec-2015", "sep1-like/1"])} if chance(rng, 0.3) else {}
        word = {"act": "time_zero_overridden", "reason": "chart review", "actor": "coordinator", **measure}
        chart.send("raw.act/1", {"happened_at": chart.time(1500), "time_zero": chart.time(minute)}, **word)


def rule_out(chart):
    """Sepsis is ruled out, and perhaps returns."""
    rng = chart.rng
    at = about(rng, 0, 60, 300, 600)
    chart.act("sepsis_ruled_out", at)
    if chance(rng, 0.7):
        again = at + rng.choice([0, 1, 30, 700, 3000])
        open_case(chart, again)
        antibiotics(chart, again)
        cultures(chart, again)
        fluids(chart, again)
        severe_sepsis(chart, again)


def second_stay(chart):
    """Another number: the stay that a visit became, or one of its own, about the 6 h between."""
    rng, first = chart.rng, chart.encounter
    left = rng.choice([100, 700])
    chart.visit("discharge", left, discharge_status="01")
    chart.encounter = f"{first}b"
    begins = left + about(rng, 6 * HOUR, 6 * HOUR, 30, 2000)
    chart.visit("admit", begins)
    open_case(chart, begins)
    antibiotics(chart, begins)
    if chance(rng, 0.3):
        link = {"event": "link", "into_encounter_id": chart.encounter, "encounter_id": first}
        chart.send("raw.adt/1", {"happened_at": chart.time(begins)}, **link)


def merged(chart):
    """Some of the messages came under another number of the patient."""
    other = f"{chart.patient}q"
    for message in chart.messages:
        if chance(chart.rng, 0.3):
            message["patient_id"] = other
    chart.patient, chart.is_faulty = other, False
    chart.send("raw.adt/1", {"happened_at": chart.time(600)}, event="merge", into_patient_id=f"P{chart.number}")


def well_treated_shock(chart):
    """A lactate of shock, and all that is asked for within every limit."""
    rng = chart.rng
    chart.vital("weight", -5, 70, "kg")
    chart.lab("lactate", about(rng, 35), 4.2, "mmol/L", result_after=20)
    chart.lab("lactate", 150, 1.8, "mmol/L", result_after=20)
    chart.culture(rng.choice([3, 12]))
    chart.dose(rng.choice(BROAD), about(rng, 45))
    chart.fluid(15, 60, 2100)


def shock_in_emergency(chart):
    """An adult whom nothing leaves out at once: triaged, protocol started, severe sepsis, septic shock."""
    rng = chart.rng
    chart.send("raw.adt/1", {}, event="register", birth_date="1950-06-01")
    chart.visit("arrive", -10)
    chart.visit("triage", about(rng, 0, -10))
    chart.act("protocol_started", about(rng, 0, 20))
    chart.act("infection_suspected", -20)
    for code, value, unit in (("temperature", 39, "Cel"), ("heart_rate", 120, "/min")):
        chart.vital(code, rng.choice([-30, -1, 0]), value, unit)
    if chance(rng, 0.12):
        well_treated_shock(chart)
    else:
        shock_story(chart, 0)
        lactates(chart)
        antibiotics(chart)
        cultures(chart)
        vague(chart)
    if chart.died_at is not None:
        chart.visit("died", chart.died_at)
    elif chance(rng, 0.6):
        chart.visit("discharge", about(rng, 5 * DAY, 2 * DAY), discharge_status=rng.choice(["01", "20"]))


def treat(chart, is_child):
    """What opens a case and what is done: as it comes, or well."""
    rng = chart.rng
    if chance(rng, 0.05):
        charted_by_day(chart)
        return
    if is_child and chance(rng, 0.09):
        pews_before_method(chart)
    else:
        open_case(chart)
    vital_signs(chart)
    if chance(rng, 0.2):
        well_treated(chart)
        return
    antibiotics(chart)
    cultures(chart)
    fluids(chart)
    lactates(chart)


def patient_messages(seed, number, *, is_faulty=True):
    """All messages about one patient, shuffled; `is_faulty`: with repeats, corrections, merges and other numbers."""
    rng = Random(f"{seed}-{number}")
    chart = SeededChart(rng, number, is_faulty=is_faulty)
    is_child = chance(rng, 0.45)
    if not is_child and chance(rng, 0.4 if is_faulty else 0.5):
        shock_in_emergency(chart)
        return shuffled(chart)
    born(chart, is_child)
    come(chart)
    treat(chart, is_child)
    left_out(chart)
    charted_badly(chart)
    if not is_child:
        pressures(chart)
        vasopressors(chart)
        severe_sepsis(chart)
    if is_faulty and chance(rng, 0.07):
        second_stay(chart)
    elif chance(rng, 0.1):
        rule_out(chart)
    if is_faulty and chance(rng, 0.04):
        said(chart)
    if chance(rng, 0.9):
        leave(chart)
    if is_faulty and chance(rng, 0.012):
        merged(chart)
    return shuffled(chart)


def shuffled(chart):
    """The messages in an order of their own."""
    chart.rng.shuffle(chart.messages)
    return chart.messages
