# Rembuk's commands. `make` alone lists them.
#
# Needs Python 3.11, 3.12 or 3.13 and nothing else: no server, no Node, no system package. The first
# command builds .venv from wheels pinned by hash; later ones find the stamp and start at once.

CITIES := $(patsubst accounts/packs/%/city.json,%,$(sort $(wildcard accounts/packs/*/city.json)))
CITY ?= pontianak
PORT ?= 8000
TESTS ?= tests
WORKERS ?= 2

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check bench format pins messages clean python

BIN := .venv/bin

# The first Python that is really there (a version manager's shim may only say "not found") and can
# build an environment. Override: make run PYTHON=/usr/bin/python3.12
SUITABLE = import ensurepip, sqlite3, ssl, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c '$(SUITABLE)' 2>/dev/null && { command -v "$$p"; break; }; done)

# --- The environment ------------------------------------------------------------------------------
# A stamp carries the checksum of its requirements: another set of pins means another stamp.

RUN_SUM := $(shell cat requirements.txt | cksum | cut -d' ' -f1)
DEV_SUM := $(shell cat requirements.txt requirements-dev.txt | cksum | cut -d' ' -f1)
RUN_STAMP := .venv/stamp-run-$(RUN_SUM)
DEV_STAMP := .venv/stamp-dev-$(DEV_SUM)
PIP_INSTALL := $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check \
	--require-hashes --only-binary :all:

$(RUN_STAMP):
	@python="$(PYTHON)"; \
	if [ -z "$$python" ]; then \
	  echo "Rembuk needs Python 3.11, 3.12 or 3.13 with venv (on Debian: apt install python3-venv)." >&2; \
	  exit 1; \
	fi; \
	if ! $(BIN)/python -c '$(SUITABLE)' 2>/dev/null || ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  echo "Building .venv with $$python ..."; \
	  "$$python" -m venv --clear .venv; \
	fi
	@rm -f .venv/stamp-run-*
	@echo "Installing what the forum needs ..."
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(DEV_STAMP): $(RUN_STAMP)
	@rm -f .venv/stamp-dev-*
	@echo "Installing what the tests and checks need ..."
	@$(PIP_INSTALL) -r requirements.txt -r requirements-dev.txt
	@touch $@

# --- Commands -------------------------------------------------------------------------------------

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  make run CITY=salatiga PORT=8001     another city ($(CITIES)), another port"
	@echo "  make test TESTS=tests/forum          a part of the suite; PYTEST_ARGS='-k reply -x'"

# A database file per city (var/<city>.sqlite3), so that CITY= switches cleanly. DATABASE_URL and
# REDIS_URL, when they are set, are used instead.
run: export REMBUK_DEMO := 1
run: export REMBUK_CITY := $(CITY)
run: export SITE_ORIGINS ?= http://127.0.0.1:$(PORT),http://localhost:$(PORT)
run: $(RUN_STAMP) ## Demo city in the browser, with residents and officers to sign in as
	@case " $(CITIES) " in *" $(CITY) "*) ;; *) \
	  echo "There is no city pack '$(CITY)'. Choose one of: $(CITIES)." >&2; exit 1;; esac
	@$(BIN)/python -c '$(PORT_IS_FREE)' 2>/dev/null || { \
	  echo "Port $(PORT) cannot be used here. Choose another one: make run PORT=8001" >&2; exit 1; }
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py load_city $(CITY)
	@$(BIN)/python manage.py load_demo --city $(CITY)
	@echo "http://127.0.0.1:$(PORT)/ (Ctrl-C stops)"
	@exec $(BIN)/python manage.py serve --port $(PORT)

PORT_IS_FREE = import socket; socket.create_server(("127.0.0.1", int("$(PORT)"))).close()

test: $(DEV_STAMP) ## The whole test suite; what is skipped says why, with CI=true it fails instead
	@$(BIN)/python -m pytest $(TESTS) -q -rsfE -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

check: export DJANGO_SETTINGS_MODULE := config.test_settings
check: $(DEV_STAMP) ## Format, lint, types, import directions, migrations, translations, deployment
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/python manage.py makemigrations --check --dry-run --verbosity 0
	$(BIN)/python manage.py translations --check
	.ci/check-text
	.ci/check-deploy

bench: $(DEV_STAMP) ## The measured limits: pages, sockets, hot streams
	@$(BIN)/python -m tests.bench $(BENCH)

format: $(DEV_STAMP) ## Format the Python code and mend what ruff can mend
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

messages: export DJANGO_SETTINGS_MODULE := config.test_settings
messages: $(DEV_STAMP) ## Collect the texts into locale/en and compile what is translated
	@$(BIN)/python manage.py translations --update --compile

# Compiled on the oldest Python, whose list holds the backports that the newer ones do not need.
pins: export CUSTOM_COMPILE_COMMAND := make pins
pins: $(DEV_STAMP) ## Pin requirements*.in again, with hashes; UPGRADE=1 takes the newest releases
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "Pins are compiled with Python 3.11: make clean pins PYTHON=python3.11" >&2; exit 1; }
	@for name in requirements requirements-dev; do \
	  $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	    $(if $(UPGRADE),--upgrade) --output-file $$name.txt $$name.in || exit 1; \
	done

clean: ## Remove .venv, caches and the demo's data in var/
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis staticfiles var
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

python: # Print the Python that .venv is built with
	@python="$(PYTHON)"; [ -n "$$python" ] && echo "$$python"
