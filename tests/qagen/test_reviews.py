"""The file of decisions, and what several decisions come to."""

import json
import subprocess
import sys

import pytest

from qagen.checks.reading.whole_paper import WholePaper
from qagen.question_kinds import Difficulty, QuestionKind
from qagen.records import (
    Chunk,
    ChunkInfo,
    Document,
    Generation,
    Metadata,
    PlaceInfo,
    Section,
    SectionInfo,
    sha256,
)
from qagen.reviews import Decision, Origin, Reviews, Sample, Verdict
from qagen.reviews.applied import PaperReviews
from qagen.reviews.figures import cohens_kappa
from qagen.reviews.file import ReviewFile, as_json, encoded, entry_of, load_reviews
from qagen.settings import CheckSettings

PAPER = sha256("a paper")
A, R, U, B = Verdict.ACCEPT, Verdict.REJECT, Verdict.UNDO, Verdict.BRING_BACK


def said(verdict, reviewer="ada", question="Why is it so?", **more):
    if verdict is Verdict.EDIT:
        more = {"new_question": question, "new_answer": "Another one.", **more}
    return Decision(PAPER, question, "Since it is.", reviewer, verdict, **more)


def test_what_was_written_is_read_back(tmp_path):
    entries = [
        said(A, at="2026"),
        said(R, reason="not so"),
        said(Verdict.EDIT),
        Sample(0, 3, PAPER, ("0" * 32,)),
    ]
    ReviewFile(tmp_path / "r").append(entries)
    assert list(ReviewFile(tmp_path / "r").read_on()) == entries


def test_a_torn_last_line_costs_that_line_only_and_the_next_stands_on_its_own(tmp_path):
    whole = encoded(said(A))
    for cut in range(1, len(whole) - 1, 29):
        place = tmp_path / str(cut)
        place.write_bytes(whole + encoded(said(R))[:cut])
        reviews, damaged = load_reviews(place)
        assert (reviews.word(said(A).id).verdict, len(damaged)) == (A, 1)
        ReviewFile(place).append([said(B)])
        assert load_reviews(place)[0].word(said(A).id).verdict is B


def test_a_changed_letter_is_no_decision(tmp_path):
    (tmp_path / "r").write_bytes(encoded(said(R, reason="wrong")).replace(b"wrong", b"right"))
    reviews, damaged = load_reviews(tmp_path / "r")
    assert (len(reviews), [one.number for one in damaged]) == (0, [1])


def test_a_line_that_a_person_wrote_counts_and_one_of_another_pair_does_not(tmp_path):
    line = as_json(said(A))
    other = {**line, "answer": "No."}
    (tmp_path / "r").write_text(f"{json.dumps(line)}\n{json.dumps(other)}\n\n[]\n")
    reviews, damaged = load_reviews(tmp_path / "r")
    assert (list(reviews.decided), [one.number for one in damaged]) == ([said(A).id], [2, 4])


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "maybe"},
        {"reviewer": "a\nb"},
        {"paper": "x"},
        {"verdict": "edit"},
        {"format": 9},
        {"question": "\ud800"},
        {"reason": "x" * 3000},
        {"sample": {}},
    ],
)
def test_what_is_no_decision_is_refused_in_one_line(wrong):
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        entry_of({**as_json(said(A)), **wrong})


def test_processes_that_write_at_once_lose_nothing(tmp_path):
    script = (
        "import sys; from pathlib import Path; from qagen.reviews import Decision, Verdict; "
        "from qagen.reviews.file import ReviewFile\n"
        "for n in range(20):\n"
        " ReviewFile(Path(sys.argv[1])).append([Decision(sys.argv[3], str(n), 'a', sys.argv[2], Verdict.ACCEPT)])"
    )
    both = [subprocess.Popen([sys.executable, "-c", script, tmp_path / "r", name, PAPER]) for name in "xy"]
    assert [one.wait() for one in both] == [0, 0]
    reviews, damaged = load_reviews(tmp_path / "r")
    assert (damaged, {name: len(one) for name, one in reviews.views().items()}) == ((), {"x": 20, "y": 20})


@pytest.mark.parametrize(
    ("decisions", "verdict", "disputed"),
    [
        ([said(A), said(R)], R, False),
        ([said(R), said(A)], A, False),
        ([said(A), said(R), said(U)], A, False),
        ([said(A), said(U)], None, False),
        ([said(U), said(A)], A, False),
        ([said(R), said(A, "bob")], R, True),
        ([said(Verdict.EDIT), said(A, "bob")], Verdict.EDIT, True),
        ([said(Verdict.EDIT), said(R, "bob")], R, True),
        ([said(A), said(B, "bob")], B, False),
    ],
)
def test_the_last_decision_of_each_counts_and_the_careful_one_wins(decisions, verdict, disputed):
    word = Reviews.of(decisions).word(said(A).id)
    assert (word and word.verdict, bool(word and word.disputed)) == (verdict, disputed)


def test_of_two_edits_the_later_one_counts():
    one, other = said(Verdict.EDIT, new_answer="One."), said(Verdict.EDIT, "bob", new_answer="Other.")
    assert Reviews.of([one, other]).word(one.id).decision == other
    assert Reviews.of([other, one]).word(one.id).decision == one


def test_the_digest_knows_no_names_and_no_times_and_only_the_papers_that_are_asked_for():
    assert Reviews.of([said(A, at="1")]).digest([PAPER]) == Reviews.of([said(A, "bob", at="2")]).digest(
        [PAPER]
    )
    assert Reviews.of([said(A)]).digest([PAPER]) != Reviews.of([said(R)]).digest([PAPER])
    assert Reviews.of([said(A)]).digest([sha256("other")]) is None


def test_kappa_is_that_of_the_textbook():
    one = {str(n): "yes" if n < 25 else "no" for n in range(50)}
    other = {str(n): "yes" if n < 20 or 25 <= n < 35 else "no" for n in range(50)}
    assert cohens_kappa(one, other) == (50, 35, pytest.approx(0.4))
    assert cohens_kappa({"a": "yes"}, {"a": "yes"}) == (1, 1, None)
    assert cohens_kappa({"a": "yes"}, {"b": "yes"}) == (0, 0, None)


def test_a_draw_hangs_on_seed_and_ids_alone():
    ids = [sha256(str(n))[:32] for n in range(30)]
    drawn = Sample.draw(ids, 5, seed=1, dataset=PAPER)
    assert drawn == Sample.draw(reversed(ids), 5, seed=1, dataset=PAPER)
    assert drawn != Sample.draw(ids, 5, seed=2, dataset=PAPER)


def paper_reviews(origin, new_answer, text):
    edit = Decision(
        "ab" * 32,
        "Why so?",
        "Old.",
        "ada",
        Verdict.EDIT,
        new_question="How deep is it?",
        new_answer=new_answer,
        origin=origin,
    )
    document = Document("ab" * 32, text, (), Metadata(), "rules")
    return PaperReviews(Reviews.of([edit]), document, CheckSettings(), WholePaper(text))


def slice_of(text, start, end, index=0):
    return ChunkInfo(index, start, end, sha256(text[start:end]), (1,)), SectionInfo(
        ("Results",), 0, len(text)
    )


def test_an_edit_comes_back_as_the_kind_that_was_asked_for():
    text = "The peat is two metres deep. It has been drained since 1950."
    chunk, section = slice_of(text, 0, len(text))
    origin = Origin(
        sha256(text), section, chunk, Generation("server"), QuestionKind.UNANSWERABLE, next(iter(Difficulty))
    )
    reviews = paper_reviews(origin, "Not stated.", text)
    ((found, _),) = reviews.left_of(
        Chunk(0, 0, len(text), text, Section(("Results",), 0, len(text), 0, body=True), (1,))
    )
    assert (found.verdict.pair.kind, found.verdict.pair.difficulty) == (
        QuestionKind.UNANSWERABLE,
        next(iter(Difficulty)),
    )
    assert found.faults == ()


def test_an_edit_of_a_pair_about_several_places_comes_back_with_all_of_them_or_not_at_all():
    text = "The peat of Auwald is two metres deep.\n\nThe peat of Birkmoor is three metres deep."
    places = tuple(PlaceInfo(*slice_of(text, *span)) for span in ((0, 38), (40, len(text))))
    origin = Origin(sha256(text), places[0].section, places[0].chunk, Generation("server"), places=places)
    reviews = paper_reviews(origin, "The peat of Birkmoor is three metres deep.", text)
    cut = {(0, 38), (40, len(text))}
    section = Section(("Results",), 0, len(text), 0, body=True)
    assert list(reviews.left_of(Chunk(0, 0, 38, text[:38], section, (1,)))) == []
    ((found, _, chunk),) = reviews.left_before(None, cut)
    assert [(one.start, one.end) for one in chunk.chunks] == [(0, 38), (40, len(text))]
    assert "one_place_enough" in found.mark.overruled
    gone = paper_reviews(origin, "The peat is deep.", text.replace("three", "seven"))
    ((lost, _, chunk),) = gone.left_before(None, cut)
    assert (chunk, [str(fault.reason) for fault in lost.faults]) == (None, ["edit_without_source"])
