"""Units of papers that fill one workspace side by side, on whatever machine: what each of them is, and whether it is done.

    WORK/units/<i>-of-<n>/papers.json   the papers of a unit
    WORK/units/<i>-of-<n>/attempts      a line for each attempt of this build
    WORK/units/<i>-of-<n>/lock          held by whoever works on it
    WORK/units/<i>-of-<n>/runs/         what each attempt did
    WORK/receipts/<plan>/<i>-of-<n>.json    it is done

What a unit is made of, and what comes of it, lies in the workspace. Between the processes only values of a few words travel.
"""

import json
import socket
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from builder.building.build_run import ModelChange
from builder.sharding import receipt
from builder.sharding.filling import Part
from qagen.errors import WorkspaceError
from qagen.papers.shard import Shard
from qagen.records import Paper
from qagen.settings import Settings
from qagen.workspace import Workspace, read_file, write_atomically

_PAPERS = 20
"""Of a unit, where nobody says how many units there are."""
_FEWEST = 8
"""Units, where there are as many papers and nobody says."""


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """What is the same for all units of a build.

    Attributes:
        work: the workspace folder, which all machines see under this name.
        settings: of the build, with the model resolved.
        plan: of what documents and answers are needed.
        offline, model_change, limit: as for a build.
    """

    work: Path
    settings: Settings
    plan: str
    offline: bool = False
    model_change: ModelChange = "stop"
    limit: int | None = None


class UnitWorkspace(Workspace):
    """A workspace of which this process holds one unit: the papers are shared, the lock and the reports of runs are the unit's."""

    def __init__(self, root: Path, shard: Shard) -> None:
        super().__init__(root)
        self.own = root / "units" / f"{shard.index}-of-{shard.count}"

    @property
    def lock(self) -> Path:
        """The file that is locked by whoever works on the unit."""
        return self.own / "lock"

    @property
    def runs(self) -> Path:
        """The folder of the reports of attempts."""
        return self.own / "runs"


def count_of(papers: int) -> int:
    """How many units some papers are, where nobody says: enough for several machines, and so few that each is worth its start."""
    return max(1, -(-papers // _PAPERS), min(papers, _FEWEST))


def parts_of(papers: Sequence[Paper], count: int) -> list[Part]:
    """The units of papers that are sorted by their sha256; those without a paper are left out."""
    by_shard: dict[Shard, list[Paper]] = {}
    for paper in papers:
        by_shard.setdefault(Shard.of(paper.sha256, count), []).append(paper)
    return [Part(shard, tuple(of_shard), len(papers)) for shard, of_shard in sorted(by_shard.items())]


def lay_out(part: Part, work: Path) -> None:
    """Write down which papers a unit has, for whoever works on it.

    Raises:
        WorkspaceError: where that cannot be written.
    """
    told = [{**asdict(paper), "path": str(paper.path)} for paper in part.papers]
    own = UnitWorkspace(work, part.shard).own
    write_atomically(own / "papers.json", json.dumps({"found": part.found, "papers": told}) + "\n")
    write_atomically(own / "attempts", "")


_LISTED: TypeAdapter[tuple[Paper, ...]] = TypeAdapter(tuple[Paper, ...])


def laid_out(workspace: UnitWorkspace, shard: Shard) -> Part:
    """The papers of a unit, as they were written down.

    Raises:
        WorkspaceError: where this machine does not see them.
    """
    place = workspace.own / "papers.json"
    data = read_file(place)
    if data is None:
        raise WorkspaceError(
            f"{socket.gethostname()} does not see {str(place)!r}",
            remedy="name a --work that all machines of the cluster have under the same name",
        )
    said = json.loads(data)
    return Part(shard, _LISTED.validate_python(said["papers"]), said["found"])


def is_done(part: Part, workspace: Workspace, plan: str) -> bool:
    """Whether a unit has its receipt for a plan, and nothing in it would be tried again.

    Raises:
        WorkspaceError: where the receipt is damaged.
    """
    found = receipt.find(workspace, plan, part.shard)
    return found is not None and found.complete and found.papers == tuple(one.sha256 for one in part.papers)
