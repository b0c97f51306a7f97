"""What a question asks for, and how much it takes to answer it: chosen before anything is asked, looked at afterwards."""

from dataclasses import dataclass
from enum import StrEnum


class QuestionKind(StrEnum):
    """What a question asks for; `meaning` says to a model what makes a pair one of its kind."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> "QuestionKind":
        """Make a member that is its value and carries its meaning."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    FACTUAL = (
        "factual",
        "The question asks for one fact that the excerpt states (what, which, who, where, when), not for a reason and not how "
        "something works; the answer states it with what belongs to it.",
    )
    COMPARISON = (
        "comparison",
        "The question names two or more things that the excerpt compares, and asks how they differ or which of them is more, less, "
        "higher or better; the answer says it of each of them.",
    )
    CAUSE = (
        "cause",
        "The question asks why something is so or happens, or what causes it, and names the effect; the answer gives the cause that "
        "the excerpt gives.",
    )
    MECHANISM = (
        "mechanism",
        "The question asks how something works or comes about, or by which process one thing leads to another; the answer gives the "
        "steps in between.",
    )
    METHOD = (
        "method",
        "The question asks how, or with what, something was made, measured, computed or tested; the answer gives the procedure, "
        "with its materials, instruments and settings.",
    )
    QUANTITATIVE = (
        "quantitative",
        "The question asks for a value, how much or how many, and does not state it; the answer gives the number with its unit and "
        "says what it is the value of.",
    )
    CONDITION = (
        "condition",
        "The question asks under which conditions, when, from what value on or within which limits something holds or happens; the "
        "answer gives these conditions.",
    )
    OPEN = (
        "open",
        "The question asks for an explanation or a judgement that takes several statements of the excerpt together: what follows from "
        "them, what speaks for and against, how far something holds; the answer argues from these statements alone.",
    )
    UNANSWERABLE = (
        "unanswerable",
        "The question is about the very things that the excerpt speaks of, under their names, and asks for something about them that "
        "one would expect to learn (a value, a reason, a method, a comparison) and that the excerpt does not say. It takes nothing "
        "for granted that is false, and asks for nothing that another part of the same paper is likely to say.",
    )


class Difficulty(StrEnum):
    """How much of the excerpt it takes to answer a question."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> "Difficulty":
        """Make a member that is its value and carries its meaning."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    EASY = "easy", "One sentence of the excerpt answers it."
    MEDIUM = "medium", "Two or three sentences of the excerpt have to be put together to answer it."
    HARD = (
        "hard",
        "It takes reasoning over several sentences of the excerpt, about causes, limits or consequences, to answer it.",
    )


KINDS = {kind.value: kind for kind in QuestionKind}
DIFFICULTIES = {level.value: level for level in Difficulty}
NOT_STATED = "Not stated."
"""The published answer to every question that the paper does not answer."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one call about a chunk asks for.

    Attributes:
        pairs: how many.
        kind: None for pairs of any kind, as the prompt alone asks for them.
        difficulty: None for any.
    """

    pairs: int
    kind: QuestionKind | None = None
    difficulty: Difficulty | None = None

    @property
    def name(self) -> str:
        """For people and labels: `cause`, `cause-hard`; empty for pairs of any kind."""
        return "-".join(part for part in (self.kind, self.difficulty) if part is not None)

    @property
    def is_unanswerable(self) -> bool:
        """Whether questions without an answer are asked for."""
        return self.kind is QuestionKind.UNANSWERABLE


def without_kind(name: str) -> str:
    """A prompt's name without the kind that a call's label has behind it: `deep-qa` of `deep-qa+cause`."""
    prompt, plus, kind = name.rpartition("+")
    return prompt if plus and kind.partition("-")[0] in KINDS else name
