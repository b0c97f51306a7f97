"""PDFs with passwords: opened with one of those given, which are seen nowhere afterwards."""

import hashlib

import pytest

from qagen.convert import Converter, load, load_conversion
from qagen.convert.job import Job, Mode, WorkerAnswer
from qagen.convert.locks import VARIABLE, open_unlocked, passwords
from qagen.errors import ConversionError, SettingsError
from qagen.reasons import Reason
from qagen.records import Document
from qagen.settings import ConvertSettings
from tests.qagen.convert.conftest import column, pdf

_PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
PROSE = ("The measured rate of the reaction rises with the temperature of the", "bath and falls again.")
WORD = "correct horse"


def rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def locked(plain: bytes, word: str) -> bytes:
    """The PDF of one page with its content encrypted by the oldest of the standard's ways."""
    user = (word.encode() + _PAD)[:32]
    owner = rc4(md5(user)[:5], user)
    key = md5(user + owner + b"\xff\xff\xff\xff" + b"0" * 16)[:5]
    start = plain.index(b"stream\n") + 7
    end = plain.index(b"\nendstream")
    content = rc4(md5(key + b"\x05\0\0\0\0")[:10], plain[start:end])
    lock = (
        b"/ID[<"
        + (b"0" * 16).hex().encode()
        + b"><"
        + (b"0" * 16).hex().encode()
        + b">]/Encrypt<</Filter/Standard/V 1/R 2"
        b"/O<" + owner.hex().encode() + b">/U<" + rc4(key, _PAD).hex().encode() + b">/P -1>>"
    )
    return (plain[:start] + content + plain[end:]).replace(b"trailer<<", b"trailer<<" + lock)


@pytest.fixture
def paper(paper_of):
    return paper_of(locked(pdf(column(*PROSE)), WORD))


def test_the_password_that_fits_is_found_among_several(paper, tmp_path):
    with open_unlocked(paper.path, ("wrong", WORD), tmp_path) as opened:
        assert opened != paper.path
        assert opened.read_bytes().startswith(b"%PDF-")
    assert not opened.exists()


def test_without_the_right_password_the_pdf_is_encrypted_and_none_is_named(paper, tmp_path):
    for words, said in (
        ((), "wants a password; put"),
        (("secret-1", "secret-2"), "none of the 2 given opens it"),
    ):
        with pytest.raises(ConversionError, match=said) as caught, open_unlocked(paper.path, words, tmp_path):
            pass
        assert caught.value.reason is Reason.ENCRYPTED
        assert "secret" not in str(caught.value)


def test_passwords_come_from_the_environment_and_a_file(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    (tmp_path / "words").write_bytes("\ufeffa b\r\n\nc\na b\n".encode())
    settings = ConvertSettings(password_file=str(tmp_path / "words"))
    assert passwords(settings) == ("a b", "c")
    monkeypatch.setenv(VARIABLE, "e")
    assert passwords(settings) == ("e", "a b", "c")
    with pytest.raises(SettingsError, match="--password-file"):
        passwords(ConvertSettings(password_file=str(tmp_path / "none")))


def test_a_paper_that_wanted_a_password_is_tried_again_when_there_is_one(paper, tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    folder, words = tmp_path / "f", tmp_path / "words"
    words.write_text(f"{WORD}\n")
    without = ConvertSettings(workers=1, converter="rules")
    with Converter(without) as converter, pytest.raises(ConversionError):
        converter.convert(paper, folder)
    assert load_conversion(folder, paper.sha256, without).reason is Reason.ENCRYPTED
    given = without.model_copy(update={"password_file": str(words)})
    assert load_conversion(folder, paper.sha256, given) is None
    with Converter(given) as converter:
        document = converter.convert(paper, folder)
        scratch = converter._scratch
        assert list(scratch.iterdir()) == []
    assert not scratch.exists()
    assert document.text == " ".join(PROSE) + "\n"
    assert isinstance(load(folder, paper.sha256), Document)
    found = b"".join(file.read_bytes() for file in folder.iterdir())
    assert WORD.encode() not in found


def test_a_job_does_not_show_its_passwords(paper, tmp_path):
    job = Job(paper.path, tmp_path, paper.sha256, Mode("rules"), tmp_path, (WORD,))
    assert WORD not in repr(job)


def test_a_job_and_an_answer_are_lines_also_where_a_file_has_a_name_that_is_no_unicode(tmp_path):
    options = {"disable_ocr": True, "pages": [1, 2]}
    job = Job(tmp_path / "p\udcff.pdf", tmp_path, "a" * 64, Mode("rules", options=options), tmp_path, (WORD,))
    answer = WorkerAnswer("failed", reason="crashed", detail="p\udcff.pdf\nis gone")
    for line in (job.to_json(), answer.to_json()):
        assert line.isascii()
        assert line.count("\n") == 1
    assert (Job.from_json(job.to_json()), WorkerAnswer.from_json(answer.to_json())) == (job, answer)
