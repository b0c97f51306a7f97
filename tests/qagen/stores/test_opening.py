"""Workspaces and papers at addresses, as commands open them."""

from pathlib import Path

import pytest

from qagen.errors import SettingsError, StoreError, WorkspaceError
from qagen.settings import Settings
from qagen.stores.opening import Here, Means, filling, reading, refuse_vectors


def test_folders_are_left_as_they_are(tmp_path):
    means = Means(scratch=tmp_path / "scratch")
    named = [tmp_path / "a", tmp_path / "b"]
    here = Here(named, [tmp_path / "w"], [str(tmp_path / "w")], {})
    with filling(named, tmp_path / "w", means=means) as given:
        assert given == here
    with reading(named, [tmp_path / "w"], means=means) as given:
        assert given == here
    assert not (tmp_path / "scratch").exists()


def test_answers_that_are_published_are_not_set_aside(address, tmp_path):
    with pytest.raises(SettingsError, match="--refresh sets answers aside"):
        with filling([], Path(address), refresh=True, means=Means(scratch=tmp_path)):
            pass


def test_parts_whose_groups_are_found_by_vectors_need_a_disk(address):
    near = Settings.model_validate({"ask": {"places": 2}, "select": {"embedding_model": "e"}})
    refuse_vectors(near, [Path("work")])
    refuse_vectors(Settings(), [Path(address)])
    with pytest.raises(SettingsError, match="keeps no vectors"):
        refuse_vectors(near, [Path("work"), Path(address)])


def test_a_workspace_that_is_not_there_cannot_be_read(address, tmp_path):
    with (
        pytest.raises(StoreError, match="there is no workspace at"),
        reading([], [Path(address)], means=Means(scratch=tmp_path)),
    ):
        pass


def test_two_runs_here_do_not_share_a_mirror(address, tmp_path):
    means = Means(scratch=tmp_path)
    with filling([], Path(address), means=means):
        with (
            pytest.raises(WorkspaceError, match="another qagen run is using"),
            filling([], Path(address), means=means),
        ):
            pass


def test_a_limit_is_of_all_papers(papers, address, tmp_path):
    with filling([Path(papers)], Path(address), limit=1, means=Means(scratch=tmp_path)) as here:
        first = min(here.sums.values())
        assert {sum_ for path, sum_ in here.sums.items() if path.stat().st_size} >= {first}
        assert here.names == [address]
        assert here.name_of(str(here.work)) == address
