# Everything one does with a checkout, one command each; `make` alone lists them. Needs GNU make and Python ≥ 3.11.
# A stamp in .venv newer than pyproject.toml means that what it names is installed already.

PYTHON ?= python3
PORT ?= 8000
# SERVE=0: `make run` stops after the answer instead of serving
SERVE ?= 1
# test files run side by side; each keeps its own fixtures
JOBS ?= 2

VENV := .venv
BIN := $(VENV)/bin
CORE := $(VENV)/installed-core
DEV := $(VENV)/installed-dev
DEBIAN := chromium fonts-noto-core tesseract-ocr tesseract-ocr-vie antiword catdoc
QUESTION := Sáu nội dung cải cách hành chính giai đoạn 2021-2030 là gì?

.DEFAULT_GOAL := help
.PHONY: help install run system test lint format bench clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo '  Variables: PYTHON=python3.12, PORT=8080, SERVE=0 (make run: answer once, do not serve), JOBS=4 (make test)'

install: $(CORE) ## Install the help desk into .venv (no torch)

run: install ## Load the sample documents, answer one question with its source, then serve on 127.0.0.1
	$(BIN)/cchc ingest --samples
	$(BIN)/cchc ask "$(QUESTION)"
ifneq ($(SERVE),0)
	$(BIN)/cchc serve --port $(PORT)
endif

system: ## Install from Debian what reads scans and what the browser tests need (as root; otherwise print how)
	@if dpkg -s $(DEBIAN) >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get update -q && apt-get install -q -y --no-install-recommends $(DEBIAN) \
			|| echo 'apt-get failed: tests that need a browser or OCR will be skipped.'; \
	else \
		echo 'For scans (OCR) and the browser tests run: sudo apt-get install -y $(DEBIAN)'; \
	fi

test: system $(DEV) ## Run every check: style, types, tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest -q -n $(JOBS) --dist loadfile

lint: $(DEV) ## Run the checks of style and types only
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(DEV) ## Bring the code into the house style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: install ## Load the sample documents and measure a server that answers from them
	$(BIN)/cchc ingest --samples
	$(BIN)/cchc bench

clean: ## Remove what was installed and built; the documents in data/ stay
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …'; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo 'On Debian first run: sudo apt-get install -y python3-venv'; exit 1; }

$(CORE): pyproject.toml | $(BIN)/python
	@echo 'Installing into $(VENV), about half a minute …'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(DEV): pyproject.toml | $(BIN)/python
	@echo 'Installing the development tools into $(VENV), a few minutes …'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[all,dev]'
	@touch $(CORE) $@
