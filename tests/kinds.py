"""A scripted model that is asked for kinds of questions, and answers out of the chunk's own sentences."""

import re
from typing import Any

from qagen.question_kinds import QuestionKind
from tests.scripted_server import Reply, chunk_of, paired

_KIND = re.compile(r"This time all pairs are of one kind, (\w+)\..* Give (\d+) pairs?,", re.DOTALL)
_BEGINNINGS = {
    QuestionKind.CAUSE: "Why do",
    QuestionKind.QUANTITATIVE: "Which value do",
    QuestionKind.METHOD: "By which procedure do",
    QuestionKind.MECHANISM: "By what mechanism do",
    QuestionKind.CONDITION: "Under which conditions do",
    QuestionKind.COMPARISON: "By comparison, how do",
    QuestionKind.FACTUAL: "In what way do",
    QuestionKind.OPEN: "To what extent do",
}
_REASON = re.compile(r"\b(?:because|since|due to)\b")


def kind_of(request: dict[str, Any]) -> str | None:
    """The kind that a request for pairs asks for; None where it asks for any, or for something else."""
    found = _KIND.search(request["messages"][-1]["content"])
    return found[1] if found else None


def by_kind(request: dict[str, Any], nth: int, most: int | None = None) -> Reply:
    """Pairs of the kind that is asked for, `most` of them or as many as are asked for; any pairs, or a judge's verdicts, where none is."""
    found = _KIND.search(request["messages"][-1]["content"])
    if found is None or "You examine question/answer pairs" in request["messages"][-1]["content"]:
        return paired(request)
    kind = next(one for one in QuestionKind if one == found[1])
    sentences = [one for one in _sentences(chunk_of(request)) if _fits(one, kind)]
    if not sentences:
        return Reply("NONE")
    return Reply("".join(pair(_question(one, kind), one) for one in sentences[: most or int(found[2])]))


def pair(question: str, answer: str) -> str:
    """A pair in the form that the built-in prompts ask for."""
    return f"------\n###QUESTION: {question}\n###ANSWER: {answer}\n------\n\n"


def _sentences(chunk: str) -> list[str]:
    text = re.sub(r"\s+", " ", chunk)
    return [one for one in re.split(r"(?<=[.])\s+(?=[A-Z])", text) if re.fullmatch(r"[A-Z][^#|]{60,}\.", one)]


def _fits(sentence: str, kind: QuestionKind) -> bool:
    if kind is QuestionKind.CAUSE:
        return bool(_REASON.search(sentence))
    if kind is QuestionKind.QUANTITATIVE:
        return bool(re.search(r"\b\d+(?:\.\d+)? (?:%|MPa|µm|m|cm|mg)", sentence))
    return True


def _question(sentence: str, kind: QuestionKind) -> str:
    words = list(dict.fromkeys(re.findall(r"[A-Za-z][a-z]{3,}", sentence)))
    longest = sorted(sorted(words, key=len)[-6:], key=words.index)
    return f"{_BEGINNINGS[kind]} {', '.join(longest[:-1])} and {longest[-1]} depend on each other?"
