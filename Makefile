# The verbs of this project; `make` alone lists them. Needs Python 3.11 or later and make, nothing else.

PYTHON ?= python3
PORT ?= 8080
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCK_TOOL := uv==0.13.9

.DEFAULT_GOAL := help
.PHONY: help demo test lint format docs bench bench-quick lock clean

help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/run.stamp ## Serve a made-up store on 127.0.0.1 and print a call to try (PORT=8080)
	@$(BIN)/customary demo --port $(PORT)

test: lint ## Run everything that must pass: lint, types, tests
	$(BIN)/python -m pytest -n 2

lint: .venv/dev.stamp ## Check style and types, change nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/dev.stamp ## Put the code into the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/run.stamp ## Write the reference pages anew from the settings and the commands
	$(BIN)/python -m customary.cli.reference docs/reference

bench: .venv/bench.stamp ## Measure everything, for figures to publish
	$(BIN)/python -m benchmarks.run --full

bench-quick: .venv/bench.stamp ## Measure the main figures in a minute or two
	$(BIN)/python -m benchmarks.run --quick

lock: ## Choose the newest versions that pyproject.toml allows and pin them with their hashes
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check $(LOCK_TOOL)
	$(COMPILE) $(SOURCES) -o requirements/run.txt
	$(COMPILE) --extra dev -c requirements/run.txt $(SOURCES) -o requirements/dev.txt

SOURCES := pyproject.toml requirements/run.in
COMPILE := build/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock"

clean: ## Delete what the other verbs made
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is newer than what it was made from, so an environment is made once and again only when its pins change.
.venv/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "customary needs Python 3.11 or later: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/python.stamp
	$(PIP) install --quiet --require-hashes --only-binary :all: -r requirements/run.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	$(PIP) install --quiet --require-hashes --only-binary :all: -r requirements/dev.txt
	@touch $@

.venv/bench.stamp: benchmarks/requirements.txt .venv/dev.stamp
	$(PIP) install --quiet --only-binary :all: -r benchmarks/requirements.txt
	@touch $@
