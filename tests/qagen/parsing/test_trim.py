"""What is taken from the ends of a question or an answer, and what stays."""

import pytest

from qagen.parsing import trim
from qagen.parsing.trim import _LAST_WORDS, _LONGEST, _MOST_LINES


@pytest.mark.parametrize(
    ("text", "bold_open", "deco", "question"),
    [
        (" Why? ", False, "", "Why?"),
        ("### Why?", False, "", "Why?"),
        ("## 3. Why?", False, "", "Why?"),
        ("1. Why?", False, "", "Why?"),
        ("- Why?", False, "", "Why?"),
        ("Why?**", True, "**", "Why?"),
        ("** Why?", True, "**", "Why?"),
        ("** Why **so** now?", True, "**", "Why **so** now?"),
        ("**Why?** ", False, "", "Why?"),
        ("**Why** and **how**?", False, "", "**Why** and **how**?"),
        ("Why **now**?**", True, "**", "Why **now**?"),
        ("Why **now?", True, "**", "Why now?"),
        ("Why?\n**Hint:** heat**", True, "**", "Why?\nHint:** heat**"),
        ("Why?", True, "**", "Why?"),
        ("<Why?>", False, "", "Why?"),
        ("[Why?]", False, "", "Why?"),
        ("“Why?”", False, "", "Why?"),
        ('"Why?"', False, "", "Why?"),
        ("__Why?__", False, "", "Why?"),
        ('"Why" or "how"?', False, "", '"Why" or "how"?'),
        ("**Why?", False, "", "Why?"),
        ("**Why\n\nnow?**", False, "", "**Why\n\nnow?**"),
        ("Why?**", False, "", "Why?"),
        ("Why?</question>", False, "", "Why?"),
        ("Why?<|im_end|>", False, "", "Why?"),
        ("Why?\n------", False, "", "Why?"),
        ("<br>Why?", False, "", "Why?"),
        ("<br />\n<BR>Why?", False, "", "Why?"),
        ("Why?\n> how?", False, "> ", "Why?\nhow?"),
        ("> Why?\n> how?", False, "<", "> Why?\n> how?"),
        ("\u200bWhy?\ufeff", False, "", "Why?"),
    ],
)
def test_a_question_loses_what_surrounds_it(text, bold_open, deco, question):
    assert trim.question(text, bold_open, deco) == question


@pytest.mark.parametrize(
    ("deco", "text", "answer"),
    [
        ("   ", "By heat.\n   And by creep.", "By heat.\nAnd by creep."),
        ("\t", "By heat.\n        And by creep.", "By heat.\nAnd by creep."),
        ("1. ", "By heat.\n   And by creep.", "By heat.\nAnd by creep."),
        ("- ", "By heat.\n  And by creep.", "By heat.\nAnd by creep."),
        ("* ", "By heat.\n  And by creep.", "By heat.\nAnd by creep."),
        ("+ ", "By heat.\n  And by creep.", "By heat.\nAnd by creep."),
        ("• ", "By heat.\n  And by creep.", "By heat.\nAnd by creep."),
        ("- ", "By heat.\n     And by creep.", "By heat.\n   And by creep."),
        ("- ", "Both:\n    x = 1\n   y = 2", "Both:\n  x = 1\n y = 2"),
        ("- ", "Both:\n x = 1\n   y = 2", "Both:\nx = 1\n  y = 2"),
        ("##", "By heat.\n  And by creep.", "By heat.\n  And by creep."),
        ("", "By heat.\n  And by creep.", "By heat.\n  And by creep."),
        ("> ", "By heat.\n> And by creep.", "By heat.\nAnd by creep."),
        ("", "> By heat.\n> And by creep.", "By heat.\nAnd by creep."),
        ("", "> By heat.\nAnd by creep.", "> By heat.\nAnd by creep."),
        ("", "|\n By heat.", "By heat."),
        ("", ">-\n By heat.", "By heat."),
        ("", "1. By heat.", "By heat."),
        ("", "- By heat.", "By heat."),
        ("", "1. By heat.\n2. By creep.", "1. By heat.\n2. By creep."),
        ("", "By heat.\n\n### 2. The next one", "By heat."),
        ("", "By heat.\n\n**Next topic:**\n\n---", "By heat."),
        ("", "By heat.\n\n3. **Water**", "By heat."),
        ("", "Two ways:\n\n3. **Water**", "Two ways:\n\n3. **Water**"),
        ("", "1. By heat.\n\n2. **Water**", "1. By heat.\n\n2. **Water**"),
        ("", "By heat. ------", "By heat."),
        ("", "By heat. ###", "By heat."),
        ("", "By heat.</answer>\n</qa>", "By heat."),
        ("", "<i>By heat.</i>", "<i>By heat.</i>"),
        ("", "### A heading", "### A heading"),
        ("", "------", ""),
        ("", "", ""),
        ("", "By heat." + "\n------" * _MOST_LINES, "By heat."),
        ("", "By heat." + "\n------" * (_MOST_LINES + 1), "By heat.\n------"),
    ],
)
def test_an_answer_loses_what_surrounds_it(deco, text, answer):
    assert trim.answer(text, False, deco, False, False) == (answer, None)


GENERAL = "By heat.\n\nOverall, heat matters."


@pytest.mark.parametrize(
    ("text", "last", "plain", "answer", "cut"),
    [
        ("By heat.\n\nI hope this helps!", False, False, "By heat.", 9),
        ("\nI hope this helps!", False, False, "I hope this helps!", None),
        ("By heat.\n\nThese questions cover all of it.", False, False, "By heat.", 9),
        ("By heat.\n\n### Summary\nIt is heat.", True, False, "By heat.", 9),
        ("By heat.\n\n### Summary\nIt is heat.", False, False, "By heat.\n\n### Summary\nIt is heat.", None),
        (
            "### Cause\nBy heat.\n\n### Summary\nIt is heat.",
            True,
            False,
            "### Cause\nBy heat.\n\n### Summary\nIt is heat.",
            None,
        ),
        (GENERAL, True, True, "By heat.", 8),
        (GENERAL, True, False, GENERAL, None),
        (GENERAL, False, True, GENERAL, None),
        ("By heat.\nHuman: Thanks.", False, False, "By heat.", 8),
        ("By heat. Human: Thanks.\n\nI hope this helps!", False, False, "By heat.", 8),
        ("By heat.<|im_end|>\nI hope this helps!", False, False, "By heat.", 8),
        ("By heat. Let me know if you need more!", False, False, "By heat.", 8),
        ("By heat. Let me know if you need more!\n\nDone.", False, False, "By heat.", 8),
        ("By heat.\nAnd creep. These Q&A pairs cover it.", False, False, "By heat.\nAnd creep.", 19),
        (
            "By heat. Let me know if you need more!\nOr not.",
            False,
            False,
            "By heat. Let me know if you need more!\nOr not.",
            None,
        ),
    ],
)
def test_what_a_model_says_of_its_own_work_is_cut_and_told(text, last, plain, answer, cut):
    assert trim.answer(text, False, "", last, plain) == (answer, cut)


def test_own_work_is_looked_for_near_the_beginning_and_at_the_end():
    long = "a" * _LONGEST
    assert trim.answer(f"{long}\nI hope this helps!", False, "", True, True) == (
        f"{long}\nI hope this helps!",
        None,
    )
    general = f"{long}.\n\nOverall, it flows."
    assert trim.answer(general, False, "", True, True) == (general, None)
    words = "b" * _LAST_WORDS
    assert trim.answer(f"By heat. Let me know if {words}", False, "", False, False) == (
        f"By heat. Let me know if {words}",
        None,
    )
