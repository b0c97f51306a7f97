"""The card's plots: small PNG files that the Hub shows, drawn the same way whatever the user's matplotlib settings are."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FOLDER = "plots"
_INK, _BAR, _FAINT = "#1f2933", "#2f6f9f", "#d5dbe1"
_DPI = 110
_WIDTH, _HEIGHT = 6.4, 2.6
"""Inches."""


def draw(folder: Path, profile: Mapping[str, Any]) -> list[str]:
    """Draw what a profile has counts for.

    Args:
        folder: the dataset folder; `plots/` is made in it where there is something to draw.
        profile: `Profile.as_json()`, or what a manifest has of it.

    Returns:
        The files' names below `plots/`, in the order of the card.
    """
    drawn = []
    for name, counts, labels, title, axis in _plots(profile):
        if sum(counts):
            (folder / FOLDER).mkdir(exist_ok=True)
            _bars(folder / FOLDER / name, counts, labels, title, axis)
            drawn.append(name)
    return drawn


def _plots(profile: Mapping[str, Any]) -> list[tuple[str, Sequence[int], list[str], str, str]]:
    sections = profile["sections"]
    tenths = [f"{10 * number}–{10 * number + 10}" for number in range(10)]
    scores = [f"{number / 10:.1f}–{number / 10 + 0.1:.1f}" for number in range(10)]
    return [
        ("sections.png", list(sections.values()), list(sections), "Records by kind of section", ""),
        ("support.png", profile["support"], scores, "Records by support score", "support"),
        (
            "coverage.png",
            profile["coverage"],
            tenths,
            "Where in the papers the evidence lies",
            "place in the main body, in percent from its beginning",
        ),
    ]


def _bars(path: Path, counts: Sequence[int], labels: list[str], title: str, axis: str) -> None:
    """Bars with their counts above them, since a card is read without a mouse."""
    # Imported here: it takes longer than most commands do.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it tells of its font cache
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        figure = Figure(figsize=(_WIDTH, _HEIGHT), dpi=_DPI, facecolor="white")
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0.03, 0.24 if axis else 0.15, 0.94, 0.62 if axis else 0.7))
        bars = axes.bar(range(len(counts)), counts, color=_BAR, width=0.75)
        axes.bar_label(bars, [f"{count:,}" for count in counts], fontsize=8, color=_INK, padding=2)
        _plain(axes, labels, max(counts))
        axes.set_title(title, fontsize=10, color=_INK, loc="left", pad=10)
        axes.set_xlabel(axis, fontsize=8, color=_INK)
        # No version in the file: another matplotlib that draws the same gives the same bytes.
        figure.savefig(path, format="png", metadata={"Software": None})


def _plain(axes: "Axes", labels: list[str], highest: int) -> None:
    axes.set_ylim(0, highest * 1.12)
    axes.set_yticks([])
    axes.set_xticks(range(len(labels)), labels, fontsize=8, color=_INK)
    axes.tick_params(length=0)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_FAINT)
