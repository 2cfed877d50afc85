"""What came of a patient's events, lived through one by one."""

from dataclasses import dataclass, field, fields
from types import SimpleNamespace

from schemas.belief import changes
from scoring.case_records import take_records
from scoring.step import step


def stepped(state, event, rules):
    """What one event led to, and in `cases` the records, taken at once."""
    taken = step(state, event, rules)
    told = {each.name: getattr(taken, each.name) for each in fields(taken)}
    return SimpleNamespace(**told, cases=take_records(taken.state, rules))


@dataclass
class Lived:
    """Everything said, and the records that stand."""

    state: object = None
    alerts: list = field(default_factory=list)
    beliefs: list = field(default_factory=list)
    records: dict = field(default_factory=dict)
    verdicts: dict = field(default_factory=dict)
    wake_at: object = None

    def take(self, event, rules):
        """Live through one event."""
        taken = stepped(self.state, event, rules)
        self.state, self.wake_at = taken.state, taken.wake_at
        self.alerts += taken.alerts
        self.beliefs += taken.beliefs
        self.verdicts |= {verdict.key: verdict for verdict in taken.verdicts}
        for key in taken.removed_cases:
            del self.records[key]
        for key in taken.removed_verdicts:
            del self.verdicts[key]
        self.records |= {record.key: record for record in taken.cases}
        return taken

    def history(self, key):
        """What was held of one case, by the key of its record, with what was new each time."""
        return list(changes(belief for belief in self.beliefs if belief.case_key == key))

    def final(self):
        """The records that stand, as JSON, without revision and hour."""
        return {key: record.model_dump_json(exclude={"revision", "as_of"}) for key, record in self.records.items()}


def live(events, rules):
    """Live through events from nothing."""
    lived = Lived()
    for event in events:
        lived.take(event, rules)
    return lived


def judged(judgement):
    """A judgement's records as JSON, without revision and hour."""
    return {record.key: record.model_dump_json(exclude={"revision", "as_of"}) for record in judgement.cases}
