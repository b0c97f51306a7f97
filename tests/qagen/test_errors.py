"""Errors: the remedy stands beside the message, survives every journey, and is nowhere hidden in the message."""

import ast
import copy
import pickle
from pathlib import Path

import pytest

from qagen import errors
from qagen.errors import ConversionError, HubError, QagenError, WorkspaceError
from qagen.reasons import Reason

ROOT = Path(__file__).parents[2]
KINDS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, QagenError)
}
CONSEQUENCE = "says what follows, not what to do"
SOURCE_COUNTS = "its source is part of the key of every conversion, which a moved semicolon would change"
SEMICOLONS = {
    "no text on": SOURCE_COUNTS,
    "{left}": CONSEQUENCE,
    "what was built is kept": CONSEQUENCE,
    "nothing was committed": CONSEQUENCE,
    "the deadline of": CONSEQUENCE,
    "it is no list of papers": CONSEQUENCE,
    "the last one:": CONSEQUENCE,
    "gave no answer in": "several complaints of a server, joined",
}
"""Of messages that hold a semicolon, some words -> why what follows is no remedy, or has to stay."""


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind is not ConversionError])
@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_keeps_its_remedy_when_it_is_copied_or_goes_to_another_process(kind, way):
    for given in (("no disk", "free some space"), ("no token", "log in", ": "), ("no more",)):
        error = way(kind(*given))
        assert type(error) is kind
        assert (error.message, error.remedy) == (given[0], "".join(given[1:2]))
        assert str(error) == str(kind(*given))


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_so_does_one_about_a_pdf(way):
    error = way(ConversionError(Reason.NO_PAGES, "its page tree is empty", "fetch it again"))
    assert (error.reason, error.message, error.remedy) == (
        Reason.NO_PAGES, "its page tree is empty", "fetch it again"
    )  # fmt: skip
    assert error.detail == "its page tree is empty; fetch it again"
    assert str(error) == "no_pages: its page tree is empty; fetch it again"


def test_as_text_an_error_is_one_line_with_its_remedy_behind_it():
    assert str(WorkspaceError("'x' is full", remedy="free some space")) == "'x' is full; free some space"
    assert str(HubError("no token for 'x'", "log in", ": ")) == "no token for 'x': log in"
    assert str(HubError("'x' was made just now")) == "'x' was made just now"


def messages():
    """The source of the message of each error that is made in the packages, with its place."""
    for path in sorted([*(ROOT / "builder").rglob("*.py"), *(ROOT / "qagen").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                continue
            if node.func.id in KINDS:
                message = node.args[1 if KINDS[node.func.id] is ConversionError else 0]
                yield f"{path.relative_to(ROOT)}:{node.lineno}", ast.unparse(message)


def test_no_message_has_its_remedy_inside():
    """So whoever shows both, as `qagen doctor` does, has them apart."""
    found = dict(messages())
    assert len(found) > 200
    semicolons = {place: text for place, text in found.items() if "; " in text}
    hidden = {
        place: text for place, text in semicolons.items() if not any(words in text for words in SEMICOLONS)
    }
    assert hidden == {}
    assert [words for words in SEMICOLONS if not any(words in text for text in semicolons.values())] == []
