"""Alerts on their way to a webhook that fails, hangs, is away or does not want them; on both brokers."""

import pytest

from real_parts.eventually import eventually
from running_notifier import NotifierRun, alert, stop
from running_worker import committed
from schemas.topics import Topic
from streams.worker_health import health
from timezero.server_process import free_port
from webhook_receiver import HANG, Receiver, listening

PATIENTS = [f"P{number}" for number in range(6)]
ALERTS = [alert(patient, number) for number in range(3) for patient in PATIENTS]


@pytest.fixture(params=["kafka", "embedded_broker"])
def notifying(request, tmp_path):
    """A run of the notifier on each broker with its cache."""
    cache = "redis_url" if request.param == "kafka" else "valkey_url"
    bootstrap, redis_url = request.getfixturevalue(request.param), request.getfixturevalue(cache)
    return lambda **settings: NotifierRun(bootstrap, redis_url, tmp_path, **settings)


def all_committed(run):
    settings = run.worker.model_copy(update={"app_id": f"{run.worker.app_id}-notify"})
    done, there = committed(settings, Topic.ENCOUNTER_ALERTS)
    return done == there


def noted_as_delivered(run):
    return [alert_id for alert_id, (status, _, _) in run.ledger().items() if status == "delivered"]


def first_try_fails(body, number):
    """Every kind of failure that may pass: an error, no answer, too many, not yet."""
    if number > 1:
        return 204
    return {"P0": 500, "P1": HANG, "P2": (429, {"retry-after": "1"}), "P3": 408}.get(body["thread_id"][7:], 200)


def test_failures_that_pass_cost_tries_and_neither_alerts_nor_their_order(notifying):
    run, receiver = notifying(), Receiver(first_try_fails)
    run.tell(*ALERTS)

    with listening(receiver) as url, run.running(url) as process:
        eventually(lambda: len(receiver.taken) >= len(ALERTS), within=60, what="every alert")
        eventually(lambda: all_committed(run), what="everything committed")
        assert health(run.worker.datadir.parent / "notify")[0]
        assert stop(process) == 0

    for patient in PATIENTS:
        assert receiver.taken_of(f"thread-{patient}") == [f"alert-{patient}-{number}" for number in range(3)]
    assert run.ledger()["alert-P0-0"] == ("delivered", 2, 204)
    assert run.ledger()["alert-P4-0"] == ("delivered", 1, 200)
    assert {status for status, _, _ in run.ledger().values()} == {"delivered"}


def test_bodies_headers_addresses_and_logs_name_no_patient(notifying):
    run, receiver = notifying(), Receiver()
    run.tell(*ALERTS)

    with listening(receiver) as url, run.running(url, TIMEZERO_LOG_LEVEL="DEBUG") as process:
        eventually(lambda: len(receiver.taken) >= len(ALERTS), within=60, what="every alert")
        stop(process)

    assert "MARK" not in str((receiver.tries, receiver.headers, receiver.addresses))
    assert "MARK" not in run.log.read_text()


def test_an_endpoint_that_is_away_is_waited_for(notifying):
    run, receiver, port = notifying(attempts=100), Receiver(), free_port()
    run.tell(*ALERTS[:6])

    with run.running(f"http://127.0.0.1:{port}/hook"):
        eventually(lambda: len(run.ledger()) == 6, within=60, what="a first try of each")
        assert {(status, error) for status, _, error in run.ledger().values()} == {("retrying", "ConnectError")}
        with listening(receiver, port):
            eventually(lambda: len(receiver.taken) == 6, what="every alert")

            assert eventually(lambda: {status for status, _, _ in run.ledger().values()} == {"delivered"})


def test_what_is_not_wanted_or_never_works_is_given_up_on_record_and_holds_up_nobody(notifying):
    answers = {"alert-P0-0": 410, "alert-P1-0": 503, "alert-P2-0": 302}
    run, receiver = notifying(attempts=3), Receiver(lambda body, _: answers.get(body["alert_id"], 204))
    run.tell(*ALERTS)

    with listening(receiver) as url, run.running(url):
        eventually(lambda: all_committed(run), within=60, what="everything committed")

    given_up = {key: each for key, each in run.ledger().items() if each[0] == "given_up"}
    assert given_up == {
        "alert-P0-0": ("given_up", 1, 410),
        "alert-P1-0": ("given_up", 3, 503),
        "alert-P2-0": ("given_up", 1, 302),
    }
    assert receiver.taken_of("thread-P1") == ["alert-P1-1", "alert-P1-2"]
    assert len(receiver.taken) == len(ALERTS) - len(given_up)


def test_hands_that_are_full_take_no_more_and_go_on_when_free(notifying):
    run = notifying(in_flight=2)
    receiver = Receiver(lambda _, number: 503 if number < 3 else 204)
    run.tell(*ALERTS)

    with listening(receiver) as url, run.running(url):
        eventually(lambda: len(receiver.taken) >= len(ALERTS), within=60, what="every alert")

    for patient in PATIENTS:
        assert receiver.taken_of(f"thread-{patient}") == [f"alert-{patient}-{number}" for number in range(3)]


def test_a_killed_notifier_goes_on_where_delivery_had_come_to(notifying):
    run = notifying(attempts=100)
    receiver = Receiver(lambda body, number: HANG if body["alert_id"] == "alert-P3-1" and number == 1 else 204)
    run.tell(*ALERTS)

    with listening(receiver) as url:
        with run.running(url) as process:
            eventually(lambda: "alert-P3-1" in {each["alert_id"] for each in receiver.tries}, within=60)
            eventually(lambda: len(noted_as_delivered(run)) >= len(ALERTS) - 2, what="what does not hang, on record")
            process.kill()
        with run.running(url):
            eventually(lambda: all_committed(run), within=60, what="everything committed")

    taken = [each["alert_id"] for each in receiver.taken]
    assert sorted(taken) == sorted(each.alert_id for each in ALERTS)
    assert receiver.taken_of("thread-P3") == ["alert-P3-0", "alert-P3-1", "alert-P3-2"]


def test_alerts_go_out_without_a_cache(notifying):
    run, receiver = notifying(), Receiver()
    run.tell(*ALERTS)

    with listening(receiver) as url, run.running(url, TIMEZERO_REDIS_URL=f"redis://127.0.0.1:{free_port()}/0"):
        eventually(lambda: len(receiver.taken) == len(ALERTS), within=60, what="every alert")


def test_an_alert_sent_twice_is_delivered_once_and_only_wanted_kinds_are(notifying):
    run, receiver = notifying(kinds="missed"), Receiver()
    run.tell(ALERTS[0], ALERTS[6], ALERTS[6], ALERTS[12])

    with listening(receiver) as url, run.running(url):
        eventually(lambda: all_committed(run), within=60, what="everything committed")

    assert [each["alert_id"] for each in receiver.tries] == ["alert-P0-1", "alert-P0-2"]


def test_an_alert_that_waited_is_marked(notifying):
    run, receiver = notifying(late_after_s=0.001), Receiver()
    run.tell(ALERTS[0])

    with listening(receiver) as url, run.running(url):
        eventually(lambda: receiver.taken, within=60, what="the alert")

    assert receiver.taken[0]["late"] is True
