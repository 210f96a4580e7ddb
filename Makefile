# `make demo` and `make test` do their own set-up, in .venv, from the pinned versions. They need git, make and Python 3.11 with venv.

PYTHON = python3
RUN = .venv/bin/python -m
PIP = $(RUN) pip --disable-pip-version-check --no-input install --quiet
# The tests have a desktop of their own on Linux. Debian's packages are installed, others' are not: there the tests say what they lack.
LINUX = $(filter Linux,$(shell uname -s))
PACKAGES = $$(grep -o '^[a-z0-9.+-]*' tests/desktop/packages.txt)
UV = uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-annotate \
	--custom-compile-command "make pins"

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test docs torture cost truth bench recorded-sample pins desktop FORCE

help:
	@echo "make demo    the whole chain on the sample sessions: writes report.html, report.pdf and report.xlsx"
	@echo "make test    everything CI runs"
	@echo "make docs    the documentation as a site, in site/"
	@echo "make torture the journal killed, cut and starved at every step, in full (make test does a part of it)"
	@echo "make cost    what recording costs, and how true its times are, on a desktop of its own"
	@echo "make truth   how true the figures are, against simulated offices; hours, and it goes on where it was stopped"
	@echo "make bench   what the analysis costs beside reading the data, at 1M and 10M events: writes docs/speed.md"
	@echo "make pins    pin the dependencies of pyproject.toml anew (needs uv; delete the requirements files first to upgrade)"

demo: .venv/requirements.installed
	@.venv/bin/shadow demo
	@echo "Open $$(pwd)/report.html in a browser; report.pdf and report.xlsx lie beside it."

# By file, for what the tests of a file share is made once; in order, for the longest files are not those with the most tests.
test: .venv/requirements-dev.installed desktop
	@echo "== lint: ruff check" && $(RUN) ruff check --quiet .
	@echo "== form: ruff format --check" && $(RUN) ruff format --check --quiet .
	@echo "== types: mypy --strict" && $(RUN) mypy
	@echo "== imports: lint-imports" && .venv/bin/lint-imports --no-logo
	@echo "== tests: pytest, two at a time, warnings are errors" \
		&& SHADOW_NEED_DESKTOP=$(LINUX) $(RUN) pytest -n 2 --dist loadfile --no-loadscope-reorder --ignore tests/desktop
	@echo "== tests on a desktop: one at a time, for they take the pace of a person" \
		&& SHADOW_NEED_DESKTOP=$(LINUX) $(RUN) pytest tests/desktop
	@echo "All passed: lint, form, types, imports, tests."

docs: .venv/requirements-dev.installed
	@NO_MKDOCS_2_WARNING=1 PYTHONPATH=. $(RUN) mkdocs build --quiet && echo "Open $$(pwd)/site/index.html in a browser."

torture: .venv/requirements-dev.installed
	@SHADOW_TORTURE=full $(RUN) pytest tests/torture -q -n 0

# Asks for nothing where all is there.
desktop:
	@$(if $(LINUX),,exit 0;) missing=$$(for name in $(PACKAGES); do \
		dpkg-query --show --showformat='$${Status}' $$name 2>/dev/null | grep -q ' installed$$' || echo $$name; done); \
	test -z "$$missing" || if command -v apt-get >/dev/null; then \
		echo "Installing what the desktop of the tests is made of:" $$missing; \
		as_root=$$(test "$$(id -u)" = 0 || command -v sudo) || { echo "That takes root or sudo." >&2; exit 1; }; \
		$$as_root apt-get update --quiet=2 && $$as_root env DEBIAN_FRONTEND=noninteractive \
			apt-get install --quiet=2 --yes --no-install-recommends $$missing >/dev/null; \
	else \
		echo "No apt-get here: the tests of the desktop need these Debian packages, or what they are called here:" $$missing >&2; \
	fi

cost: .venv/requirements-dev.installed desktop
	@$(RUN) tests.desktop.cost

# Seeds under 100 are for tuning; these are for reporting. FACTS is where what was found so far is kept.
FACTS = .truth
truth: .venv/requirements-dev.installed
	@$(RUN) tests.accuracy worlds 1000 1060 --to $(FACTS)
	@$(RUN) tests.accuracy nothing 1000 1070 --to $(FACTS)
	@$(RUN) tests.accuracy aside 1000 1015 --to $(FACTS)
	@$(RUN) tests.accuracy calls 1000 1014 --to $(FACTS)
	@$(RUN) tests.accuracy pool 1000 1022 --to $(FACTS)
	@$(RUN) tests.accuracy teams 1000 1007 --to $(FACTS)
	@$(RUN) tests.accuracy segments 1000 1012 --to $(FACTS)
	@$(RUN) tests.accuracy table --to $(FACTS) > $(FACTS)/truth.md && cp $(FACTS)/truth.md docs/truth.md && cat docs/truth.md

bench: .venv/requirements-dev.installed
	@$(RUN) tests.bench --folder $(or $(TMPDIR),/tmp)/shadow-bench --write

recorded-sample: .venv/requirements-dev.installed desktop
	@$(RUN) tests.desktop.make_recorded_sample

pins:
	@$(UV) --group build pyproject.toml --output-file requirements.txt
	@$(UV) --group build --group test --group docs --extra recorder --constraint requirements.txt pyproject.toml --output-file requirements-dev.txt

# --no-deps: the files hold all that each needs, and pynput would ask for evdev, which has no wheel and which the X11 way does not use.
# The project itself is installed last, as a link to this folder; the pins hold all that takes, so nothing is fetched unpinned.
.venv/%.installed: %.txt pyproject.toml .venv/made
	@echo "Installing the versions pinned in $<: half a minute the first time."
	@$(PIP) --no-compile --no-deps --require-hashes --only-binary :all: --requirement $<
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
