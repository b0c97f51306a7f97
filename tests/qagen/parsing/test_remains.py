"""What generation leaves at the end of a text, and what looks like it and belongs to the text."""

import pytest

from qagen.parsing.remains import _MOST, next_turn, without_remains


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("It flows.</s>", "It flows."),
        ("It flows. <|im_end|> \n</answer>", "It flows."),
        ("It flows.[/INST]", "It flows."),
        ("It flows.[END]", "It flows."),
        ("It flows.<0x0A>", "It flows."),
        ("It flows.&lt;/answer&gt;", "It flows."),
        ("It flows.</b>", "It flows."),
        ("<b>It flows.</b>", "<b>It flows.</b>"),
        ("<B>It flows.</b>", "<B>It flows.</b>"),
        ("It flows.<eos>", "It flows."),
        ("It flows.<s>", "It flows."),
        ("It flows.<Q>", "It flows."),
        ("It flows.<r>", "It flows.<r>"),
        ("It flows by <f x>", "It flows by <f x>"),
        ("It flows.<answer lang=\"en\">", "It flows."),
        ("It flows.<answer lang>", "It flows.<answer lang>"),
        ("<eos>", "<eos>"),
        ("It flows.}", "It flows."),
        ("It flows.}$$", "It flows."),
        ("The set {a, b}", "The set {a, b}"),
        ("$$\\frac{a}{b}$$", "$$\\frac{a}{b}$$"),
        ("{a}}", "{a}"),
        ("{a}}$$", "{a}"),
        ("{{a}}", "{{a}}"),
        ("\\boxed{a}$", "\\boxed{a}$"),
        ("It is \\[x\\]", "It is \\[x\\]"),
        ("It is x\\]", "It is x"),
        ("It is \\(x\\)", "It is \\(x\\)"),
        ("It is x\\)", "It is x"),
        ("$$x$$", "$$x$$"),
        ("x$$", "x"),
        ("a $$x$$ b$$", "a $$x$$ b"),
        ("```\nx\n```", "```\nx\n```"),
        ("x\n```", "x"),
        ("x\\end{document}", "x"),
        ("\\begin{align}x\\end{align}", "\\begin{align}x\\end{align}"),
        ("\\begin{align}x\\end{align*}", "\\begin{align}x\\end{align*}"),
        ("It flows.", "It flows."),
        ("It flows (so).", "It flows (so)."),
        ("", ""),
        ("It flows." + "</s>" * _MOST, "It flows."),
        ("It flows." + "</s>" * (_MOST + 1), "It flows.</s>"),
    ],
)  # fmt: skip
def test_what_nothing_in_the_text_opens_is_taken_from_its_end(text, bare):
    assert without_remains(text) == bare


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("It flows.<|im_end|> More.", 9),
        ("It flows.</s>", 9),
        ("It flows.\nHuman: And?", 9),
        ("It flows.\n\n### Instruction:\nGo on.", 10),
        ("It flows. User: And?", 9),
        ("It flows.</s>\nHuman: And?", 9),
        ("It flows.\nHuman: And?</s>", 9),
        ("It flows by user: the rest.", None),
        ("<|im_end|>It flows.", None),
        ("It writes `</s>` there.", None),
        ("It flows.", None),
    ],
)
def test_the_next_turn_begins_at_a_token_or_a_speaker(text, place):
    assert next_turn(text, len(text)) == place


def test_what_stands_behind_the_end_is_no_turn():
    assert next_turn("It flows.</s>", 9) is None
    assert next_turn("It flows.\nHuman: And?", 12) is None
