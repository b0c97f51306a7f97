"""How records are made: everything but the papers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from qagen.asking.examples import Examples
from qagen.asking.framing import framed
from qagen.asking.labels import fence
from qagen.asking.nearness import ChunkVectors
from qagen.grounding.grounder import Grounder
from qagen.prompts import Prompt
from qagen.question_kinds import Wanted
from qagen.reasons import Reason
from qagen.records import Chunk, ChunkGroup, Excerpt, Fault, Message, Paper
from qagen.reviews.decisions import NO_REVIEWS, Reviews
from qagen.settings import ChunkSettings, RuleSettings, Settings

ChunkKey = tuple[str, int]
"""A chunk by its paper's sha256 and its index."""
ExcerptKey = tuple[str, tuple[int, ...]]
"""What is asked about in one dialogue: the paper's sha256, or those of several, and the index of the chunk, or of each of several."""


def excerpt_key(paper: Paper, excerpt: Excerpt) -> ExcerptKey:
    """The key of a chunk, or of several that are asked about together; of those of several papers it names each paper."""
    papers = excerpt.papers if isinstance(excerpt, ChunkGroup) else ()
    return joined_key(papers or (paper.sha256,)), tuple(chunk.index for chunk in excerpt.chunks)


def joined_key(papers: Sequence[str]) -> str:
    """The papers of an excerpt's key: one's sha256, or those of several in their order."""
    return "+".join(papers)


@dataclass(frozen=True)
class Recipe:
    """How records are made.

    Attributes:
        engine: server or extractive.
        model: as declared or resolved; None for the extractive engine, as are the prompts.
        sample: the only chunks that are looked at, or None for all.
        rules: the prompts of `settings.rules`, in their order.
        sections: asks for the headings of the main body; None leaves them to the rules.
        judge: asks for labels of pairs; None where nobody judges, so `round_trip`.
        judge_model: who judges; None is the model itself.
        prompt_reason: why it is this prompt, where the settings leave it open; else empty.
        reasoning: asks for the thoughts that lead to each record's answer; None where no config holds them.
        places: asks about several chunks of a paper together; None where nobody does.
        across: asks about chunks of several papers together; None where nobody does.
        grounder: the entailment model that reads what the rules let pass; None where none does.
        answering: asks for the answer to a question that is to have none; None where nobody judges, or no such question is wanted.
        examples: the pairs that show the manner that is wanted; None where the user gave none.
        reviews: what people decided about pairs.
        vectors: by which chunks are found that are asked about together; None where there is no embedding model.
    """

    settings: Settings
    engine: str
    model: str | None = None
    prompt: Prompt | None = None
    sample: frozenset[ChunkKey] | None = None
    rules: tuple[Prompt, ...] = ()
    sections: Prompt | None = None
    judge: Prompt | None = None
    round_trip: Prompt | None = None
    judge_model: str | None = None
    prompt_reason: str = ""
    grounder: Grounder | None = None
    reviews: Reviews = NO_REVIEWS
    reasoning: Prompt | None = None
    examples: Examples | None = None
    answering: Prompt | None = None
    places: Prompt | None = None
    across: Prompt | None = None
    vectors: ChunkVectors | None = None

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """What is asked about every chunk, a call each."""
        return self.settings.ask.wanted

    def wanted_of(self, excerpt: Excerpt) -> tuple[Wanted, ...]:
        """What is asked about a chunk, or about several together: of these, pairs of any kind."""
        if isinstance(excerpt, ChunkGroup):
            return (Wanted(self.settings.ask.place_pairs),)
        return self.wanted

    def turns(self, prompt: Prompt, chunk: Excerpt, wanted: Wanted) -> tuple[Message, ...]:
        """The turns that ask about a chunk, or about several together, for the first time."""
        ask = self.settings.ask
        if isinstance(chunk, ChunkGroup):
            marks = fence(*(one.text for one in chunk.chunks))
            return prompt.messages_of_group(chunk, wanted.pairs, marks, ask.form, self.settings.language)
        messages = prompt.messages(chunk, wanted.pairs, ask.form, self.settings.language)
        return framed(messages, wanted, self.examples.drawn(chunk, wanted) if self.examples else ())

    @property
    def judges(self) -> bool:
        """Whether pairs are judged by a model."""
        return (self.judge or self.round_trip or self.answering) is not None

    @property
    def further_prompts(self) -> tuple[Prompt, ...]:
        """The prompts that ask about other things than single chunks."""
        prompts = (
            self.sections,
            self.judge,
            self.round_trip or self.answering,
            self.reasoning,
            self.places,
            self.across,
        )
        return tuple(prompt for prompt in prompts if prompt is not None)

    def without_judge(self) -> "Recipe":
        """The same, but nobody judges."""
        return replace(self, judge=None, round_trip=None, answering=None, judge_model=None)

    @property
    def asks_across(self) -> bool:
        """Whether chunks of several papers are asked about together: all papers have to be read for that, so of a sample none are."""
        return self.across is not None and self.sample is None

    def looks_at(self, sha256: str) -> bool:
        """Whether any chunk of a paper may be looked at: all of them, or some in the sample."""
        return self.sample is None or any(sampled == sha256 for sampled, _ in self.sample)

    def prompt_for(self, paper: Paper, chunk: Excerpt) -> Prompt | None:
        """The prompt that asks about a chunk: that of the first rule that fits, else the one for everything; groups have their own."""
        if isinstance(chunk, ChunkGroup):
            return self.across if chunk.papers else self.places
        place = self.rule_for(paper, chunk)
        return self.prompt if place is None else self.rules[place]

    def rule_for(self, paper: Paper, chunk: Chunk) -> int | None:
        """The place of the first rule that fits a chunk; None where none does, or there is no model to prompt."""
        for place, rule in enumerate(self.settings.rules if self.rules else ()):
            if _fits(rule.files, [paper.file]) and _fits(rule.sections, chunk.section.path):
                return place
        return None

    def idle_rules(self, used: Collection[int | None]) -> list[str]:
        """The rules that asked about no chunk, as a person finds them in the settings: often a slip in a pattern.

        Args:
            used: what `rule_for` gave for every chunk that is asked about.
        """
        return [
            f"rule {place} ({', '.join(f'{name} = {value!r}' for name, value in _patterns(rule))})"
            for place, rule in enumerate(self.settings.rules if self.rules else (), 1)
            if place - 1 not in used
        ]


def _patterns(rule: RuleSettings) -> list[tuple[str, str]]:
    return [(name, value) for name in ("files", "sections") if (value := getattr(rule, name)) is not None]


def _fits(pattern: str | None, names: Sequence[str]) -> bool:
    return pattern is None or any(fnmatchcase(name.lower(), pattern.lower()) for name in names)


def is_asked(chunk: Chunk, paper: Paper, recipe: Recipe) -> bool:
    """Whether a chunk is long and readable enough and, where there is a sample, part of it."""
    return in_sample(chunk, paper, recipe) and unfit(chunk, recipe.settings.chunk) is None


def in_sample(chunk: Chunk, paper: Paper, recipe: Recipe) -> bool:
    """Whether a chunk is looked at: all are where there is no sample."""
    return recipe.sample is None or (paper.sha256, chunk.index) in recipe.sample


def unfit(chunk: Chunk, settings: ChunkSettings) -> Fault | None:
    """Why a chunk is not worth asking about, if it is not."""
    if chunk.quality < settings.min_quality:
        detail = f"text quality {chunk.quality}; asked about from {settings.min_quality} on"
        return Fault(Reason.GARBLED, detail)
    if len(chunk.text) < settings.min_chars:
        return Fault(
            Reason.TOO_SHORT, f"{len(chunk.text)} characters; asked about from {settings.min_chars} on"
        )
    return None
