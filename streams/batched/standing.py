"""Where a table stands: how much of its changelog it has, so that a recovery reads the rest only."""

from __future__ import annotations

from collections import defaultdict

_MOST_AHEAD = 100
"""Spans kept behind a hole; there are as many as writes under way. What is not kept will be read again."""


class Standing:
    """Of each partition the last offset up to which nothing of the changelog is missing in the store.

    What we wrote ourselves counts once everything before it is there: another worker, that was
    counted out and did not know it yet, may have written between.
    """

    def __init__(self) -> None:
        """Know no partition."""
        self._at: dict[int, int] = {}
        self._ahead: dict[int, dict[int, int]] = defaultdict(dict)

    def at(self, partition: int) -> int | None:
        """The offset; None where nothing is known to be there."""
        return self._at.get(partition)

    def read(self, partition: int, last: int) -> None:
        """The changelog was read to `last`."""
        at = self._at[partition] = max(last, self._at.get(partition, -1))
        self._ahead[partition] = {first: end for first, end in self._ahead[partition].items() if first > at}
        self._catch_up(partition)

    def wrote(self, partition: int, first: int, last: int) -> None:
        """The offsets from `first` to `last` are ours, and in the store."""
        if len(self._ahead[partition]) < _MOST_AHEAD:
            self._ahead[partition][first] = last
        self._catch_up(partition)

    def keep(self, partitions: set[int]) -> None:
        """Forget every other partition."""
        self._at = {partition: at for partition, at in self._at.items() if partition in partitions}
        self._ahead.clear()

    def _catch_up(self, partition: int) -> None:
        ahead = self._ahead[partition]
        while (last := ahead.pop(self._at.get(partition, -1) + 1, None)) is not None:
            self._at[partition] = last
