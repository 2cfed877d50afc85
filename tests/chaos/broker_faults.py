"""What happens to the broker: killed, stopped, halted, its disk full."""

import signal

from chaos.fault import fault
from real_parts.eventually import eventually


@fault
def broker_killed(here):
    """Signal 9, and started again."""
    code = here.broker.kill()
    here.broker.start()
    return f"the broker ended by {signal.Signals(-code).name}"


@fault
def broker_restarted(here):
    """Asked to end, as at a new version, and started again."""
    code = here.broker.stop()
    here.broker.start()
    return f"the broker ended with {code} and was started again"


@fault
def broker_halted(here):
    """It keeps its connections and answers nothing, until who sends to it has given up."""
    failed = here.load.failed
    here.broker.halt()
    try:
        eventually(lambda: here.load.failed > failed, within=90, what="a sending that was given up")
    finally:
        here.broker.go_on()
    return f"{here.load.failed - failed} sendings were given up"


@fault
def broker_disk_full(here):
    """No room for a message: the broker ends itself; there is room again when it starts."""
    error = here.broker.disk.fill()
    try:
        eventually(here.broker.has_ended, within=90, what="the end of a broker that cannot write")
    finally:
        here.broker.disk.free()
    code = here.broker.process.returncode
    here.broker.start()
    return f"{error}; the broker ended itself with {code}"
