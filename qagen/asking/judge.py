"""The judges of a chunk's pairs: a model that judges them beside their source, and one that answers their questions anew.

They see what passed the checks, all of a chunk in one call, turn down or let pass, and never change a word. What they cannot be brought
to say is an outcome of its own: after `attempts` tries a pair is `unjudged`, and it is said why.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import fmean

from qagen.asking.agreement import agreement, is_none, read_answer
from qagen.asking.dialogue import Dialogue, PendingRequest, request_for
from qagen.asking.framing import with_kind_judged
from qagen.asking.judged import JudgedPair
from qagen.asking.labels import (
    LABELS,
    Judgement,
    Labels,
    fence,
    is_wanted,
    judged_faults,
    pair_id,
    read_labels,
)
from qagen.asking.recipe import Recipe
from qagen.checks.unanswerable import says_nothing, shortened
from qagen.engines.presets import briefly
from qagen.prompts import Prompt
from qagen.question_kinds import Wanted
from qagen.reasons import Reason
from qagen.records import Completion, Excerpt, Fault, Message, Pair

_NOT_YET = "it has not answered yet"
_NO_USE = "the judge gave no usable"


@dataclass(frozen=True, slots=True)
class _Opinion:
    """What a judge, or several votes, came to about one pair."""

    labels: Labels | None = None
    faults: tuple[Fault, ...] = ()
    problem: str = ""
    judgement: Judgement | None = None
    agreed: float | None = None


def text_request(
    recipe: Recipe, messages: tuple[Message, ...], prompt: Prompt, model: str | None, attempt: int
) -> PendingRequest:
    """A request that does not ask for pairs: for text, sampled as the settings and the model's family say."""
    if model is None:
        raise ValueError(f"the recipe of the engine {recipe.engine!r} has no model")
    request = request_for(messages, model, recipe.settings.ask, attempt)
    return PendingRequest(replace(request, response_format="text", most_pairs=None), prompt.label)


def waiting(pairs: Sequence[JudgedPair], recipe: Recipe) -> tuple[JudgedPair, ...]:
    """Pairs whose judge is not asked yet: those that are to be judged are left out for now."""
    settings = recipe.settings.judge
    fault = Fault(Reason.UNJUDGED, f"{_NO_USE} labels: {_NOT_YET}")
    faults = () if settings.unjudged == "keep" else (fault,)
    return tuple(
        replace(one, faults=faults, outcome="unjudged") if is_wanted(one.verdict, settings) else one
        for one in pairs
    )


class PairJudge:
    """The judges of one chunk's pairs; counts the questions that have no answer yet.

    Args:
        wanted: what the pairs were asked for to be; None where that is not known.
    """

    def __init__(self, chunk: Excerpt, recipe: Recipe, wanted: Wanted | None = None) -> None:
        self.chunk = chunk
        self.recipe = recipe
        self.wanted = wanted
        self.settings = recipe.settings.judge
        self.open = 0

    def judge_pairs(self, pairs: Sequence[JudgedPair]) -> Dialogue[tuple[JudgedPair, ...]]:
        """Have the pairs judged that are to be, then their questions answered anew; others stay as they are."""
        wanted = {
            pair_id(self.chunk.text, one.verdict.pair): one
            for one in pairs
            if is_wanted(one.verdict, self.settings)
        }
        opinions: dict[str, _Opinion] = {}
        if self.recipe.judge is not None:
            for batch in _batches(list(wanted), self.settings.batch):
                shown = {name: wanted[name].verdict.pair for name in batch}
                opinions |= yield from self._opinions(shown, self.recipe.judge)
        if self.recipe.round_trip is not None:
            for name, one in wanted.items():
                before = opinions.get(name, _Opinion())
                if not before.faults:
                    opinions[name] = yield from self._round_trip(one, before, self.recipe.round_trip)
        return tuple(
            self._with(one, opinions[name])
            if (name := pair_id(self.chunk.text, one.verdict.pair)) in opinions
            and is_wanted(one.verdict, self.settings)
            else one
            for one in pairs
        )

    def _no_answer(self, what: str, problem: str) -> tuple[Fault, ...]:
        if self.settings.unjudged == "keep":
            return ()
        return (Fault(Reason.UNJUDGED, f"{_NO_USE} {what}: {problem}"),)

    def _with(self, one: JudgedPair, opinion: _Opinion) -> JudgedPair:
        given = asdict(opinion.labels) if opinion.labels else {}
        scores = replace(
            one.scores, **{f"judge_{name}": value for name, value in given.items()}, round_trip=opinion.agreed
        )
        outcome = "unjudged" if opinion.problem else "turned_down" if opinion.faults else "passed"
        problem = "" if opinion.problem == _NOT_YET else opinion.problem
        return replace(
            one,
            scores=scores,
            faults=opinion.faults,
            outcome=outcome,
            problem=problem,
            judgement=opinion.judgement,
        )

    def _opinions(self, batch: Mapping[str, Pair], prompt: Prompt) -> Dialogue[dict[str, _Opinion]]:
        """What the votes come to."""
        votes = []
        for vote in range(1, self.settings.votes + 1):
            votes.append((yield from self._vote(batch, prompt, vote)))
        return {name: self._opinion([vote[name] for vote in votes]) for name in batch}

    def _opinion(self, votes: Sequence[Judgement | str]) -> _Opinion:
        """Of one pair: half of the votes that can be read, or more, turn it down; one that nobody could judge is unjudged."""
        read = [vote for vote in votes if isinstance(vote, Judgement)]
        if not read:
            problem = next(vote for vote in reversed(votes) if isinstance(vote, str))
            return _Opinion(faults=self._no_answer("labels", problem), problem=problem)
        against = [vote for vote in read if judged_faults(vote, self.settings)]
        labels = _mean([vote.labels for vote in read if vote.labels is not None])
        if 2 * len(against) < len(read) or not against:
            return _Opinion(labels, judgement=next(vote for vote in read if vote not in against))
        faults = judged_faults(against[0], self.settings)
        if len(votes) > 1:
            said = f" (so {len(against)} of {len(read)} votes)"
            faults = (replace(faults[0], detail=faults[0].detail + said), *faults[1:])
        return _Opinion(labels, faults, judgement=against[0])

    def _vote(
        self, batch: Mapping[str, Pair], prompt: Prompt, vote: int
    ) -> Dialogue[dict[str, Judgement | str]]:
        """One judgement of each pair, or why there is none. Those without are asked about once more, in words of no schema."""
        said: dict[str, Judgement | str] = dict.fromkeys(batch, _NOT_YET)
        size: int | None = None
        for attempt in range(1, self.settings.attempts + 1):
            left = [name for name in batch if isinstance(said[name], str)]
            if not left:
                break
            for part in _batches(left, size):
                problem = str(said[part[0]]) if attempt > 1 else ""
                messages = prompt.turns(self._shown({name: batch[name] for name in part}, problem))
                messages = with_kind_judged(messages, self.wanted)
                completion = yield from self._asked(messages, prompt, attempt, vote, part)
                if completion is None:
                    return said
                reading = read_labels(completion, part)
                said |= reading.found
                said |= reading.problems
                if completion.finish_reason == "length":
                    size = max(1, -(-len(part) // 2))
        return said

    def _shown(self, pairs: Mapping[str, Pair], problem: str) -> dict[str, object]:
        shown = [
            {"id": name, "question": pair.question, "answer": pair.answer} for name, pair in pairs.items()
        ]
        texts = [text for item in shown for text in item.values()]
        return {**self._source, "pairs": shown, "fence": fence(self.chunk.text, *texts), "problem": problem}

    def _round_trip(self, one: JudgedPair, before: _Opinion, prompt: Prompt) -> Dialogue[_Opinion]:
        """Ask a pair's question once more; what was said of the pair before stays where nothing speaks against it."""
        again = yield from self._answered(one.verdict.pair.question, self.chunk.text, prompt)
        if isinstance(again, str):
            return self._compared(one, again, before)
        return replace(before, faults=self._no_answer("second answer", again.problem), problem=again.problem)

    def _answered(self, question: str, text: str, prompt: Prompt) -> Dialogue["str | _Opinion"]:
        """The answer to a question out of a text, "" where it has none, or that there is no usable one, with why."""
        names = {
            **self._source,
            "chunk": text,
            "question": question,
            "fence": fence(text, question),
            "language": self.recipe.settings.language,
        }
        for attempt in range(1, self.settings.attempts + 1):
            completion = yield from self._asked(prompt.turns(names), prompt, attempt)
            if completion is None:
                return _Opinion(problem=_NOT_YET)
            again = read_answer(completion)
            if again is not None:
                return again
        return _Opinion(problem="it is empty, cut off or far too long")

    def judge_unanswerable(
        self, pairs: Sequence[JudgedPair], near: Callable[[str], str]
    ) -> Dialogue[tuple[JudgedPair, ...]]:
        """Have the questions that the paper is not to answer put to a model, beside what the paper says nearest to them.

        An answer that cannot be used leaves the rules' word standing with `auto`, since they have looked at all of the paper.

        Args:
            pairs: those that the checks let pass are asked about.
            near: question -> the passages of the paper that come nearest to answering it.
        """
        prompt, found = self.recipe.answering, []
        for one in pairs:
            if prompt is None or not one.verdict.accepted:
                found.append(one)
                continue
            pair = one.verdict.pair
            again = yield from self._answered(pair.question, near(pair.question), prompt)
            opinion = _Opinion()
            if isinstance(again, _Opinion) or _FORM in again:
                problem = again.problem if isinstance(again, _Opinion) else "it has the form of pairs"
                strict = self.settings.mode != "auto" or problem == _NOT_YET
                faults = self._no_answer("second answer", problem) if strict else ()
                opinion = _Opinion(problem=problem, faults=faults)
            elif not says_nothing(again) and not is_none(pair, again, self.recipe.settings.checks):
                detail = f"the model, shown what the paper says nearest to it, answers {shortened(again)!r}"
                opinion = _Opinion(faults=(Fault(Reason.ANSWERABLE, detail),))
            found.append(self._with(one, opinion))
        return tuple(found)

    def _compared(self, one: JudgedPair, again: str, before: _Opinion) -> _Opinion:
        """What a second answer says of the first: only that the chunk has none counts against one that the chunk supports well."""
        pair, checks = one.verdict.pair, self.recipe.settings.checks
        agreed = round(agreement(pair, again, checks), 4)
        if is_none(pair, again, checks):
            detail = "the model, asked again, finds no answer to the question in the chunk"
            return replace(before, faults=(Fault(Reason.UNANSWERABLE, detail),), agreed=agreed)
        if agreed >= self.settings.min_agreement or one.verdict.support >= self.settings.trusted_support:
            return replace(before, agreed=agreed)
        detail = (
            f"the second answer agrees by {agreed:.2f}, below {self.settings.min_agreement:g}, and the first has a support of "
            f"{one.verdict.support:.2f}, below {self.settings.trusted_support:g}"
        )
        return replace(before, faults=(Fault(Reason.ANSWERED_DIFFERENTLY, detail),), agreed=agreed)

    @property
    def _source(self) -> dict[str, object]:
        return {"chunk": self.chunk.text, "section": list(self.chunk.section.path)}

    def _asked(
        self,
        messages: tuple[Message, ...],
        prompt: Prompt,
        attempt: int,
        vote: int = 1,
        ids: Sequence[str] = (),
    ) -> Dialogue[Completion | None]:
        """Ask a judge; about ids it is to keep to the schema of labels, where that did not fail before."""
        model = self.recipe.judge_model or self.recipe.model
        if model is None:
            raise ValueError(f"the recipe of the engine {self.recipe.engine!r} has no model")
        ask = briefly(self.recipe.settings.ask, model, self.settings.thinking_budget)
        request = request_for(messages, model, ask, attempt, vote)
        by_schema = bool(ids) and attempt == 1
        request = replace(
            request,
            response_format="labels" if by_schema else "text",
            label_ids=tuple(ids) if by_schema else (),
        )
        completion = yield PendingRequest(request, prompt.label)
        if completion is None:
            self.open += 1
        return completion


_FORM = "###QUESTION"
"""What an answer has that takes the request for one for pairs."""


def _batches(names: Sequence[str], size: int | None) -> Iterator[list[str]]:
    size = size or max(len(names), 1)
    for start in range(0, len(names), size):
        yield list(names[start : start + size])


def _mean(labels: Sequence[Labels]) -> Labels | None:
    """The mean of several labels, each by itself."""
    if not labels:
        return None
    return Labels(**{label: round(fmean(getattr(one, label) for one in labels), 4) for label in LABELS})
