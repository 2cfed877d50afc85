"""The demo on a page: within a minute of going live a clock counts down, a window is missed and an alert taken back."""

import os
import subprocess

import pytest
from playwright.sync_api import expect

from command_line import COMMAND

pytestmark = pytest.mark.usefixtures("embedded_broker", "valkey_url")
A_MINUTE = 60_000
COUNTS_DOWN = """() => [...document.querySelectorAll('#live tbody tr')].some((row) => {
  const digits = row.querySelector('.digits')?.textContent.trim() ?? '';
  if (!/^\\d/.test(digits)) return false;
  const left = digits.split(':').reduce((sum, part) => 60 * sum + Number(part), 0);
  const key = row.querySelector('.open-case').hash + row.querySelector('.next').textContent;
  window.first ??= new Map();
  if (!window.first.has(key)) window.first.set(key, left);
  return left < window.first.get(key);
})"""


@pytest.fixture
def address(tmp_path):
    """Address of the board of `timezero demo --for 40`, which ends with 0 and in silence."""
    # For the demo alone: the browser's sockets have no room for a path as long as this.
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    argv = [*COMMAND, "demo", "--for", "40"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process.stdout.readline().removeprefix("board: ").strip()
            out, err = process.communicate(timeout=120)
        finally:
            if process.poll() is None:
                process.kill()
    assert (process.returncode, out, err) == (0, "", "")


def test_within_a_minute_a_clock_runs_a_window_is_missed_and_an_alert_is_taken_back(address, page):
    page.goto(address)
    page.wait_for_function(COUNTS_DOWN, timeout=A_MINUTE)
    missed = page.locator("#alerts [data-kind=missed]")
    expect(missed.first).to_be_visible(timeout=A_MINUTE)
    withdrawn = page.locator("#alerts [data-kind=withdrawn]").filter(has_text=", in time.")
    expect(withdrawn.first).to_be_visible(timeout=A_MINUTE)

    taken_back = missed.filter(has=page.locator("s")).filter(has_text="met in time")
    expect(taken_back.first).to_contain_text("taken back", timeout=A_MINUTE)
