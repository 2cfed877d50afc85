"""What is done to messages: to one as an object, to one as bytes, and to a patient's whole story."""

import json
import re
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fuzz import strange_values
from fuzz.seeds import MARK
from schemas.topics import RAW_TOPICS
from streams.worker_settings import MEBIBYTE

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_OFFSETS = ("Z", "", "+00:00", "-05:00", "+05:45", "+14:00", "-12:00", "+00:00:01", "+26:00", " +01:00")


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it stands in a topic."""

    topic: str
    key: bytes | None
    value: bytes | None


# --- one message, as an object ---------------------------------------------------------------------------------------


def _place(value, dice):
    """A dictionary of the message, and one of its keys."""
    fields = value
    inner = value.get("row")
    if isinstance(inner, dict) and inner and dice.random() < 0.7:
        fields = inner
    return fields, dice.choice(list(fields)) if fields else "schema"


def drop(value, dice):
    fields, name = _place(value, dice)
    fields.pop(name, None)


def rename(value, dice):
    fields, name = _place(value, dice)
    fields[dice.choice((*strange_values.FIELDS, name.upper(), f"{name} ", f"{MARK}{name}"))] = fields.pop(name, None)


def add(value, dice):
    fields, _ = _place(value, dice)
    fields[dice.choice(strange_values.FIELDS)] = strange_values.value(dice)


def change(value, dice):
    fields, name = _place(value, dice)
    fields[name] = strange_values.value(dice)


def change_likely(value, dice):
    """Something that the field might hold."""
    name = dice.choice(list(strange_values.WORDS))
    fields = value["row"] if name == "dob" and isinstance(value.get("row"), dict) else value
    fields[name] = dice.choice(strange_values.WORDS[name])


def change_number(value, dice):
    fields, _ = _place(value, dice)
    names = [name for name in fields if name in {"value", "valuenum", "volume", "amount", "rate", "position"}]
    if names:
        number = dice.choice(strange_values.NUMBERS)
        is_text = isinstance(fields[names[0]], str) and abs(number) < 10**300
        fields[dice.choice(names)] = str(number) if is_text else number


def _times(fields):
    return [name for name, each in fields.items() if isinstance(each, str) and _TIME.match(each)]


def change_time(value, dice):
    fields, _ = _place(value, dice)
    names = _times(fields)
    if names:
        fields[dice.choice(names)] = dice.choice(strange_values.TIMES)


def move_time(value, dice):
    """By a second or by years, and written in another way."""
    fields, _ = _place(value, dice)
    names = _times(fields)
    if not names:
        return
    name = dice.choice(names)
    step = dice.choice((1, 59, 60, 300, 301, 3600, 86_400, 31 * 86_400, 366 * 86_400, 30 * 365 * 86_400))
    try:
        at = datetime.fromisoformat(fields[name]) + dice.choice((-1, 1)) * timedelta(seconds=step)
    except (ValueError, OverflowError):
        return
    fields[name] = at.replace(tzinfo=None).isoformat() + dice.choice(_OFFSETS)


def swap_fields(value, dice):
    fields, one = _place(value, dice)
    if fields:
        other = dice.choice(list(fields))
        fields[one], fields[other] = fields[other], fields[one]


def wrap(value, dice):
    fields, name = _place(value, dice)
    inner = fields.get(name)
    fields[name] = dice.choice(([inner], {name: inner}, [inner, inner], str(inner), [[inner]]))


ON_OBJECTS = (
    drop, rename, add, change, change, change_likely, change_likely, change_number, change_time, move_time, move_time,
    swap_fields, wrap,
)  # fmt: skip


# --- one message, as bytes -------------------------------------------------------------------------------------------


def cut(data, dice):
    return data[: dice.randrange(len(data) + 1)]


def flip(data, dice):
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 8))):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def insert(data, dice):
    strange = (
        b"\x00", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"\n", b"\x1f", b'"',
        b"\\", b"\\u0000", b"\\ud800", b"{", b"}", b"[", b"]", b",", b":", b"null", b"NaN", b"Infinity", b"1e999", b"-",
        b"/*", b"//", b"'", "\u202e".encode(), b"\xe2\x80\xa8",
    )  # fmt: skip
    at = dice.randrange(len(data) + 1)
    return data[:at] + dice.choice(strange) + data[at:]


def repeat_key(data, dice):
    """A key twice, the later with another value."""
    name = json.dumps(dice.choice(strange_values.FIELDS)).encode()
    told = json.dumps(strange_values.value(dice)).encode()
    return data[:-1] + b"," + name + b":" + told + b"}" if data.endswith(b"}") else data + data


def repeat(data, _dice):
    return data + data


def encode_otherwise(data, dice):
    text = data.decode("utf-8", "replace")
    return text.encode(dice.choice(("utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-7", "cp1252")), "replace")


def replace_whole(_data, dice):
    depth = dice.choice((400, 505, 515, 900, 950, 985, 1000, 1020, 1030))
    opened = dice.choice((b"[", b'{"a":'))
    closed = b"]" if opened == b"[" else b"}"
    named = dice.choice((b"format", b"source", b"schema", b"row", b"value", b"a"))
    return dice.choice(
        (
            b"null", b"true", b"0", b"-", b'"text"', b"[]", b"{}", b"[[]]", b"{", b"[" * 100_000, b'{"a":' * 50_000,
            b"[" * 50_000 + b"]" * 50_000, b"\x00" * 1000, b"\xff" * 1000, b" " * 1000, b"9" * 5000, b"-" * 5000,
            opened * depth + b"1" + closed * depth, b'{"%b":' % named + opened * depth + b"1" + closed * depth + b"}",
        )
    )  # fmt: skip


def fill(data, dice):
    """As large as a message may be, or a byte larger."""
    return data.ljust(MEBIBYTE + dice.choice((-1, 0, 1)), dice.choice((b" ", b"\x00", b"9")))


ON_BYTES = (cut, flip, flip, insert, insert, repeat_key, repeat_key, repeat, encode_otherwise, replace_whole)


def _as_bytes(value, dice):
    """Written as one library or another would."""
    as_ascii = dice.random() < 0.7
    separators = dice.choice(((",", ":"), (", ", ": ")))
    try:
        return json.dumps(value, ensure_ascii=as_ascii, separators=separators).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return b"{"


# --- a patient's story -----------------------------------------------------------------------------------------------


def swap_values(story, dice):
    one, other = dice.choice(story).value, dice.choice(story).value
    names = [name for name in one if name in other]
    if names:
        name = dice.choice(names)
        one[name], other[name] = other[name], one[name]


def send_again(story, dice):
    again = deepcopy(dice.choice(story))
    story.insert(dice.randrange(len(story) + 1), again)


def send_late(story, dice):
    story.insert(dice.randrange(len(story)), story.pop(dice.randrange(len(story))))


def correct(story, dice):
    """A correction of something sent, or of something never heard of."""
    later = deepcopy(dice.choice(story))
    later.value["fact_id"] = dice.choice((later.value.get("fact_id"), f"{MARK}-unheard"))
    later.value["message_id"] = f"{MARK}-{dice.randrange(1000)}"
    later.value |= {name: dice.choice(strange_values.WORDS[name]) for name in ("status", "version")}
    _tell_otherwise(later.value, dice)
    story.insert(dice.randrange(len(story) + 1), later)


def _tell_otherwise(value, dice):
    if dice.random() < 0.5:
        dice.choice((move_time, change_number, change_likely))(value, dice)


def share_identity(story, dice):
    """Two messages, perhaps of different kinds, that claim to be versions of one fact."""
    for each in dice.sample(story, min(len(story), dice.choice((2, 2, 3)))):
        each.value["fact_id"] = f"{MARK}-shared"


def merge(story, dice):
    """Merges with oneself, with another, back again and around; and links likewise."""
    first = dice.choice(story)
    common = {name: first.value.get(name) for name in ("source", "facility_id", "encounter_id", "received_at")}
    people = [first.value.get("patient_id"), *(f"{MARK}-{letter}" for letter in "abc")]
    for number in range(dice.choice((1, 2, 3, 5))):
        told = {
            "schema": "raw.adt/1", "message_id": f"{MARK}-merge-{number}", "happened_at": common["received_at"],
            "patient_id": dice.choice(people), "event": dice.choice(("merge", "merge", "link")),
            "into_patient_id": dice.choice(people),
            "into_encounter_id": dice.choice((common["encounter_id"], f"{MARK}-next", f"{MARK}-last")),
        }  # fmt: skip
        value = {name: each for name, each in (common | told).items() if each is not None}
        story.insert(dice.randrange(len(story) + 1), replace(first, topic="raw.adt", value=value))


def scatter(story, dice):
    """The same happened to several people, or in several encounters."""
    name = dice.choice(("patient_id", "encounter_id", "facility_id", "source"))
    for each in story:
        if dice.random() < 0.3:
            each.value[name] = dice.choice((f"{MARK}-a", f"{MARK}-b", f"{MARK}|a", f"{MARK}\\", "default", "xes"))


ON_STORIES = (swap_values, swap_values, send_again, send_late, correct, correct, share_identity, merge, scatter)


def tell(story, dice):
    """A story as a bad feed tells it: messages, and the names of what was done."""
    done = []
    for _ in range(dice.choice((0, 1, 2, 4))):
        done.append(dice.choice(ON_STORIES))
        done[-1](story, dice)
    return [_told(sent, dice, done) for sent in story], [each.__name__ for each in done]


def _told(sent, dice, done):
    value, kind = sent.value, dice.random()
    if kind > 0.45:
        value = deepcopy(value)
        for _ in range(dice.choice((1, 1, 2, 3))):
            done.append(dice.choice(ON_OBJECTS))
            done[-1](value, dice)
    data = _as_bytes(value, dice)
    if kind > 0.85 and data:
        done.append(dice.choice(ON_BYTES))
        data = done[-1](data, dice)
    return Message(_topic(sent.topic, dice), _key(sent.key, dice), _whole(data, dice, done))


def _whole(data, dice, done):
    kind = dice.random()
    if kind < 0.002:
        done.append(fill)
        return fill(data, dice)
    return dice.choice((None, b"", data, b" ")) if kind < 0.008 else data


def _topic(topic, dice):
    return topic if dice.random() < 0.95 else str(dice.choice(RAW_TOPICS))


def _key(key, dice):
    """Where it came to; the translator does not ask."""
    return key if dice.random() < 0.9 else dice.choice((None, b"", b"\xff", b"|", b"k" * 5000, key))
