"""Which fluids of `inputevents_cv` carry a drug.

CareVue charts a dissolved drug and what it is dissolved in as two rows of one order, and no column says which is which.
"""

from collections.abc import Iterable
from typing import Any

from schemas.clinical import DrugClass
from schemas.translate.codebook import codebook

TABLE = "inputevents_cv"


def carrier_rows(table: str, rows: Iterable[dict[str, Any]]) -> frozenset[str]:
    """`row_id` of the crystalloids that carry a drug: another row of their order names one.

    An electrolyte is no such drug: a bag of fluid with potassium in it is still a bag of fluid. Other tables say of
    themselves what carries what.
    """
    if table != TABLE:
        return frozenset()
    listed = list(rows)
    dissolving = {row["linkorderid"] for row in listed if row["linkorderid"] and _is_dissolved(row["itemid"])}
    return frozenset(row["row_id"] for row in listed if row["linkorderid"] in dissolving and _is_fluid(row["itemid"]))


def _is_fluid(itemid: str) -> bool:
    drug = codebook().mimic3.drugs.get(itemid)
    return drug is not None and drug.drug_class is DrugClass.CRYSTALLOID


def _is_dissolved(itemid: str) -> bool:
    return not _is_fluid(itemid) and itemid not in codebook().mimic3.additives
