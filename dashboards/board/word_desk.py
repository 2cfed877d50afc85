"""Takes a person's word on a time zero from the drawer and puts it where the worker fetches it."""

import asyncio
import logging
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboards.board.change_feed import ChangeFeed
from dashboards.board.form import came_from_here, read_form
from dashboards.board.picture import Picture
from dashboards.board.time_zero_word import WordRefusedError, make_act, read_word
from schemas.raw import RawAct
from schemas.read_model import SAID_ACTS_FIELD, SAID_ACTS_KEPT, SAID_ACTS_STREAM

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WordDesk:
    """Answers the form."""

    picture: Picture
    feed: ChangeFeed
    cache: Redis

    async def take(self, request: Request) -> Response:
        """Take a word: 202 once it is kept; the record says when the engine has heard it."""
        if not came_from_here(request) or request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return _refuse("The form was sent from another site.", 403)
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return _refuse("The form must be sent as JSON.", 415)
        try:
            act = await self._read(request)
            await self._keep(act)
        except WordRefusedError as refused:
            return _refuse(str(refused), 422)
        except (RedisError, OSError):
            return _refuse("The board cannot reach its data just now; nothing was said.", 503)
        # Who says what of whom stands in the log of events; here, only that something was said.
        LOG.info("time_zero_word_kept message=%s measure=%s", act.message_id, act.measure or "all")
        return JSONResponse({"detail": "Said. The case changes once the engine has heard it."}, 202)

    async def _read(self, request: Request) -> RawAct:
        """Read the form and the case that it is about.

        Raises:
            WordRefusedError: It cannot be taken.
            RedisError: The cache cannot be reached.
        """
        word, time = read_word(await read_form(request)), self.picture.time
        records = await self.feed.read_records(self.picture.keys_of_case.get(request.path_params["case"], set()))
        if not records or time is None or not time.known:
            message = "This case is not on the board any more, or no engine has set its clock; nothing was said."
            raise WordRefusedError(message)
        return make_act(word, records, time.at(asyncio.get_running_loop().time()))

    async def _keep(self, act: RawAct) -> None:
        if await self.cache.xlen(SAID_ACTS_STREAM) >= SAID_ACTS_KEPT:
            message = "Too much waits for a worker; nothing was said."
            raise WordRefusedError(message)
        message = act.model_dump_json(by_alias=True, exclude_none=True)
        await self.cache.xadd(SAID_ACTS_STREAM, {SAID_ACTS_FIELD: message})


def _refuse(why: str, status: int) -> Response:
    return JSONResponse({"detail": why}, status)
