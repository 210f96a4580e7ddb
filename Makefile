# `make demo` and `make test` do their own set-up, in .venv, from the pinned versions. They need git, make and Python 3.11 with venv.

PYTHON = python3
RUN = .venv/bin/python -m
PIP = $(RUN) pip --disable-pip-version-check --no-input install --quiet
UV = uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-annotate \
	--custom-compile-command "make pins"

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test pins FORCE

help:
	@echo "make demo    the whole chain on the sample sessions: writes report.html"
	@echo "make test    everything CI runs"
	@echo "make pins    pin the dependencies of pyproject.toml anew (needs uv; delete the requirements files first to upgrade)"

demo: .venv/requirements.installed
	@.venv/bin/shadow demo
	@test -f report.html && echo "Open $$(pwd)/report.html in a browser."

test: .venv/requirements-dev.installed
	@echo "== lint: ruff check" && $(RUN) ruff check --quiet .
	@echo "== form: ruff format --check" && $(RUN) ruff format --check --quiet .
	@echo "== types: mypy --strict" && $(RUN) mypy
	@echo "== imports: lint-imports" && .venv/bin/lint-imports --no-logo
	@echo "== tests: pytest, two at a time, warnings are errors" && $(RUN) pytest -n 2
	@echo "All passed: lint, form, types, imports, tests."

pins:
	@$(UV) --group build pyproject.toml --output-file requirements.txt
	@$(UV) --group build --group test --constraint requirements.txt pyproject.toml --output-file requirements-dev.txt

# The project itself is installed last, as a link to this folder; the pins hold all that takes, so nothing is fetched unpinned.
.venv/%.installed: %.txt pyproject.toml .venv/made
	@echo "Installing the versions pinned in $<: half a minute the first time."
	@$(PIP) --no-compile --require-hashes --only-binary :all: --requirement $<
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# Looked at every time: an environment that does not run, or that came with a copied or moved folder, is made anew.
.venv/made: FORCE
	@if test "$$(cat $@ 2>/dev/null || pwd)" != "$$(pwd)" \
		|| ! .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
			|| { echo "$(PYTHON) is not Python 3.11 or newer: install one, or name it, as in: make PYTHON=python3.12 demo" >&2; exit 1; }; \
		$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
			|| { echo "$(PYTHON) cannot make environments: sudo apt install python3-venv" >&2; exit 1; }; \
		echo "Making .venv."; rm -rf .venv && $(PYTHON) -m venv .venv || exit 1; \
	fi; \
	test -f $@ || pwd > $@
