"""Draws that belong together: shares of single elements and of the whole bundle at once."""

import math
from collections.abc import Mapping
from functools import cache

from streams.simulator.dice import Dice


def draw_together(dice: Dice, shares: Mapping[str, float], mean_bundle: float, bundle: float) -> dict[str, bool]:
    """Which elements are done in time, so that each share and the whole bundle's come out as given.

    Args:
        dice: Throws.
        shares: Over all hospitals, how often each element is done in time.
        mean_bundle: Over all hospitals, how often all are.
        bundle: In this hospital, how often all are; the rest of its cases is like everybody's rest.
    """
    names = tuple(shares)
    if dice.chance(bundle):
        return dict.fromkeys(names, True)
    chances = shares_without_bundle(tuple(shares.values()), mean_bundle)
    while True:
        drawn = {name: dice.chance(share) for name, share in zip(names, chances, strict=True)}
        if not all(drawn.values()):
            return drawn


@cache
def shares_without_bundle(shares: tuple[float, ...], bundle: float) -> tuple[float, ...]:
    """Chances of independent draws that, redrawn while all succeed, leave the given shares.

    With p, q, r for the chances, a share among those without the whole bundle is
    (p - pqr) / (1 - pqr); solved by repeated insertion. There is a solution while the shares among
    those without the bundle add up to less than one less than their number: not all succeed there.
    """
    wanted = tuple((share - bundle) / (1 - bundle) for share in shares)
    chances = wanted
    for _ in range(1000):
        together = math.prod(chances)
        chances = tuple(share * (1 - together) + together for share in wanted)
    return chances
