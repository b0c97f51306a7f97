"""What an interrupt does where it comes."""

import signal

import pytest

from qagen.engines.event_loop import uninterrupted


@pytest.fixture
def _interrupts():
    """Interrupts are heard, also where a shell started the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupted_block(done: list[str]) -> None:
    with uninterrupted():
        signal.raise_signal(signal.SIGINT)
        done.append("all of the block")


@pytest.mark.usefixtures("_interrupts")
def test_an_interrupt_in_a_block_of_imports_comes_at_its_end():
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted_block(done)
    assert done == ["all of the block"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
