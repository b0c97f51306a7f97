"""Build the documentation site: lay its pages out, make its reference, run zensical, look at what came out.

    python scripts/build_docs.py [--out build/docs] [--links]

Pages of docs/ keep their names; README, CONTRIBUTING, CHANGELOG and SECURITY become pages of the site, and links are bent accordingly.
What fails the build, with exit code 1: a warning of zensical, among them links and anchors that lead nowhere; a page that the navigation
does not have; a link to a file that is nowhere; and a built page that would load anything from elsewhere. Links to other sites
are never followed; --links lists them.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

AT_THE_ROOT = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "reporting.md",
    "LICENSE": "LICENSE.txt",
}
"""Files beside docs/ that are part of the site -> what they are called there."""
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")
_TAG = re.compile(r"(<(?:img|a)\b[^>]*? (?:src|href)=\")(?!https?:|#)([^\"#]+)")
_OUTSIDE = re.compile(r"(?<=\]\()https?://[^)\s]+|<https?://[^>\s]+>")
_LOADS = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*?\bsrc=[\"']?(?:https?:)?//|"
    r"<link\b(?![^>]*rel=[\"']?canonical)[^>]*?\bhref=[\"']?(?:https?:)?//|@import\s+[\"'(u]|url\([\"']?(?:https?:)?//"
)


class Faulty(Exception):
    """The site cannot be built as it is; the message says why."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the documentation site.")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "docs")
    parser.add_argument(
        "--links", action="store_true", help="list the links to other sites, which are not followed"
    )
    given = parser.parse_args()
    try:
        lay_out(given.out)
        run_zensical(given.out)
        refuse_loading(given.out / "site")
    except Faulty as fault:
        print(f"error: {fault}", file=sys.stderr)
        return 1
    outside = sorted(links_outside(given.out / "pages"))
    if given.links:
        print("\n".join(outside))
    count = sum(1 for _ in (given.out / "site").rglob("*.html"))
    print(f"{count} pages in {given.out / 'site'}; {len(outside)} links to other sites, not followed")
    return 0


def lay_out(out: Path, root: Path = ROOT) -> None:
    """Write the pages, and what zensical is told, into an empty folder.

    Raises:
        Faulty: for a link to a file that is nowhere, and for a page of docs/ without a place in the navigation.
    """
    from scripts.docs_reference import pages

    shutil.rmtree(out, ignore_errors=True)
    names = site_names(root)
    for source, name in names.items():
        target = out / "pages" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".md":
            target.write_text(bend_links(source, names, root), encoding="utf-8")
        else:
            shutil.copy(source, target)
    for name, text in pages().items():
        (out / "pages" / name).parent.mkdir(exist_ok=True)
        (out / "pages" / name).write_text(text, encoding="utf-8")
    config = (root / "docs" / "zensical.toml").read_text("utf-8")
    (out / "zensical.toml").write_text(config, encoding="utf-8")
    listed = set(_listed(tomllib.loads(config)["project"]["nav"]))
    there = {path.relative_to(out / "pages").as_posix() for path in (out / "pages").rglob("*.md")}
    for name in sorted((there - {*AT_THE_ROOT.values()}) ^ (listed - {*AT_THE_ROOT.values()})):
        what = "is no page" if name in listed else "has no place in the navigation"
        raise Faulty(f"{name} {what}; mend nav in docs/zensical.toml")


def _listed(nav: Iterable[object]) -> Iterator[str]:
    for entry in nav:
        values = entry.values() if isinstance(entry, dict) else [entry]
        for value in values:
            yield from _listed(value) if isinstance(value, list) else [str(value)]


def site_names(root: Path = ROOT) -> dict[Path, str]:
    """Each file that is part of the site -> its name there."""
    docs = root / "docs"
    names = {
        path: path.relative_to(docs).as_posix()
        for path in sorted(docs.rglob("*"))
        if path.is_file() and path.name != "zensical.toml"
    }
    return names | {root / name: new for name, new in AT_THE_ROOT.items() if (root / name).exists()}


def bend_links(source: Path, names: dict[Path, str], root: Path = ROOT) -> str:
    """A page whose links lead to where files are in the site; one to a file of the repository that is no part of it becomes plain text.

    Raises:
        Faulty: for a link to a file that is nowhere.
    """

    def there(link: str) -> str | None:
        target = Path(os.path.normpath(source.parent / link))
        if target not in names and not target.exists():
            raise Faulty(f"{source.relative_to(root)} links to {link}, and there is no such file")
        if target not in names:
            return None
        return Path(os.path.relpath(names[target], Path(names[source]).parent)).as_posix()

    def bent(found: re.Match[str]) -> str:
        place = there(found[2])
        return found[1] if place is None else f"[{found[1]}]({place}{found[3] or ''})"

    parts = re.split(r"(^```.*?^```$)", source.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return "".join(
        part
        if part.startswith("```")
        else _TAG.sub(lambda found: f"{found[1]}{there(found[2])}", _LINK.sub(bent, part))
        for part in parts
    )


def run_zensical(out: Path) -> None:
    """Build the site; whatever zensical warns of is a fault."""
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--clean", "--strict"],
        cwd=out, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    if done.returncode or re.search(r"\b(warning|error)\b", said, re.IGNORECASE):
        raise Faulty(f"zensical says\n{said.partition('Traceback')[0]}")


def refuse_loading(site: Path) -> None:
    """Look that no page, style or script of the site loads anything from elsewhere when it is opened.

    Raises:
        Faulty: for the first that does.
    """
    for path in sorted([*site.rglob("*.html"), *site.rglob("*.css")]):
        if found := _LOADS.search(path.read_text("utf-8")):
            raise Faulty(f"{path.relative_to(site)} loads from elsewhere: {found[0]}")


def links_outside(pages: Path) -> set[str]:
    """Links to other sites."""
    texts = (path.read_text("utf-8") for path in sorted(pages.rglob("*.md")))
    return {link.strip("<>") for text in texts for link in _OUTSIDE.findall(text)}


if __name__ == "__main__":
    sys.exit(main())
