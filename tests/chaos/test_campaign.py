"""A small campaign: faults under load; at the end no alert lost, none said twice, everything as the replay has it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KINDS = ("worker_counted_out", "redis_set_back", "cable_cut_for_long", "repeated_and_shuffled")
QUICK = ("--speed", "20000", "--stays-a-day", "1")


@pytest.mark.chaos
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("own_machine")
def test_after_four_kinds_of_faults_everything_stands_as_the_replay_has_it(tmp_path):
    command = [sys.executable, "-P", "-m", "chaos", "--faults", "4", "--kinds", ",".join(KINDS), *QUICK]
    command += ["--folder", str(tmp_path / "all"), "--out", str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(next(tmp_path.glob("chaos-*.json")).read_text())
    assert sorted(each["kind"] for each in result["injected"]) == sorted(KINDS)
    assert result["state"]["alerts"] > 0
    assert result["state"]["verdicts"] > 0
    assert (result["state"]["lost"], result["state"]["duplicates"], result["state"]["differences"]) == (0, 0, [])
