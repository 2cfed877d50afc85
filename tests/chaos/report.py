"""What a campaign shows: a table to read, and a file to keep."""

import json
import os
import platform
import subprocess
from collections import Counter, defaultdict
from dataclasses import asdict
from pathlib import Path
from statistics import median

import orjson

from streams.clock import wall_clock


def table(campaign, state):
    """Lines: each kind with how often it hit and the seconds until progress; then what stands at the end."""
    yield f"{'fault':28}{'times':>6}{'broken, s':>12}{'progress again, s':>20}"
    yield f"{'':28}{'':>6}{'median':>12}{'median':>12}{'max':>8}"
    for kind, faults in sorted(_by_kind(campaign.injected).items()):
        broken, took = [each.broken_s for each in faults], [each.progress_s for each in faults]
        yield f"{kind:28}{len(faults):6}{median(broken):12.1f}{median(took):12.1f}{max(took):8.1f}"
    took = [each.progress_s for each in campaign.injected]
    yield f"{'all':28}{len(took):6}{'':12}{median(took):12.1f}{max(took):8.1f}"
    load = campaign.here.load
    yield f"{len(load.sent)} messages sent as {load.records} records; {state.cases} cases, {state.verdicts} verdicts"
    yield from (f"not counted, for want of a proof: {kind}: {why}" for kind, why in campaign.unproven)
    if campaign.stuck is not None:
        yield f"DID NOT GET ON {campaign.stuck}"
    yield f"parts that ended by themselves and were started again: {len(campaign.here.ended)}"
    yield f"alerts: {state.alerts}, of which {state.lost} lost; {state.duplicates} duplicates; {state.repeats} repeats"
    yield f"final state: {'equal to the replay' if not state.differences else 'NOT THE REPLAY'}"
    yield from (f"  {each}" for each in state.differences)


def keep(campaign, state, seed, folder, where):
    """Write the result, with `where` it began, beside those of the benchmarks; give the file."""
    result = {
        **where,
        "seed": seed,
        "faults": len(campaign.injected),
        "messages": len(campaign.here.load.sent),
        "records": campaign.here.load.records,
        "state": asdict(state),
        "unproven": campaign.unproven,
        "stuck": campaign.stuck,
        "ended_by_themselves": campaign.here.ended,
        "said": said(campaign.here),
        "injected": [asdict(each) for each in campaign.injected],
    }
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"chaos-{where['at']}-{where['commit']}.json".replace(":", "")
    kept.write_text(json.dumps(result, indent=1) + "\n")
    return kept


def said(here):
    """How often each event stands in the logs of our own parts, by level and event."""
    counts = Counter()
    for path in sorted(here.folder.glob("*.log")):
        counts.update(filter(None, map(_event, path.read_bytes().splitlines())))
    return dict(counts.most_common())


def _event(line):
    try:
        told = orjson.loads(line)
        return " ".join(filter(None, (told["level"], told["event"], told.get("stage"), told.get("error"))))
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None


def _by_kind(injected):
    kinds = defaultdict(list)
    for each in injected:
        kinds[each.kind].append(each)
    return kinds


def circumstances():
    """Where, when and of which commit."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, check=False, capture_output=True, text=True)
    return {
        "at": wall_clock().isoformat(timespec="seconds"),
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }
