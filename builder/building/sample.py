"""The sample of chunks: those whose hash is smallest, the same ones for every prompt and model, whatever the order of the papers.

Which chunks there are depends on what the model takes for a paper's main body. It is asked only about papers that could
have a chunk in the sample: with every section counted in, or with those that it chose.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qagen import convert
from qagen.asking.dialogues import body_chunks
from qagen.asking.main_body import Body
from qagen.asking.recipe import ChunkKey, Recipe, is_asked
from qagen.chunking.sections import headings
from qagen.pipeline.opened import kept_body
from qagen.records import Document, Paper, sha256
from qagen.workspace import Workspace


@dataclass(frozen=True, slots=True)
class _Candidates:
    """A paper's chunks by their hashes; `open` where its main body is not known, and every section counts."""

    open: bool
    ranked: tuple[tuple[str, ChunkKey], ...]


class Sample:
    """The sample of some papers that are converted, as far as the ledgers tell which sections are main body."""

    def __init__(self, papers: Sequence[Paper], workspace: Workspace, recipe: Recipe, size: int) -> None:
        self._papers = {paper.sha256: paper for paper in papers}
        self._workspace = workspace
        self._recipe = replace(recipe, sample=None)
        self._size = size
        self._candidates = {paper.sha256: self._candidates_of(paper) for paper in papers}

    def undecided(self) -> list[Paper]:
        """The papers whose main body has to be known before anybody can say which chunks the sample is."""
        found = dict.fromkeys(sha256 for _, (sha256, _) in self._first())
        return [self._papers[sha256] for sha256 in found if self._candidates[sha256].open]

    def decide(self, papers: Sequence[Paper]) -> None:
        """Look again at papers whose main body was asked for; where there is no answer, the rules stand in."""
        for paper in papers:
            self._candidates[paper.sha256] = self._candidates_of(paper, rules=True)

    def chunks(self) -> frozenset[ChunkKey]:
        """The sample; of papers that are undecided, the chunks by the rules."""
        while left := self.undecided():
            self.decide(left)
        return frozenset(key for _, key in self._first())

    def _first(self) -> list[tuple[str, ChunkKey]]:
        return heapq.nsmallest(
            self._size, (each for found in self._candidates.values() for each in found.ranked)
        )

    def _candidates_of(self, paper: Paper, *, rules: bool = False) -> _Candidates:
        fingerprint = convert.fingerprint(self._recipe.settings.convert)
        document = convert.load(self._workspace.conversion(paper.sha256, fingerprint), paper.sha256)
        if not isinstance(document, Document):
            return _Candidates(False, ())
        body = kept_body(paper, document, self._recipe, self._workspace).value
        is_open = body.by == "unanswered" and not rules
        if is_open:
            body = Body(frozenset(head.start for head in headings(document)))
        ranked = tuple(
            (sha256(f"{paper.sha256} {chunk.text}"), (paper.sha256, chunk.index))
            for chunk in body_chunks(document, body, self._recipe)
            if is_asked(chunk, paper, self._recipe)
        )
        return _Candidates(is_open, ranked)
