"""Addresses, and objects that are written once: what a store complains of is one line."""

from pathlib import Path

import pytest

from qagen.address import address_of
from qagen.errors import InputError, StoreError, StoreUnreachable, WorkspaceError
from qagen.papers.papers import find_papers
from qagen.records import sha256
from qagen.stores.store import Store
from qagen.workspace import Workspace
from tests.memory_store import Faulty


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("s3://bucket/work", "s3://bucket/work"),
        ("s3://bucket//work/", "s3://bucket/work"),
        ("hf://buckets/me/b/work", "hf://buckets/me/b/work"),
        ("S3://Bucket/Work", "s3://Bucket/Work"),
        ("work", None),
        ("/s3:/bucket", None),
        ("C:/work", None),
        (".", None),
    ],
)
def test_an_address_is_told_from_a_path(path, address):
    assert address_of(Path(path)) == address


def test_what_takes_a_folder_says_so_of_an_address():
    with pytest.raises(WorkspaceError, match="'s3://bucket/work' is an address"):
        Workspace(Path("s3://bucket/work"))
    with pytest.raises(InputError, match="'s3://bucket/papers' is in a store"):
        find_papers([Path("s3://bucket/papers")])


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("file:///tmp/x", "no address of an object store"),
        ("https://example.org/x", "no address of an object store"),
        ("simplecache::s3://b/x", "no address of an object store"),
        ("nosuch://b/x", "is no address that can be read here"),
        ("gs://b/x", "pip install gcsfs"),
        ("memory://", "names no bucket"),
    ],
)
def test_an_address_that_nothing_here_speaks_is_one_line(address, said):
    with pytest.raises(InputError, match=said):
        Store(address)


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (type("NoCredentialsError", (Exception,), {})("none"), StoreError, "no credentials for"),
        (PermissionError("Access Denied"), StoreError, "is turned down: Access Denied"),
        (FileNotFoundError("no bucket"), StoreError, "is not there: no bucket"),
        (NotImplementedError("A header"), StoreError, "has no conditional writes"),
        (ConnectionResetError("reset"), StoreUnreachable, "cannot be reached: reset"),
        (TimeoutError(), StoreUnreachable, "cannot be reached: TimeoutError"),
    ],
)
def test_what_a_store_complains_of_is_an_error_that_says_what_to_do(error, kind, said, address):
    store = Store(address.replace("memory", "faulty"))
    Faulty.error = error
    try:
        with pytest.raises(StoreError, match=said) as raised:
            store.create("x", b"")
    finally:
        Faulty.error = None
    assert (type(raised.value), bool(raised.value.remedy)) == (kind, True)


def test_an_object_is_written_once(store):
    name = store.put("a", "1-", "json", b"x")
    assert store.put("a", "1-", "json", b"x") == name
    assert not store.create(name, b"y")
    assert store.read(name) == b"x"


def test_an_object_that_was_half_written_under_its_name_is_named(store):
    store.create(f"a/{sha256(b'xyz')}.json", b"xy")
    with pytest.raises(StoreError, match="is damaged: it is not what its name says"):
        store.put("a", "", "json", b"xyz")


def test_of_a_package_that_logs_what_it_raises_one_line_is_left(caplog):
    with pytest.raises(StoreError) as error:
        Store("talkative://bucket/work").create("a.json", b"{}")
    assert (error.value.message, caplog.messages) == (
        "'talkative://bucket/work/a.json' cannot be reached: gone",
        [],
    )
