"""How much fluid was in at each minute: by the facts, by the independent reading, and by hand."""

from collections import defaultdict
from decimal import Decimal
from itertools import accumulate, pairwise

import pytest

from reference import mimic3_rows
from schemas.clinical import DrugClass
from schemas.rejection import Accepted
from schemas.translate import translate
from scoring.fact_store import FactStore
from streams.sources import open_source

INPUTS = ("inputevents_mv.csv.gz", "inputevents_cv.csv.gz")

IN_BY_HAND = {
    # 195911, three bags of a litre, the rate changed within each: nine rows were rewritten, some of them twice.
    "6507156": [("17 11:00", "300"), ("17 13:37", "1000")],
    "6737733": [("17 15:30", "497.484"), ("17 17:28", "1000")],
    "3976091": [("17 17:57", "90"), ("18 02:56", "1000")],
    # 195911: half a litre, paused for 48 minutes after a fifth of it.
    "2173292": [("31 21:27", "103.878"), ("01 03:01", "500")],
    # 195911: paused at 09:33, resumed at 12:09; the row that resumed it at once was rewritten.
    "5646463": [("20 09:33", "555"), ("20 16:36", "1000")],
    # 198480: paused twice; four rows rewritten.
    "5133540": [("07 10:00", "116.667"), ("07 16:28", "800"), ("07 18:58", "987.5")],
    # 195911: two rows, both cancelled the next evening.
    "3148761": [],
    # 138132: stopped for good with 106 mL left in the bag, which was never given.
    "1794429": [("07 02:26", "43.333"), ("08 09:09", "350.5")],
}


@pytest.fixture(scope="module")
def tables(shared_data):
    return shared_data / "mimic3_demo"


@pytest.fixture(scope="module")
def fluids(tables):
    """Crystalloids that hold once everything is known."""
    store = FactStore()
    for message in open_source([tables / name for name in INPUTS], "mimic3"):
        result = translate(message.topic, message.value, message.received_at)
        for fact in result.facts if isinstance(result, Accepted) else ():
            store.add(fact)
    return [fact for fact in store.winners() if fact.drug_class is DrugClass.CRYSTALLOID]


def sums(parts):
    """(end, mL in by then) for (end, mL)."""
    ordered = sorted(parts)
    return list(zip((end for end, _ in ordered), accumulate(ml for _, ml in ordered), strict=True))


def part_of(fact):
    return fact.completed_at.replace(tzinfo=None), Decimal(str(fact.volume_ml))


def test_at_every_minute_of_every_stay_facts_and_tables_have_the_same_volume(tables, fluids):
    told = defaultdict(list)
    for fact in fluids:
        told[fact.encounter_id].append(part_of(fact))
    stays = mimic3_rows.read_stays(tables)
    read = {stay: [(part.end, part.ml) for part in each.parts] for stay, each in stays.items() if each.parts}

    assert {stay: sums(parts) for stay, parts in told.items()} == {stay: sums(parts) for stay, parts in read.items()}


@pytest.mark.parametrize("order", IN_BY_HAND)
def test_the_parts_of_an_order_add_up_as_they_do_by_hand(fluids, order):
    parts = [part_of(fact) for fact in fluids if fact.infusion_id == f"mimic3:inputevents_mv:{order}"]

    added = [(f"{end:%d %H:%M}", volume.quantize(Decimal("0.001"))) for end, volume in sums(parts)]

    assert added == [(end, Decimal(volume)) for end, volume in IN_BY_HAND[order]]


def test_no_order_gave_more_than_was_hung_and_no_parts_of_one_overlap(tables, fluids):
    """One order of 500 mL is written as 550 at a changed rate; the others agree to a hundredth."""
    hung = {row["linkorderid"]: float(row["totalamount"] or 0) for row in mimic3_rows.rows_of(tables, "inputevents_mv")}
    orders = defaultdict(list)
    for fact in fluids:
        if fact.infusion_id.startswith("mimic3:inputevents_mv:"):
            orders[fact.infusion_id.rpartition(":")[2]].append(fact)
    over = {name for name, parts in orders.items() if sum(part.volume_ml for part in parts) > 1.01 * hung[name]}
    spans = [sorted((part.started_at, part.completed_at) for part in parts) for parts in orders.values()]

    assert over == {"3273619"}
    assert all(end <= begins for parts in spans for (_, end), (begins, _) in pairwise(parts))
