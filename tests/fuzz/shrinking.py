"""Makes a story that breaks a claim as small as it can be: fewer messages, fewer fields, shorter values."""

import json
from dataclasses import replace


def shrink(messages, breaks):
    """A smaller list of messages for which `breaks` still says True."""
    messages = _fewer(list(messages), breaks)
    for place in range(len(messages)):
        messages = _plainer(messages, place, breaks)
    return messages


def _fewer(parts, breaks):
    """Leave out halves, quarters, ... single parts, as long as it still breaks."""
    size = max(len(parts) // 2, 1)
    while size and len(parts) > 0:
        start, left_out = 0, False
        while start < len(parts):
            fewer = parts[:start] + parts[start + size :]
            if breaks(fewer):
                parts, left_out = fewer, True
            else:
                start += size
        size = size if left_out and size == 1 and len(parts) > 1 else size // 2
    return parts


def _plainer(messages, place, breaks):
    def breaks_with(data):
        changed = replace(messages[place], value=data)
        return breaks([*messages[:place], changed, *messages[place + 1 :]])

    data = messages[place].value
    if not data:
        return messages
    value = _object(data)
    if value is not None and breaks_with(_written(value)):
        data = _written(_without_fields(value, lambda each: breaks_with(_written(each))))
    elif len(data) < 2**21:
        data = (
            bytes(_fewer(list(data), lambda left: breaks_with(bytes(left))))
            if len(data) < 4000
            else _cut(data, breaks_with)
        )
    return [*messages[:place], replace(messages[place], value=data), *messages[place + 1 :]]


def _cut(data, breaks):
    """Long bytes: whole blocks are left out."""
    size = max(len(data) // 64, 1)
    blocks = _fewer([data[at : at + size] for at in range(0, len(data), size)], lambda left: breaks(b"".join(left)))
    return b"".join(blocks)


def _object(data):
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _written(value):
    return json.dumps(value).encode()


def _without_fields(value, breaks):
    kept = dict(_fewer(list(value.items()), lambda left: breaks(dict(left))))
    for name, inner in kept.items():
        if isinstance(inner, dict) and inner:
            kept[name] = dict(_fewer(list(inner.items()), lambda left, name=name: breaks(kept | {name: dict(left)})))
        if isinstance(inner, str) and len(inner) > 100:
            kept[name] = "".join(_fewer(_pieces(inner), lambda left, name=name: breaks(kept | {name: "".join(left)})))
    return kept


def _pieces(text):
    size = max(len(text) // 32, 1)
    return [text[at : at + size] for at in range(0, len(text), size)]
