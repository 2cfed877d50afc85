"""Whoever waits for heartbeats learns that the chain is broken: by what they say, or by their staying away."""

from real_parts.eventually import eventually
from running_notifier import NotifierRun, alert, stop
from running_worker import running_worker
from timezero.server_process import free_port
from webhook_receiver import Receiver, listening

SOON = {"heartbeat_interval_s": 1, "heartbeat_silent_after_s": 4}


def beats(receiver):
    return [each for each in receiver.taken if each["kind"] == "heartbeat"]


def last_says(receiver, *troubles):
    """Whether the last heartbeat names exactly these."""
    said = beats(receiver)[-1:]
    return [set(each["troubles"]) for each in said] == [set(troubles)]


def test_a_killed_worker_makes_the_heartbeat_unwell_and_a_new_one_makes_it_well(embedded_broker, valkey_url, tmp_path):
    run, receiver = NotifierRun(embedded_broker, valkey_url, tmp_path, **SOON), Receiver()

    with listening(receiver) as url, run.running(url, TIMEZERO_NOTIFY_HEARTBEAT_URL=url) as process:
        eventually(lambda: last_says(receiver, "worker_silent", "ticker_silent"), within=60, what="nobody at work")
        with running_worker(run.worker) as worker:
            eventually(lambda: last_says(receiver), within=60, what="a chain that is well")
            well = beats(receiver)[-1]
            worker.kill()
            eventually(lambda: last_says(receiver, "worker_silent", "ticker_silent"), within=30, what="unwell")
            unwell = beats(receiver)[-1]
            worker.start()
            eventually(lambda: last_says(receiver), within=60, what="a chain that is well again")
            assert worker.stop() == 0
        assert stop(process) == 0
        sent = len(beats(receiver))

    assert (well["status"], unwell["status"]) == ("well", "unwell")
    assert well["next_within_s"] > SOON["heartbeat_interval_s"]
    assert len(beats(receiver)) == sent
    assert len({each["heartbeat_id"] for each in beats(receiver)}) == sent


def test_alerts_that_are_given_up_and_a_cache_that_is_away_are_said(embedded_broker, valkey_url, tmp_path):
    run = NotifierRun(embedded_broker, valkey_url, tmp_path, attempts=1, **SOON)
    receiver = Receiver(lambda body, _number: 204 if body["kind"] == "heartbeat" else 400)

    with listening(receiver) as url, running_worker(run.worker) as worker:
        with run.running(url, TIMEZERO_NOTIFY_HEARTBEAT_URL=url) as process:
            eventually(lambda: last_says(receiver), within=60, what="a chain that is well")
            run.tell(alert("P1", 0))
            eventually(
                lambda: any("delivery_fails" in each["troubles"] for each in beats(receiver)), what="what was given up"
            )
            eventually(lambda: last_says(receiver), what="a chain that is well again")
            assert stop(process) == 0
        nowhere = f"redis://127.0.0.1:{free_port()}/0"
        with run.running(url, TIMEZERO_NOTIFY_HEARTBEAT_URL=url, TIMEZERO_REDIS_URL=nowhere) as process:
            eventually(lambda: last_says(receiver, "cache_lost"), within=60, what="a lost cache")
            assert stop(process) == 0
        assert worker.stop() == 0


def test_without_an_address_there_are_no_heartbeats(embedded_broker, valkey_url, tmp_path):
    run, receiver = NotifierRun(embedded_broker, valkey_url, tmp_path, **SOON), Receiver()
    run.tell(alert("P1", 0), alert("P1", 1))

    with listening(receiver) as url, run.running(url) as process:
        eventually(lambda: len(receiver.taken) == 2, within=60, what="both alerts")
        assert stop(process) == 0

    assert beats(receiver) == []
