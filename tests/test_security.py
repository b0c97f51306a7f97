"""SECURITY.md says of each line which tests try it: they are there, and no line is without one."""

import re
from collections import Counter

from tests.conftest import ROOT

ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (ROOT / "SECURITY.md").read_text("utf-8").splitlines()
    if re.match(r"\| [A-Z]\d+ \|", line)
]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def names_of(path):
    return set(re.findall(r"^(?:async )?def (test_\w+)", (ROOT / path).read_text("utf-8"), re.MULTILINE))


def test_every_line_of_the_threat_model_names_tests_and_nothing_else_in_its_last_column():
    assert len(ROWS) > 20
    assert [row[0] for row in ROWS if len(row) != 5 or NAMED.sub("", row[-1]).strip(", |")] == []
    assert [row[0] for row in ROWS if not NAMED.search(row[-1])] == []


def test_every_test_that_the_threat_model_names_is_in_the_suite():
    named = {pair for row in ROWS for pair in NAMED.findall(row[-1])}
    there = {path: names_of(path) for path, _ in named if (ROOT / path).is_file()}
    assert sorted(f"{path}::{test}" for path, test in named if test not in there.get(path, ())) == []


def test_no_line_is_there_twice():
    assert [number for number, count in Counter(row[0] for row in ROWS).items() if count > 1] == []
    assert [threat for threat, count in Counter(tuple(row[1:3]) for row in ROWS).items() if count > 1] == []
