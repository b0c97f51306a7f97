"""A store in memory, ones that misbehave, and what tests of stores do with them."""

import logging

import fsspec
from fsspec.implementations.memory import MemoryFileSystem

from qagen.ledger.ledger import Entry, Ledger, encode
from qagen.papers.shard import Shard
from qagen.records import Completion, Message, Request, sha256
from qagen.stores import claims
from qagen.stores.claims import Times
from qagen.stores.mirror import Mirror

WHOLE = Shard(1, 1)
PAPERS = [sha256(f"paper {number}") for number in range(4)]
REQUESTS = [Request("r1", (Message("user", text),), 0.0, 1.0, 100, 0) for text in "abcd"]


class Clock:
    """Time that passes where somebody sleeps."""

    def __init__(self, now=1_000_000.0, while_asleep=lambda clock: None):
        self.now, self.while_asleep = now, while_asleep
        self.times = Times(lambda: self.now, self.sleep)

    def sleep(self, seconds):
        self.now += seconds
        self.while_asleep(self)


class _Of(MemoryFileSystem):
    """A store in memory that does something else."""

    cachable = False

    @classmethod
    def _strip_protocol(cls, path):
        return MemoryFileSystem._strip_protocol(path.replace(f"{cls.protocol}://", "memory://"))


class Careless(_Of):
    protocol = "careless"

    def pipe_file(self, path, value, mode="overwrite", **options):
        super().pipe_file(path, value)


class Faulty(_Of):
    protocol = "faulty"
    error: Exception | None = None

    def pipe_file(self, path, value, mode="overwrite", **options):
        if type(self).error is not None:
            raise type(self).error
        super().pipe_file(path, value, mode=mode, **options)


class Talkative(_Of):
    protocol = "talkative"

    def pipe_file(self, path, value, mode="overwrite", **options):
        logging.getLogger("gcsfs").error("out of retries", exc_info=OSError("gone"))
        raise OSError("gone")


fsspec.register_implementation("careless", Careless, clobber=True)
fsspec.register_implementation("talkative", Talkative, clobber=True)
fsspec.register_implementation("faulty", Faulty, clobber=True)


def quiet(text):
    """Tell nobody."""


def take(store, clock, notes=None, token=None):
    return claims.take(store, WHOLE, quiet if notes is None else notes.append, token, clock.times)


def answer(workspace, paper, request, text):
    Ledger(workspace.calls(paper)).append(request, Completion(text=text, raw=text))


def answers(workspace, paper):
    return {entry.key: entry.completion.text for entry in Ledger(workspace.calls(paper)).entries()}


def mirror_of(store, place, shard=WHOLE):
    place.mkdir(parents=True, exist_ok=True)
    return Mirror(place, store, shard)


def calls(paper, *texts):
    made = [
        Entry(request.key, request, Completion(text=text, raw=text))
        for request, text in zip(REQUESTS, texts, strict=False)
    ]
    return f"papers/{paper[:2]}/{paper}/calls.jsonl", b"".join(map(encode, made))
