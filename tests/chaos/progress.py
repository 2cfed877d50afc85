"""How far the workers have come: asked of the broker again and again, over connections that stay open."""

import asyncio
import threading
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import CoordinatorLoadInProgressError, KafkaError

from running_worker import READ_BY_STAGES

_ANSWERS_WITHIN_MS = 5000


class Progress:
    """Committed offsets and ends of everything that a stage reads; a broker that does not answer tells nothing."""

    def __init__(self, bootstrap, app_id, partitions):
        self._bootstrap = bootstrap
        self._app_id = app_id
        self._places = [TopicPartition(topic, each) for topic in READ_BY_STAGES for each in range(partitions)]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._clients = None

    def finished(self):
        """The committed offset of every partition, by topic and partition; None: no answer."""
        return self._ask(self._finished)

    def ends(self):
        """Where every partition ends; None: no answer."""
        return self._ask(self._ends)

    def has_passed(self, ends):
        """Whether everything before these offsets is finished."""
        finished = self.finished()
        return finished is not None and all(finished[place] >= end for place, end in ends.items())

    def close(self):
        self._do(self._forget_clients())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def _ask(self, question):
        return self._do(self._answer(question))

    async def _answer(self, question):
        try:
            if self._clients is None:
                self._clients = await self._connected()
            return await asyncio.wait_for(question(*self._clients), _ANSWERS_WITHIN_MS / 1000)
        except (KafkaError, OSError, TimeoutError, AssertionError):
            await self._forget_clients()
            return None

    async def _connected(self):
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap, request_timeout_ms=_ANSWERS_WITHIN_MS)
        reader = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, request_timeout_ms=_ANSWERS_WITHIN_MS)
        try:
            await admin.start()
            await reader.start()
        except BaseException:
            await reader.stop()
            await admin.close()
            raise
        return admin, reader

    async def _forget_clients(self):
        clients, self._clients = self._clients, None
        if clients is not None:
            with suppress(KafkaError, OSError):
                await clients[0].close()
            with suppress(KafkaError, OSError):
                await clients[1].stop()

    async def _finished(self, admin, _reader):
        offsets = await admin.list_consumer_group_offsets(self._app_id, partitions=self._places)
        if offsets.keys() != set(self._places):
            raise CoordinatorLoadInProgressError
        return {place: max(0, offsets[place].offset) for place in self._places}

    async def _ends(self, _admin, reader):
        return await reader.end_offsets(self._places)
