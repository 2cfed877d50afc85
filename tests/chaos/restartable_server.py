"""A server that can be killed, halted, stopped and started again, under the same address."""

import signal
from contextlib import ExitStack

from timezero.server_process import running_server


class RestartableServer:
    """One server; nothing runs before `start`."""

    def __init__(self, command):
        self.name = command.name
        self._command = command
        self._running = ExitStack()
        self.process = None

    def start(self):
        """Start it, for the first time or after its end, and wait until it answers."""
        self._running.close()
        self.process = self._running.enter_context(running_server(self._command))

    def has_ended(self):
        return self.process.poll() is not None

    def kill(self):
        """End it by signal 9; gives what the system says of its end."""
        self.process.kill()
        return self._ended()

    def stop(self):
        """Ask it to end, and give its exit code."""
        self.process.terminate()
        return self._ended()

    def close(self):
        """End it, if it still runs."""
        self._running.close()

    def halt(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def _ended(self):
        code = self.process.wait(timeout=60)
        self._running.close()
        return code
