"""The webhook: where it may go, what signs it, what each answer means, and what a body never says."""

import base64
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook as Signature
from standardwebhooks import WebhookVerificationError

from schemas.alert import Alert
from streams.clock import wall_clock
from streams.notifier import OpenOffsets
from streams.notifier_settings import NotifierSettings
from streams.webhook import Failure, Webhook, WebhookRefusedError, checked_address, read_secret, retry_after_s
from streams.webhook_body import body_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
ALERT = Alert(
    alert_id="a-2",
    thread_id="t-1",
    kind="withdrawn",
    reason="met_in_time",
    measure="nys-ped-1h/spec-2015",
    element="antibiotics",
    facility_id="FACILITY",
    patient_id="PATIENT",
    encounter_id="ENCOUNTER",
    case_id="CASE",
    unit="PICU",
    sent_at=NOON,
    due_at=NOON + timedelta(hours=1),
    supersedes="a-1",
    sentence="Taken back: antibiotics 12:20, in time.",
)


def link(facility_id, case_id):
    return f"{len(facility_id)}{len(case_id)}"


@pytest.mark.parametrize(
    "address",
    ["https://alerts.example.org/in?key=1", "http://127.0.0.1:9/", "http://localhost/x", "http://[::1]:8080/"],
)
def test_alerts_may_go_where_nobody_listens_in(address):
    assert str(checked_address(address)) == address


@pytest.mark.parametrize(
    "address",
    [
        "http://alerts.example.org/",
        "http://10.0.0.8/",
        "ftp://127.0.0.1/",
        "https://",
        "alerts.example.org",
        "https://user:5ECRET@alerts.example.org/",
        "https://alerts.example.org:port/",
        "http://127.0.0.1.example.org/",
    ],
)
def test_alerts_go_nowhere_else_and_the_refusal_keeps_the_address_to_itself(address):
    with pytest.raises(WebhookRefusedError) as refused:
        checked_address(address)

    assert "example" not in str(refused.value)
    assert "5ECRET" not in str(refused.value)


@pytest.mark.parametrize("line", [SECRET, f"{SECRET}  \nnot this"])
def test_a_secret_is_the_first_line_of_its_file(tmp_path, line):
    (tmp_path / "secret").write_text(line)

    assert read_secret(tmp_path / "secret") == SECRET


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_",
        SECRET.removeprefix("whsec_"),
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
        "whsec_not!base64" + "A" * 40,
    ],
)
def test_a_weak_or_broken_secret_is_refused_and_not_repeated(tmp_path, text):
    (tmp_path / "secret").write_text(text)

    with pytest.raises(WebhookRefusedError) as refused:
        read_secret(tmp_path / "secret")

    assert not text.strip() or text not in str(refused.value).replace("whsec_ and", "")


def test_a_secret_that_is_not_there_is_named(tmp_path):
    with pytest.raises(WebhookRefusedError, match="nowhere cannot be read"):
        read_secret(tmp_path / "nowhere")


def test_certificates_that_are_not_there_are_named(tmp_path):
    with pytest.raises(WebhookRefusedError, match=r"nowhere\.pem cannot be read"):
        Webhook("https://alerts.example.org", SECRET, NotifierSettings(ca_file=tmp_path / "nowhere.pem"))


def test_what_may_be_shown_of_an_address_is_not_its_path():
    webhook = Webhook("https://alerts.example.org:8443/services/T0KEN?x=1", SECRET, NotifierSettings())

    assert webhook.origin == "https://alerts.example.org:8443"


def test_a_receiver_can_check_the_signature_and_notices_a_changed_body():
    webhook = Webhook("https://alerts.example.org", SECRET, NotifierSettings())
    body = body_of(ALERT, link, late=False, encounter_ids=False)

    headers = webhook.headers("a-2", body, wall_clock())

    Signature(SECRET).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Signature(SECRET).verify(body.replace(b"PICU", b"ICU2"), headers)
    with pytest.raises(WebhookVerificationError):
        Signature(SECRET).verify(body, headers | {"webhook-id": "a-3"})


def test_a_body_says_what_to_do_and_not_about_whom():
    body = orjson.loads(body_of(ALERT, link, late=False, encounter_ids=False))

    assert body == {
        "alert_id": "a-2",
        "thread_id": "t-1",
        "kind": "withdrawn",
        "reason": "met_in_time",
        "measure": "nys-ped-1h/spec-2015",
        "element": "antibiotics",
        "unit": "PICU",
        "sent_at": "2026-03-01T12:00:00Z",
        "due_at": "2026-03-01T13:00:00Z",
        "supersedes": "a-1",
        "sentence": "Taken back: antibiotics 12:20, in time.",
        "link": "84",
        "late": False,
    }


def test_encounters_are_named_where_a_site_says_so_and_patients_never():
    body = body_of(ALERT, link, late=True, encounter_ids=True)
    told = orjson.loads(body)

    assert (told["facility_id"], told["encounter_id"], told["case_id"]) == ("FACILITY", "ENCOUNTER", "CASE")
    assert told["late"] is True
    assert b"PATIENT" not in body


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("17", 17),
        (" 17 ", 17),
        ("0", 0),
        ("86400", 900),
        (format_datetime(NOON + timedelta(seconds=30), usegmt=True), 30),
        (format_datetime(NOON - timedelta(days=1), usegmt=True), 0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_an_answer_may_say_when_to_come_back_within_reason(header, seconds):
    assert retry_after_s(header, NOON) == seconds


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 413, 422])
def test_what_is_not_wanted_is_not_sent_again(status):
    assert Failure(status, None, None).is_final


@pytest.mark.parametrize("status", [None, 408, 425, 429, 500, 502, 503, 504])
def test_what_may_work_later_is_tried_again(status):
    assert not Failure(status, None, None).is_final


@given(steps=st.lists(st.tuples(st.booleans(), st.integers(0, 30))), first=st.integers(0, 1000))
def test_no_offset_is_committed_over_one_that_is_not_settled(steps, first):
    offsets, taken, open_ = OpenOffsets(), first, set()
    for takes, which in steps:
        if takes or not open_:
            offsets.take(taken)
            open_.add(taken)
            taken += 1
        else:
            settled = sorted(open_)[which % len(open_)]
            offsets.settle(settled)
            open_.discard(settled)

    assert offsets.committable() == (min(open_) if open_ else taken if steps else 0)
