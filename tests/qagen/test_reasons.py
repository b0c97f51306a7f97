"""Every reason says what it means, and the documentation what to do about it."""

import re
from pathlib import Path

from qagen.reasons import Reason

ROOT = Path(__file__).parents[2]


def test_every_reason_has_a_row_in_the_documentation_and_no_row_has_another():
    text = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8").partition("## Every reason")[2]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == {reason.value for reason in Reason}


def test_every_meaning_is_one_sentence():
    assert [reason for reason in Reason if not re.fullmatch(r"[A-Z][^.]*\.", reason.meaning)] == []
