import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.card import plots
from builder.folder.profile import Profile, Profiler
from tests.builder.corpora import paper, record

ONE = paper("one")


def profile_of(records, bodies=None):
    profiler = Profiler(bodies or {})
    for one in records:
        profiler.add(one)
    return profiler.profile()


@given(st.lists(st.tuples(st.text(max_size=20), st.floats(0, 1)), max_size=30))
def test_every_record_is_counted_once_in_each_count(pairs):
    found = profile_of(
        [record(ONE, question, support=support) for question, support in pairs], {ONE.sha256: (0, 12)}
    )
    assert sum(found.sections.values()) == len(pairs)
    assert sum(found.support) == len(pairs)
    assert sum(found.coverage) == len(pairs)
    assert sum(found.openings.values()) == len(pairs)


def test_coverage_is_the_tenth_of_the_body_in_which_the_middle_of_the_evidence_lies():
    # The evidence of these records is [3, 9) and [9, 12): its middle is 8.25.
    in_tenth = {
        body: profile_of([record(ONE, "Why?")], {ONE.sha256: body}).coverage.index(1)
        for body in [
            (0, 10),
            (0, 100),
            (8, 9),
            (9, 20),
            (0, 8),
        ]
    }
    assert in_tenth == {(0, 10): 8, (0, 100): 0, (8, 9): 2, (9, 20): 0, (0, 8): 9}


def test_papers_whose_body_is_not_known_are_not_in_the_coverage():
    assert sum(profile_of([record(ONE, "Why?")]).coverage) == 0


def test_rare_first_words_are_counted_together():
    questions = [
        f"{word} is it?"
        for word in (
            "how",
            "how",
            "why",
            "what",
            "when",
            "where",
            "who",
            "whose",
            "which",
            "can",
            "does",
            "is",
        )
    ]
    openings = profile_of(
        [record(ONE, question) for question in [*questions, "(How so?", "\u00bf?", ""]]
    ).openings
    assert openings == {
        "how": 3,
        "can": 1,
        "does": 1,
        "is": 1,
        "what": 1,
        "when": 1,
        "where": 1,
        "which": 1,
        "other": 5,
    }


def test_without_records_nothing_is_drawn(tmp_path):
    assert plots.draw(tmp_path, profile_of([])) == []
    assert list(tmp_path.iterdir()) == []


def test_the_same_profile_gives_the_same_bytes(tmp_path):
    profile = profile_of([record(ONE, "Why?")], {ONE.sha256: (0, 12)})
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        assert plots.draw(tmp_path / name, profile) == ["sections.png", "support.png", "coverage.png"]
    for path in (tmp_path / "a/plots").iterdir():
        assert path.read_bytes() == (tmp_path / "b/plots" / path.name).read_bytes()


@pytest.mark.parametrize("backend", ["module://matplotlib_inline.backend_inline", "no such backend", "tkagg"])
def test_whatever_backend_the_environment_names_plots_are_drawn(tmp_path, backend):
    profile = Profile({"results": 3}, (*[0] * 9, 3), (3, *[0] * 9), {})
    code = (
        "from pathlib import Path; from builder.card import plots; from builder.folder.profile import Profile; "
        f"print(plots.draw(Path('.'), {profile!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ, "MPLBACKEND": backend, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("['sections.png', 'support.png', 'coverage.png']\n", "")


def test_a_plot_that_cannot_be_drawn_is_told_of_and_left_out(tmp_path, caplog):
    (tmp_path / "plots").write_text("somebody's file")
    profile = Profile({"results": 3}, (*[0] * 9, 3), (0,) * 10, {})
    assert plots.draw(tmp_path, profile) == []
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "the card goes without sections.png",
        "the card goes without support.png",
    ]
    assert (tmp_path / "plots").read_text() == "somebody's file"
