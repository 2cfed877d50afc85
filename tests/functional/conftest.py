"""What tests of commands and of the board share: a scored file, and a board on a real cache."""

import csv

import httpx
import pytest

from abstraction_form import COLUMNS, SPEC, write_cases
from board_read_models import fresh_models
from board_server import events, running_board
from board_stream import DATABASE
from command_line import say
from dashboards.board.settings import BoardSettings
from real_parts.eventually import eventually


@pytest.fixture
def score(tmp_path, capsys):
    """Score some stories, or a file that is there; give what was said and the rows written."""

    def run(stories=None, measure=SPEC, *options, columns=COLUMNS):
        cases = tmp_path / "cases.csv"
        if stories is not None:
            write_cases(cases, stories, columns)
        out = tmp_path / "out.csv"
        said = say(capsys, "score", cases, "--measure", measure, "--out", out, *options)
        rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines(keepends=True))) if out.exists() else []
        return said, rows

    run.cases = tmp_path / "cases.csv"
    run.out = tmp_path / "out.csv"
    return run


@pytest.fixture
def models(valkey_url):
    return fresh_models(valkey_url, DATABASE)


@pytest.fixture
def settings(valkey_url, models):
    assert models.redis.ping()
    return BoardSettings(redis_url=valkey_url.removesuffix("/0") + f"/{DATABASE}")


@pytest.fixture
def board(settings):
    with running_board(settings) as url, httpx.Client(base_url=url, timeout=20) as client:
        eventually(lambda: client.get("/healthz").json()["status"] == "ok", what="the board's first reading")
        yield client


@pytest.fixture
def open_stream(board):
    with board.stream("GET", "/events") as response:
        yield events(response)
