"""Rolling compliance as a real Prometheus has it, scraped from a live worker and board, against the replay's rates."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from mixed_feed import department, judged_alone, outcomes, write_feed
from real_parts.eventually import eventually
from schemas.read_model import EngineClock
from streams.clock import wall_clock
from streams.replay import ReplayRequest, replay
from whole_way import installation

MEASURES = ("nys-ped-1h/spec-2015", "sep1-like/1")
A_MONTH_IN = datetime(2026, 2, 1, tzinfo=UTC)
"""Everything in the feed has happened and settled, and its first time zero is less than 30 days ago."""
COUNTS = {
    "numerator": ("met",),
    "denominator": ("met", "met_late", "missed", "cannot_assess"),
    "cannot_assess": ("cannot_assess",),
    "pending": ("open", "due_soon", "not_open", "overdue"),
}
LABELS = ("measure", "element", "facility", "unit")


@dataclass(frozen=True)
class Scraped:
    """A Prometheus that has scraped a worker and a board with a feed behind them."""

    feed: list
    cases: list = field(repr=False)
    """Case records of the engine alone."""
    query: object = field(repr=False)

    def by(self, labels, expression):
        """The values of an instant query by some of its labels."""
        samples = self.query(f"sum by ({', '.join(labels)}) ({expression})")
        return {tuple(each["metric"][name] for name in labels): float(each["value"][1]) for each in samples}


@pytest.fixture(scope="module")
def scraped(kafka, redis_url, prometheus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("metrics")
    feed = sorted(department(12, 12), key=lambda message: message.received_at)
    clock = EngineClock(started_at=A_MONTH_IN, wall_started_at=wall_clock(), speed=1)
    with installation(kafka, redis_url, folder, clock, MEASURES) as running:
        prometheus.scrape("timezero-worker", running.worker_metrics)
        prometheus.scrape("timezero-board", running.board)
        running.play(feed)
        eventually(running.has_finished, within=60, what="everything finished")
        scraped = Scraped(feed, list(judged_alone(feed, MEASURES).values()), prometheus.query)
        wanted = expected(scraped, "denominator")
        eventually(lambda: shown(scraped, "denominator") == wanted, within=20, what="the scraped denominators")
        yield scraped


def shown(scraped, count):
    return scraped.by(LABELS, f'timezero_compliance_{count}{{window="30d"}}')


def expected(scraped, count):
    """The same count over the case records of the engine alone, counted here and by nobody else."""
    counts = Counter()
    for case in scraped.cases:
        for verdict in case.elements if case.status in {"denominator", "excluded"} else ():
            if verdict.status != "not_applicable":
                counted = case.status == "denominator" and verdict.status in COUNTS[count]
                counts[case.measure, verdict.element, case.facility_id, case.unit or "unknown"] += counted
    return dict(counts)


@pytest.mark.parametrize("count", COUNTS)
def test_compliance_by_measure_element_facility_and_unit_is_what_the_engine_alone_says(scraped, count):
    figures = expected(scraped, count)

    assert len({facility for _, _, facility, _ in figures}) > 1
    assert len({unit for _, _, _, unit in figures}) > 1
    assert shown(scraped, count) == figures


def test_over_facilities_and_units_it_is_the_rate_of_the_replay(scraped, tmp_path):
    write_feed(scraped.feed, tmp_path / "feed.ndjson")
    replay(ReplayRequest([tmp_path / "feed.ndjson"], "events", MEASURES, tmp_path))
    rates = json.loads((tmp_path / "summary.json").read_text())["rates"]
    window = '{window="30d"}'
    met = scraped.by(("measure", "element"), f"100 * timezero_compliance_numerator{window}")
    of = scraped.by(("measure", "element"), f"timezero_compliance_denominator{window} > 0")

    assert {rate["measure"] for rate in rates} == set(MEASURES)
    assert {name: round(met[name] / count, 1) for name, count in of.items()} == {
        (rate["measure"], rate["element"]): rate["rate_percent"] for rate in rates if rate["denominator"]
    }


def test_nobody_of_a_month_ago_is_in_the_last_day(scraped):
    assert scraped.by(LABELS, 'timezero_compliance_denominator{window="24h"}') == {}


def test_the_workers_count_of_messages_is_the_feed(scraped):
    told, _ = outcomes(scraped.feed)
    counted = scraped.by(("topic", "outcome"), 'timezero_messages_total{job="timezero-worker"}')

    assert counted == {name: count for name, count in told.items() if count}
    assert sum(counted.values()) == len(scraped.feed)


def test_both_are_up_and_the_engine_is_seen_at_work(scraped):
    up = {each["metric"]["job"] for each in scraped.query('up{job=~"timezero-.*"} == 1')}

    assert up == {"timezero-worker", "timezero-board"}
    assert float(scraped.query("timezero_board_cache_up")[0]["value"][1]) == 1
    assert float(scraped.query("timezero_engine_age_seconds")[0]["value"][1]) < 15
