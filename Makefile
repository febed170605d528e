# The words a developer types. `make run` and `make test` need Python 3.11 with venv, and nothing else.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PYTHON := $(or $(PYTHON),python3)

.PHONY: run test bench words lock format screens

run: ## serve the demonstration; PORT, DATA_DIR and DATABASE_URL change where
	@$(PYTHON) -m tools.bootstrap run

test: ## everything that must hold before a change lands
	@$(PYTHON) -m tools.bootstrap test

screens: ## pictures of every page, for every role, in both languages, at 1,440 and 320 px, to build/screens
	@rm -rf build/screens && SCREENS=build/screens .venv/bin/python -m pytest -q --no-cov tests/browser/test_every_page.py
