"""Typeset the example papers: `python examples/papers/build.py [FOLDER]` writes `pdf/*.pdf`, or into FOLDER.

Only the fonts inside the compiler are used, and no document carries a date, so that the same version of `typst`
gives the same bytes everywhere.
"""

import sys
from pathlib import Path

import typst

HERE = Path(__file__).resolve().parent
PAPERS = ("interlayer", "peatland", "aftershocks")


def build(folder: Path) -> list[Path]:
    """Write one PDF per paper into `folder` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in PAPERS:
        target = folder / f"{name}.pdf"
        target.write_bytes(
            typst.compile(HERE / f"{name}.typ", root=HERE, ignore_system_fonts=True, timestamp=0)
        )
        written.append(target)
    return written


if __name__ == "__main__":
    for path in build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "pdf"):
        print(path)
