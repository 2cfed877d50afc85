"""The Grafana dashboard: every query answered by a real Prometheus that scrapes a real board; pushed over real HTTP."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson
import pytest

from board_morning import tell_morning
from board_read_models import ReadModels
from board_server import running_board
from dashboards.board.settings import BoardSettings
from dashboards.grafana import GrafanaRefusedError, apply, build, read_token
from dashboards.grafana.dashboard import queries
from real_parts.eventually import eventually
from timezero.server_process import free_port

DATABASE = 9
GRAFANA_TOKEN = "glsa a token".replace(" ", "_")
CHOICES = {"$measure": ".*", "$facility": ".*", "$unit": ".*", "$window": "24h"}


def chosen(query, choices):
    """A query as Grafana sends it once its variables are chosen."""
    for name, value in choices.items():
        query = query.replace(name, value)
    return query


@pytest.fixture
def scraped(valkey_url, prometheus):
    """A Prometheus that has scraped a board with a morning's data."""
    models = ReadModels(valkey_url.removesuffix("/0") + f"/{DATABASE}")
    models.redis.flushdb()
    tell_morning(models)
    with running_board(BoardSettings(redis_url=valkey_url.removesuffix("/0") + f"/{DATABASE}")) as url:
        board = url.removeprefix("http://")
        prometheus.scrape("board", board)
        # That of the board of the test before is still answered for a while, and then is not.
        of_this_one = f'timezero_alerts_kept{{kind="withdrawn", instance="{board}"}}'
        eventually(lambda: prometheus.query(of_this_one), what="the first scrape")
        yield prometheus


def test_every_query_of_the_dashboard_returns_data(scraped):
    empty = {title: query for title, query in queries(build()).items() if not scraped.query(chosen(query, CHOICES))}

    assert empty == {}


def test_a_chosen_unit_and_measure_narrow_every_figure(scraped):
    narrow = {**CHOICES, "$unit": "PICU|ED Peds", "$measure": "nys-ped-1h/spec-2015"}
    (bundle,) = scraped.query(chosen(queries(build())["Bundle compliance A"], narrow))

    assert bundle["metric"] == {"measure": "nys-ped-1h/spec-2015", "element": "bundle"}
    assert float(bundle["value"][1]) == pytest.approx(5 / 9)


def test_a_rate_over_units_is_the_sum_over_the_sum_and_not_a_mean(scraped):
    elements = scraped.query(chosen(queries(build())["Compliance by element A"], CHOICES))
    rates = {(one["metric"]["measure"], one["metric"]["element"]): float(one["value"][1]) for one in elements}

    assert rates["sep1-like/1", "bundle"] == pytest.approx(14 / 23)


def test_the_dashboard_is_the_same_each_time_and_fits_the_grid():
    dashboard = build()

    assert orjson.dumps(dashboard) == orjson.dumps(build())
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    places = [panel["gridPos"] for panel in dashboard["panels"]]
    taken = {(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])}
    assert sum(place["w"] * place["h"] for place in places) == len(taken)
    assert max(x for x, _ in taken) < 24


class StandIn(BaseHTTPRequestHandler):
    """Answers as Grafana's HTTP API does for one call, and keeps what it was asked."""

    def do_POST(self):
        body = orjson.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append((self.path, self.headers["authorization"], body))
        if self.path.startswith("/other"):
            self.answer(200, "text/html", b"<h1>Hello</h1>")
            return
        right = self.headers["authorization"] == f"Bearer {GRAFANA_TOKEN}"
        answer = {"status": "success", "uid": "timezero-compliance", "version": 1} if right else {"message": "no"}
        self.answer(200 if right else 401, "application/json", orjson.dumps(answer))

    def answer(self, status, kind, body):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def stand_in():
    with ThreadingHTTPServer(("127.0.0.1", 0), StandIn) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", server.asked
        finally:
            server.shutdown()
            thread.join()


def test_apply_sends_the_dashboard_with_the_token():
    with stand_in() as (url, asked):
        push = apply(url, GRAFANA_TOKEN, dry_run=False)

    ((path, authorization, body),) = asked
    assert path == "/api/dashboards/db"
    assert authorization == f"Bearer {GRAFANA_TOKEN}"
    assert body == {"dashboard": build(), "overwrite": True, "message": "Built by timezero"}
    assert (push.sent, push.answer["status"]) == (True, "success")


def test_grafana_may_live_below_a_path():
    with stand_in() as (url, asked):
        push = apply(f"{url}/grafana", GRAFANA_TOKEN, dry_run=False)

    assert asked[0][0] == "/grafana/api/dashboards/db"
    assert push.url.endswith(asked[0][0])


def test_a_server_that_is_no_grafana_is_named_so():
    with stand_in() as (url, _), pytest.raises(GrafanaRefusedError, match="is not Grafana's API; check the address"):
        apply(f"{url}/other", GRAFANA_TOKEN, dry_run=False)


def test_a_dry_run_shows_what_would_be_sent_and_sends_nothing():
    with stand_in() as (url, asked):
        push = apply(url + "/", GRAFANA_TOKEN, dry_run=True)

    assert asked == []
    assert (push.sent, push.url, push.body["dashboard"]) == (False, f"{url}/api/dashboards/db", build())


def test_a_refusal_is_one_sentence_without_the_token():
    with stand_in() as (url, _), pytest.raises(GrafanaRefusedError) as refusal:
        apply(url, "wrong", dry_run=False)

    assert str(refusal.value) == f"Grafana at {url} refused the dashboard with status 401."
    assert refusal.value.exit_code == 2


def test_a_server_that_is_not_there_is_one_sentence():
    url = f"http://127.0.0.1:{free_port()}"

    with pytest.raises(GrafanaRefusedError, match=f"Grafana at {url} cannot be reached"):
        apply(url, GRAFANA_TOKEN, dry_run=False)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("grafana:3000", "must start with http:// or https://"),
        ("ftp://grafana", "must start with http:// or https://"),
        ("http://", "name a host"),
        ("http://admin:admin@grafana:3000", "must not carry a user or password"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused_before_anything_is_sent(url, why):
    with pytest.raises(GrafanaRefusedError, match=why) as refusal:
        apply(url, GRAFANA_TOKEN, dry_run=True)

    assert "admin" not in str(refusal.value)


def test_the_token_is_the_first_line_of_its_file(tmp_path):
    (path := tmp_path / "token").write_text(f"{GRAFANA_TOKEN}\nmore\n")

    assert read_token(path) == GRAFANA_TOKEN


def test_a_token_file_that_is_no_use_is_one_sentence(tmp_path):
    (empty := tmp_path / "empty").write_text("\n")

    with pytest.raises(GrafanaRefusedError, match="is empty"):
        read_token(empty)
    with pytest.raises(GrafanaRefusedError, match=r"cannot be read \(FileNotFoundError\)"):
        read_token(tmp_path / "absent")
