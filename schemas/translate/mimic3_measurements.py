"""Measurements and cultures of MIMIC-III.

Tables: `labevents`, `chartevents`, `outputevents`, `microbiologyevents`, `procedureevents_mv`.
"""

from collections.abc import Iterable
from datetime import datetime

from schemas.clinical import Act, ActName, AnyFact, Culture, Observation, Specimen
from schemas.raw import RowPhase
from schemas.translate.codebook import MeasuredItem, codebook
from schemas.translate.instant import refuse_future
from schemas.translate.measured_value import read_quantity
from schemas.translate.mimic3_row import Mimic3Message, field, mimic3_profile, needed, time_needed
from schemas.translate.reason import IgnoreReason, ignore


def happened(message: Mimic3Message, column: str) -> datetime:
    """The time of an act; a row withdrawn before it happened may lie in the future.

    Raises:
        RefusedError: The time is missing, unreadable or had not come.
    """
    at = time_needed(message.row, column)
    if message.phase is not RowPhase.RETRACTED:
        refuse_future(at, message.received_at, mimic3_profile(), column)
    return at


def translate_lab(message: Mimic3Message) -> Iterable[AnyFact]:
    """A laboratory result: collected at `charttime`; when it was reported the set does not say."""
    codes, itemid = codebook().mimic3, field(message.row, "itemid")
    item = codes.labs.get(itemid)
    if item is None:
        ignore(IgnoreReason.NOT_USED if itemid in codes.labs_not_used else IgnoreReason.UNMAPPED_CODE)
    value = read_quantity(field(message.row, "value"), field(message.row, "valueuom"), item.codes)
    common = message.common(needed(message.row, "row_id"))
    collected_at = happened(message, "charttime")
    yield Observation(**common, quantity=item.codes.quantity, value=value, collected_at=collected_at)


def translate_chart(message: Mimic3Message) -> Iterable[AnyFact]:
    """A vital sign or weight, or a code status that says comfort measures only."""
    codes, itemid = codebook().mimic3, field(message.row, "itemid")
    item = codes.charted.get(itemid)
    if item is not None:
        return _measured(message, item, field(message.row, "valuenum"))
    if field(message.row, "value") not in codes.comfort_care.get(itemid, ()):
        ignore(_why_not_charted(itemid))
    return (Act(**message.charted(), act=ActName.COMFORT_CARE, happened_at=happened(message, "charttime")),)


def _why_not_charted(itemid: str) -> IgnoreReason:
    codes = codebook().mimic3
    if itemid in codes.calculated_duplicate:
        return IgnoreReason.CALCULATED_DUPLICATE
    if itemid in codes.copy_of_lab_result:
        return IgnoreReason.COPY_OF_LAB_RESULT
    known = itemid in codes.charted_not_used or itemid in codes.comfort_care
    return IgnoreReason.NOT_USED if known else IgnoreReason.UNMAPPED_CODE


def translate_output(message: Mimic3Message) -> Iterable[AnyFact]:
    """Urine; other outputs are of no use here."""
    item = codebook().mimic3.charted.get(field(message.row, "itemid"))
    if item is None:
        ignore(_why_not_charted(field(message.row, "itemid")))
    return _measured(message, item, field(message.row, "value"))


def _measured(message: Mimic3Message, item: MeasuredItem, value: str) -> Iterable[AnyFact]:
    number = read_quantity(value, field(message.row, "valueuom") or item.note, item.codes)
    if number is None:
        ignore(IgnoreReason.NO_VALUE)
    collected_at = happened(message, "charttime")
    return (Observation(**message.charted(), quantity=item.codes.quantity, value=number, collected_at=collected_at),)


def translate_microbiology(message: Mimic3Message) -> Iterable[AnyFact]:
    """A culture. Rows of one specimen (organisms, sensitivities) all tell the same one fact."""
    codes, spec = codebook().mimic3, field(message.row, "spec_itemid")
    specimen = codes.specimens.get(spec)
    if specimen is None:
        ignore(IgnoreReason.NOT_A_CULTURE if spec in codes.not_a_culture else IgnoreReason.UNMAPPED_CODE)
    column = "charttime" if field(message.row, "charttime") else "chartdate"
    taken = (field(message.row, "hadm_id") or field(message.row, "subject_id"), spec, field(message.row, column))
    common = message.common(":".join(taken)) | {"day_only": column == "chartdate"}
    yield Culture(**common, specimen=specimen, collected_at=happened(message, column))


def translate_procedure(message: Mimic3Message) -> Iterable[AnyFact]:
    """A culture taken or a ventilation begun at the bedside."""
    codes, itemid = codebook().mimic3, field(message.row, "itemid")
    specimen = codes.procedures.get(itemid)
    if specimen is not None:
        yield _bedside_culture(message, specimen)
    elif itemid in codes.ventilation:
        at = happened(message, "starttime")
        yield Act(**message.charted(), act=ActName.MECHANICAL_VENTILATION, happened_at=at)
    else:
        ignore(_why_no_act(itemid))


def _bedside_culture(message: Mimic3Message, specimen: Specimen) -> Culture:
    return Culture(**message.charted(), specimen=specimen, collected_at=happened(message, "starttime"))


def _why_no_act(itemid: str) -> IgnoreReason:
    codes = codebook().mimic3
    if itemid in codes.not_a_culture:
        return IgnoreReason.NOT_A_CULTURE
    return IgnoreReason.NOT_USED if itemid in codes.procedures_not_used else IgnoreReason.UNMAPPED_CODE
