"""What a run publishes while it goes on and when it ends."""

import threading

import pytest

from qagen.errors import StoreLost, StoreUnreachable, WorkspaceError
from qagen.stores.claims import LEASE, RENEWED_EVERY
from qagen.stores.publishing import Publisher
from tests.memory_store import (
    PAPERS,
    REQUESTS,
    Clock,
    answer,
    mirror_of,
    take,
)


@pytest.fixture
def run(store, tmp_path):
    """A mirror with a claim, its clock, and what was told."""
    clock = Clock()
    return mirror_of(store, tmp_path / "m"), take(store, clock), clock, []


def publisher(run, every=3600.0):
    mirror, lease, clock, notes = run
    return Publisher(mirror, lease, notes.append, every=every, clock=clock.times.now)


def test_what_is_done_is_published_at_the_end_and_the_claim_ended(run, store):
    mirror, _, clock, notes = run
    with publisher(run):
        answer(mirror.work, PAPERS[0], REQUESTS[0], "x")
    assert len(store.list("segments")) == 1
    assert (take(store, clock).held.number, notes) == (3, [])


@pytest.mark.parametrize("error", [KeyboardInterrupt, WorkspaceError("full")])
def test_what_is_done_is_published_however_a_run_ends(error, run, store):
    def work():
        with publisher(run):
            answer(run[0].work, PAPERS[0], REQUESTS[0], "x")
            raise error

    with pytest.raises((KeyboardInterrupt, WorkspaceError)):
        work()
    assert len(store.list("segments")) == 1


def test_a_thread_publishes_while_a_run_goes_on(run, store):
    mirror, written = run[0], threading.Event()
    publish = mirror.publish

    def told(claim, *, patient=True):
        count = publish(claim, patient=patient)
        if count:
            written.set()
        return count

    mirror.publish = told
    with publisher(run, every=0.001):
        answer(mirror.work, PAPERS[0], REQUESTS[0], "x")
        assert written.wait(30)
        assert len(store.list("segments")) == 1


class Gone:
    """A mirror whose store does not answer."""

    def publish(self, claim, *, patient=True):
        raise StoreUnreachable("'s3://b' cannot be reached")

    publish_receipts = publish


def test_a_store_that_is_away_is_told_once_and_tried_again(run, store):
    _, _, clock, notes = run
    away = publisher((Gone(), *run[1:]))
    away.turn()
    clock.now += LEASE
    away.turn()
    assert notes == ["'s3://b' cannot be reached; it is tried again, and what is done meanwhile is kept here"]
    clock.now += 1
    with pytest.raises(
        StoreLost, match=r"not all could be published: .* the same command, on this machine, publishes it"
    ):
        away.turn()


def test_what_cannot_be_published_at_the_end_is_lost_to_others_but_told(run):
    with pytest.raises(StoreLost, match="not all could be published"), publisher((Gone(), *run[1:])):
        pass
    with pytest.raises(KeyboardInterrupt), publisher((Gone(), *run[1:])):
        raise KeyboardInterrupt
    assert "not all could be published" in run[3][-1]


def test_a_run_whose_part_was_taken_over_is_stopped(run, store):
    """The thread interrupts it; what was answered is published all the same, and no receipt."""
    mirror, _, clock, _ = run

    def work():
        with publisher(run, every=0.001):
            answer(mirror.work, PAPERS[0], REQUESTS[0], "x")
            store.create("claims/1-of-1/000002.json", b"{}")
            clock.now += RENEWED_EVERY
            threading.Event().wait(60)

    with pytest.raises(StoreLost, match="was taken over"):
        work()
    assert len(store.list("segments")) == 1


def test_a_fault_of_our_own_in_the_thread_is_not_kept_quiet(run):
    working = threading.Event()

    class Broken(Gone):
        def publish(self, claim, *, patient=True):
            working.wait(60)
            raise ZeroDivisionError

    def work():
        with publisher((Broken(), *run[1:]), every=0.001):
            working.set()
            threading.Event().wait(60)

    with pytest.raises(ZeroDivisionError):
        work()
