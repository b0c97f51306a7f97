"""The card's plots: small PNG files that the Hub shows, drawn the same way whatever the user's matplotlib settings are."""

import logging
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_log = logging.getLogger(__name__)

FOLDER = "plots"
_BACKEND = "MPLBACKEND"
_INK, _BAR, _FAINT = "#1f2933", "#2f6f9f", "#d5dbe1"
_DPI = 110
_WIDTH, _HEIGHT = 6.4, 2.6
"""Inches."""


def draw(folder: Path, profile: Mapping[str, Any]) -> list[str]:
    """Draw what a profile has counts for. A plot that cannot be drawn is told of and left out: it decorates a dataset.

    Args:
        folder: the dataset folder; `plots/` is made in it where there is something to draw.
        profile: `Profile.as_json()`, or what a manifest has of it.

    Returns:
        The files' names below `plots/`, in the order of the card.
    """
    drawn = []
    for name, counts, labels, title, axis in _plots(profile):
        if sum(counts) and _drawn(folder / FOLDER / name, counts, labels, title, axis):
            drawn.append(name)
    return drawn


def _drawn(path: Path, counts: Sequence[int], labels: list[str], title: str, axis: str) -> bool:
    try:
        path.parent.mkdir(exist_ok=True)
        _bars(path, counts, labels, title, axis)
    except Exception as error:  # noqa: BLE001 -- hours of answers are worth more than whatever a drawing library raises
        with suppress(OSError):
            path.unlink(missing_ok=True)
            path.parent.rmdir()
        _log.warning("the card goes without %s: %s: %s", path.name, type(error).__name__, error)
        return False
    return True


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
    matplotlib = _matplotlib()
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


def _matplotlib() -> ModuleType:
    """Import matplotlib, now, since that takes longer than most commands do; whatever backend the environment names.

    Notebooks name one for everything that they start, and matplotlib refuses to be imported where that is not installed. A
    program that draws by itself later finds the backend that it asked for.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it tells of its font cache
    named = os.environ.pop(_BACKEND, None)
    try:
        import matplotlib
    finally:
        if named is not None:
            os.environ[_BACKEND] = named
    if named and not _backend_is_chosen(matplotlib):
        with suppress(ValueError):
            matplotlib.rcParams["backend"] = named
    return matplotlib


def _backend_is_chosen(matplotlib: ModuleType) -> bool:
    return matplotlib.get_backend(auto_select=False) is not None


def _plain(axes: "Axes", labels: list[str], highest: int) -> None:
    axes.set_ylim(0, highest * 1.12)
    axes.set_yticks([])
    axes.set_xticks(range(len(labels)), labels, fontsize=8, color=_INK)
    axes.tick_params(length=0)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_FAINT)
