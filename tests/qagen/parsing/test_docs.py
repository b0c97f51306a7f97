from pathlib import Path

from qagen.reasons import Reason

DOCS = Path(__file__).parents[3] / "docs" / "parsing.md"
OF_RESPONSES = (
    Reason.EMPTY,
    Reason.REFUSAL,
    Reason.CLARIFICATION_REQUEST,
    Reason.REASONING_ONLY,
    Reason.NO_PAIRS,
    Reason.TRUNCATED,
    Reason.PROMPT_TRUNCATED,
    Reason.DRAFT_IN_REASONING,
    Reason.SUPERSEDED,
    Reason.TEMPLATE_ECHO,
    Reason.TOO_MANY_PAIRS,
    Reason.UNANSWERED_QUESTION,
    Reason.UNASKED_ANSWER,
)


def test_the_table_of_reasons_is_the_enum():
    table = "\n".join(
        [
            "| reason | meaning |",
            "| --- | --- |",
            *(f"| `{reason}` | {reason.meaning} |" for reason in OF_RESPONSES),
        ]
    )
    shown = (
        DOCS.read_text(encoding="utf-8")
        .split("<!-- reasons: begin -->\n")[1]
        .split("\n<!-- reasons: end -->")[0]
    )
    assert shown == table
