"""The pool with scripted workers: small Python programs that speak the worker's protocol and misbehave."""

import os
import sys
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor

import psutil
import pytest

from qagen.convert import Converter, load
from qagen.convert.store import Conversion, save
from qagen.errors import ConversionError, WorkspaceError
from qagen.reasons import Reason
from qagen.records import Block, Document, Metadata, Paper
from qagen.settings import ConvertSettings

PAPER_SHA = "ab" * 32
DOCUMENT = Document(PAPER_SHA, "Text.\n", (Block(0, 6, "Text"),), Metadata(pages=1), "rules-1")
SETTINGS = ConvertSettings(workers=2, deadline=60, memory=512)


def scripted(body: str) -> tuple[str, ...]:
    """A worker whose answer to each request is what `body` does with `say`."""
    program = (
        "import json, os, sys\n"
        "def say(**answer): print(json.dumps(answer), flush=True)\n"
        "for line in sys.stdin:\n"
        "    request = json.loads(line)\n" + "".join(f"    {line}\n" for line in body.splitlines())
    )
    return (sys.executable, "-c", program)


DONE = scripted("say(state='started')\nsay(state='done')")
HANGS = scripted("open(request['path'], 'w').close()\nsys.stdin.read()")


@pytest.fixture
def paper(tmp_path):
    return Paper(PAPER_SHA, tmp_path / "a.pdf", "a.pdf")


@pytest.fixture
def folder(tmp_path):
    """A folder in which the worker's result lies already."""
    folder = tmp_path / "convert-0"
    save(folder, Conversion(DOCUMENT))
    return folder


def reason_of(call) -> tuple[Reason, str]:
    with pytest.raises(ConversionError) as caught:
        call()
    return caught.value.reason, caught.value.detail


def test_what_the_worker_wrote_is_the_document(paper, folder):
    with Converter(SETTINGS, command=DONE) as converter:
        assert converter.convert(paper, folder) == DOCUMENT


def test_a_worker_serves_one_paper_after_another(paper, folder, tmp_path):
    pids = tmp_path / "pids"
    command = scripted(f"open({str(pids)!r}, 'a').write(f'{{os.getpid()}} ')\nsay(state='done')")
    with Converter(SETTINGS, command=command) as converter:
        for _ in range(3):
            converter.convert(paper, folder)
    assert len(set(pids.read_text().split())) == 1


def test_threads_share_the_workers(paper, folder):
    with Converter(SETTINGS, command=DONE) as converter, ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda _: converter.convert(paper, folder), range(12)))
    assert found == [DOCUMENT] * 12


def test_a_failure_has_the_workers_reason_and_is_kept(paper, tmp_path):
    command = scripted("say(state='failed', reason='encrypted', detail='a password')")
    with Converter(SETTINGS, command=command) as converter:
        assert reason_of(lambda: converter.convert(paper, tmp_path)) == (Reason.ENCRYPTED, "a password")
    kept = load(tmp_path, PAPER_SHA)
    assert isinstance(kept, ConversionError)
    assert kept.reason is Reason.ENCRYPTED


def test_a_paper_over_which_a_worker_died_is_given_to_a_fresh_one(paper, folder):
    command = scripted(
        "if os.path.exists(request['path']):\n    say(state='done')\n    continue\n"
        "open(request['path'], 'w').close()\n"
        "print('the end is near', file=sys.stderr, flush=True)\nos._exit(7)"
    )
    with Converter(SETTINGS, command=command) as converter:
        assert converter.convert(paper, folder) == DOCUMENT


def test_a_paper_over_which_two_workers_died_is_a_crash_with_the_last_words(paper, folder, tmp_path):
    begun = tmp_path / "begun"
    command = scripted(
        f"if request['paper_sha256'] != {PAPER_SHA!r}:\n    say(state='failed', reason='damaged', detail='x')\n    continue\n"
        f"open({str(begun)!r}, 'a').write('I')\n"
        "print('the end is near', file=sys.stderr, flush=True)\nos._exit(7)"
    )
    with Converter(SETTINGS, command=command) as converter:
        assert reason_of(lambda: converter.convert(paper, folder)) == (
            Reason.CRASHED,
            "the converting process ended with exit code 7 (the end is near), twice; run again, and report the PDF where "
            "it comes back",
        )
        other = Paper("cd" * 32, tmp_path / "b.pdf", "b.pdf")
        assert reason_of(lambda: converter.convert(other, tmp_path / "g")) == (Reason.DAMAGED, "x")
    assert begun.read_text() == "II"


def test_a_worker_killed_by_a_signal_says_which(paper, tmp_path):
    command = scripted("os.kill(os.getpid(), 11)")
    with Converter(SETTINGS, command=command) as converter:
        assert reason_of(lambda: converter.convert(paper, tmp_path)) == (
            Reason.CRASHED,
            "the converting process ended by SIGSEGV (no word on stderr), twice; run again, and report the PDF where it comes "
            "back",
        )


def test_a_worker_that_cannot_start_is_a_crash(paper, tmp_path):
    with Converter(SETTINGS, command=(sys.executable, "-c", "raise SystemExit('no marker')")) as converter:
        reason, detail = reason_of(lambda: converter.convert(paper, tmp_path))
    assert (reason, "no marker" in detail) == (Reason.CRASHED, True)


def test_a_worker_past_its_deadline_is_killed(paper, tmp_path):
    settings = SETTINGS.model_copy(update={"deadline": 0.01})
    with Converter(settings, command=HANGS) as converter:
        assert reason_of(lambda: converter.convert(paper, tmp_path)) == (
            Reason.TIMED_OUT,
            "no document after 0.01 s; raise `deadline` in [convert] to allow more",
        )
    assert load(tmp_path, PAPER_SHA) is None


def test_a_worker_that_is_stuck_on_a_page_is_killed_long_before_the_files_deadline(paper, tmp_path):
    settings = SETTINGS.model_copy(update={"page_deadline": 0.01})
    command = scripted("say(state='started')\nsay(state='pages', pages=3)\nsys.stdin.read()")
    with Converter(settings, command=command) as converter:
        assert reason_of(lambda: converter.convert(paper, tmp_path)) == (
            Reason.TIMED_OUT,
            "more than 0.01 s a page on 3 page(s); raise `page_deadline` in [convert] to allow more",
        )


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much memory a process uses")
def test_a_worker_that_takes_too_much_memory_is_killed(paper, tmp_path):
    command = scripted("kept = b'x' * (600 * 2**20)\nsys.stdin.read()")
    with Converter(SETTINGS, command=command) as converter:
        assert reason_of(lambda: converter.convert(paper, tmp_path)) == (
            Reason.OUT_OF_MEMORY,
            "the conversion needed more than 512 MiB; raise `memory` in [convert] to allow more",
        )


def test_an_unwritable_folder_is_the_workspaces_fault(paper, tmp_path):
    command = scripted("say(state='unwritable', detail='cannot write: no space', remedy='free some')")
    with Converter(SETTINGS, command=command) as converter, pytest.raises(WorkspaceError) as raised:
        converter.convert(paper, tmp_path)
    assert (raised.value.message, raised.value.remedy) == ("cannot write: no space", "free some")


def test_a_result_that_is_not_there_is_a_crash(paper, tmp_path):
    with Converter(SETTINGS, command=DONE) as converter:
        reason, detail = reason_of(lambda: converter.convert(paper, tmp_path))
    assert (reason, "vanished" in detail) == (Reason.CRASHED, True)


def until_begun(paper: Paper) -> None:
    while not paper.path.exists():
        threading.Event().wait(0.01)


def test_a_stopped_conversion_is_cancelled_and_leaves_no_process(paper, tmp_path):
    before = psutil.Process().children(recursive=True)
    stop = threading.Event()
    with Converter(SETTINGS, command=HANGS) as converter, ThreadPoolExecutor(1) as thread:
        running = thread.submit(converter.convert, paper, tmp_path / "f", stop=stop)
        until_begun(paper)
        stop.set()
        with pytest.raises(CancelledError):
            running.result()
        assert psutil.Process().children(recursive=True) == before
    assert not (tmp_path / "f").exists()


def test_a_conversion_that_is_stopped_before_it_begins_starts_nothing(paper, tmp_path):
    stop = threading.Event()
    stop.set()
    with Converter(SETTINGS, command=DONE) as converter, pytest.raises(CancelledError):
        converter.convert(paper, tmp_path, stop=stop)


def test_closing_the_pool_cancels_what_runs_and_what_waits(paper, tmp_path):
    settings = SETTINGS.model_copy(update={"workers": 1})
    converter = Converter(settings, command=HANGS)
    with ThreadPoolExecutor(2) as threads:
        running = [threads.submit(converter.convert, paper, tmp_path / name) for name in "ab"]
        until_begun(paper)
        converter.close()
        for call in running:
            with pytest.raises(CancelledError):
                call.result()


def test_an_idle_worker_that_died_is_replaced(paper, folder, tmp_path):
    pids = tmp_path / "pid"
    command = scripted(f"open({str(pids)!r}, 'w').write(str(os.getpid()))\nsay(state='done')")
    with Converter(SETTINGS, command=command) as converter:
        converter.convert(paper, folder)
        worker = psutil.Process(int(pids.read_text()))
        os.kill(worker.pid, 9)
        while worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE:
            threading.Event().wait(0.01)
        assert converter.convert(paper, folder) == DOCUMENT
