# Two commands: `make run` opens the dashboard on the sample threads, `make test` runs the tests.
# Both set themselves up; `make check` is what a change must pass besides the tests.

PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
endif
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help run test check format clean

help:  ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/.run  ## import and score the sample threads, open the dashboard
	$(BIN)/triage demo --port $(PORT)

test: $(VENV)/.dev  ## run the tests
	$(BIN)/python -m pytest -n auto $(ARGS)

check: $(VENV)/.dev  ## lint, formatting, types and the layering test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layers.py

format: $(VENV)/.dev  ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove the environment and the caches, never your data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'triage needs Python 3.11 or later; name one: make run PYTHON=python3.12'; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(BIN)/python
	@echo 'Installing into $(VENV): about 660 MB, a minute or two'
	$(PIP) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@echo 'Installing what the tests need into $(VENV): 2 GB or more'
	$(PIP) --editable '.[dev,detoxify,postgres,training]'
	@touch $@ $(VENV)/.run
