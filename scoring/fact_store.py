"""Facts and their versions: a set that forgets the order in which it was told.

Adding is idempotent, commutative and associative: of equal versions the earliest `received_at`
is kept, of different versions of one fact all are kept, and which of them wins depends on
the versions alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import get_args

from schemas.clinical import AnyFact
from scoring.written_facts import WrittenFacts


def _rank(fact: AnyFact) -> tuple[int, bool, float, float, str]:
    """Order of the versions of one fact; the highest wins."""
    recorded = fact.recorded_at or fact.received_at
    return (fact.version, fact.retracted, recorded.timestamp(), fact.received_at.timestamp(), fact.model_dump_json())


def _same(one: AnyFact, other: AnyFact) -> bool:
    """Whether two versions differ at most in when, and by which way, they were received."""
    way = {"received_at": other.received_at, "forwarded_from": other.forwarded_from}
    return one.event_id == other.event_id and one.model_copy(update=way) == other


_FIELDS = {kind: set(kind.model_fields) for kind in get_args(AnyFact)}


def slim(fact: AnyFact) -> AnyFact:
    """The fact itself, with one set of the fields sent for all of its kind: one of its own takes two kilobytes."""
    object.__setattr__(fact, "__pydantic_fields_set__", _FIELDS[type(fact)])
    return fact


@dataclass(slots=True)
class FactStore:
    """All versions of all facts of one patient.

    Attributes:
        versions: By `fact_id`, every distinct version, the winner last; facts in the order in which they came first.
        written: What of them is written down already. Whoever changes `versions` otherwise than by `add` and `drop`
            has it forgotten.
    """

    versions: dict[str, tuple[AnyFact, ...]] = field(default_factory=dict)
    written: WrittenFacts = field(default_factory=WrittenFacts, repr=False, compare=False)

    def add(self, fact: AnyFact) -> bool:
        """Add one version; return whether that changed anything."""
        known = self.versions.get(fact.fact_id)
        if known is None:
            self.versions[fact.fact_id] = (slim(fact),)
            return True
        for place, version in enumerate(known):
            if _same(version, fact):
                if version.received_at <= fact.received_at:
                    return False
                known = known[:place] + known[place + 1 :]
                break
        self.versions[fact.fact_id] = tuple(sorted((*known, fact), key=_rank))
        self.written.forget(list(self.versions).index(fact.fact_id))
        return True

    def drop(self, fact_id: str) -> None:
        """Forget a known fact, all versions of it."""
        del self.versions[fact_id]
        self.written.forget_all()

    def winner(self, fact_id: str) -> AnyFact | None:
        """The version that holds now; None where the fact is unknown or was retracted."""
        versions = self.versions.get(fact_id)
        return None if versions is None or versions[-1].retracted else versions[-1]

    def winners(self) -> Iterator[AnyFact]:
        """Every fact that holds now."""
        return (versions[-1] for versions in self.versions.values() if not versions[-1].retracted)

    def known_at(self, fact: AnyFact, said: Callable[[AnyFact], object]) -> datetime:
        """When we first received a version of the fact that said the same: of the time that is clocked, say."""
        same = [
            version.received_at
            for version in self.versions[fact.fact_id]
            if not version.retracted and said(version) == said(fact)
        ]
        return min(same)
