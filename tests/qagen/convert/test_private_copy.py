"""What is read is what was hashed, whatever happens to the file meanwhile."""

import hashlib

import pypdfium2
import pytest

from qagen.convert.private_copy import private_copy
from qagen.errors import ConversionError
from qagen.reasons import Reason
from tests.conftest import EXAMPLES

PDF = EXAMPLES / "peatland.pdf"
SHA256 = hashlib.sha256(PDF.read_bytes()).hexdigest()


def test_a_file_that_is_written_anew_while_it_is_read_is_read_as_it_was(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(PDF.read_bytes())
    with private_copy(path, SHA256, tmp_path) as copy:
        path.write_bytes(b"%PDF-1.4 half of another one")
        assert hashlib.sha256(copy.read_bytes()).hexdigest() == SHA256
        document = pypdfium2.PdfDocument(copy)
        assert len(document) == len(pypdfium2.PdfDocument(PDF))
        document.close()
        path.unlink()
        assert copy.stat().st_size == PDF.stat().st_size
    assert not copy.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_has_changed_before_is_not_read_at_all(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(PDF.read_bytes()[:-1])
    with (
        pytest.raises(ConversionError, match="the file changed while the run was using it") as raised,
        private_copy(path, SHA256, tmp_path),
    ):
        raise AssertionError("it was opened")
    assert raised.value.reason is Reason.CRASHED


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError), private_copy(tmp_path / "none.pdf", SHA256, tmp_path):
        raise AssertionError("it was opened")
