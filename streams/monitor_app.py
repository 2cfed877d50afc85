"""The worker's Faust application: its settings in Faust's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.batched.app import BatchedApp

if TYPE_CHECKING:
    from streams.worker_settings import WorkerSettings

_BATCHES_WAITING = 2
"""One is handled while the next is there already."""


def build_app(settings: WorkerSettings) -> BatchedApp:
    """Configure it: who else is in the group, how soon a dead worker is noticed, how large things may be."""
    return BatchedApp(
        settings.app_id,
        settings.bootstrap,
        most_waiting_records=_BATCHES_WAITING * settings.batch_records,
        datadir=settings.datadir,
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication_factor,
        table_standby_replicas=settings.standby_replicas,
        broker_session_timeout=settings.session_timeout,
        broker_heartbeat_interval=settings.heartbeat_interval,
        broker_rebalance_timeout=settings.rebalance_timeout,
        broker_commit_interval=settings.commit_interval,
        broker_max_poll_records=settings.batch_records,
        producer_max_request_size=settings.max_record_bytes,
    )
