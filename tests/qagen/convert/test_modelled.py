"""marker's own modes: its real pipeline in the real worker, with its models' servers played over HTTP."""

import json
import os
import sys

import pytest

from qagen.convert import load
from qagen.convert.job import Job, Mode
from qagen.convert.pool import WORKER
from qagen.convert.process import Worker
from qagen.convert.sandbox import ports_of
from qagen.records import Document
from tests.extras import needs_marker
from tests.qagen.convert.conftest import column, pdf
from tests.qagen.convert.invariants import assert_sound
from tests.qagen.convert.marker_server import marker_servers

pytestmark = needs_marker

PAGE = [
    (60, 740, 18, "Gas on hot surfaces"),
    *column(
        "The measured rate of the reac-", "tion rises with the temperature", "of the bath & falls again."
    ),
]
NEXT = column("A second page begins with this", "sentence and ends with that.")
OPTIONS = {
    "marker-fast": Mode("marker-fast", ocr="needed"),
    "marker-fast without a vision model": Mode("marker-fast"),
    "marker-balanced": Mode("marker-balanced", ocr="needed"),
}


@pytest.fixture(scope="module")
def convert(tmp_path_factory):
    """(paper, mode) -> the document or the worker's last answer, all in one worker, since marker takes seconds to load."""
    with marker_servers() as urls:
        stage = tmp_path_factory.mktemp("stage")
        written = [str(tmp_path_factory.getbasetemp())]
        confined = json.dumps([written, ports_of(urls)])
        worker = Worker([*WORKER, str(os.getpid()), "2048", confined], urls, stage)

        def run(paper, mode: Mode):
            folder = tmp_path_factory.mktemp("conversion")
            worker.ask(Job(paper.path, folder, paper.sha256, mode, tmp_path_factory.mktemp("scratch")))
            while (answer := worker.answer(600)) and answer.state in ("started", "pages"):
                pass
            found = load(folder, paper.sha256)
            return found if isinstance(found, Document) else answer

        yield run
        worker.kill()


def shown(document: Document) -> list[tuple[str, int | None, str]]:
    return [(block.type, block.level, document.text[block.start : block.end]) for block in document.blocks]


@pytest.mark.xdist_group("marker")
@pytest.mark.skipif(sys.platform != "linux", reason="one platform is enough for marker's own pipeline")
def test_every_mode_gives_documents_with_places(convert, paper_of):
    paper = paper_of(pdf(PAGE, NEXT))
    for mode in OPTIONS.values():
        document = convert(paper, mode)
        assert_sound(document)
        assert [(kind, text) for kind, _, text in shown(document)] == [
            ("SectionHeader", document.text[: document.blocks[0].end]),
            (
                "Text",
                "The measured rate of the reaction rises with the temperature of the bath & falls again.\n\n",
            ),
            ("Text", "A second page begins with this sentence and ends with that.\n"),
        ], mode
        assert document.text.lstrip("# ").startswith("Gas on hot surfaces\n\n")
        lines = document.blocks[1].regions[0].lines
        assert [document.text[line.start : line.end] for line in lines] == [
            "The measured rate of the reac",
            "tion rises with the temperature",
            "of the bath & falls again.",
        ]
        assert [round(line.bbox[0]) for line in lines] == [60, 60, 60]
        assert [region.page for block in document.blocks for region in block.regions] == [1, 1, 2]

    read = convert(paper, Mode("marker-balanced", ocr="all"))
    assert_sound(read)
    # What stands alone at the very top of a page marker takes for marginalia, unless its layout says that it is a heading.
    assert shown(read) == [
        ("Text", None, "Block 2 as OCR read it.\n\n"),
        ("Text", None, "Block 1 as OCR read it.\n"),
    ]
    assert [len(block.regions) for block in read.blocks] == [1, 1]

    ranged = convert(paper, Mode("marker-fast", range_pages=1))
    assert [text for _, _, text in shown(ranged)][1:] == [text for _, _, text in shown(document)][1:]

    # 12,000 x 12,000 black pixels behind the text, which would hide it from the layout: the page is drawn without them.
    pixels = "8100" * (12_000 * 12_000 // 8 // 128) + "80"
    image = f"q 600 0 0 800 0 0 cm BI /W 12000 /H 12000 /BPC 1 /CS /G /F [/AHx /RL] ID {pixels}> EI Q"
    behind = convert(paper_of(pdf(PAGE, before=image)), Mode("marker-fast"))
    assert [text for _, _, text in shown(behind)] == [
        text.rstrip() + end for (_, _, text), end in zip(shown(document), ("\n\n", "\n"), strict=False)
    ]

    scan = convert(paper_of(pdf([])), Mode("marker-fast"))
    assert (scan.reason, "--ocr" in scan.detail) == ("no_text_layer", True)
