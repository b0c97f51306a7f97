"""The commands that the documentation shows; `tests/site` runs them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LATER = ("publishing.md", "retract.md")
"""Pages on which a paper is taken out for good: they are read last."""
PAGES = (
    ROOT / "README.md",
    ROOT / "docs" / "tutorial.md",
    *sorted(
        {*(ROOT / "docs").rglob("*.md")} - {ROOT / "docs" / "tutorial.md"},
        key=lambda page: (page.name in LATER, page),
    ),
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
)
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?<=\n\n)((?:    .*\n|\n(?=    ))+)")
_COMMAND = re.compile(r"^(?:\$ )?((?:[A-Z_]+=\S+ )*qagen (?!asks|converts)[a-z].*)$", re.MULTILINE)
_INLINE = re.compile(r"`(qagen [a-z][^`\n]*)`")

NOT_RUN = {
    r"^qagen models pull": "fetches weights",
    r"--engine embedded": "wants weights; tests/builder/test_embedded_build.py runs it",
    r"--grounding (nli-xsmall|mine/)": "wants weights; tests/builder/test_grounding.py runs it",
    r"--converter marker-": "wants marker's models; tests/qagen/convert has what can be run without",
    r"^qagen review (?!.*--(export|import|figures))": "serves a page until it is stopped; tests/builder/test_review_pages.py runs it",
    r"(s3|gs|az|hf)://": "wants an object store; the tests of those have one of their own",
    r"--on ray": "wants Ray; the tests of it run it",
}
"""What is shown and cannot be run here -> why. Its options are looked up all the same."""
OTHER_PROGRAMS = {
    "cp": "the shell", "curl": "the shell", "pip": "installing", "make": "this project's own targets", "ollama": "a model server",
    "hf": "the Hub's own command line", "hatch": "packaging", "docker": "no engine runs here", "uvx": "fetches packages",
}  # fmt: skip
"""Programs that are shown beside qagen, and are not run."""


@dataclass(frozen=True)
class Shown:
    """A command of qagen as a page shows it."""

    page: str
    text: str

    @property
    def why_not(self) -> str | None:
        """Why it is not run here."""
        return next((why for pattern, why in NOT_RUN.items() if re.search(pattern, self.text)), None)

    @property
    def words(self) -> list[str]:
        """As a shell would part them, without comment, redirection and ellipsis."""
        words = [word for word in shlex.split(self.text, comments=True) if word != "..."]
        return words[1 : words.index(">") if ">" in words else None]

    @property
    def flags(self) -> list[str]:
        return [word.partition("=")[0] for word in self.words if re.match(r"--?[a-z]", word)]


def shown(page: Path) -> list[Shown]:
    """The commands in a page's blocks of code, in their order."""
    name = page.relative_to(ROOT).as_posix()
    return [Shown(name, found[1]) for code in blocks(page) for found in _COMMAND.finditer(code)]


def mentioned(page: Path) -> list[Shown]:
    """The commands in a page's running text and tables, as far as they are whole ones."""
    text = FENCED.sub("", page.read_text("utf-8"))
    found = [one.replace("\\|", "|") for one in _INLINE.findall(text)]
    return [Shown(page.relative_to(ROOT).as_posix(), one.split(" > ")[0]) for one in found if "'" not in one]


def blocks(page: Path) -> Iterator[str]:
    """Fenced and indented code, with continued lines joined."""
    text = page.read_text("utf-8")
    for code in [found[2] for found in FENCED.finditer(text)] + _INDENTED.findall(FENCED.sub("", text)):
        yield re.sub(r"\\\n\s*", "", re.sub(r"^    (?=\S)", "", code, flags=re.MULTILINE))


def programs(page: Path) -> set[str]:
    """What a page's `console` blocks begin a line with."""
    text = page.read_text("utf-8")
    lines = [
        line for found in FENCED.finditer(text) if found[1] == "console" for line in found[2].splitlines()
    ]
    return {
        re.sub(r"^([A-Z_]+=\S+ )+", "", line.removeprefix("$ ")).split()[0]
        for line in lines
        if line.startswith("$ ")
    }
