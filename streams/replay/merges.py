"""Who belongs together by merges."""

from collections.abc import Iterable


def stand_ins(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For every key of a pair, the least of all keys that it hangs together with, through any number of pairs."""
    stands_for: dict[str, str] = {}

    def least(key: str) -> str:
        while (above := stands_for.setdefault(key, key)) != key:
            key = above
        return key

    for one, other in pairs:
        ends = sorted((least(one), least(other)))
        stands_for[ends[1]] = ends[0]
    return {key: least(key) for key in sorted(stands_for)}
