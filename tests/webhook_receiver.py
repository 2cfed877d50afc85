"""A webhook's receiver: a real HTTP server that checks signatures and answers as it is told."""

from __future__ import annotations

import base64
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes, ok").decode()
HANG = "hang"


@dataclass
class Receiver:
    """What came, and what to answer.

    Attributes:
        answer: From the body and how often this id was tried: a status, a status and headers, or `HANG`.
        tries: Every request's body, in order of arrival.
        taken: The bodies answered with 2xx, in order.
    """

    answer: object = lambda _body, _number: 204
    tries: list = field(default_factory=list)
    taken: list = field(default_factory=list)
    headers: list = field(default_factory=list)
    addresses: list = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, address, headers, data):
        body = Webhook(SECRET).verify(data, headers)
        with self.lock:
            name = body.get("alert_id") or body["heartbeat_id"]
            assert headers["webhook-id"] == name
            self.addresses.append(address)
            self.headers.append(headers)
            self.tries.append(body)
            number = sum((each.get("alert_id") or each["heartbeat_id"]) == name for each in self.tries)
            told = self.answer(body, number)
            status, sent = told if isinstance(told, tuple) else (told, {})
            if status != HANG and 200 <= status < 300:
                self.taken.append(body)
        return status, sent

    def taken_of(self, thread):
        return [each["alert_id"] for each in self.taken if each["thread_id"] == thread]


@contextmanager
def listening(receiver, port=0):
    """Serve on loopback; give the address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(receiver))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook"
    finally:
        receiver.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(receiver):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            data = self.rfile.read(int(self.headers["content-length"]))
            status, headers = receiver.take(self.path, {k.lower(): v for k, v in self.headers.items()}, data)
            if status == HANG:
                receiver.released.wait()
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    return Handler
