"""The board's addresses: pages, the event stream, one case, compliance, metrics, health."""

import asyncio
from dataclasses import dataclass
from importlib.resources import files
from urllib.parse import parse_qs

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from dashboards.board.access import COOKIE, SESSION_S, Access, address_of, session_of, too_many_tries
from dashboards.board.board_metrics import PictureCollector
from dashboards.board.change_feed import ChangeFeed
from dashboards.board.compliance import make_compliance_view
from dashboards.board.delivery_line import make_delivery_line
from dashboards.board.event_stream import EventStream
from dashboards.board.form import came_from_here, read_form
from dashboards.board.patient_drawer import make_patient_drawer
from dashboards.board.picture import Picture
from dashboards.board.word_desk import WordDesk

NOT_RIGHT = '<p class="login-error" role="alert">That token is not right.</p>'


@dataclass(frozen=True, slots=True)
class Pages:
    """Answers requests from the picture."""

    picture: Picture
    feed: ChangeFeed
    stream: EventStream
    access: Access
    desk: WordDesk

    def routes(self) -> list[BaseRoute]:
        """List every address the board answers."""
        return [
            Route("/", self.board),
            Route("/login", self.login, methods=["GET"]),
            Route("/login", self.try_login, methods=["POST"]),
            Route("/logout", self.logout, methods=["POST"]),
            Route("/events", self.events),
            Route("/api/cases/{case}", self.case),
            Route("/api/cases/{case}/time-zero", self.desk.take, methods=["POST"]),
            Route("/api/compliance", self.compliance),
            Route("/metrics", self.metrics),
            Route("/healthz", self.health),
            Mount("/static", StaticFiles(packages=[("dashboards.board", "static")])),
        ]

    async def board(self, _: Request) -> Response:
        """Answer with the page; all data follows over the event stream."""
        page = read_page("board.html")
        return HTMLResponse(page if self.access.token is None else page.replace(' id="logout" hidden', ' id="logout"'))

    async def login(self, _: Request) -> Response:
        """Ask for the token."""
        if self.access.token is None:
            return RedirectResponse("/", 303)
        return HTMLResponse(read_page("login.html").replace("<!-- error -->", ""))

    async def try_login(self, request: Request) -> Response:
        """Take a token from the form and open a session."""
        address = address_of(request.scope)
        if wait_s := self.access.throttle.wait_s(address):
            return too_many_tries(wait_s)
        if not came_from_here(request):
            return PlainTextResponse("The form was sent from another site.", 403)
        offered = parse_qs(await read_form(request)).get("token", [""])[0]
        if not self.access.try_token(address, offered.strip()):
            return HTMLResponse(read_page("login.html").replace("<!-- error -->", NOT_RIGHT), 401)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            COOKIE,
            self.access.open_session(),
            max_age=SESSION_S,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return answer

    async def logout(self, request: Request) -> Response:
        """End the session."""
        if not came_from_here(request):
            return PlainTextResponse("The form was sent from another site.", 403)
        self.access.close_session(session_of(request.headers))
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE)
        return answer

    async def events(self, _: Request) -> Response:
        """Stream the picture: a snapshot, then changes and beats."""
        return StreamingResponse(
            self.stream.listen(), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
        )

    async def case(self, request: Request) -> Response:
        """Open one case by its opaque name."""
        name = request.path_params["case"]
        keys = self.picture.keys_of_case.get(name, set())
        alerts = self.picture.alerts_of(name)
        try:
            records = await self.feed.read_records(keys)
            deliveries = await self.feed.read_deliveries(alert.alert_id for alert in alerts)
            words = await self.feed.read_words(record.measure for record in records)
            beliefs = await self.feed.read_beliefs(record.key for record in records)
        except (RedisError, OSError):
            return JSONResponse({"detail": "The board cannot reach its data just now."}, 503)
        if not records:
            return JSONResponse({"detail": "This case is no longer on the board."}, 404)
        maker, time = self.picture.maker, self.picture.time
        lines = {} if time is None else {each.alert_id: make_delivery_line(each, time, maker) for each in deliveries}
        drawer = make_patient_drawer(records, alerts, maker, lines, words=words, beliefs=beliefs)
        return Response(drawer.model_dump_json(), media_type="application/json")

    async def compliance(self, request: Request) -> Response:
        """Show rolling compliance for `facility` and `unit`, or for all."""
        chosen = request.query_params
        view = make_compliance_view(self.picture.rates, chosen.get("facility") or None, chosen.get("unit") or None)
        return Response(view.model_dump_json(), media_type="application/json")

    async def metrics(self, _: Request) -> Response:
        """Answer a Prometheus scrape."""
        registry = CollectorRegistry()
        registry.register(PictureCollector(self.picture, asyncio.get_running_loop().time()))
        return Response(generate_latest(registry), headers={"content-type": CONTENT_TYPE_LATEST})

    async def health(self, _: Request) -> Response:
        """Say that the board is up, and whether what it shows is current; nothing about patients."""
        notices = self.picture.notices(asyncio.get_running_loop().time())
        status = "degraded" if any(notice.old for notice in notices) else "ok"
        return JSONResponse({"status": status, "notices": [notice.kind.value for notice in notices]})


def read_page(name: str) -> str:
    """Read a packaged page."""
    return files("dashboards.board").joinpath("static", name).read_text(encoding="utf-8")
