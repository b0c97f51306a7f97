"""All ledgers of a workspace together: what is in them, and tidying that never happens by itself."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

from qagen.ledger.ledger import Entry, Line, append_line, lines
from qagen.workspace import Workspace, translate_os_errors, write_atomically

ASIDE = "calls.replaced.jsonl"
"""Beside a ledger: answers that were set aside. Nothing reads it; a person may."""
DAMAGED = "calls.damaged.jsonl"
"""Beside a ledger: lines that were not what was written."""


@dataclass
class Counts:
    """What is in the ledgers.

    Attributes:
        papers: papers with a ledger.
        calls: answers that count.
        size: bytes of the ledgers.
        repeated: lines whose request has an earlier answer.
        torn: pieces of lines that a crash left.
        damaged: lines that are not what was written.
        unsealed: answers without a sum of their own that no seal holds.
        models, prompts: answers by model and by prompt; prompts of early answers are not known.
        prompt_tokens, completion_tokens: as far as the servers counted them, by model.
    """

    papers: int = 0
    calls: int = 0
    size: int = 0
    repeated: int = 0
    torn: int = 0
    damaged: int = 0
    unsealed: int = 0
    models: Counter[str] = field(default_factory=Counter)
    prompts: Counter[str] = field(default_factory=Counter)
    prompt_tokens: Counter[str] = field(default_factory=Counter)
    completion_tokens: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, object]:
        """The same as a JSON object."""
        return {part.name: getattr(self, part.name) for part in fields(self)}


def paths(workspace: Workspace) -> Iterator[Path]:
    """The ledgers' files, sorted by paper."""
    yield from sorted((workspace.root / "papers").glob("??/*/calls.jsonl"))


def entries(workspace: Workspace) -> Iterator[tuple[str, Entry]]:
    """The paper's sha256 and the call, for every answer that counts, one at a time.

    Raises:
        WorkspaceError: where a ledger cannot be read.
    """
    for path in paths(workspace):
        for line in lines(path):
            if line.counts and line.entry:
                yield path.parent.name, line.entry


def count(workspace: Workspace) -> Counts:
    """Count all ledgers.

    Raises:
        WorkspaceError: where one cannot be read.
    """
    found = Counts()
    for path in paths(workspace):
        found.papers += 1
        for line in lines(path):
            found.size += len(line.data)
            found.unsealed += line.unsealed and line.entry is not None
            if line.entry is None:
                found.torn += line.state == "torn"
                found.damaged += line.state == "damaged"
            elif not line.counts:
                found.repeated += 1
            else:
                model, completion = line.entry.request.model, line.entry.completion
                found.calls += 1
                found.models[model] += 1
                found.prompts[line.entry.prompt or "not known"] += 1
                found.prompt_tokens[model] += completion.prompt_tokens or 0
                found.completion_tokens[model] += completion.completion_tokens or 0
    return found


@dataclass(frozen=True, slots=True)
class Damage:
    """A line of a ledger that is not what was written.

    Attributes:
        path: the ledger.
        line: its number there, from 1.
        key: the request whose answer it was; None where the line does not say any more.
    """

    path: Path
    line: int
    key: str | None


def damages(workspace: Workspace) -> Iterator[Damage]:
    """All damaged lines, ledger by ledger.

    Raises:
        WorkspaceError: where a ledger cannot be read.
    """
    for path in paths(workspace):
        for number, line in enumerate(lines(path), start=1):
            if line.state == "damaged":
                yield Damage(path, number, line.key)


def part_damaged(workspace: Workspace) -> int:
    """Move damaged lines out of their ledgers into a file beside each, so that they are asked anew; returns how many.

    Raises:
        WorkspaceError: where a ledger cannot be read or written.
    """
    return sum(
        _move(path, lambda line: line.state != "damaged", path.with_name(DAMAGED))
        for path in paths(workspace)
    )


def keep(workspace: Workspace, wanted: Callable[[Line], bool]) -> int:
    """Rewrite every ledger with the lines that are wanted; a file is replaced as a whole or stays.

    Returns:
        How many lines went.

    Raises:
        WorkspaceError: where one cannot be read or written.
    """
    gone = 0
    for path in paths(workspace):
        left, dropped = _parted(lines(path), wanted)
        if dropped:
            write_atomically(path, b"".join(left))
            gone += len(dropped)
    return gone


def set_aside(workspace: Workspace, papers: Iterable[str], model: str) -> int:
    """Move a model's answers about some papers out of their ledgers, into a file beside each, so that they are asked anew.

    The copy is on the disk before the ledger is rewritten.

    Args:
        workspace: the workspace, held by this process.
        papers: sha256 of the papers.
        model: as declared.

    Returns:
        How many answers were moved.

    Raises:
        WorkspaceError: where a ledger cannot be read or written.
    """
    moved = 0
    for sha256 in papers:
        path = workspace.calls(sha256)
        _move(path, lambda line: line.state != "damaged", path.with_name(DAMAGED))
        moved += _move(
            path,
            lambda line: not (line.entry and line.entry.request.model == model),
            path.with_name(ASIDE),
        )
    return moved


def _move(path: Path, stays: Callable[[Line], bool], aside: Path) -> int:
    left, gone = _parted(lines(path), stays)
    if gone:
        with translate_os_errors(aside):
            append_line(aside, b"".join(gone))
        write_atomically(path, b"".join(left))
    return len(gone)


def _parted(found: Iterable[Line], wanted: Callable[[Line], bool]) -> tuple[list[bytes], list[bytes]]:
    kept: list[bytes] = []
    gone: list[bytes] = []
    for line in found:
        data = line.data if line.data.endswith(b"\n") else line.data + b"\n"
        (kept if wanted(line) else gone).append(data)
    return kept, gone
