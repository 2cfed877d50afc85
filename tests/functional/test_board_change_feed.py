"""What follows the cache for the board, against a real cache."""

import asyncio

from dashboards.board.board_row import RowMaker
from dashboards.board.case_links import CaseLinks
from dashboards.board.change_feed import ChangeFeed, open_cache
from dashboards.board.event_stream import EventStream, Listener
from dashboards.board.picture import Picture


async def test_what_follows_the_cache_ends_when_closed_though_it_did_not_hear_that_it_was_cancelled(settings):
    picture = Picture(settings, RowMaker(CaseLinks(b"a secret")))
    cache = open_cache(settings.redis_url)
    stream, browser = EventStream(dict), Listener()
    stream.listeners.add(browser)
    feed = ChangeFeed(cache, picture, stream)
    running = asyncio.create_task(feed.run())
    while not (await browser.queue.get()).startswith(b"event: snapshot"):
        pass

    feed.close()
    ended, _ = await asyncio.wait([running], timeout=30)
    await cache.aclose()

    assert ended == {running}
