"""By real Prometheus and Alertmanager: the watchdog always arrives, and people are told that a notifier is gone."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import yaml

from real_parts.eventually import eventually
from real_parts.inventory import REPOSITORY
from real_parts.servers import alertmanager_server, prometheus_server
from running_notifier import NotifierRun
from timezero.server_process import free_port
from webhook_receiver import Receiver, listening

RULES = REPOSITORY / "deploy" / "prometheus" / "rules" / "timezero.yml"
ALERTMANAGER = REPOSITORY / "deploy" / "alertmanager" / "alertmanager.yml"


@contextmanager
def two_receivers():
    """A server that keeps what comes, by path: (address, what came)."""
    came = {"/alerts_url": [], "/watchdog_url": []}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            came[self.path] += [(each["labels"]["alertname"], each["status"]) for each in body["alerts"]]
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", came
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def as_shipped_but_sooner(address):
    """Our own routes; Debian's Alertmanager reads addresses from no file, and a test has no minute to wait."""
    config = yaml.safe_load(ALERTMANAGER.read_text())
    for receiver in config["receivers"]:
        for webhook in receiver["webhook_configs"]:
            webhook["url"] = f"{address}/{webhook.pop('url_file').rpartition('/')[2]}"
    for route in (config["route"], *config["route"]["routes"]):
        route |= {"group_wait": "0s", "group_interval": "1s", "repeat_interval": "1s"}
    return yaml.safe_dump(config)


def test_who_waits_for_the_watchdog_has_it_and_people_are_told_that_the_notifier_is_gone(
    prometheus, alertmanager, embedded_broker, valkey_url, tmp_path
):
    del prometheus  # one of our own, with rules
    (tmp_path / "prometheus" / "rules").mkdir(parents=True)
    (tmp_path / "prometheus" / "rules" / "timezero.yml").write_text(RULES.read_text().replace("for: 1m", "for: 1s"))
    port = free_port()
    run = NotifierRun(embedded_broker, valkey_url, tmp_path, metrics_port=port)

    with (
        two_receivers() as (address, came),
        alertmanager_server(alertmanager, tmp_path / "alertmanager", as_shipped_but_sooner(address)) as manager,
        prometheus_server(tmp_path / "prometheus", manager) as watching,
        listening(Receiver()) as url,
    ):
        watching.scrape("notify", f"127.0.0.1:{port}")
        with run.running(url):
            eventually(lambda: watching.query('up{job="notify"} == 1'), within=60, what="a notifier that is up")
            eventually(lambda: came["/watchdog_url"], within=60, what="the watchdog")
            before = list(came["/alerts_url"])
        eventually(
            lambda: ("TimezeroNotifierDown", "firing") in came["/alerts_url"], within=60, what="what people are told"
        )
        beats = len(came["/watchdog_url"])
        eventually(lambda: len(came["/watchdog_url"]) > beats, what="the watchdog again")

    assert "TimezeroNotifierDown" not in {name for name, _ in before}
    assert {name for name, _ in came["/watchdog_url"]} == {"TimezeroWatchdog"}
    assert "TimezeroWatchdog" not in {name for name, _ in came["/alerts_url"]}
