"""The parts that the other tests stand on do what they are there for."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from prometheus_client import CollectorRegistry, Gauge, start_http_server
from redis import Redis

from real_parts.eventually import eventually, eventually_async


async def said_and_heard(bootstrap, message):
    """Send one message through a broker and give what comes out."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        await producer.send_and_wait("real.parts", message)
    async with AIOKafkaConsumer("real.parts", bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        record = await asyncio.wait_for(consumer.getone(), timeout=30)
    return record.value


async def test_apache_kafka_gives_back_what_it_was_told(kafka):
    assert await said_and_heard(kafka, b"lactate") == b"lactate"


async def test_the_embedded_broker_gives_back_what_it_was_told(embedded_broker):
    assert await said_and_heard(embedded_broker, b"lactate") == b"lactate"


def test_redis_keeps_a_value(redis_url):
    with Redis.from_url(redis_url) as client:
        client.set("kept", "yes")

        assert client.get("kept") == b"yes"


def test_the_embedded_cache_keeps_a_value(valkey_url):
    with Redis.from_url(valkey_url) as client:
        client.set("kept", "yes")

        assert client.get("kept") == b"yes"


def test_prometheus_scrapes_what_it_is_told_to(prometheus):
    registry = CollectorRegistry()
    Gauge("timezero_house_lamps", "Lamps lit.", registry=registry).set(3)
    server, thread = start_http_server(0, addr="127.0.0.1", registry=registry)
    prometheus.scrape("lamps", f"127.0.0.1:{server.server_port}")

    samples = eventually(lambda: prometheus.query("timezero_house_lamps"), what="the scrape")

    server.shutdown()
    server.server_close()
    thread.join()
    assert [(sample["metric"]["job"], sample["value"][1]) for sample in samples] == [("lamps", "3")]


def test_the_browser_runs_scripts(page):
    page.set_content("<output></output><script>document.querySelector('output').textContent = 6 * 7</script>")

    assert page.inner_text("output") == "42"


def test_a_fault_in_a_script_is_noticed(browser):
    from real_parts.chromium import faultless_page

    with pytest.raises(AssertionError, match="nowhere"), faultless_page(browser) as page:
        page.set_content("<script>nowhere()</script>")


async def test_what_never_comes_is_named(embedded_broker):
    async def topics():
        async with AIOKafkaConsumer(bootstrap_servers=embedded_broker) as consumer:
            return "no.such.topic" in await consumer.topics()

    with pytest.raises(AssertionError, match=r"the topic did not hold within 0\.3 s"):
        await eventually_async(topics, within=0.1, what="the topic")
