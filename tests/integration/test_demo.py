"""The demo as a user starts it: a live board with real encounters, and nothing left when it ends."""

import os
import re
import signal
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from command_line import COMMAND
from site_files import shipped
from timezero.demo_stays import demo_stays
from timezero.server_process import LOOPBACK, free_port

pytestmark = pytest.mark.usefixtures("embedded_broker", "valkey_url")
REAL = {stay.hadm_id for stay in demo_stays().stays}


@contextmanager
def demo(tmp_path, *arguments):
    """The demo with a folder for temporary files of its own, and its board's address once it is live."""
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [*COMMAND, "demo", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    with process:
        try:
            line = process.stdout.readline()
            yield process, line.removeprefix("board: ").strip()
        finally:
            if process.poll() is None:
                process.kill()


def descendants(process):
    """Process ids below one process."""
    table = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(pid): int(parent) for pid, parent in (line.split() for line in table.splitlines())}
    found = {process.pid}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {process.pid}


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def stops_and_leaves_nothing(process, how, folder):
    """Send a signal; what is left of processes and files must be nothing. Gives exit code and last words."""
    started = descendants(process)
    process.send_signal(how)
    out, err = process.communicate(timeout=60)
    assert started
    assert not [pid for pid in started if is_alive(pid)]
    assert list(folder.iterdir()) == []
    return process.returncode, out, err


def stream_shows(address, wanted):
    """Read the board's stream of events until all wanted words have gone by."""
    waiting = set(wanted)
    with httpx.stream("GET", f"{address}events", timeout=60) as stream:
        for line in stream.iter_lines():
            waiting = {word for word in waiting if word not in line}
            if not waiting:
                return True
    return False


def test_a_hospitals_own_measure_has_rows_beside_the_usual_ones_until_a_termination(tmp_path):
    site, folder = tmp_path / "site", tmp_path / "demo"
    site.mkdir()
    folder.mkdir()
    text = shipped("nys-ped-1h").replace('id = "nys-ped-1h"', 'id = "our-hour"')
    (site / "hour.toml").write_text(text, encoding="utf-8")

    with demo(folder, "--port", str(free_port()), "--measures-dir", str(site)) as (process, address):
        assert stream_shows(address, {"our-hour/", "sep1-like/1"})
        assert stops_and_leaves_nothing(process, signal.SIGTERM, folder) == (143, "", "")


def test_the_board_shows_real_and_simulated_encounters_until_an_interrupt(tmp_path):
    port = free_port()
    with demo(tmp_path, "--port", str(port)) as (process, address):
        assert address == f"http://{LOOPBACK}:{port}/"
        assert httpx.get(address).status_code == httpx.codes.OK
        assert stream_shows(address, {"101361", "SIM-E-"})
        assert stops_and_leaves_nothing(process, signal.SIGINT, tmp_path) == (130, "", "")


def test_the_demo_ends_by_itself_when_its_time_is_over(tmp_path):
    with demo(tmp_path, "--for", "1") as (process, address):
        assert address
        out, err = process.communicate(timeout=60)

    assert (process.returncode, out, err) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_dies_ends_the_demo_with_its_name(tmp_path):
    with demo(tmp_path) as (process, address):
        assert address
        worker = next(
            pid
            for pid in descendants(process)
            if re.search(rb"\0timezero\0worker\0$", Path(f"/proc/{pid}/cmdline").read_bytes())
        )
        os.kill(worker, signal.SIGKILL)
        _, err = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "timezero demo: the worker ended with -9" in err
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_named_before_anything_starts():
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        said = subprocess.run(
            [*COMMAND, "demo", "--port", str(port)], capture_output=True, text=True, check=False, timeout=60
        )

    assert said.returncode == 2
    assert (
        said.stderr
        == f"timezero: port {port} is taken: choose another with --port, or leave it out and a free one is found.\n"
    )
