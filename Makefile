# Two commands matter: `make run` and `make test`. Both set up .venv first.
# 两条命令最要紧：make run 启动系统，make test 运行测试。
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
REGISTRY := $(BIN)/python -m registry.entrypoints.cli.main

# Where and on what `make run` runs: make run PORT=8001 HOST=0.0.0.0 DATA=/srv/registry
PORT ?= 8000
HOST ?= 127.0.0.1
DATA ?= var
# Workers of the test run: one more than the usual two cores, because tests also wait for real servers.
JOBS ?= 3
# Handed to pytest as they are: make test ARGS="-k notice -x"
ARGS ?=

# `make soak` drives the whole registry at random and lets acts meet: make soak SEED=7 STEPS=50000 RACES=500 SHRINKS=1
SEED ?= 20220705
STEPS ?= 50000
RACES ?= 500
SHRINKS ?=

.PHONY: evaluate soak journey help run test setup clean-data lint format types imports browser bench check lock

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

run: setup ## start the whole system with demo data (PORT=8000, HOST=127.0.0.1, DATA=var)
	@exec $(REGISTRY) up --host $(HOST) --port $(PORT) --data-dir $(DATA)

test: setup ## run the tests on real PostgreSQL and S3 (ARGS="-k name" chooses)
	$(BIN)/python -m pytest tests/unit tests/architecture tests/integration -n $(JOBS) --dist loadscope $(ARGS)

clean-data: setup ## delete the demo's data and start afresh (DATA=var)
	@$(BIN)/python -m registry.entrypoints.supervisor.clean $(DATA)

lint: setup ## ruff: rules and format; every sentence has its English
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tools/i18n.py check

format: setup ## ruff: repair what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup ## mypy, strict
	$(BIN)/mypy

imports: setup ## who may import whom
	$(BIN)/lint-imports

browser: setup ## the journeys in a real browser (needs chromium)
	@if [ -d tests/journeys ]; then $(BIN)/python -m pytest tests/journeys $(ARGS); else echo "no journeys yet"; fi

journey: setup ## the whole life over HTTP against a running system, twice
	$(BIN)/python -m pytest tests/journeys/test_journey.py $(ARGS)

evaluate: setup ## vet the applications in tests/data/corpus and hold the figures against the least ones
	$(BIN)/registry evaluate tests/data/corpus --least tests/data/corpus/least.json

bench: setup ## measure, never part of the tests
	@if [ -d tests/bench ]; then $(BIN)/python -m pytest tests/bench -s $(ARGS); else echo "no benchmarks yet"; fi

soak: setup ## 50,000 random steps and 500 rounds of each race (SEED=, STEPS=, RACES=, SHRINKS=1)
	REGISTRY_SOAK_SEED=$(SEED) REGISTRY_SOAK_STEPS=$(STEPS) REGISTRY_SOAK_SHRINKS=$(SHRINKS) RACES=$(RACES) \
	  $(BIN)/python -m pytest tests/integration/machine tests/integration/races -s $(ARGS)

check: lint types imports test evaluate browser ## everything CI checks

setup: $(STAMP) ## make .venv with the locked dependencies

$(STAMP): requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "需要 Python 3.11 或更高版本，请指定：make run PYTHON=python3.11"; \
	  echo "Python 3.11 or newer is needed; name one: make run PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "不能建立虚拟环境。Debian/Ubuntu 请先安装：apt-get install python3-venv"; \
	  echo "No virtual environment could be made. On Debian/Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "正在安装依赖，首次约需几分钟 / installing the dependencies, minutes the first time"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes --no-deps -r requirements/dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $(STAMP)

LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
  --override requirements/overrides.txt --no-header

lock: setup ## write the lock files anew after a change in requirements/*.in
	$(LOCK) requirements/runtime.in -o requirements/runtime.lock
	$(LOCK) requirements/dev.in -o requirements/dev.lock
