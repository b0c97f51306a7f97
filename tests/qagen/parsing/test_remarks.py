"""What a model says about its own work, glued to an answer; and what sounds like it and is an answer."""

import pytest

from qagen.parsing import explain, parse

PAIRS = [
    ("How does ice move over till?", "It slides, and the till deforms by 3% a day."),
    ("Why does it speed up in spring?", "Water lifts it from its bed."),
    ("What slows it down in autumn?", "Channels drain the bed, so that the ice sits down."),
    ("Where does the drag come from?", "It comes from bumps of about one metre."),
    ("How deep does the water run?", "It runs at the bed, 900 m below."),
]

REMARKS = (
    "Let me know if something is to be changed.",
    "I hope these help you!",
    "Should you need more pairs, just say so.",
    "If any further detail is wanted, feel free to ask.",
    "If you have other questions, I am here.",
    "Please don't hesitate to ask for more.",
    "Would you like harder ones?",
    "Thank you for the excerpt.",
    "Done.",
    "I need five more.",
    "(Continued in the next response)",
    "Remember to check the numbers.",
    "As requested, there is no preamble.",
    "In this response, definitions were avoided.",
    "I've kept all of them self-contained.",
    "Wait, I should count them.",
    "Now, let me check the format.",
    "The user asked for ten.",
    "These Q&A pairs go from the bed to the surface.",
    "This set of question-answer pairs is about ice.",
    "Each question is designed to make one think.",
    "Each answer is rich in detail.",
    "Every pair is crafted to stand alone.",
    "All answers are drawn from the excerpt.",
    "The questions above span mechanics and hydrology.",
    "By answering these questions, one learns how glaciers flow.",
    "Together, these questions paint a whole glacier.",
    "This format ensures that each pair is self-contained.",
    "These responses reflect what is said in the paper.",
    "That makes 10 questions.",
    "Total: 5 Q&A pairs",
    "(5 Q&A pairs in all)",
    "Conclusion: These Q&A pairs give the whole picture.",
    "**Note:** These pairs follow the excerpt.",
    "*Note: the above is based on the excerpt.*",
    "**Final Answer** The Q&A pairs above are final.",
    "**Explanation:** The questions above were chosen for their depth.",
    "### Explanation:\n\nEach question was chosen for its depth.",
    "**Key Takeaways:**\n\n1. **Ice** flows.\n2. Water helps.",
    "### Summary\n\nIce flows, and water helps.",
    "[End of the questions]",
    "以上是五个问答对。",
    "...",
    "<|im_end|>\n<|im_start|>user\nAnd the next excerpt?",
    "<｜end▁of▁sentence｜>",
)


def read(text, **options):
    return [(pair.question, pair.answer) for pair in parse(text, **options).pairs]


def render(pairs, joint="\n\n"):
    return joint.join(f"###QUESTION: {question}\n###ANSWER: {answer}" for question, answer in pairs)


@pytest.mark.parametrize("glue", ["\n", "\n\n", "\n\n---\n\n", "\n\n \n"])
@pytest.mark.parametrize("remark", REMARKS)
def test_a_remark_behind_the_last_answer_is_cut(remark, glue):
    assert read(render(PAIRS[:3]) + glue + remark) == PAIRS[:3]


@pytest.mark.parametrize(
    "remark",
    [
        "Let me know if you need more!",
        "These Q&A pairs cover the excerpt.",
        "Each of the question-answer pairs stands alone.",
    ],
)
def test_a_remark_on_the_line_of_the_last_answer_is_cut(remark):
    assert read(f"{render(PAIRS)} {remark}") == PAIRS


def test_generalities_are_cut_where_all_answers_but_the_last_have_one_paragraph():
    tail = "\n\nUnderstanding all this is crucial for any forecast of the sea level."
    assert read(render(PAIRS) + tail) == PAIRS
    assert explain(render(PAIRS) + tail)[-1] == ("closing remark", tail.strip())
    few = PAIRS[:2]
    assert read(render(few) + tail) == [few[0], (few[1][0], few[1][1] + tail)]


@pytest.mark.parametrize(
    "answer",
    [
        "It slides.\n\nOverall, the speed rises from 60 to 92 m/a.",
        "It slides.\n\nIn summary, the pairs of channels drain together.",
        "Below 9 K electrons pair.\n\nThis breaks the pairs apart above the gap.",
        "Two tests were made.\n\nThe mechanical responses of the layers under the paper differ by 10%.",
        "It slides.\n\nIf you need more pressure, add a spring of 3 N/mm.",
        "It slides.\n\nEach pair of electrodes was pressed at 50 MPa.",
        "It slides.\n\nThese ions cover the surface of the grain.",
        "It slides.\n\nThus, the question of contact is settled.\nThe answer lies in the flux.",
        "It slides.\n\nNote: the value of 40 MPa is for dense ice.",
        "It slides.\n\n**Summary:** contact is what matters.",
        "Two effects meet.\n\n**Mechanical Effects:**\n- Cracks open.\n- Voids grow.\n\n**Chemical Effects:**\nSalt dissolves.",
        "The data are these.\n\n| cell | loss |\n|---|---|\n| bare | 40% |\n\nThe second is better.",
        "There is one step:\n1. Mixing by hand",
        "Steps are:\n1. Mix\n2. Press\n3. Heat",
        "They pose this Question: does it crack? The Answer: it does, at 40 MPa.",
        "With\nQ/A: the heat flux\n\nwhere Q and A are heat and area.",
        "Region A: pressed, region B: free.\nA: area\nL: length.",
        "The open points are:\n- why does it crack?\n- where does it go?",
        "The film holds.\nThe final product is ice.",
        "At <30 MPa> nothing moves; a<b holds.",
        "[33] reports 40 MPa and [36]",
        "The main cause is the **loss of contact**",
        "**Ice**: it flows.\n\n**Till**: it deforms.",
    ],
)
def test_an_answer_that_sounds_like_a_remark_stays_whole(answer):
    pairs = [PAIRS[0], ("What of it?", answer)]
    assert read(render(pairs)) == pairs
    assert read(render([pairs[1], pairs[0]])) == [pairs[1], pairs[0]]
    assert read(render(pairs, "\n---\n") + "\n---") == pairs


def test_a_text_of_unknown_end_that_stops_inside_a_word_loses_its_last_pair():
    text = f"{render(PAIRS)}\n\n###QUESTION: What of the sea?\n###ANSWER: It warms the fro"
    assert read(text) == PAIRS
    assert len(read(f"{text}\n------")) == len(read(text, finish_reason="stop")) == 6


def test_markers_named_in_a_sentence_are_no_markers():
    assert read(f"I write ###QUESTION: and ###ANSWER: as told.\n\n{render(PAIRS)}") == PAIRS


def test_loose_pairs_in_a_plan_are_drafts_where_hashed_ones_follow():
    text = f"Okay, some ideas.\n\nQ1: something on till.\nQ2: Why is it soft?\nA2: Water.\n\n{render(PAIRS)}"
    parsed = parse(text)
    assert [(pair.question, pair.answer) for pair in parsed.pairs] == PAIRS
    assert ("draft", "Q2: Why is it soft?") in explain(text)


@pytest.mark.parametrize(
    "text",
    [
        "Possible questions on the excerpt of this paper are.\n\n1. **How does ice flow?**\nThis would lead to creep and sliding.\n\n2. **Why so fast?**\nThis would lead to water.",
        "How I would build them:\n\n1. **How does ice flow?**\n   - By creep and by sliding.\n\n2. **Why so fast?**\n   - Water.",
        "1. How does ice flow?\n2. Why does it flow that fast?\n3. Where does it end?",
        "**How does ice flow?**\nBy creep.",
        "**How does ice flow?**\nIt flows by creep and by sliding.\n\n2. Why does it flow that fast?\nIt flows fast since water lifts it.",
    ],
)
def test_questions_that_nothing_marks_are_not_believed_without_need(text):
    assert read(text) == []
