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

    Their revision is the state's, and has risen since the record before. What was taken is not given again, and
    nothing that a step says depends on when or how often this is asked. The state is changed in place; after an
    exception it must be read anew from its durable form.
    """
    cases = [state.unrecorded[key] for key in sorted(state.unrecorded)]
    taken = tuple(record for case in cases if (record := _take(state, rules, case)) is not None)
    state.unrecorded.clear()
    return taken


def _take(state: PatientState, rules: Rules, case: Assessment) -> CaseRecord | None:
    """The record of a case, noted as published; None where it says what the one published last said."""
    compare = Comparison(state.rivals[case.chart.episode.case_id], state.facts, rules)
    record = case_record(case, state.verdicts[case.key], compare(case), state.revision, owner_of(state))
    last, said = state.records.get(case.key), state.published[case.key]
    state.records[case.key] = record
    if last is not None and is_written_alike(record.model_copy(update=_published_as(last)), last):
        return None
    digest = str(uuid5(NAMESPACE_URL, record.model_dump_json(exclude={"revision", "as_of"})))
    before, said.digest = said.digest, digest
    return None if digest == before else record


def _published_as(record: CaseRecord) -> dict[str, object]:
    """What two records differ in that say the same of a case."""
    return {"revision": record.revision, "as_of": record.as_of}
