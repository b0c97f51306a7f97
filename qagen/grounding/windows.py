"""What an entailment model is shown of a pair: each sentence of the answer under its question, beside what of the source is nearest.

A whole chunk would cost four times as much and be cut by most small models; and what speaks for a sentence stands in few others. The
sentences are those that the rules would choose for the question and the answer, in the source's order, up to a number of words.
"""

from dataclasses import dataclass

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.claims import claims_something
from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.support_model import idfs
from qagen.checks.reading.text import Sentence

Span = tuple[int, int]

_MOST_WORDS = 90
"""Words of a window; about 130 tokens of a paper's text."""
_QUESTION_SHARE = 0.6
"""What a word of the question counts beside one of the answer."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer, as it is asked about.

    Attributes:
        question: the question, in plain notation.
        sentence: the sentence of the answer, in plain notation.
        window: the sentences of the source to hold it to, in plain notation.
        spans: where these stand in the source, half-open, in its order.
    """

    question: str
    sentence: str
    window: str
    spans: tuple[Span, ...]


def claims(subject: CheckInput) -> tuple[Claim, ...]:
    """The sentences of an answer that claim something, each with its window; none where the answer or the source is empty."""
    source = subject.source
    question = tuple(word for sentence in subject.question.sentences for word in sentence.stems)
    return tuple(
        _claim(subject.question.plain, question, sentence, source)
        for sentence in subject.answer.sentences
        if sentence.stems and source.sentences and claims_something(sentence)
    )


def _claim(asked: str, question: tuple[str, ...], sentence: Sentence, source: IndexedSource) -> Claim:
    numbers = window(question, sentence.stems, source)
    chosen = [source.sentences[number] for number in numbers]
    spans = tuple((one.start, one.end) for one in chosen)
    return Claim(asked, sentence.text, " ".join(one.text for one in chosen), spans)


def window(question: tuple[str, ...], sentence: tuple[str, ...], source: IndexedSource) -> tuple[int, ...]:
    """The numbers of the source's sentences that share most with a question and a sentence of its answer, ascending.

    Each next one is the sentence that adds most: what the others already have counts a third of its weight, so that a second
    sentence on the same thing is still preferred to one on something else. A first sentence longer than the window is taken whole.
    """
    weights = {word: _QUESTION_SHARE * weight for word, weight in idfs(question).items()}
    weights |= idfs(sentence)
    shared = [{word: weights[word] for word in one.stems if word in weights} for one in source.sentences]
    seen: set[str] = set()
    chosen: list[int] = []
    size = 0
    left = set(range(len(shared)))
    while left:
        gains = {
            number: sum(weight / 3 if word in seen else weight for word, weight in shared[number].items())
            for number in left
        }
        best = max(left, key=lambda number: (gains[number], -number))
        words = len(source.sentences[best].words)
        if chosen and (size + words > _MOST_WORDS or not gains[best]):
            break
        chosen.append(best)
        size += words
        seen |= shared[best].keys()
        left.remove(best)
    return tuple(sorted(chosen))
