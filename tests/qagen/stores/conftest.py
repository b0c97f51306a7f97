import pytest

from qagen.stores.store import Store


@pytest.fixture
def address(tmp_path):
    return f"memory://{tmp_path.parent.name}-{tmp_path.name}/work"


@pytest.fixture
def store(address):
    return Store(address)


@pytest.fixture
def papers(tmp_path):
    """Papers in a store: their address, their bytes, and what was read of them."""
    address = f"memory://{tmp_path.parent.name}-{tmp_path.name}/papers"
    files = {
        "a.pdf": b"one",
        "deep/b.PDF": b"two",
        "deep/copy of a.pdf": b"one",
        ".hidden/c.pdf": b"no",
        "notes.txt": b"no",
    }
    for name, data in files.items():
        Store(address).create(name, data)
    return address
