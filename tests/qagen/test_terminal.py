"""Nothing that others wrote acts on a terminal, and everything that people write stays readable."""

import sys
import unicodedata

import pytest

from qagen.progress import Lines
from qagen.terminal import printable, printable_line

ALL = [chr(code) for code in range(sys.maxunicode + 1)]
ACTS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
HOSTILE = "a\x1b]0;owned\x07\x1b[2J\x9b1mb\u202egnp.exe\u2066\r\x00\ud83d"


def test_no_character_that_acts_is_left():
    for char in ALL:
        acts = (
            unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(char) in ACTS
        )
        if acts and char not in "\n\t":
            assert printable(char) == char.encode("unicode_escape").decode(), hex(ord(char))


def test_letters_marks_signs_and_blanks_stay_as_they_are():
    for char in ALL:
        if unicodedata.category(char)[0] in "LMNPS" or char in " \n\t\u00a0\u200c\u200d":
            assert printable(char) == char, hex(ord(char))


def test_one_line_stays_one_line():
    assert printable_line("a\nok  all is well\tb") == "a\\nok  all is well\\tb"


def test_a_hostile_name_shows_what_it_is():
    assert printable(HOSTILE) == (
        "a\\x1b]0;owned\\x07\\x1b[2J\\x9b1mb\\u202egnp.exe\\u2066\\r\\x00\\ud83d"
    )  # fmt: skip


def test_a_note_of_a_run_is_one_harmless_line(capsys):
    Lines().note(f"{HOSTILE}\nforged")
    said = capsys.readouterr().err
    assert said == printable_line(f"{HOSTILE}\nforged") + "\n"
    assert said.count("\n") == 1


@pytest.mark.parametrize("char", ["\x1b", "\u202e", "\n", "\x9b"])
def test_what_is_shown_is_shown_again_as_it_is(char):
    assert printable_line(printable_line(f"a{char}b")) == printable_line(f"a{char}b")
