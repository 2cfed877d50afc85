"""What follows the cache for the board, against a real cache."""

import asyncio

from dashboards.board.board_row import RowMaker
from dashboards.board.case_links import CaseLinks
from dashboards.board.change_feed import ChangeFeed, open_cache
from dashboards.board.event_stream import EventStream
from dashboards.board.picture import Picture


async def test_what_follows_the_cache_ends_when_closed_though_it_did_not_hear_that_it_was_cancelled(settings):
    picture = Picture(settings, RowMaker(CaseLinks(b"a secret")))
    cache = open_cache(settings.redis_url)
    feed = ChangeFeed(cache, picture, EventStream(dict))
    running = asyncio.create_task(feed.run())
    async with asyncio.timeout(30):
        while picture.cache_lost_at_s is not None:  # noqa: ASYNC110 - nobody announces it
            await asyncio.sleep(0)

    feed.close()
    ended, _ = await asyncio.wait([running], timeout=30)
    await cache.aclose()

    assert ended == {running}
