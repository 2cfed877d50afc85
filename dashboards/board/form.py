"""What is sent to the board: whether it came from the board's own page, and a small body."""

from starlette.requests import Request

FORM_LIMIT = 4096


def came_from_here(request: Request) -> bool:
    """Tell whether a form was sent from the board's own page, as far as the browser says."""
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


async def read_form(request: Request) -> str:
    """Read a small form body; what goes over the limit is not read."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_LIMIT:
            return ""
    return body.decode("utf-8", "replace")
