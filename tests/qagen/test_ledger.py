"""The ledger keeps every call, survives every cut, and never answers with another request's completion."""

import io
import json
import re
import resource
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qagen.errors import WorkspaceError
from qagen.ledger.ledger import Entry, Ledger, Line, _write, lines
from qagen.ledger.sums import has_valid_sum, with_sum
from qagen.records import Completion, Message, Request

REQUEST = Request(
    model="r1",
    messages=(Message("system", "Be deep."), Message("user", "Ask about α.")),
    temperature=0.6,
    top_p=0.95,
    max_tokens=100,
    seed=7,
)
COMPLETION = Completion(
    text="###QUESTION: Why?\n###ANSWER: Because.",
    reasoning="Hm.",
    finish_reason="stop",
    prompt_tokens=12,
    completion_tokens=9,
    served_model="r1-q4",
    fingerprint="b1234",
    raw='{"id": "x",  "choices": []}',
)

surrogates = st.sampled_from(
    ["\ud800", "\udfff", "\x00", "\u2028", "\x85", "\r\n", "\n", "\x1e", "\ufeff", "😀"]
)
# joined by something, since two halves of a character that meet are one character to everybody but Python
texts = st.lists(st.one_of(st.text(), surrogates), max_size=4).map("-".join)
requests = st.builds(
    Request,
    model=st.text(max_size=3),
    messages=st.lists(st.builds(Message, st.just("user"), st.text(max_size=5)), max_size=2).map(tuple),
    temperature=st.sampled_from([0, 0.6, 1.0]),
    top_p=st.just(1),
    max_tokens=st.just(10),
    seed=st.integers(0, 3),
    attempt=st.integers(1, 2),
    top_k=st.none() | st.integers(1, 2),
    min_p=st.none() | st.sampled_from([0, 0.0, 0.1]),
    thinking_budget=st.none() | st.just(9),
    reasoning_effort=st.none() | st.just("low"),
    response_format=st.sampled_from(["text", "json"]),
    label_ids=st.sampled_from([(), ("a",), ("a", "b")]),
    most_pairs=st.none() | st.just(3),
)
maybe = st.none() | texts
completions = st.builds(
    Completion,
    text=texts,
    reasoning=maybe,
    finish_reason=maybe,
    prompt_tokens=st.none() | st.integers(0),
    completion_tokens=st.none() | st.integers(0),
    served_model=maybe,
    fingerprint=maybe,
    digest=maybe,
    raw=maybe,
)
calls = st.lists(st.tuples(requests, completions), max_size=5)


def whole(completion: Completion | None) -> tuple[Completion, str | None] | None:
    """A completion with its raw body, which equality leaves out."""
    return completion and (completion, completion.raw)


def first_per_key(pairs):
    kept = {}
    for request, completion in pairs:
        kept.setdefault(request.key, completion)
    return kept


def contents(ledger: Ledger) -> dict[str, object]:
    return {entry.key: whole(entry.completion) for entry in ledger.entries()}


def test_a_missing_file_is_an_empty_ledger_and_reading_does_not_make_it(tmp_path):
    ledger = Ledger(tmp_path / "none" / "calls.jsonl")
    assert (len(ledger), ledger.get(REQUEST.key), list(ledger.entries())) == (0, None, [])
    assert list(tmp_path.iterdir()) == []


def test_a_call_is_one_json_line_with_everything_in_it(tmp_path):
    path = tmp_path / "deep" / "calls.jsonl"
    Ledger(path).append(REQUEST, COMPLETION)
    assert has_valid_sum(path.read_bytes())
    found = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert [{**line, "sha256": None} for line in found] == [
        {
            "format": 2,
            "sha256": None,
            "key": REQUEST.key,
            "request": {
                "model": "r1",
                "messages": [
                    {"role": "system", "content": "Be deep."},
                    {"role": "user", "content": "Ask about α."},
                ],
                "temperature": 0.6,
                "top_p": 0.95,
                "max_tokens": 100,
                "seed": 7,
                "attempt": 1,
                "response_format": "text",
            },
            "completion": {
                "text": "###QUESTION: Why?\n###ANSWER: Because.",
                "reasoning": "Hm.",
                "finish_reason": "stop",
                "prompt_tokens": 12,
                "completion_tokens": 9,
                "served_model": "r1-q4",
                "fingerprint": "b1234",
            },
            "raw": '{"id": "x",  "choices": []}',
        }
    ]
    assert path.read_bytes().endswith(b"}\n")


def test_the_first_completion_of_a_key_counts_and_the_second_is_kept_in_the_file(tmp_path):
    path = tmp_path / "calls.jsonl"
    ledger = Ledger(path)
    second = replace(COMPLETION, text="Another.")
    assert [ledger.append(REQUEST, COMPLETION), ledger.append(REQUEST, second)] == [COMPLETION, COMPLETION]
    assert path.read_bytes().count(b"\n") == 2
    assert list(Ledger(path).entries()) == [Entry(REQUEST.key, REQUEST, COMPLETION)]


# no deadline: each example waits for the disk
@settings(deadline=None)
@given(calls)
def test_what_is_appended_is_read_back_as_it_was_by_this_ledger_and_by_a_new_one(pairs):
    with TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "calls.jsonl")
        kept = {key: whole(value) for key, value in first_per_key(pairs).items()}
        for request, completion in pairs:
            assert whole(ledger.append(request, completion)) == kept[request.key]
        for reader in (ledger, Ledger(ledger.path)):
            assert contents(reader) == kept
            assert {key: whole(reader.get(key)) for key in kept} == kept
            assert len(reader) == len(kept)


# no deadline: each example waits for the disk
@settings(deadline=None)
@given(calls, st.data())
def test_a_file_cut_anywhere_yields_the_calls_whose_json_is_whole_and_takes_more(pairs, data):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "calls.jsonl"
        ledger = Ledger(path)
        ends = []
        for request, completion in pairs:
            ledger.append(request, completion)
            ends.append(path.stat().st_size - 1)
        path.touch()
        cut = data.draw(st.integers(0, path.stat().st_size))
        with path.open("r+b") as file:
            file.truncate(cut)

        left = pairs[: sum(end <= cut for end in ends)]
        assert {e.key: e.completion for e in Ledger(path).entries()} == first_per_key(left)

        repaired = Ledger(path)
        repaired.append(REQUEST, COMPLETION)
        expected = first_per_key([*left, (REQUEST, COMPLETION)])
        assert {e.key: e.completion for e in repaired.entries()} == expected
        assert {e.key: e.completion for e in Ledger(path).entries()} == expected


def test_a_torn_piece_stays_on_a_line_of_its_own(tmp_path):
    path = tmp_path / "calls.jsonl"
    path.write_bytes(b'{"format":1,"key":"ab')
    Ledger(path).append(REQUEST, COMPLETION)
    torn, line = path.read_bytes().splitlines()
    assert (torn, json.loads(line)["key"]) == (b'{"format":1,"key":"ab', REQUEST.key)


def line_with(**changes) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "calls.jsonl"
        Ledger(path).append(REQUEST, COMPLETION)
        value = json.loads(path.read_bytes())
    for place, change in changes.items():
        part = value
        *parents, name = place.split("__")
        for parent in parents:
            part = part[parent]
        part[name] = change
    value.pop("sha256", None)
    return with_sum(json.dumps(value).encode())


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"\xff\xfe\n",
        b"null\n",
        b"[1, 2]\n",
        b'{"format": 1}\n',
        b"\x00" * 100 + b"\n",
        b"[" * 100_000 + b"\n",
        b'{"format": 1, "key": ' + b"9" * 5000 + b"}\n",
        line_with(format="1"),
        line_with(format=0),
        line_with(key="0" * 64),
        line_with(request__seed=8),
        line_with(request__messages=[{"role": "user", "content": "Ask about β."}]),
        line_with(request__messages=["Ask"]),
        line_with(request__temperature=float("nan")),
        line_with(request=None),
        line_with(completion=None),
        line_with(completion__text=None),
        line_with(completion__prompt_tokens="12"),
        line_with(completion__reasoning=["Hm."]),
        line_with(raw={"id": "x"}),
    ],
)
def test_a_line_that_is_not_the_answer_to_its_own_request_is_ignored(tmp_path, line):
    path = tmp_path / "calls.jsonl"
    path.write_bytes(line)
    ledger = Ledger(path)
    assert (ledger.get(REQUEST.key), len(ledger)) == (None, 0)
    other = replace(REQUEST, seed=9)
    assert ledger.append(other, COMPLETION) == COMPLETION
    assert [entry.request for entry in Ledger(path).entries()] == [other]


def test_fields_that_a_later_version_adds_to_a_completion_are_passed_over(tmp_path):
    path = tmp_path / "calls.jsonl"
    path.write_bytes(line_with(completion__mood="good"))
    assert Ledger(path).get(REQUEST.key) == COMPLETION


def test_a_prompt_that_is_no_text_is_not_known(tmp_path):
    path = tmp_path / "calls.jsonl"
    path.write_bytes(line_with(prompt=["p"]))
    assert list(Ledger(path).entries()) == [Entry(REQUEST.key, REQUEST, COMPLETION)]


def test_a_ledger_of_a_newer_format_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "calls.jsonl"
    path.write_bytes(line_with(format=3))
    with pytest.raises(WorkspaceError) as caught:
        Ledger(path).get(REQUEST.key)
    assert str(caught.value) == (
        "a ledger of this workspace has the format 3, and this version reads up to 2; update qagen, or choose another workspace with "
        "--work"
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(line_with(request__seed=8)),
        lambda path: path.write_bytes(path.read_bytes().replace(b"Why?", b"How?")),
        lambda path: path.write_bytes(b"{}\n"),
        Path.unlink,
    ],
)
def test_a_ledger_that_something_else_changed_says_so_instead_of_answering(tmp_path, spoil):
    path = tmp_path / "calls.jsonl"
    ledger = Ledger(path)
    ledger.append(REQUEST, COMPLETION)
    spoil(path)
    with pytest.raises(WorkspaceError) as caught:
        ledger.get(REQUEST.key)
    assert str(caught.value) == f"the ledger {str(path)!r} was changed by something else at byte 0; run again"


def test_all_lines_are_told_by_what_they_are(tmp_path):
    """Two answers of an earlier version with a piece between them, the seal of all three, and what came behind."""
    path = tmp_path / "calls.jsonl"
    requests = [replace(REQUEST, seed=seed) for seed in range(3)]
    for request in requests:
        Ledger(path).append(request, COMPLETION)
    *old, new = path.read_bytes().splitlines(keepends=True)
    first, second = (
        line.replace(b'"format":2', b'"format":1').partition(b',"sha256"')[0] + b"}\n" for line in old
    )
    path.write_bytes(first + b'{"torn\n' + second)
    Ledger(path).append(requests[2], COMPLETION)
    seal = path.read_bytes().splitlines(keepends=True)[3]
    damaged, foreign = new.replace(b"Why?", b"How?"), with_sum(b'{"format":2,"key":"ab"}')
    with path.open("ab") as file:
        file.write(new + damaged + foreign + b'{"format":2,"ke')
    answers = [Entry(request.key, request, COMPLETION) for request in requests]
    expected = [
        Line(first, "answer", answers[0], counts=True),
        Line(b'{"torn\n', "torn"),
        Line(second, "answer", answers[1], counts=True),
        Line(seal, "seal"),
        Line(new, "answer", answers[2], counts=True),
        Line(new, "answer", answers[2]),
        Line(damaged, "damaged", key=requests[2].key),
        Line(foreign, "damaged"),
        Line(b'{"format":2,"ke', "torn", unsealed=True),
    ]
    places = accumulate((len(line.data) for line in expected), initial=0)
    assert list(lines(path)) == [
        replace(line, place=place) for line, place in zip(expected, places, strict=False)
    ]
    changed = second.replace(b"Why?", b"How?")
    path.write_bytes(path.read_bytes().replace(second, changed))
    assert list(lines(path))[2] == Line(
        changed, "damaged", key=requests[1].key, place=len(first) + len(b'{"torn\n')
    )


def test_a_completion_that_could_not_be_read_back_is_a_bug_and_writes_nothing(tmp_path):
    path = tmp_path / "calls.jsonl"
    with pytest.raises(ValueError, match="fields of a wrong type"):
        Ledger(path).append(REQUEST, replace(COMPLETION, text=None))
    assert not path.exists()


@contextmanager
def files_no_larger_than(size: int):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("torn", [b"", b'{"torn'])
def test_a_write_that_stops_half_way_leaves_the_file_as_it_was(tmp_path, torn):
    path = tmp_path / "calls.jsonl"
    ledger = Ledger(path)
    ledger.append(REQUEST, COMPLETION)
    with path.open("ab") as file:
        file.write(torn)
    before = path.read_bytes()
    other = replace(REQUEST, seed=9)
    with (
        files_no_larger_than(len(before) + 100),
        pytest.raises(WorkspaceError, match=re.escape(f"cannot write {str(path)!r}: File too large; ")),
    ):
        ledger.append(other, COMPLETION)
    assert path.read_bytes() == before
    assert (ledger.get(other.key), ledger.get(REQUEST.key)) == (None, COMPLETION)
    ledger.append(other, COMPLETION)
    assert [entry.request for entry in Ledger(path).entries()] == [REQUEST, other]


@pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="the system has no /dev/full to stand for a full disk"
)
def test_a_full_disk_is_said_in_a_sentence_even_where_the_file_cannot_be_cut_back(tmp_path):
    path = tmp_path / "calls.jsonl"
    ledger = Ledger(path)
    assert len(ledger) == 0
    path.symlink_to("/dev/full")
    with pytest.raises(WorkspaceError) as caught:
        ledger.append(REQUEST, COMPLETION)
    assert str(caught.value) == (
        f"cannot write {str(path)!r}: No space left on device; free some space and run again; what was finished is kept"
    )


class Slow(io.BytesIO):
    """Takes three bytes at once, and at times none."""

    def write(self, data):
        self.turn = not getattr(self, "turn", False)
        return super().write(data[:3]) if self.turn else None


@pytest.mark.parametrize("data", [b"", b"ab", b"abcdefgh", b"abcdefghi"])
def test_what_the_system_takes_piece_by_piece_is_written_once_and_whole(data):
    file = Slow()
    assert (_write(file, data), file.getvalue()) == (len(data), data)


def test_a_file_where_the_papers_folder_should_be_is_said_in_a_sentence(tmp_path):
    (tmp_path / "papers").write_text("")
    with pytest.raises(WorkspaceError, match="a file stands where a folder is needed"):
        Ledger(tmp_path / "papers" / "ab" / "calls.jsonl").append(REQUEST, COMPLETION)
