"""A build whose model leaves the format in three of ten answers ends with the same records, and a report that adds up."""

import hashlib
import re
from collections import Counter

import pytest

from tests.command import build, rows
from tests.conftest import EXAMPLES
from tests.scripted_server import Reply, ScriptedServer, asks_first, chunk_of, paired

PLAN = (
    "Okay, the excerpt is about a method and its results. I should ask why things happen, and keep it deep."
)


def lettered(pairs):
    return "\n\n".join(
        f"**Q{n}:** {question}\n\n**A{n}:** {answer}" for n, (question, answer) in enumerate(pairs, 1)
    )


def headed(pairs):
    body = "\n".join(f"### Q&A Pair {n}\n\nQuestion: {q}\nAnswer: {a}\n" for n, (q, a) in enumerate(pairs, 1))
    return f"Sure! Here are the pairs:\n\n{body}\nI hope these pairs are what you need!"


def drafted(pairs):
    draft = "\n".join(f"###QUESTION: {q} (draft)\n###ANSWER: Something about it." for q, _ in pairs)
    return f"<think>{PLAN}\n{draft}\n</think>\n" + "\n------\n".join(
        f"###QUESTION: {q}\n###ANSWER: {a}" for q, a in pairs
    )


USABLE = (lettered, headed, drafted)
USELESS = {
    "empty": Reply(""),
    "refusal": Reply("I am sorry, but I cannot help with that request."),
    "template_echo": Reply("------\n###QUESTION: the question\n###ANSWER: the answer\n------\n"),
    "truncated": Reply(f"<think>\n{PLAN}", finish_reason="length"),
    "clarification_request": Reply(
        "Could you please provide the excerpt that you would like me to work with?"
    ),
}


def number(request) -> int:
    return int(hashlib.sha256(chunk_of(request).encode()).hexdigest(), 16)


def kind_of(request) -> str:
    """What the odd server does with a request: three of ten first answers are odd, and half of those useless."""
    if not asks_first(request) or number(request) % 10 >= 3:
        return "canonical"
    kinds = [shape.__name__ for shape in USABLE] + list(USELESS)
    return kinds[number(request) // 10 % len(kinds)]


def odd(request, nth):
    kind = kind_of(request)
    if kind in USELESS:
        return USELESS[kind]
    canonical = paired(request)
    pairs = re.findall(r"###QUESTION: (.*)\n###ANSWER: ((?:.|\n)*?)\n------", canonical.text)
    by_name = {shape.__name__: shape for shape in USABLE}
    return Reply(by_name[kind](pairs)) if kind in by_name else canonical


def straight(request, nth):
    return paired(request)


@pytest.mark.slow
def test_odd_answers_give_the_same_records_and_the_report_adds_up(work, tmp_path):
    with ScriptedServer(straight) as server:
        build(EXAMPLES, tmp_path / "straight", work, "--base-url", server.base_url, "--model", "r1")
    with ScriptedServer(odd, models=("odd",)) as server:
        _, report = build(EXAMPLES, tmp_path / "odd", work, "--base-url", server.base_url, "--model", "odd")
        kinds = Counter(kind_of(request) for request in server.requests)

    def pairs(folder):
        return [(row["paper"]["file"], row["question"], row["answer"]) for row in rows(tmp_path / folder)]

    assert pairs("odd") == pairs("straight")
    useless = {kind: count for kind, count in kinds.items() if kind in USELESS}
    assert len(useless) >= 3
    assert report["responses"] == {**useless, "usable": len(server.requests) - sum(useless.values())}
    assert report["calls"]["made"] == len(server.requests) == sum(report["responses"].values())
    second = sum(not asks_first(request) for request in server.requests)
    again = sum(chunks for tries, chunks in report["attempts"].items() if int(tries) > 1)
    assert again == second > 0
