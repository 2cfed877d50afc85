"""Laws of checking a measure's file: no change of a good one gives a traceback, none that matters passes in silence."""

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.measure import Measure
from scoring.measure_file.conventions_file import read_conventions_file
from scoring.measure_file.example import inline
from scoring.measure_file.reading import read_measure_file
from scoring.rules import conventions_body
from site_files import shipped

FILES = ("nys-ped-1h", "cha-mortality-2012", "ipso-modified")
SHIPPED = st.sampled_from([*FILES, "sep1-like", "nys-adult-6h-public-2015", "cha-2012", "ssc-hour1-2018"])

# Tables whose keys are names of the file's own choice.
FREE = {("abstraction", "elements")}

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(max_size=12)
    | st.dates()
    | st.sampled_from(["<=", "minutes", "antibiotic", "pews", "within", "stream", "abstraction", "entry", "mmol/L"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
).filter(lambda value: value is not None)


def toml(body):
    """A file's content as text, a key a line."""
    return "".join(f"{quoted(key)} = {written(value)}\n" for key, value in body.items())


def written(value):
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{quoted(key)} = {written(part)}' for key, part in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return quoted(value)
    return inline(value)


def quoted(text):
    return '"' + "".join(each if each.isascii() and each.isalnum() else f"\\U{ord(each):08x}" for each in text) + '"'


def places(value, path=()):
    """The path of every key and element."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*path, key)
        yield from places(each, (*path, key))


def at(body, path):
    for part in path:
        body = body[part]
    return body


def whole(name):
    return tomllib.loads(shipped(name))


def of_another_type(value):
    """A value that nobody could take for the one that stood there."""
    match value:
        case bool() | int() | float():
            return str(value)
        case date():
            return value.isoformat()
        case str() | list():
            return 3
        case _:
            return [value]


@pytest.mark.parametrize("name", FILES)
def test_a_file_written_anew_says_the_same(name):
    assert tomllib.loads(toml(whole(name))) == whole(name)


@pytest.mark.parametrize("name", FILES)
def test_no_misspelled_key_passes(name):
    passed = []
    for path in places(whole(name)):
        if isinstance(path[-1], str) and path[:-1] not in FREE:
            body = whole(name)
            table = at(body, path[:-1])
            table[f"{path[-1]}x"] = table.pop(path[-1])
            passed += [path] * read_measure_file(toml(body), {}).is_good

    assert passed == []


@pytest.mark.parametrize("name", FILES)
def test_no_value_of_another_type_passes(name):
    passed = []
    for path in places(whole(name)):
        body = whole(name)
        at(body, path[:-1])[path[-1]] = of_another_type(at(body, path))
        passed += [path] * read_measure_file(toml(body), {}).is_good

    assert passed == []


@pytest.mark.parametrize("name", FILES)
def test_what_may_be_left_out_is_what_the_models_say(name):
    """A file that is good without a key is one that the models take without it, and then nothing else changes."""
    for path in places(whole(name)):
        body = whole(name)
        del at(body, path[:-1])[path[-1]]
        read = read_measure_file(toml(body), {})
        if read.measure is not None:
            told = {key: part for key, part in body.items() if key not in {"judged_from", "abstraction"}}

            assert read.measure == Measure.model_validate(told), path


@given(name=SHIPPED, data=st.data())
def test_no_misspelled_key_and_no_other_type_passes_anywhere(name, data):
    body = whole(name)
    path = data.draw(st.sampled_from([path for path in places(body) if path[:-1] not in FREE]))
    table = at(body, path[:-1])
    if isinstance(path[-1], str) and data.draw(st.booleans()):
        table[data.draw(st.sampled_from(["x", "x_"])) + path[-1]] = table.pop(path[-1])
    elif isinstance(table[path[-1]], str):
        table[path[-1]] = data.draw(st.sampled_from([3, True, date(2015, 1, 1), [3], {"x": 3}]))
    else:
        table[path[-1]] = of_another_type(table[path[-1]])

    assert not read_measure_file(toml(body), {}).is_good


@given(name=SHIPPED, data=st.data())
def test_whatever_stands_anywhere_is_told_and_not_stumbled_over(name, data):
    body = whole(name)
    path = data.draw(st.sampled_from(list(places(body))))
    at(body, path[:-1])[path[-1]] = data.draw(values)

    assert all(fault.line >= 1 and fault.remedy for fault in read_measure_file(toml(body), {}).faults)


@given(name=SHIPPED, start=st.integers(0, 9000), length=st.integers(0, 60), put=st.text(max_size=6))
def test_a_cut_anywhere_in_the_text_is_told_and_not_stumbled_over(name, start, length, put):
    text = shipped(name)
    cut = text[:start] + put + text[start + length :]
    read = read_measure_file(cut, {})

    assert read.is_good == (read.identifier is not None)
    assert all(1 <= fault.line <= cut.count("\n") + 1 for fault in read.faults)


@given(data=st.data())
def test_conventions_of_any_kind_are_told_and_not_stumbled_over(data):
    body = {key: dict(part) for key, part in conventions_body().items()}
    path = data.draw(st.sampled_from(list(places(body))))
    at(body, path[:-1])[path[-1]] = data.draw(values)
    read = read_conventions_file(toml(body))

    assert (read.conventions is None) == any(not fault.is_warning for fault in read.faults)
