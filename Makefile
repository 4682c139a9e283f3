# up · test · check · fmt · bench · browser · chaos · docs — each says what it does; `make` lists them.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV ?= .venv
BIN = $(VENV)/bin
# What was downloaded once is kept here, so that the second set-up needs no network.
HOUSE ?= .wheelhouse
PIP = $(BIN)/python -m pip --disable-pip-version-check -qq
WORKERS ?= 2

.PHONY: help up down test check fmt bench browser chaos docs clean
help: ## list what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t12

up: $(VENV)/.up ## set everything up, start it, and take in a folder: make up NOTES=~/notes
	@$(BIN)/alicebot up $(if $(NOTES),--notes "$(NOTES)") $(if $(ME),--me "$(ME)")

down: $(VENV)/.up ## stop everything
	@$(BIN)/alicebot down

test: $(VENV)/.dev ## run every test that this machine can run
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup

check: $(VENV)/.dev ## what CI runs: lint, format, types, generated docs, tests
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet . && $(BIN)/mypy
	@$(MAKE) --no-print-directory test

fmt: $(VENV)/.dev ## bring the code into its form
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

browser: $(VENV)/.dev ## run the tests in a real Chromium
	@$(BIN)/python -m pytest -q tests/browser

chaos: $(VENV)/.dev ## the long form of the reliability proof; takes an hour
	@$(BIN)/python -m pytest -q tests/chaos -m long --no-header

docs: $(VENV)/.dev ## write the generated pages anew
	@$(BIN)/python -m docs.generate

clean: ## remove what was installed here; data is not touched (see alicebot down --purge)
	@rm -rf $(VENV) $(HOUSE) build *.egg-info

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Alice needs Python 3.11 or newer; install it and run make again."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python has no venv module; on Debian: apt-get install python3-venv"; exit 1; }

# The wheels are fetched when what the project needs has changed, and installed from the folder alone.
$(HOUSE)/.up: pyproject.toml Makefile | $(VENV)/bin/python
	@mkdir -p $(HOUSE); echo "Downloading what Alice needs…"
	@$(PIP) download --dest $(HOUSE) 'setuptools>=77' wheel .
	@touch $@

$(HOUSE)/.dev: pyproject.toml | $(HOUSE)/.up
	@echo "Downloading what the tests need…"
	@$(PIP) download --dest $(HOUSE) --find-links $(HOUSE) '.[dev]'
	@touch $@

INSTALL = PIP_NO_INDEX=1 PIP_EXTRA_INDEX_URL= PIP_FIND_LINKS=$(abspath $(HOUSE)) $(PIP) install --editable

$(VENV)/.up: $(HOUSE)/.up
	@$(INSTALL) . && touch $@

$(VENV)/.dev: $(HOUSE)/.dev $(VENV)/.up
	@$(INSTALL) '.[dev]' && touch $@
