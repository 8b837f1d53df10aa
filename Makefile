# Huixiang 回响. `make demo` and `make test` each do all their own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
WEB := app/web
VENDORED := $(WEB)/static/vendor/.installed

.PHONY: help setup demo test check lock format reference clean

help: ## say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(INSTALLED) $(VENDORED) ## install everything: .venv from the hashed lock, front-end files by npm ci

$(INSTALLED): requirements-dev.lock tools.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock \
		|| $(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(VENDORED): $(WEB)/frontend/package-lock.json $(WEB)/icons.txt $(WEB)/vendor.py
	@command -v npm >/dev/null || (echo "npm is needed for the front-end files: install Node.js 20 or later" && false)
	@npm ci --prefix $(WEB)/frontend --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@$(PYTHON) $(WEB)/vendor.py
	@touch $@

demo: setup ## run the hotline and its simulated telephone exchange on this machine
	@$(BIN)/hotline demo

test: setup ## run the whole test suite, on SQLite and on PostgreSQL
	@$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder --max-worker-restart 0

check: $(INSTALLED) ## style, types, layering, flows and migrations
	@$(BIN)/ruff check app tests migrations
	@$(BIN)/ruff format --check --quiet app tests migrations
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
	@$(BIN)/hotline flows check ivr_flows --strict
	@$(BIN)/hotline flows test ivr_flows --require 100 >/dev/null || $(BIN)/hotline flows test ivr_flows --require 100 --uncovered
	@$(BIN)/hotline flows reference | diff -u docs/flows.md - || (echo "docs/flows.md is old: make reference" && false)
	@$(BIN)/hotline db check
	@! grep -nE 'https?://' requirements.lock requirements-dev.lock tools.lock

format: $(INSTALLED) ## put the code in its form
	@$(BIN)/ruff check --fix --quiet app tests migrations
	@$(BIN)/ruff format --quiet app tests migrations

LOCK := $(BIN)/uv pip compile --upgrade --universal --generate-hashes --no-header \
	--no-emit-index-url --no-annotate --quiet

reference: $(INSTALLED) ## write docs/flows.md anew from the node types
	@$(BIN)/hotline flows reference > docs/flows.md

lock: $(INSTALLED) ## pin the dependencies anew, with hashes and without any address
	@$(LOCK) pyproject.toml --output-file requirements.lock
	@$(LOCK) pyproject.toml --all-extras --constraints requirements.lock --output-file requirements-dev.lock
	@echo 'uv' | $(LOCK) - --output-file tools.lock

clean: ## remove what was installed and generated (not var/, which holds data)
	@rm -rf $(VENV) $(WEB)/frontend/node_modules $(WEB)/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
