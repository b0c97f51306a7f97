"""The page of a report: figures and samples in, one HTML text out. Everything quoted is hostile."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import jinja2

from builder.card.plots import Bars, bars_of
from builder.folder.profile import BINS
from builder.reporting.charts import Chart, chart_of, svg, trimmed
from builder.reporting.figures import Figures, Lengths
from builder.reporting.samples import SampleRecord
from builder.reporting.versions import VersionChange
from builder.reporting.wording import ASKED
from qagen.chunking.section_kinds import SectionKind
from qagen.reasons import Reason
from qagen.terminal import printable

_SHOWN = 600
"""Characters of a text that are shown."""
_REASONS_DRAWN = 15
_AXES = {"support": "support score, from", "coverage": "percent of the main body, from"}
"""Where a bar's label is its lower end alone."""
_EMPTY_LINES = re.compile(r"\n[\n ]*\n")
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_STACKED = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")
"""More marks above a letter than any script has: they would cover the lines around."""
_MEANINGS: Mapping[str, str] = {reason.value: reason.meaning for reason in Reason}


@dataclass(frozen=True, slots=True)
class Report:
    """What a page shows.

    Attributes:
        sides: the dataset, and the one that it is compared with, if any.
        change: from the older one to the dataset; None without one.
        samples: records that were drawn.
        seed: that drew them.
    """

    sides: tuple[Figures, ...]
    change: VersionChange | None
    samples: tuple[SampleRecord, ...]
    seed: int

    @property
    def figures(self) -> Figures:
        """Those of the dataset itself."""
        return self.sides[0]


def render(report: Report) -> str:
    """The page: one HTML text that needs nothing else and may load nothing."""
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            report=report,
            figures=report.figures,
            sides=report.sides,
            charts=_charts(report.sides),
            meanings=_MEANINGS,
        )
    )


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("dataset_card", ""),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )
    environment.filters.update(shown=shown, count=_count, percent=_percent, svg=svg)
    return environment


def shown(value: object, limit: int = _SHOWN) -> str:
    """A hostile text as a page can show it: what acts or is not seen is written out; the template escapes it."""
    text = str(value)
    cut = text if len(text) <= limit else f"{text[:limit].rstrip()} …"
    lines = _EMPTY_LINES.sub("\n\n", cut.replace("\r\n", "\n").replace("\t", " "))
    return _STACKED.sub(r"\1", printable(lines))


def _count(value: float | None) -> str:
    return "not known" if value is None else f"{value:,.0f}"


def _percent(count: int | None, of: int | None) -> str:
    """How much of something, with a decimal where that tells more."""
    if not of or count is None:
        return "–"
    share = 100 * count / of
    return f"{share:.0f} %" if share >= 10 or share == 0 else f"{share:.1f} %"


def _charts(sides: Sequence[Figures]) -> dict[str, Chart]:
    """The charts by their names; those that have nothing to show are not in it."""
    found = {
        "papers": _steps(
            sides,
            "Papers",
            [("read", "papers"), ("with text", "with_text"), ("with records", "with_records")],
        ),
        "chunks": _steps(
            sides, "Chunks", [("cut", "chunks"), ("asked about", "asked"), ("with pairs", "answered")]
        ),
        "pairs": _steps(
            sides,
            "Pairs",
            [("read from answers", "pairs"), ("passed the checks", "passed"), ("taken: records", "records")],
        ),
        "reasons": _reasons(sides),
        "yields": _yields(sides[0]),
        "asked": _counted(
            sides, "What the questions ask", dict.fromkeys(ASKED, 0), [side.asked for side in sides]
        ),
        "kinds": _counted(sides, "Records by kind of question", {}, [side.kinds for side in sides]),
        "openings": _counted(sides[:1], "First words of the questions", {}, [sides[0].openings]),
        "questions": _lengths(sides, "Length of the questions", [side.questions for side in sides]),
        "answers": _lengths(sides, "Length of the answers", [side.answers for side in sides]),
        "per_paper": _counted(
            sides,
            "Papers by how many records they gave",
            dict.fromkeys(sides[0].per_paper.bins, 0),
            [side.per_paper.bins for side in sides],
        ),
        **_profiles(sides),
    }
    return {name: chart for name, chart in found.items() if chart is not None and not chart.empty}


def _steps(sides: Sequence[Figures], title: str, steps: Sequence[tuple[str, str]]) -> Chart | None:
    """A part of the funnel; None where the dataset does not tell it."""
    counted = [(side.name, tuple(getattr(side.funnel, name) for _, name in steps)) for side in sides]
    known = [(name, counts) for name, counts in counted if None not in counts]
    if None in counted[0][1]:
        return None
    counts = known[0][1]
    notes = tuple(f"({_percent(count, counts[0])})" if place else "" for place, count in enumerate(counts))
    return Chart(title, tuple(label for label, _ in steps), tuple(known), notes=notes)


def _profiles(sides: Sequence[Figures]) -> dict[str, Chart]:
    """The card's charts, of the same figures."""
    found: dict[str, list[tuple[str, Bars]]] = {}
    for side in sides:
        for bars in bars_of(side.profile):
            if bars.name == "sections" or len(bars.counts) == BINS:  # a manifest may say anything
                found.setdefault(bars.name, []).append((side.name, bars))
    charts = {name: trimmed(chart_of(bars, standing=name != "sections")) for name, bars in found.items()}
    return {
        name: replace(chart, axis=_AXES.get(name, chart.axis)) if chart.standing else chart
        for name, chart in charts.items()
    }


def _counted(
    sides: Sequence[Figures], title: str, order: Mapping[str, int], counts: Sequence[Mapping[str, int]]
) -> Chart:
    """Counts by words; those that are in no order come as the first dataset has them."""
    found = {word for one in counts for word in one}
    labels = [word for word in order if word in found] or list(
        dict.fromkeys(word for one in counts for word in one)
    )
    series = tuple(
        (side.name, tuple(one.get(label, 0) for label in labels))
        for side, one in zip(sides, counts, strict=True)
    )
    return Chart(title, tuple(shown(label, 40) for label in labels), series)


def _lengths(sides: Sequence[Figures], title: str, lengths: Sequence[Lengths]) -> Chart:
    width = lengths[0].width
    labels = (*(str(place * width) for place in range(BINS - 1)), f"{(BINS - 1) * width}+")
    series = tuple((side.name, one.bins) for side, one in zip(sides, lengths, strict=True))
    return trimmed(Chart(title, labels, series, "characters, from", standing=len(sides) == 1))


def _reasons(sides: Sequence[Figures]) -> Chart:
    named = [reason.reason for reason in sides[0].reasons[:_REASONS_DRAWN]]
    counts = [{reason.reason: reason.count for reason in side.reasons} for side in sides]
    series = tuple(
        (side.name, tuple(one.get(reason, 0) for reason in named))
        for side, one in zip(sides, counts, strict=True)
    )
    return Chart("Turned down, by reason", tuple(shown(reason, 32) for reason in named), series)


def _yields(figures: Figures) -> Chart:
    """Of one dataset: pairs and records of each kind of section."""
    order = [kind.value for kind in SectionKind]
    found = sorted(figures.yields, key=lambda one: order.index(one.kind))
    return Chart(
        "Pairs and records by kind of section",
        tuple(one.kind for one in found),
        (("records", tuple(one.records for one in found)), ("pairs read", tuple(one.pairs for one in found))),
        notes=tuple(f"({_percent(one.records, one.pairs)})" for one in found),
    )
