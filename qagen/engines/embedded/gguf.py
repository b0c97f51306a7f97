"""What a GGUF file says of itself, read before llama.cpp loads it, which gives no cause where it cannot.

Layout, little endian: `GGUF`, version, number of tensors, number of keys; then key, type and value of each; then name, shape, type and
place of each tensor; then their data.
"""

import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import BinaryIO

from qagen.errors import InputError

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_MOST = 2**20
"""More keys or tensors, or a longer text, has no model."""
_SCALARS = {
    0: "<B",
    1: "<b",
    2: "<H",
    3: "<h",
    4: "<I",
    5: "<i",
    6: "<f",
    7: "<?",
    10: "<Q",
    11: "<q",
    12: "<d",
}
_TEXT, _ARRAY = 8, 9
_BLOCKS = {
    0: (1, 4),
    1: (1, 2),
    2: (32, 18),
    3: (32, 20),
    6: (32, 22),
    7: (32, 24),
    8: (32, 34),
    10: (256, 84),
    11: (256, 110),
    12: (256, 144),
    13: (256, 176),
    14: (256, 210),
    30: (1, 2),
}
"""Type of a tensor -> numbers of a block and its bytes: F32, F16, Q4_0 to Q8_0, Q2_K to Q6_K, BF16; of others the size is not known."""
_DEFAULT_ALIGNMENT = 32

Value = int | float | str | tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class ModelFile:
    """What the header of a model's file says; None where it does not.

    Attributes:
        size: bytes of the file.
        context: tokens that the model was trained for.
        cache_bytes: what one token of context takes in memory, keys and values in 16 bits.
        chat: whether there is a template for conversations.
        parameters: numbers in all of its tensors together.
    """

    path: Path
    size: int
    architecture: str | None
    name: str | None
    license: str | None
    context: int | None
    cache_bytes: int | None
    chat: bool
    parameters: int = 0


class _Bad(Exception):
    pass


def read_gguf(path: Path) -> ModelFile:
    """Read the header.

    Raises:
        InputError: where there is no such file, it is no GGUF, or it is not whole.
    """
    shown = f"the model file {str(path)!r}"
    try:
        with path.open("rb") as file:
            return _read(path, file)
    except FileNotFoundError:
        raise InputError(
            f"{shown} is not there", remedy="see `qagen models list` for those that are"
        ) from None
    except OSError as error:
        raise InputError(
            f"{shown} cannot be read: {error.strerror}", remedy="name another with --model"
        ) from None
    except _Bad as error:
        raise InputError(f"{shown} {error}", remedy="fetch it again, or name another with --model") from None


def _read(path: Path, file: BinaryIO) -> ModelFile:
    size = path.stat().st_size
    magic = file.read(4)
    if magic != _MAGIC:
        raise _Bad(f"is no GGUF: it begins with {magic!r} instead of {_MAGIC!r}")
    try:
        version, tensors, keys = struct.unpack("<IQQ", file.read(20))
        if version not in _VERSIONS:
            raise _Bad(
                f"is a GGUF of version {version}, and versions {_VERSIONS[0]} and {_VERSIONS[1]} can be read"
            )
        if tensors > _MOST or keys > _MOST:
            raise _Bad("has a damaged header")
        values = dict(_pair(file) for _ in range(keys))
        sizes = [_tensor(file) for _ in range(tensors)]
    except (struct.error, UnicodeDecodeError, RecursionError):
        raise _Bad("is not whole: its header is cut off or damaged") from None
    alignment = values.get("general.alignment")
    step = alignment if isinstance(alignment, int) and alignment > 0 else _DEFAULT_ALIGNMENT
    whole = -(-file.tell() // step) * step + max((end for _, end in sizes), default=0)
    if size < whole:
        raise _Bad(f"is not whole: it has {size:,} bytes of at least {whole:,}")
    return _described(path, size, values, sum(count for count, _ in sizes))


def _described(path: Path, size: int, values: dict[str, Value], parameters: int) -> ModelFile:
    architecture = _str(values.get("general.architecture"))

    def count(key: str) -> int | None:
        value = values.get(f"{architecture}.{key}")
        found = max(value, default=0) if isinstance(value, tuple) else value
        return found if isinstance(found, int) and found > 0 else None

    return ModelFile(
        path=path,
        size=size,
        architecture=architecture,
        name=_str(values.get("general.name")),
        license=_str(values.get("general.license")),
        context=count("context_length"),
        cache_bytes=_cache_bytes(
            count("block_count"),
            count("attention.head_count_kv") or count("attention.head_count"),
            (count("embedding_length"), count("attention.head_count")),
            (count("attention.key_length"), count("attention.value_length")),
        ),
        chat="tokenizer.chat_template" in values,
        parameters=parameters,
    )


def _cache_bytes(
    layers: int | None,
    heads: int | None,
    shape: tuple[int | None, int | None],
    given: tuple[int | None, int | None],
) -> int | None:
    embedding, all_heads = shape
    usual = embedding // all_heads if embedding and all_heads else None
    key, value = given[0] or usual, given[1] or usual
    if not (layers and heads and key and value):
        return None
    return 2 * layers * heads * (key + value)


def _pair(file: BinaryIO) -> tuple[str, Value]:
    key = _text(file)
    return key, _value(file, _number(file, "<I"))


def _value(file: BinaryIO, kind: int) -> Value:
    if kind == _TEXT:
        return _text(file)
    if kind != _ARRAY:
        return _scalar(file, kind)
    inner, length = _number(file, "<I"), _number(file, "<Q")
    if length > 16 * _MOST:
        raise _Bad("has a damaged header")
    if inner in (_TEXT, _ARRAY):
        for _ in range(length):
            _value(file, inner)  # words of the vocabulary: passed over
        return None
    numbers = [_scalar(file, inner) for _ in range(length)]
    return tuple(number for number in numbers if isinstance(number, int))


def _scalar(file: BinaryIO, kind: int) -> int | float:
    if kind not in _SCALARS:
        raise _Bad("has a damaged header")
    shape = _SCALARS[kind]
    (number,) = struct.unpack(shape, file.read(struct.calcsize(shape)))
    assert isinstance(number, int | float)
    return number


def _number(file: BinaryIO, shape: str) -> int:
    (number,) = struct.unpack(shape, file.read(struct.calcsize(shape)))
    assert isinstance(number, int)
    return number


def _text(file: BinaryIO) -> str:
    length = _number(file, "<Q")
    if length > _MOST:
        raise _Bad("has a damaged header")
    data = file.read(length)
    if len(data) < length:
        raise _Bad("is not whole: its header is cut off or damaged")
    return data.decode("utf-8")


def _tensor(file: BinaryIO) -> tuple[int, int]:
    """How many numbers a tensor has, and where its data ends, counted from where that of the first begins."""
    _text(file)
    dimensions = _number(file, "<I")
    if dimensions > 8:
        raise _Bad("has a damaged header")
    count = prod(_number(file, "<Q") for _ in range(dimensions))
    numbers, size = _BLOCKS.get(_number(file, "<I"), (count or 1, 1))
    return count, _number(file, "<Q") + count // numbers * size


def _str(value: Value) -> str | None:
    return value if isinstance(value, str) else None
