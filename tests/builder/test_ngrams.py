"""Overlaps by n-grams: found wherever they stand, and only where there are enough words in a row."""

from hypothesis import given
from hypothesis import strategies as st

from builder.evaluating.files import texts_of_files
from builder.evaluating.ngrams import LEAST_WORDS, MOST_WORDS, Grams, OtherText, Overlap
from builder.evaluating.records import SourceRecord

LONG = "the quick brown fox jumps over the lazy dog while nine clever cats watch it from a wall"
WORDS = st.lists(st.sampled_from("abcdefgh"), min_size=0, max_size=40)


def record(question, answer, name="r"):
    return SourceRecord(id=name, question=question, answer=answer, paper_sha256="p")


def overlaps(records, text):
    return list(Grams(records).overlaps(OtherText("train", "o", text)))


def test_a_run_of_thirteen_words_is_found_whatever_its_case_and_punctuation():
    said = "We know: The QUICK brown fox jumps over (the lazy dog), while nine clever cats slept."
    (found,) = overlaps([record("Why?", LONG)], said)
    example = "the quick brown fox jumps over the lazy dog while nine clever cats"
    assert found == Overlap("r", "answer", "train", "o", round(1 / 6, 4), " ".join(example.split()[:13]))


def test_twelve_words_of_a_longer_text_are_none():
    twelve = " ".join(LONG.split()[:12])
    assert overlaps([record("Why?", LONG)], f"{twelve} other words follow here") == []


def test_a_shorter_text_is_found_as_a_whole_and_one_of_fewer_than_eight_words_never():
    eight = "what makes the small sample grow so quickly"
    assert len(eight.split()) == LEAST_WORDS
    found = overlaps([record(eight, "Yes.")], f"asked was {eight} today")
    assert [(one.field, one.share) for one in found] == [("question", 1.0)]
    assert (
        overlaps(
            [record("what makes the small sample grow so", "Yes.")], "what makes the small sample grow so"
        )
        == []
    )


def test_each_record_that_has_the_run_is_listed():
    found = overlaps([record("Why?", LONG, "one"), record("How?", LONG, "two")], LONG)
    assert [(one.id, one.share) for one in found] == [("one", 1.0), ("two", 1.0)]


@given(WORDS, WORDS)
def test_the_same_as_by_comparing_every_run_with_every_run(mine, other):
    found = overlaps([record("", " ".join(mine))], " ".join(other))
    length = min(len(mine), MOST_WORDS)
    runs = {tuple(mine[i : i + length]) for i in range(len(mine) - length + 1)}
    others = {tuple(other[i : i + length]) for i in range(len(other) - length + 1)}
    expected = round(len(runs & others) / len(runs), 4) if length >= LEAST_WORDS and runs & others else None
    assert [one.share for one in found] == ([] if expected is None else [expected])


def test_a_run_over_lines_and_windows_of_a_plain_text_is_found(tmp_path):
    file = tmp_path / "corpus.txt"
    head, tail = LONG.split()[:9], LONG.split()[9:]
    for filler in range(19_930, 20_010, 7):
        file.write_text(
            "x " * (filler // 2) + "\n" + " ".join(head) + "\n" + " ".join(tail) + "\n" + "y " * 9_000
        )
        grams = Grams([record("", LONG)])
        found = [one for text in texts_of_files([file]) for one in grams.overlaps(text)]
        assert {one.share for one in found} >= {1.0}, filler


def test_all_strings_of_a_json_line_are_read_however_deep(tmp_path):
    file = tmp_path / "b.jsonl"
    deep = '{"a":' * 500 + f'["{LONG}"]' + "}" * 500
    file.write_text(f"\n{deep}\n")
    (text,) = texts_of_files([file])
    assert (text.where, text.name, text.text) == ("b.jsonl", "2", LONG)
