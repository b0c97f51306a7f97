"""The report: its figures as whole values, hostile texts that do nothing, folders of older versions, evidence on its page."""

import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import builder
from builder.building.estimate import speed_of
from builder.folder import manifest
from builder.folder.profile import Profile
from builder.reporting import rows
from builder.reporting.charts import Chart, chart_of, svg, trimmed
from builder.reporting.cost import cost_of
from builder.reporting.counting import Counting
from builder.reporting.drawing import Smallest
from builder.reporting.figures import (
    BarrenPaper,
    Cost,
    Figures,
    Funnel,
    Lengths,
    Made,
    PerPaper,
    ReasonFigures,
    SectionYield,
    Share,
)  # fmt: skip
from builder.reporting.page import shown
from builder.reporting.report import ReportRequest, write_report
from builder.reporting.wording import opening_of, what_is_asked
from qagen.errors import DatasetError, InputError
from qagen.reasons import Kind, Reason
from qagen.records import Evidence, sha256
from qagen.settings import Settings
from qagen.workspace import Workspace
from tests.builder import corpora
from tests.builder.corpora import paper, record, rejection
from tests.builder.test_page_pictures import sha256 as file_sha256
from tests.builder.test_pages import displayed, pdf
from tests.command import qagen

ONE, TWO, NOTHING, BROKEN = (paper(name, title=f"On {name}") for name in ("one", "two", "nothing", "broken"))
SETTINGS = Settings.model_validate({"dataset": {"plots": False, "splits": {"validation": 0, "test": 0}}})


def folder(place, results, *papers, **more):
    corpora.folder(place, results, *papers, settings=SETTINGS, **more)
    return place


def other(of, kind, reason, index=7, **parts):
    chunk = replace(rejection(of).chunk, index=index)
    return replace(rejection(of), kind=kind, reason=reason, chunk=chunk, **parts)


NO_COST = Cost()
MIXED = [
    record(ONE, "Why is it so?", "Since it is so."),
    record(ONE, "How many cells are there in it?", "There are 12 cells.", support=0.96),
    record(TWO, "Is it so in winter, too?", "since it is so"),
    other(ONE, Kind.PAIR, Reason.UNSUPPORTED, index=4, question="Why now?"),
    other(ONE, Kind.PAIR, Reason.DUPLICATE, index=5, question="Why is it so, then?"),
    other(TWO, Kind.CHUNK, Reason.TOO_SHORT, question=None, answer=None),
    other(NOTHING, Kind.COMPLETION, Reason.REFUSAL, index=1, question=None, answer=None),
    other(NOTHING, Kind.PAIR, Reason.UNSUPPORTED, index=2),
    replace(
        other(BROKEN, Kind.PAPER, Reason.DAMAGED, detail="it is cut off"),
        chunk=None,
        section=None,
        question=None,
        answer=None,
    ),
]


def figures_of(place, name="d", seed=0, cost=NO_COST):
    counting = Counting(manifest.read(place), name, seed)
    for row in rows.records(place):
        counting.record(row)
    for row in rows.rejections(place):
        counting.rejected(row)
    return counting.figures(cost)


def test_the_figures_of_a_dataset(tmp_path):
    place = folder(tmp_path / "d", MIXED, bodies={ONE.sha256: (0, 100), TWO.sha256: (0, 10)})
    found = figures_of(place)
    examples = {reason.reason: len(reason.examples) for reason in found.reasons}
    assert examples == {"unsupported": 2, "damaged": 1, "duplicate": 1, "refusal": 1, "too_short": 1}
    bare = replace(found, reasons=tuple(replace(reason, examples=()) for reason in found.reasons))
    assert bare == Figures(
        name="d",
        made=Made("server", "m:7b", "deep-qa", "", "rules-1", "", "0.1.0"),
        splits={"train": 3},
        funnel=Funnel(
            papers=4, with_text=3, with_records=2, chunks=6, asked=5, answered=4, pairs=6, passed=4, records=3
        ),
        profile=Profile(
            sections={"methods": 3},
            support=(0, 0, 0, 0, 0, 0, 0, 2, 0, 1),
            coverage=(2, 0, 0, 0, 0, 0, 0, 0, 1, 0),
            openings={"how": 1, "is": 1, "why": 1},
            ocr=0,
        ),
        unanswerable=0,
        yields=(SectionYield("methods", 3, 3), SectionYield("other", 3, 0)),
        asked={"how many": 1, "why": 1, "yes or no": 1},
        kinds={},
        questions=Lengths(25, (2, 1, 0, 0, 0, 0, 0, 0, 0, 0), 24, 31),
        answers=Lengths(100, (3, 0, 0, 0, 0, 0, 0, 0, 0, 0), 15, 19),
        openings=found.openings,
        opening_share=Share(3, 3),
        repeated_answers=Share(2, 3),
        reasons=(
            ReasonFigures("unsupported", 2, {"pair": 2}),
            ReasonFigures("damaged", 1, {"paper": 1}),
            ReasonFigures("duplicate", 1, {"pair": 1}),
            ReasonFigures("refusal", 1, {"completion": 1}),
            ReasonFigures("too_short", 1, {"chunk": 1}),
        ),
        other_reasons=0,
        per_paper=PerPaper({"0": 2, "1-4": 2, "5-9": 0, "10-19": 0, "20-49": 0, "50-99": 0, "100+": 0}, 0, 2),
        barren=(
            BarrenPaper("broken.pdf", "On broken", "damaged: it is cut off"),
            BarrenPaper("nothing.pdf", "On nothing", "refusal (1), unsupported (1)"),
        ),
        more_barren=0,
        cost=Cost(),
        has_rejections=True,
    )
    assert found.openings == {"how many cells": 1, "is it so": 1, "why is it": 1}


def test_the_report_s_profile_is_that_of_the_card(tmp_path):
    place = folder(tmp_path / "d", MIXED, bodies={ONE.sha256: (0, 100)})
    assert figures_of(place).profile == manifest.read(place).profile


def test_kinds_are_counted_and_questions_without_an_answer_are_told_of_apart(tmp_path):
    kinds = [
        replace(record(ONE, f"Why {n}?"), kind=kind) for n, kind in enumerate(("causal", "causal", "numeric"))
    ]
    place = folder(
        tmp_path / "d",
        [*kinds, replace(record(ONE, "Who paid?"), kind="unanswerable", answer="The text does not say.")],
    )
    found = figures_of(place)
    assert (found.kinds, found.profile) == ({"causal": 2, "numeric": 1}, manifest.read(place).profile)
    assert (found.funnel.records, found.unanswerable) == (3, 1)
    assert "Besides, 1 question that the paper does not answer" in page_of(place).text


def test_examples_and_samples_do_not_hang_on_the_order_and_another_seed_draws_others():
    names = [f"id{number}" for number in range(200)]
    drawn = {}
    for seed in (0, 1):
        for order in (names, names[::-1]):
            some = Smallest(5, seed)
            for name in order:
                some.add(name, name)
            drawn.setdefault(seed, set()).add(tuple(some.drawn()))
    assert [len(orders) for orders in drawn.values()] == [1, 1]
    assert drawn[0] != drawn[1]
    none = Smallest(0, 0)
    none.add("x", "x")
    assert none.drawn() == []


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Why does it grow?", "why"),
        ("In which year was it built?", "which"),
        ("To what extent does it hold?", "what"),
        ("By how much does it rise?", "how many"),
        ("How does it rise?", "how"),
        ("Does it rise when it rains?", "yes or no"),
        ("Whose idea was it?", "who"),
        ("Welche Rolle spielt es?", "other"),
        ("", "other"),
    ],
)
def test_what_a_question_asks(question, asked):
    assert what_is_asked(question) == asked


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("What is the, that?", "what is the"),
        ("Why so?", ""),
        ("a" * 90 + " b c", ""),
        ("What \u202eis it", ""),
    ],
)
def test_the_opening_of_a_question_is_its_first_three_words(question, opening):
    assert opening_of(question) == opening


def test_thousands_of_reasons_openings_and_kinds_are_named_up_to_a_limit(tmp_path):
    place = folder(tmp_path / "d", MIXED)
    counting = Counting(manifest.read(place), "d", 0)
    row = next(iter(rows.rejections(place)))
    first = next(iter(rows.records(place)))
    for number in range(3000):
        counting.rejected(row.model_copy(update={"reason": f"r{number}", "id": f"i{number}"}))
        counting.record(first.model_copy(update={"kind": f"k{number}", "question": f"What {number} is it?"}))
    found = counting.figures(Cost())
    assert (len(found.reasons), found.other_reasons) == (100, 2900)
    assert (len(found.kinds), len(found.openings)) == (20, 10)


def test_a_share_of_nothing_is_nothing():
    assert (Share(0, 0).percent, Share(1, 4).percent) == (0.0, 25.0)


def test_seconds_are_judged_by_how_fast_the_model_was(tmp_path):
    made = manifest.read(folder(tmp_path / "d", MIXED)).having(
        answers={"responses": 4, "prompt_tokens": 900, "completion_tokens": 600}
    )
    workspace = Workspace(tmp_path / "w")
    workspace.runs.mkdir(parents=True)
    run = {
        "model": "m:7b", "seconds": 10, "attempts": {"1": 2},
        "calls": {"made": 2, "prompt_tokens": 5, "completion_tokens": 200},
    }  # fmt: skip
    (workspace.runs / "1.json").write_text(json.dumps(run))
    (workspace.runs / "2.json").write_text("{")
    assert cost_of(made, workspace) == Cost(4, 900, 600, 30.0, 1)
    assert cost_of(made, None) == Cost(4, 900, 600, None, 0)
    assert cost_of(made.having(made={"engine": "extractive"}), workspace) == Cost()
    assert speed_of(workspace, "another") is None


# ---- the page


class Page(HTMLParser):
    """Elements, attributes and text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words = set(), [], []
        self.feed(text)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, *pair) for pair in attrs]

    def handle_data(self, data):
        if self.lasttag != "style":
            self.words.append(data)


def page_of(place, out=None, **request):
    out = out or place.parent / "report.html"
    result = write_report(place, out, ReportRequest(work=place.parent / "no-workspace", **request))
    assert result.bytes == out.stat().st_size
    return Page(out.read_text("utf-8"))


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=y> {{ 7 * 7 }} \u202egnp.exe\u200b\x00 &amp; Z\u0300\u0300\u0300\u0300\u0300\u0300\u0300"


def test_hostile_texts_are_shown_letter_by_letter_and_do_nothing(tmp_path):
    bad = replace(paper("bad", title=HOSTILE), file=f"{HOSTILE}.pdf", license=HOSTILE)
    one = record(bad, f"Why {HOSTILE}?", HOSTILE)
    one = replace(
        one, section=replace(one.section, path=(HOSTILE,)), evidence=(replace(one.evidence[1], text=HOSTILE),)
    )
    nothing = replace(paper("none", title=HOSTILE), file=HOSTILE)
    turned = replace(rejection(bad, HOSTILE), question=HOSTILE, answer=HOSTILE, text=HOSTILE)
    gone = replace(rejection(nothing, HOSTILE), kind=Kind.PAPER, reason=Reason.DAMAGED)
    place = folder(tmp_path / "<b>", [one, turned, gone], model=HOSTILE)
    before = folder(tmp_path / "before", [turned, gone], model="m")
    page = page_of(place, against=before)
    assert not page.tags & {"script", "iframe", "object", "link", "form", "b2", "base"}
    assert [one for one in page.attributes if one[1].startswith("on")] == []
    assert page.text.count("<script>alert(1)</script>") >= 8
    assert "\\u202egnp.exe\\u200b\\x00 &amp; Z" in page.text
    assert not set("\u202e\u200b\x00") & set(page.text)
    assert "\u0300" * 5 not in page.text


def test_a_page_loads_nothing_and_says_so_to_the_browser(tmp_path):
    page = page_of(folder(tmp_path / "d", MIXED), against=folder(tmp_path / "e", MIXED[:2]))
    addresses = {
        value for _, name, value in page.attributes if name in ("src", "href", "data", "action", "xlink:href")
    }
    assert all(one.startswith(("#", "data:image/webp;base64,")) for one in addresses)
    policy = (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    )
    assert ("meta", "content", policy) in page.attributes
    assert "http" not in " ".join(str(value) for _, name, value in page.attributes if name == "style")
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert sorted(ids) == sorted(set(ids))
    assert {value[1:] for _, name, value in page.attributes if name == "href"} <= set(ids)


def test_two_versions_stand_beside_each_other(tmp_path):
    page = page_of(
        folder(tmp_path / "new", MIXED), against=folder(tmp_path / "old", MIXED[1:4], model="m:8b")
    )
    assert "From old to new : 1 records added, 0 removed" in page.text
    assert "made.model" in page.text
    assert "m:8b m:7b" in page.text
    labels = [value for tag, name, value in page.attributes if tag == "svg" and name == "aria-label"]
    assert (
        "Papers. new: read 4, with text 3, with records 2; old: read 2, with text 2, with records 2" in labels
    )
    assert (
        "Pairs and records by kind of section. records: methods 3; pairs read: methods 3, other 3" in labels
    )


def test_datasets_are_named_by_what_tells_their_paths_apart(tmp_path):
    for name in ("a/d", "b/d"):
        folder(tmp_path / name, MIXED)
    out = tmp_path / "r.html"
    assert "<h1>a/d</h1>" in write_text(tmp_path / "a/d", out, against=tmp_path / "b/d")
    assert "<h1>d</h1>" in write_text(tmp_path / "a/d", out)
    assert "<h1>d (1)</h1>" in write_text(tmp_path / "a/d", out, against=tmp_path / "a/d")
    assert str(tmp_path) not in out.read_text("utf-8")


def write_text(place, out, **request):
    write_report(place, out, ReportRequest(**request))
    return out.read_text("utf-8")


def test_the_same_folder_gives_the_same_bytes(tmp_path):
    place = folder(tmp_path / "d", MIXED)
    assert write_text(place, tmp_path / "a.html") == write_text(place, tmp_path / "b.html")


def test_a_folder_without_rejections_says_what_is_not_known(tmp_path):
    place = folder(tmp_path / "d", MIXED)
    shutil.rmtree(place / "data/rejected")
    told = manifest.read(place)
    del (configs := dict(told.as_json()["configs"]))["rejected"]
    manifest.write(place, told.having(configs=configs))
    found = figures_of(place)
    assert found.funnel == Funnel(4, None, 2, None, None, None, None, None, 3)
    assert found.reasons[0] == ReasonFigures("unsupported", 2)
    assert [one.why for one in found.barren] == ["not known: the rejections are not part of this dataset"] * 2
    page = page_of(place, against=folder(tmp_path / "e", MIXED))
    assert "what became of chunks and pairs is not known here" in page.text
    assert "there are no examples to show" in page.text


def test_an_empty_dataset_has_a_report(tmp_path):
    page = page_of(folder(tmp_path / "d", [], NOTHING))
    assert "There are no records." in page.text
    assert "Nothing was turned down." in page.text
    assert "nothing came of it, and nothing was turned down" in page.text


def older(place):
    """The folder as an earlier qagen might have written it: fewer columns, a manifest that tells less."""
    for path in sorted(place.glob("data/*/*.parquet")):
        table = pq.read_table(path)
        keep = [
            name
            for name in table.column_names
            if name not in ("checks", "edits", "context", "reasoning", "displaced_by", "section")
        ]
        table = table.select(keep)
        if "evidence" in keep:
            less = [
                [{"page": item["page"], "bbox": item["bbox"]} for item in one]
                for one in table["evidence"].to_pylist()
            ]
            table = table.set_column(keep.index("evidence"), "evidence", pa.array(less))
        pq.write_table(table, path)
    told = manifest.read(place).as_json()
    (place / "manifest.json").write_text(
        json.dumps({key: told[key] for key in ("format", "tool", "papers", "configs", "files")})
    )
    return place


def test_a_folder_of_an_older_version_is_shown_as_far_as_it_tells(tmp_path):
    place = older(folder(tmp_path / "d", MIXED, bodies={ONE.sha256: (0, 100)}))
    found = figures_of(place)
    assert found.funnel == Funnel(4, 3, 2, 6, 5, 4, 6, 4, 3)
    assert found.profile == Profile({"opening": 3}, (0,) * 10, (), {"how": 1, "is": 1, "why": 1})
    assert found.made == Made("", "", "", "", "", "", "0.1.0")
    page = page_of(place, against=folder(tmp_path / "e", MIXED))
    assert "an unknown engine" in page.text
    assert "Where in the papers the records lie is not known" in page.text


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda place: (place / "manifest.json").unlink(), "is not a dataset folder of qagen"),
        (lambda place: next(place.glob("data/default/*")).write_bytes(b"PAR1"), "cannot be read"),
        (lambda place: next(place.glob("data/rejected/*")).unlink(), "is in the manifest and not there"),
        (
            lambda place: pq.write_table(
                pa.table({"id": ["a"], "question": [3]}), next(place.glob("data/default/*"))
            ),
            r"row 1: 'question' is no text \(it is 3\)",
        ),
    ],
)
def test_half_a_folder_is_an_error_and_the_report_of_before_stays(tmp_path, harm, said):
    place = folder(tmp_path / "d", MIXED)
    before = '<meta name="generator" content="qagen report">'
    (tmp_path / "report.html").write_text(before)
    harm(place)
    with pytest.raises(DatasetError, match=said):
        write_report(place, tmp_path / "report.html", ReportRequest())
    assert (tmp_path / "report.html").read_text() == before


# ---- evidence


@pytest.fixture
def shown_paper(tmp_path):
    """A record whose evidence stands in a PDF that is there, and the place of that."""
    path = pdf(tmp_path / "papers.pdf")
    of = replace(paper("p"), sha256=file_sha256(path), file="papers.pdf")
    box = displayed(path, "Upper words there")
    one = record(of, "Where do the upper words stand?")
    return path, replace(one, evidence=(Evidence(3, 9, 1, box, sha256("x"), "Upper words there"),))


def test_evidence_is_shown_on_its_page_where_the_pdf_is_at_hand(tmp_path, shown_paper):
    path, one = shown_paper
    place = folder(tmp_path / "d", [one])
    page = page_of(place, papers=(path,))
    images = [value for tag, name, value in page.attributes if (tag, name) == ("img", "src")]
    assert [value[:28] for value in images] == ["data:image/webp;base64,UklGR"]
    boxes = [value for tag, name, value in page.attributes if tag == "i" and name == "style"]
    assert len(boxes) == 1
    assert re.fullmatch(
        r"(left|top|width|height):\d+\.\d{3}%(;(left|top|width|height):\d+\.\d{3}%){3}", boxes[0]
    )
    assert "Part of page 1 with the evidence marked" in [
        value for _, name, value in page.attributes if name == "alt"
    ]


@pytest.mark.parametrize(
    ("papers", "parts", "said"),
    [
        (False, {}, "Its page is not shown: no PDFs were named . Name them with --papers"),
        (True, {"page": 9}, "page 9 cannot be drawn: the PDF has 1 pages"),
        (
            True,
            {"text": None, "page": 9},
            "The evidence's text is not part of this dataset, and its page is not shown",
        ),
    ],
)
def test_without_its_page_the_evidence_s_words_are_shown_or_why_not(
    tmp_path, shown_paper, papers, parts, said
):
    path, one = shown_paper
    one = replace(one, evidence=(replace(one.evidence[0], **parts),))
    page = page_of(folder(tmp_path / "d", [one]), papers=(path,) if papers else ())
    assert said in page.text
    assert ("Upper words there" in page.text) == ("text" not in parts)


def test_a_pdf_of_other_bytes_is_not_shown(tmp_path, shown_paper):
    path, one = shown_paper
    place = folder(tmp_path / "d", [one])
    path.write_bytes(path.read_bytes() + b"\n")
    assert "its PDF is not among those that were named" in page_of(place, papers=(path,)).text


def test_a_record_without_evidence_says_so(tmp_path, shown_paper):
    path, one = shown_paper
    assert (
        "the record names no evidence"
        in page_of(folder(tmp_path / "d", [replace(one, evidence=())]), papers=(path,)).text
    )


# ---- charts


def test_a_chart_is_text_and_shapes_and_says_its_numbers():
    chart = Chart("Records", ("a<b", "c"), (("x", (1200, 0)),), notes=("(10 %)", ""))
    drawn = svg(chart)
    assert drawn == svg(chart)
    page = Page(drawn)
    assert page.tags == {"svg", "g", "rect", "text"}
    assert page.text.split() == ["c", "a<b", "1,200", "(10", "%)"]
    assert ("svg", "aria-label", "Records. a<b 1,200") in page.attributes
    assert ("svg", "role", "img") in page.attributes


def test_counts_above_bars_are_short_and_the_words_are_exact():
    chart = Chart("Records", ("0", "1"), (("x", (123_456, 9_999)),), standing=True)
    page = Page(svg(chart))
    assert {"123k", "9,999"} <= set(page.text.split())
    assert chart.words == "Records. 0 123,456, 1 9,999"


def test_charts_of_two_datasets_have_the_labels_of_both():
    from builder.card.plots import Bars

    both = [("a", Bars("n", "T", ("x", "y"), (1, 2))), ("b", Bars("n", "T", ("y", "z"), (3, 4)))]
    assert chart_of(both) == Chart("T", ("x", "y", "z"), (("a", (1, 2, 0)), ("b", (0, 3, 4))))
    assert Chart("T", ("x",), (("a", (0,)),)).empty


def test_bins_at_either_end_in_which_nothing_is_are_left_out_where_bars_lie():
    lying = Chart("T", ("0", "1", "2", "3"), (("a", (0, 1, 0, 0)), ("b", (0, 0, 2, 0))))
    assert trimmed(lying) == Chart("T", ("1", "2"), (("a", (1, 0)), ("b", (0, 2))))
    for whole in (replace(lying, standing=True), Chart("T", ("0",), (("a", (0,)),))):
        assert trimmed(whole) == whole


def test_a_long_text_is_cut_and_marks_that_pile_up_are_taken_off():
    assert shown("a" * 700, 5) == "aaaaa …"
    assert shown("e" + "\u0301" * 9) == "e" + "\u0301" * 4
    assert shown("one\n \n\n\ntwo") == "one\n\ntwo"
    assert shown("one\ttwo\r\nthree\rfour") == "one two\nthree\\rfour"


# ---- the doors


def test_the_command_and_the_function_write_the_same_file(tmp_path):
    place = folder(tmp_path / "d", MIXED)
    run = qagen(
        "report", place, "--out", tmp_path / "a.html", "--sample", 2, "--work", tmp_path / ".qagen", "--json"
    )
    told = f"there is no workspace {str(tmp_path / '.qagen')!r}, so the page says nothing of time\n"
    assert (run.returncode, run.stderr) == (0, told)
    made = builder.report(place, tmp_path / "b.html", sample=2, work=tmp_path / ".qagen")
    assert json.loads(run.stdout) == {
        "out": str(tmp_path / "a.html"), "bytes": made.bytes, "records": 3, "samples": 2, "with_page": 0,
    }  # fmt: skip
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert (
        made.text
        == f"{tmp_path / 'b.html'}: 3 records, 2 of them shown, 0 with their page ({made.bytes:,} bytes)"
    )
    assert made.text in made._repr_html_().replace("<wbr>", "")


def test_what_cannot_be_written_or_read_is_told_in_a_line(tmp_path):
    place = folder(tmp_path / "d", MIXED)
    (tmp_path / "mine.csv").write_text("of somebody")
    for out, papers, said in (
        (tmp_path, (), "is a folder; name a file in it"),
        (place / "manifest.json", (), "would lie in .* which has files of its own"),
        (place / "report.html", (), "would lie in .* which has files of its own"),
        (tmp_path / "mine.csv", (), "is there already and is no report"),
        (tmp_path / "mine.csv/x.html", (), "name another file with 'out'"),
        (tmp_path / "r.html", (tmp_path / "nowhere",), "there is no file or folder"),
    ):
        with pytest.raises(InputError, match=said):
            builder.report(place, out, papers=papers)
    assert (tmp_path / "mine.csv").read_text() == "of somebody"


# ---- in a browser

CHROMIUM = shutil.which("chromium")


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
def test_a_browser_shows_it_without_a_complaint_a_request_or_a_thing_that_sticks_out(tmp_path, shown_paper):
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
    path, one = shown_paper
    place = folder(tmp_path / "d", [*MIXED, one])
    out = tmp_path / "report.html"
    write_report(place, out, ReportRequest(papers=(path,), against=folder(tmp_path / "e", MIXED[:3])))
    said, asked = [], []
    with sync.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for width in (1280, 400):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.on("console", lambda message: said.append(message.text))
            page.on("request", lambda request: asked.append(request.url[:5]))
            page.goto(out.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert page.evaluate("document.images[0].naturalWidth") > 0
        found = axe.Axe().run(page).response["violations"]
        faults = [fault["id"] for fault in found if fault["impact"] in ("serious", "critical")]
        browser.close()
    assert (said, set(asked) - {"file:", "data:"}, faults) == ([], set(), [])
