"""Cases, alerts, rates and beliefs for the board's tests, told in clock times of one day."""

from datetime import UTC, datetime, timedelta

from schemas.alert import Alert
from schemas.belief import Belief, BelievedElement
from schemas.case_record import CaseRecord, TimelineEntry
from schemas.measure_words import ElementWords, MeasureWords, RuleLine
from schemas.read_model import Delivery, FeedStatus, Rate
from schemas.verdict import SETTLED, Element, ElementStatus, Evidence, Verdict

PED = "nys-ped-1h/spec-2015"

ADULT = "sep1-like/1"

TRIAGE = "ed-sepsis-triage/mannhardt"

FACILITY = "harbor"


def at(clock, day=14):
    """A moment of the story's day, as in `at("10:40")`."""
    hours, minutes, *seconds = (int(part) for part in clock.split(":"))
    return datetime(2026, 3, day, hours, minutes, *seconds, tzinfo=UTC)


NOW = at("10:40")


def verdict(
    element, status, *, zero="10:00", due=None, done=None, known=None, charted=None, measure=PED, case="c1", **more
):
    """One element; `due` closes a minute later and settles an hour after that."""
    element = Element(element)
    due_at = at(due) if due else None
    done_at = at(done) if done else None
    evidence = ()
    if done_at:
        recorded_at = at(charted or done)
        evidence = (Evidence(event_id=f"{case}-{element}", type=element, happened_at=done_at, recorded_at=recorded_at),)
    spoken = element.value.replace("_", " ").capitalize()
    return Verdict(
        **{
            "facility_id": FACILITY,
            "case_id": case,
            "encounter_id": f"enc-{case}",
            "measure": measure,
            "element": element,
            "status": ElementStatus(status),
            "time_zero": at(zero),
            "time_zero_rule": "triage",
            "due_at": due_at,
            "closes_at": due_at and due_at + timedelta(minutes=1),
            "settles_at": due_at and due_at + timedelta(minutes=61),
            "done_at": done_at,
            "known_at": at(known) if known else done_at,
            "evidence": evidence,
            "sentence": sentence(spoken, status, zero, due, done),
            **more,
        }
    )


def sentence(spoken, status, zero, due, done):
    """What the engine would say."""
    if done:
        minutes = round((at(done) - at(zero)).total_seconds() / 60)
        how = "in time" if status == "met" else "too late"
        return f"{spoken} at {done}, {minutes} min after time zero {zero}: {how}."
    closed = (at(due) + timedelta(minutes=1)).strftime("%H:%M") if due else ""
    return {
        "open": f"{spoken} due by {due}; nothing charted yet.",
        "due_soon": f"{spoken} due by {due}; nothing charted yet.",
        "overdue": f"No {spoken.lower()} charted; window closed {closed}. Charting may still come.",
        "missed": f"No {spoken.lower()} charted; window closed {closed}.",
        "not_open": f"{spoken} opens if the first result asks for it.",
        "not_applicable": f"{spoken} does not apply to this case.",
        "cannot_assess": f"The feed does not carry what {spoken.lower()} needs.",
        "excluded": f"{spoken} is excluded: comfort care.",
        "met": f"{spoken} is complete.",
    }[status]


def bundle(elements, **more):
    """The bundle's verdict over its elements."""
    order = ["missed", "met_late", "overdue", "due_soon", "open", "not_open", "cannot_assess", "excluded", "met"]
    statuses = {element.status.value for element in elements}
    status = next(status for status in order if status in statuses)
    words = {"met_late": "missed"}.get(status, status)
    return verdict("bundle", words, **more).model_copy(update={"sentence": f"Bundle {words.replace('_', ' ')}."})


def case(
    case_id, unit, elements, *, measure=PED, zero="10:00", rule="triage", revision=1, status="denominator", **more
):
    """One case record of its elements, each a tuple `(element, status, {times})`."""
    shared = {"zero": zero, "measure": measure, "case": case_id, "time_zero_rule": rule}
    verdicts = tuple(verdict(name, state, **shared, **times) for name, state, times in elements)
    verdicts = (*verdicts, bundle(verdicts, **shared))
    return CaseRecord(
        **{
            "facility_id": FACILITY,
            "patient_id": f"patient-{case_id}",
            "case_id": case_id,
            "encounter_id": f"enc-{case_id}",
            "measure": measure,
            "revision": revision,
            "as_of": NOW,
            "status": status,
            "time_zero": at(zero),
            "time_zero_rule": rule,
            "time_zero_sentence": f"Triage at {zero} comes before the protocol and the admission.",
            "time_zero_known_at": at(zero) + timedelta(minutes=4),
            "unit": unit,
            "settled": all(one.status in SETTLED for one in verdicts),
            "elements": verdicts,
            "timeline": timeline(case_id, zero, verdicts),
            **more,
        }
    )


def timeline(case_id, zero, verdicts):
    """Triage, a heart rate, and every act that an element rests on."""
    start = at(zero)
    minute = timedelta(minutes=1)
    first = [
        TimelineEntry(
            event_id=f"{case_id}-t", type="triaged", what="Triage", happened_at=start, received_at=start + minute
        ),
        TimelineEntry(
            event_id=f"{case_id}-hr",
            type="heart_rate",
            what="Heart rate",
            happened_at=start + 2 * minute,
            recorded_at=start + 9 * minute,
            received_at=start + 9 * minute,
            value=148,
            unit="/min",
        ),
    ]
    acts = [
        TimelineEntry(
            event_id=fact.event_id,
            type=fact.type,
            what=fact.type.replace("_", " ").capitalize(),
            happened_at=fact.happened_at,
            recorded_at=fact.recorded_at,
            received_at=max(fact.recorded_at, one.known_at),
        )
        for one in verdicts
        for fact in one.evidence
    ]
    return tuple(fact for fact in (*first, *acts) if fact.received_at <= NOW)


def alert(alert_id, kind, element, sent, sentence, *, case="c1", unit="ED Peds", measure=PED, **more):
    """One alert of a case's thread."""
    return Alert(
        alert_id=alert_id,
        thread_id=f"{case}-{element}",
        kind=kind,
        measure=measure,
        element=element,
        facility_id=FACILITY,
        patient_id=f"patient-{case}",
        encounter_id=f"enc-{case}",
        case_id=case,
        unit=unit,
        sent_at=at(sent),
        sentence=sentence,
        **more,
    )


def delivery(alert_id, status, tried, attempts=1, **more):
    """What became of one alert, last tried at a wall time."""
    times = {"first_tried_at": tried, "last_tried_at": tried}
    return Delivery(alert_id=alert_id, status=status, attempts=attempts, **times, **more)


def rate(element, window, met, missed, *, measure=PED, unit="ED Peds", cannot=0, pending=0, late=0, excluded=0):
    """One count, its denominator summed up."""
    return Rate(
        measure=measure,
        element=element,
        window=window,
        facility_id=FACILITY,
        unit=unit,
        met=met,
        missed=missed,
        met_late=late,
        cannot_assess=cannot,
        pending=pending,
        excluded=excluded,
        denominator=met + missed + late + cannot,
    )


def feed(topic, source, last, accepted, *, ignored=0, rejected=0):
    """How one feed stands."""
    return FeedStatus(
        topic=topic,
        source=source,
        last_received_at=at(last),
        last_happened_at=at(last) - timedelta(minutes=2),
        accepted=accepted,
        ignored=ignored,
        rejected=rejected,
    )


def believed(record, clock, *elements, because=None, **more):
    """What was held of a case from `clock` on, of these elements: name, status and sentence."""
    told = [BelievedElement(element=name, status=status, sentence=said) for name, status, said in elements]
    shared = {name: getattr(record, name) for name in ("facility_id", "patient_id", "case_id", "measure", "revision")}
    standing = {"status": record.status, "time_zero": record.time_zero, "time_zero_sentence": "Time zero 10:00."}
    return Belief(**shared | standing | {"as_of": at(clock), "elements": told, "because": because} | more)


def words_of(measure=PED):
    """A measure in words, with one element."""
    rule = RuleLine(line="Time zero is triage.", sources=("page 1",))
    return MeasureWords(
        measure=measure,
        title="Bundle of an hour",
        source="the whole text",
        resolution=RuleLine(line="Times are cut down to the minute.", sources=("page 2",)),
        entry=RuleLine(line="A case opens with triage.", sources=("page 1",)),
        time_zero=rule,
        exclusions=(RuleLine(line="Left out: age of 18 years or more.", sources=("page 3",)),),
        elements=(
            ElementWords(
                element=Element.ANTIBIOTICS,
                line="An antibacterial starts within the hour.",
                sources=("page 4", "page 5"),
            ),
        ),
    )


def child(case_id="c1", unit="ED Peds", *, culture=("open", {"due": "11:00"}), revision=1, **more):
    """A child at 10:40 with antibiotics given, a culture due at 11:00 and fluids running."""
    elements = [
        ("blood_culture", *culture),
        ("antibiotics", "met", {"due": "11:00", "done": "10:31", "charted": "10:33"}),
        ("fluids", "open", {"due": "11:00"}),
    ]
    return case(case_id, unit, elements, revision=revision, **more)
