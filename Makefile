# up · test · check · fmt · bench · browser · chaos · fuzz · docs — each says what it does; `make` lists them.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV ?= .venv
BIN = $(VENV)/bin
# What was downloaded once is kept here, so that the second set-up needs no network. What was fetched and installed is
# marked with the sum of pyproject.toml and not by time: in a fresh clone every file is younger than a kept wheelhouse.
HOUSE ?= .wheelhouse
KEY := $(firstword $(shell cksum < pyproject.toml))
PIP = $(BIN)/python -m pip --disable-pip-version-check -qq
OFFLINE = The packages could not be fetched. This step needs the network once; run make again when it is there.
WORKERS ?= 2

.PHONY: help up down test check fmt bench browser chaos fuzz docs clean
help: ## list what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t12

up: $(VENV)/.up-$(KEY) ## set everything up, start it, and take in a folder: make up NOTES=~/notes
	@$(BIN)/alicebot up $(if $(NOTES),--notes "$(NOTES)") $(if $(ME),--me "$(ME)")

down: $(VENV)/.up-$(KEY) ## stop everything
	@$(BIN)/alicebot down

test: $(VENV)/.dev-$(KEY) ## run every test that this machine can run
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup

check: $(VENV)/.dev-$(KEY) ## what CI runs: lint, format, types, generated docs, tests
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet . && $(BIN)/mypy
	@$(MAKE) --no-print-directory test

fmt: $(VENV)/.dev-$(KEY) ## bring the code into its form
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

bench: $(VENV)/.up-$(KEY) ## measure how fast a folder comes in: make bench NOTES=~/notes
	@$(BIN)/python bench/notes.py --notes "$(or $(NOTES),examples/notes)"

browser: $(VENV)/.dev-$(KEY) ## run the tests in a real Chromium
	@$(BIN)/python -m pytest -q tests/browser

chaos: $(VENV)/.dev-$(KEY) ## the long form of the reliability proof; takes an hour
	@$(BIN)/python -m pytest -q tests/chaos -m long --no-header

fuzz: $(VENV)/.dev-$(KEY) ## send the API whatever its document allows and forbids, for twenty minutes
	@$(BIN)/python -m pytest -q -s tests/web/test_schemathesis.py -m long --no-header

docs: $(VENV)/.dev-$(KEY) ## write the generated pages anew
	@$(BIN)/python -m docs.generate

clean: ## remove what was installed here; data is not touched (see alicebot down --purge)
	@rm -rf $(VENV) $(HOUSE) build *.egg-info

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Alice needs Python 3.11 or newer; install it and run make again."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make a virtual environment; on Debian: apt-get install python3-venv"; exit 1; }

# The wheels are fetched when what the project needs has changed, and installed from the folder alone.
$(HOUSE)/.up-$(KEY): | $(VENV)/bin/python
	@mkdir -p $(HOUSE); echo "Downloading what Alice needs…"
	@$(PIP) download --dest $(HOUSE) 'setuptools>=77' wheel . || { echo "$(OFFLINE)"; exit 1; }
	@touch $@

$(HOUSE)/.dev-$(KEY): | $(HOUSE)/.up-$(KEY)
	@echo "Downloading what the tests need…"
	@$(PIP) download --dest $(HOUSE) --find-links $(HOUSE) '.[dev]' || { echo "$(OFFLINE)"; exit 1; }
	@touch $@

# Python compiles what it uses when it uses it, which spares a third of the time that this takes.
INSTALL = PIP_NO_INDEX=1 PIP_EXTRA_INDEX_URL= PIP_FIND_LINKS=$(abspath $(HOUSE)) $(PIP) install --no-compile --editable

$(VENV)/.up-$(KEY): | $(HOUSE)/.up-$(KEY)
	@echo "Installing…"; $(INSTALL) . && touch $@

$(VENV)/.dev-$(KEY): | $(HOUSE)/.dev-$(KEY) $(VENV)/.up-$(KEY)
	@$(INSTALL) '.[dev]' && touch $@
