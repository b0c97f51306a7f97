"""A pytest plugin for `mutants.py`: each test starts with empty caches, and Hypothesis looks at few examples.

mutmut forks its processes from one that has run all tests, and asks only the tests that called a function about its mutants. A result
that an earlier test left in a cache would hide both the call and the mutant, and so would an environment that was copied before the fork.
"""

import functools
import os
import sys

import hypothesis
import pytest

hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, max_examples=25)
OURS = ("builder", "qagen", "tests")
MUTANT = "MUTANT_UNDER_TEST"


class _Fresh:
    def __init__(self) -> None:
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


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Fresh())
