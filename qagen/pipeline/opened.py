"""Papers as they lie in a workspace: what is said of each, its document, and which of it is main body."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from types import MappingProxyType

from qagen import convert
from qagen.asking.dialogue import DialogueReplay, replay_dialogue
from qagen.asking.dialogues import main_body_dialogue, whole_paper
from qagen.asking.main_body import Body
from qagen.asking.recipe import Recipe
from qagen.checks.reading.whole_paper import WholePaper
from qagen.errors import ConversionError
from qagen.ledger.ledger import Ledger
from qagen.papers.works import work_of
from qagen.reasons import Reason
from qagen.records import Document, ListedPaper, Metadata, Paper, PaperInfo
from qagen.settings import ConvertSettings
from qagen.workspace import Workspace

_OPEN = 6
"""Papers that stay open: of those that are asked about together the one comes again and again, the others change."""


def kept_document(
    paper: Paper,
    workspace: Workspace,
    settings: ConvertSettings,
    failures: Mapping[str, ConversionError] = MappingProxyType({}),
) -> Document | ConversionError:
    """The document of a paper, or why there is none.

    Args:
        paper: the paper.
        workspace: where its conversion is read.
        settings: how it was converted.
        failures: paper sha256 -> failures of this run that are not kept, since the next run tries again.
    """
    folder = workspace.conversion(paper.sha256, convert.fingerprint(settings))
    found = failures.get(paper.sha256) or convert.load(folder, paper.sha256)
    if found is None:
        return ConversionError(Reason.CRASHED, "the conversion is not there", remedy="run build again")
    return found


def kept_body(paper: Paper, document: Document, recipe: Recipe, workspace: Workspace) -> DialogueReplay[Body]:
    """The main body of a paper as far as the ledger tells."""
    return replay_dialogue(main_body_dialogue(document, recipe), Ledger(workspace.calls(paper.sha256)).get)


def paper_info(paper: Paper, document: Document, settings: ConvertSettings) -> PaperInfo:
    """The paper as its records name it: what `papers.csv` says of it counts before what the PDF does."""
    said = asdict(listed_paper(paper, document, settings))
    return PaperInfo(**{part.name: said[part.name] for part in fields(PaperInfo)})


def listed_paper(paper: Paper, document: Document, settings: ConvertSettings) -> ListedPaper:
    """The paper as the manifest lists it."""
    said = asdict(document.metadata)
    said.pop("pages")
    said.update(paper.stated)
    said["origins"] = {**said["origins"], **{name: "papers.csv" for name, _ in paper.stated}}
    return ListedPaper(
        sha256=paper.sha256,
        work=work_of(Metadata(title=said["title"], doi=said["doi"]), paper.sha256),
        file=paper.file,
        document_sha256=document.sha256,
        converter=convert.converter_name(document, settings),
        **said,
    )


@dataclass(frozen=True)
class OpenedPaper:
    """A paper with its document.

    Attributes:
        info: as its records name it.
        whole: all that it says.
    """

    paper: Paper
    info: PaperInfo
    document: Document
    whole: WholePaper

    @classmethod
    def of(cls, paper: Paper, document: Document, settings: ConvertSettings) -> "OpenedPaper":
        """A paper that is converted."""
        return cls(paper, paper_info(paper, document, settings), document, whole_paper(document))


class Library:
    """Papers that are opened when somebody asks for them; the last ones stay open."""

    def __init__(self, papers: Iterable[Paper], workspace: Workspace, settings: ConvertSettings) -> None:
        self._papers = {paper.sha256: paper for paper in papers}
        self._workspace, self._settings = workspace, settings
        self.opened = lru_cache(maxsize=_OPEN)(self._open)

    def _open(self, sha256: str) -> OpenedPaper:
        """A paper by its sha256.

        Raises:
            ConversionError: where its document is gone.
        """
        document = kept_document(self._papers[sha256], self._workspace, self._settings)
        if isinstance(document, ConversionError):
            raise document
        return OpenedPaper.of(self._papers[sha256], document, self._settings)
