# The two commands of the README, and the ones behind them. All of them create
# and reuse .venv; nothing has to be installed by hand before.

PYTHON ?= python3
RUNS ?= 1000
BIN := .venv/bin
INSTALLED := .venv/.installed
GALLERY := tests/checker/test_gallery.py
SUDO := $(if $(filter 0,$(shell id -u)),,sudo -n)

.PHONY: check test serve lint golden flaky generated system clean

check: $(INSTALLED)          ## install, then check the reference application
	$(BIN)/twidder check

serve: $(INSTALLED)          ## install, then start the reference application
	$(BIN)/twidder serve

# Most of the time is waited, so more tests run at once than there are cores.
test: $(INSTALLED) system    ## install all that tests need, then run all tests
	$(BIN)/pytest -n 6 --dist worksteal --ignore $(GALLERY)
	$(BIN)/pytest -n 8 $(GALLERY)

lint: $(INSTALLED)           ## formatting, lint rules and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

golden: $(INSTALLED) system  ## write what the checker says about each server of tests/broken_servers
	TWIDDER_GOLDEN=1 $(BIN)/pytest -n 8 -k "is_caught or full_marks" $(GALLERY)

flaky: $(INSTALLED) system   ## grade the reference and a part of the gallery again and again: make flaky RUNS=300
	$(BIN)/python -m benchmarks.flaky --runs $(RUNS)

generated: $(INSTALLED) system ## grade all submissions that tests/submissions can write, with no configuration
	$(BIN)/python -m benchmarks.generated

# Debian's python3 comes without the venv module, and the rest of the world's with it.
$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Twidder needs Python 3.11 or newer: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq python3-venv; } >/dev/null 2>&1 \
	  || { echo "Install Python's venv module first (Debian: sudo apt-get install python3-venv)." >&2; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@echo "Installing into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[common,dev]'
	@touch $@

# System packages that some tests need, each after the command that it brings; of several one will
# do. Where none can be had, those tests say so and are skipped.
NEEDED := bwrap:bubblewrap chromium-headless-shell:chromium-headless-shell/chromium \
  java:default-jre-headless

system:                      ## install the system packages that the tests need
	@for needed in $(NEEDED); do \
	  packages=$$(echo $${needed##*:} | tr / ' '); \
	  for there in $${needed%%:*} $$packages; do \
	    command -v $$there >/dev/null && continue 2; \
	  done; \
	  $(SUDO) apt-get update -qq >/dev/null 2>&1; \
	  for package in $$packages; do \
	    echo "Installing $$package (once) ..."; \
	    $(SUDO) apt-get install -y -qq $$package >/dev/null 2>&1 && continue 2; \
	  done; \
	  echo "NOTE: $$packages can't be installed here; the tests that need it are skipped." >&2; \
	done

clean:
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
