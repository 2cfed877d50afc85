"""Faust's producer; what it cannot send for half a session lapses.

Whether we are a member was asked before a batch was queued. One that is still queued when the session
is over must not go out: others may have the partitions by then.
"""

from __future__ import annotations

from typing import Any

from faust.transport.drivers import aiokafka as driver

from streams.batched.membership import TRUSTED_FOR


class LapsingProducer(driver.Producer):
    """Fails a batch that is to be sent again after its time; who sent it asks once more, and sends it anew."""

    def _new_producer(self, transactional_id: str | None = None) -> Any:
        client = super()._new_producer(transactional_id)
        # The client has one setting for this and for how long a broker may take, which is another matter.
        client._message_accumulator._batch_ttl = self.app.conf.broker_session_timeout * TRUSTED_FOR  # noqa: SLF001
        return client
