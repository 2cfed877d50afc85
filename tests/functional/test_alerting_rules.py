"""The alerting rules by Prometheus's own `promtool`: what fires when something dies, and what stays quiet."""

import re
import shutil
import subprocess

import pytest
import yaml

from real_parts.inventory import REPOSITORY

RULES = REPOSITORY / "deploy" / "prometheus" / "rules" / "timezero.yml"
NAMES = {rule["alert"] for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]}
UP = {job: f'up{{job="{job}", instance="one"}}' for job in ("worker", "board", "notify")}
WELL = {
    **dict.fromkeys(UP.values(), "1x40"),
    "timezero_engine_age_seconds": "1x40",
    "timezero_board_cache_up": "1x40",
    "timezero_worker_well": "1x40",
    "timezero_worker_age_seconds": "0.5x40",
    "timezero_chain_well": "1x40",
    'timezero_held{topic="raw.lab"}': "0x40",
    'timezero_feed_ahead_seconds{topic="raw.lab", source="lab"}': "3x40",
    'timezero_feed_messages{topic="raw.lab", source="lab", outcome="accepted"}': "0+500x40",
    'timezero_feed_messages{topic="raw.lab", source="lab", outcome="rejected"}': "7x40",
    'timezero_heartbeats_total{outcome="sent"}': "0+1x40",
}
"""A service that is well, minute by minute."""
REJECTED = 'timezero_feed_messages{topic="raw.lab", source="lab", outcome="rejected"}'


def firing(tmp_path, prometheus, minute, **changes):
    """Names of the alerts that fire at a minute, of a service that is well but for `changes`, asked of promtool."""
    del prometheus  # it says that promtool is installed
    series = WELL | changes
    values = {name: _counted(value) for name, value in series.items() if value is not None}
    asked = [{"eval_time": f"{minute}m", "alertname": name, "exp_alerts": []} for name in sorted(NAMES)]
    written = [{"series": name, "values": value} for name, value in values.items()]
    path = tmp_path / "asked.yml"
    tests = [{"interval": "1m", "input_series": written, "alert_rule_test": asked}]
    path.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "tests": tests}))
    argv = [shutil.which("promtool"), "test", "rules", str(path)]
    told = subprocess.run(argv, check=False, capture_output=True, text=True)
    return set(re.findall(r"alertname: ?(\w+)", told.stdout + told.stderr))


def _counted(value):
    """`1x40` as promtool spells a constant."""
    return value if "+" in value or "_" in value or " " in value else value.replace("x", "+0x", 1)


def test_a_service_that_is_well_raises_the_watchdog_and_nothing_else(prometheus, tmp_path):
    assert firing(tmp_path, prometheus, 30) == {"TimezeroWatchdog"}


@pytest.mark.parametrize(
    ("changes", "alerts"),
    [
        ({UP["worker"]: "1x10 0x30"}, {"TimezeroWorkerDown"}),
        ({UP["worker"]: None}, {"TimezeroWorkerDown"}),
        ({UP["board"]: "1x10 _x30"}, {"TimezeroBoardBlind"}),
        ({UP["notify"]: "1x10 0x30"}, {"TimezeroNotifierDown"}),
        ({UP["notify"]: "1x10 _x30"}, {"TimezeroNotifierDown"}),
        ({UP["notify"]: None}, set()),
        ({"timezero_worker_well": "0x40"}, {"TimezeroWorkerStuck"}),
        ({"timezero_worker_age_seconds": "60x40"}, {"TimezeroWorkerStuck"}),
        ({'timezero_held{topic="raw.lab"}': "1x40"}, {"TimezeroTopicHeld"}),
        ({"timezero_engine_age_seconds": "90x40"}, {"TimezeroEngineSilent"}),
        ({"timezero_chain_well": "0x40"}, {"TimezeroChainUnwell"}),
        (
            {'timezero_heartbeats_total{outcome="sent"}': "9x40", 'timezero_heartbeats_total{outcome="500"}': "0+1x40"},
            {"TimezeroHeartbeatsFail"},
        ),
        (
            {'timezero_feed_ahead_seconds{topic="raw.lab", source="lab"}': "840x40"},
            {"TimezeroSourceClockAhead"},
        ),
        ({REJECTED: "0+200x40"}, {"TimezeroSourceRejected", "TimezeroMessagesRejected"}),
        ({REJECTED: "0+50x40"}, {"TimezeroMessagesRejected"}),
    ],
)
def test_each_trouble_raises_its_alert_and_no_other(prometheus, tmp_path, changes, alerts):
    assert firing(tmp_path, prometheus, 30, **changes) == {"TimezeroWatchdog"} | alerts


def test_the_run_book_says_of_every_alert_what_to_do():
    page = (REPOSITORY / "docs" / "how-to-run.md").read_text(encoding="utf-8")

    assert set(re.findall(r"^\| `(Timezero\w+)` \|", page, re.MULTILINE)) == NAMES
