"""`timezero notify` says in one sentence why it will not start, and keeps addresses and secrets to itself."""

import pytest

from command_line import say
from webhook_receiver import SECRET

ADDRESS = "https://alerts.example.org/T0KEN"


@pytest.fixture
def secret_file(tmp_path):
    (tmp_path / "secret").write_text(SECRET)
    return tmp_path / "secret"


def refused(capsys, *options):
    said = say(capsys, "notify", *options)
    assert (said.code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
    assert "T0KEN" not in said.err
    assert SECRET not in said.err
    return said.err


def test_it_needs_an_address_and_a_secret(capsys, secret_file):
    assert "give --url and --secret-file" in refused(capsys)
    assert "give --url and --secret-file" in refused(capsys, "--url", ADDRESS)
    assert "give --url and --secret-file" in refused(capsys, "--secret-file", secret_file)


def test_an_open_connection_is_for_this_machine_only(capsys, secret_file):
    said = refused(capsys, "--url", ADDRESS.replace("https", "http"), "--secret-file", secret_file)

    assert "must begin with https://" in said


def test_a_secret_that_is_none_is_refused(capsys, secret_file):
    secret_file.write_text("T0KEN")

    assert "must be whsec_ and 24 to 64 random bytes" in refused(capsys, "--url", ADDRESS, "--secret-file", secret_file)


def test_links_need_the_boards_own_token_to_be_readable(capsys, secret_file, monkeypatch, tmp_path):
    monkeypatch.setenv("TIMEZERO_BOARD_TOKEN_FILE", str(tmp_path / "nowhere"))

    assert "cannot be read" in refused(capsys, "--url", ADDRESS, "--secret-file", secret_file)
