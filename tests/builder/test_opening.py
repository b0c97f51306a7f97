"""A dataset folder opens for everybody else: with `datasets`, pandas, polars and DuckDB, where qagen is not installed."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import duckdb
import jinja2
import pandas
import polars
import pytest
from datasets import load_dataset

from builder.folder import read
from builder.folder.schema import row_of
from qagen.settings import Settings
from tests.builder.corpora import folder, many, paper, record, rejection

MIXED = Settings.model_validate({"dataset": {"splits": {"validation": 25, "test": 25}}})
ALONE = """
import json, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("qagen", "builder"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
from datasets import get_dataset_config_names, get_dataset_default_config_name, load_dataset

place = sys.argv[1]
told = {}
for config in get_dataset_config_names(place):
    whole = load_dataset(place, config)
    streamed = load_dataset(place, config, streaming=True)
    assert {name: list(split) for name, split in whole.items()} == {name: list(split) for name, split in streamed.items()}
    told[config] = {name: split["id"][:] for name, split in whole.items()}
    assert all(split.features == streamed[name].features for name, split in whole.items())
assert load_dataset(place)["train"]["id"][:] == told[get_dataset_default_config_name(place)]["train"]
print(json.dumps(told))
"""


def opened_alone(place, home) -> dict:
    environment = {**os.environ, "HF_HOME": str(home), "PYTHONNOUSERSITE": "1"}
    run = subprocess.run(
        [sys.executable, "-I", "-c", ALONE, str(place)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def ids(place, config) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for split, row in read.rows(place, config):
        found.setdefault(split, []).append(row["id"])
    return found


@pytest.mark.slow
def test_all_configs_and_splits_load_in_a_process_without_qagen(tmp_path):
    folder(tmp_path / "d", [*many(30, 3), rejection(paper("p1"))], settings=MIXED)
    told = opened_alone(tmp_path / "d", tmp_path / "home")
    assert told == {config: ids(tmp_path / "d", config) for config in ("default", "chat", "sft", "rejected")}
    assert set(told["chat"]) == {"train", "validation", "test"}


def load(place, config, tmp_path):
    return load_dataset(str(place), config, cache_dir=str(tmp_path / "hf"))


@pytest.mark.parametrize("papers", [1, 3])
def test_few_papers_load_without_empty_splits(tmp_path, papers):
    folder(tmp_path / "d", list(many(papers, 2)))
    loaded = load(tmp_path / "d", None, tmp_path)
    assert {name: len(split) for name, split in loaded.items()} == {
        name: len(found) for name, found in ids(tmp_path / "d", "default").items()
    }
    assert all(len(split) > 0 for split in loaded.values())


def test_without_records_nothing_else_is_taken_for_the_dataset(tmp_path):
    folder(tmp_path / "rejections", [rejection(paper("one"))])
    folder(tmp_path / "nothing", [])
    assert load(tmp_path / "rejections", "rejected", tmp_path)["train"]["reason"][:] == ["too_short"]
    with pytest.raises(ValueError, match="At least one valid data file must be specified"):
        load(tmp_path / "rejections", None, tmp_path)
    with pytest.raises(FileNotFoundError, match="data files found in"):
        load(tmp_path / "nothing", None, tmp_path)


def test_rows_with_nothing_but_the_required_columns_load_beside_full_ones(tmp_path):
    one = paper("one")
    bare = replace(record(one, "Why bare?"), edits=(), context=None, reasoning=None)
    folder(tmp_path / "d", [bare, record(one, "Why full?")])
    loaded = load(tmp_path / "d", None, tmp_path)
    (rows,) = [list(split) for split in loaded.values()]
    assert rows == [row_of(bare), row_of(record(one, "Why full?"))]


def test_pandas_polars_and_duckdb_read_the_same_ids(tmp_path):
    folder(
        tmp_path / "d",
        list(many(5, 3)),
        settings=Settings.model_validate({"dataset": {"splits": {"validation": 0, "test": 0}}}),
    )
    files = str(tmp_path / "d/data/default/train-*.parquet")
    expected = ids(tmp_path / "d", "default")["train"]
    assert pandas.read_parquet(tmp_path / "d/data/default")["id"].tolist() == expected
    frame = polars.read_parquet(files)
    assert frame["id"].to_list() == expected
    assert frame["paper"].struct.field("file").n_unique() == 5
    found = duckdb.sql(f"SELECT id, evidence[1].page, paper.file FROM '{files}' ORDER BY id")
    assert [row[0] for row in found.fetchall()] == sorted(expected)


TEMPLATE = """
{%- for message in messages -%}
{%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
{{ raise_exception('roles must alternate user/assistant') }}
{%- endif -%}
<|{{ message['role'] }}|>
{{ message['content'] }}
{% endfor -%}
"""


def refuse(message):
    raise ValueError(message)


def test_chat_is_in_the_form_that_a_trainer_renders(tmp_path):
    folder(
        tmp_path / "d",
        list(many(2, 2)),
        settings=Settings.model_validate({"dataset": {"splits": {"validation": 0, "test": 0}}}),
    )
    rows = load(tmp_path / "d", "chat", tmp_path)["train"]
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.globals["raise_exception"] = refuse
    rendered = [environment.from_string(TEMPLATE).render(messages=row["messages"]) for row in rows]
    assert rendered == [
        f"<|user|>\n{one.question}\n<|assistant|>\n{one.answer}\n" for _, one in read.records(tmp_path / "d")
    ]
