"""Counts ed-sepsis-triage/mannhardt in the XES log by itself, sharing no code with the project.

Denominator: cases with at least one `ER Sepsis Triage`. Time zero: the first one. Antibiotics are met
if the first `IV Antibiotics` is at most 1 hour after time zero, lactate if the first `LacticAcid` is
at most 3 hours after it. Both times are cut to the second first. There is no lower bound: an act
before time zero counts. The case is met if both are.

Run: python tests/reference/xes_count.py LOG.xes.gz [CASES.csv]
"""

import csv
import gzip
import re
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

TRACE = re.compile(r"<trace>(.*?)</trace>", re.DOTALL)
EVENT = re.compile(r"<event>(.*?)</event>", re.DOTALL)
NAME = re.compile(r'<string key="concept:name" value="([^"]*)"')
TIME = re.compile(r'<date key="time:timestamp" value="([^"]*)"')

LIMITS = {"antibiotics": ("IV Antibiotics", timedelta(hours=1)), "lactate": ("LacticAcid", timedelta(hours=3))}


def read_cases(path):
    """Case id -> activity -> its times, in order."""
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return dict(read_trace(trace) for trace in TRACE.findall(text.decode("utf-8")))


def read_trace(trace):
    """One case's id and the times of each of its activities."""
    case_id = NAME.search(EVENT.sub("", trace))[1]
    times = {}
    for event in EVENT.findall(trace):
        at = datetime.fromisoformat(TIME.search(event)[1]).replace(microsecond=0)
        times.setdefault(NAME.search(event)[1], []).append(at)
    return case_id, {activity: sorted(found) for activity, found in times.items()}


def judge(times):
    """Element -> (met, time of the first act or None); None: not in the denominator."""
    if "ER Sepsis Triage" not in times:
        return None
    time_zero = times["ER Sepsis Triage"][0]
    verdicts = {"time_zero": time_zero}
    for element, (activity, limit) in LIMITS.items():
        first = times.get(activity, [None])[0]
        verdicts[element] = (first is not None and first - time_zero <= limit, first)
    verdicts["bundle"] = (all(verdicts[element][0] for element in LIMITS), None)
    return verdicts


def totals(judged):
    """Counts over all cases, and how far from time zero the first acts lie."""
    counts = Counter(denominator=sum(verdicts is not None for verdicts in judged.values()))
    for verdicts in filter(None, judged.values()):
        for element in (*LIMITS, "bundle"):
            counts[f"{element} met"] += verdicts[element][0]
        for element in LIMITS:
            counts.update(f"{element} {where}" for where in places(verdicts["time_zero"], verdicts[element][1]))
    return counts


def places(time_zero, first):
    """Words on where the first act lies."""
    if first is None:
        return ["never done"]
    gap = first - time_zero
    words = {
        "before time zero": gap < timedelta(0),
        "more than 6 h before": gap < -timedelta(hours=6),
        "more than 24 h before": gap < -timedelta(hours=24),
        "more than a day after": gap > timedelta(days=1),
    }
    return [word for word, true in words.items() if true]


def write_cases(judged, path):
    """One row a case: times to the second, Y or N an element."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["case_id", "time_zero", "antibiotics", "antibiotics_at", "lactate", "lactate_at", "bundle"])
        for case_id, verdicts in sorted(judged.items()):
            if verdicts is None:
                continue
            row = [case_id, verdicts["time_zero"].isoformat()]
            for element in LIMITS:
                met, first = verdicts[element]
                row += ["Y" if met else "N", first.isoformat() if first else ""]
            writer.writerow([*row, "Y" if verdicts["bundle"][0] else "N"])


def main(arguments):
    """Print the totals; write the cases where a file is named."""
    judged = {case_id: judge(times) for case_id, times in read_cases(Path(arguments[0])).items()}
    sys.stdout.write(f"traces: {len(judged)}\n")
    for name, count in sorted(totals(judged).items()):
        sys.stdout.write(f"{name}: {count}\n")
    if len(arguments) > 1:
        write_cases(judged, Path(arguments[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
