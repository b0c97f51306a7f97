"""Layers of a PDF (optional content) that are off when it is opened: pdfium's text has what is on them all the same.

pdfium tells the marks around a page's objects and the plain values in them, and nothing of the catalogue, where it stands which
layers are off. So a PDF with such layers is read from a copy in memory, in which all that is on them is marked. States are those of
the default view (PDF 32000-1, section 8.11), as viewers take it.
"""

import io
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from qagen.convert.rules.painted import Painted, function

_MARK = "QagenOff"
"""The key of what is on a layer that is off."""
_OBJECT_STREAM = re.compile(rb"/ObjStm\b")
_STREAM = re.compile(rb"stream\r?\n")
_HEAD = 2000
"""Bytes between an object stream's type and its data, at most."""
_UNPACKED, _ALL = 8_000_000, 200_000_000
"""Bytes of one object stream, and of all, that are looked into."""
_NESTED = 20
"""Depth of visibility expressions and of forms within each other."""


def marked(path: Path) -> bytes | None:
    """A copy of a PDF in which what is on layers that are off is marked; None where no layer is.

    Raises:
        LayersUnreadable: where the PDF has layers and they cannot be read.
    """
    data = path.read_bytes()
    if not _has_layers(data):
        return None
    import pypdf
    from pypdf.errors import PyPdfError

    if b"/Encrypt" in data:
        data = _decrypted(path)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if not _mark_all(reader.pages, _States(reader.root_object), None):
            return None
        writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(data)))
        _mark_all(writer.pages, _States(writer.root_object), writer)
        copy = io.BytesIO()
        writer.write(copy)
    except (
        PyPdfError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise LayersUnreadable(f"{type(error).__name__}: {error}") from error
    return copy.getvalue()


class LayersUnreadable(Exception):
    """What is wrong with a PDF's layers."""


def off_objects(objects: Painted) -> npt.NDArray[np.bool_]:
    """Which objects of a marked PDF's page are on layers that are off, by themselves or with the form that they are in."""
    off = np.zeros(len(objects), np.bool_)
    for number, (handle, parent) in enumerate(
        zip(objects.handles.tolist(), objects.parents.tolist(), strict=True)
    ):
        off[number] = (parent >= 0 and off[parent]) or _is_marked(handle)
    return off


def _is_marked(handle: int) -> bool:
    return any(
        pdfium.FPDFPageObjMark_GetParamValueType(_MARK_AT(handle, number), _MARK.encode())
        == pdfium.FPDF_OBJECT_STRING
        for number in range(_MARKS(handle))
    )


def _has_layers(data: bytes) -> bool:
    """Whether a catalogue may have layers; it can stand in a packed stream."""
    if b"/OCProperties" in data:
        return True
    left = _ALL
    for match in _OBJECT_STREAM.finditer(data):
        start = _STREAM.search(data, match.end(), match.end() + _HEAD)
        if not start or left <= 0:
            continue
        try:
            unpacked = zlib.decompressobj().decompress(memoryview(data)[start.end() :], _UNPACKED)
        except zlib.error:
            continue
        left -= len(unpacked)
        if b"/OCProperties" in unpacked:
            return True
    return False


def _decrypted(path: Path) -> bytes:
    """The PDF as pdfium saves it without its encryption."""
    copy = io.BytesIO()
    with pypdfium2.PdfDocument(path) as document:
        document.save(copy, flags=pdfium.FPDF_REMOVE_SECURITY)
    return copy.getvalue()


class _States:
    """Which layers are off, and what follows for what is on several."""

    def __init__(self, catalogue: Any) -> None:
        layers = _plain(catalogue.get("/OCProperties")) or {}
        view = _plain(layers.get("/D")) or {}
        groups = list(_references(layers.get("/OCGs")))
        off = set(groups) if _plain(view.get("/BaseState")) == "/OFF" else set()
        off -= set(_references(view.get("/ON")))
        off |= set(_references(view.get("/OFF")))
        self._pdf = catalogue.indirect_reference.pdf if catalogue.indirect_reference else None
        self.off = self._by_usage(off, groups, view)

    def _by_usage(self, off: set[int], groups: list[int], view: Any) -> set[int]:
        """Layers whose own usage says that they are not for the screen are off; so says it that they are, where usage counts."""
        counted = {
            number
            for entry in _items(view.get("/AS"))
            if _plain(entry.get("/Event")) == "/View"
            for number in _references(entry.get("/OCGs"))
        }
        found = set()
        for number in groups:
            group = self._object(number)
            usage = _plain((_plain(group.get("/Usage")) or {}).get("/View")) or {}
            state = _plain(usage.get("/ViewState"))
            intent = [_plain(one) for one in _items(group.get("/Intent"))] or [_plain(group.get("/Intent"))]
            for_view = intent == [None] or "/View" in intent or "/All" in intent
            is_off = number in off
            if state == "/OFF" or (state == "/ON" and number in counted):
                is_off = state == "/OFF"
            if is_off and for_view:
                found.add(number)
        return found

    def _object(self, number: int) -> Any:
        from pypdf.generic import IndirectObject

        return _plain(IndirectObject(number, 0, self._pdf)) or {}

    def is_off(self, value: Any) -> bool:
        """Whether what a layer, or a membership in layers, is the property of is not seen."""
        number = getattr(value, "idnum", None)
        held = _plain(value)
        if number in self.off:
            return True
        if not hasattr(held, "get") or _plain(held.get("/Type")) != "/OCMD":
            return False
        rule = _plain(held.get("/VE"))
        if isinstance(rule, list):
            return not self._holds(rule, _NESTED)
        groups = list(_references(held.get("/OCGs")))
        on = [group not in self.off for group in groups]
        if not on:
            return False
        policy = _plain(held.get("/P"))
        seen = {"/AllOn": all(on), "/AnyOff": not all(on), "/AllOff": not any(on)}.get(str(policy), any(on))
        return not seen

    def _holds(self, rule: Any, depth: int) -> bool:
        """Whether a visibility expression is true; one that is none is."""
        plain = _plain(rule)
        if not isinstance(plain, list):
            return getattr(rule, "idnum", None) not in self.off
        if not plain or not depth:
            return True
        values = [self._holds(part, depth - 1) for part in plain[1:]]
        return {"/Not": not all(values), "/Or": any(values)}.get(str(_plain(plain[0])), all(values))


def _mark_all(pages: Iterable[Any], states: _States, writer: Any) -> bool:
    """Mark all that is on layers that are off, where there is somebody to write it; says whether there is any."""
    seen: set[int] = set()
    found = False
    for page in pages:
        found |= _mark_in(page.get("/Resources"), states, writer, seen, _NESTED)
        if found and writer is None:
            break
    return found


def _mark_in(resources: Any, states: _States, writer: Any, seen: set[int], depth: int) -> bool:
    from pypdf.generic import NameObject, TextStringObject

    held = _plain(resources)
    if not hasattr(held, "get") or id(held) in seen or not depth:
        return False
    seen.add(id(held))
    found = False
    properties = _plain(held.get("/Properties"))
    for value in [properties.raw_get(key) for key in properties] if properties else []:
        if states.is_off(value):
            found = True
            if writer is not None:
                _plain(value)[NameObject(f"/{_MARK}")] = TextStringObject("1")
    forms = _plain(held.get("/XObject"))
    for value in [forms.raw_get(key) for key in forms] if forms else []:
        form = _plain(value)
        if not hasattr(form, "get_data") or _plain(form.get("/Subtype")) != "/Form" or id(form) in seen:
            continue
        seen.add(id(form))
        found |= _mark_in(form.get("/Resources"), states, writer, seen, depth - 1)
        if "/OC" in form and states.is_off(form.raw_get("/OC")):
            found = True
            if writer is not None:
                _wrap(writer, value, form)
    return found


def _wrap(writer: Any, reference: Any, form: Any) -> None:
    """Mark all that a form paints."""
    from pypdf.generic import DecodedStreamObject

    wrapped = DecodedStreamObject()
    wrapped.update(
        {key: form.raw_get(key) for key in form if key not in ("/Filter", "/DecodeParms", "/Length")}
    )
    wrapped.set_data(f"/OC <</{_MARK} (1)>> BDC\n".encode() + form.get_data() + b"\nEMC\n")
    writer._replace_object(reference, wrapped)


def _plain(value: Any) -> Any:
    """What a reference is of."""
    return value.get_object() if hasattr(value, "get_object") else value


def _items(value: Any) -> list[Any]:
    held = _plain(value)
    return list(held) if isinstance(held, list) else []


def _references(value: Any) -> Iterator[int]:
    """The numbers of the objects of a list, or of one that is not in a list."""
    held = _plain(value)
    for one in held if isinstance(held, list) else [value]:
        number = getattr(one, "idnum", None)
        if number is not None and _plain(one) is not None:
            yield number


_MARKS = function(pdfium.FPDFPageObj_CountMarks, pdfium.ctypes.c_int, pdfium.ctypes.c_void_p)
_MARK_AT = function(
    pdfium.FPDFPageObj_GetMark,
    pdfium.FPDF_PAGEOBJECTMARK,
    pdfium.ctypes.c_void_p,
    pdfium.ctypes.c_ulong,
)
