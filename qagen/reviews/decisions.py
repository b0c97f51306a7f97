"""Decisions of people about pairs, and what they come to where several looked at one pair. Pure.

A pair is named by its content id, which is that of its paper, its question and its answer: what is decided about it holds whenever
a model gives the pair again word for word, whatever prompt, model or chunk it came of.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from qagen.question_kinds import Difficulty, QuestionKind
from qagen.records import ChunkInfo, Generation, PlaceInfo, SectionInfo, canonical_json, record_id, sha256


class Verdict(StrEnum):
    """What a person decides; `undo` takes the same person's last decision about the pair back."""

    ACCEPT = "accept"
    REJECT = "reject"
    EDIT = "edit"
    BRING_BACK = "bring_back"
    UNDO = "undo"


_RANK = (Verdict.REJECT, Verdict.EDIT, Verdict.BRING_BACK, Verdict.ACCEPT)
"""Who wins where people disagree: a wrong record is worse than none, and who changed something saw a fault."""
_CLASS = {
    Verdict.REJECT: "no",
    Verdict.EDIT: "not as it is",
    Verdict.BRING_BACK: "yes",
    Verdict.ACCEPT: "yes",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the pair of an edit came from, so that the edit outlives a model that does not give the pair again.

    Attributes:
        document_sha256, section, chunk, generation: as its record names them.
        kind, difficulty: what it was asked to be; None where anything was.
        places: of a pair about several places, all of them; `section` and `chunk` are then those of the first.
    """

    document_sha256: str
    section: SectionInfo
    chunk: ChunkInfo
    generation: Generation
    kind: QuestionKind | None = None
    difficulty: Difficulty | None = None
    places: tuple[PlaceInfo, ...] | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of one person about one pair.

    Attributes:
        paper: the sha256 of the PDF.
        question, answer: the pair that was looked at, as it stood in the dataset.
        reviewer: the person's name.
        reason: why it is turned down, in the person's words.
        new_question, new_answer: of an edit; both are there.
        origin: of an edit, where it is known.
        at: when, for people; nothing hangs on it.
    """

    paper: str
    question: str
    answer: str
    reviewer: str
    verdict: Verdict
    reason: str = ""
    new_question: str | None = None
    new_answer: str | None = None
    origin: Origin | None = None
    at: str = ""

    @property
    def id(self) -> str:
        """The content id of the pair that was looked at."""
        return record_id(self.paper, self.question, self.answer)

    @property
    def new_id(self) -> str:
        """The content id of the pair that is left: another one after an edit."""
        if self.verdict is not Verdict.EDIT:
            return self.id
        return record_id(self.paper, self.new_question or "", self.new_answer or "")

    @property
    def said(self) -> tuple[Verdict, str, str | None, str | None]:
        """What is decided, whoever does and whenever: the verdict, its reason, and the words of an edit."""
        return self.verdict, self.reason, self.new_question, self.new_answer

    @property
    def view(self) -> str:
        """What it says of the pair as it was: `yes`, `no` or `not as it is`."""
        return _CLASS[self.verdict]


@dataclass(frozen=True, slots=True)
class Sample:
    """Records that were drawn at random to find how many of a dataset are right.

    Attributes:
        seed: what the order of the draw was made from.
        of: how many records there were.
        dataset: the sha256 of the manifest of the dataset that it was drawn from.
        ids: content ids, in the order of the draw.
    """

    seed: int
    of: int
    dataset: str
    ids: tuple[str, ...]

    @classmethod
    def draw(cls, ids: Iterable[str], size: int, *, seed: int, dataset: str) -> "Sample":
        """Draw `size` ids, or all where there are fewer: those whose sha256 with the seed is smallest, whatever order they come in."""
        ordered = sorted(ids, key=lambda one: sha256(f"{seed} {one}"))
        return cls(seed, len(ordered), dataset, tuple(ordered[:size]))


@dataclass(frozen=True, slots=True)
class Word:
    """What the decisions about a pair come to.

    Attributes:
        verdict: of the decision that counts.
        decision: that decision.
        reviewers: how many people decided about the pair.
        disputed: whether they do not agree.
    """

    verdict: Verdict
    decision: Decision
    reviewers: int
    disputed: bool


@dataclass(slots=True, eq=False)
class Reviews:
    """All decisions in the order of the file, merged: of one person about one pair the last counts that was not taken back."""

    _standing: dict[str, dict[str, list[tuple[int, Decision]]]] = field(default_factory=dict)
    _edits: dict[str, dict[str, None]] = field(default_factory=dict)
    _last: dict[str, list[str]] = field(default_factory=dict)
    _samples: list[Sample] = field(default_factory=list)
    _count: int = 0

    @classmethod
    def of(cls, entries: Iterable[Decision | Sample]) -> "Reviews":
        """Merge what a file holds."""
        made = cls()
        for entry in entries:
            made.add(entry)
        return made

    def __bool__(self) -> bool:
        return any(self.decided)

    def __len__(self) -> int:
        """How many pairs have a decision."""
        return sum(1 for _ in self.decided)

    def add(self, entry: Decision | Sample) -> None:
        """Take in the next entry of the file."""
        if isinstance(entry, Sample):
            self._samples.append(entry)
            return
        self._count += 1
        name = entry.id
        stack = self._standing.setdefault(name, {}).setdefault(entry.reviewer, [])
        order = self._last.setdefault(entry.reviewer, [])
        if entry.verdict is Verdict.UNDO:
            if stack:
                stack.pop()
                order.reverse()
                order.remove(name)
                order.reverse()
            return
        stack.append((self._count, entry))
        order.append(name)
        if entry.verdict is Verdict.EDIT:
            self._edits.setdefault(entry.paper, {})[name] = None

    @property
    def decided(self) -> Iterator[str]:
        """The ids of the pairs that have a decision."""
        return (name for name in self._standing if self.of_pair(name))

    @property
    def reviewers(self) -> tuple[str, ...]:
        """The names of the people who decided about something, sorted."""
        return tuple(sorted(name for name, order in self._last.items() if order))

    @property
    def sample(self) -> Sample | None:
        """The sample that was drawn last."""
        return self._samples[-1] if self._samples else None

    def of_pair(self, name: str) -> dict[str, Decision]:
        """What each person says of a pair, in the order in which they decided."""
        found = [stack[-1] for stack in self._standing.get(name, {}).values() if stack]
        return {decision.reviewer: decision for _, decision in sorted(found, key=lambda one: one[0])}

    def said(self, name: str, reviewer: str) -> list[Decision]:
        """What a person has said of a pair and not taken back, the last word last."""
        return [decision for _, decision in self._standing.get(name, {}).get(reviewer, ())]

    def word(self, name: str) -> Word | None:
        """What the decisions about a pair come to; None where nobody decided.

        Turned down wins over edited, edited over kept; of two edits the later one counts.
        """
        said = list(self.of_pair(name).values())
        if not said:
            return None
        counts = min(reversed(said), key=lambda one: _RANK.index(one.verdict))
        views = {(one.view, one.new_id) for one in said}
        return Word(counts.verdict, counts, len(said), len(views) > 1)

    def last_of(self, reviewer: str) -> Decision | None:
        """The last decision of a person that was not taken back."""
        order = self._last.get(reviewer)
        return self.of_pair(order[-1])[reviewer] if order else None

    def edits_of(self, paper: str) -> Sequence[Decision]:
        """The edits of a paper's pairs that count, but for those of pairs that are themselves the result of one of them."""
        words = [self.word(name) for name in self._edits.get(paper, ())]
        edits = [word.decision for word in words if word is not None and word.verdict is Verdict.EDIT]
        made = {edit.new_id for edit in edits}
        return [edit for edit in edits if edit.id not in made]

    def kept(self) -> tuple[frozenset[str], frozenset[str]]:
        """Ids of pairs that a person accepted; ids of those that a person brought back or made, which give way to no other."""
        accepted, held = set(), set()
        for name in self._standing:
            word = self.word(name)
            if word is not None and word.verdict is Verdict.ACCEPT:
                accepted.add(name)
            elif word is not None and word.verdict is not Verdict.REJECT:
                held.add(word.decision.new_id)
        return frozenset(accepted), frozenset(held)

    def digest(self, papers: Iterable[str]) -> str | None:
        """The sha256 of what the decisions about these papers come to and of the sample; None where there is none.

        Names and times are no part of it.
        """
        wanted, told = frozenset(papers), []
        for name in sorted(self._standing):
            word = self.word(name)
            if word is not None and word.decision.paper in wanted:
                one = word.decision
                told.append([name, one.verdict, one.reason, one.new_id, word.reviewers, word.disputed])
        if not told:
            return None
        drawn = self.sample
        chosen = None if drawn is None else [drawn.seed, drawn.of, drawn.dataset, list(drawn.ids)]
        return sha256(canonical_json([told, chosen]))

    def views(self) -> Mapping[str, Mapping[str, str]]:
        """Person -> pair -> what the person says of it as it was."""
        found: dict[str, dict[str, str]] = {}
        for name in self._standing:
            for reviewer, decision in self.of_pair(name).items():
                found.setdefault(reviewer, {})[name] = decision.view
        return found


NO_REVIEWS = Reviews()
"""Of a workspace without any; nothing is added to it."""
