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

LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-header

.DEFAULT_GOAL := help
.PHONY: help run test check format lock licences audit sbom clean

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

lock: $(VENV)/.dev  ## make the locks in requirements/ anew, with the newest versions
	$(LOCK) requirements/build.in -o requirements/build.txt
	$(LOCK) pyproject.toml --extra postgres --extra team -o requirements/container.txt
	$(LOCK) pyproject.toml --extra dev --extra detoxify --extra postgres --extra storage --extra team --extra training \
		--override requirements/not-locked.txt -o requirements/ci.txt

licences: $(VENV)/.dev  ## list the licences of what the image installs
	$(BIN)/python requirements/licences.py

audit: $(VENV)/.dev  ## ask whether it has known vulnerabilities
	$(BIN)/python requirements/audit.py

sbom: $(VENV)/.dev  ## write what it consists of to sbom.json (CycloneDX)
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
		--output-file sbom.json requirements/container.txt

clean:  ## remove the environment and the caches, never your data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'triage needs Python 3.11 or later; name one: make run PYTHON=python3.12'; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(BIN)/python
	@echo 'Installing into $(VENV): about 660 MB, a minute or two'
	$(if $(LOCKED),$(PIP) --require-hashes --requirement requirements/container.txt)
	$(PIP) --editable .
	@touch $@

# Without --no-deps pip would want a digest of torch, which the lock leaves out.
$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@echo 'Installing what the tests need into $(VENV): 2 GB or more'
	$(if $(LOCKED),$(PIP) --no-deps --require-hashes --requirement requirements/ci.txt)
	$(PIP) --editable '.[dev,detoxify,postgres,training]'
	@touch $@ $(VENV)/.run
