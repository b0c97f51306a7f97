import copy
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date
from urllib.request import urlopen

import pyarrow.parquet as pq
import pytest

from builder.card import card
from builder.diffing import version_number
from builder.diffing.diff import diff
from builder.folder import manifest
from builder.folder.manifest_parts import ReleaseNote
from builder.hub.hub import Hub
from builder.hub.options import PushContext, PushOptions
from builder.hub.published import load_published
from builder.hub.push import push
from qagen.errors import DatasetError, HubError
from qagen.reasons import Reason
from qagen.settings import CONFIGS, DatasetSettings, Settings, SplitShares
from tests.builder.corpora import folder, paper, record, rejection
from tests.hub import OWNER, READER, STRANGER, Delay, Fault, running

# huggingface_hub gives httpx its files in a way that httpx will not take for ever.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

ALL_TRAIN = Settings(
    dataset=DatasetSettings(plots=False, splits=SplitShares(train=100, validation=0, test=0))
)
ALL_TEST = Settings(dataset=DatasetSettings(plots=False, splits=SplitShares(train=50, validation=0, test=50)))
ONE, TWO = paper("one"), paper("two")
REPO = "org/papers-qa"
PLAIN = PushOptions(license="cc-by-4.0")
V1 = [record(ONE, "Why is it so?"), record(ONE, "Why else?"), rejection(ONE)]
V2 = [*V1, record(TWO, "Why not?")]


@pytest.fixture
def hub():
    with running() as server:
        yield server


class Outside:
    """Everything that publishing needs, with a clock that moves when somebody waits."""

    def __init__(self, hub, cache, token=OWNER):
        self.now, self.said = 0.0, []
        self.hub = Hub(endpoint=hub.url, token=token, cache=cache)

    def context(self):
        return PushContext(self.hub, date(2026, 1, 2), lambda: self.now, self._wait, self.said.append)

    def _wait(self, seconds):
        self.now += seconds


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folders of V1 and V2; not to be written to."""
    root = tmp_path_factory.mktemp("built")
    for name, results in (("v1", V1), ("v2", V2)):
        folder(root / name, results, settings=ALL_TRAIN)
    return root


@pytest.fixture(scope="module")
def first_version(built, tmp_path_factory):
    """What the Hub holds once V1 is published."""
    with running() as hub:
        push(built / "v1", REPO, PLAIN, Outside(hub, tmp_path_factory.mktemp("cache")).context())
        return hub.repos[REPO], hub.objects


@pytest.fixture
def hub_with_v1(hub, first_version):
    """A Hub of the test's own on which V1 is published."""
    repo, objects = first_version
    hub.repos[REPO] = copy.deepcopy(repo)
    hub.objects |= objects
    return hub


@pytest.fixture
def published(hub, tmp_path, built):
    """Builds a folder of results and pushes it."""

    def publish(results, options=PLAIN, *, token=OWNER, settings=ALL_TRAIN, repo=REPO, **more):
        place = tmp_path / f"d{len(list(tmp_path.iterdir()))}"
        if settings is ALL_TRAIN and not more and (results is V1 or results is V2):
            shutil.copytree(built / ("v1" if results is V1 else "v2"), place)
        else:
            folder(place, results, settings=settings, **more)
        return push(place, repo, options, Outside(hub, tmp_path / "cache", token).context())

    return publish


def trees(hub, repo=REPO):
    """What each tag has: `{tag: files}`."""
    return {tag: hub.repos[repo].commits[oid].tree for tag, oid in hub.repos[repo].tags.items()}


def assert_whole(tree, results_ids=None):
    made = json.loads(tree["manifest.json"])
    assert set(tree) - {".gitattributes"} == {*made["files"], "manifest.json"}
    for name, entry in made["files"].items():
        assert len(tree[name]) == entry["bytes"], name


def test_a_first_push_is_one_commit_and_one_tag_of_the_whole_folder(hub, published):
    done = published(V1)
    repo = hub.repos[REPO]
    assert (done.version, done.tag, done.changed, done.why, done.changes) == (
        "1.0.0", "v1.0.0", True, "the first version", ("first version",),
    )  # fmt: skip
    assert repo.tags == {"v1.0.0": done.commit} == {"v1.0.0": repo.branches["main"]}
    assert repo.messages == {"v1.0.0": "Version 1.0.0"}
    assert len(repo.history()) == 2
    assert sorted(repo.history()[0].tree) == [
        ".gitattributes",
        "CHANGELOG.md",
        "README.md",
        "croissant.json",
        "data/chat/train-00000-of-00001.parquet",
        "data/default/train-00000-of-00001.parquet",
        "data/sft/train-00000-of-00001.parquet",
        "manifest.json",
        "prompts/deep-qa.md",
    ]
    assert_whole(repo.history()[0].tree)
    assert (
        repo.history()[0]
        .tree["CHANGELOG.md"]
        .decode()
        .endswith("## 1.0.0 (2026-01-02)\n\nThe first version.\n\n- first version\n")
    )


def test_what_was_turned_down_goes_only_when_asked_for(hub, published):
    published(V1, replace(PLAIN, with_rejected=True))
    assert "data/rejected/train-00000-of-00001.parquet" in trees(hub)["v1.0.0"]


def test_answers_that_were_turned_down_stay_here_in_whatever_config_unless_they_are_asked_for(hub, tmp_path):
    chosen = ALL_TRAIN.dataset.model_copy(update={"configs": CONFIGS})
    refuted = replace(rejection(ONE), reason=Reason.NEGATED, question=V1[0].question, chunk=V1[0].chunk)
    everything = ALL_TRAIN.model_copy(update={"dataset": chosen})
    folder(tmp_path / "d", [*V1[:2], refuted], settings=everything)
    outside = Outside(hub, tmp_path / "cache")
    push(tmp_path / "d", REPO, PLAIN, outside.context())
    push(tmp_path / "d", REPO, replace(PLAIN, with_rejected=True), outside.context())
    assert [line for line in outside.said if "stay here" in line] == [
        "kto and preference stay here: they hold answers that were turned down; send them with --with-rejected"
    ]

    def configs(tag):
        return sorted({name.split("/")[1] for name in trees(hub)[tag] if name.startswith("data/")})

    assert configs("v1.0.0") == ["chat", "default", "sft"]
    assert configs("v1.1.0") == ["chat", "default", "kto", "preference", "rejected", "sft"]
    assert "KTOTrainer" not in trees(hub)["v1.0.0"]["README.md"].decode()
    assert "KTOTrainer" in trees(hub)["v1.1.0"]["README.md"].decode()


def test_questions_without_an_answer_are_a_config_that_comes_and_goes_with_a_version(hub, published):
    nothing = replace(record(ONE, "What is its mass?", "Not stated."), kind="unanswerable")
    published(V1)
    done = published([*V1[:2], nothing, V1[2]])
    assert (done.version, done.why, done.changes) == (
        "1.1.0", "1 record added, 0 records removed", ("configs added: unanswerable", "1 record added (new pair 1)"),
    )  # fmt: skip
    assert "data/unanswerable/train-00000-of-00001.parquet" in trees(hub)["v1.1.0"]
    assert 'load_dataset("org/papers-qa", "unanswerable"' in trees(hub)["v1.1.0"]["README.md"].decode()
    gone = published(V1)
    assert (gone.version, gone.why) == ("2.0.0", "no unanswerable any more")
    assert "data/unanswerable/train-00000-of-00001.parquet" not in trees(hub)["v2.0.0"]


def test_the_same_again_sends_nothing(hub, published):
    published(V1)
    hub.requests.clear()
    done = published(V1)
    assert (done.changed, done.version, done.why) == (
        False,
        "1.0.0",
        "the same as v1.0.0, which is published",
    )
    assert not {"preupload", "batch", "upload", "commit", "tag", "create"} & set(hub.steps())


def renamed(results, file):
    return [replace(result, paper=replace(result.paper, file=file)) for result in results]


@pytest.mark.parametrize("results", [V1, renamed(V1, "other.pdf")], ids=["another base", "another name"])
def test_a_renamed_paper_and_another_base_are_no_new_version(hub_with_v1, published, results):
    hub = hub_with_v1
    hub.requests.clear()
    done = published(results, base=f"{REPO}@v1.0.0")
    assert (done.changed, done.version, done.why) == (
        False,
        "1.0.0",
        "but for names of files and the base, the same as v1.0.0, which is published",
    )
    assert not {"preupload", "commit", "tag", "create"} & set(hub.steps())
    asked = published(results, replace(PLAIN, version="1.0.1"), base=f"{REPO}@v1.0.0")
    assert (asked.changed, asked.version) == (True, "1.0.1")


@pytest.mark.parametrize(
    ("results", "more"),
    [
        (V1, {"prompt_text": "Another prompt.\n"}),
        ([*V1, rejection(ONE, "4 characters")], {}),
        ([replace(V1[0], paper=replace(ONE, license="CC0")), V1[1], V1[2]], {}),
    ],
    ids=["prompt", "rejections", "licence of a paper"],
)
def test_other_facts_about_the_same_records_are_a_patch(published, results, more):
    published(V1)
    assert published(results, **more).version == "1.0.1"


def test_a_second_version_keeps_the_first_and_says_what_changed(hub_with_v1, published, tmp_path):
    hub = hub_with_v1
    first = dict(trees(hub)["v1.0.0"])
    done = published(V2)
    assert (done.version, done.why) == ("1.1.0", "1 record added, 0 records removed")
    assert done.changes == ("1 record added (paper added 1)",)
    assert trees(hub)["v1.0.0"] == first
    assert_whole(trees(hub)["v1.1.0"])
    log = trees(hub)["v1.1.0"]["CHANGELOG.md"].decode()
    assert log.index("## 1.1.0 (2026-01-02)") < log.index("## 1.0.0 (2026-01-02)")
    assert "| 1.1.0 | 1 record added (paper added 1) |" in trees(hub)["v1.1.0"]["README.md"].decode()
    counts = {
        tag: len(load_published(REPO, "default", tag, hub=Outside(hub, tmp_path / "c").hub, split="train",
                                cache_dir=str(tmp_path / "ds")))
        for tag in ("v1.0.0", "v1.1.0")
    }  # fmt: skip
    assert counts == {"v1.0.0": 2, "v1.1.0": 3}


@pytest.mark.parametrize(
    ("after", "settings", "version", "why"),
    [
        ([record(ONE, "Why is it so?"), record(ONE, "Why else?", support=0.5), rejection(ONE)], ALL_TRAIN, "1.0.1",
         "the same records, with other scores or facts"),
        ([record(ONE, "Why is it so?")], ALL_TRAIN, "1.1.0", "0 records added, 1 record removed"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("hub_with_v1")
def test_the_version_follows_from_what_changed(published, after, settings, version, why):
    done = published(after, settings=settings)
    assert (done.version, done.why) == (version, why)


def test_records_in_another_split_make_a_major_version_and_stale_files_go(hub, published):
    everything = [record(paper(f"p{n}"), "Why?") for n in range(12)]
    published(everything)
    done = published(everything, settings=ALL_TEST)
    assert done.version == "2.0.0"
    assert "moved between splits" in done.why
    tree = trees(hub)["v2.0.0"]
    assert_whole(tree)
    assert "data/default/test-00000-of-00001.parquet" in tree


def test_columns_that_come_are_named_and_make_no_major_version(hub, published, tmp_path):
    """The first version is one whose records had no `reasoning` yet; both stay loadable."""
    published(V1)
    tree = dict(trees(hub)["v1.0.0"])
    old = tmp_path / "old.parquet"
    name = "data/default/train-00000-of-00001.parquet"
    old.write_bytes(tree[name])
    pq.write_table(pq.read_table(old).drop_columns(["reasoning"]), old)
    made = json.loads(tree["manifest.json"])
    head, body = tree["README.md"].decode().split("\n---\n", 1)
    tree[name] = old.read_bytes()
    tree["README.md"] = f"{head.replace(REASONING, '', 1)}\n---\n{body}".encode()
    made["files"] |= {
        path: {"bytes": len(tree[path]), "sha256": _sha256(tree[path])} for path in (name, "README.md")
    }
    tree["manifest.json"] = json.dumps(made).encode()
    repo = hub.repos[REPO]
    repo.tags["v1.0.0"] = hub.commit(REPO, tree)
    done = published(V2)
    assert (done.version, done.why) == ("1.1.0", "1 record added, 0 records removed")
    assert done.changes == (
        "columns added: default.reasoning",
        "1 record added (paper added 1)",
        "2 records changed in part (reasoning 2)",
    )
    loaded = {
        tag: load_published(REPO, "default", tag, hub=Outside(hub, tmp_path / "c").hub, split="train",
                            cache_dir=str(tmp_path / "ds"))
        for tag in ("v1.0.0", "v1.1.0")
    }  # fmt: skip
    assert {tag: "reasoning" in table.column_names for tag, table in loaded.items()} == {
        "v1.0.0": False,
        "v1.1.0": True,
    }


REASONING = "  - name: reasoning\n    dtype: string\n"


def _sha256(data):
    import hashlib

    return hashlib.sha256(data).hexdigest()


FAULTS = [
    *(
        (step, kind)
        for step in ("whoami", "info", "refs", "create", "validate")
        for kind in (500, 429, "drop", "lost")
    ),
    *((step, kind) for step in ("commit", "tag") for kind in (412, 409, 429, 500, 503, "drop", "lost")),
]


@pytest.mark.slow
@pytest.mark.parametrize(("step", "kind"), FAULTS)
def test_a_push_that_a_fault_ended_is_finished_by_the_next_one(hub_with_v1, published, step, kind):
    hub = hub_with_v1
    before = dict(trees(hub))
    hub.faults.append(Fault(step, kind))
    repo = "org/other" if step == "create" else REPO
    with pytest.raises(HubError, match="the deadline of 0 s is over: push again"):
        published(V2, replace(PLAIN, deadline=0), repo=repo)
    done = published(V2, repo=repo)
    commits = [commit for commit in hub.repos[repo].history() if commit.title.startswith("Version")]
    assert done.changed or step == "tag"
    assert len(commits) == len(hub.repos[repo].tags) == (1 if step == "create" else 2)
    assert_whole(commits[0].tree)
    assert trees(hub)["v1.0.0"] == before["v1.0.0"]


@pytest.mark.slow
@pytest.mark.parametrize("step", ["tree", "resolve", "file", "preupload", "batch", "upload", "verify"])
@pytest.mark.parametrize("kind", [500, "lost"])
def test_whatever_step_fails_the_push_and_one_more_end_with_one_commit_and_one_tag(
    hub_with_v1, published, step, kind
):
    """Some steps the clients try again by themselves, so that the first push may get through."""
    hub = hub_with_v1
    before = dict(trees(hub))
    fault = Fault(step, kind)
    hub.faults.append(fault)
    with suppress(HubError):
        published(V2, replace(PLAIN, deadline=0))
    assert fault not in hub.faults
    published(V2)
    commits = [commit for commit in hub.repos[REPO].history() if commit.title.startswith("Version")]
    assert (len(commits), list(hub.repos[REPO].tags)) == (2, ["v1.0.0", "v1.1.0"])
    assert_whole(commits[0].tree)
    assert trees(hub)["v1.0.0"] == before["v1.0.0"]


@pytest.mark.parametrize(
    ("step", "kind"), [("commit", "lost"), ("commit", 412), ("tag", "lost"), ("tag", "drop")]
)
def test_a_push_goes_on_by_itself_after_a_fault(hub, published, step, kind):
    hub.faults.append(Fault(step, kind))
    done = published(V1)
    assert (done.changed, done.version) == (True, "1.0.0")
    assert len(hub.repos[REPO].history()) == 2
    assert list(hub.repos[REPO].tags) == ["v1.0.0"]


@pytest.mark.parametrize("kind", [503, "drop"])
def test_an_upload_that_fails_leaves_main_as_it_was(hub_with_v1, published, kind):
    hub = hub_with_v1
    head = hub.repos[REPO].branches["main"]
    hub.faults += [Fault("commit", kind), Fault("upload", kind)]
    with pytest.raises(HubError):
        published(V2, replace(PLAIN, deadline=0))
    assert hub.repos[REPO].branches["main"] == head
    assert list(hub.repos[REPO].tags) == ["v1.0.0"]


def test_somebody_elses_edit_in_between_is_noticed_and_the_version_is_exact_nevertheless(
    hub_with_v1, published
):
    hub = hub_with_v1
    hub.faults.append(
        Fault("commit", lambda hub: hub.commit(REPO, {"README.md": b"by hand", "LICENSE": b"mine"}))
    )
    done = published(V2)
    assert hub.steps().count("commit") == 2
    tree = trees(hub)["v1.1.0"]
    assert tree.pop("LICENSE") == b"mine"
    assert_whole(tree)
    assert done.kept == (".gitattributes", "LICENSE")


@pytest.mark.parametrize("step", ["info", "preupload", "upload", "commit"])
def test_a_publisher_that_the_hub_keeps_waiting_comes_after_the_one_that_overtakes_it(
    hub_with_v1, published, tmp_path, step
):
    hub = hub_with_v1
    slow, late = tmp_path / "slow", Delay()
    folder(slow, V2, settings=ALL_TRAIN)
    hub.faults.append(Fault(step, late))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(push, slow, REPO, PLAIN, Outside(hub, tmp_path / "cache-slow").context())
        assert late.reached.wait(60)
        try:
            quick = published([*V1, record(ONE, "Why in between?")])
        finally:
            late.released.set()
        done = waiting.result(60)
    assert (quick.version, done.version) == ("1.1.0", "1.2.0")
    assert list(hub.repos[REPO].tags) == ["v1.0.0", "v1.1.0", "v1.2.0"]
    for tree in trees(hub).values():
        assert_whole(tree)


def test_four_publishers_at_once_make_four_whole_versions(hub, tmp_path):
    places = []
    for number in range(4):
        places.append(tmp_path / f"d{number}")
        folder(places[-1], [record(ONE, f"Why is it {number}?")], settings=ALL_TRAIN)
    hub.create(REPO)

    def publish(place):
        return push(place, REPO, PLAIN, Outside(hub, tmp_path / f"cache-{place.name}").context())

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(publish, places))
    assert len({one.version for one in done}) == len(hub.repos[REPO].tags) == 4
    assert len(hub.repos[REPO].history()) == 5
    for place, one in zip(places, done, strict=True):
        tree = trees(hub)[one.tag]
        assert_whole(tree)
        mine = manifest.read(place)
        configs = {name: rows for name, rows in mine.configs.items() if name != "rejected"}
        mine = mine.having(license="cc-by-4.0", configs=configs)
        there = manifest.of_text(tree["manifest.json"].decode())
        assert version_number.identity(there) == version_number.identity(mine)


def test_a_release_of_somebody_else_that_lacks_its_tag_gets_it_first(hub, published):
    hub.faults.append(Fault("tag", "drop"))
    with pytest.raises(HubError):
        published(V1, replace(PLAIN, deadline=0))
    assert hub.repos[REPO].tags == {}
    assert published(V2).version == "1.1.0"
    assert list(hub.repos[REPO].tags) == ["v1.0.0", "v1.1.0"]
    for tree in trees(hub).values():
        assert_whole(tree)


def test_a_version_never_changes(hub, published):
    published(V1)
    hub.requests.clear()
    with pytest.raises(DatasetError, match=r"has v1.0.0 already, with something else in it"):
        published(V2, replace(PLAIN, version="1.0.0"))
    with pytest.raises(DatasetError, match=r"0.9.0 is before the last version of org/papers-qa, 1.0.0"):
        published(V2, replace(PLAIN, version="v0.9.0"))
    assert not {"preupload", "batch", "upload", "commit", "tag"} & set(hub.steps())
    assert published(V2, replace(PLAIN, version="3.0.0")).why == (
        "asked for; 1.1.0 by meaning: 1 record added, 0 records removed"
    )


def test_tags_of_others_that_look_like_versions_are_passed_over_and_not_taken(hub, published):
    repo = hub.create(REPO)
    repo.tags |= {"v3.0.0": repo.branches["main"], "v1": repo.branches["main"]}
    first = published(V1)
    assert (first.version, first.why) == ("4.0.0", "the first of qagen; v3.0.0 is not")
    repo.tags["v4.1.0"] = hub.commit(REPO, {"manifest.json": b"{}"})
    second = published(V2)
    assert (second.version, second.changes) == ("4.2.0", ("1 record added (paper added 1)",))
    assert published(V2).why == "the same as v4.2.0, which is published"


def test_a_version_whose_files_somebody_changed_is_named_with_what_to_do(hub, published):
    published(V1)
    repo = hub.repos[REPO]
    repo.tags["v1.0.1"] = hub.commit(REPO, {"README.md": b"by hand"})
    with pytest.raises(
        HubError,
        match=r"cannot be compared with v1.0.1: .* not what its manifest .*; if that tag .*, delete it",
    ):
        published(V2)
    del repo.tags["v1.0.1"]
    assert published(V2).version == "1.1.0"


def test_nothing_becomes_public_where_it_was_to_be_private(hub, published):
    hub.create(REPO)
    with pytest.raises(
        DatasetError, match="org/papers-qa is there and public, and --private makes new repos"
    ):
        published(V1, replace(PLAIN, private=True))
    assert {method for method, _, _ in hub.requests} <= {"GET"}
    hub.repos[REPO].private = True
    assert published(V1, replace(PLAIN, private=True)).version == "1.0.0"


def test_a_manifest_with_other_counts_than_the_data_is_not_published(hub, tmp_path):
    folder(tmp_path / "d", V1, settings=ALL_TRAIN)
    made = json.loads((tmp_path / "d/manifest.json").read_text())
    made["configs"]["default"] = {"train": 7}
    (tmp_path / "d/manifest.json").write_text(json.dumps(made))
    with pytest.raises(DatasetError) as caught:
        push(tmp_path / "d", REPO, PLAIN, Outside(hub, tmp_path / "cache").context())
    assert str(caught.value).endswith(
        "is not what its manifest says: 'default' has the rows {'train': 2} instead of {'train': 7}; build it again"
    )
    assert hub.requests == []


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        (
            "settings",
            {},
            r"the card of '.*d' cannot be made of its manifest \(UndefinedError: .*chunk.*\): another qagen wrote it",
        ),
        ("rejections", 7, r"is damaged: 'rejections' is no object \(it is 7\); build the dataset again"),
        ("made", None, r"is damaged: 'made' is no object \(it is null\); build the dataset again"),
        ("made", {}, "does not say how the dataset was made, or from which files; build it again"),
        ("papers", [{"sha256": "0" * 64}], "does not say how the dataset was made, or from which files"),
    ],
)
def test_a_manifest_of_another_qagen_or_edited_by_hand_is_one_line(hub, tmp_path, key, value, said):
    folder(tmp_path / "d", V1, settings=ALL_TRAIN)
    made = json.loads((tmp_path / "d/manifest.json").read_text())
    (tmp_path / "d/manifest.json").write_text(json.dumps({**made, key: value}))
    with pytest.raises(DatasetError, match=said):
        push(tmp_path / "d", REPO, PLAIN, Outside(hub, tmp_path / "cache").context())
    assert "create" not in hub.steps()


def test_a_folder_from_before_there_were_languages_is_english(hub, tmp_path):
    folder(tmp_path / "d", V1, settings=ALL_TRAIN)
    made = json.loads((tmp_path / "d/manifest.json").read_text())
    del made["settings"]["checks"]["language"]
    (tmp_path / "d/manifest.json").write_text(json.dumps(made))
    push(tmp_path / "d", REPO, PLAIN, Outside(hub, tmp_path / "cache").context())
    assert b"\nlanguage:\n- en\n" in trees(hub)["v1.0.0"]["README.md"]


def test_what_an_earlier_qagen_published_under_other_names_of_settings_is_the_same_version(
    hub, published, tmp_path
):
    folder(tmp_path / "old", V1, settings=ALL_TRAIN)
    made = json.loads((tmp_path / "old/manifest.json").read_text())
    checks = made["settings"]["checks"]
    checks["denial_reach"] = checks.pop("negation_window")
    for key in ("judge_model", "further_prompts"):
        del made["made"][key]
    (tmp_path / "old/manifest.json").write_text(json.dumps(made))
    push(tmp_path / "old", REPO, PLAIN, Outside(hub, tmp_path / "cache").context())
    done = published(V1)
    assert (done.changed, done.version) == (False, "1.0.0")
    assert published(V2).version == "1.1.0"
    assert_whole(trees(hub)["v1.1.0"])


@pytest.mark.parametrize("releases", [7, "x", {"a": 1}, [1], [{"changes": 3}], [{"changes": [3]}]])
def test_a_published_manifest_that_somebody_edited_breaks_no_list_of_versions(tmp_path, releases):
    folder(tmp_path / "d", V1, settings=ALL_TRAIN)
    made = manifest.read(tmp_path / "d").having(releases=releases)
    assert version_number.changes_of(made) == (("3",) if releases == [{"changes": [3]}] else ())
    listed = version_number.releases(made, version_number.FIRST, ["new"])
    assert listed[0] == ReleaseNote("1.0.0", ("new",))


def test_a_pull_request_has_no_tag_until_it_is_merged_and_pushed_again(hub, published):
    published(V1)
    done = published(V2, replace(PLAIN, create_pr=True))
    repo = hub.repos[REPO]
    assert (done.tag, done.pull_request) == (None, f"{hub.url}/datasets/{REPO}/discussions/1")
    assert list(repo.tags) == ["v1.0.0"]
    repo.branches["main"] = repo.pulls["refs/pr/1"]
    assert published(V2).why == "its commit was there and lacked its tag"
    assert repo.tags["v1.1.0"] == repo.pulls["refs/pr/1"]


def test_a_version_has_one_open_pull_request_also_after_a_lost_response(hub, published):
    published(V1)
    repo = hub.repos[REPO]
    for number in (1, 2, 3):  # of others
        repo.pulls[f"refs/pr/{number}"] = hub.commit(REPO, {"LICENSE": b"x" * number})
    request = replace(PLAIN, create_pr=True)
    hub.faults.append(Fault("commit", "lost"))
    first, second = published(V2, request), published(V2, request)
    url = f"{hub.url}/datasets/{REPO}/discussions/4"
    assert (first.pull_request, second.pull_request, second.changed, second.tag) == (url, url, False, None)
    assert second.why == f"the pull request {url} has it and is open; push again once it is merged"
    assert second.commit == repo.pulls["refs/pr/4"]
    assert len(repo.pulls) == 4
    repo.closed.add("refs/pr/4")
    assert published(V2, request).pull_request == f"{hub.url}/datasets/{REPO}/discussions/5"
    assert published([*V2, record(TWO, "How?")], request).pull_request.endswith("/6")


def test_a_branch_is_made_and_main_stays(hub, published):
    published(V1)
    head = hub.repos[REPO].branches["main"]
    done = published(V2, replace(PLAIN, branch="next"))
    assert hub.repos[REPO].branches == {"main": head, "next": done.commit}
    assert hub.repos[REPO].tags["v1.1.0"] == done.commit


def test_a_dry_run_says_all_and_sends_nothing(hub, published):
    published(V1)
    hub.requests.clear()
    done = published(V2, replace(PLAIN, dry_run=True), token=READER)
    assert (done.version, done.commit, done.changes) == ("1.1.0", None, ("1 record added (paper added 1)",))
    assert "data/default/train-00000-of-00001.parquet" in done.files
    assert "prompts/deep-qa.md" not in done.files  # it is there, word for word
    assert {step for method, step, _ in hub.requests if method not in ("GET", "HEAD")} == {"validate"}


@pytest.mark.parametrize("first", [True, False])
def test_a_dry_run_says_that_the_hub_does_not_know_the_licence(hub, published, first):
    if not first:
        published(V1)
    with pytest.raises(HubError, match=r"does not take the card: .*; name another licence with --license"):
        published(V2, replace(PLAIN, license="ccby", dry_run=True))


def test_a_dry_run_without_a_network_ends_within_seconds(built, tmp_path):
    class Unreachable:
        url = "http://127.0.0.1:9"

    outside = Outside(Unreachable, tmp_path / "cache")
    with pytest.raises(HubError) as raised:
        push(built / "v1", REPO, replace(PLAIN, dry_run=True), outside.context())
    assert str(raised.value).startswith("cannot reach http://127.0.0.1:9 (")
    assert str(raised.value).endswith("; the deadline of 5 s is over: try again, nothing was to be sent")
    assert outside.now < 5


@pytest.mark.parametrize(
    ("token", "repo", "said"),
    [
        (
            READER,
            REPO,
            "does not let this token change org/papers-qa: You don't have the required permissions",
        ),
        (STRANGER, REPO, "does not let this token change org/papers-qa"),
        (STRANGER, "org/new", "does not let this token change org/new: You don't have the rights to create"),
        (
            "hf_nobodyknowsthis",
            REPO,
            "does not know this token; log in anew with `hf auth login`, or correct HF_TOKEN",
        ),
    ],
)
def test_a_token_that_does_not_do_is_one_line(hub, published, token, repo, said):
    published(V1)
    with pytest.raises(HubError) as caught:
        published(V2, token=token, repo=repo)
    assert said in str(caught.value)
    assert "hf_" not in str(caught.value)
    assert list(hub.repos[REPO].tags) == ["v1.0.0"]


def test_a_token_that_the_server_echoes_is_not_shown(hub, published):
    hub.create(REPO)
    hub.faults.append(Fault("commit", 400))
    with pytest.raises(HubError, match=r"told to answer 400 to Bearer \*\*\*"):
        published(V1)


def test_a_licence_that_the_hub_does_not_know_is_one_line_and_nothing_is_made(hub, published):
    with pytest.raises(HubError, match='does not take the card: "license" must be one of'):
        published(V1, replace(PLAIN, license="my-own"))
    assert hub.repos == {}


NAMELESS, FORBIDDEN = replace(ONE, license=None), replace(TWO, license="CC BY-NC-ND 4.0")


def test_papers_whose_licence_does_not_allow_it_for_sure_are_named_before_a_public_push(hub, published):
    results = [record(NAMELESS, "Why?"), record(FORBIDDEN, "Why not?")]
    with pytest.raises(DatasetError) as caught:
        published(results)
    assert str(caught.value) == (
        "2 of the papers have no licence that allows this for sure (one.pdf: no licence is stated; two.pdf: CC BY-NC-ND 4.0 "
        "forbids derivatives); publish with --private, or with --yes if you have made sure that you may"
    )
    assert hub.repos == {}
    published(results, replace(PLAIN, private=True))
    assert hub.repos[REPO].private
    assert published(results, replace(PLAIN, yes=True), repo="org/public").version == "1.0.0"


@pytest.mark.parametrize(
    ("options", "more", "said"),
    [
        (PushOptions(), {}, "name the dataset's licence with --license"),
        (
            PLAIN,
            {"engine": "extractive"},
            "were made by rules, without a model; publish them with --allow-extractive",
        ),
        (
            replace(PLAIN, version="1.2"),
            {},
            "'1.2' is no version; write three numbers, for instance 1.2.0, or auto",
        ),
        (
            PLAIN,
            {"repo": "papers-qa"},
            "'papers-qa' is no name of a dataset on the Hub; write it as name/dataset",
        ),
        (PLAIN, {"repo": "a/b/c"}, "is no name of a dataset on the Hub"),
        (replace(PLAIN, branch=""), {}, "'' is no name of a branch; name another with --branch"),
        (replace(PLAIN, branch="a..b"), {}, "'a..b' is no name of a branch"),
        (replace(PLAIN, branch="a b"), {}, "'a b' is no name of a branch"),
    ],
)
def test_what_does_not_fit_is_said_before_the_hub_is_asked(hub, published, options, more, said):
    with pytest.raises(DatasetError, match=said):
        published(V1, options, **more)
    assert hub.requests == []


def test_a_folder_without_records_or_with_changed_files_is_not_published(hub, published, tmp_path):
    with pytest.raises(DatasetError, match="has no records, so there is nothing to publish"):
        published([rejection(ONE)])
    folder(tmp_path / "d", V1, settings=ALL_TRAIN)
    (tmp_path / "d/data/default/train-00000-of-00001.parquet").write_bytes(b"PAR1")
    with pytest.raises(DatasetError, match=r"is not what its manifest says: .* has 4 bytes instead of"):
        push(tmp_path / "d", REPO, PLAIN, Outside(hub, tmp_path / "cache").context())


def test_data_of_others_is_left_alone_and_a_loading_script_goes(hub, published):
    hub.create(REPO)
    hub.commit(REPO, {"train.csv": b"a,b"})
    with pytest.raises(DatasetError, match="holds data that qagen did not publish, and is left alone"):
        published(V1)
    hub.create(REPO)
    hub.commit(REPO, {"papers-qa.py": b"import os", "notes.txt": b"mine"})
    done = published(V1)
    assert (done.deleted, done.kept) == (("papers-qa.py",), (".gitattributes", "notes.txt"))
    assert "papers-qa.py" not in trees(hub)["v1.0.0"]


def test_bytes_that_come_back_otherwise_are_an_error_also_of_the_same_length(hub, published, tmp_path):
    published(V1)
    tree = trees(hub)["v1.0.0"]
    name = "data/default/train-00000-of-00001.parquet"
    hub.objects[_sha256(tree[name])] = bytes(len(tree[name]))
    with pytest.raises(
        HubError, match=r"is not what its manifest says, also when fetched again: .* has another sha256"
    ):
        load_published(REPO, "default", "v1.0.0", hub=Outside(hub, tmp_path / "fresh").hub)


def test_a_version_that_is_not_there_is_one_line(hub, published, tmp_path):
    published(V1)
    client = Outside(hub, tmp_path / "fresh").hub
    with pytest.raises(HubError, match=r"@v9.0.0 is not on .* there is no such version"):
        client.fetch(REPO, "v9.0.0")
    with pytest.raises(HubError, match=r"org/none@v1.0.0 is not on .*, or cannot be seen with this token"):
        client.fetch("org/none", "v1.0.0")
    hub.commit(REPO, {"manifest.json": b"{}"})
    with pytest.raises(HubError, match=r"has no manifest.json of qagen"):
        client.fetch(REPO, "main")


def test_the_addresses_that_a_published_version_gives_to_other_tools_have_the_bytes_that_it_says(
    hub, published
):
    published(V1)
    told = json.loads(trees(hub)["v1.0.0"]["croissant.json"])
    found = {}
    for one in told["distribution"]:
        with urlopen(one["contentUrl"]) as response:
            found[one["@id"]] = _sha256(response.read())
    assert found == {one["@id"]: one["sha256"] for one in told["distribution"]}
    assert {name.split("/")[1] for name in found} == {"default", "chat", "sft"}
    assert (told["version"], told["datePublished"]) == ("1.0.0", "2026-01-02")


def test_a_fetched_version_can_be_compared_and_its_card_is_rendered_from_it(hub, published, tmp_path):
    published(V1)
    fetched = Outside(hub, tmp_path / "fresh").hub.fetch(REPO, "v1.0.0")
    folder(tmp_path / "new", V2, settings=ALL_TRAIN)
    found = diff(fetched, tmp_path / "new")
    assert (found.same, len(found.added), len(found.removed)) == (2, 1, 0)
    made = manifest.read(fetched)
    publication = card.Publication(REPO, "1.0.0", made.license, made.releases, endpoint=hub.url)
    text = card.render(fetched, made, publication)
    assert text == (fetched / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    "name", ["data/default/train-00000-of-00001.parquet", "data/chat/train-00000-of-00001.parquet"]
)
def test_a_folder_that_is_built_anew_during_a_push_never_mixes_into_the_version(hub, tmp_path, name):
    place, other = tmp_path / "d", tmp_path / "other"
    folder(place, V1, settings=ALL_TRAIN)
    folder(other, V2, settings=ALL_TRAIN)
    hub.faults.append(Fault("preupload", lambda hub: (place / name).write_bytes((other / name).read_bytes())))
    with pytest.raises(
        DatasetError,
        match=rf"^{name} changed while it was being published; nothing was committed: push again$",
    ):
        push(place, REPO, PLAIN, Outside(hub, tmp_path / "cache").context())
    assert [commit.title for commit in hub.repos[REPO].history()] == ["initial commit"]
    assert hub.repos[REPO].tags == {}


def test_prompts_are_sent_as_they_were_when_the_push_began(hub, tmp_path):
    place = tmp_path / "d"
    folder(place, V1, settings=ALL_TRAIN)
    prompt = (place / "prompts/deep-qa.md").read_bytes()
    hub.faults.append(Fault("preupload", lambda hub: (place / "prompts/deep-qa.md").write_bytes(b"another")))
    push(place, REPO, PLAIN, Outside(hub, tmp_path / "cache").context())
    assert trees(hub)["v1.0.0"]["prompts/deep-qa.md"] == prompt
