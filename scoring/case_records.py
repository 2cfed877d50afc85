"""The records of a patient's cases: put together only once somebody asks for them.

A step judges and says what cannot wait. Whoever stores or shows the records takes them when it suits him: after
every event, or once for all events of a batch.
"""

from uuid import NAMESPACE_URL, uuid5

from schemas.case_record import CaseRecord
from schemas.strict_model import is_written_alike
from scoring.assessment import Assessment
from scoring.judgement import owner_of
from scoring.patient_state import PatientState
from scoring.record import case_record
from scoring.rival import Comparison
from scoring.rules import Rules


def take_records(state: PatientState, rules: Rules) -> tuple[CaseRecord, ...]:
    """Put together the records of cases that may be otherwise now, and return those that are, by case and measure.

    A record that was or may have been otherwise after one event of several is returned too, though it says what the
    last one said: somebody may have asked in between, and have died before the state was stored. Their revision is the
    state's, and has risen since the record before. What was taken is not given again, and nothing that a step says
    depends on when or how often this is asked. The state is changed in place; after an exception it must be read anew
    from its durable form.
    """
    noted = [state.unrecorded[key] for key in sorted(state.unrecorded)]
    taken = tuple(record for case, since in noted if (record := _take(state, rules, case, since)) is not None)
    state.unrecorded.clear()
    return taken


def _take(state: PatientState, rules: Rules, case: Assessment, since: int) -> CaseRecord | None:
    """The record of a case, noted as published; None where it says what all since the one published last have said."""
    compare = Comparison(state.rivals[case.chart.episode.case_id], state.facts, rules)
    record = case_record(case, state.verdicts[case.key], compare(case), state.revision, owner_of(state))
    last, said = state.records.get(case.key), state.published[case.key]
    state.records[case.key] = record
    may_have_been_otherwise = state.lived > since
    if last is not None and is_written_alike(record.model_copy(update=_published_as(last)), last):
        return record if may_have_been_otherwise else None
    digest = str(uuid5(NAMESPACE_URL, record.model_dump_json(exclude={"revision", "as_of"})))
    before, said.digest = said.digest, digest
    return record if may_have_been_otherwise or digest != before else None


def _published_as(record: CaseRecord) -> dict[str, object]:
    """What two records differ in that say the same of a case."""
    return {"revision": record.revision, "as_of": record.as_of}
