"""Tables, rows, elements and labels as pairs: what their heads say, and what no head says."""

import pytest

from qagen.parsing.shapes import _LONGEST, read_shaped

WHY, HOW = ("Why is it so?", "By the heat of it."), ("How is it so?", "By the creep of it.")


def read(text, cut=False):
    return [(pair.question, pair.answer) for pair in read_shaped(text, cut).pairs]


def rows(*cells):
    return "\n".join("| " + " | ".join(row) + " |" for row in cells)


TABLES = {
    "a head": rows(("Question", "Answer"), ("---", "---"), WHY, HOW),
    "alignment": rows(("Question", "Answer"), (":---:", "--:"), WHY, HOW),
    "a head in turn": rows(("Answer", "Question"), ("---", "---"), WHY[::-1], HOW[::-1]),
    "no head that tells": rows(("No.", "First"), ("---", "---"), ("1", "x"))
    + "\n\n"
    + rows(("Question", "Answer"), ("---", "---"), WHY, HOW),
    "a row too short": rows(("Question", "Answer"), ("---", "---"), WHY, ("Where is it?",), HOW),
    "an empty cell": rows(("Question", "Answer"), ("---", "---"), WHY, ("Where is it?", ""), ("", "Here."), HOW),
    "two tables": rows(("Question", "Answer"), ("---", "---"), ("", "Here."), WHY)
    + "\n\nMore:\n\n"
    + rows(("Question", "Answer"), ("---", "---"), HOW),
    "two whole tables": rows(("Question", "Answer"), ("---", "---"), WHY)
    + "\n\nMore:\n\n"
    + rows(("Q", "A"), ("---", "---"), HOW),
    "rules between rows": rows(("Question", "Answer"), ("---", "---"), WHY, ("---", "---"), HOW),
    "a text behind": rows(("Question", "Answer"), ("---", "---"), WHY, HOW) + "\nBoth are from the paper\n| itself | alone |",
    "elements": "<table><tr><th>Question</th><th>Answer</th></tr><tr><td></td></tr><tr><td>"
    + f"{WHY[0]}</td><td>{WHY[1]}</td></td></tr></td><TR><TD class='q'>{HOW[0]}</TD><TD>{HOW[1]}</TD></table>",
    "elements, no head": f"<tr><td>1</td><td>{WHY[0]}</td><td>{WHY[1]}</td></tr><tr><td>2</td><td>{HOW[0]}</td><td>{HOW[1]}</td>",
    "commas": f'question,answer\n"{WHY[0]}","{WHY[1]}"\n{HOW[0]}, {HOW[1]}\n',
    "commas, no head": f"1,{WHY[0]},ice,{WHY[1]}\n2,{HOW[0]},ice,{HOW[1]}",
    "commas, no head, answers first": f"{WHY[1]},{WHY[0]}\n{HOW[1]},{HOW[0]}",
    "semicolons": f"question;answer;note\n{WHY[0]};{WHY[1]};a, b\n{HOW[0]};{HOW[1]};c",
    "bars": f"question|answer\n{WHY[0]}|{WHY[1]}\n{HOW[0]}|{HOW[1]}",
    "blank lines": f"question,answer\n\n{WHY[0]},{WHY[1]}\n\n{HOW[0]},{HOW[1]}",
    "in a fence": f"The rows, as asked:\n```csv\nquestion,answer\n{WHY[0]},{WHY[1]}\n{HOW[0]},{HOW[1]}\n```\nDone.",
    "tags": f"<qa><q>{WHY[0]}</q><a>{WHY[1]}</a></qa><qa><Q>{HOW[0]}</Q><A>{HOW[1]}</A></qa>",
    "tags with others inside": f"<q>{WHY[0]}</q></b><p><a>{WHY[1]}</a></p><a>Again.</a><q>{HOW[0]}</q><a>{HOW[1]}</a>",
    "tags that are empty": f"<q>{WHY[0]}</q><a></a><a>{WHY[1]}</a><q></q><a>So.</a><q>{HOW[0]}</q><a>{HOW[1]}</a>",
    "attributes": f"<item question=\"{WHY[0]}\">{WHY[1]}</item><item n='2' QUESTION='{HOW[0]}'>{HOW[1]}</item>",
    "labels": f"Frage: {WHY[0]}\nAntwort: {WHY[1]}\nFrage: {HOW[0]}\nAntwort: {HOW[1]}\n",
    "labels, ruled": f"prompt: {WHY[0]}\noutput: {WHY[1]}\n---\nAn aside.\nprompt: {HOW[0]}\noutput: {HOW[1]}\n```\nDone.",
    "labels, other fields": f"Level: 1\nFrage: {WHY[0]}\nAntwort: {WHY[1]}\nLevel: 2\nFrage: {HOW[0]}\nAntwort: {HOW[1]}\nLevel: 2",
    "labels, closing summary": f"Frage: {WHY[0]}\nAntwort: {WHY[1]}\n\nFrage: {HOW[0]}\nAntwort: {HOW[1]}\n\n## Summary\nIce.",
    "labels, quoted": f'q: "{WHY[0]}"\na: \'{WHY[1]}\'\nq: “{HOW[0]}”\na: `{HOW[1]}`',
    "labels, blocks": f"q: |\n  {WHY[0]}\na: >-\n  {WHY[1]}\nq: |\n\n  {HOW[0]}\na: |+\n  {HOW[1]}\n",
    "Python": f"I did: x = [('{WHY[0]}', '{WHY[1]}'), ('{HOW[0]}', '{HOW[1]}')] so far",
}  # fmt: skip


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_both_pairs_are_read_and_nothing_else(text):
    assert read(f"\n{text}") == [WHY, HOW]


@pytest.mark.parametrize("name", ["a head", "commas", "commas, no head", "labels, blocks", "tags"])
def test_of_a_cut_text_the_last_line_is_not_taken(name):
    text = TABLES[name].rstrip("\n")
    assert read(text[:-6], cut=True) == [WHY]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        (rows(("Question", "Answer"), ("---", "---"), ("When is a \\| b?", "Here.<br>There.<BR />Else.")), [("When is a | b?", "Here.\nThere.\nElse.")]),
        ("<table><tr><td>Why &lt; 3?</td><td>By &amp; by.</td></tr></table>", [("Why < 3?", "By & by.")]),
        ("<td>Why?</td><td>So.</td>", [("Why?", "So.")]),
        ("<q>Why &lt; 3?</q><a>By &amp; by.</a>", [("Why < 3?", "By & by.")]),
        ('<qa question="Why &lt; 3?">By &amp; by.</qa>', [("Why < 3?", "By & by.")]),
        ("q: \"Why \\\"so\\\"?\"\na: 'It \\'is\\'.'", [("Why \"so\"?", "It 'is'.")]),
        ('q: "Why" or "how"?\na: It is.', [('"Why" or "how"?', "It is.")]),
        ("q: Why?\na: One.\n  Two.\n", [("Why?", "One.\nTwo.")]),
        ("q: Why?\na: It is **so** here.", [("Why?", "It is **so** here.")]),
        ("q:\na: So.", []),
        ("q: Why?\na:", []),
        ("Frage: Why?\nAntwort: So.", []),
        ("Prompt: Why\nOutput: So.", [("Why", "So.")]),
        ("Speed: Why?\nDepth: So.\nSpeed: 4\nDepth: 5", []),
        ("Frage: Why?\nFrage: How?\nAntwort: So.\nAntwort: Thus.", []),
        (rows(("Depth", "Speed"), ("---", "---"), ("Why?", "So.")), []),
        (rows(("Question", "Answer"), ("---", "---")), []),
        (rows(("Question", "Answer"), ("---", "---"), ("<question here>", "<answer here>"), ("Why?", "So.")), [("Why?", "So.")]),
        (rows(("Question", "Answer"), ("---", "---"), ("<question here>", "So.")), []),
        (rows(("Question", "Answer"), ("---", "---"), ("Why?", "...")), []),
        ("a,b\nWhy?,So.\nHow?", []),
        ("Why?\nHow?", []),
        ("Why?,\nHow?,", []),
        ("{Why? So.}", []),
        ("'Why?' 'So.'", []),
        ("", []),
    ],
)  # fmt: skip
def test_cells_are_read_as_they_are_meant(text, pairs):
    assert read(f"\n{text}") == pairs


def test_a_pair_of_labels_stands_where_its_question_does():
    text = "\nAn aside.\nq: Why?\na: So.\nq: How?\na: Thus.\n"
    assert [pair.start for pair in read_shaped(text, cut=False).pairs] == [
        text.index("q: Why"),
        text.index("q: How"),
    ]


def test_a_text_longer_than_any_answer_is_not_read_for_shapes():
    text = "q: Why?\na: So.\nq: How?\na: Thus.\n"
    assert len(read(text + " " * (_LONGEST - len(text)))) == 2
    assert read(text + " " * (_LONGEST - len(text) + 1)) == []
