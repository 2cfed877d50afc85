"""Who may look at the board, and under which name it may be asked."""

import logging

import httpx
import pytest

from board_morning import tell_morning
from board_read_models import ReadModels
from board_server import running_board
from dashboards.board.access import LoginThrottle
from dashboards.board.server import create_app, make_server, open_socket
from dashboards.board.settings import BoardRefusedError, BoardSettings

TOKEN = "correct horse battery staple".replace(" ", "-")
EVERYWHERE = ".".join("0000")


@pytest.fixture
def token_file(tmp_path):
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    return path


@pytest.fixture
def guarded(valkey_url, token_file):
    with running_board(BoardSettings(redis_url=valkey_url, token_file=token_file)) as url:
        yield url


@pytest.fixture
def unguarded(valkey_url):
    with running_board(BoardSettings(redis_url=valkey_url)) as url:
        yield url


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "192.0.2.7", "board.example"])
def test_the_board_refuses_to_listen_beyond_loopback_without_a_token(host):
    with pytest.raises(BoardRefusedError) as refusal:
        create_app(BoardSettings(host=host))

    assert str(refusal.value) == (
        f"The board will not listen on {host} without an access token: give a token file, or listen on 127.0.0.1."
    )
    assert refusal.value.exit_code == 2


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_needs_no_token(host):
    assert BoardSettings(host=host).read_token() is None


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot be read (FileNotFoundError)."),
        (b"", "must be a token of at least 16 characters."),
        (b"short\n", "must be a token of at least 16 characters."),
        (b"\xff\xfe\xff", "cannot be read (UnicodeDecodeError)."),
    ],
)
def test_a_token_file_that_is_no_use_stops_the_board_in_one_sentence(tmp_path, content, why):
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(BoardRefusedError) as refusal:
        create_app(BoardSettings(host=EVERYWHERE, token_file=path))

    assert str(refusal.value).endswith(why)
    assert "\n" not in str(refusal.value)


def test_an_unknown_zone_stops_the_board():
    with pytest.raises(BoardRefusedError, match="knows no time zone 'Mars/Base'"):
        create_app(BoardSettings(zone="Mars/Base"))


def test_a_port_in_use_stops_the_board_in_one_sentence():
    with open_socket(BoardSettings(port=0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(BoardRefusedError, match=f"cannot listen on 127.0.0.1 port {port}: Address already in use"):
            open_socket(BoardSettings(port=port))


@pytest.mark.parametrize("path", ["/", "/events", "/api/compliance", "/api/cases/0", "/metrics", "/nowhere"])
def test_nothing_about_patients_is_shown_without_the_token(guarded, path):
    assert httpx.get(guarded + path).status_code == 401


def test_health_can_be_asked_without_the_token_and_says_nothing_about_patients(guarded):
    answer = httpx.get(f"{guarded}/healthz")

    assert answer.status_code == 200
    assert answer.json().keys() == {"status", "notices"}


def test_a_bearer_token_opens_the_board(guarded):
    assert httpx.get(f"{guarded}/metrics", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert httpx.get(f"{guarded}/metrics", headers={"authorization": f"Bearer {TOKEN}x"}).status_code == 401


def test_a_token_in_the_address_opens_nothing(guarded):
    assert httpx.get(f"{guarded}/metrics", params={"token": TOKEN, "access_token": TOKEN}).status_code == 401


def test_a_browser_is_led_to_the_login_and_the_form_opens_a_session_that_logout_ends(guarded):
    with httpx.Client(base_url=guarded, follow_redirects=True, headers={"accept": "text/html"}) as browser:
        assert "Access token" in browser.get("/").text

        opened = browser.post("/login", data={"token": TOKEN})
        cookie = opened.history[0].headers["set-cookie"]

        assert opened.url.path == "/"
        assert 'id="logout"' in opened.text
        assert "hidden" not in opened.text.split('id="logout"')[1].split(">")[0]
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert TOKEN not in cookie
        assert browser.get("/metrics").status_code == 200

        browser.cookies.set("timezero_session", session := browser.cookies["timezero_session"], domain="other.example")
        browser.post("/logout")

        assert httpx.get(f"{guarded}/metrics", cookies={"timezero_session": session}).status_code == 401


def test_a_wrong_token_says_so_and_opens_nothing(guarded):
    answer = httpx.post(f"{guarded}/login", data={"token": "wrong"})

    assert answer.status_code == 401
    assert "That token is not right." in answer.text
    assert "set-cookie" not in answer.headers


def test_a_login_form_of_another_site_is_refused(guarded):
    answer = httpx.post(f"{guarded}/login", data={"token": TOKEN}, headers={"origin": "http://evil.example"})

    assert answer.status_code == 403


def test_an_oversized_form_is_not_read(guarded):
    assert httpx.post(f"{guarded}/login", data={"token": TOKEN, "more": "x" * 10_000}).status_code == 401


def test_guessing_is_slowed_for_form_and_bearer_alike(guarded):
    for _ in range(5):
        httpx.post(f"{guarded}/login", data={"token": "wrong"})

    for answer in (
        httpx.post(f"{guarded}/login", data={"token": TOKEN}),
        httpx.get(f"{guarded}/metrics", headers={"authorization": f"Bearer {TOKEN}"}),
    ):
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1


def test_each_further_wrong_token_doubles_the_wait_up_to_a_minute():
    now = [0.0]
    throttle = LoginThrottle(lambda: now[0])
    waits = []
    for _ in range(14):
        throttle.note("a", right=False)
        waits.append(throttle.wait_s("a"))

    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert throttle.wait_s("b") == 0
    now[0] = 61
    assert throttle.wait_s("a") == 0


def test_a_right_token_forgets_the_wrong_ones():
    throttle = LoginThrottle(lambda: 0.0)
    for _ in range(4):
        throttle.note("a", right=False)
    throttle.note("a", right=True)
    throttle.note("a", right=False)

    assert throttle.wait_s("a") == 0


def test_the_throttle_does_not_grow_without_end():
    throttle = LoginThrottle(lambda: 0.0)
    for number in range(LoginThrottle.ADDRESSES_KEPT + 50):
        throttle.note(str(number), right=False)

    assert len(throttle.failures) == LoginThrottle.ADDRESSES_KEPT


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "192.0.2.7:80"])
def test_on_loopback_a_foreign_name_is_refused_against_dns_rebinding(unguarded, host):
    assert httpx.get(f"{unguarded}/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9", "127.0.0.1", "[::1]:8080", "[::1]"])
def test_on_loopback_its_own_names_are_answered(unguarded, host):
    assert httpx.get(f"{unguarded}/", headers={"host": host}).status_code == 200


def test_a_board_behind_a_token_answers_to_the_names_it_is_given(valkey_url, token_file):
    settings = BoardSettings(redis_url=valkey_url, token_file=token_file, allowed_hosts=("Board.Hospital.Example",))
    with running_board(settings) as url:
        assert httpx.get(f"{url}/healthz", headers={"host": "board.hospital.example"}).status_code == 200
        assert httpx.get(f"{url}/healthz", headers={"host": "other.example"}).status_code == 421


@pytest.mark.parametrize("path", ["/", "/login", "/static/board.css", "/metrics", "/nowhere", "/api/cases/0"])
def test_every_answer_carries_the_strict_headers(unguarded, path):
    headers = httpx.get(unguarded + path).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_no_address_and_no_patient_is_logged(valkey_url, caplog):
    caplog.set_level(logging.DEBUG)
    tell_morning(ReadModels(valkey_url))
    with running_board(BoardSettings(redis_url=valkey_url)) as url:
        httpx.get(f"{url}/api/cases/abc", params={"unit": "enc-20417"})
        httpx.get(f"{url}/metrics")

    own = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert not [line for line in own if "enc-" in line or "abc" in line or "patient" in line]


def test_the_server_of_a_refused_board_is_never_made(tmp_path):
    with pytest.raises(BoardRefusedError):
        make_server(BoardSettings(host=EVERYWHERE, token_file=tmp_path / "absent"))
