"""What the settings of the selection do to a dataset, from PDFs to rows."""

import json
from collections import Counter
from pathlib import Path

import pytest

from builder.building.build import build_dataset
from builder.building.report import BuildReport
from builder.folder.read import rows
from qagen.errors import EngineError, WorkspaceError
from qagen.settings import Settings
from tests.builder.corpora import contents
from tests.conftest import EXAMPLES
from tests.scripted_server import Reply, ScriptedServer


def build(
    out: Path, work: Path, select: dict, url: str = "http://127.0.0.1:9/v1", **more: bool
) -> BuildReport:
    tables = {
        "ask": {"engine": "extractive", "base_url": url, "retries": 0},
        "dataset": {"plots": False},
        "select": select,
    }
    return build_dataset([EXAMPLES], out, settings=Settings.model_validate(tables), work=work, **more)


def section(row: dict) -> tuple[str, int]:
    return row["paper"]["sha256"], row["section"]["start"]


def passed_the_checks(report: BuildReport) -> int:
    gone = report.rejections["pair"]
    return report.records + sum(
        gone.get(reason, 0) for reason in ("duplicate", "near_duplicate", "over_quota")
    )


def opening(question: str) -> int:
    """Which of a few first words a question has."""
    words = ["why", "what", "how", "which", question.split()[0].lower()]
    return words.index(words[-1])


def by_opening(request: dict, nth: int) -> Reply:
    """The same vector for all questions that begin alike."""
    vectors = [[float(opening(text) == axis) for axis in range(5)] for text in request["input"]]
    data = [{"index": place, "embedding": vector} for place, vector in enumerate(vectors)]
    return Reply(body=json.dumps({"data": data}))


def test_a_quota_leaves_each_section_its_best_and_the_report_says_where_records_come_from(work, tmp_path):
    free = build(tmp_path / "free", work, {})
    report = build(tmp_path / "d", work, {"max_per_section": 1})
    before = [row for _, row in rows(tmp_path / "free", "default")]
    after = [row for _, row in rows(tmp_path / "d", "default")]
    assert Counter(map(section, after)) == dict.fromkeys(map(section, before), 1)
    best = {
        place: max(row["checks"]["support"] for row in before if section(row) == place)
        for place in map(section, before)
    }
    assert {section(row): row["checks"]["support"] for row in after} == best
    assert passed_the_checks(report) == passed_the_checks(free)
    assert report.rejections["pair"]["over_quota"] >= free.records - report.records
    assert {paper.file: sum(paper.tenths) for paper in report.coverage} == Counter(
        row["paper"]["file"] for row in after
    )
    assert sum(map(sum, zip(*(paper.tenths for paper in free.coverage), strict=True))) == free.records


def test_the_same_build_in_another_place_has_the_same_bytes(work, tmp_path):
    build(tmp_path / "a", work, {"similarity": 0.5, "max_per_section": 3})
    build(tmp_path / "b", work, {"similarity": 0.5, "max_per_section": 3})
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_vectors_are_asked_for_once_and_decide_what_is_nearly_the_same(work, tmp_path):
    select = {"embedding_model": "mini"}
    with ScriptedServer(reply=by_opening) as server:
        report = build(tmp_path / "d", work, select, server.base_url)
        asked = [text for request in server.requests for text in request["input"]]
        assert {path for path in server.paths if path.startswith("POST")} == {"POST /v1/embeddings"}
        lower = build(tmp_path / "e", work, {**select, "embedding_similarity": 0.5}, server.base_url)
        assert len(asked) == len(set(asked)) == sum(len(request["input"]) for request in server.requests)
    gone = [row for _, row in rows(tmp_path / "d", "rejected") if row["reason"] == "near_duplicate"]
    assert (len(gone), lower.records) == (report.rejections["pair"]["near_duplicate"], report.records)
    kept = {row["id"]: opening(row["question"]) for _, row in rows(tmp_path / "d", "default")}
    assert gone
    assert [kept[row["displaced_by"]] for row in gone] == [opening(row["question"]) for row in gone]
    offline = build(tmp_path / "f", work, select, offline=True)
    assert offline.records == report.records


def test_without_its_vectors_nothing_is_built_and_what_is_there_stays(work, tmp_path):
    build(tmp_path / "d", work, {})
    before = contents(tmp_path / "d")
    with pytest.raises(
        EngineError, match=r"^the workspace has no vector of .* by 'mini', and --offline asks"
    ):
        build(tmp_path / "d", work, {"embedding_model": "mini"}, offline=True)
    with pytest.raises(EngineError, match=r"^the embedding model 'mini' at .* gave no vectors in 1 try: "):
        build(tmp_path / "d", work, {"embedding_model": "mini"})
    (work / "embeddings.sqlite3").unlink()
    (work / "embeddings.sqlite3").mkdir()
    with pytest.raises(WorkspaceError, match=r"^cannot use the kept vectors "):
        build(tmp_path / "d", work, {"embedding_model": "mini"})
    assert contents(tmp_path / "d") == before
