"""Whatever a disk or a hand changes in a ledger: an answer is the one that was written, or it is none and named."""

import json
import random
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qagen.ledger.ledger import Ledger, lines
from qagen.ledger.maintenance import Damage, count, damages, part_damaged
from qagen.ledger.sums import SEAL, State, has_valid_sum, seal, state_of, sum_of, with_sum
from qagen.records import Completion, Message, Request
from qagen.workspace import Workspace

PAPER = "ab" * 32


def request(seed):
    return Request(
        "r1", (Message("user", f"Ask {seed}."),), temperature=0.6, top_p=0.95, max_tokens=9, seed=seed
    )


def completion(seed):
    return Completion(f"Answer {seed}, at {seed} K.", "Hm.", "stop", raw=f'{{"id": "{seed}", "n": [1, 2]}}')


WRITTEN = {request(seed).key: completion(seed) for seed in range(4)}


def ledger_of(path, *, old=0):
    """Four answers, the first ones as an earlier version wrote them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made(old))
    return path.read_bytes()


@cache
def made(old):
    with TemporaryDirectory() as folder:
        return _made(Path(folder) / "calls.jsonl", old)


def _made(path, old):
    for seed in range(4):
        if seed == old and old:
            made = [json.loads(line) for line in path.read_bytes().splitlines()]
            for value in made:
                value["format"] = 1
                del value["sha256"]
            path.write_text("".join(json.dumps(value, separators=(",", ":")) + "\n" for value in made))
        Ledger(path).append(request(seed), completion(seed))
    return path.read_bytes()


def answers(path):
    return {entry.key: (entry.completion, entry.completion.raw) for entry in Ledger(path).entries()}


def true(found):
    return all(found[key] == (WRITTEN[key], WRITTEN[key].raw) for key in found)


@pytest.mark.parametrize("old", [0, 2])
@settings(max_examples=60)
@given(
    flips=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 7)), min_size=1, max_size=3, unique=True
    )
)
def test_flipped_bits_never_change_an_answer_and_never_lose_one_in_silence(tmp_path_factory, old, flips):
    path = tmp_path_factory.mktemp("ledger") / "papers" / "ab" / PAPER / "calls.jsonl"
    data = bytearray(ledger_of(path, old=old))
    for place, bit in flips:
        data[int(place * len(data))] ^= 1 << bit
    path.write_bytes(data)
    ledger, found = Ledger(path), answers(path)
    named = [*damages(Workspace(path.parents[3]))] != []
    # What an earlier version wrote is held by its seal alone: where that is damaged too, the damage is named.
    assert true(found) or (old and named)
    for key in WRITTEN.keys() - found.keys():
        assert ledger.damage(key) is not None
    assert found.keys() == WRITTEN.keys() or named


def test_each_single_bit_of_a_ledger_is_held_to_what_was_written(tmp_path):
    path = tmp_path / "calls.jsonl"
    whole = ledger_of(path)
    dice = random.Random(7)
    for _ in range(200):
        place, bit = dice.randrange(len(whole)), dice.randrange(8)
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
        found = answers(path)
        assert true(found)
        assert len(found) >= 2  # a line break that went takes two lines with it
        assert all(Ledger(path).damage(key) for key in WRITTEN.keys() - found.keys())


def test_a_piece_that_a_crash_left_is_no_damage_wherever_it_was_cut(tmp_path):
    path = tmp_path / "calls.jsonl"
    whole = ledger_of(path)
    last = whole.rindex(b"\n", 0, len(whole) - 1) + 1
    for cut in [*range(last, last + 200, 9), *range(len(whole) - 90, len(whole) - 1)]:
        path.write_bytes(whole[:cut])
        assert Ledger(path).damage(request(3).key) is None
        assert len(answers(path)) == 3


def test_answers_of_an_earlier_version_are_taken_as_they_are_and_sealed_by_the_next_one(tmp_path):
    path = tmp_path / "calls.jsonl"
    made = ledger_of(path, old=2).splitlines()
    assert [line.startswith(SEAL) for line in made] == [False, False, True, False, False]
    assert answers(path).keys() == WRITTEN.keys()
    assert all(map(has_valid_sum, made[2:]))
    assert not any(line.unsealed for line in lines(path))


def test_before_a_seal_an_earlier_answer_is_used_without_one(tmp_path):
    path = tmp_path / "calls.jsonl"
    ledger_of(path, old=2)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    assert answers(path).keys() == {request(0).key, request(1).key}
    assert [line.unsealed for line in lines(path)] == [True, True]


def test_damaged_lines_are_counted_named_and_set_aside_on_consent(tmp_path):
    workspace = Workspace(tmp_path)
    path = workspace.calls(PAPER)
    data = ledger_of(path).replace(b"Answer 1, at 1 K.", b"Answer 1, at 7 K.")
    path.write_bytes(data)
    ledger = Ledger(path)
    assert [*damages(workspace)] == [Damage(path, 2, request(1).key)]
    assert (ledger.get(request(1).key), ledger.damage(request(2).key)) == (None, None)
    assert str(ledger.damage(request(1).key)) == (
        f"1 line(s) of the ledger {str(path)!r} are not what was written, and one may be this answer; see `qagen ledger verify`, "
        "which can set them aside, so that they are asked anew, or build with --refresh"
    )
    assert (count(workspace).calls, count(workspace).damaged, count(workspace).torn) == (3, 1, 0)
    assert part_damaged(workspace) == 1
    assert path.with_name("calls.damaged.jsonl").read_bytes() == data.splitlines(keepends=True)[1]
    assert (Ledger(path).damage(request(1).key), [*damages(workspace)]) == (None, [])


@pytest.mark.parametrize(
    ("written", "changed", "held"),
    [
        (b"Answer 1", b"Answer 7", [1]),  # which request it was can be read
        (b"Ask 1", b"Ask 7", [1, 9]),
        (b'"format":2', b'"format",2', [0, 9]),
        (b"", b"", []),
    ],
)
def test_a_damaged_line_that_names_its_request_holds_up_no_other(tmp_path, written, changed, held):
    path = tmp_path / "calls.jsonl"
    path.write_bytes(ledger_of(path).replace(written, changed, 1))
    ledger = Ledger(path)
    assert [seed for seed in (0, 1, 2, 3, 9) if ledger.damage(request(seed).key)] == held


def test_a_sum_is_of_all_that_stands_before_it():
    assert not has_valid_sum(b'{"a":1}\n')
    assert has_valid_sum(with_sum(b'{"a":1}'))
    assert json.loads(with_sum(b'{"a":1}')).keys() == {"a", "sha256"}


WHOLE = with_sum(b'{"format":2,"key":"ab"}')
OLD = b'{"format":1,"key":"ab"}\n'


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (WHOLE, State.WHOLE),
        (WHOLE.rstrip(b"\n"), State.WHOLE),
        (WHOLE.replace(b"\n", b"\r\n"), State.WHOLE),
        (seal([sum_of(OLD)]), State.SEAL),
        (seal([sum_of(OLD)])[1:], State.DAMAGED),
        (OLD, State.WITHOUT_SUM),
        (OLD.replace(b"\n", b"\r\n"), State.WITHOUT_SUM),
        (OLD[:-2], State.PIECE),
        (OLD[:-2] + b"\n", State.PIECE),
        (b"", State.PIECE),
        (b'{"key":"ab"}\n', State.DAMAGED),
        (b"[" * 100_000, State.PIECE),
        (WHOLE.replace(b"ab", b"ac"), State.DAMAGED),
        (WHOLE.replace(b"sha256", b"sha255"), State.DAMAGED),
        (WHOLE.replace(b'"sha256":"', b'"sh-256":"'), State.DAMAGED),
        (WHOLE.replace(b"ab", b"ac")[:-9], State.DAMAGED),
        (WHOLE[:-3] + b"0" + WHOLE[-2:], State.DAMAGED),
        (WHOLE + WHOLE, State.DAMAGED),
        (WHOLE[:-1] + b" \n", State.DAMAGED),
        (OLD[:-1] + b" \n", State.DAMAGED),
        (WHOLE[:-1] + b"X\n", State.DAMAGED),
        (WHOLE[:-3] + b"X\n", State.DAMAGED),
    ],
)  # fmt: skip
def test_a_line_is_told_by_its_bytes(line, state):
    assert state_of(line) is state


def test_a_whole_line_is_a_piece_wherever_it_is_cut():
    inside = range(1, len(WHOLE) - 1)
    assert {state_of(WHOLE[:cut] + end) for cut in inside for end in (b"", b"\n")} == {State.PIECE}


def test_a_seal_names_the_sums_of_lines_whatever_their_line_breaks():
    assert sum_of(OLD) == sum_of(OLD.rstrip(b"\n")) == sum_of(OLD.rstrip(b"\n") + b"\r\n")
    assert len({sum_of(OLD), sum_of(OLD[:-1] + b" \n"), sum_of(OLD[:-1] + b"X\n")}) == 3
    made = json.loads(seal([sum_of(OLD), sum_of(b"")]))
    assert (made["format"], made["seal"]) == (2, [sum_of(OLD), sum_of(b"")])
