"""Which split a paper's records go into: all versions of a work into the same, whatever comes or goes beside them."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from qagen.errors import DatasetError
from qagen.papers.works import doi_key, title_key, work_of
from qagen.records import Metadata, PaperInfo
from qagen.settings import SplitName

_PARTS = 10_000
MOST_JOINED = 4
"""Works that questions across them may join to one, at most: were all joined that are asked about together, one split would have all."""


def assign(
    papers: Iterable[PaperInfo],
    *,
    validation_percent: float,
    test_percent: float,
    base: Mapping[str, str] | None = None,
    joined: Iterable[Sequence[str]] = (),
) -> dict[str, str]:
    """Give every paper its split.

    Papers that share a DOI or a title are versions of one work and go together, also where one names only its
    DOI and another only its title. A work's place is a hash of its title, else of its DOI, else of the paper:
    titles first, since the published version that joins a preprint brings a DOI but keeps the title.

    Args:
        papers: all papers of the dataset.
        validation_percent: share of the works that go into `validation`.
        test_percent: the same for `test`.
        base: splits that stay as they are, by key (see `keys`); they win over the hash. Where versions of one
            work were in different splits there, `test` wins, then `validation`: what was held out stays so.
        joined: papers by their sha256 that a question needs together. Their works go into one split, whose place is that of the
            first title among them, unless `base` has them in different ones, or more than `MOST_JOINED` would be joined: who
            comes first is joined first, and papers that are left apart may be in different splits.

    Returns:
        `{paper sha256: split}`.
    """
    groups = _Groups()
    listed = list(papers)
    for paper in listed:
        groups.join(keys(paper))
    _join(groups, {paper.sha256: keys(paper)[0] for paper in listed}, base or {}, joined)
    members: dict[str, list[str]] = {}
    for key in groups.all():
        members.setdefault(groups.find(key), []).append(key)
    split_of: dict[str, str] = {}
    for root, group in members.items():
        earlier = {split for key in group if (split := (base or {}).get(key))}
        held = next((split for split in ("test", "validation", "train") if split in earlier), None)
        split_of[root] = held or _by_hash(_name(group), validation_percent, test_percent)
    return {paper.sha256: split_of[groups.find(keys(paper)[0])] for paper in listed}


def _join(
    groups: "_Groups", key_of: Mapping[str, str], base: Mapping[str, str], joined: Iterable[Sequence[str]]
) -> None:
    """Join the works that questions need together, as far as that is allowed."""
    sizes: dict[str, int] = {}
    held: dict[str, set[str]] = {}
    for key in groups.all():
        held.setdefault(groups.find(key), set()).update([base[key]] if key in base else [])
    for papers in joined:
        roots = sorted({groups.find(key_of[sha256]) for sha256 in papers})
        size = sum(sizes.get(root, 1) for root in roots)
        splits = set[str]().union(*(held[root] for root in roots))
        if len(roots) == 1 or size > MOST_JOINED or len(splits) > 1:
            continue
        groups.join(tuple(roots))
        root = groups.find(roots[0])
        sizes[root], held[root] = size, splits


def require(papers: Iterable[PaperInfo], split_of: Mapping[str, str], least: Mapping[SplitName, int]) -> None:
    """Refuse splits with too few works.

    Args:
        papers: those that could be converted.
        split_of: the split of each, by its sha256.
        least: the fewest works by split.

    Raises:
        DatasetError: where a split has fewer.
    """
    works: dict[str, set[str]] = {split: set() for split in least}
    total: set[str] = set()
    for paper in papers:
        work = paper.work or paper.sha256
        total.add(work)
        works.setdefault(split_of[paper.sha256], set()).add(work)
    for split, wanted in least.items():
        if len(works[split]) < wanted:
            raise DatasetError(
                f"the split {split!r} would have {len(works[split])} of {len(total)} works, and {wanted} are required "
                "(--require-splits)",
                remedy="add papers, or give it a larger share, for instance splits = { validation = 20, test = 20 } "
                "in [dataset]",
            )


def keys(paper: PaperInfo) -> tuple[str, ...]:
    """All that says which work a paper is a version of: itself, its DOI, its title."""
    named = Metadata(title=paper.title, doi=paper.doi)
    known = {doi_key(paper.doi), title_key(paper.title), paper.work or work_of(named, paper.sha256)}
    return (f"paper:{paper.sha256}", *sorted(key for key in known if key and key != f"paper:{paper.sha256}"))


def _name(group: list[str]) -> str:
    """The key that stands for the group: the first title, else the first DOI, else the first paper."""
    order = {"title": 0, "doi": 1}
    return min(group, key=lambda key: (order.get(key.partition(":")[0], 2), key))


def _by_hash(key: str, validation_percent: float, test_percent: float) -> str:
    place = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % _PARTS
    if place < test_percent * _PARTS / 100:
        return "test"
    if place < (test_percent + validation_percent) * _PARTS / 100:
        return "validation"
    return "train"


class _Groups:
    """Sets of keys that belong together; joining is by smallest root, so that the order of joining is nothing."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def join(self, together: tuple[str, ...]) -> None:
        roots = sorted({self.find(key) for key in together})
        for root in roots:
            self._parent[root] = roots[0]

    def find(self, key: str) -> str:
        root = self._parent.setdefault(key, key)
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[key] != root:
            self._parent[key], key = root, self._parent[key]
        return root

    def all(self) -> Iterator[str]:
        yield from sorted(self._parent)
