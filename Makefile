# Youman: `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
export PORT

.PHONY: help install install-test install-presidio install-torch install-tensorflow run test test-nightly test-presidio test-torch test-tensorflow check migrations format demo bench lock clean
help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || { echo "Youman needs Python 3.11; install it, or name it: make install PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: $(BIN)/python deploy/locks/base.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r deploy/locks/base.txt
	@touch $@

$(VENV)/.test: $(VENV)/.base deploy/locks/test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r deploy/locks/test.txt
	@touch $@

install: $(VENV)/.base ## install the product into .venv
install-test: $(VENV)/.test

# Each extra has a virtual environment of its own: it takes a gigabyte, and its pins should not bind the others.
.venv-%/.done: deploy/locks/%.txt deploy/locks/test.txt | $(BIN)/python
	$(BIN)/python -m venv .venv-$*
	@.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r deploy/locks/test.txt -r $< \
		|| { echo "The extra $* could not be installed: docs/training.md says where pip finds it. Nothing was tested with it."; exit 1; }
	@touch $@

install-torch: .venv-torch/.done ## install the product with the extra torch into .venv-torch
install-tensorflow: .venv-tensorflow/.done ## install the product with the extra tensorflow into .venv-tensorflow
install-presidio: .venv-presidio/.done ## install the product with the extra presidio into .venv-presidio

run: install ## start everything on http://127.0.0.1:8000 (PORT= sets another port); Ctrl-C stops it
	@exec $(BIN)/python -m youman.launcher

test: install-test ## run the tests on a private PostgreSQL and Redis; ALL=1 adds the deep tests, the fuzzers, the browser, Swift and the extras
	$(BIN)/python -m tests --lane embedded -m embedded $(ARGS)
	$(BIN)/python -m tests -n 2 -m "not embedded and not torch and not tensorflow and not presidio$(if $(ALL),, and not browser and not swift and not deep and not fuzz)" $(ARGS)
	$(if $(ALL),$(MAKE) test-presidio test-torch test-tensorflow)

test-presidio: .venv-presidio/.done ## test the detection of personal data with the extra presidio
	.venv-presidio/bin/python -m tests -m presidio tests/training $(ARGS)
	DJANGO_SETTINGS_MODULE=youman.settings .venv-presidio/bin/python -m tests.training.pairs.pii_recall

test-torch test-tensorflow: test-%: .venv-%/.done ## test the trainers of an extra
	.venv-$*/bin/python -m tests -n 2 -m $* tests/training $(ARGS)

test-nightly: install-test ## run the tests that are too long for every change: hours (STEPS="busy storm" runs some)
	$(BIN)/python -m tests.nightly $(STEPS)

check: install-test ## check format, lint, types, contracts, dependencies, dead code, migrations, OpenAPI
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy youman registry serving humanize training tests benchmarks
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python -m tests.house_rules.dead_code
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file var/openapi.yaml
	diff -u docs/openapi.yaml var/openapi.yaml

migrations: install-test ## generate each app's one migration again, after a change of a model
	$(BIN)/python -m tests.house_rules.migrations

format: install-test ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

demo: install ## explain the whole loop step by step with a sample text
	$(BIN)/python -m youman.launcher.demo $(ARGS)

bench: install-test ## run all benchmarks (NAME=rewrite runs one, NAME=list shows them all)
	$(BIN)/python -m benchmarks $(NAME)

COMPILE = $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --allow-unsafe pyproject.toml
lock: install-test ## compile the lock files again
	$(COMPILE) -o deploy/locks/base.txt
	$(COMPILE) --extra test -c deploy/locks/base.txt -o deploy/locks/test.txt
	$(COMPILE) --extra presidio -c deploy/locks/base.txt -c deploy/locks/test.txt -o deploy/locks/presidio.txt
	$(COMPILE) --extra torch -c deploy/locks/test.txt -o deploy/locks/torch.txt
	sed -i -e 's/^\(torch==[0-9.]*\)+cpu/\1/' -e '/^torch==/r deploy/locks/torch.builds' deploy/locks/torch.txt
	$(COMPILE) --extra tensorflow -c deploy/locks/test.txt -o deploy/locks/tensorflow.txt

clean: ## remove the virtual environments and caches, but not var/
	rm -rf $(VENV) .venv-presidio .venv-torch .venv-tensorflow .mypy_cache .ruff_cache .hypothesis
