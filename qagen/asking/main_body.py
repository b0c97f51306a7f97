"""Which headings of a paper a model takes for its main body: its answer, mapped back to the true headings.

A model that is to repeat headings drops words, adds full stops, puts blanks into words, and now and then stops in the middle
or invents some. So its lines are aligned with the headings in their order, by likeness; an answer that cannot be
aligned, or leaves out most of the text, is no answer.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from qagen.chunking.sections import heading_text, headings, is_body_heading, is_references, sections
from qagen.parsing.reasoning import set_apart
from qagen.records import Completion, Document, Section

MOST_HEADINGS = 300
"""A document with more of them is no paper, and its list no question."""
_HEADING_CHARS = 300
_ALIKE = 80.0
"""From which likeness (of 100) on a line may be a heading with words lost."""
_STRANGE = 0.2
"""The share of lines that may be no heading at all: remarks before and after the list."""
_LEAST = 0.5
"""The share of the text that the rules take for the main body which has to be in a model's choice too."""
_LEAST_PREFIX = 4
_LEAD = re.compile(r"^\s*(?:[-*•+]\s+|\d{1,3}[.)]\s+(?=#))?")
_NUMBER = re.compile(r"^(?:(?:section|appendix)\s+)?(\d{1,2}(?:\.\d{1,2})*)[.):]?(?:\s|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Body:
    """The headings of the main body.

    Attributes:
        starts: where they begin in the document; None where the rules decide.
        fault: why the rules decide although the model was to; empty where it chose, or was not to.
        by: `model` or `rules`, or `unanswered` for rules that stand in until there is an answer.
    """

    starts: frozenset[int] | None = None
    fault: str = ""
    by: str = "rules"


def heading_lines(document: Document) -> list[str]:
    """The headings below the title as a model is shown them: one line each, with a mark for each level."""
    return [
        f"{'#' * (head.level or 1)} {heading_text(document.text[head.start : head.end])[:_HEADING_CHARS]}"
        for head in headings(document)
    ]


def read_body(completion: Completion, document: Document) -> Body:
    """The main body that a model chose, or why its answer is none."""
    shown = heading_lines(document)
    final = set_apart(completion.text)
    lines = _lines(completion.text[final.start : final.end])
    if completion.finish_reason == "length":
        return Body(fault="the model's answer was cut off")
    if not lines:
        return Body(fault="the model gave no list of headings")
    if len(lines) > 2 * len(shown) + 20:
        return Body(fault=f"the model gave {len(lines)} lines for {len(shown)} headings")
    places = match_headings(lines, shown)
    if places[-1] is None and _is_cut(lines[-1], shown):
        return Body(fault=f"the model's answer breaks off with {lines[-1]!r}")
    strange = [line for line, place in zip(lines, places, strict=True) if place is None]
    if len(strange) > _STRANGE * len(lines):
        return Body(
            fault=f"{len(strange)} of the {len(lines)} lines of the model's answer are no headings of the paper"
        )
    chosen = _with_subheadings({place for place in places if place is not None}, document)
    heads = headings(document)
    starts = frozenset(heads[place].start for place in chosen if not is_references(shown[place].lstrip("# ")))
    if (share := _share(document, starts)) < _LEAST:
        return Body(fault=f"the model's choice leaves out {1 - share:.0%} of the main body's text")
    return Body(starts, by="model")


def _lines(text: str) -> list[str]:
    lines = (_LEAD.sub("", line).strip() for line in text.splitlines())
    return [
        line for line in lines if _squashed(line) and not line.endswith(":") and not line.startswith("```")
    ]


def match_headings(lines: Sequence[str], shown: Sequence[str]) -> list[int | None]:
    """For each line of an answer the place of the heading that it repeats, or None.

    The places ascend: it is the alignment of both lists, each in its order, with the greatest likeness in all.
    """
    keys = [(_squashed(heading), _number(heading)) for heading in shown]
    best = [[0.0] * (len(shown) + 1) for _ in range(len(lines) + 1)]
    pairs: dict[tuple[int, int], float] = {}
    for row in range(len(lines) - 1, -1, -1):
        key = (_squashed(lines[row]), _number(lines[row]))
        for column in range(len(shown) - 1, -1, -1):
            alike = _likeness(key, keys[column])
            best[row][column] = max(best[row + 1][column], best[row][column + 1])
            if alike:
                pairs[row, column] = alike
                best[row][column] = max(best[row][column], alike + best[row + 1][column + 1])
    return _traced(best, pairs, len(lines), len(shown))


def _traced(
    best: list[list[float]], pairs: dict[tuple[int, int], float], lines: int, shown: int
) -> list[int | None]:
    places: list[int | None] = [None] * lines
    row = column = 0
    while row < lines and column < shown:
        alike = pairs.get((row, column))
        if alike is not None and best[row][column] == alike + best[row + 1][column + 1]:
            places[row] = column
            row, column = row + 1, column + 1
        elif best[row][column] == best[row][column + 1]:
            column += 1
        else:
            row += 1
    return places


def _likeness(line: tuple[str, str | None], heading: tuple[str, str | None]) -> float:
    """How alike a line and a heading are, in (0, 100], or 0 where they are not the same."""
    if line[1] and heading[1] and line[1] != heading[1]:
        return 0.0
    if line[0] == heading[0]:
        return 100.0
    if len(heading[0]) >= _LEAST_PREFIX and line[0].startswith(heading[0]) and line[1] == heading[1]:
        return _ALIKE
    return ratio(line[0], heading[0], score_cutoff=_ALIKE)


def _is_cut(line: str, shown: Sequence[str]) -> bool:
    squashed = _squashed(line)
    return any(heading != squashed and heading.startswith(squashed) for heading in map(_squashed, shown))


def _squashed(line: str) -> str:
    """Letters and digits alone: models move blanks, full stops and marks about."""
    text = unicodedata.normalize("NFKC", heading_text(line)).casefold()
    return re.sub(r"[\W_]+", "", text)


def _number(line: str) -> str | None:
    found = _NUMBER.match(heading_text(line))
    return found[1] if found else None


def _with_subheadings(chosen: set[int], document: Document) -> set[int]:
    """The chosen places, and where nothing below one of them is chosen, what the rules take for body there.

    A model that names a heading alone means it with its subheadings; end matter that hangs below the last one it does not.
    """
    heads = headings(document)
    levels = [head.level or 1 for head in heads]
    found = set(chosen)
    for place in sorted(chosen):
        below = place + 1
        while below < len(levels) and levels[below] > levels[place]:
            below += 1
        if not chosen & set(range(place + 1, below)):
            found |= {
                at
                for at in range(place + 1, below)
                if is_body_heading(heading_text(document.text[heads[at].start : heads[at].end]))
            }
    return found


def _share(document: Document, starts: frozenset[int]) -> float:
    """How much of the text that the rules take for main body is in a choice too; 1 where the rules find none."""
    by_rules = {section.start: section for section in sections(document) if section.body and section.path}
    by_model = {section.start for section in sections(document, starts) if section.body}
    total = sum(map(_length, by_rules.values()))
    both = sum(_length(section) for start, section in by_rules.items() if start in by_model)
    return both / total if total else 1.0


def _length(section: Section) -> int:
    return section.end - section.text_start
