"""Times on the command line: ISO 8601 with an offset, never without."""

from datetime import datetime

import click


class AwareTime(click.ParamType):
    """An ISO 8601 time with an offset."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the time, or say what is wrong with it."""
        if isinstance(value, datetime):
            return value
        try:
            at = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail("not an ISO 8601 time, as in 2026-03-01T10:30:00+00:00", param, ctx)
        if at.tzinfo is None:
            self.fail("the time has no offset; write it as in 2026-03-01T10:30:00+00:00", param, ctx)
        return at
