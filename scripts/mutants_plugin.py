"""A pytest plugin for `mutants.py`: the collected tests are run on one mutant after another.

First they run once on the code as it is, which says which of them call which function and how long each takes. Then each mutant gets a
process of its own, a fork of this one, and in it the tests that call its function, the quickest first, until one fails. So nothing is
imported or collected twice. A first fork runs them all without a mutant: if one failed there, no mutant could be held to have failed it.

Each test starts with empty caches: a result that an earlier one left there would hide both the call and the mutant. So would an
environment that was copied before the fork. Hypothesis looks at few examples.
"""

import functools
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

import hypothesis
import mutmut.configuration
import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import mangled_name_from_mutant_name

hypothesis.settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,
    max_examples=25,
    phases=[
        hypothesis.Phase.explicit,
        hypothesis.Phase.generate,
    ],  # that it fails is enough: no smallest example
)
hypothesis.settings.load_profile("mutants")
OURS = ("builder", "qagen", "tests")
MUTANT = "MUTANT_UNDER_TEST"
NONE = "qagen.x_none__mutmut_0"
"""A name that no mutant has: the code is as it was."""
KILLED, NO_TESTS, BROKEN, TIMEOUT = 1, 33, 35, -24
"""Exit codes as mutmut has them; 0 is a survivor."""
PATIENCE, LEAST = 3, 30
"""CPU time that a mutant may take: so many times what all its tests take without it, and so many seconds more."""
WAITING = 20
"""How many times as long it may take by the clock: one that waits for something that never comes takes no CPU time."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--mutants", type=Path, help="a JSON file: {names, processes}; the exit code of each is put beside it"
    )


def pytest_configure(config: pytest.Config) -> None:
    if given := config.getoption("--mutants"):
        mutmut.configuration.config()  # read once, before a test changes the working folder
        config.pluginmanager.register(_Mutants(given))


class _Mutants:
    def __init__(self, given: Path) -> None:
        asked = json.loads(given.read_text())
        self._names, self._processes = asked["names"], asked["processes"]
        self._found = given.with_name("codes.json")
        self._seen: set[str] = set()
        self._caches: list[functools._lru_cache_wrapper] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        for name in [name for name in sys.modules if name.startswith(OURS) and name not in self._seen]:
            self._seen.add(name)
            values = vars(sys.modules[name]).values()
            self._caches += [value for value in values if isinstance(value, functools._lru_cache_wrapper)]
        for cache in self._caches:
            cache.cache_clear()
        if "tests.command" in sys.modules:
            sys.modules["tests.command"].ENVIRONMENT[MUTANT] = os.environ[MUTANT]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        calling, seconds = _watched(session.items)
        codes = dict.fromkeys(self._names, NO_TESTS)
        running = {_start(NONE, sorted(seconds, key=seconds.__getitem__), sum(seconds.values())): NONE}
        _wait(running, codes)
        if codes.pop(NONE) != 0:
            pytest.exit("a test fails without a mutant when the quickest goes first, in a fork", BROKEN)
        for name in self._names:
            items = sorted(calling.get(mangled_name_from_mutant_name(name), ()), key=seconds.__getitem__)
            if items:
                while len(running) >= self._processes:
                    _wait(running, codes)
                running[_start(name, items, sum(map(seconds.__getitem__, items)))] = name
        while running:
            _wait(running, codes)
        self._found.write_text(json.dumps(codes))
        return True


def _watched(items: list[pytest.Item]) -> tuple[dict[str, list[pytest.Item]], dict[pytest.Item, float]]:
    """The tests by the functions that they call, and the CPU time of each."""
    set_mutant_under_test("stats")
    calling: dict[str, list[pytest.Item]] = {}
    seconds = {}
    for item, following in zip(items, [*items[1:], None], strict=True):
        state()._stats.clear()
        begun = time.process_time()
        if any(report.failed for report in runtestprotocol(item, nextitem=following)):
            pytest.exit(f"{item.nodeid} fails without a mutant", BROKEN)
        seconds[item] = time.process_time() - begun
        for function in state()._stats:
            calling.setdefault(function, []).append(item)
    return calling, seconds


def _start(name: str, items: list[pytest.Item], seconds: float) -> int:
    """Run tests on a mutant in a process of its own, whose number is returned."""
    number = os.fork()
    if number:
        return number
    code = BROKEN
    try:
        set_mutant_under_test(name)
        limit = int(time.process_time() + PATIENCE * seconds + LEAST)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        signal.alarm(WAITING * limit)
        pairs = zip(items, [*items[1:], None], strict=True)
        failed = (
            report.failed
            for item, following in pairs
            for report in runtestprotocol(item, log=False, nextitem=following)
        )
        code = KILLED if any(failed) else 0
    finally:
        os._exit(code)  # whatever happened: what is behind is the parent's


def _wait(running: dict[int, str], codes: dict[str, int]) -> None:
    number, status = os.wait()
    code = os.waitstatus_to_exitcode(status)
    codes[running.pop(number)] = TIMEOUT if code == -signal.SIGALRM else code
