"""A fault: what is broken, and the proof that it was."""

from dataclasses import dataclass

KINDS = {}
"""Name -> what injects it: given the installation, it breaks something, mends it, and gives the proof in words."""


def fault(inject):
    """Have the campaign choose this kind, under the function's name."""
    KINDS[inject.__name__] = inject
    return inject


@dataclass(frozen=True, slots=True)
class Injected:
    """One fault that was injected.

    Attributes:
        number: Its place in the campaign, from 1.
        kind: The name of its kind.
        at_s: Seconds after the begin of the campaign.
        broken_s: Seconds until it was mended.
        progress_s: Seconds from then until all that waited was finished.
        proof: What showed that it had hit.
    """

    number: int
    kind: str
    at_s: float
    broken_s: float
    progress_s: float
    proof: str
