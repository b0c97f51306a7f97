"""Ledgers of several workspaces as one: which of two answers to one request counts does not depend on who asks, or in which order.

Where two workspaces have an answer to the same request, the one whose response has the smaller sha256 counts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qagen.ledger.ledger import Entry, append_line, encode, lines
from qagen.ledger.maintenance import ASIDE, paths
from qagen.records import Completion, sha256
from qagen.workspace import Workspace, translate_os_errors, write_atomically


def merged(ledgers: Iterable[Path]) -> dict[str, Entry]:
    """The answers of several ledgers of one paper: key -> the call that counts, sorted by key.

    Raises:
        WorkspaceError: where one cannot be read.
    """
    best: dict[str, Entry] = {}
    for path in ledgers:
        for entry in _counting(path):
            other = best.get(entry.key)
            if other is None or rank(entry.completion) < rank(other.completion):
                best[entry.key] = entry
    return dict(sorted(best.items()))


def rank(completion: Completion) -> str:
    """By which of two answers to one request counts in a merged ledger: the smaller one does."""
    return sha256(completion.text if completion.raw is None else completion.raw)


def write_merged(ledgers: Iterable[Path], place: Path) -> None:
    """Write a ledger that has what several have.

    Raises:
        WorkspaceError: where one cannot be read, or it cannot be written.
    """
    write_atomically(place, b"".join(map(encode, merged(ledgers).values())))


@dataclass(frozen=True, slots=True)
class MergeCounts:
    """What a merge did.

    Attributes:
        papers: those whose ledgers have changed.
        added: answers that were not there.
        replaced: answers in whose place another one counts now; they stand in a file beside their ledger.
        known: answers that were there already, or count less than those that are.
    """

    papers: int = 0
    added: int = 0
    replaced: int = 0
    known: int = 0

    def __add__(self, more: "MergeCounts") -> "MergeCounts":
        return MergeCounts(
            self.papers + more.papers,
            self.added + more.added,
            self.replaced + more.replaced,
            self.known + more.known,
        )


def merge_into(workspace: Workspace, sources: Sequence[Workspace]) -> MergeCounts:
    """Bring the answers of other workspaces into one, which is held by this process; they are left as they are.

    A paper's ledger is replaced as a whole, so a merge that is stopped goes on where it was.

    Raises:
        WorkspaceError: where a ledger cannot be read or written.
    """
    papers = sorted({path.parent.name for source in sources for path in paths(source)})
    total = MergeCounts()
    for paper in papers:
        total += _merge_paper(workspace.calls(paper), [source.calls(paper) for source in sources])
    return total


def _merge_paper(place: Path, others: Sequence[Path]) -> MergeCounts:
    mine = {entry.key: entry for entry in _counting(place)}
    theirs = merged(others)
    better = {
        key: entry
        for key, entry in theirs.items()
        if key in mine and rank(entry.completion) < rank(mine[key].completion)
    }
    new = [entry for key, entry in theirs.items() if key not in mine]
    counts = MergeCounts(bool(better or new), len(new), len(better), len(theirs) - len(better) - len(new))
    if not counts.papers:
        return counts
    kept: list[bytes] = []
    beaten: list[bytes] = []
    for line in lines(place):
        data = line.data if line.data.endswith(b"\n") else line.data + b"\n"
        (beaten if line.entry and line.entry.key in better else kept).append(data)
    if beaten:
        aside = place.with_name(ASIDE)
        with translate_os_errors(aside):
            append_line(aside, b"".join(beaten))
    write_atomically(place, b"".join((*kept, *map(encode, better.values()), *map(encode, new))))
    return counts


def _counting(path: Path) -> Iterator[Entry]:
    return (line.entry for line in lines(path) if line.counts and line.entry)
