"""The judges of a chunk's pairs: a model that labels them beside their source, and one that answers their questions anew.

They see what passed the checks, turn down or let pass, and never change a word. What they cannot be brought to say is
an outcome of its own: after `attempts` tries a pair is `unjudged`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from qagen.agreement import agreement, read_answer
from qagen.checks import Verdict
from qagen.dialogue import Exchange, Question, Talk, request_for
from qagen.labels import Labels, fence, is_wanted, label_faults, pair_id, read_labels
from qagen.prompts import Prompt
from qagen.reasons import Reason
from qagen.recipe import Recipe
from qagen.records import Chunk, Completion, Fault, Message, Pair, Scores


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair with all that was said about it.

    Attributes:
        verdict: of the checks.
        scores: of the checks and the judges.
        faults: of the judges; those of the checks stand in the verdict.
        past: the exchange that the pair came from.
        outcome: of the judges: `passed`, `turned_down` or `unjudged`; empty where they were not to be asked.
    """

    verdict: Verdict
    scores: Scores
    faults: tuple[Fault, ...]
    past: Exchange
    outcome: str = ""


def question(
    recipe: Recipe, messages: tuple[Message, ...], prompt: Prompt, model: str | None, attempt: int
) -> Question:
    """A request that does not ask for pairs: always for text, sampled as the settings and the model's family say."""
    if model is None:
        raise ValueError(f"the recipe of the engine {recipe.engine!r} has no model")
    request = request_for(messages, model, recipe.settings.ask, attempt)
    return Question(replace(request, response_format="text"), prompt.label)


class Court:
    """The judges of one chunk's pairs; counts the questions that have no answer yet."""

    def __init__(self, chunk: Chunk, recipe: Recipe) -> None:
        self.chunk = chunk
        self.recipe = recipe
        self.settings = recipe.settings.judge
        self.open = 0

    def session(self, pairs: Sequence[Judged]) -> Talk[tuple[Judged, ...]]:
        """Ask for labels of the pairs that are to be judged, then their questions anew; others stay as they are."""
        wanted = {
            pair_id(self.chunk.text, one.verdict.pair): one.verdict.pair
            for one in pairs
            if is_wanted(one.verdict, self.settings)
        }
        labels: dict[str, Labels] = {}
        ids = list(wanted)
        if self.recipe.judge is not None:
            for start in range(0, len(ids), self.settings.batch):
                batch = {name: wanted[name] for name in ids[start : start + self.settings.batch]}
                labels |= yield from self._labels(batch, self.recipe.judge)
        good = [name for name in ids if not self._label_faults(labels.get(name))]
        agreements: dict[str, float] = {}
        if self.recipe.round_trip is not None:
            for name in good:
                found = yield from self._round_trip(wanted[name], self.recipe.round_trip)
                agreements |= {} if found is None else {name: found}
        return tuple(
            self._with(one, labels.get(name), agreements.get(name))
            if (name := pair_id(self.chunk.text, one.verdict.pair)) in wanted
            and is_wanted(one.verdict, self.settings)
            else one
            for one in pairs
        )

    def _label_faults(self, labels: Labels | None) -> tuple[Fault, ...]:
        if self.recipe.judge is None:
            return ()
        if labels is not None:
            return label_faults(labels, self.settings)
        return self._no_answer("labels")

    def _no_answer(self, what: str) -> tuple[Fault, ...]:
        if self.settings.unjudged == "keep":
            return ()
        return (Fault(Reason.UNJUDGED, f"the judge gave no usable {what}"),)

    def _with(self, one: Judged, labels: Labels | None, agreed: float | None) -> Judged:
        faults = self._label_faults(labels)
        if self.recipe.round_trip is not None and not faults:
            if agreed is None:
                faults = self._no_answer("second answer")
            elif agreed < self.settings.min_agreement:
                detail = f"the second answer agrees by {agreed:.2f}, below {self.settings.min_agreement:g}"
                faults = (Fault(Reason.ANSWERED_DIFFERENTLY, detail),)
        scores = replace(
            one.scores,
            **({f"judge_{name}": value for name, value in asdict(labels).items()} if labels else {}),
            round_trip=None if agreed is None else round(agreed, 4),
        )
        missing = (self.recipe.judge is not None and labels is None) or (
            self.recipe.round_trip is not None and agreed is None and not faults
        )
        unjudged = missing or any(fault.reason is Reason.UNJUDGED for fault in faults)
        outcome = "unjudged" if unjudged else "turned_down" if faults else "passed"
        return replace(one, scores=scores, faults=faults, outcome=outcome)

    def _labels(self, batch: dict[str, Pair], prompt: Prompt) -> Talk[dict[str, Labels]]:
        """The labels of a few pairs; those that got none are asked about again, by themselves."""
        found: dict[str, Labels] = {}
        for attempt in range(1, self.settings.attempts + 1):
            left = {name: pair for name, pair in batch.items() if name not in found}
            if not left:
                break
            completion = yield from self._asked(prompt, self._judge_names(left), attempt)
            if completion is None:
                break
            found |= read_labels(completion, list(left))
        return found

    def _judge_names(self, pairs: dict[str, Pair]) -> dict[str, object]:
        shown = [
            {"id": name, "question": pair.question, "answer": pair.answer} for name, pair in pairs.items()
        ]
        texts = [text for item in shown for text in item.values()]
        return {"pairs": shown, "fence": fence(self.chunk.text, *texts)}

    def _round_trip(self, pair: Pair, prompt: Prompt) -> Talk[float | None]:
        names: dict[str, object] = {
            "question": pair.question,
            "fence": fence(self.chunk.text, pair.question),
            "language": self.recipe.settings.language,
        }
        for attempt in range(1, self.settings.attempts + 1):
            completion = yield from self._asked(prompt, names, attempt)
            if completion is None:
                break
            again = read_answer(completion)
            if again is not None:
                return agreement(pair, again, self.recipe.settings.checks)
        return None

    def _asked(self, prompt: Prompt, names: dict[str, object], attempt: int) -> Talk[Completion | None]:
        names = {"chunk": self.chunk.text, "section": list(self.chunk.section.path), **names}
        model = self.recipe.judge_model or self.recipe.model
        completion = yield question(self.recipe, prompt.turns(names), prompt, model, attempt)
        if completion is None:
            self.open += 1
        return completion
