"""Where a dataset folder may go, and what becomes of what stood there."""

import os
import re
from pathlib import Path

import pytest
from filelock import FileLock

from builder.folder import read
from builder.folder.replace import check_target, replacing
from qagen.errors import DatasetError, WorkspaceError
from qagen.settings import Settings
from tests.builder.corpora import contents, folder, paper, record

ONE = paper("one")
ALL_TRAIN = Settings.model_validate({"dataset": {"splits": {"validation": 0, "test": 0}}})


def dataset(place: Path, question: str = "Why is it so?") -> dict[str, bytes]:
    folder(place, [record(ONE, question)], settings=ALL_TRAIN)
    return contents(place)


def killed_between_renames(place: Path, name: str = "dead") -> Path:
    """Move a dataset folder away as a run does that is killed before it puts the new one there."""
    holder = place.with_name(f".{place.name}.qagen-{name}")
    (holder / "new").mkdir(parents=True)
    (holder / "lock").touch()
    place.rename(holder / "old")
    return holder


def everything(place: Path) -> list[str]:
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*"))


# ---- what killed runs left


def test_a_dataset_that_a_killed_run_moved_away_goes_back_with_files_made_in_its_place_since(tmp_path):
    before = dataset(tmp_path / "d")
    killed_between_renames(tmp_path / "d")
    (tmp_path / "d/data/notes").mkdir(parents=True)
    (tmp_path / "d/build.log").write_text("x")
    (tmp_path / "d/data/notes/mine.txt").write_text("y")
    check_target(tmp_path / "d")
    assert contents(tmp_path / "d") == before | {"build.log": b"x", "data/notes/mine.txt": b"y"}
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_an_empty_folder_in_its_place_or_none_makes_room_for_the_dataset_that_was_moved_away(tmp_path):
    for made_since in ([], ["d"], ["d/data/default"]):
        before = dataset(tmp_path / "d")
        killed_between_renames(tmp_path / "d")
        for name in made_since:
            (tmp_path / name).mkdir(parents=True)
        check_target(tmp_path / "d")
        assert contents(tmp_path / "d") == before
        assert [path.name for path in tmp_path.iterdir()] == ["d"]


@pytest.mark.parametrize("name", ["README.md", "data", "data/default/train-00000-of-00001.parquet", "link"])
def test_a_dataset_that_cannot_go_back_stays_where_it_is_and_the_error_names_it(tmp_path, name):
    dataset(tmp_path / "d")
    (tmp_path / "d/link").symlink_to(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    kept = contents(tmp_path / "d")
    holder = killed_between_renames(tmp_path / "d")
    (tmp_path / "d" / name).parent.mkdir(parents=True)
    (tmp_path / "d" / name).write_text("mine")
    for go in (check_target, lambda out: folder(out, [])):
        with pytest.raises(WorkspaceError, match=re.escape(f"is kept in {str(holder / 'old')!r}; move away")):
            go(tmp_path / "d")
        assert contents(holder / "old") == kept
        assert contents(tmp_path / "d") == {name: b"mine"}


def test_a_file_in_the_place_of_a_dataset_that_was_moved_away_loses_neither(tmp_path):
    before = dataset(tmp_path / "d")
    holder = killed_between_renames(tmp_path / "d")
    (tmp_path / "d").write_text("mine")
    with pytest.raises(WorkspaceError, match="is kept in"):
        check_target(tmp_path / "d")
    assert contents(holder / "old") == before
    assert (tmp_path / "d").read_text() == "mine"


def test_half_a_dataset_in_its_place_removes_nothing(tmp_path):
    before = dataset(tmp_path / "d")
    holder = killed_between_renames(tmp_path / "d")
    dataset(tmp_path / "half", "Why is it otherwise?")
    read.files(tmp_path / "half", "default")["train"][0].unlink()
    (tmp_path / "half").rename(tmp_path / "d")
    with pytest.raises(WorkspaceError, match="is kept in"):
        check_target(tmp_path / "d")
    assert contents(holder / "old") == before


def test_a_whole_dataset_in_its_place_finishes_what_the_killed_run_began(tmp_path):
    dataset(tmp_path / "d")
    (tmp_path / "d/notes.txt").write_text("mine")
    killed_between_renames(tmp_path / "d")
    after = dataset(tmp_path / "fresh", "Why is it otherwise?")
    (tmp_path / "fresh").rename(tmp_path / "d")
    check_target(tmp_path / "d")
    assert contents(tmp_path / "d") == after | {"notes.txt": b"mine"}
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_foreign_files_that_were_kept_beside_stay_there_when_the_dataset_is_gone(tmp_path):
    holder = tmp_path / ".d.qagen-x"
    (holder / "old").mkdir(parents=True)
    (holder / "old/prompts").write_text("mine")
    (holder / "lock").touch()
    check_target(tmp_path / "d")
    assert contents(holder / "old") == {"prompts": b"mine"}
    assert not (tmp_path / "d").exists()


def test_a_manifest_that_cannot_be_read_lets_nothing_be_removed(tmp_path):
    dataset(tmp_path / "d")
    (tmp_path / "d/manifest.json").write_text("{")
    kept = contents(tmp_path / "d")
    holder = killed_between_renames(tmp_path / "d")
    dataset(tmp_path / "fresh")
    (tmp_path / "fresh").rename(tmp_path / "d")
    check_target(tmp_path / "d")
    assert contents(holder / "old") == kept


def test_a_manifest_that_lists_files_behind_a_link_lets_none_of_them_be_removed(tmp_path):
    dataset(tmp_path / "d")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "d/data/default").rename(tmp_path / "elsewhere/default")
    (tmp_path / "d/data/default").symlink_to(tmp_path / "elsewhere/default")
    kept = contents(tmp_path / "elsewhere")
    dataset(tmp_path / "d", "Why is it otherwise?")
    assert contents(tmp_path / "elsewhere") == kept


def test_the_holder_of_a_living_run_is_left_alone_by_the_check(tmp_path):
    dataset(tmp_path / "d")
    holder = killed_between_renames(tmp_path / "d")
    with FileLock(holder / "lock"):
        check_target(tmp_path / "d")
        assert not (tmp_path / "d").exists()


# ---- where it may go


@pytest.mark.parametrize("made", [[], ["d"]])
def test_a_place_that_is_fine_is_left_as_it_was(tmp_path, made):
    for name in made:
        (tmp_path / name).mkdir()
    check_target(tmp_path / "d", tmp_path / "work")
    check_target(tmp_path / "x/y/d", tmp_path / "work")
    assert everything(tmp_path) == made


def test_a_dataset_folder_of_ours_is_fine_and_left_as_it_was(tmp_path):
    before = dataset(tmp_path / "d")
    check_target(tmp_path / "d", tmp_path / "work")
    assert contents(tmp_path / "d") == before
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_a_dataset_folder_may_lie_inside_the_workspace(tmp_path):
    check_target(tmp_path / "work/datasets/one", tmp_path / "work")
    assert everything(tmp_path) == []


@pytest.mark.parametrize("name", ["papers", "papers/ab", "runs", "lock"])
def test_a_dataset_folder_among_the_workspaces_own_files_is_refused(tmp_path, name):
    with pytest.raises(DatasetError, match="keeps its own files; name another folder with --out"):
        check_target(tmp_path / "work" / name, tmp_path / "work")


@pytest.mark.parametrize("work", ["d", "d/.qagen", "d/x/../.qagen", "link/.qagen"])
def test_a_workspace_in_the_dataset_folder_is_refused(tmp_path, work):
    dataset(tmp_path / "d")
    (tmp_path / "link").symlink_to("d")
    with pytest.raises(WorkspaceError, match=r"lies in the dataset folder .* outside with --work"):
        check_target(tmp_path / "d", tmp_path / work)


def test_a_workspace_in_a_dataset_folder_that_is_not_there_yet_is_refused(tmp_path):
    with pytest.raises(WorkspaceError, match="lies in the dataset folder"):
        check_target(tmp_path / "d", tmp_path / "d/.qagen")
    assert everything(tmp_path) == []


def looped(place: Path) -> Path:
    (place / "a").symlink_to("b")
    (place / "b").symlink_to("a")
    return place / "a"


def of_papers(place: Path) -> Path:
    (place / "papers").mkdir()
    (place / "papers/one.pdf").write_bytes(b"%PDF-")
    return place / "papers"


def below_a_file(place: Path) -> Path:
    (place / "file").touch()
    return place / "file/d"


def a_file(place: Path) -> Path:
    (place / "file").touch()
    return place / "file"


REFUSED = {
    "a file": (a_file, DatasetError, "is a file, and a folder has to go there"),
    "a folder of papers": (of_papers, DatasetError, "is no dataset folder of qagen and is left alone"),
    "below a file": (below_a_file, WorkspaceError, "a file stands where a folder is needed"),
    "a link in a circle": (looped, DatasetError, "is a link that leads in a circle"),
    "below a link in a circle": (
        lambda place: looped(place) / "d",
        DatasetError,
        "is a link that leads in a circle",
    ),
    "a name too long": (lambda place: place / ("d" * 256), WorkspaceError, "choose a shorter name"),
    "a name too long for its holder": (
        lambda place: place / ("d" * 245),
        WorkspaceError,
        "choose a shorter name",
    ),
    "below a name too long": (
        lambda place: place / "x" / ("d" * 256) / "d",
        WorkspaceError,
        "choose a shorter name",
    ),
    "a path too long": (
        lambda place: place.joinpath(*["d" * 200] * 19, "d" * (4060 - len(str(place)) - 19 * 201)),
        WorkspaceError,
        "choose a shorter name",
    ),
    "a device": (lambda place: Path("/dev/null"), DatasetError, "is a file"),
    "the kernel's": (lambda place: Path("/proc/x/y"), WorkspaceError, "choose a"),
    "a mount": (lambda place: Path("/proc"), WorkspaceError, "is where another file system is mounted"),
    "the root": (lambda place: Path("/"), DatasetError, "is above it"),
    "nothing": (lambda place: Path(""), DatasetError, "is the folder that this runs in"),
    "an unknown user's": (lambda place: Path("~nobody-by-that-name/d"), DatasetError, "is not known here"),
    "no name": (lambda place: place / "a\0b", DatasetError, "is no name that a folder can have"),
    "no text": (lambda place: place / "a\ud800", DatasetError, "holds a character that is no text"),
}


@pytest.mark.parametrize(("made", "error", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_place_for_a_dataset_is_refused_in_one_line_and_left_as_it_was(
    tmp_path, made, error, said
):
    out = made(tmp_path)
    before = everything(tmp_path)
    with pytest.raises(error, match=re.escape(said)) as raised:
        check_target(out, tmp_path / "work")
    assert "\n" not in str(raised.value)
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    ("made", "error", "said"),
    [refused for name, refused in REFUSED.items() if name != "a path too long"],
    ids=[name for name in REFUSED if name != "a path too long"],
)
def test_the_swap_itself_refuses_in_the_same_words(tmp_path, made, error, said):
    out = made(tmp_path)
    with pytest.raises(error, match=re.escape(said)), replacing(out):
        raise AssertionError("there is nothing to fill")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("closed", [".", "d", "d/data/default"])
def test_a_place_that_cannot_be_written_is_refused(tmp_path, closed):
    dataset(tmp_path / "d")
    (tmp_path / closed).chmod(0o500)
    try:
        with pytest.raises(WorkspaceError, match="choose a writable place"):
            check_target(tmp_path / "d")
    finally:
        (tmp_path / closed).chmod(0o700)


def test_holders_of_runs_that_moved_nothing_away_are_removed_and_other_folders_are_not(tmp_path):
    for name in (".d.qagen-empty/old", ".d.qagen-new/new", ".d.qagen-somebodys/x"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("empty", "new"):
        (tmp_path / f".d.qagen-{name}/lock").touch()
    check_target(tmp_path / "d")
    assert everything(tmp_path) == [".d.qagen-somebodys", ".d.qagen-somebodys/x"]
