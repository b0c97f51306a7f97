"""The dataset, the decisions and the papers together: what is shown of a pair, and what is decided about it."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from unicodedata import category

import numpy as np
from pydantic import ValidationError

from builder.folder import manifest
from builder.folder.review_table import Numbers, Query, ReviewTable
from builder.folder.schema import Row, record_of, rejection_of
from builder.pages import FractionBox, PagePicture, PageRenderer, PageView, PdfFinder
from builder.reviewing.passage import Objection, Piece, objections
from builder.reviewing.sources import (
    PagePlace,
    Passage,
    SourcePlace,
    pages_of,
    passages,
    source_places,
    with_evidence,
)
from qagen import convert
from qagen.checks import CheckResult, IndexedSource, JoinedSource, check_pair
from qagen.checks.reading.several_papers import SeveralPapers
from qagen.checks.reading.whole_paper import whole_paper
from qagen.errors import InputError, PictureError
from qagen.question_kinds import DIFFICULTIES, KINDS
from qagen.records import Document, Pair, PaperInfo, Record, Rejection, encodable, is_sha256
from qagen.reviews import Decision, Origin, Reviews, Sample, Verdict
from qagen.reviews.file import MOST_CHARS, ReviewFile
from qagen.settings import CheckSettings
from qagen.workspace import Workspace

CONFIGS = ("default", "rejected")
STATES = ("unreviewed", "accepted", "rejected", "edited", "brought_back", "disputed")
_STATE_OF = {
    "accepted": Verdict.ACCEPT,
    "rejected": Verdict.REJECT,
    "edited": Verdict.EDIT,
    "brought_back": Verdict.BRING_BACK,
}
_DOCUMENTS = 8
_SOURCES = 64
_JOINING = "\u00ad\u200c\u200d"
"""Letters without a shape that writing needs: where a word may break, what joins and what parts letters."""
_SCALE = 1.6
"""Pixels a point of a page's picture: a column of a page can be read."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which pairs are looked through: a query, what was decided, and whether only the sample counts."""

    query: Query = field(default_factory=Query)
    state: str = ""
    sample: bool = False


@dataclass(frozen=True)
class Item:
    """A pair as it is shown.

    Attributes:
        config: `default`, or `rejected` for what was turned down.
        number: of its row.
        id: the content id; empty where the row has no pair.
        thing: the record or the rejection.
        passages: the chunk's text, or those of several.
        objections: what the checks have against the pair.
        pages: where it stands.
        mine: what the reviewer has decided about it; None where nothing.
        others: what others have, who are shown only to somebody who has decided.
    """

    config: str
    number: int
    id: str
    thing: Record | Rejection
    passages: tuple[Passage, ...]
    objections: tuple[Objection, ...]
    pages: tuple[PagePlace, ...]
    mine: Decision | None
    others: tuple[Decision, ...]

    @property
    def passage(self) -> tuple[Piece, ...]:
        """The texts of all passages, one after another; empty where none is here."""
        return tuple(piece for passage in self.passages for piece in passage.pieces)


class Desk:
    """What one reviewer works at. Any thread may ask.

    Args:
        folder: the dataset folder.
        workspace: where the decisions are written, and conversions are read.
        reviewer: the name that decisions carry.
        finder: the PDFs that were named; None where none were.
        renderer: draws their pages.
        now: the time, for people who read the file.

    Raises:
        QagenError: where the folder is no dataset, or the decisions cannot be read.
    """

    def __init__(
        self,
        folder: Path,
        workspace: Workspace,
        reviewer: str,
        *,
        now: Callable[[], datetime],
        finder: PdfFinder | None = None,
        renderer: PageRenderer | None = None,
    ) -> None:
        self.folder, self.reviewer = folder, reviewer
        self._made = manifest.read(folder)
        self._digest = manifest.digest(folder / manifest.FILE)
        self._workspace, self._now = workspace, now
        self._finder, self._renderer = finder, renderer
        self._lock, self._finding = threading.RLock(), threading.Lock()
        self._tables: dict[str, ReviewTable] = {}
        self.file = ReviewFile(workspace.reviews)
        self._reviews = Reviews.of(self.file.read_on())
        self._document = lru_cache(_DOCUMENTS)(self._read_document)
        self._source = lru_cache(_SOURCES)(_indexed)
        self._whole = lru_cache(_DOCUMENTS)(whole_paper)

    @property
    def title(self) -> str:
        """How the dataset is called."""
        said = self._made.setting("dataset", "title")
        return str(said) if said else self.folder.resolve().name

    @property
    def reviews(self) -> Reviews:
        """All decisions, those too that another process has written meanwhile."""
        with self._lock:
            if self.file.is_replaced():
                self.file.start_over()
                self._reviews = Reviews()
            for entry in self.file.read_on():
                self._reviews.add(entry)
            return self._reviews

    def table(self, config: str) -> ReviewTable:
        """The rows of a config; read when they are first looked at."""
        with self._lock:
            if config not in self._tables:
                self._tables[config] = ReviewTable(self.folder, config)
            return self._tables[config]

    @cached_property
    def checks(self) -> CheckSettings:
        """The settings that the dataset's pairs were checked with, as far as this qagen knows them."""
        try:
            return CheckSettings.model_validate(self._made.settings.get("checks") or {})
        except ValidationError:
            return CheckSettings()

    # ---- looking through

    def matching(self, config: str, wanted: Filter) -> Numbers:
        """The rows that a filter asks for: in their order, or in that of the draw where only the sample counts."""
        table, reviews = self.table(config), self.reviews
        with self._lock:
            found = table.matching(wanted.query)
            if wanted.state:
                named = {name for name in reviews.decided if self._is(reviews, name, wanted.state)}
                rows = table.numbers_of(named)
                kept = np.isin(found, rows, invert=wanted.state == "unreviewed")
                found = found[kept]
            if wanted.sample:
                drawn = reviews.sample
                order = [table.by_id[name] for name in (drawn.ids if drawn else ()) if name in table.by_id]
                chosen = np.array(order, dtype=np.int64)
                found = chosen[np.isin(chosen, found)]
        return found

    def _is(self, reviews: Reviews, name: str, state: str) -> bool:
        if state == "disputed":
            word = reviews.word(name)
            return word is not None and word.disputed
        mine = reviews.of_pair(name).get(self.reviewer)
        return mine is not None and (state == "unreviewed" or mine.verdict is _STATE_OF.get(state))

    def neighbours(self, config: str, number: int, wanted: Filter) -> tuple[int | None, int | None, int, int]:
        """The rows before and after one, its place among those that match from 1 (0 where it is none of them), and how many match."""
        found = self.matching(config, wanted)
        ranks = self._ranks(config, wanted.sample)
        places = np.array([ranks.get(int(one), -1) for one in found]) if ranks else found
        own = ranks.get(number, len(ranks)) if ranks else number
        before = int(np.searchsorted(places, own, "left"))
        after = int(np.searchsorted(places, own, "right"))
        return (
            int(found[before - 1]) if before else None,
            int(found[after]) if after < len(found) else None,
            after if after > before else 0,
            len(found),
        )

    def _ranks(self, config: str, sample: bool) -> Mapping[int, int]:
        drawn = self.reviews.sample
        if not sample or drawn is None:
            return {}
        table = self.table(config)
        return {table.by_id[name]: rank for rank, name in enumerate(drawn.ids) if name in table.by_id}

    # ---- one pair

    def thing(self, config: str, number: int) -> Record | Rejection:
        """The record or rejection of a row.

        Raises:
            DatasetError: where it cannot be read.
            InputError: where there is no such row.
        """
        table = self.table(config)
        if not 0 <= number < len(table):
            raise InputError(f"there is no row {number}", remedy="go back to the list")
        with self._lock:
            return _thing(config, table.row(number))

    def item(self, config: str, number: int) -> Item:
        """A pair with all that it is judged beside; raises as `thing`."""
        thing = self.thing(config, number)
        name = self.table(config).content_ids[number]
        found, places = self._looked_at(thing)
        said = self.reviews.of_pair(name) if name else {}
        mine = said.get(self.reviewer)
        return Item(
            config=config,
            number=number,
            id=name,
            thing=thing,
            passages=passages(places),
            objections=found,
            pages=pages_of(places),
            mine=mine,
            others=tuple(one for one in said.values() if one.reviewer != self.reviewer and mine is not None),
        )

    def _looked_at(self, thing: Record | Rejection) -> tuple[tuple[Objection, ...], Sequence[SourcePlace]]:
        """What the checks object to, and the places with their evidence; a record without objections is not checked again."""
        places = source_places(thing, self._document_of)
        if isinstance(thing, Record) and not (thing.review and thing.review.overruled):
            return (), places
        verdict = self._check(places, Pair(thing.question or "", thing.answer or ""))
        if verdict is None or thing.question is None or thing.answer is None:
            return (), places
        found = places if any(place.evidence for place in places) else with_evidence(places, verdict)
        return objections(verdict, self._source(*(place.text or "" for place in places))), found

    def _check(self, places: Sequence[SourcePlace], pair: Pair) -> CheckResult | None:
        """What the checks say of a pair; None where a document is not here."""
        documents = [place.document for place in places if place.document is not None]
        if not places or len(documents) < len(places):
            return None
        with self._lock:
            wholes = [self._whole(document.text) for document in documents]
            across = places[0].info.paper is not None
            whole = SeveralPapers(wholes) if across else wholes[0]
            source = self._source(*(place.text or "" for place in places))
            return check_pair(pair, source, self.checks, paper=whole)

    def _document_of(self, paper: PaperInfo) -> Document | None:
        digest = paper.document_sha256
        return self._document(paper.sha256, digest) if digest and is_sha256(paper.sha256) else None

    def _read_document(self, paper: str, digest: str) -> Document | None:
        return convert.find(self._workspace.paper(paper), paper, digest)

    def picture(
        self, config: str, number: int, page: int, place: int = 0
    ) -> tuple[PagePicture, tuple[FractionBox, ...]]:
        """A page of the paper of one of the pair's places, and the boxes of the evidence on it.

        Raises:
            PictureError: where it cannot be shown, with why.
        """
        item = self.item(config, number)
        stands = next((one for one in item.pages if (one.page, one.place) == (page, place)), None)
        if stands is None:
            raise PictureError(f"the pair does not stand on page {page}")
        if self._finder is None or self._renderer is None:
            raise PictureError("the PDFs are not named", remedy="start with --papers PATH to see their pages")
        with self._finding:  # hashes files: a decision does not wait for it
            path = self._finder.find(stands.paper.sha256, stands.paper.file)
        if path is None:
            raise PictureError(
                f"none of the PDFs that were named is {stands.paper.file!r}",
                remedy="name it with --papers",
            )
        view = PageView(page=page, boxes=stands.boxes, margin=None, scale=_SCALE)
        picture = self._renderer.render(path, stands.paper.sha256, view)
        return picture, picture.boxes

    # ---- deciding

    def decide(
        self,
        config: str,
        number: int,
        verdict: Verdict,
        *,
        reason: str = "",
        new: tuple[str, str] | None = None,
    ) -> tuple[Decision, tuple[str, ...]]:
        """Write a decision; it is on the disk when this returns.

        Returns:
            The decision, and of an edit the reasons that the checks have against it: it holds nevertheless.

        Raises:
            InputError: where the row has no pair, or the edit says nothing or changes nothing.
            WorkspaceError: where it cannot be written; nothing is decided then.
        """
        thing = self.thing(config, number)
        if not self.table(config).content_ids[number]:
            raise InputError("there is no pair here that could be decided about", remedy="go on to the next")
        assert thing.question is not None
        assert thing.answer is not None
        pair = (thing.question, thing.answer)
        edited = edited_pair(pair, new or ("", "")) if verdict is Verdict.EDIT else (None, None)
        if max(len(thing.question), len(thing.answer)) > MOST_CHARS:
            raise InputError(
                f"the pair has more than {MOST_CHARS} characters, which no decision can hold",
                remedy="go on to the next",
            )
        decision = Decision(
            paper=thing.paper.sha256,
            question=encodable(thing.question),
            answer=encodable(thing.answer),
            reviewer=self.reviewer,
            verdict=verdict,
            reason=_one_line(reason) if verdict is Verdict.REJECT else "",
            new_question=edited[0],
            new_answer=edited[1],
            origin=origin_of(thing) if verdict is Verdict.EDIT else None,
            at=self._now().isoformat(timespec="seconds"),
        )
        if decision.id != self.table(config).content_ids[number]:
            raise InputError(
                "the pair is not the one that its id names: the dataset was changed by hand",
                remedy="build it again",
            )
        if config == "rejected" and verdict is Verdict.REJECT and decision.id in self.table("default").by_id:
            raise InputError(
                "this pair stands word for word among the records, and turned down here it would be turned down there, too",
                remedy="look at the record, or go on to the next",
            )
        with self._lock:
            mine = self.reviews.of_pair(decision.id).get(self.reviewer)
            if (
                mine is None or mine.said != decision.said
            ):  # what was sent twice is decided once, and one undo takes it back
                self.append([decision])
        return decision, self._against(thing, decision)

    def _against(self, thing: Record | Rejection, decision: Decision) -> tuple[str, ...]:
        if decision.verdict is not Verdict.EDIT:
            return ()
        places = source_places(thing, self._document_of)
        verdict = self._check(places, Pair(decision.new_question or "", decision.new_answer or ""))
        return () if verdict is None else tuple(f"{fault.reason}: {fault.detail}" for fault in verdict.faults)

    def undo(self) -> Decision | None:
        """Take the reviewer's last decision back; returns it, or None where there is none.

        Raises:
            WorkspaceError: where that cannot be written.
        """
        with self._lock:
            last = self.reviews.last_of(self.reviewer)
            if last is not None:
                now = self._now().isoformat(timespec="seconds")
                taken_back = Decision(
                    last.paper, last.question, last.answer, self.reviewer, Verdict.UNDO, at=now
                )
                self.append([taken_back])
            return last

    def append(self, entries: Iterable[Decision | Sample]) -> None:
        """Write entries, and take them in."""
        with self._lock:
            self.file.append(list(entries))
            self.reviews  # noqa: B018 -- reads on, what others wrote in between too

    def draw(self, size: int, seed: int) -> Sample:
        """Draw a random sample of the records; the same again is not written again.

        Raises:
            WorkspaceError: where it cannot be written.
        """
        drawn = Sample.draw(self.table("default").content_ids, size, seed=seed, dataset=self._digest)
        if self.reviews.sample != drawn:
            self.append([drawn])
        return drawn

    def find(self, name: str) -> tuple[str, int] | None:
        """The config and row of a pair by its content id; None where the dataset does not have it."""
        for config in CONFIGS:
            if (number := self.table(config).by_id.get(name)) is not None:
                return config, number
        return None


def _indexed(*texts: str) -> IndexedSource:
    return IndexedSource(texts[0]) if len(texts) == 1 else JoinedSource(texts)


def _thing(config: str, row: Row) -> Record | Rejection:
    if config == "default":
        return record_of(row)
    try:
        return rejection_of(row)
    except (KeyError, ValueError):
        raise InputError(
            f"the row has a kind or reason that this qagen does not know ({row['kind']!r}, {row['reason']!r})",
            remedy="upgrade qagen",
        ) from None


def origin_of(thing: Record | Rejection) -> Origin | None:
    """Where a pair came from; None where that is not known."""
    document, section, chunk, made = (
        thing.paper.document_sha256,
        thing.section,
        thing.chunk,
        thing.generation,
    )
    if document is None or section is None or chunk is None or made is None:
        return None
    kind = thing.kind if isinstance(thing, Record) else thing.question_kind
    return Origin(
        document,
        section,
        chunk,
        made,
        KINDS.get(kind or ""),
        DIFFICULTIES.get(thing.difficulty or ""),
        thing.places and tuple(replace(place, evidence=None) for place in thing.places),
    )


def edited_pair(before: tuple[str, str], new: tuple[str, str]) -> tuple[str, str]:
    """A pair as somebody typed it anew.

    Raises:
        InputError: where the edit says nothing, changes nothing, or is too long.
    """
    question, answer = map(_changed, before, new)
    if not question or not answer:
        raise InputError("an edit has a question and an answer", remedy="fill in both")
    if max(len(question), len(answer)) > MOST_CHARS:
        raise InputError(f"a question or an answer has at most {MOST_CHARS} characters", remedy="shorten it")
    if (question, answer) == before:
        raise InputError("nothing was changed", remedy="accept the pair instead, or change it")
    return question, answer


def _changed(before: str, typed: str) -> str:
    """What a field holds now; where nothing was typed into it, what it held, letter by letter."""
    written = written_text(typed)
    return before if written == written_text(before) else written


def written_text(text: str) -> str:
    """What somebody typed into a field, as a text: line breaks as everywhere, no blanks around, nothing that acts on a terminal."""
    plain = encodable(text).replace("\r\n", "\n").replace("\r", "\n").strip()
    return "".join(
        letter
        for letter in plain
        if letter in "\n\t" or letter in _JOINING or letter.isprintable() or category(letter) == "Zs"
    )


def _one_line(text: str) -> str:
    return " ".join(written_text(text).split())[:2000]
