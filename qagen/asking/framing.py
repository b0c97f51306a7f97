"""The turns that ask about a chunk: those of the prompt, with what kind of pairs is wanted and the user's examples at their end.

A prompt's file knows nothing of either, so that every prompt takes both, and what is asked without them is what always was asked.
"""

from collections.abc import Sequence

from qagen.asking.examples import Example
from qagen.parsing.reasoning import set_apart
from qagen.question_kinds import NOT_STATED, Wanted
from qagen.records import Completion, Message

NONE = "NONE"
"""What a model says that finds nothing of a kind in a chunk."""

_EXAMPLES = """\
These are examples of good pairs, made from other texts. They show the manner that is wanted. \
Take nothing of what they say, and give none of them back:

{examples}"""
_EXAMPLE = "- {question}\n  {answer}"
_KIND = """\
This time all pairs are of one kind, {kind}. {meaning}{difficulty} \
This counts before what is said above on what to ask. Give {pairs}, in the form \
that is described above; where the excerpt has less of it, give fewer, and where it has nothing of it, write {none} and nothing else."""
_NO_ANSWER = f" As the answer give these two words, and nothing else: {NOT_STATED}"


def framed(messages: tuple[Message, ...], wanted: Wanted, examples: Sequence[Example]) -> tuple[Message, ...]:
    """The turns with what is wanted at their end; without kind and examples as they are."""
    parts = []
    if examples:
        shown = [_EXAMPLE.format(question=one.question, answer=one.answer) for one in examples]
        parts.append(_EXAMPLES.format(examples="\n".join(shown)))
    if wanted.kind is not None:
        parts.append(kind_told(wanted))
    if not parts:
        return messages
    *before, last = messages
    return (*before, Message(last.role, "\n\n".join([last.content, *parts])))


def kind_told(wanted: Wanted) -> str:
    """What a model is told of the kind that it is to ask for."""
    assert wanted.kind is not None
    level = wanted.difficulty
    return _KIND.format(
        kind=wanted.kind,
        meaning=wanted.kind.meaning + (_NO_ANSWER if wanted.is_unanswerable else ""),
        difficulty=f" Its difficulty is {level}: {level.meaning}" if level else "",
        pairs="1 pair" if wanted.pairs == 1 else f"{wanted.pairs} pairs",
        none=NONE,
    )


_JUDGED = """\
The pairs were to be of one kind, {kind}. {meaning}{difficulty} A pair whose question is of another kind gets 1 for relevance."""


def with_kind_judged(messages: tuple[Message, ...], wanted: Wanted | None) -> tuple[Message, ...]:
    """A judge's turns with the kind that the pairs were to be of; as they are where they were to be of none."""
    if wanted is None or wanted.kind is None:
        return messages
    level = wanted.difficulty
    difficulty = f" Its difficulty was to be {level}: {level.meaning}" if level else ""
    told = _JUDGED.format(kind=wanted.kind, meaning=wanted.kind.meaning, difficulty=difficulty)
    *before, last = messages
    return (*before, Message(last.role, f"{last.content}\n\n{told}"))


def says_none(completion: Completion) -> bool:
    """Whether a model finds nothing of the kind that was asked for: it says so, or gives an empty list."""
    final = set_apart(completion.text)
    text = "".join(completion.text[final.start : final.end].split()).strip("`*_-#\"'.")
    text = text.removeprefix("json")
    return text.upper() == NONE or text in ('{"pairs":[]}', "[]")
