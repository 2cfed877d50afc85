"""Real parts for every test, and the word at the end about what the run ran against.

A test asks for a part by naming its fixture. Where the part is missing the test is left out and
named in the summary; with TIMEZERO_REQUIRE_REAL=1 it fails instead.
"""

import shutil
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import settings

from coverage_trace import is_traced, untraced
from real_parts.inventory import PARTS, PHOENIX_ORACLE, found, missing_is_a_failure, shared_folder
from timezero.embedded import embedded_broker as run_embedded_broker
from timezero.embedded import embedded_cache
from timezero.local_kafka import local_kafka

LEFT_OUT = pytest.StashKey[list[str]]()
NEEDED = pytest.StashKey[set[str]]()

# The same examples on every machine and every day; `night` looks further.
settings.register_profile("day", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("night", deadline=None, max_examples=2000)
settings.load_profile("day")


def parts_of(item):
    """The real parts that a test asks for, directly or through its fixtures."""
    return sorted(PARTS.keys() & set(item.fixturenames))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Leave out, by name, what was chosen and cannot run here."""
    lacking = {item: [part for part in parts_of(item) if found(part) is None] for item in items}
    left_out = [] if missing_is_a_failure() else [item for item in items if lacking[item]]
    config.stash[LEFT_OUT] = [f"{item.nodeid}: {', '.join(lacking[item])} not found" for item in left_out]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    """Run a test with its fixtures, and without the tracer where its folder is not traced."""
    with nullcontext() if is_traced(item) else untraced(nextitem):
        return (yield)


def pytest_collection_finish(session):
    """Note the parts that this run uses."""
    session.config.stash[NEEDED] = {part for item in session.items for part in parts_of(item)}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Take over what a process of the run used and left out; each collects every test."""
    told = getattr(node, "workeroutput", {})
    node.config.stash[NEEDED] = node.config.stash.get(NEEDED, set()) | set(told.get("needed", []))
    node.config.stash[LEFT_OUT] = told.get("left_out", node.config.stash.get(LEFT_OUT, []))


def pytest_sessionfinish(session):
    """Tell the process that started this one what was used and left out."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["needed"] = sorted(session.config.stash.get(NEEDED, set()))
        output["left_out"] = session.config.stash.get(LEFT_OUT, [])


def pytest_terminal_summary(terminalreporter, config):
    """Say what the run ran against, and name what it left out."""
    needed = sorted(config.stash.get(NEEDED, set()))
    terminalreporter.section("ran against")
    for part in needed:
        terminalreporter.write_line(f"{part}: {found(part) or 'not found'}")
    for line in config.stash.get(LEFT_OUT, []):
        terminalreporter.write_line(f"not run: {line}", yellow=True)


def demand(part):
    """Fail, saying what to install, if the part is not here."""
    if found(part) is None:
        pytest.fail(f"{part} not found: {PARTS[part].install}", pytrace=False)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of the recorded data."""
    demand("shared_data")
    return shared_folder() / "data"


@pytest.fixture(scope="session")
def kafka(tmp_path_factory):
    """Bootstrap address of a real Apache Kafka."""
    demand("kafka")
    with local_kafka(tmp_path_factory.mktemp("kafka")) as bootstrap:
        yield bootstrap


@pytest.fixture(scope="session")
def embedded_broker(tmp_path_factory):
    """Bootstrap address of the embedded broker."""
    demand("embedded_broker")
    with run_embedded_broker(tmp_path_factory.mktemp("broker")) as bootstrap:
        yield bootstrap


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory):
    """URL of a real Redis; tests that count keys take a database number of their own."""
    demand("redis_url")
    from real_parts.servers import redis_server

    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(scope="session")
def own_machine():
    """Whether broker, cache and workers can run on a machine of their own within this one."""
    demand("own_machine")


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory):
    """URL of the embedded Valkey."""
    demand("valkey_url")
    with embedded_cache(tmp_path_factory.mktemp("cache")) as url:
        yield url


@pytest.fixture(scope="session")
def prometheus(tmp_path_factory):
    """A real Prometheus: `.scrape(name, address)`, `.query(expression)`."""
    demand("prometheus")
    from real_parts.servers import prometheus_server

    with prometheus_server(tmp_path_factory.mktemp("prometheus")) as server:
        yield server


@pytest.fixture(scope="session")
def alertmanager():
    """The program of a real Alertmanager, for `real_parts.servers.alertmanager_server`."""
    demand("alertmanager")
    return shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")


@pytest.fixture(scope="session")
def phoenix_oracle():
    """The Python that has the Phoenix authors' own package."""
    demand("phoenix_oracle")
    return PHOENIX_ORACLE


# Not for the session: Playwright keeps an event loop running, in which no other test could start one.
@pytest.fixture
def browser():
    """A real, headless Chromium."""
    demand("browser")
    from real_parts.chromium import chromium

    with chromium() as running:
        yield running


@pytest.fixture
def page(browser):
    """A page in a fresh browser context whose scripts must raise nothing."""
    from real_parts.chromium import faultless_page

    with faultless_page(browser) as opened:
        yield opened
