# What to do with Concord; `make help` lists it. Needs Python 3.11 or later, and make.

VENV := .venv
BIN := $(VENV)/bin
# The first Python that is new enough; PYTHON=/path/to/python chooses another.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$name"; break; }; done)
LOCALES := zh_Hans ja ko
# Where make messages looks for no text.
UNTRANSLATED := .venv .local static tests benchmarks federation
# Tests share the processors, each process with a home of its own; but not those of whole nodes.
SHARED := -n auto --maxprocesses 4 --dist worksteal
ALONE := tests/e2e tests/benchmarks
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal \
	--python-version 3.11 --generate-hashes

# The name of a stamp holds the checksum of what it says is installed.
sum = $(shell cksum $(1) 2>/dev/null | cut -d' ' -f1)
INSTALLED := $(VENV)/.installed-$(call sum,requirements.txt)
INSTALLED_DEV := $(VENV)/.installed-dev-$(call sum,requirements-dev.txt)

.DEFAULT_GOAL := help
.PHONY: help run federation chaos stack test test-slow test-all bench screenshots lint messages openapi lock clean

help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(INSTALLED) ## Start a node with the scenario in it (PORT=8000 BIND=127.0.0.1)
	@exec $(BIN)/python manage.py run

federation: $(INSTALLED) ## Start three linked nodes, CN, JP and KR (PORT=8101)
	@exec $(BIN)/python -m federation

chaos: $(INSTALLED) ## Kill processes of three nodes under traffic (SECONDS=60 SEED=1)
	@exec $(BIN)/python -m federation.chaos --seconds $(or $(SECONDS),60) --seed $(or $(SEED),1)

stack: $(INSTALLED) ## Start a node without migrating or loading anything
	@exec $(BIN)/python manage.py stack

test: $(INSTALLED_DEV) ## Run the tests that need nothing but Python
	@exec $(BIN)/python -m pytest $(SHARED)

test-slow: $(INSTALLED_DEV) ## Run the others: whole nodes, clean roots; needs root on Debian
	@sh tests/e2e/packages.sh
	@$(BIN)/python -m pytest -m slow $(SHARED) $(ALONE:%=--ignore=%); shared=$$?; \
	$(BIN)/python -m pytest -m slow $(ALONE) && exit $$shared

test-all: test test-slow ## Run all tests

bench: $(INSTALLED_DEV) ## Measure against a hand-written function and three peers
	@exec $(BIN)/python -m benchmarks

screenshots: $(INSTALLED_DEV) ## Write pictures of the pages (TO=.local/screenshots ONLY=names)
	@sh tests/e2e/packages.sh
	@exec $(BIN)/python -m tests.e2e.screenshots $(or $(TO),.local/screenshots) $(ONLY)

lint: $(INSTALLED_DEV) ## Check the style, the settings and the migrations
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python manage.py check
	$(BIN)/python manage.py makemigrations --check --dry-run

messages: $(INSTALLED_DEV) ## Gather and compile the translations (needs gettext)
	$(BIN)/python manage.py makemessages $(LOCALES:%=-l %) --no-wrap --no-obsolete \
		--add-location file $(UNTRANSLATED:%=--ignore %)
	$(BIN)/python manage.py compilemessages $(LOCALES:%=-l %) $(UNTRANSLATED:%=--ignore %)

openapi: $(INSTALLED) ## Write openapi.yaml
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file openapi.yaml

lock: $(INSTALLED_DEV) ## Resolve requirements*.in anew, with hashes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	$(COMPILE) -o requirements.txt requirements.in
	$(COMPILE) -c requirements.txt -o requirements-dev.txt requirements-dev.in

clean: ## Remove the virtual environment and caches; the data in .local stay
	rm -rf $(VENV) static .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED):
	@sh config/install.sh "$(PYTHON)" "$(VENV)" requirements.txt "$@"

$(INSTALLED_DEV): $(INSTALLED)
	@sh config/install.sh "$(PYTHON)" "$(VENV)" requirements-dev.txt "$@"
