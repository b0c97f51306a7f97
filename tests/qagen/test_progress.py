"""What is shown of a run, on a terminal, in a notebook and in a log."""

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from qagen.progress import Asking, Bars, Lines, Notebook, Row, Watch, duration_text, progress

NOW = Asking(done=40, known=90, expected=340, calls_at_a_time=8, tokens=6000, accepted=310, rejected=45)


class Ticking:
    """A clock that a test sets."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Ticking()


def asked(watch, clock):
    """Forty chunks in a minute."""
    watch.asking(replace(NOW, done=0, tokens=0, accepted=0, rejected=0))
    clock.now += 60
    watch.asking(NOW)


def test_a_row_says_how_far_it_is_of_how_many_and_whether_that_is_an_estimate():
    assert Row("chunks", 12, 1340, estimated=True).count == "12 of about 1,340"
    assert Row("papers", 0, 14).count == "0 of 14"
    assert Row("papers", 0, 0).count == "…"


def test_the_chunks_of_papers_that_are_not_cut_yet_are_an_estimate_and_said_to_be_one(clock):
    watch = Watch(clock)
    asked(watch, clock)
    more = ("8 min left", "100 tokens/s", "310 accepted, 45 rejected", "8 at a time")
    assert watch.rows == {"chunks": Row("chunks", 40, 340, True, more)}
    watch.asking(replace(NOW, known=340))
    assert watch.rows["chunks"] == Row("chunks", 40, 340, False, more)


def test_answers_that_were_there_before_make_no_rate(clock):
    watch = Watch(clock)
    watch.asking(replace(NOW, done=200, known=340, tokens=0, accepted=None, rejected=None))
    assert watch.rows["chunks"].more == ("8 at a time",)


def test_what_is_over_is_not_shown_beside_a_new_phase(clock):
    watch = Watch(clock)
    watch.converting(3, 3)
    asked(watch, clock)
    watch.phase("checking papers", 0, 3)
    assert watch.rows == {"checking papers": Row("checking papers", 0, 3)}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1 s"), (40, "40 s"), (89.4, "89 s"), (90, "2 min"), (720, "12 min"), (11100, "3 h 5 min"), (7200, "2 h"),
        (129600, "36 h"), (187200, "2 d 4 h"), (3.6e6, "42 d"),
    ],
)  # fmt: skip
def test_a_time_is_said_as_a_person_says_it(seconds, text):
    assert duration_text(seconds) == text


def test_a_log_has_a_line_where_something_begins_and_then_one_when_it_is_time(capsys, clock):
    with Lines(clock) as watch:
        watch.converting(0, 14)
        watch.converting(1, 14)
        clock.now += 31
        asked(watch, clock)
        watch.note("a.pdf: damaged")
        watch.phase("checking papers", 0, 14)
        watch.phase("checking papers", 1, 14)
    assert capsys.readouterr().err.splitlines() == [
        "papers 0 of 14",
        "papers 1 of 14; chunks 0 of about 340, 0 accepted, 0 rejected, 8 at a time",
        "papers 1 of 14; chunks 40 of about 340, 8 min left, 100 tokens/s, 310 accepted, 45 rejected, 8 at a time",
        "a.pdf: damaged",
        "checking papers 0 of 14",
    ]


@pytest.mark.parametrize("columns", [60, 100])
def test_bars_fit_their_terminal_and_leave_nothing_but_the_notes(clock, columns):
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=columns, color_system=None, legacy_windows=False)
    with Bars(clock, console) as watch:
        watch.converting(2, 3)
        asked(watch, clock)
        watch.note("a.pdf: [red]damaged[/red] " + "x" * 200)
        watch._bars.refresh()
        frame = Console(width=columns, color_system=None, file=io.StringIO(), record=True)
        frame.print(watch._bars.get_renderable())
    rows = frame.export_text().splitlines()
    assert len(rows) == 2
    assert all(len(row) <= columns for row in rows)
    assert ["2 of 3" in rows[0], "40 of about 340" in rows[1], "8 min left" in rows[1]] == [True] * 3
    assert "a.pdf: [red]damaged[/red] " + "x" * 200 in shown.getvalue()
    last = re.split(r"\x1b\[1A|\x1b\[2K|\r", shown.getvalue())[-1]
    assert last.replace("\x1b[?25h", "").strip() == ""


class Shown:
    def __init__(self):
        self.texts = []

    def update(self, obj):
        self.texts.append(obj._repr_html_())


def test_a_notebook_has_a_table_and_only_the_notes_are_left(clock, capsys):
    shown = Shown()
    with Notebook(shown, clock) as watch:
        watch.converting(2, 3)
        asked(watch, clock)
        watch.note("<a>.pdf: damaged")
        assert watch.table() == (
            '<table><tr><td>papers</td><td><progress value="2" max="3"></progress></td><td>2 of 3</td><td></td></tr>'
            '<tr><td>chunks</td><td><progress value="40" max="340"></progress></td><td>40 of about 340</td>'
            "<td>8 min left, 100 tokens/s, 310 accepted, 45 rejected, 8 at a time</td></tr>"
            "<tr><td></td><td>60 s</td></tr></table>"
        )
    assert shown.texts[-1] == "<ul><li>&lt;a&gt;.pdf: damaged</li></ul>"
    assert capsys.readouterr().err == ""


def test_a_notebook_shows_the_newest_notes_of_many(clock):
    shown = Shown()
    with Notebook(shown, clock) as watch:
        for number in range(23):
            watch.note(f"note {number}")
    items = re.findall("<li>(.*?)</li>", shown.texts[-1])
    assert items == ["and 3 before these", *(f"note {number}" for number in range(3, 23))]


def test_where_stderr_is_no_terminal_and_there_is_no_notebook_there_are_lines():
    assert isinstance(progress(), Lines)
