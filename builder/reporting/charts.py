"""Counts as SVG that stands in a page: its text is text, and its colours are the page's.

pygal places the bars; its own style, script and tooltips are taken out, so that the page's style sheet alone says how a chart looks,
on light and dark and on paper, and that the same figures give the same bytes.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import ModuleType
from typing import cast
from xml.etree import ElementTree as ET

from markupsafe import Markup

from builder.card.plots import Bars

_WIDTH = 340
"""Of a chart in its own units, which are pixels: as many as a card has beside two others, or on a phone."""
_LINE, _BAR, _GAP = 12, 15, 9
"""The size of letters, how thick a bar that lies is, and what is between those of two labels."""
_STANDING = 200
"""The height of a chart whose bars stand."""
_SHORT = 10_000
"""From here on a count above a bar that stands is told in thousands."""
_DROPPED = frozenset({"script", "style", "desc", "defs", "title"})
_HIDDEN = frozenset({"tooltip-overlay", "titles", "overlay"})


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of one dataset, or of two beside each other.

    Attributes:
        title: what is counted.
        labels: one for each bar, or for each pair of bars.
        series: the dataset's name, and its counts in the order of the labels.
        axis: what the labels are; empty where they say it themselves.
        standing: whether the bars stand, as those of bins do; else they lie, with room for words.
        notes: stands behind each count of the first series; empty for none.
    """

    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]
    axis: str = ""
    standing: bool = False
    notes: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not any(any(counts) for _, counts in self.series)

    @property
    def words(self) -> str:
        """All that it shows in a sentence, for those who do not see it."""
        told = []
        for name, counts in self.series:
            listed = ", ".join(
                f"{label} {count:,}" for label, count in zip(self.labels, counts, strict=True) if count
            )
            told.append(f"{name}: {listed or 'none'}" if len(self.series) > 1 else listed or "none")
        return f"{self.title}. {'; '.join(told)}"


def chart_of(bars: Sequence[tuple[str, Bars]], *, standing: bool = False) -> Chart:
    """The same bars of one dataset or of two; a label that one of them lacks counts nothing there."""
    first = bars[0][1]
    labels = dict.fromkeys(label for _, one in bars for label in one.labels)
    standing = (
        standing and len(bars) == 1
    )  # the counts above two bars beside each other would cover each other
    counted = [(name, dict(zip(one.labels, one.counts, strict=True))) for name, one in bars]
    series = tuple((name, tuple(counts.get(label, 0) for label in labels)) for name, counts in counted)
    return Chart(
        first.title,
        tuple(label.partition("-")[0] if standing else label for label in labels),
        series,
        first.axis,
        standing,
    )


def trimmed(chart: Chart) -> Chart:
    """A chart whose bars lie without the bins at either end in which nothing is; one whose bars stand as it is."""
    filled = [place for place in range(len(chart.labels)) if any(counts[place] for _, counts in chart.series)]
    if chart.standing or not filled:
        return chart
    part = slice(filled[0], filled[-1] + 1)
    series = tuple((name, counts[part]) for name, counts in chart.series)
    return replace(chart, labels=chart.labels[part], series=series)


def svg(chart: Chart) -> Markup:
    """The chart as an `svg` element, scaled to the place it stands in."""
    pygal = _pygal()
    many = len(chart.series)
    thick = _BAR * many + _GAP
    height = _STANDING if chart.standing else thick * len(chart.labels) + 2 * _GAP
    most = max((count for _, counts in chart.series for count in counts), default=0) or 1
    drawn = (pygal.Bar if chart.standing else pygal.HorizontalBar)(
        width=_WIDTH,
        height=height,
        margin=2,
        spacing=6,
        style=pygal.style.Style(
            label_font_size=_LINE,
            major_label_font_size=_LINE,
            value_font_size=_LINE,
            font_family="sans-serif",
        ),
        js=(),
        css=(),
        show_legend=False,
        print_values=True,
        print_values_position="top",
        # pygal turns a chart that lies, and the names of its axes with it.
        show_x_labels=chart.standing,
        show_y_labels=not chart.standing,
        show_y_guides=False,
        show_x_guides=False,
        # Room behind the longest bar, or above the highest, for its count.
        range=(0, most * (1.16 if chart.standing else 1.3 if chart.notes else 1.2)),
        rounded_bars=2,
        truncate_label=-1,
    )
    drawn.x_labels = list(chart.labels if chart.standing else reversed(chart.labels))
    for number, (name, counts) in enumerate(chart.series):
        notes = chart.notes if number == 0 and chart.notes else ("",) * len(counts)
        values = [
            _value(count, note, short=chart.standing) for count, note in zip(counts, notes, strict=True)
        ]
        drawn.add(name, values if chart.standing else values[::-1])
    return _cleaned(drawn.render_tree(), chart)


@cache
def _pygal() -> ModuleType:
    """pygal, imported when a chart is drawn, without the finder of modules that it leaves behind: old Pythons warn of it ever after."""
    import pygal

    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]
    return cast("ModuleType", pygal)


def _value(count: int, note: str, *, short: bool) -> object:
    """A bar with its count, and what stands behind that; none where nothing is counted."""
    number = f"{count / 1000:,.0f}k" if short and count >= _SHORT else f"{count:,}"
    text = f"{number} {note}".strip()
    return {"value": count, "formatter": lambda _: text} if count else None


def _cleaned(tree: ET.Element, chart: Chart) -> Markup:
    """Without all but shapes and words, and with the words that a screen reader says."""
    for parent in list(tree.iter()):
        for child in list(parent):
            if _is_comment(child) or _name(child) in _DROPPED or _hidden(child):
                parent.remove(child)
    for element in tree.iter():
        element.tag = _name(element)
        for attribute in ("xmlns", "id"):
            element.attrib.pop(attribute, None)
    tree.set("class", "chart")
    tree.set("role", "img")
    tree.set("aria-label", chart.words)
    # ElementTree escapes what the labels hold.
    return Markup(ET.tostring(tree, encoding="unicode", short_empty_elements=False))  # noqa: S704


def _is_comment(element: ET.Element) -> bool:
    tag: object = element.tag
    return tag is ET.Comment


def _name(element: ET.Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _hidden(element: ET.Element) -> bool:
    return not _HIDDEN.isdisjoint(element.get("class", "").split())
