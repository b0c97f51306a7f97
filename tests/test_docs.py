"""What the documentation names is there: modules and folders by their paths, other pages by their links."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [*sorted((ROOT / "docs").glob("*.md")), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md"))]
PATH = re.compile(
    r"(?<![\w/.-])(?:qagen|builder|dataset_card|tests|docs|scripts|benchmarks|examples)/[\w./-]*\w/?"
)
ELSEWHERE = re.compile(r"NAME|FILE|^qagen/models$")
"""A name that the reader chooses; a folder in the user's cache."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_a_page_names_exists(page):
    named = {
        path for code in re.findall(r"`([^`\n]+)`", page.read_text("utf-8")) for path in PATH.findall(code)
    }
    assert [path for path in sorted(named) if not ELSEWHERE.search(path) and not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_that_a_page_links_to_exists(page):
    linked = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", page.read_text("utf-8"))
    assert [link for link in linked if not (page.parent / link).exists()] == []


def test_the_architecture_names_every_room():
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rooms = [
        f"{place.parent.relative_to(ROOT).as_posix()}/"
        for package in ("qagen", "builder")
        for place in sorted((ROOT / package).glob("*/__init__.py"))
    ]
    assert [room for room in rooms if f"`{room}`" not in text] == []


@pytest.mark.parametrize("package", ["qagen", "builder"])
def test_every_room_has_a_map(package):
    maps = [place.read_text("utf-8") for place in sorted((ROOT / package).glob("*/__init__.py"))]
    assert len(maps) > 5
    assert all(text.startswith('"""') for text in maps)
