"""Who works on a part: claims in a store."""

from pathlib import Path

import pytest

from qagen.errors import StoreError, StoreLost, WorkspaceError
from qagen.stores.claims import LEASE, RENEWED_EVERY
from qagen.stores.opening import Means, filling
from qagen.stores.store import Store
from tests.memory_store import Clock, mirror_of, take


def test_of_two_claimants_one_wins(store):
    clock = Clock()
    lease = take(store, clock)
    clock.while_asleep = lambda _: lease.renew()
    with pytest.raises(WorkspaceError, match="works on shard 1/1"):
        take(store, clock)
    assert lease.held.number == 2


def test_a_claim_that_is_ended_is_followed_at_once(store):
    clock = Clock()
    take(store, clock).renew(ended=True)
    notes = []
    assert take(store, clock, notes).held.number == 3
    assert notes == []


def test_a_dead_claim_is_taken_over_when_its_time_is_over_and_its_owner_told(store):
    clock = Clock()
    dead = take(store, clock)
    clock.now += 100
    notes = []
    lease = take(store, clock, notes)
    assert (lease.held.number, clock.now) == (2, 1_000_000 + LEASE)
    assert "heard of 100 s ago: it is taken over in 500 s" in notes[0]
    with pytest.raises(StoreLost, match="was taken over by"):
        dead.renew()


def test_a_claim_whose_process_is_known_to_have_ended_is_not_waited_for(store):
    clock = Clock()
    dead = take(store, clock)
    assert take(store, clock, token=dead.held.token).held.number == 2
    assert clock.now == 1_000_000


@pytest.mark.parametrize("written", [True, False])
def test_a_claim_whose_writing_is_interrupted_is_waited_for_by_nobody(written, address):
    clock, store = Clock(), Store(address)

    def interrupted(name, data):
        if written:
            Store(address).create(name, data)
        store.create = Store(address).create
        raise KeyboardInterrupt

    store.create = interrupted
    with pytest.raises(KeyboardInterrupt):
        take(store, clock)
    assert (take(Store(address), clock).held.number, clock.now) == (3 if written else 1, 1_000_000)


def test_a_run_that_was_killed_when_it_had_claimed_its_part_is_followed_at_once_here(
    store, address, tmp_path
):
    clock, notes = Clock(), []
    means = Means(scratch=tmp_path, note=notes.append, times=clock.times)
    take(store, clock, token=mirror_of(store, means.folder(address, "1-of-1")).token())
    with filling([], Path(address), means=means):
        pass
    assert (notes, clock.now) == ([], 1_000_000)


def test_a_claim_of_a_clock_that_is_far_ahead_is_waited_for_no_longer_than_any(store):
    take(store, Clock(9e9))
    clock = Clock()
    assert take(store, clock).held.number == 2
    assert clock.now == 1_000_000 + LEASE


@pytest.mark.parametrize(
    "written", [b"", b"{", b"[]", b'{"owner": 1}', b"x" * 5000, b'{"owner":"","token":"","at":NaN,"ended":1}']
)
def test_a_claim_that_cannot_be_read_is_somebodys_who_may_live(written, store):
    store.create("claims/1-of-1/000004.json", written)
    clock = Clock()
    assert take(store, clock).held.number == 5
    assert clock.now == 1_000_000 + LEASE


def test_an_owner_says_that_it_lives_now_and_then(store):
    clock = Clock()
    lease = take(store, clock)
    clock.now += RENEWED_EVERY - 1
    lease.renew()
    assert lease.held.number == 1
    clock.now += 1
    lease.renew()
    assert lease.held.number == 2


def test_a_run_that_ends_while_another_waits_leaves_it_to_its_user_to_begin_again(store):
    clock = Clock()
    lease = take(store, clock)
    clock.while_asleep = lambda _: lease.renew(ended=True)
    with pytest.raises(WorkspaceError, match="has just ended its work on shard 1/1"):
        take(store, clock)


def test_a_store_that_overwrites_what_is_there_holds_no_claim(address):
    with pytest.raises(StoreError, match="has no conditional writes"):
        take(Store(address.replace("memory", "careless")), Clock())
