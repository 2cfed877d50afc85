"""Drugs and fluids of MIMIC-III: `inputevents_mv`, `inputevents_cv`, `prescriptions`."""

from collections.abc import Iterable
from datetime import datetime

from schemas.clinical import AnyFact, DrugClass, Medication
from schemas.raw import RowPhase
from schemas.translate.codebook import Drug, codebook, plain
from schemas.translate.instant import refuse_early_end
from schemas.translate.measured_value import read_number
from schemas.translate.mimic3_measurements import happened
from schemas.translate.mimic3_row import Mimic3Message, field, time_in
from schemas.translate.reason import IgnoreReason, RejectReason, ignore, refuse


def translate_metavision_input(message: Mimic3Message) -> Iterable[AnyFact]:
    """A dose, or a part of an infusion at one rate; its end is told only once it has come.

    What a part gave by its end stands in the row, also where it was paused or stopped. A rewritten row is withdrawn,
    and another row of the same order says what was given instead.
    """
    drug = _drug_of(message)
    if drug.drug_class is DrugClass.CRYSTALLOID:
        _ignore_carriers(message)
    started_at = happened(message, "starttime")
    yield Medication(
        **message.charted(),
        substance=drug.substance,
        drug_class=drug.drug_class,
        route=codebook().mimic3.order_routes.get(field(message.row, "ordercategoryname")),
        volume_ml=_volume_ml(message, drug),
        started_at=started_at,
        completed_at=_end(message, started_at),
        infusion_id=message.infusion_id(),
    )


def _drug_of(message: Mimic3Message) -> Drug:
    codes, itemid = codebook().mimic3, field(message.row, "itemid")
    drug = codes.drugs.get(itemid)
    if drug is None:
        ignore(_why_no_drug(itemid))
    return drug


def _why_no_drug(itemid: str) -> IgnoreReason:
    codes = codebook().mimic3
    if itemid in codes.not_antibacterial:
        return IgnoreReason.NOT_ANTIBACTERIAL
    return IgnoreReason.NOT_USED if itemid in codes.drugs_not_used else IgnoreReason.UNMAPPED_CODE


def _ignore_carriers(message: Mimic3Message) -> None:
    codes = codebook().mimic3
    is_order = field(message.row, "ordercomponenttypedescription") == codes.main_component
    if not is_order or field(message.row, "ordercategoryname") not in codes.fluid_categories:
        ignore(IgnoreReason.CARRIER_FLUID)


def _volume_ml(message: Mimic3Message, drug: Drug) -> float | None:
    """Volume of a fluid; a drug's amount is a dose."""
    if drug.drug_class is not DrugClass.CRYSTALLOID:
        return None
    return volume_ml(field(message.row, "amount"), field(message.row, "amountuom"))


def volume_ml(amount: float | str | None, unit: str | None) -> float | None:
    """A volume in millilitres; None where none was sent.

    Raises:
        RefusedError: `bad_value`, `unknown_unit` or `implausible_value` (below zero).
    """
    number = read_number(amount)
    if number is None:
        return None
    factor = codebook().volume_factors.get(plain(unit or ""))
    if factor is None:
        refuse(RejectReason.UNKNOWN_UNIT, "a volume is kept in mL")
    if number < 0:
        refuse(RejectReason.IMPLAUSIBLE_VALUE, "volume")
    return round(number * factor, 3)


def _end(message: Mimic3Message, started_at: datetime) -> datetime | None:
    ended = time_in(message.row, "endtime")
    if message.phase is not RowPhase.RETRACTED:
        refuse_early_end(started_at, ended, "endtime", day_only=False)
    return ended if ended and ended <= message.received_at else None


def translate_carevue_input(message: Mimic3Message) -> Iterable[AnyFact]:
    """A charted amount: given by `charttime`, which CareVue records instead of a start and an end."""
    drug = _drug_of(message)
    is_fluid = drug.drug_class is DrugClass.CRYSTALLOID
    if is_fluid and message.is_carrier:
        ignore(IgnoreReason.CARRIER_FLUID)
    if not _was_given(message, is_fluid=is_fluid):
        ignore(IgnoreReason.NOTHING_GIVEN)
    at = happened(message, "charttime")
    yield Medication(
        **message.charted(),
        substance=drug.substance,
        drug_class=drug.drug_class,
        route=codebook().routes.get(plain(field(message.row, "originalroute"))),
        volume_ml=_volume_ml(message, drug),
        started_at=at,
        completed_at=at if is_fluid else None,
        infusion_id=message.infusion_id(),
    )


def _was_given(message: Mimic3Message, *, is_fluid: bool) -> bool:
    amounts = ("amount",) if is_fluid else ("amount", "rate")
    return any((read_number(field(message.row, column)) or 0) > 0 for column in amounts)


def translate_order(message: Mimic3Message) -> Iterable[AnyFact]:
    """An antibacterial ordered for a day; whether and when it was given, the table does not say."""
    if field(message.row, "drug_type") != codebook().mimic3.main_order_type:
        ignore(IgnoreReason.CARRIER_FLUID)
    name = plain(field(message.row, "drug"))
    drug = codebook().drugs.get(name)
    if drug is None or drug.drug_class is not DrugClass.ANTIBACTERIAL:
        ignore(_why_no_order(name))
    route = plain(field(message.row, "route"))
    yield Medication(
        **message.charted() | {"day_only": True},
        substance=drug.substance,
        drug_class=drug.drug_class,
        route=codebook().routes.get(route, route or None),
        ordered_at=happened(message, "startdate"),
    )


def _why_no_order(name: str) -> IgnoreReason:
    return IgnoreReason.NOT_ANTIBACTERIAL if name in codebook().not_antibacterial else IgnoreReason.NOT_USED
