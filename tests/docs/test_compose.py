"""What docker-compose.yml asks of our services is there."""

import os
import re
import subprocess
import sys

import pytest
import yaml
from click.testing import CliRunner

from real_parts.inventory import REPOSITORY
from timezero.cli import SUBCOMMANDS, timezero
from timezero.settings import setting_lines

COMPOSE = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
RULES = REPOSITORY / "deploy" / "prometheus" / "rules" / "timezero.yml"
PYTHON_SOURCES = [path for package in ("streams", "dashboards") for path in (REPOSITORY / package).rglob("*.py")]


@pytest.mark.parametrize("service", OURS)
def test_every_service_of_ours_is_a_command_with_the_options_it_is_given(service):
    command, *options = OURS[service]["command"]
    flags = {option for option in options if option.startswith("-")}

    offered = CliRunner().invoke(timezero, [command, "--help"]).output

    assert command in SUBCOMMANDS
    assert {flag for flag in flags if flag not in offered} == set()


@pytest.mark.parametrize("service", OURS)
def test_every_setting_that_a_service_is_given_is_known(service):
    known = {line.variable for line in setting_lines()}

    assert set(OURS[service]["environment"]) - known == set()


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_is_root_or_left_unwatched(service):
    user = str(SERVICES[service]["user"]).partition(":")[0]

    assert user not in {"", "0", "root"}
    assert SERVICES[service]["healthcheck"]["test"]
    assert SERVICES[service]["cap_drop"] == ["ALL"]
    assert SERVICES[service]["restart"] == "unless-stopped"


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_runs_whatever_was_released_last(service):
    _, _, tag = SERVICES[service]["image"].rpartition(":")

    assert re.match(r"v?\d+\.\d+\.\d+", tag)


@pytest.mark.parametrize("service", SERVICES)
def test_secrets_are_files(service):
    secret = re.compile(r"PASSWORD|TOKEN|SECRET|REDIS_URL", flags=re.IGNORECASE)
    given = SERVICES[service].get("environment", {})

    assert {name: value for name, value in given.items() if secret.search(name) and "FILE" not in name} == {}
    assert set(SERVICES[service].get("secrets", [])) <= set(COMPOSE["secrets"])


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_open_to_the_network_of_the_machine(service):
    assert [port for port in SERVICES[service].get("ports", []) if not port.startswith("127.0.0.1:")] == []


@pytest.mark.parametrize(("service", "variable"), [("worker", "DATADIR"), ("notify", "NOTIFY_DATADIR")])
def test_health_is_judged_by_what_the_service_itself_writes(tmp_path, service, variable):
    _, command, *arguments = SERVICES[service]["healthcheck"]["test"]
    environment = os.environ | {f"TIMEZERO_{variable}": str(tmp_path)}
    argv = [sys.executable, "-P", "-m", command, *arguments]

    judged = subprocess.run(argv, env=environment, check=False, capture_output=True, text=True)

    assert (judged.returncode, judged.stderr) == (1, "")
    assert judged.stdout.startswith("no worker has written its health")


@pytest.fixture
def secrets_after(tmp_path):
    """Run the script in an empty checkout; give what it leaves, by name."""
    script = tmp_path / "deploy" / "make-secrets"
    script.parent.mkdir()
    script.write_bytes((REPOSITORY / "deploy" / "make-secrets").read_bytes())

    def run():
        subprocess.run(["sh", str(script)], check=True, capture_output=True)
        return {path.name: path.read_text().strip() for path in (tmp_path / "secrets").iterdir()}

    return run


def test_every_secret_is_made(secrets_after):
    made = secrets_after()

    assert made.keys() == COMPOSE["secrets"].keys()
    assert all(made.values())
    assert f":{made['redis_password']}@" in made["redis_url"]


def test_secrets_that_are_there_stay(secrets_after):
    assert secrets_after() == secrets_after()


def test_alerting_rules_ask_for_metrics_that_exist():
    asked = set(re.findall(r"timezero_[a-z_]+", " ".join(re.findall(r"expr: (.*)", RULES.read_text(encoding="utf-8")))))
    sources = "\n".join(path.read_text(encoding="utf-8") for path in PYTHON_SOURCES)

    assert asked
    assert {name for name in asked if f'"{name.removesuffix("_total")}"' not in sources} == set()
