"""Keys keep identifiers apart, whatever characters they hold, and give them back."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.topics import joined_key, split_key

identifiers = st.lists(st.text(alphabet="ab|\\p", max_size=6), min_size=1, max_size=4)


@given(identifiers)
def test_what_was_joined_comes_apart_again(parts):
    assert split_key(joined_key(*parts)) == tuple(parts)


@given(identifiers, identifiers)
def test_different_identifiers_have_different_keys(one, other):
    assert (joined_key(*one) == joined_key(*other)) == (one == other)
