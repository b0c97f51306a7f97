"""Records and rejections made by hand or by hypothesis, for everything that makes or reads dataset folders."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from builder.building.assemble import Assembled, assemble
from builder.folder.provenance import BuildProvenance
from qagen.pipeline.stats import ReplayStats
from qagen.reasons import Kind, Reason
from qagen.records import (
    ChunkInfo,
    Edit,
    Evidence,
    Generation,
    PaperInfo,
    Record,
    Rejection,
    Scores,
    SectionInfo,
    record_id,
    sha256,
)
from qagen.settings import Settings

SETTINGS = Settings.model_validate({"dataset": {"plots": False}})
FULL_GENERATION = Generation("server", "m:7b", "deep-qa", sha256("p"), 0.6, 0.95, 8192, 2**62, 1)


def paper(name: str, *, title: str | None = None, doi: str | None = None) -> PaperInfo:
    digest = sha256(name)
    return PaperInfo(
        sha256=digest,
        work=f"paper:{digest}",
        file=f"{name}.pdf",
        title=title,
        authors=("A. One", "B. Two"),
        year=2020,
        doi=doi,
        license="CC-BY-4.0",
        document_sha256=sha256(f"document {name}"),
        converter="rules-1",
    )


def record(of: PaperInfo, question: str, answer: str = "Since it is so.", support: float = 0.75) -> Record:
    return Record(
        id=record_id(of.sha256, question, answer),
        question=question,
        answer=answer,
        evidence=(
            Evidence(3, 9, 1, (1.5, 2.25, 30.125, 40.0), sha256("x")),
            Evidence(9, 12, 2, (1.0, 2.0, 3.0, 4.0), sha256("y"), "y"),
        ),
        paper=of,
        section=SectionInfo(("2. Methods", "2.1 Samples"), 0, 90),
        chunk=ChunkInfo(4, 3, 60, sha256("chunk"), (1, 2)),
        generation=FULL_GENERATION,
        checks=Scores(support),
        edits=(Edit("attribution", "answer", "The authors say that it is so."),),
        context="chunk",
        reasoning="hm",
    )


def rejection(of: PaperInfo, detail: str = "3 characters") -> Rejection:
    return Rejection(
        Kind.PAIR,
        Reason.TOO_SHORT,
        detail,
        of,
        question="Why?",
        answer="So.",
        section=SectionInfo(("1",), 0, 9),
        chunk=ChunkInfo(0, 0, 9, sha256("c"), (1,)),
        generation=FULL_GENERATION,
        text="raw",
    )


def about(*papers: PaperInfo, **more: object) -> BuildProvenance:
    plain = BuildProvenance(
        tuple(papers), "server", "m:7b", "deep-qa", sha256("t"), "The prompt.\n", "rules-1"
    )
    return replace(plain, **more)


def folder(
    out: Path,
    results: list[Record | Rejection],
    *papers: PaperInfo,
    settings: Settings = SETTINGS,
    bodies: Mapping[str, tuple[int, int]] | None = None,
    **more: object,
) -> Assembled:
    """Assemble results, sorted by paper as the pipeline gives them."""
    known = {result.paper.sha256: result.paper for result in results} | {one.sha256: one for one in papers}
    ordered = sorted(results, key=lambda result: result.paper.sha256)
    return assemble(
        ordered,
        out,
        about=about(*known.values(), **more),
        settings=settings,
        seen=ReplayStats(bodies=dict(bodies or {})),
    )


def contents(place: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {
        path.relative_to(place).as_posix(): path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }


def many(papers: int, records: int) -> Iterator[Record]:
    """So many records of each of so many papers, in the order of the rows."""
    for info in sorted((paper(f"p{number}") for number in range(papers)), key=lambda info: info.sha256):
        for number in range(records):
            yield record(info, f"Why does effect {number} of {info.file} occur?")


TITLES = st.one_of(
    st.none(),
    st.sampled_from(
        ["Growth of thin oxide films", "Slow slip below the ridge", "Carbon loss of drained peat"]
    ),
)
DOIS = st.one_of(st.none(), st.sampled_from(["10.1000/one", "10.1000/two", "https://doi.org/10.1000/ONE"]))
"""Few titles and DOIs, so that versions of one work are frequent."""

PAPERS = st.lists(
    st.builds(
        lambda number, title, doi: paper(f"n{number}", title=title, doi=doi),
        st.integers(0, 10_000),
        TITLES,
        DOIS,
    ),
    max_size=8,
    unique_by=lambda info: info.sha256,
)
