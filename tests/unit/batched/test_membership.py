"""Nothing is sent on an old answer: after a pause the group is asked before anything is written."""

import pytest

from streams.batched.membership import Membership, NotAMemberError


class Group:
    """Answers as told, and counts the questions; with a clock that a test moves."""

    def __init__(self):
        self.counts_us_in, self.asked, self.seconds = True, 0, 100.0

    async def ask(self):
        self.asked += 1
        return self.counts_us_in

    def membership(self):
        return Membership(self.ask, session_timeout=6, now=lambda: self.seconds)


async def test_the_first_record_is_sent_only_after_the_group_was_asked():
    group = Group()
    await group.membership().confirm()

    assert group.asked == 1


async def test_a_good_answer_counts_for_half_a_session():
    group = Group()
    membership = group.membership()
    await membership.confirm()
    group.seconds += 2.9
    await membership.confirm()
    assert group.asked == 1

    group.seconds += 0.2
    await membership.confirm()
    assert group.asked == 2


async def test_a_worker_that_was_stopped_for_longer_than_its_session_writes_nothing():
    group = Group()
    membership = group.membership()
    await membership.confirm()
    group.seconds += 60
    group.counts_us_in = False

    with pytest.raises(NotAMemberError):
        await membership.confirm()


async def test_after_partitions_were_handed_out_anew_the_group_is_asked_again():
    group = Group()
    membership = group.membership()
    await membership.confirm()
    membership.doubt()
    await membership.confirm()

    assert group.asked == 2


async def test_an_answer_that_took_long_counts_from_when_it_was_asked_for():
    group = Group()

    async def slowly():
        group.seconds += 5
        return await group.ask()

    membership = Membership(slowly, session_timeout=6, now=lambda: group.seconds)
    await membership.confirm()
    await membership.confirm()

    assert group.asked == 2


async def test_an_answer_that_was_asked_for_before_partitions_were_handed_out_counts_once():
    group = Group()

    async def ask():
        membership.doubt()
        return await group.ask()

    membership = Membership(ask, session_timeout=6, now=lambda: group.seconds)
    await membership.confirm()
    await membership.confirm()

    assert group.asked == 2
