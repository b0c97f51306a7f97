from dataclasses import replace

from qagen.reasons import Kind, Reason
from qagen.records import ChunkInfo, Generation, PaperInfo, Record, Rejection, Scores, SectionInfo, record_id
from qagen.select import question_key, select

PAPER = PaperInfo("ab" * 32, "paper:ab", "a.pdf")


def record(question: str, answer: str = "Because it is warm.") -> Record:
    return Record(
        record_id(PAPER.sha256, question, answer),
        question,
        answer,
        (),
        PAPER,
        SectionInfo(("Results",), 0, 9),
        ChunkInfo(0, 1, 9, "cd" * 32, (1,)),
        Generation("server"),
        Scores(0.9),
    )


def displaced(loser: Record, winner: Record) -> Rejection:
    return Rejection(
        Kind.PAIR,
        Reason.DUPLICATE,
        f"asks the same as record {winner.id}",
        loser.paper,
        loser.question,
        loser.answer,
        loser.section,
        loser.chunk,
        loser.generation,
        displaced_by=winner.id,
    )


def test_of_questions_that_are_the_same_the_first_stays_and_the_other_names_it():
    first, same, other = (
        record("Why does ice melt?"),
        record("why does  ICE melt", "It is hot."),
        record("Why does it snow?"),
    )
    assert list(select([first, same, other])) == [first, displaced(same, first), other]


def test_a_record_of_the_base_wins_over_a_newcomer_that_comes_first():
    newcomer, incumbent = record("Why does ice melt?"), record("Why does ice melt?", "It is hot.")
    base = {question_key(incumbent.question): incumbent.id}
    assert list(select([newcomer, incumbent], base)) == [displaced(newcomer, incumbent), incumbent]


def test_the_same_pair_twice_is_published_once():
    twice = record("Why does ice melt?")
    assert list(select([twice, replace(twice)])) == [twice, displaced(twice, twice)]


def test_rejections_pass():
    rejection = Rejection(Kind.PAPER, Reason.DAMAGED, "half a file", PAPER)
    assert list(select([rejection])) == [rejection]


def test_questions_that_differ_in_a_number_or_a_unit_are_two():
    assert (
        len({question_key(text) for text in ("At 5 °C?", "At 5 C?", "At 6 °C?", "At 5%?", "at 5 °c ?")}) == 4
    )
