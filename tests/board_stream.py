"""What the stream of a board sends, event by event."""

from board_server import events

DATABASE = 7


def next_named(stream, name, having=lambda _: True):
    """The next event of a name for which `having` holds."""
    return next(data for said, data in stream if said == name and having(data))


def row_of(data, label):
    return next(row for row in data["rows"] if row["label"] == label)


def snapshot_of(board):
    with board.stream("GET", "/events") as response:
        return next_named(events(response), "snapshot")


def filled(client):
    with client.stream("GET", "/events") as response:
        data = next_named(events(response), "snapshot")
    return data if data["rows"] else None
