"""Valid messages of every format and topic: simulated stays, rows of MIMIC-III, traces of an event log."""

from copy import deepcopy
from dataclasses import dataclass
from itertools import groupby

from real_parts.inventory import shared_folder
from schemas.clinical import ActName, Domain
from schemas.raw import AdtEvent
from schemas.source_profile import profile
from schemas.translate.mimic3_row import UNTIMED_TABLES, columns_of
from schemas.translate.xes import SOURCE as XES
from streams.produce import telling_when
from streams.simulator.department import Plan, simulate
from streams.sources import open_source
from timezero.demo_stays import demo_tables

MARK = "QX7731ZK"
"""Stands in every identifier and name: where it is found, a patient would be."""
MOST_MESSAGES = 40
"""In one story."""
_STAYS = Plan(seed=5, children=24, adults=24)
_TRACES = 150
_LOG = "sepsis_cases_event_log.xes.gz"
_IDENTIFIERS = ("patient_id", "encounter_id", "message_id", "fact_id", "infusion_id", "mrn", "pcn", "upi", "actor")
_ROW_IDENTIFIERS = ("subject_id", "hadm_id", "row_id", "icustay_id", "linkorderid")


@dataclass(slots=True)
class Sent:
    """One message as a feed sends it."""

    topic: str
    key: bytes | None
    value: dict


def stories():
    """Messages of one patient each, in the order in which they were received; and the source's name."""
    yield from ((profile("simulated").name, story) for story in _simulated())
    yield from (("mimic3", story) for story in _read([demo_tables()], "mimic3"))
    log = shared_folder() / "data" / _LOG
    if log.exists():
        yield from ((XES, story) for story in list(_read([log], XES))[:_TRACES])


def _simulated():
    for stay in simulate(_STAYS):
        yield [_marked(_sent(each, each.as_outgoing().key)) for each in stay.messages]


def _read(paths, source_format):
    messages = [message for message in open_source(paths, source_format) if message.key]
    messages.sort(key=lambda message: message.key)
    for key, group in groupby(messages, key=lambda message: message.key):
        yield [_marked(_sent(each, key.encode())) for each in group]


def _sent(message, key):
    return Sent(str(message.topic), key, deepcopy(dict(telling_when(message))))


def _marked(sent):
    """The same message about somebody whose every number says so."""
    named = sent.value
    for name in _IDENTIFIERS:
        _mark(named, name)
    for name in _ROW_IDENTIFIERS:
        _mark(named.get("row", {}), name)
    _mark(named, "case_id")
    return sent


def _mark(fields, name):
    if fields.get(name):
        fields[name] = f"{MARK}-{fields[name]}"


def rarely_sent(first):
    """Valid messages of kinds that no source of ours sends, about the patient of a canonical message."""
    names = ("source", "facility_id", "patient_id", "encounter_id", "recorded_at", "received_at")
    common = {name: first.value[name] for name in names if first.value.get(name)}
    at = common["received_at"]
    adt, act = common | {"schema": "raw.adt/1"}, common | {"schema": "raw.act/1"}
    told = [adt | {"event": event.value, "happened_at": at} for event in AdtEvent]
    told += [act | {"act": name.value, "happened_at": at, "value": 7} for name in ActName]
    told += [
        adt | {"event": "merge", "happened_at": at, "into_patient_id": f"{MARK}-other"},
        adt | {"event": "link", "happened_at": at, "into_encounter_id": f"{MARK}-next"},
        adt | {"event": "register", "birth_date": "1950-03-01", "mrn": MARK},
        act | {"act": "time_zero_overridden", "happened_at": at, "time_zero": at, "reason": MARK, "actor": MARK},
    ]
    told += [adt | {"event": "coverage", "happened_at": at, "domain": domain.value} for domain in Domain]
    return [
        Sent(each["schema"][:-2], first.key, each | {"message_id": f"{MARK}-rare-{number}"})
        for number, each in enumerate(told)
    ]


def rows_of_unread_tables(first):
    """Rows of the tables that the sample does not have, about the patient of another row."""
    row, received_at = first.value["row"], first.value.get("received_at")
    for table in ("inputevents_cv", "prescriptions", *sorted(UNTIMED_TABLES)):
        fields = dict.fromkeys(columns_of(table), "") | _filled(received_at)
        kept = {name: row.get(name) or fields[name] for name in columns_of(table)}
        value = {"format": "mimic3/1", "table": table, "phase": "row", "row": kept, "received_at": received_at}
        yield Sent("raw.medication", first.key, value)


def _filled(received_at):
    """Values with which a CareVue row or an order is accepted."""
    return {
        "row_id": f"{MARK}-1", "charttime": received_at, "startdate": received_at, "storetime": received_at,
        "itemid": "30018", "amount": "500", "amountuom": "ml", "drug_type": "MAIN", "drug": "Ceftriaxone",
        "route": "IV", "originalroute": "Intravenous Infusion",
    }  # fmt: skip
