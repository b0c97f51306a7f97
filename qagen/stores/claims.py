"""Who works on a part of a workspace in a store: claims that are written only where there is none, and taken over when they are dead.

    STORE/claims/2-of-64/000007.json    {"owner": "gpu-3 (4711)", "token": ..., "at": 1790000000.0, "ended": false}

The claim with the highest number counts, and it is never changed. Its owner writes the next one now and then, to say that it lives, and a
last one, with `ended`, when it is done. Anybody writes the next one where the last one is ended, or older than `LEASE`: that is a
conditional write, so that of several who try one succeeds. Clocks of machines that differ, and stores without such writes in one step,
make at worst two runs work on one part, which costs calls and harms nothing: what both publish is merged by key.
"""

import json
import os
import re
import secrets
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace

from qagen.errors import StoreError, StoreLost, WorkspaceError
from qagen.papers.shard import Shard
from qagen.stores.store import Store, no_conditional_writes

LEASE = 600.0
"""Seconds after which a claim that its owner has not renewed is dead."""
RENEWED_EVERY = 120.0
"""Seconds after which its owner renews it."""
_LOOKED_EVERY = 5.0
_NAME = re.compile(r"[0-9]{6,12}\.json")
_MOST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim.

    Attributes:
        number: counted from 1; the highest counts.
        owner: for a person.
        token: which only its owner has written.
        at: seconds since 1970, by its owner's clock; None where nobody can read it.
        ended: whether its owner is done.
    """

    number: int
    owner: str
    token: str
    at: float | None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """What a claim needs of time: a clock in seconds since 1970, and something that waits."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


def owner() -> str:
    """This process, for a person who looks who has a claim."""
    return f"{socket.gethostname()} ({os.getpid()})"


class Lease:
    """A part that this process works on."""

    def __init__(self, store: Store, folder: str, held: Claim, times: Times) -> None:
        self._store, self._folder, self._held, self._times = store, folder, held, times

    @property
    def held(self) -> Claim:
        """The claim as it was written last."""
        return self._held

    def renew(self, *, ended: bool = False) -> None:
        """Say that this process lives, where that was said too long ago; or that it is done.

        Raises:
            StoreLost: where another one has taken the part over.
            StoreError: where the claim cannot be written.
        """
        now = self._times.now()
        if not ended and self._held.at is not None and 0 <= now - self._held.at < RENEWED_EVERY:
            return
        wanted = replace(self._held, number=self._held.number + 1, at=now, ended=ended)
        if not _write(self._store, self._folder, wanted):
            other = _newest(self._store, self._folder)
            by = other.owner if other else "somebody"
            raise StoreLost(
                f"{_part(self._folder)} in {self._store.address!r} was taken over by {by}, since this run was not heard of for too long",
                remedy="what was done is kept here; the same command goes on when that one has ended",
            )
        self._held = wanted


def take(
    store: Store,
    shard: Shard,
    note: Callable[[str], None],
    token: str | None = None,
    times: Times | None = None,
) -> Lease:
    """Claim a part; waits for a claim that may be dead until it is, or its owner is heard of.

    Args:
        store: of the workspace.
        shard: the part.
        note: tells a person what is waited for.
        token: of the claim; another claim with it is of an owner that is known to have ended. None for one of its own.
        times: the clock, and what waits.

    Raises:
        WorkspaceError: where another process works on it.
        StoreError: where the store cannot be asked, or cannot hold a claim.
    """
    times = times or Times()
    folder = f"claims/{shard.index}-of-{shard.count}"
    last = _newest(store, folder)
    if last is not None and last.token != token:
        _wait_for_death(store, folder, last, note, times)
    wanted = Claim(last.number + 1 if last else 1, owner(), token or secrets.token_hex(16), times.now())
    try:
        if not _write(store, folder, wanted) or (_newest(store, folder) or wanted).token != wanted.token:
            raise _taken(store, folder, _newest(store, folder))
        if store.create(_name(folder, wanted), _written(wanted)):
            raise no_conditional_writes(store.address)
    except KeyboardInterrupt:
        _give_back(store, folder, wanted, times)
        raise
    return Lease(store, folder, wanted, times)


def _give_back(store: Store, folder: str, wanted: Claim, times: Times) -> None:
    """End a claim whose writing was interrupted, where it is there: nobody is to wait for it."""
    with suppress(StoreError):
        there = _newest(store, folder)
        if there is not None and there.token == wanted.token and not there.ended:
            _write(store, folder, replace(there, number=there.number + 1, at=times.now(), ended=True))


def _wait_for_death(
    store: Store, folder: str, last: Claim, note: Callable[[str], None], times: Times
) -> None:
    """Return when a claim is ended, or has not been renewed for long enough.

    Raises:
        WorkspaceError: where it is renewed meanwhile.
    """
    age = LEASE if last.ended else 0.0 if last.at is None else max(0.0, times.now() - last.at)
    left = LEASE - age
    if left > 0:
        note(
            f"{_part(folder)} is claimed by {last.owner}, heard of {age:.0f} s ago: it is taken over in {left:.0f} s, where nothing is "
            "heard until then"
        )
    until = times.now() + left
    while times.now() < until:
        times.sleep(min(_LOOKED_EVERY, left))
        now = _newest(store, folder)
        if now is not None and now.number != last.number:
            if now.ended and now.token == last.token:
                raise WorkspaceError(
                    f"{now.owner} has just ended its work on {_part(folder)} in {store.address!r}",
                    remedy="run again, where there is something left to do",
                )
            raise _taken(store, folder, now)


def _taken(store: Store, folder: str, by: Claim | None) -> WorkspaceError:
    return WorkspaceError(
        f"{by.owner if by else 'somebody'} works on {_part(folder)} in {store.address!r}",
        remedy=f"name another part; this one can be taken over {LEASE:.0f} s after it was last heard of",
    )


def _part(folder: str) -> str:
    return f"shard {folder.rpartition('/')[2].replace('-of-', '/')}"


def _name(folder: str, claim: Claim) -> str:
    return f"{folder}/{claim.number:06d}.json"


def _written(claim: Claim) -> bytes:
    fields = asdict(claim)
    del fields["number"]
    return json.dumps(fields).encode() + b"\n"


def _write(store: Store, folder: str, claim: Claim) -> bool:
    """Write a claim; False where somebody else has written one of its number.

    What a lost reply made us try twice is ours all the same.
    """
    if store.create(_name(folder, claim), _written(claim)):
        return True
    there = _read(store, _name(folder, claim), claim.number)
    return (there.token, there.at, there.ended) == (claim.token, claim.at, claim.ended)


def _newest(store: Store, folder: str) -> Claim | None:
    """The claim that counts; None where there is none."""
    names = [one for one in store.list(folder) if _NAME.fullmatch(one.name.rpartition("/")[2])]
    if not names:
        return None
    newest = max(names, key=lambda one: _number(one.name))
    if newest.size > _MOST_BYTES:
        return Claim(_number(newest.name), "somebody", "", None)
    return _read(store, newest.name, _number(newest.name))


def _number(name: str) -> int:
    return int(name.rpartition("/")[2].removesuffix(".json"))


def _read(store: Store, name: str, number: int) -> Claim:
    """A claim, as far as it can be read: who wrote something else there is treated as somebody who lives until it is dead."""
    try:
        value = json.loads(store.read(name))
        fields = (str(value["owner"])[:200], str(value["token"]), float(value["at"]), value["ended"] is True)
        return Claim(number, *fields)
    except (ValueError, LookupError, TypeError, RecursionError):
        return Claim(number, "somebody", "", None)
