"""A paper is taken out of a published dataset: what is published then, what is told, and what stays so."""

import json
from dataclasses import replace

import pytest

from builder.folder import manifest, read
from builder.hub.options import PushOptions
from builder.hub.push import push
from builder.hub.retraction import retract
from qagen.errors import DatasetError
from tests.builder.corpora import folder, paper, record, rejection
from tests.builder.test_push import ALL_TRAIN, PLAIN, REPO, Outside
from tests.hub import OWNER, READER, running

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

ONE = paper("one", title="Growth of thin oxide films", doi="10.1234/one")
TWO = paper("two", title="Decay of thick oxide films", doi="10.1234/TWO(1)")
V1 = [record(ONE, "Why is it so?"), rejection(ONE)]
V2 = [*V1, record(TWO, "Why not?"), record(TWO, "How not?"), rejection(TWO)]


@pytest.fixture
def hub(tmp_path):
    """Two published versions, of which the second has paper two as well."""
    with running() as server:
        server.push = lambda results, name, options=PLAIN: push(
            folder(tmp_path / name, results, settings=ALL_TRAIN).folder,
            REPO,
            options,
            outside(server, tmp_path),
        )
        server.push(V1, "v1")
        server.push(V2, "v2")
        server.requests.clear()
        yield server


def outside(hub, tmp_path, token=OWNER):
    return Outside(hub, tmp_path / "cache", token).context()


def take_out(hub, tmp_path, named="10.1234/two(1)", options=None, token=OWNER):
    return retract(REPO, named, "fabricated", options or PushOptions(), outside(hub, tmp_path, token))


def tree(hub, tag):
    return hub.repos[REPO].commits[hub.repos[REPO].tags[tag]].tree


def questions(hub, tag, tmp_path):
    found = outside(hub, tmp_path).hub.fetch(REPO, tag)
    assert list(manifest.faults(found, manifest.read(found))) == []
    return [row["question"] for _, row in read.rows(found, "default")]


def test_the_new_version_lacks_the_paper_and_says_so_and_the_old_ones_are_named(hub, tmp_path):
    done = take_out(hub, tmp_path)
    assert (done.pushed.version, done.pushed.changed, done.records) == ("1.2.0", True, {"v1.1.0": 2})
    assert [(one.title, one.tags) for one in done.papers] == [(TWO.title, ("v1.1.0",))]
    assert questions(hub, "v1.2.0", tmp_path) == ["Why is it so?"]
    assert len(questions(hub, "v1.1.0", tmp_path)) == 3  # a version never changes
    made = json.loads(tree(hub, "v1.2.0")["manifest.json"])
    assert made["retracted"] == [
        {"sha256": TWO.sha256, "title": TWO.title, "doi": TWO.doi, "reason": "fabricated", "tags": ["v1.1.0"]}
    ]
    assert [one["sha256"] for one in made["papers"]] == [ONE.sha256]
    card = tree(hub, "v1.2.0")["README.md"].decode()
    assert "**Retracted:** Decay of thick oxide films" in card
    assert "(fabricated)" in card
    assert "Versions that still hold it: v1.1.0." in card


@pytest.mark.parametrize("named", [TWO.sha256, TWO.sha256[:12].upper(), "https://doi.org/10.1234/Two(1)"])
def test_a_paper_is_named_by_its_sha256_or_its_doi(hub, tmp_path, named):
    assert take_out(hub, tmp_path, named).papers[0].sha256 == TWO.sha256


def test_a_dry_run_says_all_and_sends_nothing(hub, tmp_path):
    done = take_out(hub, tmp_path, options=PushOptions(dry_run=True), token=READER)
    assert (done.pushed.version, done.pushed.commit, done.records) == ("1.2.0", None, {"v1.1.0": 2})
    assert {step for method, step, _ in hub.requests if method not in ("GET", "HEAD")} == {"validate"}
    assert sorted(hub.repos[REPO].tags) == ["v1.0.0", "v1.1.0"]


def test_the_same_again_publishes_nothing_and_still_names_the_versions(hub, tmp_path):
    take_out(hub, tmp_path)
    again = take_out(hub, tmp_path)
    assert (again.pushed.changed, again.pushed.version, again.records) == (False, "1.2.0", {"v1.1.0": 2})


def test_later_versions_keep_the_notice_and_may_not_bring_the_paper_back(hub, tmp_path):
    take_out(hub, tmp_path)
    with pytest.raises(DatasetError, match=r"'two.pdf' \(Decay of thick oxide films\) was retracted"):
        hub.push(V2, "v3")
    done = hub.push([*V1, record(ONE, "What else?")], "v4")
    assert done.version == "1.3.0"
    assert [one["sha256"] for one in json.loads(tree(hub, "v1.3.0")["manifest.json"])["retracted"]] == [
        TWO.sha256
    ]
    assert b"**Retracted:**" in tree(hub, "v1.3.0")["README.md"]
    unchanged = hub.push([*V1, record(ONE, "What else?")], "v5")
    assert (unchanged.changed, unchanged.version) == (False, "1.3.0")


def test_of_a_paper_that_only_older_versions_hold_a_notice_is_published(hub, tmp_path):
    hub.push([record(ONE, "What else?")], "v3")
    done = take_out(hub, tmp_path)
    assert (done.pushed.changed, done.records) == (True, {"v1.1.0": 2})
    assert b"**Retracted:**" in tree(hub, done.pushed.tag)["README.md"]


def test_two_papers_are_retracted_one_after_the_other(hub, tmp_path):
    take_out(hub, tmp_path)
    hub.push([*V1, record(paper("three"), "And this?")], "v3")
    take_out(hub, tmp_path, ONE.sha256)
    last = max(hub.repos[REPO].tags)
    made = json.loads(tree(hub, last)["manifest.json"])
    assert {one["sha256"] for one in made["retracted"]} == {ONE.sha256, TWO.sha256}
    assert questions(hub, last, tmp_path) == ["And this?"]


@pytest.mark.parametrize("named", ["10.1234/none", "ab" * 32, "two.pdf", "1234567"])
def test_a_paper_that_is_not_there_is_an_error_and_nothing_is_sent(hub, tmp_path, named):
    with pytest.raises(DatasetError, match="no version of org/papers-qa has a paper"):
        take_out(hub, tmp_path, named)
    assert sorted(hub.repos[REPO].tags) == ["v1.0.0", "v1.1.0"]


def test_a_repository_that_is_not_there_is_an_error(hub, tmp_path):
    with pytest.raises(DatasetError, match="org/none has no version"):
        retract("org/none", TWO.sha256, "", PushOptions(), outside(hub, tmp_path))


def test_what_was_turned_down_of_the_paper_goes_too(hub, tmp_path):
    hub.push([*V2, record(ONE, "What else?")], "v3", replace(PLAIN, with_rejected=True))
    done = take_out(hub, tmp_path, options=PushOptions(with_rejected=True))
    found = outside(hub, tmp_path).hub.fetch(REPO, done.pushed.tag)
    assert {row["paper"]["sha256"] for _, row in read.rows(found, "rejected")} == {ONE.sha256}
    assert manifest.read(found).rejections == {"too_short": 1}
