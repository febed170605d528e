# The words a developer types. They need Python 3.11 with venv, and bring everything else.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
RUN_IT = @$(or $(PYTHON),python3) -m tools.bootstrap

.PHONY: run test bench words lock format screens

run: ## serve the demonstration; PORT, DATA_DIR and DATABASE_URL change where
	$(RUN_IT) run

test: ## everything that must hold before a change lands
	$(RUN_IT) test

bench: ## measure, and print ratios of one run
	$(RUN_IT) bench

words: ## collect sentences, update and compile the Japanese catalogue
	$(RUN_IT) words

lock: ## pin packages anew; UPGRADE=--upgrade takes newer versions
	$(RUN_IT) lock $(UPGRADE)

format: ## lay out the code and mend what the linter can mend
	$(RUN_IT) format

screens: ## pictures of every page, for every role, in both languages, at 1,440 and 320 px, to build/screens
	$(RUN_IT) screens
