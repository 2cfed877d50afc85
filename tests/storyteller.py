"""Stories of one patient: lines with clock times in; what was said, and how things stand, out.

One line is one message: when it reached us, what it says, when that happened.

    10:00    protocol
    10:20    blood culture drawn 10:05
    10:41    ceftriaxone iv started 10:35
    10:45    ringer 400 mL started 10:10 completed 10:44
    10:50    weight 20 kg measured 09:30
    11:20    time zero was 09:50 by Jones because seen then
    11:30    correct ceftriaxone started 10:59
    11:40    retract blood culture
    12:00    quiet

Every act is told by its name (`septic shock documented`), or shorter (`protocol`); every drug of the
code tables by its own (`gentamicin`), and one that is no antibacterial (`fluconazole`) is heard and
left out, as the translators do. Further words, each where it fits:

    10:10    lactate 3.1 drawn 10:05 resulted 10:38
    10:15    excluded from protocol reason contraindication
    10:20    time zero overridden to 09:50 for sep1-like/1 reason earlier_triage actor doctor
    10:25    ceftriaxone im
    10:25    ringer 200 mL started 10:00 completed 10:20 as bag
    10:30    heart rate 110 measured 10:25 recorded 10:29

`as NAME` says what was hung once and given in parts.

A time is `HH:MM` or `HH:MM:SS`, with `+2` for two days later and `-1` for the day before; what
has no time of its own happened when it was received. `quiet` lets the time come and nothing
else. `(second)` behind a name tells facts of one kind apart, `[E2]` puts one into another
encounter, `[]` into none; `correct`, `retract` and `restore` are new versions of what was said;
`by day` keeps the day and forgets the time; `from NAME` names another source.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from lived import stepped
from schemas.clinical import (
    Act,
    ActName,
    ClockTick,
    Coverage,
    Culture,
    Link,
    Medication,
    Merge,
    Observation,
    Patient,
    Quantity,
    Specimen,
    Visit,
    VisitStep,
)
from schemas.translate.codebook import Drug, codebook
from scoring.judgement import judge
from scoring.rules import load_rules
from scoring.written_state import decode_state, encode_state

DAY = datetime(2026, 3, 2, tzinfo=UTC)
FACILITY, PATIENT, ENCOUNTER = "F1", "P1", "E1"

CLOCK = r"\d\d:\d\d(?::\d\d)?(?:[+-]\d+)?"
LINE = re.compile(rf"(?P<at>{CLOCK})\s+(?:(?P<again>correct|retract|restore)\s+)?(?P<rest>.+)")
TIMES = re.compile(rf"\b(drawn|measured|resulted|recorded|started|completed|ordered|at|until|to|was)\s+({CLOCK})")
ACTS = {act.value.replace("_", " "): act for act in ActName} | {
    "protocol": ActName.PROTOCOL_STARTED,
    "order set": ActName.ORDER_SET_STARTED,
    "ruled out": ActName.SEPSIS_RULED_OUT,
    "triage form": ActName.SEPSIS_TRIAGE_FORM,
    "ventilation": ActName.MECHANICAL_VENTILATION,
    "pupils fixed": ActName.PUPILS_FIXED,
    "shock documented": ActName.SEPTIC_SHOCK_DOCUMENTED,
    "time zero": ActName.TIME_ZERO_OVERRIDDEN,
}
VISITS = {step.value.replace("_", " "): step for step in VisitStep}
CULTURES = {f"{specimen.value} culture": specimen for specimen in Specimen}
DRUGS = {drug.substance: drug for drug in codebook().drugs.values()}
DRUGS["ringer"] = Drug("ringer", DRUGS["lactated_ringers"].drug_class)
LEFT_OUT = {name for name in codebook().not_antibacterial if name.isidentifier()}
ROUTES = "|".join(sorted(set(codebook().routes.values())))
QUANTITIES = {quantity.value.replace("_", " "): quantity for quantity in Quantity}
NAMES = sorted(
    (*ACTS, *VISITS, *CULTURES, *DRUGS, *QUANTITIES, "born", "covers", "continues as", "merged into"),
    key=len,
    reverse=True,
)


def clock(text):
    """The instant that a clock time of a story means."""
    found = re.fullmatch(r"(\d\d):(\d\d)(?::(\d\d))?([+-]\d+)?", text)
    hours, minutes, seconds, days = (int(part or 0) for part in found.groups())
    return DAY + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def clock_text(at):
    """A moment as a story writes it."""
    days = (at.date() - DAY.date()).days
    shown = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    return f"{shown}{days:+d}" if days else shown


def read_story(story):
    """The events of a story, in the order told."""
    told = {}
    return [_event(line.strip(), told) for line in story.splitlines() if line.strip()]


def _event(line, told):
    found = LINE.fullmatch(line)
    at, rest = clock(found["at"]), found["rest"]
    if rest == "quiet" or rest.split()[0] in LEFT_OUT:
        return ClockTick(facility_id=FACILITY, patient_id=PATIENT, at=at)
    name = next(name for name in NAMES if re.match(rf"{name}\b", rest))
    label = re.search(r"\((\w+)\)", rest)
    fact_id = f"{name} {label[1]}" if label else name
    if found["again"] is None:
        number = sum(known == fact_id or known.startswith(f"{fact_id} #") for known in told)
        fact_id = f"{fact_id} #{number + 1}" if number else fact_id
        version = 0
    else:
        version = told[fact_id].version + 1
    held = told.get(fact_id)
    if found["again"] == "retract":
        fact = held.model_copy(update={"retracted": True})
    elif found["again"] == "restore":
        fact = held.model_copy(update={"retracted": False})
    else:
        fact = _fact(name, rest[len(name) :], at)
    told[fact_id] = fact.model_copy(
        update={"event_id": f"{fact_id}/{version}", "fact_id": fact_id, "version": version, "received_at": at}
    )
    return told[fact_id]


def _fact(name, rest, at):
    encounter = re.search(r"\[(\w*)\]", rest)
    source = re.search(r"\bfrom (\w+)", rest)
    common = {
        "event_id": "?",
        "fact_id": "?",
        "source": source[1] if source else "default",
        "facility_id": FACILITY,
        "patient_id": PATIENT,
        "encounter_id": (encounter[1] or None) if encounter else ENCOUNTER,
        "received_at": at,
        "day_only": "by day" in rest,
    }
    times = {word: clock(time) for word, time in TIMES.findall(rest)}
    common["recorded_at"] = times.get("recorded")
    if common["day_only"]:
        times = {word: time.replace(hour=0, minute=0, second=0) for word, time in times.items()}
    number = re.match(r"\s*(-?\d+(?:\.\d+)?)\b(?!:)", rest)
    return _written(name, rest, at, common, times, float(number[1]) if number else None)


def _written(name, rest, at, common, times, value):
    if name == "time zero":
        return _override(rest, at, common, times)
    if name in ACTS:
        return Act(
            **common, act=ACTS[name], happened_at=times.get("at", at), value=value, time_zero=times.get("to"),
            reason=_said(rest, "reason"), actor=_said(rest, "actor"), measure=_said(rest, "for"),
        )  # fmt: skip
    if name in VISITS:
        return Visit(
            **common, step=VISITS[name], happened_at=times.get("at", at),
            unit=_said(rest, "to"), discharge_status=_said(rest, "status"),
        )  # fmt: skip
    if name in CULTURES:
        drawn = None if "ordered" in times else at
        return Culture(
            **common, specimen=CULTURES[name], ordered_at=times.get("ordered"), collected_at=times.get("drawn", drawn)
        )
    if name in QUANTITIES:
        taken = times.get("drawn", times.get("measured", at))
        return Observation(
            **common, quantity=QUANTITIES[name], value=value, collected_at=taken, resulted_at=times.get("resulted")
        )
    if name in DRUGS:
        route = re.search(rf"\b({ROUTES})\b", rest)
        given = None if "ordered" in times else at
        return Medication(
            **common, substance=DRUGS[name].substance, drug_class=DRUGS[name].drug_class, volume_ml=value,
            route=route[1] if route else "iv", infusion_id=_said(rest, "as"),
            ordered_at=times.get("ordered"), started_at=times.get("started", given),
            completed_at=times.get("completed"),
        )  # fmt: skip
    return _about(name, rest, at, common, times)


def _said(rest, word):
    """What follows a word of a line, as one word."""
    found = re.search(rf"\b{word} ([\w/-]+)", rest)
    return found and found[1]


def _override(rest, at, common, times):
    by, why, measure = (re.search(pattern, rest) for pattern in (r"\bby (\w+)", r"because (.+)", r"\bfor (\S+)"))
    return Act(
        **common, act=ActName.TIME_ZERO_OVERRIDDEN, happened_at=times.get("at", at), time_zero=times["was"],
        actor=by[1], reason=why[1], measure=measure and measure[1],
    )  # fmt: skip


def _about(name, rest, at, common, times):
    word = re.match(r"\s*([\w-]+)", rest)[1]
    if name == "born":
        return Patient(**common | {"encounter_id": None}, birth_date=date.fromisoformat(word))
    if name == "covers":
        return Coverage(**common, domain=word, started_at=times["started"], completed_at=times.get("until"))
    if name == "continues as":
        return Link(**common, into_encounter_id=word, happened_at=at)
    return Merge(**common | {"encounter_id": None}, into_patient_id=word, happened_at=at)


@dataclass
class Told:
    """What came of a story."""

    alerts: list
    records: dict
    state: object
    steps: list

    @property
    def said(self):
        """Every alert in one line."""
        return [alert_line(alert) for alert in self.alerts]

    def said_of(self, *elements):
        """The alerts of some elements, in one line each."""
        return [alert_line(alert) for alert in self.alerts if alert.element.replace("_", " ") in elements]

    def case(self, case_id=ENCOUNTER):
        """The record of a case of the one measure asked for."""
        return next(record for record in self.records.values() if record.case_id == case_id)

    def element(self, name, case_id=ENCOUNTER):
        """One element's verdict."""
        wanted = name.replace(" ", "_")
        return next(verdict for verdict in self.case(case_id).elements if verdict.element == wanted)

    def stands(self, name, case_id=ENCOUNTER):
        """An element's status, with its reason."""
        verdict = self.element(name, case_id)
        return f"{verdict.status}, {verdict.reason}" if verdict.reason else str(verdict.status)

    def rivals(self, case_id=ENCOUNTER):
        """The rival time zeros of a case, in one line each; `*`: in force, `=`: by the measure's own rule."""
        return [rival_line(rival) for rival in self.case(case_id).rivals]

    def means(self, rule, element, case_id=ENCOUNTER):
        """What a rival would mean for an element: its status, when it is due, the minutes until it was done."""
        rival = next(rival for rival in self.case(case_id).rivals if rival.name == rule)
        found = next(each for each in rival.elements if each.element == element.replace(" ", "_"))
        due = "" if found.due_at is None else f" due {clock_text(found.due_at)}"
        return f"{found.status}{due}{'' if found.minutes is None else f' after {found.minutes:g}'}"

    def status(self, case_id=ENCOUNTER):
        """A case's status, with its reason."""
        record = self.case(case_id)
        return f"{record.status}, {record.reason}" if record.reason else str(record.status)


def rival_line(rival):
    """When, by which rule, and whether it counts."""
    marks = f"{'=' if rival.own else ''}{'*' if rival.in_force else ''}"
    return f"{clock_text(rival.at)} {rival.name}{f' {marks}' if marks else ''}"


def alert_line(alert):
    """When, what kind, of what, why."""
    reason = f", {alert.reason.replace('_', ' ')}" if alert.reason else ""
    case = "" if alert.case_id == ENCOUNTER else f" of {alert.case_id}"
    what = alert.element.replace("_", " ")
    return f"{clock_text(alert.sent_at)} {alert.kind.replace('_', ' ')}: {what}{case}{reason}"


def plain(record):
    """A record without its revision and its hour."""
    return record.model_copy(update={"revision": 0, "as_of": DAY})


def play(measure, story):
    """Live a story event by event under one measure, or rules; every story also holds `step` against `judge`."""
    rules = load_rules([measure]) if isinstance(measure, str) else measure
    state, alerts, records, steps = None, [], {}, []
    for event in read_story(story):
        if state is not None and len(steps) % 2:
            state = decode_state(encode_state(state))
        taken = stepped(state, event, rules)
        state = taken.state
        steps.append(taken)
        alerts += taken.alerts
        for key in taken.removed_cases:
            del records[key]
        records |= {record.key: record for record in taken.cases}
    if state.facts.versions:
        judged = {record.key: plain(record) for record in judge(state, rules, state.now).cases}
        assert {key: plain(record) for key, record in records.items()} == judged
    return Told(alerts, records, state, steps)
