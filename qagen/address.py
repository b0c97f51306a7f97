"""Addresses of object stores, as in `s3://bucket/folder`, where a path may stand as well."""

import re
from pathlib import PurePath

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)


def address_of(path: PurePath) -> str | None:
    """The address that a path was made of, since pathlib makes one slash of two; None where it is a path.

    A folder on the disk whose name is like that of a protocol has to be named by its absolute path.
    """
    first, *rest = path.parts or ("",)
    if not _SCHEME.fullmatch(first):
        return None
    return f"{first.lower()}//{'/'.join(rest)}"
