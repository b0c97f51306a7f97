"""Papers that are asked about together: which of their chunks, and where a record of several papers stands.

What belongs together is known when all papers are read. Everything of such a group is kept with its first paper, the one with the
smallest sha256: its answers in that one's ledger, its records and rejections among that one's rows.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qagen.asking.across import PapersCompared, ReadPaper
from qagen.asking.dialogues import body_chunks, fit_chunks
from qagen.asking.recipe import Recipe
from qagen.checks import CheckResult
from qagen.checks.reading.several_papers import SeveralPapers
from qagen.chunking.evidence import evidence
from qagen.errors import ConversionError
from qagen.papers.works import doi_key, title_key
from qagen.pipeline.opened import Library, kept_body, kept_document, listed_paper
from qagen.pipeline.placing import Placed, chunk_info, group_places, place_spans, section_info
from qagen.records import BETWEEN_PLACES, Chunk, ChunkGroup, Paper, PaperInfo, PlaceInfo
from qagen.workspace import Workspace


@dataclass(frozen=True)
class Across:
    """What is asked about several papers together.

    Attributes:
        groups: paper sha256 -> the groups whose first paper it is.
        library: opens the papers; None where there is no group.
    """

    groups: Mapping[str, tuple[ChunkGroup, ...]] = field(default_factory=dict)
    library: Library | None = None

    def owned_by(self, paper: Paper) -> tuple[ChunkGroup, ...]:
        """The groups that are kept with a paper."""
        return self.groups.get(paper.sha256, ())

    def whole(self, group: ChunkGroup) -> SeveralPapers:
        """All that the papers of a group say."""
        assert self.library is not None
        return SeveralPapers([self.library.opened(sha256).whole for sha256 in group.papers])

    def info(self, sha256: str) -> PaperInfo:
        """A paper as records name it."""
        assert self.library is not None
        return self.library.opened(sha256).info

    def place_infos(self, group: ChunkGroup) -> tuple[PlaceInfo, ...]:
        """The places of all chunks of a group, each with its paper where they are of several."""
        if not group.papers:
            return group_places(group.chunks)
        return tuple(
            PlaceInfo(chunk_info(chunk), section_info(chunk), self.info(sha256))
            for chunk, sha256 in zip(group.chunks, group.papers, strict=True)
        )

    def placed(self, group: ChunkGroup, verdict: CheckResult, *, with_text: bool, by_person: bool) -> Placed:
        """Where a pair about chunks of several papers stands.

        Args:
            group: what it is about.
            verdict: with the places that it needs, and its evidence.
            with_text: whether its evidence has texts.
            by_person: whether a person finds it borne out also where no rule does.
        """
        assert self.library is not None
        places = []
        by_place = place_spans(group, verdict, by_person=by_person)
        for number, spans in by_place.items():
            opened, chunk = self.library.opened(group.papers[number]), group.chunks[number]
            found = evidence(opened.document, spans, with_text=with_text)
            places.append(PlaceInfo(chunk_info(chunk), section_info(chunk), opened.info, found))
        chunks = tuple(group.chunks[number] for number in by_place)
        first = places[0]
        assert first.paper is not None
        context = BETWEEN_PLACES.join(chunk.text for chunk in chunks)
        return Placed(first.paper, chunks, first.evidence or (), tuple(places), context)


NOTHING_ACROSS = Across()


def read_paper(info: PaperInfo, chunks: Sequence[Chunk], recipe: Recipe) -> ReadPaper:
    """A paper as it is compared with others.

    Args:
        info: what is said of it.
        chunks: those of its main body.
        recipe: how records are made.

    Raises:
        EngineError: where vectors decide, and are not there.
    """
    fit = fit_chunks(chunks, recipe)
    names = {info.work, doi_key(info.doi), title_key(info.title)}
    vectors = recipe.vectors.of(fit) if recipe.vectors is not None and fit else None
    return ReadPaper(info.sha256, frozenset(name for name in names if name), tuple(fit), vectors)


def groups_by_paper(compared: PapersCompared, recipe: Recipe) -> dict[str, tuple[ChunkGroup, ...]]:
    """The groups of papers that were read, by the paper that each is kept with."""
    found: dict[str, list[ChunkGroup]] = defaultdict(list)
    for group in compared.groups(recipe.settings.ask.across_papers):
        found[group.papers[0]].append(group)
    return {sha256: tuple(groups) for sha256, groups in found.items()}


def read_across(
    papers: Sequence[Paper],
    workspace: Workspace,
    recipe: Recipe,
    failures: Mapping[str, ConversionError],
) -> Across:
    """What is asked about papers together, as far as their conversions and ledgers tell; a run over them finds the same.

    Raises:
        EngineError: where vectors decide, and are not there.
    """
    if not recipe.asks_across:
        return NOTHING_ACROSS
    compared = PapersCompared()
    settings = recipe.settings.convert
    for paper in papers:
        document = kept_document(paper, workspace, settings, failures)
        if isinstance(document, ConversionError):
            continue
        body = kept_body(paper, document, recipe, workspace).value
        info = listed_paper(paper, document, settings)
        compared.add(read_paper(info, body_chunks(document, body, recipe), recipe))
    return Across(groups_by_paper(compared, recipe), Library(papers, workspace, settings))
