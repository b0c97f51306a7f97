"""Pushes while others tag, and while the Hub or a gateway answers with what is no answer."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest

from builder.hub.push import push
from qagen.errors import HubError
from tests.builder.corpora import folder, paper, record
from tests.builder.test_push import ALL_TRAIN, PLAIN, REPO, Outside, assert_whole
from tests.hub import Answer, Fault, running

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
ONE = [record(paper("one"), "Why is it so?")]
TWO = [*ONE, record(paper("two"), "Why not?")]


@pytest.fixture
def hub():
    with running() as server:
        server.create(REPO)
        yield server


@pytest.fixture
def publish(hub, tmp_path):
    def published(results, options=PLAIN):
        place = tmp_path / f"d{len(results)}"
        if not place.exists():
            folder(place, results, settings=ALL_TRAIN)
        return push(place, REPO, options, Outside(hub, tmp_path / "cache").context())

    return published


def taking(name, commit=None):
    """Somebody else's tag, at the repository's first commit, or at another."""

    def take(hub):
        repo = hub.repos[REPO]
        repo.tags[name] = commit or repo.history()[-1].oid

    return take


def versions(hub):
    """Of each commit on main that has a manifest, oldest first: its version, and the tags that it has."""
    repo = hub.repos[REPO]
    return [
        (json.loads(commit.tree["manifest.json"])["version"], [tag for tag, oid in repo.tags.items() if oid == commit.oid])
        for commit in reversed(repo.history())
        if "manifest.json" in commit.tree
    ]  # fmt: skip


LOST = "the first of qagen; v1.0.0 is not; it was committed as 1.0.0 before, and somebody else took the tag v1.0.0"


def test_a_number_that_somebody_elses_tag_took_after_the_commit_is_given_up_and_only_what_says_it_is_sent(
    hub, publish
):
    hub.faults.append(Fault("tag", taking("v1.0.0")))
    done = publish(ONE)
    assert (done.version, done.tag, done.changed, done.why) == ("2.0.0", "v2.0.0", True, LOST)
    assert sorted(done.files) == ["CHANGELOG.md", "README.md", "croissant.json", "manifest.json"]
    assert versions(hub) == [("1.0.0", []), ("2.0.0", ["v2.0.0"])]
    tree = hub.repos[REPO].commits[done.commit].tree
    assert_whole(tree)
    assert b"| 2.0.0 |" in tree["README.md"]
    assert b"| 1.0.0 |" not in tree["README.md"]
    assert b"## 1.0.0" not in tree["CHANGELOG.md"]
    assert hub.steps().count("upload") == 3  # data/default, data/chat and data/sft, once


def test_what_lost_its_number_is_no_release_for_later_pushes(hub, publish):
    hub.faults.append(Fault("tag", taking("v1.0.0")))
    publish(ONE)
    assert publish(ONE).changed is False
    del hub.repos[REPO].tags["v1.0.0"]
    assert publish(ONE).changed is False
    assert publish(TWO).version == "2.1.0"
    assert versions(hub) == [("1.0.0", []), ("2.0.0", ["v2.0.0"]), ("2.1.0", ["v2.1.0"])]


def test_a_push_that_ended_when_its_number_was_taken_is_finished_by_the_next_one(hub, publish):
    hub.faults.append(Fault("tag", taking("v1.0.0")))
    with pytest.raises(HubError, match="push again"):
        publish(ONE, replace(PLAIN, deadline=0))
    assert versions(hub) == [("1.0.0", [])]
    assert publish(ONE).why == LOST
    assert versions(hub) == [("1.0.0", []), ("2.0.0", ["v2.0.0"])]


def test_numbers_that_are_taken_again_and_again_are_passed_over_one_by_one(hub, publish):
    publish(ONE)
    for name in ("v1.1.0", "v1.2.0"):
        hub.faults.append(Fault("tag", taking(name), nth=1))
    assert publish(TWO).version == "1.3.0"
    assert versions(hub) == [("1.0.0", ["v1.0.0"]), ("1.1.0", []), ("1.2.0", []), ("1.3.0", ["v1.3.0"])]


def test_a_tag_that_somebody_else_gave_our_very_commit_is_as_good_as_ours(hub, publish):
    hub.faults.append(Fault("tag", lambda hub: taking("v1.0.0", hub.repos[REPO].branches["main"])(hub)))
    assert publish(ONE).version == "1.0.0"
    assert versions(hub) == [("1.0.0", ["v1.0.0"])]


DAMAGED = [b"{", b"\xff\xfe\x00", b'"busy"', b'{"files": [{}]}', b"<html>"]


@pytest.mark.parametrize("body", DAMAGED)
def test_a_damaged_answer_before_the_upload_is_asked_for_again(hub, publish, body):
    hub.faults.append(Fault("preupload", Answer(200, body)))
    assert publish(ONE).version == "1.0.0"
    assert hub.faults == []
    assert hub.steps().count("preupload") > 1
    assert versions(hub) == [("1.0.0", ["v1.0.0"])]


@pytest.mark.parametrize(
    ("step", "status", "body"),
    [
        *((step, 409, b'"upstream is busy"') for step in ("whoami", "info", "refs", "validate", "preupload", "commit", "tag")),
        ("whoami", 400, b'"no"'),
        ("commit", 400, b'"no"'),
        ("refs", 403, b'["a", {"b": 3}]'),
        ("tag", 403, b'["a", {"b": 3}]'),
    ],
)  # fmt: skip
def test_an_error_whose_body_is_json_of_another_shape_is_one_line_and_loses_nothing(
    hub, publish, step, status, body
):
    hub.faults.append(Fault(step, Answer(status, body)))
    with suppress(HubError):  # anything else is a traceback for whoever pushes
        publish(ONE, replace(PLAIN, deadline=0))
    assert hub.faults == []
    publish(ONE)
    assert versions(hub) == [("1.0.0", ["v1.0.0"])]
