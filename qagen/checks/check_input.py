"""What is judged: a pair beside the source it has to be grounded in."""

from dataclasses import dataclass
from functools import cached_property

from qagen.checks.reading.mentions import Mentions
from qagen.checks.reading.names import expansions
from qagen.checks.reading.quantities import Quantity, quantities
from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.text import Prose, Text
from qagen.checks.reading.whole_paper import WholePaper
from qagen.checks.support import Alignment, Support, align, support
from qagen.question_kinds import Difficulty, QuestionKind
from qagen.records import Pair


@dataclass(frozen=True)
class CheckInput:
    """A pair as the checks see it.

    Attributes:
        question_required: False where an empty question is no fault.
        paper: what the whole paper says; None where only the source is known.
        kind: what was asked for; None where anything was. So `difficulty`.
    """

    question: Text
    answer: Prose
    source: IndexedSource
    question_required: bool = True
    paper: WholePaper | None = None
    kind: QuestionKind | None = None
    difficulty: Difficulty | None = None

    @classmethod
    def of(cls, pair: Pair, source: IndexedSource, *, question_required: bool = True) -> "CheckInput":
        """A pair as it is, without cleanups."""
        return cls(
            Text(pair.question),
            Prose(pair.answer),
            source,
            question_required,
            kind=pair.kind,
            difficulty=pair.difficulty,
        )

    @cached_property
    def question_expansions(self) -> dict[str, list[tuple[str, ...]]]:
        """What the acronyms of the question stand for there."""
        return expansions(self.question.plain)

    @cached_property
    def asked(self) -> tuple[Quantity, ...]:
        """The numbers of the question."""
        return quantities(self.question.plain, self.question.vocabulary)

    @cached_property
    def said(self) -> tuple[tuple[Quantity, ...], ...]:
        """The numbers of the answer, by sentence; their places are those in the plain sentence."""
        return tuple(
            quantities(sentence.text, frozenset(sentence.words)) for sentence in self.answer.sentences
        )

    @cached_property
    def mentions(self) -> tuple[Mentions, ...]:
        """Where each sentence of the answer mentions numbers and names."""
        return tuple(
            Mentions(sentence.text, numbers)
            for sentence, numbers in zip(self.answer.sentences, self.said, strict=True)
        )

    @cached_property
    def alignments(self) -> tuple[Alignment, ...]:
        """The sentences of the answer, each with the sentences of the source that cover it best."""
        return align(self.answer, self.source)

    @cached_property
    def support(self) -> Support:
        """How well the source supports the answer."""
        return support(self.alignments, self.source)

    @property
    def has_question(self) -> bool:
        """Whether rules about the question apply: it is there, or has to be."""
        return self.question_required or bool(self.question.given.strip())
