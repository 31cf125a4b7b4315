# Everything a developer does here, by name. The work stands in tools/.
PYTHON_ENV := .venv/bin/python
READY := .venv/.ready
ARGS ?=
# Two workers; tests of one heavy fixture (PostgreSQL, Chromium) stay together on one of them.
PYTEST := $(PYTHON_ENV) -m pytest -q -n 2 --dist loadgroup

.PHONY: help setup check fix test test-fast demo serve bench docs validate lock audit

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F '\t' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(READY) ## make .venv from requirements.lock, with hashes

$(READY): requirements.lock pyproject.toml tools/setup.sh
	@sh tools/setup.sh

demo: $(READY) ## the main job end to end, then a web page (ARGS="--no-serve --out DIR --seed N --port N")
	@.venv/bin/trialwright demo $(ARGS)

serve: $(READY) ## the web pages over an existing ledger (ARGS=...)
	@.venv/bin/trialwright serve $(ARGS)

test: $(READY) ## every test (ARGS="tests/stats -k cox")
	@sh tools/setup.sh chromium
	@$(PYTEST) $(ARGS)

test-fast: $(READY) ## the tests that need neither browser nor PostgreSQL and are not slow
	@$(PYTEST) -m "not browser and not postgres and not slow" $(ARGS)

check: $(READY) ## format, lint, types, import contracts, sizes, templates, documentation
	@$(PYTHON_ENV) -m tools.check $(ARGS)

fix: $(READY) ## put right what can be put right by itself
	@$(PYTHON_ENV) -m ruff check --fix --quiet . || true
	@$(PYTHON_ENV) -m ruff format --quiet .
	@$(PYTHON_ENV) -m tools.generated_docs --write

docs: $(READY) ## rewrite the generated pages, then check every link
	@$(PYTHON_ENV) -m tools.generated_docs --write
	@$(PYTHON_ENV) -m tools.check docs

validate: $(READY) ## the table: requirement, test, result
	@sh tools/setup.sh chromium
	@$(PYTHON_ENV) -m tools.validate $(ARGS)

bench: $(READY) ## every benchmark of bench/
	@set -e; for script in $(sort $(wildcard bench/*.py)); do echo "== $$script"; $(PYTHON_ENV) $$script $(ARGS); done

audit: $(READY) ## look the locked packages up in an advisory service (needs the network)
	@sh tools/audit.sh

lock: ## rewrite requirements.lock (needs uv)
	@sh tools/lock.sh $(ARGS)
