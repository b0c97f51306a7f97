"""Objects below one address of a store, written once and never changed; the only module that knows fsspec."""

import errno
import hashlib
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qagen.errors import InputError, StoreError, StoreUnreachable, WorkspaceError
from qagen.redaction import redact
from qagen.terminal import printable_line
from qagen.workspace import translate_os_errors

_PACKAGES = {
    "s3": "'qagen[s3]'",
    "s3a": "'qagen[s3]'",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "hf": "huggingface_hub",
}
_ELSEWHERE = frozenset(
    {"file", "local", "http", "https", "data", "github", "git", "zip", "tar", "simplecache"}
)
"""Protocols of fsspec that are no stores of ours: folders are named by their paths, and the others take no objects."""
_OPTIONS: Mapping[str, Mapping[str, object]] = {
    "s3": {"config_kwargs": {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 2}}},
}
"""For a store that is gone: botocore's own would try for many minutes."""
_LOGGERS = ("gcsfs", "s3fs")
"""Of packages that log what they raise too, with a traceback; they stay silent where nobody has set their level."""
_CREDENTIALS = re.compile(r"credential|tokenretrieval|profilenotfound|localtokennotfound", re.IGNORECASE)
_BUGS = (TypeError, AttributeError, NameError, AssertionError, MemoryError, RecursionError)
"""What no store can cause."""
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
"""What the folder here causes, and no store."""
_VERSIONS = (
    "ETag",
    "etag",
    "md5Hash",
    "xet_hash",
    "blob_id",
    "LastModified",
    "mtime",
    "uploaded_at",
    "created",
)
"""Under which of these names a listing says which version of an object is there."""
NAMED = re.compile(r"(?:(?P<stem>[0-9-]{1,40})-)?(?P<sha256>[0-9a-f]{64})\.(?P<suffix>zip|jsonl?)")
"""The last part of an object's name that says its sum."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An object.

    Attributes:
        name: below the store's address; empty where the address is that of an object.
        size: bytes.
        version: that which is there now, as far as the store says it.
    """

    name: str
    size: int
    version: str | None = None


class Store:
    """Objects below one address."""

    def __init__(self, address: str, options: Mapping[str, object] | None = None) -> None:
        """Find what speaks the address's protocol; asks nobody.

        Args:
            address: as in `s3://bucket/folder`.
            options: for fsspec's file system, beside what its packages read from the environment.

        Raises:
            InputError: where nothing here speaks it.
        """
        self.address = address.rstrip("/")
        scheme = self.address.partition(":")[0]
        if scheme in _ELSEWHERE or "::" in address:
            raise InputError(
                f"{address!r} is no address of an object store",
                remedy="name a folder by its path, or a store as in s3://bucket/folder",
            )
        if "://" not in self.address:
            raise InputError(f"{address!r} names no bucket", remedy="write it as in s3://bucket/folder")
        self._fs, self._root = _opened(self.address, {**_OPTIONS.get(scheme, {}), **(options or {})})

    def list(self, folder: str = "") -> list[Stored]:
        """All objects below a folder, sorted by name; none where there is no such folder.

        Raises:
            StoreError: where the store turns that down or does not answer.
        """
        place = self._place(folder)
        with self._translated(folder):
            self._fs.invalidate_cache()
            try:
                found = self._fs.find(place, detail=True)
            except FileNotFoundError:
                return []
        start = len(self._root) + 1
        return [
            Stored(name[start:], int(info.get("size") or 0), _version(info))
            for name, info in sorted(found.items())
            if (name == place or name.startswith(f"{place}/"))
            and not name.endswith("/")  # consoles mark folders so
        ]

    def read(self, name: str) -> bytes:
        """What an object holds; for small ones.

        Raises:
            StoreError: where the store turns that down or does not answer.
        """
        with self._translated(name):
            data: bytes = self._fs.cat_file(self._place(name))
            return data

    def fetch(self, name: str, place: Path) -> str:
        """Write what an object holds into a file here; gives the sha256 of that.

        Raises:
            StoreError: where the store turns that down or does not answer.
            WorkspaceError: where the file cannot be written.
        """
        with translate_os_errors(place):
            place.touch()
            with self._translated(name):
                self._fs.get_file(self._place(name), str(place))
            with place.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()

    def create(self, name: str, data: bytes) -> bool:
        """Write a new object; False where there is one of that name, which then stays as it is.

        Raises:
            StoreError: where the store turns that down, has no conditional writes, or does not answer.
        """
        try:
            with self._translated(name):
                self._fs.invalidate_cache()
                self._fs.pipe_file(self._place(name), data, mode="create")
        except _Exists:
            return False
        return True

    def put(self, folder: str, stem: str, suffix: str, data: bytes) -> str:
        """Write an object whose name says its sum; gives the name.

        Raises:
            StoreError: where it cannot be written, or something else stands there.
        """
        name = f"{folder}/{stem}{hashlib.sha256(data).hexdigest()}.{suffix}"
        if not self.create(name, data) and self.read(name) != data:
            raise self.damaged(name, "it is not what its name says")
        return name

    def damaged(self, name: str, why: str) -> StoreError:
        """The error of an object that is not what was written."""
        return StoreError(
            f"{printable_line(f'{self.address}/{name}')!r} is damaged: {why}",
            remedy="bring it back from a backup, or remove it: what it held is done again then",
        )

    def _place(self, name: str) -> str:
        return f"{self._root}/{name}" if name else self._root

    @contextmanager
    def _translated(self, name: str) -> Iterator[None]:
        """Turn what a store or its package raises into an error that says what to do."""
        where = printable_line(f"{self.address}/{name}" if name else self.address)
        try:
            yield
        except _BUGS:
            raise
        except WorkspaceError:
            raise
        except FileExistsError:
            raise _Exists(where) from None
        except Exception as error:  # the packages of protocols have trees of their own, without a common root
            if getattr(error, "errno", None) in _OF_THE_DISK:
                raise
            if _says_it_exists(error):
                raise _Exists(where) from None
            raise _translation(error, where) from None


class _Exists(StoreError):
    """There is an object of that name."""


def _opened(address: str, options: Mapping[str, object]) -> tuple[Any, str]:
    import fsspec

    for name in _LOGGERS:
        if (logger := logging.getLogger(name)).level == logging.NOTSET:
            logger.setLevel(logging.CRITICAL)
    try:
        fs, root = fsspec.core.url_to_fs(
            address, skip_instance_cache=True, use_listings_cache=False, **options
        )
    except ImportError as error:
        scheme = address.partition(":")[0]
        package = _PACKAGES.get(scheme)
        raise InputError(
            f"{address!r}: what speaks {scheme}:// is not installed here",
            remedy=f"pip install {package}" if package else " ".join(str(error).split()),
        ) from None
    except ValueError as error:
        raise InputError(
            f"{address!r} is no address that can be read here: {' '.join(str(error).split())}",
            remedy="write it as in s3://bucket/folder",
        ) from None
    return fs, root.rstrip("/")


def _version(info: Mapping[str, object]) -> str | None:
    return next((f"{name} {info[name]}" for name in _VERSIONS if info.get(name)), None)


def _says_it_exists(error: Exception) -> bool:
    """Whether a store that is not Amazon's own turned a conditional write down since something is there."""
    code = getattr(error.__cause__, "response", None) or {}
    return isinstance(code, dict) and (code.get("Error") or {}).get("Code") in (
        "PreconditionFailed",
        "ConditionalRequestConflict",
        "412",
    )


def _translation(error: Exception, where: str) -> StoreError:
    said = redact(printable_line(" ".join(str(error).split())[:300])) or type(error).__name__
    if _CREDENTIALS.search(type(error).__name__):
        return StoreError(
            f"no credentials for {where!r}: {said}",
            remedy="give them in the way of its protocol, as in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        )
    if isinstance(error, PermissionError):
        return StoreError(f"{where!r} is turned down: {said}", remedy="see to the rights of the credentials")
    if isinstance(error, FileNotFoundError):
        return StoreError(f"{where!r} is not there: {said}", remedy="check the spelling, or make the bucket")
    if isinstance(error, NotImplementedError) or getattr(error, "errno", None) == errno.ENOSYS:
        return no_conditional_writes(where)
    return StoreUnreachable(
        f"{where!r} cannot be reached: {said}", remedy="see to the network and the address, and run again"
    )


def no_conditional_writes(where: str) -> StoreError:
    """The error of a store that cannot say that something is there already."""
    return StoreError(
        f"the store of {where!r} has no conditional writes, so a part cannot be claimed there",
        remedy="fill a folder on a disk with --work, and copy it; or take a store that has them (S3, GCS, MinIO, R2)",
    )
