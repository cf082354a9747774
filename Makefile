# cdso-audit. `make` alone says what there is.
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
TESTS ?= tests
# Tests mostly wait (for hosts, databases, clocks), so two at a time, each file whole: WORKERS=0 for one.
WORKERS ?= 2
# Programs that tests compare with, unpacked by tools/packages.sh and not installed.
PEERS := $(CURDIR)/build/peers/chrony/usr/sbin:$(CURDIR)/build/peers/chrony/usr/bin:$(CURDIR)/build/peers/gawk/usr/bin:$(CURDIR)/build/peers/logrotate/usr/sbin:$(CURDIR)/build/peers/original-awk/usr/bin

.DEFAULT_GOAL := help
.PHONY: help scan test explore check bench docs lab lab-down golden corpus mutants lock env dev packages catalogues clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

scan: env ## look at this machine and write the report (ARGS="-i agency.yaml" for an agency)
	@$(BIN)/cdso-audit scan $(ARGS)

test: packages dev ## all set-up, then all tests (TESTS=tests/checks for a part)
	@PATH="$(PEERS):$$PATH" $(BIN)/python -m pytest $(if $(filter-out 0,$(WORKERS)),-n $(WORKERS) --dist loadfile --no-loadscope-reorder) $(TESTS)

explore: packages dev ## the property tests over cases of their own, new ones in each run
	@for n in 1 2 3; do PATH="$(PEERS):$$PATH" HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest -q \
	  $$(grep -rlE '^from hypothesis' tests --include='test_*.py') || exit; done

check: dev ## what must hold besides the tests: style, types, generated files, the wheel
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tools/messages.py
	$(BIN)/python tools/generate.py --check
	rm -rf build/wheel && $(BIN)/pip wheel -q --no-deps --no-build-isolation -w build/wheel .
	$(BIN)/check-wheel-contents build/wheel/*.whl

bench: packages dev ## times as ratios against peers in the same run (writes docs/benchmarks.md)
	$(BIN)/python -m tests.bench

docs: dev ## write the generated files again: schemas, rulebooks, catalogue, README numbers
	$(BIN)/python tools/generate.py

golden: dev ## write the golden files again, to be read as a diff
	UPDATE_GOLDEN=1 $(BIN)/python -m pytest -q tests/reports tests/e2e

lab: dev ## start the laboratory: an agency of whole Debian hosts on this machine (root)
	$(BIN)/python -m tests.lab up

lab-down: dev ## stop it, leaving nothing behind
	$(BIN)/python -m tests.lab down

corpus: dev ## make the evidence and verdicts of tests/corpus anew, to be read as a diff (root)
	$(BIN)/python -m tests.corpus make
	$(BIN)/python -m tests.corpus judge

mutants: dev ## plant faults in the checks and see the tests notice (writes docs/mutants.md)
	nice -n 19 $(BIN)/python -m tests.mutation

lock: dev ## resolve the dependencies anew, with hashes and without index addresses
	tools/lock.sh $(BIN)

env: $(VENV)/.installed ## the environment that runs the tool

dev: $(VENV)/.dev catalogues ## the environment that develops it

catalogues: $(VENV)/.installed
	@$(BIN)/python hatch_build.py

packages:
	@tools/packages.sh

$(VENV)/bin/python:
	@tools/venv.sh $(PYTHON) $(VENV)

$(VENV)/.installed: $(VENV)/bin/python requirements/run.txt pyproject.toml hatch_build.py
	@echo "Installing what cdso-audit needs (with hashes) …" >&2
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed requirements/dev.txt
	@echo "Installing what its tests need (with hashes) …" >&2
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

clean: ## remove what was made here (environments, caches, builds), never results
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
