# Two commands matter: `make up` and `make test`. Both set up all they need in .venv; nothing else is touched.
PORT ?= 8000
STATE ?= var
JOBS ?= 2

# The first Python of 3.11 or newer that can make a virtual environment.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r

# Tests of one folder that share a running product stay together (tests/support/together.py).
SHARED := -n $(JOBS)

# Dozens of processes start here: what one has compiled, the others need not.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help up test test-all check screens bench faults

help: ## show this
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

up: .venv/run.stamp ## run everything on this machine (PORT=8000 STATE=var)
	@exec $(BIN)/python -m funnel up --port $(PORT) --state $(STATE)

test: .venv/dev.stamp ## run the tests, except those marked slow
	$(BIN)/python -m pytest $(SHARED) -m "not slow"

test-all: .venv/dev.stamp ## run every test, properties with new examples
	FUNNEL_EXAMPLES=other $(BIN)/python -m pytest $(SHARED)

check: .venv/dev.stamp ## lint, types, floors, dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/deptry .

screens: .venv/dev.stamp ## every page at 360 and 1280 px, light and dark, on one contact sheet
	$(BIN)/python -m scripts.screens

bench: .venv/bench.stamp ## the figures of docs/performance.md
	$(BIN)/python -m benches

faults: .venv/dev.stamp ## the slow tests: kill every process at every point, every way on both databases
	$(BIN)/python -m pytest $(SHARED) -m slow

.venv/made.stamp:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer with venv is needed (Debian: apt install python3-venv)."; exit 1; }
	@echo "Making .venv with $(PYTHON) (once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -c 'import pathlib, sysconfig; \
		pathlib.Path(sysconfig.get_path("purelib"), "funnel-checkout.pth").write_text(str(pathlib.Path.cwd()) + "\n")'
	@printf '#!/bin/sh\nexec "%s" -m funnel "$$@"\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/funnel && chmod +x $(BIN)/funnel
	@touch $@

.venv/run.stamp: .venv/made.stamp requirements/run.lock
	@echo "Installing what the product needs (once)"
	@$(INSTALL) requirements/run.lock
	@touch $@

.venv/dev.stamp: .venv/made.stamp requirements/dev.lock
	@echo "Installing what the tests need (once)"
	@$(INSTALL) requirements/dev.lock
	@touch .venv/run.stamp $@

.venv/bench.stamp: .venv/dev.stamp requirements/bench.lock
	@echo "Installing what the comparison needs (once)"
	@$(INSTALL) requirements/bench.lock
	@touch $@
