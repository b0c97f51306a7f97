"""The builder class, each known trap of `datasets` with a test of its own."""

import asyncio
import json
import multiprocessing
import os
import pathlib
import pickle
import shutil
import subprocess
import sys
import threading
import types
from pathlib import Path

import datasets
import pytest
from datasets import load_dataset, load_dataset_builder
from tqdm._monitor import TMonitor

import builder
from builder import local, registry
from builder.dataset import QADataset
from builder.folder import read
from builder.folder.schema import SCHEMAS
from qagen.errors import DatasetError, EngineError, InputError, SettingsError
from qagen.prompts import load_prompt
from qagen.records import PaperInfo
from qagen.settings import Settings
from tests.builder.corpora import folder, record
from tests.conftest import EXAMPLES
from tests.scripted_server import Reply, ScriptedServer, paired


@pytest.fixture
def load(work, tmp_path):
    """`load_dataset("qagen", ...)` of the example papers, with a workspace and a cache of the test's own."""

    def call(name=None, **keywords):
        return load_dataset("qagen", name, **defaults(work, tmp_path, keywords))

    return call


@pytest.fixture
def make(work, tmp_path):
    """The builder that `load_dataset` would use, nothing built yet."""

    def call(name=None, **keywords):
        return load_dataset_builder("qagen", name, **defaults(work, tmp_path, keywords))

    return call


def defaults(work, tmp_path, keywords):
    given = {
        "data_dir": str(EXAMPLES),
        "engine": "extractive",
        "work": str(work),
        "cache_dir": str(tmp_path / "hf"),
    }
    return given | keywords


def papers(place: Path, **names: str) -> Path:
    """A folder of example papers under other names."""
    for name, example in names.items():
        target = place / f"{name.replace('__', '/')}.pdf"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(EXAMPLES / f"{example}.pdf", target)
    return place


def ids(loaded) -> list[str]:
    return [row for split in loaded.values() for row in split["id"]]


WITHOUT_A_MODEL = [name for name in SCHEMAS if name not in ("reasoning", "preference", "unanswerable")]


def test_the_configs_have_the_columns_of_the_schema(load):
    for name in WITHOUT_A_MODEL:
        for split in load(name).values():
            assert split.features == datasets.Features.from_arrow_schema(SCHEMAS[name])
            assert len(split) > 0


def test_the_rows_are_those_of_the_dataset_folder(load, work):
    loaded = load()
    (folder,) = (work / "datasets").iterdir()
    assert [(split, row) for split in loaded for row in loaded[split]] == list(read.rows(folder, "default"))


def test_without_a_name_the_config_is_default_also_with_keywords(make):
    assert make(pairs=3).config.name == "default"


def test_the_info_says_what_the_dataset_is(make):
    info = make("chat").info
    assert info.description.startswith(
        "The same pairs as messages of a user and an assistant. Made by qagen "
    )
    assert str(info.version) == "1.0.0"
    assert info.license == "unknown: the papers' own licences decide"
    assert info.config_name == "chat"


@pytest.mark.parametrize("name", ["papers [2024]", "a::b", "a*", "{b,c}"])
def test_a_folder_of_papers_may_have_any_name(load, tmp_path, name):
    papers = tmp_path / name
    papers.mkdir()
    shutil.copy(EXAMPLES / "peatland.pdf", papers)
    assert load(data_dir=str(papers))["train"].num_rows > 0


@pytest.mark.parametrize(("name", "said"), [("empty", "no PDF in"), ("none", "there is no file or folder")])
def test_a_folder_without_papers_is_said_in_our_words(load, tmp_path, name, said):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=said):
        load(data_dir=str(tmp_path / name))


def test_words_in_names_of_folders_and_files_decide_nothing(load, tmp_path):
    place = papers(
        tmp_path / "test",
        **{"training-manual": "interlayer", "validation__eval": "aftershocks", "dev__plain": "peatland"},
    )
    assert sorted(ids(load(data_dir=str(place)))) == sorted(ids(load()))


def test_nothing_changed_is_the_same_cache_and_is_not_built_again(load, make, work, tmp_path):
    first = make()
    loaded = load()
    for path in papers(
        tmp_path / "copy", interlayer="interlayer", aftershocks="aftershocks", peatland="peatland"
    ).iterdir():
        os.utime(path, (1, 1))
    shutil.rmtree(work)
    assert make(data_dir=str(tmp_path / "copy")).cache_dir == first.cache_dir
    assert ids(load(data_dir=str(tmp_path / "copy"))) == ids(loaded)


def test_one_changed_pdf_is_another_cache(make, tmp_path):
    place = papers(tmp_path / "p", one="interlayer")
    before = make(data_dir=str(place)).cache_dir
    shutil.copy(EXAMPLES / "peatland.pdf", place / "one.pdf")
    assert make(data_dir=str(place)).cache_dir != before


@pytest.mark.parametrize(
    "keywords",
    [
        {"chunk_chars": 1500},
        {"overlap": 100},
        {"with_context": True},
        {"limit": 1},
        {"sample": 5},
        {"engine": "server", "model": "m"},
        {"allow_incomplete": True},
    ],
)
def test_whatever_can_change_the_rows_is_another_cache(make, keywords):
    assert make(**keywords).cache_dir != make().cache_dir


@pytest.mark.parametrize(
    "keywords", [{"concurrency": 3}, {"base_url": "http://127.0.0.1:9/v1"}, {"offline": True}]
)
def test_what_cannot_change_the_rows_is_the_same_cache(make, keywords):
    assert make(**keywords).cache_dir == make().cache_dir


def test_a_changed_prompt_or_threshold_is_another_cache(make, tmp_path):
    prompt, config = tmp_path / "p.md", tmp_path / "qagen.toml"
    found = set()
    for text, support in (("", 0.4), ("Be brief. ", 0.4), ("Be brief. ", 0.5)):
        built_in = load_prompt("deep-qa").text
        prompt.write_text(built_in.rstrip() + f"\n{text}\n")
        config.write_text(f"[checks]\nmin_support = {support}\n")
        found.add(make(engine="server", model="m", prompt=str(prompt), config=str(config)).cache_dir)
    assert len(found) == 3


def test_another_base_is_another_cache_and_its_splits_stay(load, make, tmp_path):
    papers = {read_paper["sha256"]: read_paper for split in load().values() for read_paper in split["paper"]}
    infos = [PaperInfo(**{**one, "authors": tuple(one["authors"])}) for one in papers.values()]
    held = Settings.model_validate({"dataset": {"splits": {"validation": 50, "test": 50}}})
    folder(tmp_path / "base", [record(info, f"Why {info.file}?") for info in infos], settings=held)
    expected = {one.paper.sha256: split for split, one in read.records(tmp_path / "base")}
    assert make(base=str(tmp_path / "base")).cache_dir != make().cache_dir
    loaded = load(base=str(tmp_path / "base"))
    assert {one["sha256"]: name for name, split in loaded.items() for one in split["paper"]} == expected


def test_custom_features_are_another_cache(make):
    features = datasets.Features.from_arrow_schema(SCHEMAS["default"])
    features["checks"]["support"] = datasets.Value("float32")
    assert make(features=features).cache_dir != make().cache_dir


def test_a_config_without_rows_is_an_error_that_says_so_and_no_empty_split(load, tmp_path):
    (tmp_path / "p").mkdir()
    (tmp_path / "p/a.pdf").write_text("no PDF")
    with pytest.raises(DatasetError, match=r"gives no rows for the config 'default'.*README\.md"):
        load(data_dir=str(tmp_path / "p"))
    assert load("rejected", data_dir=str(tmp_path / "p"))["train"]["reason"] == ["not_a_pdf"]


def test_a_build_with_chunks_that_got_no_answer_is_not_cached_unless_allowed(load):
    def reply(request, nth):
        stumbles = "triangles with a half width" in request["messages"][0]["content"]
        return Reply(status=400, body="cannot parse this") if stumbles else paired(request)

    with ScriptedServer(reply) as server:
        asked = {"engine": "server", "model": "r1", "base_url": server.base_url}
        with pytest.raises(
            DatasetError, match=r"1 chunk has no answer; load it again .* or take what there is"
        ):
            load("rejected", **asked)
        loaded = load("rejected", **asked, allow_incomplete=True)
    assert list(loaded["train"]["reason"]).count("no_answer") == 1


def test_an_error_loses_nothing_of_the_workspace(load, work):
    before = sorted(work.rglob("meta.json"))
    with pytest.raises(EngineError, match=r"^no chunk has an answer"):
        load(engine="server", model="m", offline=True)
    assert sorted(work.rglob("meta.json")) == before != []


def test_ids_are_unique_since_datasets_would_take_duplicates(load):
    for name in WITHOUT_A_MODEL:
        found = ids(load(name))
        assert len(found) == len(set(found))


def test_making_a_builder_patches_no_module_that_does_the_work(make):
    make()
    assert local.Path is read.Path is pathlib.Path
    for module in (local, read, registry):
        assert not hasattr(module, "open")


def test_streaming_gives_the_same_rows(load):
    streamed = load(streaming=True)
    loaded = load()
    assert {name: list(split) for name, split in streamed.items()} == {
        name: list(split) for name, split in loaded.items()
    }


def test_a_build_leaves_no_thread_and_no_process_to_a_fork(load):
    before = set(threading.enumerate())
    load(streaming=True)
    # The bars of `datasets` keep a monitor, which is theirs.
    left = {thread for thread in threading.enumerate() if not isinstance(thread, TMonitor)}
    assert left <= before
    assert multiprocessing.active_children() == []


def test_several_processes_may_write_the_cache(load):
    assert ids(load("chat", num_proc=2)) == ids(load("chat", cache_dir=None))


def test_a_pickled_builder_is_the_same_builder(make):
    one = make()
    other = pickle.loads(pickle.dumps(one))
    assert other.cache_dir == one.cache_dir
    other.download_and_prepare()
    assert len(other.as_dataset(split="train")) > 0


def test_a_saved_dataset_comes_back(load, tmp_path):
    loaded = load()
    loaded.save_to_disk(tmp_path / "saved")
    assert ids(datasets.load_from_disk(tmp_path / "saved")) == ids(loaded)


def test_it_works_where_a_loop_is_running_as_in_a_notebook(load):
    async def cell():
        return load()

    assert ids(asyncio.run(cell())) == ids(load())


@pytest.mark.parametrize(
    ("keywords", "error", "said"),
    [
        ({"data_dir": None}, InputError, "name the folder of PDFs"),
        ({"engine": None}, SettingsError, "name the model"),
        ({"pairs": 0}, SettingsError, "'pairs'"),
        ({"data_dir": str(Path(builder.__file__).parent)}, InputError, "no PDF in"),
        ({"modle": "m"}, SettingsError, "unknown keyword 'modle'; did you mean 'model'"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_built(
    load, keywords, error, said, monkeypatch, tmp_path
):
    (tmp_path / "cwd").mkdir()
    (tmp_path / "cwd/some.txt").touch()
    monkeypatch.chdir(tmp_path / "cwd")
    with pytest.raises(error, match=said):
        load(**keywords)


# ---- the registry


def test_the_registry_of_datasets_has_the_form_that_we_write_into():
    known = datasets.packaged_modules._PACKAGED_DATASETS_MODULES
    assert known["qagen"] == ("builder.dataset", registry.HASH)
    assert [type(part) for part in known["parquet"]] == [type(part) for part in known["qagen"]]


def test_without_the_registry_a_line_says_what_to_do(caplog):
    registry.register(types.ModuleType("packaged_modules"))
    assert "use builder.load(...)" in caplog.text


def test_builder_load_is_the_way_around(load, work, tmp_path):
    given = {"engine": "extractive", "work": str(work), "cache_dir": str(tmp_path / "hf2")}
    assert ids(builder.load(str(EXAMPLES), **given)) == ids(load())
    chat = builder.load(str(EXAMPLES), "chat", split="train", streaming=True, **given)
    assert next(iter(chat))["messages"][0]["role"] == "user"


@pytest.mark.parametrize("streaming", [False, True])
def test_a_split_without_rows_is_said_with_those_that_have_some(work, tmp_path, streaming):
    given = {"engine": "extractive", "work": str(work), "cache_dir": str(tmp_path / "hf2")}
    with pytest.raises(DatasetError) as raised:
        builder.load(str(EXAMPLES), split="train[:2]+test", streaming=streaming, **given)
    assert str(raised.value) == (
        f"{str(EXAMPLES)!r} gives no rows for the split 'test' of 'default'; take one of train, or give it a share of the works "
        "with splits={'test': ...}"
    )


def test_the_names_of_the_package_are_there_and_others_are_not():
    assert builder.QADataset is QADataset
    assert issubclass(builder.QAConfig, datasets.BuilderConfig)
    with pytest.raises(AttributeError, match="nothing"):
        builder.nothing  # noqa: B018


FRESH = """
import sys
{order}
import json
arguments = json.loads(sys.argv[1])
loaded = load_dataset("qagen", **arguments)
print(json.dumps({{"rows": sum(len(split) for split in loaded.values())}}))
"""
ORDERS = {
    "builder first": "import builder\nassert 'datasets' not in sys.modules\nfrom datasets import load_dataset",
    "datasets first": "from datasets import load_dataset\nimport builder",
}


@pytest.mark.slow
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_importing_builder_is_enough_in_a_fresh_process(order, work, tmp_path, load):
    one = str(papers(tmp_path / "one", peatland="peatland"))
    arguments = defaults(work, tmp_path, {"data_dir": one, "cache_dir": str(tmp_path / "fresh")})
    environment = {**os.environ, "HF_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "1"}
    code = FRESH.format(order=order)
    run = subprocess.run(
        [sys.executable, "-c", code, json.dumps(arguments)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {"rows": len(ids(load(data_dir=one)))}
