"""Whether it makes sense what the file is called, when it counts, who is a case, and from when."""

import re
from collections.abc import Iterator
from datetime import date, datetime

from schemas.clinical import ActName
from scoring.measure_file.fault import Fault, value_words
from scoring.measure_file.part import Part
from scoring.number import Comparison
from scoring.time_zero_rule import CONTACTS, Moment

JUDGED_FROM = ("stream", "abstraction")
"""What a measure can be judged from."""

_OPENS_NOTHING = {
    ActName.SEPSIS_RULED_OUT: "closes cases and opens none",
    ActName.TIME_ZERO_OVERRIDDEN: "is said of a case that is there, and opens none",
}
_ADD_STREAM = 'add "stream" to judged_from, or take out what is for streams'
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_REASON = re.compile(r"[a-z][a-z0-9_]*")
_AGES = {"age_below": Comparison.BELOW, "age_at_least": Comparison.AT_LEAST}


def header_faults(file: Part) -> Iterator[Fault]:
    """Faults of name, title, dates and of what the measure is judged from."""
    for key in ("id", "version"):
        told = file.word(key)
        if told is not None and not _NAME.fullmatch(told):
            yield Fault((key,), f'"{told}" is no name', "write small letters, digits, full stops and hyphens")
    if file.word("title") is not None and not str(file.word("title")).strip():
        yield Fault(("title",), "is empty", "say in a few words what it measures")
    yield from _dates(file)
    yield from _judged_from(file)
    if file.items("drops") and "drops_source" not in file.body:
        yield Fault(
            ("drops_source",), "is missing, and drops decides something", 'add drops_source = "the text, with page"'
        )


def _dates(file: Part) -> Iterator[Fault]:
    for key in ("effective_from", "effective_until"):
        if isinstance(file.body.get(key), str | datetime):
            yield Fault((key,), "must be a date without quotes and without a time", f"write {key} = 2015-01-01")
    first, last = (_day(file, key) for key in ("effective_from", "effective_until"))
    if first is not None and last is not None and last < first:
        yield Fault(
            ("effective_until",), "lies before effective_from", "write the last day on which the measure counts"
        )


def _day(file: Part, key: str) -> date | None:
    value = file.body.get(key)
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _judged_from(file: Part) -> Iterator[Fault]:
    told = file.body.get("judged_from", ["stream"])
    if told == ["abstraction"] and "entry" in file.body:
        yield Fault(("entry",), "says how a stream is judged, which nothing asks for", _ADD_STREAM, is_warning=True)
    place = ("judged_from",)
    if not isinstance(told, list) or not told or any(each not in JUDGED_FROM for each in told):
        yield Fault(place, "is no list of what it is judged from", 'write ["stream"], ["abstraction"] or both')
    elif "abstraction" in told and "abstraction" not in file.body:
        yield Fault(
            ("abstraction",), "is missing, and judged_from names it", "add the part [abstraction], or take the word out"
        )
    elif "abstraction" in told and not isinstance(file.body["abstraction"], dict):
        yield Fault(("abstraction",), "must be a table", "write it as [abstraction], with its keys below")
    elif "abstraction" in file.body and "abstraction" not in told:
        yield Fault(
            ("abstraction",), "is never read", 'add judged_from = ["stream", "abstraction"], or take the part out'
        )


def case_faults(file: Part) -> Iterator[Fault]:
    """Faults of entry, time zero, population, exclusions and strata."""
    yield from _entry(file)
    time_zero = file.table("time_zero")
    if time_zero is not None:
        yield from _time_zero(time_zero)
    for holder in filter(None, (file, file.table("shock"), file.table("abstraction"))):
        for part in (*holder.listed("population"), *holder.listed("exclusions"), *holder.listed("strata")):
            yield from _rule(part)
        yield from _everybody(holder)
    yield from _opened_in_vain(file)
    yield from _strata(file)


def _entry(file: Part) -> Iterator[Fault]:
    entry, time_zero = file.table("entry"), file.table("time_zero")
    if entry is None:
        return
    if entry.body.get("acts") == []:
        yield Fault(entry.place("acts"), "is empty: nothing opens a case", "name the acts that do")
    for number, act in enumerate(entry.items("acts")):
        if isinstance(act, str) and act in _OPENS_NOTHING:
            yield Fault(entry.place("acts", number), f'"{act}" {_OPENS_NOTHING[ActName(act)]}', "take it out")
    moments = {each for group in _groups(time_zero) for each in group if isinstance(each, str)}
    scored = ActName.PEWS in {*entry.words("acts"), *moments}
    if scored and "pews_at_least" not in entry.body:
        yield Fault(
            entry.place("pews_at_least"), "is missing, and without it no pews counts", "add it, or take pews out"
        )
    if not scored and "pews_at_least" in entry.body:
        yield Fault(
            entry.place("pews_at_least"),
            "is the threshold of nothing",
            "add pews to acts, or take it out",
            is_warning=True,
        )


def _groups(time_zero: Part | None) -> list[list[object]]:
    groups = time_zero.items("first_known") if time_zero is not None else []
    return [group for group in groups if isinstance(group, list)]


def _time_zero(time_zero: Part) -> Iterator[Fault]:
    place = time_zero.place("first_known")
    groups = _groups(time_zero)
    if time_zero.body.get("first_known") == []:
        yield Fault(place, "is empty: there is never a time zero", 'name moments: [["protocol_started"], ["arrived"]]')
    for number, group in enumerate(groups):
        if not group:
            yield Fault((*place, number), "is empty", "name the moments of which the earliest counts, or take it out")
        elif Moment.ENTRY in group and groups[number + 1 :]:
            yield Fault(
                (*place, number),
                "always has a moment, so what follows never counts",
                "let it be the last",
                is_warning=True,
            )
    contacts = CONTACTS.intersection(each for group in groups for each in group if isinstance(each, str))
    if time_zero.body.get("emergency_contacts_only") is True and not contacts:
        yield Fault(
            time_zero.place("emergency_contacts_only"),
            "has no effect without a contact",
            "take it out",
            is_warning=True,
        )


def _rule(part: Part) -> Iterator[Fault]:
    reason, limit = part.word("reason"), part.table("limit")
    if reason is not None and not _REASON.fullmatch(reason):
        yield Fault(part.place("reason"), f'"{reason}" is no reason', "write small letters, digits and underscores")
    for key in ("steps", "acts", "act_reasons"):
        if part.body.get(key) == []:
            yield Fault(part.place(key), "is empty", "name what counts, or take it out")
    if part.word("rule") == "act_within" and "limit" not in part.body and "source" not in part.body:
        yield Fault(
            part.place("source"), "is missing, and there is no limit that has one", 'add source = "the text, with page"'
        )
    asked = _AGES.get(part.word("rule") or "")
    told = limit.word("comparison") if limit is not None else None
    if asked is not None and told in set(_AGES.values()) and told != asked:
        yield Fault(part.place("limit", "comparison"), f'"{told}" says the opposite of the rule', f'write "{asked}"')


def _everybody(holder: Part) -> Iterator[Fault]:
    """Two exclusions by age between which nobody is left."""
    ages = {part.word("rule"): part for part in holder.listed("exclusions")}
    below, least = (_years(ages.get(rule)) for rule in _AGES)
    if below is not None and least is not None and least <= below:
        yield Fault(
            ages["age_at_least"].path, "leaves nobody, together with age_below", "write a higher age, or take one out"
        )


def _opened_in_vain(file: Part) -> Iterator[Fault]:
    """Exclusions by an act that opens cases: where it alone is time zero, it lies within every limit of that."""
    entry, time_zero = file.table("entry"), file.table("time_zero")
    opening = entry.words("acts") if entry is not None else []
    first = next(iter(_groups(time_zero)), None)
    for part in file.listed("exclusions"):
        act = part.word("act")
        if part.word("rule") == "act_within" and act in opening and not part.items("act_reasons"):
            always = "limit" not in part.body or first in ([act], [Moment.ENTRY])
            what = f"leaves out {'every case' if always else 'cases'} that {act} opens"
            yield Fault(part.place("act"), what, "take it out of [entry] acts, or name another act", not always)


def _strata(file: Part) -> Iterator[Fault]:
    names = [part.word("name") for part in file.listed("strata")]
    for number, part in enumerate(file.listed("strata")):
        if names[number] is not None and names[number] in names[:number]:
            what = f"{value_words(names[number])} is the name of another one"
            yield Fault(part.place("name"), what, "write a name of its own: the rates are reported under it")


def _years(part: Part | None) -> float | None:
    limit = part.table("limit") if part is not None else None
    return limit.number("value") if limit is not None else None
