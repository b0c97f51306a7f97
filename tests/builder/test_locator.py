"""How datasets are named, and where they may lie."""

from pathlib import Path

import datasets
import pytest

from builder.hub.locator import refuse_pattern
from qagen.errors import DatasetError
from tests.builder.corpora import folder, paper, record

PLAIN = ["data v1", "{a,b}", "a%20b", "~x", "a#b", "v1@x", "Übung", "..x", "a&b", "a:b"]


@pytest.mark.parametrize("name", ["data [v1]", "a]", "a::b", "a*", "wh?t", "$HOME"])
def test_a_place_whose_name_is_a_pattern_is_refused_with_what_is_wrong_with_it(tmp_path, name):
    with pytest.raises(DatasetError, match=r"does not take '(\[|\]|::|\*|\?|\$)' in a path literally"):
        refuse_pattern(tmp_path / name)
    with pytest.raises(DatasetError, match="literally"):
        refuse_pattern(tmp_path / name / "dataset")


@pytest.mark.parametrize("name", PLAIN)
def test_a_place_that_is_let_pass_can_be_loaded(tmp_path, name):
    refuse_pattern(tmp_path / name)
    folder(tmp_path / name, [record(paper("one"), "Why is it so?")])
    loaded = datasets.load_dataset(str(tmp_path / name), cache_dir=str(tmp_path / "cache"))
    assert sum(split.num_rows for split in loaded.values()) == 1


def test_a_path_is_looked_at_as_it_is_reached(tmp_path, monkeypatch):
    (tmp_path / "[x]").mkdir()
    monkeypatch.chdir(tmp_path / "[x]")
    with pytest.raises(DatasetError, match="literally"):
        refuse_pattern(Path("dataset"))
