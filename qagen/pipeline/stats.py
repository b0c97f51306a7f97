"""What the stages have counted: frozen values that add up.

A stage that yields its results returns its counts when the last of them has passed; `Counted` keeps them for whoever goes through the
results. Nobody fills what somebody else holds.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, Self, TypeVar

from qagen.asking.recipe import ExcerptKey
from qagen.errors import ConversionError
from qagen.ledger.models import ModelIdentity
from qagen.records import PaperInfo

T = TypeVar("T")
C = TypeVar("C")
K = TypeVar("K")


class _Addable(Protocol):
    def __add__(self, more: Self) -> Self: ...


S = TypeVar("S", bound=_Addable)


class Counted(Generic[T, C]):
    """Results as they pass by, and what was counted on the way; to be gone through once."""

    def __init__(self, results: Generator[T, None, C]) -> None:
        self._results = results
        self._counts: list[C] = []

    def __iter__(self) -> Iterator[T]:
        """The results."""
        self._counts.append((yield from self._results))

    @property
    def counts(self) -> C:
        """What was counted.

        Raises:
            RuntimeError: where not all results have passed.
        """
        if not self._counts:
            raise RuntimeError("what was counted is not known before all results have passed")
        return self._counts[0]


def added(counts: Mapping[K, int], more: Mapping[K, int]) -> Mapping[K, int]:
    """Both, key by key; the order is that in which keys first came."""
    if not (counts and more):
        return counts or more
    return {**counts, **{key: counts.get(key, 0) + count for key, count in more.items()}}


def tallied(found: Iterable[K]) -> Mapping[K, int]:
    """How often each comes."""
    counts: dict[K, int] = {}
    for one in found:
        counts[one] = counts.get(one, 0) + 1
    return counts


def ranked(counts: Mapping[K, int]) -> dict[K, int]:
    """The most frequent first."""
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


class Sum(Generic[S]):
    """Values that add up, one after another; the sum of many that grow with it, such as counts by paper, takes no longer for each.

    Sums of one, two, four, ... of them wait until there are two of a size, so that none is copied more often than there are sizes.
    """

    def __init__(self, nothing: S) -> None:
        """Begin with what adds nothing."""
        self._nothing = nothing
        self._waiting: list[tuple[int, S]] = []

    def add(self, more: S) -> None:
        """Add a value behind the others."""
        size = 1
        while self._waiting and self._waiting[-1][0] == size:
            _, before = self._waiting.pop()
            size, more = 2 * size, before + more
        self._waiting.append((size, more))

    def total(self) -> S:
        """All of them, in their order."""
        total = self._nothing
        for _, more in self._waiting:
            total = total + more
        return total


@dataclass(frozen=True, slots=True)
class PromptCost:
    """Answers got with one prompt, and their tokens as far as the server counts them."""

    made: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, more: "PromptCost") -> "PromptCost":
        return PromptCost(
            self.made + more.made,
            self.prompt_tokens + more.prompt_tokens,
            self.completion_tokens + more.completion_tokens,
        )


@dataclass(frozen=True, slots=True)
class RunStats:
    """What a run did.

    Attributes:
        model: that is asked; None where none is.
        converted: papers converted by this run.
        reused: papers that had been converted before.
        failures: paper sha256 -> why it could not be converted.
        calls_reused: answers found in the ledger.
        choices: paper sha256 -> of the answers got, those that say which of its headings are main body.
        by_prompt: the prompt's label -> the answers got with it from the engine.
        unanswered: the paper's sha256 and the index of the chunk, or of several asked about together -> why there was no answer.
        truncated: those of them whose prompt the server cut -> what is to be done about it.
        undecided: sha256 of the papers whose main body the rules choose for now, since the model gave no answer.
        papers: paper sha256 -> the paper as its records name it, also of those that could not be converted.
        warnings: a paper's file -> what the conversion warns of.
    """

    model: str | None = None
    converted: int = 0
    reused: int = 0
    failures: Mapping[str, ConversionError] = field(default_factory=dict)
    calls_reused: int = 0
    choices: Mapping[str, int] = field(default_factory=dict)
    by_prompt: Mapping[str, PromptCost] = field(default_factory=dict)
    unanswered: Mapping[ExcerptKey, str] = field(default_factory=dict)
    truncated: Mapping[ExcerptKey, str] = field(default_factory=dict)
    undecided: frozenset[str] = frozenset()
    papers: Mapping[str, PaperInfo] = field(default_factory=dict)
    warnings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def calls(self) -> PromptCost:
        """All answers got from the engine."""
        return sum(self.by_prompt.values(), PromptCost())


@dataclass(frozen=True, slots=True)
class ReplayStats:
    """What the stages saw that is no row.

    Attributes:
        chunks: those that are looked at.
        groups: those of them that are asked about together.
        responses: those that gave pairs (`usable`) and those that did not, by reason; together all responses.
        attempts: how many attempts chunks took -> how many chunks; of several kinds that are asked for each counts by itself.
        answers: answers of the ledger that were read, each once.
        open: paper sha256 -> questions about it that have no answer; papers without any are left out.
        thoughts_only: those of them whose text is empty though they end as they should: all of it stands in the field for reasoning.
        prompt_tokens, completion_tokens: of all answers that were read, as far as the server counted them.
        bodies: paper sha256 -> from where to where its main body goes in the document.
        served: the models whose answers were read: as declared, and what the servers said.
        sections: papers by who chose their main body: `model` or `rules`, or `unanswered` for rules that stand in for the model.
        section_faults: a paper's file -> why the rules chose, though the model was to.
        rules: the places of the rules whose prompts asked; None for the prompt of what no rule fits.
        judged: pairs that a model was to judge: `passed`, `turned_down`, `unjudged`.
        unreadable: pairs that are unjudged though the judge answered, by what is wrong with its answers.
        traces: pairs whose question was asked anew for a trace, by what came of it (`qagen.asking.traces.TraceResult`).
        faults: pairs that a check or a judge objects to, by reason; a pair counts for each of its reasons.
        edits: pairs that a cleanup changed, by its name.
    """

    chunks: int = 0
    groups: int = 0
    responses: Mapping[str, int] = field(default_factory=dict)
    attempts: Mapping[int, int] = field(default_factory=dict)
    answers: int = 0
    open: Mapping[str, int] = field(default_factory=dict)
    thoughts_only: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    bodies: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    served: frozenset[tuple[str, ModelIdentity]] = frozenset()
    sections: Mapping[str, int] = field(default_factory=dict)
    section_faults: Mapping[str, str] = field(default_factory=dict)
    rules: frozenset[int | None] = frozenset()
    judged: Mapping[str, int] = field(default_factory=dict)
    unreadable: Mapping[str, int] = field(default_factory=dict)
    traces: Mapping[str, int] = field(default_factory=dict)
    faults: Mapping[str, int] = field(default_factory=dict)
    edits: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, more: "ReplayStats") -> "ReplayStats":
        """What both saw; of different papers, or of different parts of one."""
        return ReplayStats(
            chunks=self.chunks + more.chunks,
            groups=self.groups + more.groups,
            responses=added(self.responses, more.responses),
            attempts=added(self.attempts, more.attempts),
            answers=self.answers + more.answers,
            open=added(self.open, more.open),
            thoughts_only=self.thoughts_only + more.thoughts_only,
            prompt_tokens=self.prompt_tokens + more.prompt_tokens,
            completion_tokens=self.completion_tokens + more.completion_tokens,
            bodies={**self.bodies, **more.bodies} if more.bodies else self.bodies,
            served=self.served | more.served,
            sections=added(self.sections, more.sections),
            section_faults={**self.section_faults, **more.section_faults},
            rules=self.rules | more.rules,
            judged=added(self.judged, more.judged),
            unreadable=added(self.unreadable, more.unreadable),
            traces=added(self.traces, more.traces),
            faults=added(self.faults, more.faults),
            edits=added(self.edits, more.edits),
        )
