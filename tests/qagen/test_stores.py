"""A workspace in a store: claims, segments, mirrors and papers, on a store in memory and on ones that misbehave."""

import io
import logging
import threading
import zipfile
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from hypothesis import given, settings
from hypothesis import strategies as st

from qagen.address import address_of
from qagen.errors import InputError, SettingsError, StoreError, StoreLost, StoreUnreachable, WorkspaceError
from qagen.ledger.ledger import Ledger
from qagen.papers.papers import find_papers
from qagen.papers.shard import Shard
from qagen.records import Completion, Message, Request, sha256
from qagen.settings import Settings
from qagen.stores import claims
from qagen.stores.claims import LEASE, RENEWED_EVERY, Times
from qagen.stores.mirror import Mirror
from qagen.stores.opening import Here, Means, filling, reading, refuse_vectors
from qagen.stores.papers import Index, RemotePapers
from qagen.stores.publishing import Publisher
from qagen.stores.segments import pack, unpack
from qagen.stores.store import Store
from qagen.workspace import Workspace

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


@pytest.fixture
def address(tmp_path):
    return f"memory://{tmp_path.parent.name}-{tmp_path.name}/work"


@pytest.fixture
def store(address):
    return Store(address)


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


# Addresses


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("s3://bucket/work", "s3://bucket/work"),
        ("s3://bucket//work/", "s3://bucket/work"),
        ("hf://buckets/me/b/work", "hf://buckets/me/b/work"),
        ("S3://Bucket/Work", "s3://Bucket/Work"),
        ("work", None),
        ("/s3:/bucket", None),
        ("C:/work", None),
        (".", None),
    ],
)
def test_an_address_is_told_from_a_path(path, address):
    assert address_of(Path(path)) == address


def test_what_takes_a_folder_says_so_of_an_address():
    with pytest.raises(WorkspaceError, match="'s3://bucket/work' is an address"):
        Workspace(Path("s3://bucket/work"))
    with pytest.raises(InputError, match="'s3://bucket/papers' is in a store"):
        find_papers([Path("s3://bucket/papers")])


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("file:///tmp/x", "no address of an object store"),
        ("https://example.org/x", "no address of an object store"),
        ("simplecache::s3://b/x", "no address of an object store"),
        ("nosuch://b/x", "is no address that can be read here"),
        ("gs://b/x", "pip install gcsfs"),
        ("memory://", "names no bucket"),
    ],
)
def test_an_address_that_nothing_here_speaks_is_one_line(address, said):
    with pytest.raises(InputError, match=said):
        Store(address)


# Faults


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (type("NoCredentialsError", (Exception,), {})("none"), StoreError, "no credentials for"),
        (PermissionError("Access Denied"), StoreError, "is turned down: Access Denied"),
        (FileNotFoundError("no bucket"), StoreError, "is not there: no bucket"),
        (NotImplementedError("A header"), StoreError, "has no conditional writes"),
        (ConnectionResetError("reset"), StoreUnreachable, "cannot be reached: reset"),
        (TimeoutError(), StoreUnreachable, "cannot be reached: TimeoutError"),
    ],
)
def test_what_a_store_complains_of_is_an_error_that_says_what_to_do(error, kind, said, address):
    store = Store(address.replace("memory", "faulty"))
    Faulty.error = error
    try:
        with pytest.raises(StoreError, match=said) as raised:
            store.create("x", b"")
    finally:
        Faulty.error = None
    assert (type(raised.value), bool(raised.value.remedy)) == (kind, True)


def test_an_object_is_written_once(store):
    name = store.put("a", "1-", "json", b"x")
    assert store.put("a", "1-", "json", b"x") == name
    assert not store.create(name, b"y")
    assert store.read(name) == b"x"


def test_an_object_that_was_half_written_under_its_name_is_named(store):
    store.create(f"a/{sha256(b'xyz')}.json", b"xy")
    with pytest.raises(StoreError, match="is damaged: it is not what its name says"):
        store.put("a", "", "json", b"xyz")


# Claims


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


# Segments


def zipped(*members, compress=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compress) as made:
        for name, data in members:
            made.writestr(name, data)
    return file.getvalue()


def calls(paper, *texts):
    from qagen.ledger.ledger import Entry, encode

    made = [
        Entry(request.key, request, Completion(text=text, raw=text))
        for request, text in zip(REQUESTS, texts, strict=False)
    ]
    return f"papers/{paper[:2]}/{paper}/calls.jsonl", b"".join(map(encode, made))


def test_a_segment_has_the_same_bytes_for_the_same_files_and_gives_them_back(tmp_path):
    members = [calls(paper, "x", "y") for paper in PAPERS]
    assert pack(members) == pack(members)
    (tmp_path / "s.zip").write_bytes(pack(members))
    assert unpack(tmp_path / "s.zip", tmp_path / "w", {*PAPERS[:2]}.__contains__) == PAPERS[:2]
    assert {str(path.relative_to(tmp_path / "w")) for path in (tmp_path / "w").rglob("*.jsonl")} == {
        name for name, _ in members[:2]
    }


NAME, LINES = calls(PAPERS[0], "x")
_SOUND = zipped((NAME, LINES))


@pytest.mark.parametrize(
    "segment",
    [
        b"",
        b"PK",
        _SOUND[:-10],
        _SOUND.replace(b"calls.jsonl", b"calls.jsonX"),
        zipped(("../../etc/passwd", b"x")),
        zipped(("/etc/passwd", b"x")),
        zipped(("papers/../../x", b"x")),
        zipped((NAME.replace("calls", "../calls"), LINES)),
        zipped((NAME.replace(f"/{PAPERS[0][:2]}/", "/zz/"), LINES)),
        zipped((NAME + "\n", LINES)),
        zipped(("receipts/0123456789abcdef/1-of-1.json", b"{}")),
        zipped((NAME, LINES[:-80] + b"\n")),
        zipped((NAME, LINES.replace(b'"x"', b'"y"'))),
        zipped((NAME, b"{}\n")),
        zipped((NAME.replace("calls.jsonl", "convert-0123456789abcdef/meta.json"), b"{}")),
    ],
)  # fmt: skip
def test_a_segment_that_somebody_else_wrote_is_refused_and_writes_nothing_elsewhere(segment, store, tmp_path):
    store.put("segments/1-of-1", "000001-000001-", "zip", segment)
    mirror = mirror_of(store, tmp_path / "m")
    with pytest.raises(StoreError, match=r"segments/1-of-1/000001-000001-\w+.zip' is damaged: "):
        mirror.take_in()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_two_members_of_one_name_are_refused(store, tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = zipped((NAME, LINES), (NAME, LINES))
    store.put("segments/1-of-1", "000001-000001-", "zip", twice)
    with pytest.raises(StoreError, match="has no place in a workspace"):
        mirror_of(store, tmp_path / "m").take_in()


def test_what_unpacks_to_more_than_any_segment_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("qagen.stores.segments.LARGEST", 1000)
    (tmp_path / "s.zip").write_bytes(zipped((NAME, b" " * 100_000)))
    with pytest.raises(ValueError, match="it has more than 1,000 bytes"):
        unpack(tmp_path / "s.zip", tmp_path / "w", lambda _: True)


@pytest.mark.parametrize(
    "name", ["segments/x.zip", "segments/1-of-0/000001-000001-" + "0" * 64 + ".zip", "segments/1-of-1/readme"]
)
def test_an_object_of_another_name_among_segments_is_named(name, store, tmp_path):
    store.create(name, b"")
    with pytest.raises(StoreError, match="its name is none that a run gives"):
        mirror_of(store, tmp_path / "m").take_in()


@pytest.mark.parametrize("folder", ["segments/1-of-1", "receipts/0123456789abcdef/1-of-1"])
def test_an_object_that_is_not_what_its_name_says_is_named(folder, store, tmp_path):
    suffix = "zip" if folder.startswith("segments") else "json"
    store.create(f"{folder}/000001-000001-{sha256(_SOUND)}.{suffix}", _SOUND[:-1])
    mirror = mirror_of(store, tmp_path / "m")
    with pytest.raises(StoreError, match="its sha256 is not the one in its name"):
        (mirror.take_in if suffix == "zip" else mirror.take_receipts)()


# Mirrors


def test_what_is_published_is_taken_in_elsewhere_and_nothing_is_published_twice(store, tmp_path):
    mine = mirror_of(store, tmp_path / "mine")
    answer(mine.work, PAPERS[0], REQUESTS[0], "x")
    assert (mine.publish(1), mine.publish(1)) == (1, 0)
    answer(mine.work, PAPERS[0], REQUESTS[1], "y")
    assert mine.publish(1) == 1
    theirs = mirror_of(store, tmp_path / "theirs")
    theirs.take_in()
    assert answers(theirs.work, PAPERS[0]) == {REQUESTS[0].key: "x", REQUESTS[1].key: "y"}
    assert theirs.publish(2) == 0
    again = mirror_of(store, tmp_path / "mine")
    again.take_in()
    assert again.publish(3) == 0
    assert len(store.list("segments")) == 2


def test_a_part_takes_what_concerns_it_of_parts_of_any_count(store, tmp_path):
    for shard in (Shard(1, 2), Shard(2, 2)):
        mirror = mirror_of(store, tmp_path / f"of-{shard.index}", shard)
        for paper in filter(shard.holds, PAPERS):
            answer(mirror.work, paper, REQUESTS[0], paper)
        mirror.publish(1)
    for index in (1, 2, 3):
        mirror = mirror_of(store, tmp_path / f"third-{index}", Shard(index, 3))
        mirror.take_in()
        there = {path.parent.name for path in mirror.work.root.glob("papers/??/*/calls.jsonl")}
        assert there == {paper for paper in PAPERS if Shard(index, 3).holds(paper)}


def test_a_line_that_is_being_written_is_published_when_it_is_whole(store, tmp_path):
    mirror = mirror_of(store, tmp_path / "m")
    answer(mirror.work, PAPERS[0], REQUESTS[0], "x")
    ledger = mirror.work.calls(PAPERS[0])
    whole = ledger.read_bytes()
    ledger.write_bytes(whole[:-5])
    assert mirror.publish(1) == 0
    ledger.write_bytes(whole)
    assert mirror.publish(1) == 1


def test_a_ledger_that_was_written_anew_is_published_anew(store, tmp_path):
    mirror = mirror_of(store, tmp_path / "m")
    for request in REQUESTS[:3]:
        answer(mirror.work, PAPERS[0], request, "x" * 100)
    mirror.publish(1)
    mirror.work.calls(PAPERS[0]).unlink()
    for request in REQUESTS[3:]:
        answer(mirror.work, PAPERS[0], request, "z")
    mirror.publish(1)
    other = mirror_of(store, tmp_path / "other")
    other.take_in()
    assert len(answers(other.work, PAPERS[0])) == 4


def test_a_conversion_is_published_once_it_is_whole_and_taken_in(store, converted_examples, tmp_path):
    import shutil

    mirror = mirror_of(store, tmp_path / "m")
    shutil.copytree(converted_examples / "papers", mirror.work.root / "papers")
    meta = next(mirror.work.root.glob("papers/*/*/convert-*/meta.json"))
    kept = meta.read_bytes()
    meta.unlink()
    mirror.publish(1)
    meta.write_bytes(kept)
    assert (mirror.publish(1), mirror.publish(1)) == (1, 0)
    other = mirror_of(store, tmp_path / "other")
    other.take_in()
    files = sorted(converted_examples.glob("papers/*/*/convert-*/*"))
    assert [(other.work.root / file.relative_to(converted_examples)).read_bytes() for file in files] == [
        file.read_bytes() for file in files
    ]
    assert other.publish(2) == 0


def test_which_models_answered_goes_with_the_part(store, tmp_path):
    mirror = mirror_of(store, tmp_path / "m")
    mirror.work.root.mkdir()
    (mirror.work.root / "models.json").write_text("1")
    assert (mirror.publish(1), mirror.publish(1)) == (1, 0)
    other = mirror_of(store, tmp_path / "other")
    other.take_in()
    assert (other.work.root / "models.json").read_text() == "1"


def test_of_receipts_of_one_plan_and_part_the_last_one_counts(store, tmp_path):
    mirror = mirror_of(store, tmp_path / "m")
    place = mirror.work.root / "receipts/0123456789abcdef/1-of-1.json"
    place.parent.mkdir(parents=True)
    for claim, text in enumerate(("first", "the second"), 1):
        place.write_text(text)
        mirror.publish_receipts(claim)
        mirror.publish_receipts(claim)
    assert len(store.list("receipts")) == 2
    other = mirror_of(store, tmp_path / "other", None)
    other.take_receipts()
    assert (other.work.root / "receipts/0123456789abcdef/1-of-1.json").read_text() == "the second"


def test_a_state_that_cannot_be_read_is_an_error(store, tmp_path):
    (tmp_path / "m/work").mkdir(parents=True)
    (tmp_path / "m/work/store.json").write_text("{")
    with pytest.raises(WorkspaceError, match="is damaged: it says what of this mirror its store has"):
        mirror_of(store, tmp_path / "m")


STEPS = st.lists(
    st.tuples(
        st.integers(0, 1), st.sampled_from(["answer", "publish", "take in", "lose"]), st.integers(0, 1), st.integers(0, 3),
        st.sampled_from("xyz"),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=12)
@given(STEPS)
def test_whoever_published_what_in_which_order_all_end_with_the_same_answers(tmp_path_factory, steps):
    """Two machines answer, publish, take in and are lost: what was published is what whoever takes it in knows, merged."""
    root = tmp_path_factory.mktemp("machines")
    store = Store(f"memory://{root.parent.name}-{root.name}/work")
    machines = [mirror_of(store, root / name) for name in "ab"]
    said = [[], []]
    published = []
    for number, (machine, step, paper, request, text) in enumerate(steps):
        mirror = machines[machine]
        if step == "answer" and REQUESTS[request].key not in answers(mirror.work, PAPERS[paper]):
            answer(mirror.work, PAPERS[paper], REQUESTS[request], text)
            said[machine].append((PAPERS[paper], REQUESTS[request].key, text))
        if step in ("publish", "take in"):
            mirror.publish(1)
            published += said[machine]
        if step == "take in":
            mirror.take_in()
        if step == "lose":
            machines[machine] = mirror_of(store, root / f"{machine}-{number}")
        if step != "answer":
            said[machine] = []
    last = mirror_of(store, root / "last", None)
    last.take_in()
    wanted = {paper: {} for paper in PAPERS[:2]}
    for paper, key, text in sorted(published, key=lambda one: sha256(one[2]), reverse=True):
        wanted[paper][key] = text
    assert {paper: answers(last.work, paper) for paper in wanted} == wanted


# Publishing


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


# Papers


@pytest.fixture
def papers(tmp_path):
    """Papers in a store: their address, their bytes, and what was read of them."""
    address = f"memory://{tmp_path.parent.name}-{tmp_path.name}/papers"
    files = {
        "a.pdf": b"one",
        "deep/b.PDF": b"two",
        "deep/copy of a.pdf": b"one",
        ".hidden/c.pdf": b"no",
        "notes.txt": b"no",
    }
    for name, data in files.items():
        Store(address).create(name, data)
    return address


def found(address, folder, index_store=None, shard=None):
    there = RemotePapers(Store(address), folder / "files", Index(folder / "index", index_store))
    there.find(shard)
    return there


def test_papers_of_a_store_are_those_of_a_folder(papers, tmp_path):
    there = found(papers, tmp_path)
    there.bring(lambda _: True)
    folder = tmp_path / "files"
    assert [(paper.file, paper.path.read_bytes()) for paper in find_papers([folder], there.sums)] == [
        (paper.file, paper.path.read_bytes()) for paper in find_papers([folder])
    ]
    assert sorted(paper.file for paper in find_papers([folder])) == ["a.pdf", "deep/b.PDF"]


def test_of_papers_of_other_parts_only_the_sums_are_known(papers, tmp_path):
    shard = Shard.of(sha256(b"one"), 2)
    there = found(papers, tmp_path, shard=shard)
    there.bring(shard.holds)
    content = {path.name: path.read_bytes() for path in there.sums}
    two = b"two" if shard.holds(sha256(b"two")) else b""
    assert content == {"a.pdf": b"one", "copy of a.pdf": b"one", "b.PDF": two}
    assert set(there.sums.values()) == {sha256(b"one"), sha256(b"two")}


def test_a_paper_is_read_once_for_its_sum_by_whoever_comes_first(papers, store, tmp_path):
    found(papers, tmp_path / "first", store)
    other = found(papers, tmp_path / "second", store)
    assert [path.read_bytes() for path in other.sums] == [b"", b"", b""]
    other.bring({sha256(b"two")}.__contains__)
    assert [path.read_bytes() for path in sorted(other.sums)] == [b"", b"two", b""]


def test_a_paper_that_is_not_the_one_of_the_index_is_named(papers, store, tmp_path):
    found(papers, tmp_path / "first", store)
    (one,) = store.list("index")
    lines = store.read(one.name).replace(sha256(b"two").encode(), sha256(b"three").encode())
    store._fs.rm(store._place(one.name))
    store.put("index", "", "jsonl", lines)
    other = found(papers, tmp_path / "second", store)
    with pytest.raises(InputError, match=r"deep/b.PDF' is not the paper"):
        other.bring(lambda _: True)


@pytest.mark.parametrize(("name", "data"), [("index/readme", b""), (f"index/{sha256(b'x')}.jsonl", b"y")])
def test_an_index_that_nobody_here_wrote_is_named(name, data, papers, store, tmp_path):
    store.create(name, data)
    with pytest.raises(StoreError, match="is damaged"):
        found(papers, tmp_path, store)


def test_lines_of_an_index_that_say_nothing_are_passed_over(papers, store, tmp_path):
    store.put("index", "", "jsonl", b'{"address": 1}\n\xff\n')
    assert len(found(papers, tmp_path, store).sums) == 3


@pytest.mark.parametrize(
    "name",
    [
        "../x.pdf",
        "a/../../x.pdf",
        "a//x.pdf",
        "./x.pdf",
        "a\\x.pdf",
        "a\0.pdf",
        "x" * 300 + ".pdf",
        "a.pdf/x.pdf",
    ],
)
def test_a_name_that_no_file_can_have_is_named(name, papers, tmp_path):
    store = Store(papers)
    store._fs.store[f"{store._root}/{name}"] = store._fs.store[f"{store._root}/a.pdf"]
    with pytest.raises(InputError, match=r"cannot be the name of a file"):
        found(papers, tmp_path / "m")
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size] == []


def test_what_papers_csv_says_is_known_of_papers_that_are_not_here(papers, tmp_path):
    Store(papers).create("papers.csv", b"file,title\na.pdf,On ones\ndeep/b.PDF,On twos\n")
    there = found(papers, tmp_path)
    named = {paper.file: dict(paper.stated)["title"] for paper in find_papers([there.path], there.sums)}
    assert named == {"a.pdf": "On ones", "deep/b.PDF": "On twos"}


def test_papers_that_are_gone_or_changed_in_the_store_are_so_here(papers, tmp_path):
    found(papers, tmp_path).bring(lambda _: True)
    store = Store(papers)
    store._fs.rm(store._place("deep/b.PDF"))
    store._fs.pipe_file(store._place("a.pdf"), b"another one")
    there = found(papers, tmp_path)
    there.bring(lambda _: True)
    assert {path.name: path.read_bytes() for path in there.sums} == {
        "a.pdf": b"another one",
        "copy of a.pdf": b"one",
    }


def test_one_paper_may_be_named_by_its_address(papers, tmp_path):
    there = found(f"{papers}/deep/b.PDF", tmp_path)
    there.bring(lambda _: True)
    assert [(paper.file, paper.path.read_bytes()) for paper in find_papers([there.path], there.sums)] == [
        ("b.PDF", b"two")
    ]


def test_where_there_is_no_paper_it_is_said(papers, tmp_path):
    with pytest.raises(InputError, match=r"no PDF in 'memory://.*/nowhere'"):
        found(f"{papers}/nowhere", tmp_path)


# What commands do with it


def test_folders_are_left_as_they_are(tmp_path):
    means = Means(scratch=tmp_path / "scratch")
    named = [tmp_path / "a", tmp_path / "b"]
    here = Here(named, [tmp_path / "w"], [str(tmp_path / "w")], {})
    with filling(named, tmp_path / "w", means=means) as given:
        assert given == here
    with reading(named, [tmp_path / "w"], means=means) as given:
        assert given == here
    assert not (tmp_path / "scratch").exists()


def test_answers_that_are_published_are_not_set_aside(address, tmp_path):
    with pytest.raises(SettingsError, match="--refresh sets answers aside"):
        with filling([], Path(address), refresh=True, means=Means(scratch=tmp_path)):
            pass


def test_parts_whose_groups_are_found_by_vectors_need_a_disk(address):
    near = Settings.model_validate({"ask": {"places": 2}, "select": {"embedding_model": "e"}})
    refuse_vectors(near, [Path("work")])
    refuse_vectors(Settings(), [Path(address)])
    with pytest.raises(SettingsError, match="keeps no vectors"):
        refuse_vectors(near, [Path("work"), Path(address)])


def test_a_workspace_that_is_not_there_cannot_be_read(address, tmp_path):
    with (
        pytest.raises(StoreError, match="there is no workspace at"),
        reading([], [Path(address)], means=Means(scratch=tmp_path)),
    ):
        pass


def test_two_runs_here_do_not_share_a_mirror(address, tmp_path):
    means = Means(scratch=tmp_path)
    with filling([], Path(address), means=means):
        with (
            pytest.raises(WorkspaceError, match="another qagen run is using"),
            filling([], Path(address), means=means),
        ):
            pass


def test_a_limit_is_of_all_papers(papers, address, tmp_path):
    with filling([Path(papers)], Path(address), limit=1, means=Means(scratch=tmp_path)) as here:
        first = min(here.sums.values())
        assert {sum_ for path, sum_ in here.sums.items() if path.stat().st_size} >= {first}
        assert here.names == [address]
        assert here.name_of(str(here.work)) == address


def test_of_a_package_that_logs_what_it_raises_one_line_is_left(caplog):
    with pytest.raises(StoreError) as error:
        Store("talkative://bucket/work").create("a.json", b"{}")
    assert (error.value.message, caplog.messages) == (
        "'talkative://bucket/work/a.json' cannot be reached: gone",
        [],
    )
