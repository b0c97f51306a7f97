"""A pair against its source: cleaned, then held to every check, which together accept it or turn it down."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from qagen.checks.beside_the_question import beside_the_question
from qagen.checks.check_input import CheckInput
from qagen.checks.circular import circular
from qagen.checks.cleanups.abbreviations import with_long_forms
from qagen.checks.cleanups.attribution import without_attribution
from qagen.checks.cleanups.flattened_citations import without_flattened_citations
from qagen.checks.cleanups.invisible import without_invisible
from qagen.checks.cleanups.lost_blanks import with_lost_blanks
from qagen.checks.cleanups.markup import without_citations, without_links
from qagen.checks.dangling_reference import dangling_reference
from qagen.checks.definition import definition
from qagen.checks.echo import echo
from qagen.checks.empty import empty
from qagen.checks.exchanged import exchanged
from qagen.checks.garbled import garbled
from qagen.checks.glued import glued
from qagen.checks.incomplete import incomplete
from qagen.checks.invented_reason import invented_reason
from qagen.checks.leaked_reasoning import leaked_reasoning
from qagen.checks.misattributed import misattributed
from qagen.checks.negated import negated
from qagen.checks.not_a_question import not_a_question
from qagen.checks.one_place_enough import one_place_enough
from qagen.checks.other_language import other_language
from qagen.checks.overstated import overstated
from qagen.checks.places import places_needed
from qagen.checks.places_uncovered import places_uncovered
from qagen.checks.quotes_instruction import quotes_instruction
from qagen.checks.reading.joined import JoinedSource
from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.text import Prose, Text
from qagen.checks.reading.whole_paper import WholePaper
from qagen.checks.recombined import recombined
from qagen.checks.refers_to_figure import refers_to_figure
from qagen.checks.refers_to_paper import refers_to_paper
from qagen.checks.refusal import refusal
from qagen.checks.repeated import repeated
from qagen.checks.replaced import replaced
from qagen.checks.reversed_cause import reversed_cause
from qagen.checks.swapped import swapped
from qagen.checks.too_short import too_short
from qagen.checks.turned_around import turned_around
from qagen.checks.unanswered import unanswered
from qagen.checks.unexplained_abbreviation import unexplained_abbreviation
from qagen.checks.ungrounded_number import ungrounded_number
from qagen.checks.unknown_name import unknown_name
from qagen.checks.unknown_premise import unknown_premise
from qagen.checks.unsupported import unsupported
from qagen.checks.wrong_comparison import wrong_comparison
from qagen.checks.wrong_expansion import wrong_expansion
from qagen.checks.wrong_kind import wrong_kind
from qagen.checks.wrong_sign import wrong_sign
from qagen.errors import SettingsError
from qagen.reasons import Reason
from qagen.records import Edit, Fault, Pair
from qagen.settings import CheckSettings

Check = Callable[[CheckInput, CheckSettings], Iterator[Fault]]

Cleanup = Callable[[Text, IndexedSource], str]

CLEANUPS: tuple[tuple[str, Cleanup], ...] = (
    ("invisible", without_invisible),
    ("links", without_links),
    ("citations", without_citations),
    ("flattened_citations", without_flattened_citations),
    ("attribution", without_attribution),
    ("lost_blanks", with_lost_blanks),
    ("abbreviations", with_long_forms),
)
"""Every change that keeps a pair's meaning, by name, in the order in which they are made."""
_QUESTIONS_ONLY = frozenset({"abbreviations"})

CHECKS: tuple[tuple[str, Check], ...] = (
    ("empty", empty),
    ("too_short", too_short),
    ("not_a_question", not_a_question),
    ("garbled", garbled),
    ("incomplete", incomplete),
    ("repeated", repeated),
    ("echo", echo),
    ("refusal", refusal),
    ("leaked_reasoning", leaked_reasoning),
    ("quotes_instruction", quotes_instruction),
    ("glued", glued),
    ("other_language", other_language),
    ("definition", definition),
    ("refers_to_paper", refers_to_paper),
    ("refers_to_figure", refers_to_figure),
    ("unexplained_abbreviation", unexplained_abbreviation),
    ("dangling_reference", dangling_reference),
    ("unknown_premise", unknown_premise),
    ("wrong_kind", wrong_kind),
    ("unanswered", unanswered),
    ("beside_the_question", beside_the_question),
    ("circular", circular),
    ("invented_reason", invented_reason),
    ("reversed_cause", reversed_cause),
    ("ungrounded_number", ungrounded_number),
    ("wrong_sign", wrong_sign),
    ("misattributed", misattributed),
    ("swapped", swapped),
    ("exchanged", exchanged),
    ("recombined", recombined),
    ("replaced", replaced),
    ("wrong_comparison", wrong_comparison),
    ("overstated", overstated),
    ("negated", negated),
    ("turned_around", turned_around),
    ("unknown_name", unknown_name),
    ("wrong_expansion", wrong_expansion),
    ("unsupported", unsupported),
    ("places_uncovered", places_uncovered),
    ("one_place_enough", one_place_enough),
)
"""Every check by the name that `CheckSettings.disabled` switches it off with."""


def refuse_unknown(settings: CheckSettings) -> None:
    """Refuse names in `disabled` and `allow` that mean nothing.

    Raises:
        SettingsError: for a name that no check (and, in `disabled`, no cleanup) has.
    """
    checks, cleanups = [name for name, _ in CHECKS], [name for name, _ in CLEANUPS]
    for key, names, known in (
        ("disabled", settings.disabled, [*cleanups, *checks]),
        ("allow", settings.allow, checks),
    ):
        for name in names:
            if name not in known:
                raise SettingsError(
                    f"'checks.{key}' names {name!r}, which is no check",
                    remedy=f"there are {', '.join(known)}",
                )


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the checks say about a pair.

    Attributes:
        pair: the pair after the cleanups that keep its meaning.
        edits: what the cleanups changed.
        support: how well the source supports the answer, in [0, 1].
        faults: what every check that turned the pair down has to say, in the order of the checks.
        evidence: half-open spans of the source, whole sentences, sorted, not overlapping.
        grounding: how far an entailment model finds the answer's worst claim borne out; None where none was asked.
        claim: that claim, and the spans of the source that the model was shown.
        places: the numbers of the places that the answer needs, of a source that is several.
    """

    pair: Pair
    edits: tuple[Edit, ...]
    support: float
    faults: tuple[Fault, ...]
    evidence: tuple[tuple[int, int], ...]
    grounding: float | None = None
    claim: tuple[str, tuple[tuple[int, int], ...]] | None = None
    places: tuple[int, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether no check turned the pair down."""
        return not self.faults


def check(
    pair: Pair | tuple[str, str], source: str | IndexedSource, settings: CheckSettings | None = None
) -> CheckResult:
    """Check one pair of anybody's against the text that it has to be grounded in; no model is asked.

    Args:
        pair: as `parse` gives it, or `(question, answer)`; an empty question is no fault, for sets of answers alone.
        source: the text; for many pairs of one text, make `IndexedSource(text)` once.
        settings: thresholds, and names of checks that are not run; None takes the defaults.

    Returns:
        The pair after the cleanups, its support by the source in [0, 1], every fault that was found, and the evidence as
        half-open spans of code points of the source.

    Raises:
        SettingsError: where the settings name a check that there is not.
    """
    settings = settings or CheckSettings()
    refuse_unknown(settings)
    if not isinstance(pair, Pair):
        question, answer = pair
        pair = Pair(question, answer)
    indexed = source if isinstance(source, IndexedSource) else IndexedSource(source)
    return check_pair(pair, indexed, settings, question_required=bool(pair.question))


def check_pair(
    pair: Pair,
    source: IndexedSource,
    settings: CheckSettings,
    *,
    paper: WholePaper | None = None,
    question_required: bool = True,
) -> CheckResult:
    """Judge a pair against the text it has to be grounded in.

    Args:
        pair: as parsed.
        source: the indexed text; make it once for all pairs of a text.
        settings: thresholds, and names of checks that are not run.
        paper: the whole paper that the source is out of, where it is known: what a question takes for granted may stand
            anywhere in it.
        question_required: False for sets that may have answers without questions; an empty question is then no
            fault.
    """
    length = len(pair.question) + len(pair.answer)
    if length > settings.max_pair_chars:
        detail = f"the pair has {length} characters, more than {settings.max_pair_chars}"
        return CheckResult(pair, (), 0.0, (Fault(Reason.TOO_LONG, detail),), ())
    question, answer, edits = clean(pair, source, settings)
    subject = CheckInput(question, answer, source, question_required, paper, pair.kind, pair.difficulty)
    faults = tuple(
        fault
        for name, check in CHECKS
        if name not in settings.disabled
        for fault in islice(_objections(name, check(subject, settings), settings), 1)
    )
    found = subject.support
    if edits:
        pair = replace(pair, question=question.given, answer=answer.given)
    places = places_needed(subject, settings)
    return CheckResult(
        pair=pair,
        edits=edits,
        support=found.score,
        faults=faults,
        evidence=_in_places(found.evidence, source, places),
        places=places,
    )


def _in_places(
    evidence: tuple[tuple[int, int], ...], source: IndexedSource, places: tuple[int, ...]
) -> tuple[tuple[int, int], ...]:
    """Of the evidence what lies in the places that are needed; all of it where the source is one place."""
    if not isinstance(source, JoinedSource):
        return evidence
    within = {
        (sentence.start, sentence.end)
        for sentence, part in zip(source.sentences, source.part_by_sentence, strict=True)
        if part in places
    }
    return tuple(span for span in evidence if span in within)


def _objections(name: str, faults: Iterator[Fault], settings: CheckSettings) -> Iterator[Fault]:
    """The faults that the settings do not allow."""
    if name not in settings.allow:
        return faults
    allowed = {words.lower() for words in settings.allow[name]}
    return (fault for fault in faults if fault.found.lower() not in allowed)


def clean(pair: Pair, source: IndexedSource, settings: CheckSettings) -> tuple[Text, Prose, tuple[Edit, ...]]:
    """Make every cleanup that is not disabled, in question and answer.

    Each edit has the text before it, so that it can be taken back.
    """
    edits: list[Edit] = []
    question, answer = Text(pair.question), Prose(pair.answer)
    for name, cleanup in CLEANUPS:
        if name in settings.disabled or (name == "abbreviations" and settings.abbreviations != "expand"):
            continue
        if (changed := cleanup(question, source)) != question.given:
            edits.append(Edit(by=name, field="question", before=question.given))
            question = Text(changed)
        if name not in _QUESTIONS_ONLY and (changed := cleanup(answer, source)) != answer.given:
            edits.append(Edit(by=name, field="answer", before=answer.given))
            answer = Prose(changed)
    return question, answer, tuple(edits)
