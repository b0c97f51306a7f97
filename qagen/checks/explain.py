"""A verdict told to a person: for each fault the rule, the sentence it is about, and what of the source comes nearest."""

from collections.abc import Iterator
from dataclasses import dataclass

from qagen.checks import CheckResult
from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.text import Sentence, Text, plain
from qagen.checks.support import cover
from qagen.reasons import Reason
from qagen.records import Fault

_MOST_SHOWN = 1000
"""Characters of a sentence that are shown."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a check turned a pair down.

    Attributes:
        rule: the reason's name and its meaning.
        detail: what the check has to say about this pair.
        place: `question` or `answer`.
        sentence: the sentence that the check objects to, after the cleanups.
        spans: half-open spans of the source: what speaks against it, where the check knows that, then the sentences that
            share most with it; none where none shares a word that tells anything.
        looked_for: False where the pair is too long to look for such sentences.
    """

    rule: str
    detail: str
    place: str
    sentence: str
    spans: tuple[tuple[int, int], ...]
    looked_for: bool = True


def explain(verdict: CheckResult, source: IndexedSource) -> tuple[Explanation, ...]:
    """Explain every fault of a verdict; `source` is what the pair was judged against."""
    return tuple(_explained(fault, verdict, source) for fault in verdict.faults)


def explanation_lines(verdict: CheckResult, source: IndexedSource) -> Iterator[str]:
    """The lines that tell a verdict: what was cleaned and how it reads now, and every fault with its sentence and its source."""
    scored = "" if verdict.grounding is None else f", grounding {verdict.grounding:.3f}"
    yield f"{'accepted' if verdict.accepted else 'turned down'}, support {verdict.support:.2f}{scored}"
    for edit in verdict.edits:
        yield f"  cleaned by {edit.by}: the {edit.field} was {edit.before!r}"
    for field in dict.fromkeys(edit.field for edit in verdict.edits):
        yield f"    {field:>9} | {_short(getattr(verdict.pair, field))}"
    for item in explain(verdict, source):
        yield f"  {item.rule}"
        yield f"    {'rule says':>9} | {item.detail}"
        yield f"    {item.place:>9} | {item.sentence}"
        for span in item.spans:
            yield _shown(source, span)
        if not item.spans and item.looked_for:
            yield f"    {'source':>9} | no sentence shares a word with it that tells anything"
    if verdict.accepted and verdict.claim is not None:
        sentence, window = verdict.claim
        yield f"    {'worst':>9} | {_short(sentence)}"
        for span in window:
            yield _shown(source, span)
    elif verdict.accepted:
        for span in verdict.evidence:
            yield _shown(source, span)


def _shown(source: IndexedSource, span: tuple[int, int]) -> str:
    start, end = span
    return f"    {'source':>9} | [{start}:{end}] {_short(source.given[start:end])}"


def _short(text: str) -> str:
    """A text on one line, cut where no person would read on."""
    line = " ".join(text[: 2 * _MOST_SHOWN].split())
    return line if len(text) <= _MOST_SHOWN else f"{line[:_MOST_SHOWN]} ... ({len(text)} characters)"


def _explained(fault: Fault, verdict: CheckResult, source: IndexedSource) -> Explanation:
    if fault.reason is Reason.TOO_LONG:  # it was not read, and is not read for this
        place = "answer" if len(verdict.pair.answer) > len(verdict.pair.question) else "question"
        said = _short(getattr(verdict.pair, place))
        return Explanation(
            f"{fault.reason}: {fault.reason.meaning}", fault.detail, place, said, (), looked_for=False
        )
    is_question = fault.text == verdict.pair.question and fault.text != verdict.pair.answer
    text = Text(verdict.pair.question if is_question else verdict.pair.answer)
    sentences = _objected(fault, text)
    nearest = [
        (source.sentences[number].start, source.sentences[number].end)
        for sentence in sentences
        if sentence.stems
        for number in cover(sentence, source).numbers
    ]
    said = text.given[sentences[0].start : sentences[-1].end] if sentences else text.given
    return Explanation(
        rule=f"{fault.reason}: {fault.reason.meaning}",
        detail=fault.detail,
        place="question" if is_question else "answer",
        sentence=_short(said),
        spans=tuple(dict.fromkeys((*fault.spans, *nearest))),
    )


def _objected(fault: Fault, text: Text) -> tuple[Sentence, ...]:
    """The sentence that has the words objected to, or all where they are no part of one."""
    words = fault.found.lower()
    for sentence in text.sentences if words else ():
        given = text.given[sentence.start : sentence.end].lower()
        forms = (given, sentence.text.lower(), " ".join(sentence.words))
        if any(words in form for form in forms) or (plain(words) and plain(words) in forms[1]):
            return (sentence,)
    return text.sentences
