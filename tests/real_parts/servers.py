"""Real servers on free loopback ports, with their data in the test run's own folder."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import orjson

from timezero.embedded import answers_ping
from timezero.server_process import LOOPBACK, ServerCommand, free_port, running_server

PROMETHEUS_CONFIG = """\
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [rules/*.yml]
scrape_configs:
  - job_name: timezero
    file_sd_configs: [{files: [targets/*.json]}]
"""


ALERTING_CONFIG = """\
alerting:
  alertmanagers:
    - static_configs: [{{targets: ["{}"]}}]
"""


class Prometheus:
    """A running Prometheus: tell it what to scrape, ask it what it knows."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self._folder = folder

    def scrape(self, name: str, address: str) -> None:
        """Scrape `http://<address>/metrics` every second from now on, as `job=name`."""
        target = self._folder / "targets" / f"{name}.json"
        unseen = target.with_suffix(".new")
        unseen.write_bytes(orjson.dumps([{"targets": [address], "labels": {"job": name}}]))
        unseen.rename(target)

    def query(self, expression: str) -> list[dict]:
        """Give the samples of an instant query, each with `metric` and `value`."""
        answer = httpx.get(f"{self.url}/api/v1/query", params={"query": expression}, timeout=10)
        answer.raise_for_status()
        return answer.json()["data"]["result"]


@contextmanager
def redis_server(data_dir: Path) -> Iterator[str]:
    """Run Debian's Redis and give its URL; nothing is persisted."""
    port = free_port()
    argv = [shutil.which("redis-server"), "--bind", LOOPBACK, "--port", str(port), "--save", "", "--appendonly", "no"]
    with running_server(ServerCommand("redis", argv, partial(answers_ping, port), data_dir)):
        yield f"redis://{LOOPBACK}:{port}/0"


@contextmanager
def alertmanager_server(program: str, data_dir: Path, config: str) -> Iterator[str]:
    """Run an Alertmanager with this configuration and give its address, `host:port`."""
    address = f"{LOOPBACK}:{free_port()}"
    data_dir.mkdir(parents=True, exist_ok=True)
    file = data_dir / "alertmanager.yml"
    file.write_text(config, encoding="utf-8")
    argv = [
        program,
        f"--config.file={file}",
        f"--storage.path={data_dir / 'data'}",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
    ]
    with running_server(ServerCommand("alertmanager", argv, partial(_is_ready, f"http://{address}"), data_dir)):
        yield address


@contextmanager
def prometheus_server(data_dir: Path, alertmanager: str | None = None) -> Iterator[Prometheus]:
    """Run Debian's Prometheus with nothing to scrape yet; alerts of rules in its folder go to `alertmanager`."""
    address = f"{LOOPBACK}:{free_port()}"
    (data_dir / "targets").mkdir(parents=True)
    (data_dir / "rules").mkdir(exist_ok=True)
    config = data_dir / "prometheus.yml"
    alerting = ALERTING_CONFIG.format(alertmanager) if alertmanager else ""
    config.write_text(PROMETHEUS_CONFIG + alerting, encoding="utf-8")
    argv = [
        shutil.which("prometheus"),
        f"--config.file={config}",
        f"--storage.tsdb.path={data_dir / 'tsdb'}",
        f"--web.listen-address={address}",
    ]
    with running_server(ServerCommand("prometheus", argv, partial(_is_ready, f"http://{address}"), data_dir)):
        yield Prometheus(f"http://{address}", data_dir)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/-/ready", timeout=1).is_success
    except httpx.HTTPError:
        return False
