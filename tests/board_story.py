"""Read models for the board's tests: a morning in one hospital at 10:40, told in clock times."""

from datetime import UTC, datetime, timedelta

from redis import Redis

from schemas.alert import Alert
from schemas.belief import Belief, BelievedElement
from schemas.case_record import CaseRecord, TimelineEntry
from schemas.measure_words import ElementWords, MeasureWords, RuleLine
from schemas.read_model import (
    ALERTS_BY_TIME,
    ALERTS_HASH,
    BELIEFS_OF_CASE,
    CASES_HASH,
    CHANGES_CHANNEL,
    CLOCK_KEY,
    DELIVERIES_HASH,
    FEEDS_HASH,
    HEARTBEAT_KEY,
    MEASURES_HASH,
    RATES_HASH,
    Delivery,
    EngineClock,
    EngineHeartbeat,
    FeedStatus,
    Rate,
    Window,
)
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


class ReadModels:
    """Writes read models as the engine's projection does."""

    def __init__(self, url):
        self.redis = Redis.from_url(url)

    def clock(self, now=NOW, speed=1.0):
        """Set the engine's clock to `now`, as of this moment of the cache's clock."""
        seconds, microseconds = self.redis.time()
        wall = datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)
        self._store(CLOCK_KEY, EngineClock(started_at=now, wall_started_at=wall, speed=speed))
        self.beat(now)
        self.say("clock")

    def beat(self, now=NOW):
        """Show that the engine is at work."""
        self._store(HEARTBEAT_KEY, EngineHeartbeat(ticked_at=now))

    def _store(self, key, model):
        self.redis.set(key, model.model_dump_json())

    def cases(self, *records):
        """Store case records and say so."""
        for record in records:
            self.redis.hset(CASES_HASH, record.key, record.model_dump_json())
            self.say(record.key)

    def beliefs(self, *beliefs):
        """Store what was held of cases and say so."""
        for one in beliefs:
            self.redis.zadd(BELIEFS_OF_CASE + one.case_key, {one.model_dump_json(): one.as_of.timestamp()})
            self.say(one.case_key)

    def words(self, *measures):
        """Store measures in words; nobody says so."""
        for one in measures:
            self.redis.hset(MEASURES_HASH, one.measure, one.model_dump_json())

    def remove(self, record):
        """Take a case away and say so."""
        self.redis.hdel(CASES_HASH, record.key)
        self.say(record.key)

    def alerts(self, *alerts):
        """Store alerts and say so."""
        for one in alerts:
            self.redis.hset(ALERTS_HASH, one.alert_id, one.model_dump_json())
            self.redis.zadd(ALERTS_BY_TIME, {one.alert_id: one.sent_at.timestamp()})
            self.say(f"alert:{one.alert_id}")

    def deliveries(self, *deliveries):
        """Store what became of alerts on their way; nobody says so."""
        for one in deliveries:
            self.redis.hset(DELIVERIES_HASH, one.alert_id, one.model_dump_json())

    def feeds(self, *feeds):
        """Store how feeds stand and say so."""
        for one in feeds:
            self.redis.hset(FEEDS_HASH, f"{one.topic}|{one.source}", one.model_dump_json())
        self.say("feeds")

    def rates(self, **partitions):
        """Store the rates of each partition and say so."""
        for name, rates in partitions.items():
            text = "[" + ",".join(one.model_dump_json() for one in rates) + "]"
            self.redis.hset(RATES_HASH, name, text)
        self.say("rates")

    def say(self, name):
        """Announce a change."""
        self.redis.publish(CHANGES_CHANNEL, name)


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
