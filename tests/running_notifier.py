"""The notifier as a process of its own, alerts for it, and what it noted."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import orjson
from aiokafka import AIOKafkaProducer
from redis import Redis

from real_parts.eventually import PATIENCE
from running_worker import fresh
from schemas.alert import Alert
from schemas.read_model import DELIVERIES_HASH
from schemas.topics import Topic
from sepsis_feed import STARTS_AT
from streams.topic_layout import create_topics
from webhook_receiver import SECRET


def notifier_environment(worker, folder, **settings):
    """The environment of a notifier beside this worker, quick to try again, and its secret in `folder`."""
    secret = folder / "secret"
    secret.write_text(SECRET)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("TIMEZERO_")},
        "TIMEZERO_BOOTSTRAP": worker.bootstrap,
        "TIMEZERO_REDIS_URL": worker.redis_url,
        "TIMEZERO_APP_ID": worker.app_id,
        "TIMEZERO_NOTIFY_SECRET_FILE": str(secret),
        "TIMEZERO_NOTIFY_DATADIR": str(folder / "notify"),
        "TIMEZERO_NOTIFY_FIRST_WAIT_S": "0.05",
        "TIMEZERO_NOTIFY_LONGEST_WAIT_S": "0.4",
        "TIMEZERO_NOTIFY_TIMEOUT_S": "2",
        **{f"TIMEZERO_NOTIFY_{name.upper()}": str(value) for name, value in settings.items()},
    }


class NotifierRun:
    """One broker, one cache, one webhook; the notifier can be started and killed over it."""

    def __init__(self, bootstrap, redis_url, folder, **settings):
        self.worker = fresh(bootstrap, redis_url, folder, session_timeout=6)
        asyncio.run(create_topics(self.worker))
        self.log = folder / "notify.log"
        self.environment = notifier_environment(self.worker, folder, **settings)

    @contextmanager
    def running(self, url, **changes):
        """The notifier, killed at the end if it is still there."""
        environment = self.environment | {"TIMEZERO_NOTIFY_URL": url} | changes
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "timezero", "notify"], env=environment, stdout=log, stderr=log
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(timeout=30 * PATIENCE)

    def tell(self, *alerts):
        """Send alerts to their topic."""

        async def send():
            async with AIOKafkaProducer(bootstrap_servers=self.worker.bootstrap) as producer:
                for alert in alerts:
                    value = alert.model_dump_json().encode()
                    await producer.send_and_wait(Topic.ENCOUNTER_ALERTS, value, key=alert.key.encode())

        asyncio.run(send())

    def ledger(self):
        """What was noted: alert_id -> status, tries, last status or error."""
        with Redis.from_url(self.worker.redis_url) as redis:
            noted = {key.decode(): orjson.loads(value) for key, value in redis.hgetall(DELIVERIES_HASH).items()}
        return {
            key: (each["status"], each["attempts"], each["last_status"] or each["last_error"])
            for key, each in noted.items()
        }


def alert(patient, number, **fields):
    """The alert of this number of a patient's one thread."""
    said = {
        "alert_id": f"alert-{patient}-{number}",
        "thread_id": f"thread-{patient}",
        "kind": "missed" if number else "due_soon",
        "measure": "nys-ped-1h/spec-2015",
        "element": "antibiotics",
        "facility_id": "F1",
        "patient_id": f"MARK{patient}",
        "encounter_id": f"MARK{patient}-1",
        "case_id": f"MARK{patient}-1",
        "sent_at": STARTS_AT,
        "supersedes": f"alert-{patient}-{number - 1}" if number else None,
        "sentence": "Antibiotics due by 12:00, none charted.",
    }
    return Alert.model_validate(said | fields)


def stop(process):
    """Ask it to end, and give its exit code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(timeout=30 * PATIENCE)
