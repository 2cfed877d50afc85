"""What the engine alone makes of a feed or of an exported log, to hold against what a worker made of it."""

import orjson

from fake_engine import FakeEngine
from running_worker import final, records_of
from schemas.clinical import CLINICAL_EVENT, ClockTick
from schemas.topics import Topic
from schemas.translate import translate
from sepsis_feed import ENDS_AT
from streams.produce import as_message


def lived_offline(messages):
    """Case records and alerts by the engine alone, each patient's facts in their order, then a last tick."""
    engine = FakeEngine()
    facts = [fact for each in messages for fact in translate(each.topic, as_message(each).value, None).facts]
    states, cases = {}, {}
    ends = {f.key: ClockTick(facility_id=f.facility_id, patient_id=f.patient_id, at=ENDS_AT) for f in facts}
    for event in [*facts, *ends.values()]:
        step = engine.step(states.get(event.key), event)
        states[event.key] = step.state
        records = engine.records(step.state)
        cases |= {case.key: final(orjson.loads(case.model_dump_json())) for case in records}
    return cases


def alerts_of_log(path):
    """Alerts by patient, from an export of the log."""
    engine, states, alerts = FakeEngine(), {}, {}
    for line in path.read_bytes().splitlines():
        event = CLINICAL_EVENT.validate_python(orjson.loads(line)["value"], strict=False)
        step = engine.step(states.get(event.key), event)
        states[event.key] = step.state
        alerts.setdefault(event.key, []).extend(alert.alert_id for alert in step.alerts)
    return {key: said for key, said in alerts.items() if said}


def alerts_sent(bootstrap):
    """Alerts by patient as they were sent, repeats left out."""
    alerts = {}
    for record in records_of(bootstrap, Topic.ENCOUNTER_ALERTS):
        said = alerts.setdefault(record.key.decode(), [])
        alert_id = orjson.loads(record.value)["alert_id"]
        if alert_id not in said:
            said.append(alert_id)
    return alerts
