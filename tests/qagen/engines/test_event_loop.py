"""What an interrupt does where it comes."""

import signal

import pytest

from qagen.engines.event_loop import uninterrupted


def interrupted_block(done: list[str]) -> None:
    with uninterrupted():
        signal.raise_signal(signal.SIGINT)
        done.append("all of the block")


def test_an_interrupt_in_a_block_of_imports_comes_at_its_end():
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted_block(done)
    assert done == ["all of the block"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
