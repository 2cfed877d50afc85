"""What happens to messages on their way in and to alerts on their way out."""

import signal

from chaos.fault import fault
from real_parts.eventually import eventually

_DISTURBED = 150
_REFUSALS = 10


@fault
def repeated_and_shuffled(here):
    """The next messages come twice, in any order."""
    records, out_of_order = here.load.records, here.load.out_of_order
    here.load.disturb(_DISTURBED)
    eventually(lambda: not here.load.is_disturbed(), within=120, what="the disturbed messages")
    shuffled = here.load.out_of_order - out_of_order
    assert shuffled > 0
    return f"{here.load.records - records} records of {_DISTURBED} messages, {shuffled} after one received later"


@fault
def notifier_killed(here):
    """Signal 9, and started again."""
    code = here.notifier.kill()
    here.notifier.start()
    return f"the notifier ended by {signal.Signals(-code).name}"


@fault
def webhook_refuses(here):
    """It answers 503, until some alerts were refused."""
    refused = []
    before = here.receiver.answer

    def refuse(body, _number):
        refused.append(body["alert_id"])
        return 503

    here.receiver.answer = refuse
    try:
        eventually(lambda: len(refused) >= _REFUSALS, within=120, what="alerts to refuse")
    finally:
        here.receiver.answer = before
    return f"{len(refused)} tries to deliver were answered by 503"
