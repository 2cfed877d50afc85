"""Reading JSON: whatever the text, a value or a reason."""

from typing import Any

from pydantic_core import from_json

from schemas.translate.reason import RefusedError, RejectReason


def read_json(value: bytes | str) -> Any:
    """Parse JSON text, by the reader that pydantic brings.

    It reads 200 levels of nesting, whoever calls. The standard library's reader goes as deep as its caller's stack
    allows, so that a replay would read what a worker refuses, and could read what cannot be written again.

    Raises:
        RefusedError: `bad_encoding` or `bad_json`; half a character, or deeper nesting, is bad JSON too.
    """
    try:
        return from_json(value.decode("utf-8") if isinstance(value, bytes) else value)
    except UnicodeDecodeError:
        raise RefusedError(RejectReason.BAD_ENCODING) from None
    except (ValueError, TypeError):
        raise RefusedError(RejectReason.BAD_JSON) from None
