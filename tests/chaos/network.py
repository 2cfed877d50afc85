"""A machine of one's own in namespaces of Linux: networks with cables that can be cut, disks that can be filled.

The campaign starts itself anew apart from the rest of the machine, as its own root. What it lays and mounts is seen by
nobody else, and is gone when it ends; processes too.
"""

import subprocess
from pathlib import Path

APART = (
    "setpriv", "--pdeathsig", "KILL", "--",
    "unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
)  # fmt: skip
"""Words before a command that run it apart; it ends, with all that it started, when who started it ends."""
SERVERS = "10.213.0.1"
"""Where broker and cache listen: reached from everywhere here, and by workers over their cable alone."""
_REACHED_WITHIN = "1"


def lay_own_network():
    """Bring up the address of the servers, in a network that has nothing else."""
    _run("mount", "-t", "tmpfs", "none", "/run")
    _run("ip", "link", "set", "lo", "up")
    _run("ip", "address", "add", f"{SERVERS}/32", "dev", "lo")


def mount_small_disk(folder: Path, size_bytes):
    """Put a disk of this size under `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "none", str(folder))


class Cable:
    """A network with one address, and its cable to the servers."""

    def __init__(self, number):
        """Lay the cable of this number, 1 to 250."""
        self.name = f"worker{number}"
        self._here = f"cable{number}"
        self.within = ("nsenter", f"--net=/run/netns/{self.name}")
        """Words before a command that run it at the other end."""
        here, there = f"10.213.{number}.1", f"10.213.{number}.2"
        _run("ip", "netns", "add", self.name)
        _run("ip", "link", "add", self._here, "type", "veth", "peer", "name", "cable", "netns", self.name)
        _run("ip", "address", "add", f"{here}/30", "dev", self._here)
        _run("ip", "-n", self.name, "address", "add", f"{there}/30", "dev", "cable")
        _run("ip", "-n", self.name, "link", "set", "lo", "up")
        _run("ip", "-n", self.name, "link", "set", "cable", "up")
        self.mend()
        _run("ip", "-n", self.name, "route", "add", "default", "via", here)

    def cut(self):
        """Let nothing through, in either direction; nobody is told."""
        _run("ip", "link", "set", self._here, "down")

    def mend(self):
        """Let everything through again."""
        _run("ip", "link", "set", self._here, "up")

    def drop_port(self, port):
        """Lose what is sent to this port of the servers; what comes from there arrives."""
        _run(*self.within, "iptables", "-A", "OUTPUT", "-p", "tcp", "--dport", str(port), "-j", "DROP")

    def drop_nothing(self):
        """Let through what was dropped."""
        _run(*self.within, "iptables", "-F", "OUTPUT")

    def reaches(self, port):
        """Whether a connection to this port of the servers can be made from the other end."""
        connect = f"exec 3<>/dev/tcp/{SERVERS}/{port}"
        command = [*self.within, "timeout", _REACHED_WITHIN, "bash", "-c", connect]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _run(*command):
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr.strip()}"
