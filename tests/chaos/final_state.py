"""What stands at the end, held against the replay of what was sent and of the log that came of it."""

import asyncio
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass

import orjson
from redis import Redis

from running_worker import records_of
from schemas.alert import Alert
from schemas.belief import Belief
from schemas.case_record import CaseRecord
from schemas.read_model import ALERTS_HASH, ALERTS_KEPT, CASES_HASH
from schemas.topics import Topic
from streams.log_export import export
from streams.replay.output import alert_line, belief_line, cases_csv, verdict_line

_TOLD = (Topic.ENCOUNTER_EVENTS, Topic.CASES, Topic.ENCOUNTER_VERDICTS, Topic.ENCOUNTER_ALERTS, Topic.ENCOUNTER_BELIEFS)


@dataclass(frozen=True)
class FinalState:
    """What was compared, and what differs.

    Attributes:
        cases: Case records.
        verdicts: Final verdicts.
        alerts: Logical alerts that the log gives, each with an identifier of its own.
        lost: Of those, how many were never sent.
        duplicates: Alerts sent that the log does not give, or one identifier that said two things.
        repeats: Records of alerts beyond the first, the same byte for byte: what readers drop by the identifier.
        differences: What else is not as the replay has it, one sentence each.
    """

    cases: int
    verdicts: int
    alerts: int
    lost: int
    duplicates: int
    repeats: int
    differences: tuple[str, ...]

    def is_right(self):
        return not (self.lost or self.duplicates or self.differences)


def replayed(form, source, folder, measures):
    """Have the command replay a file into `folder`, by a process of its own."""
    command = [sys.executable, "-m", "timezero", "replay", str(source), "--format", form]
    command += ["--measures", ",".join(measures), "--out", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def cases_as_replayed(redis_url, folder):
    """Whether the board shows what the replay in `folder` judged."""
    return cases_csv(_in_order(_shown_cases(redis_url).values())) == (folder / "cases.csv").read_text(encoding="utf-8")


def final_state(installation, of_feed, of_log):
    """Compare everything that was written with the replay of the feed in `of_feed`, and of the log made in `of_log`."""
    bootstrap, redis_url = installation.settings.bootstrap, installation.settings.redis_url
    told = {topic: records_of(bootstrap, topic) for topic in _TOLD}
    _write(told, installation.folder)
    asyncio.run(export(bootstrap, installation.folder / "log.ndjson"))
    log_replay = replayed("log", installation.folder / "log.ndjson", of_log, installation.settings.measures)
    cases = _in_order(_shown_cases(redis_url).values())
    differences = list(_differences_of_records(told, redis_url, cases, of_feed))
    assert log_replay.wait() == 0
    said = _said(told[Topic.ENCOUNTER_ALERTS])
    lost, duplicates = compared(said, of_log / "alerts.ndjson")
    delivered = _delivered(installation.receiver)
    differences += _differences_of_alerts(said, redis_url, delivered)
    differences += _differences_of_order(said, of_log / "alerts.ndjson")
    differences += _differences_of_history(told[Topic.ENCOUNTER_BELIEFS], of_log / "history.ndjson")
    alerts = len((of_log / "alerts.ndjson").read_bytes().splitlines())
    repeats = sum(count - 1 for contents in said.values() for each in contents.values() for count in each.values())
    verdicts = sum(len(case.elements) for case in cases)
    return FinalState(len(cases), verdicts, alerts, lost, duplicates, repeats, tuple(differences))


def _write(told, folder):
    """Every record of these topics, so that a difference can be looked into when Kafka is gone."""
    for topic, records in told.items():
        (folder / f"{topic}.ndjson").write_bytes(b"".join(map(_line, records)))


def _line(record):
    value = None if record.value is None else record.value.decode()
    told = {"partition": record.partition, "offset": record.offset, "key": record.key.decode(), "value": value}
    return orjson.dumps(told) + b"\n"


def _shown_cases(redis_url):
    with Redis.from_url(redis_url) as redis:
        return {key.decode(): CaseRecord.model_validate_json(value) for key, value in redis.hgetall(CASES_HASH).items()}


def _in_order(cases):
    return sorted(cases, key=lambda case: (case.facility_id, case.case_id, case.measure))


def latest(records):
    """What is left of a compacted topic."""
    kept = {record.key.decode(): record.value for record in records}
    return {key: value for key, value in kept.items() if value is not None}


def contents(records):
    """What case records say, by key: all but under which number and when they were judged last."""
    return {
        key: CaseRecord.model_validate_json(value).model_dump(exclude={"revision", "as_of"})
        for key, value in records.items()
    }


def read_as_told(records):
    """Case records as all who read the topic take them: of each case the highest revision.

    Who takes over asks for records at moments of his own, and may say under a lower revision what the dead has said.
    """
    kept, revisions = {}, {}
    for record in records:
        key = record.key.decode()
        revision = None if record.value is None else CaseRecord.model_validate_json(record.value).revision
        if revision is None:
            kept.pop(key, None), revisions.pop(key, None)
        elif revision > revisions.get(key, -1):
            kept[key], revisions[key] = record.value, revision
    return kept


def _differences_of_records(told, redis_url, cases, of_feed):
    with Redis.from_url(redis_url) as redis:
        shown = {key.decode(): value for key, value in redis.hgetall(CASES_HASH).items()}
    verdicts = {verdict.key: verdict.model_dump_json().encode() for case in cases for verdict in case.elements}
    lines = [orjson.dumps(verdict_line(verdict)) for case in cases for verdict in case.elements]
    if cases_csv(cases) != (of_feed / "cases.csv").read_text(encoding="utf-8"):
        yield "the cases in Redis are not those of the replay"
    if lines != (of_feed / "verdicts.ndjson").read_bytes().splitlines():
        yield "the verdicts in Redis are not those of the replay"
    if read_as_told(told[Topic.CASES]) != shown:
        yield "the topic of cases says otherwise than Redis"
    if contents(latest(told[Topic.CASES])) != contents(read_as_told(told[Topic.CASES])):
        yield "what the topic of cases says last of a case is not what its highest revision says"
    if latest(told[Topic.ENCOUNTER_VERDICTS]) != verdicts:
        yield "the topic of verdicts says otherwise than the cases"


def _said(records):
    """By patient and alert's identifier, in the order of their first sending: how often each content was sent."""
    said = {}
    for record in records:
        alert_id = Alert.model_validate_json(record.value).alert_id
        said.setdefault(record.key.decode(), {}).setdefault(alert_id, Counter())[record.value] += 1
    return said


def compared(said, replayed_file):
    """How many alerts of the replay were never sent, and how many were sent that it does not have."""
    replayed_lines = Counter(replayed_file.read_bytes().splitlines())
    sent = Counter(
        orjson.dumps(alert_line(Alert.model_validate_json(content)))
        for alerts in said.values()
        for contents in alerts.values()
        for content in contents
    )
    return (replayed_lines - sent).total(), (sent - replayed_lines).total()


def _delivered(receiver):
    return [each["alert_id"] for each in receiver.taken if "alert_id" in each]


def _differences_of_alerts(said, redis_url, delivered):
    first = {alert_id: next(iter(contents)) for alerts in said.values() for alert_id, contents in alerts.items()}
    with Redis.from_url(redis_url) as redis:
        shown = {key.decode(): value for key, value in redis.hgetall(ALERTS_HASH).items()}
    if len(shown) != min(len(first), ALERTS_KEPT) or any(first.get(key) != value for key, value in shown.items()):
        yield f"Redis shows {len(shown)} alerts, and {len(first)} were sent"
    if missing := first.keys() - set(delivered):
        yield f"{len(missing)} alerts never came to the webhook"
    threads = {}
    for alerts in said.values():
        for alert_id in alerts:
            threads.setdefault(Alert.model_validate_json(first[alert_id]).thread_id, []).append(alert_id)
    came = {}
    for alert_id in delivered:
        came.setdefault(alert_id, len(came))
    crossed = [t for t, ids in threads.items() if (p := [came.get(each, 0) for each in ids]) != sorted(p)]
    if crossed:
        yield f"the alerts of {len(crossed)} threads came to the webhook in another order"


def _differences_of_order(said, replayed_file):
    """A patient hears the alerts in the order in which the log gives them."""
    patients = {alert_id: key for key, alerts in said.items() for alert_id in alerts}
    given = {}
    for line in replayed_file.read_bytes().splitlines():
        alert_id = orjson.loads(line)["alert_id"]
        given.setdefault(patients.get(alert_id), []).append(alert_id)
    given.pop(None, None)
    if crossed := [key for key, alerts in said.items() if given.get(key) != list(alerts)]:
        yield f"the alerts of {len(crossed)} patients were said in another order"


def _differences_of_history(records, path):
    told = {}
    for record in records:
        belief = Belief.model_validate_json(record.value)
        if told.setdefault((belief.as_of, belief.key, belief.revision, belief.case_key), belief) != belief:
            yield "one revision of a belief says two things"
    if [belief_line(told[place]) for place in sorted(told)] != path.read_bytes().splitlines(keepends=True):
        yield "what was believed when is not as the log gives it"
