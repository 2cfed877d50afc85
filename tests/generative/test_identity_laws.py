"""Records that contradict each other: the quick answer is that of comparing every two."""

from datetime import date, datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from scoring.abstraction.identity import IdentityRecords
from scoring.number import Resolution

DAY = datetime.fromisoformat("2015-06-01T00:00")


def written(day):
    return (DAY + timedelta(days=day)).isoformat()


# Few of each, so that they meet.
RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["F", "F", "G", ""]),
        st.sampled_from(["", "1", "2", "3"]),
        st.sampled_from(["", "A", "B"]),
        st.sampled_from(["", "U", "V"]),
        st.sampled_from(["", "2010-01-01", "2010-01-01T00:00", "2010-01-02"]),
        st.integers(0, 5).map(written),
        st.integers(0, 8).map(written),
    ),
    max_size=7,
)


def answer(records):
    found = IdentityRecords(Resolution.MINUTE)
    for number, texts in enumerate(records):
        found.learn(number, texts)
    return {number: set(kinds) for number, kinds in found.conflicts().items()}


def differ(one, other):
    return bool(one) and bool(other) and one != other


def born(text):
    return date.fromisoformat(text[:10]) if text else None


def contradictions(one, other):
    """Kinds of contradiction between two records, as the text words them."""
    facility, pcn, mrn, upi, birth, begun, ended = one
    if not facility or facility != other[0]:
        return
    same_pcn, same_mrn = bool(pcn) and pcn == other[1], bool(mrn) and mrn == other[2]
    if same_pcn and (differ(mrn, other[2]) or differ(upi, other[3])):
        yield "same_pcn"
    if same_mrn and (differ(upi, other[3]) or differ(born(birth), born(other[4]))):
        yield "same_mrn"
    stays = begun < ended and other[5] < other[6]
    if (same_pcn or same_mrn) and stays:
        if (begun, ended) == (other[5], other[6]):
            yield "duplicate"
        if begun < other[6] and other[5] < ended:
            yield "overlap"


@given(records=RECORDS)
def test_the_quick_answer_is_that_of_comparing_every_two(records):
    slow = {}
    for (number, one), (_, other) in permutations(enumerate(records), 2):
        for kind in contradictions(one, other):
            slow.setdefault(number, set()).add(kind)

    assert answer(records) == slow


@given(records=RECORDS, chance=st.randoms(use_true_random=False))
def test_the_order_of_the_rows_plays_no_part(records, chance):
    places = list(range(len(records)))
    chance.shuffle(places)

    shuffled = answer([records[place] for place in places])

    assert {places[number]: kinds for number, kinds in shuffled.items()} == answer(records)
