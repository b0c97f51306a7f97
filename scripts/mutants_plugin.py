"""A pytest plugin for `mutants.py`: each test starts with empty caches, and Hypothesis looks at few examples.

mutmut forks its processes from one that has run all tests, and asks only the tests that called a function about its mutants. A result
that an earlier test left in a cache would hide both the call and the mutant, and so would an environment that was copied before the fork.

It names the tests one by one. pytest does not find each of them by a name with odd characters in it, and what it does not find would
count as a kill; so whole files are collected, and the named tests are taken out of them.
"""

import functools
import os
import sys

import hypothesis
import pytest

hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, max_examples=25)
OURS = ("builder", "qagen", "tests")
MUTANT = "MUTANT_UNDER_TEST"
SUSPICIOUS = 35
"""The exit code by which mutmut says that something else went wrong."""


class _Fresh:
    def __init__(self, named: list[str]) -> None:
        self._order = {name: number for number, name in enumerate(named)}
        self._seen: set[str] = set()
        self._caches: list[functools._lru_cache_wrapper] = []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self._order:
            found = {item.nodeid: item for item in items}
            items[:] = [found[name] for name in self._order if name in found]
            if not items:
                os._exit(SUSPICIOUS)

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


def pytest_configure(config: pytest.Config) -> None:
    named = [argument for argument in config.args if "::" in argument]
    if named:
        config.args[:] = sorted({argument.partition("::")[0] for argument in config.args})
    config.pluginmanager.register(_Fresh(named))
