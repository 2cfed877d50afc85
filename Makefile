# One word a job. Needs GNU make 4.2 and Python 3.11 or later; everything else is installed below .venv.
#
#   make demo   the live board on real, de-identified stays   BROKER=embedded|kafka  SPEED=60  FOR=120
#   make test   every test, against the built wheel; TESTS="tests/unit -k lactate" for some
#   make check  what must hold before a commit: lint, format, types, layers, generated pages
#   make docs   write docs/reference/ anew from what it describes
#   make agree  the engine and a naive judge over EVENTS=1000000 made-up events, with how often each status was seen
#   make fuzz   MESSAGES=1000000 mutated messages of every format, through the door and the owner of a worker; STORY=7: one
#   make chaos  FAULTS=100 faults under load, one after the other, and what stands at the end against the replay; SEED=7
#   make bench  the engine by stages, score, replay, what a patient weighs, taking over, rolling restarts
#   make bench-live  latencies, memory, recovery and growth of a whole installation   LIVE="--small" for some minutes less
#   make bench-peers  the same jobs on other stream processors   PEERS="--events 100000 --rounds 1" for some
#   make mutants  which small changes of scoring/ no test notices   FILES="scoring/span.py scoring/age.py"
#   make lock   bring requirements/*.txt up to pyproject.toml
#   make clean  remove all that was made here

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV ?= .venv
BROKER ?= embedded
SPEED ?=
FOR ?=
TESTS ?=
EVENTS ?= 1000000
MESSAGES ?= 1000000
FAULTS ?= 100
SEED ?= million
STORY ?=
# Each brings up a broker and a cache of its own.
PROCESSES ?= 3
PEERS ?=
LIVE ?=
FILES ?= $(sort $(wildcard scoring/*.py scoring/*/*.py))

# The wheel is what runs: neither this folder nor the caller's PYTHONPATH may stand in for it.
unexport PYTHONPATH
unexport PYTHONHOME
# Compiled anew at every start, the worker takes more than twice as long to come up.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONSAFEPATH := 1

PACKAGES := schemas scoring streams dashboards timezero
BUILD := $(VENV)/made
BIN := $(VENV)/bin
UV := $(BIN)/uv
RUN := $(BIN)/python -P

# A file that was added or removed counts as a change too: the list of names is itself a source.
SOURCES := $(sort $(shell find $(PACKAGES) -type f -not -name '*.pyc' 2>/dev/null))
ifneq ($(wildcard $(BUILD)),)
ifneq ($(file <$(BUILD)/sources),$(SOURCES))
$(file >$(BUILD)/sources,$(SOURCES))
endif
endif

ifeq ($(wildcard $(BUILD)/python),)
ifneq ($(filter-out help clean,$(or $(MAKECMDGOALS),help)),)
ifneq ($(shell $(PYTHON) -c 'import sys; print(sys.version_info >= (3, 11))' 2>/dev/null),True)
$(error timezero needs Python 3.11 or later, and $(PYTHON) is not: say which with make PYTHON=python3.12)
endif
endif
endif

.PHONY: help demo test check docs agree fuzz chaos bench bench-live bench-peers bench-page peers lock clean install mutants oracles coverage

help:
	@sed -n '3,15s/^#   //p' Makefile

$(BUILD)/python:
	@echo "making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "timezero: $(PYTHON) cannot make a virtual environment; on Debian install python3-venv" >&2; exit 2; }
	@mkdir -p $(BUILD)
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/build.txt
	@touch $@

$(BUILD)/sources: | $(BUILD)/python
	$(file >$@,$(SOURCES))

$(BUILD)/locked: requirements/dev.txt requirements/build.txt $(BUILD)/python
	@$(UV) pip sync --quiet --require-hashes --python $(BIN)/python requirements/dev.txt requirements/build.txt
	@rm -f $(BUILD)/installed
	@touch $@

$(BUILD)/installed: pyproject.toml README.md LICENSE $(SOURCES) $(BUILD)/sources $(BUILD)/locked
	@rm -rf $(BUILD)/wheel
	@$(UV) build --quiet --wheel --no-build-isolation --python $(BIN)/python --out-dir $(BUILD)/wheel .
	@$(UV) pip install --quiet --offline --no-deps --reinstall --python $(BIN)/python $(BUILD)/wheel/*.whl
	@touch $@

install: $(BUILD)/installed

demo: install
	@$(BIN)/timezero demo --broker $(BROKER) $(if $(SPEED),--speed $(SPEED)) $(if $(FOR),--for $(FOR))

test: install
ifeq ($(strip $(TESTS)),)
	@rm -f .coverage .coverage.*
	@$(RUN) -m coverage run -m pytest tests --numprocesses=$(PROCESSES) --dist=loadfile --no-loadscope-reorder
	@$(MAKE) --no-print-directory coverage
else
	@$(RUN) -m pytest $(TESTS)
endif

# Every branch of the words and of the judgement; most of the rest.
coverage:
	@$(RUN) -m coverage combine --quiet
	@$(RUN) -m coverage report --include='schemas/*,scoring/*' --fail-under=100
	@$(RUN) -m coverage report --omit='schemas/*,scoring/*' --fail-under=85

check: install
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(RUN) -m timezero.reference_docs --check
	@PYTHONPATH=tests $(RUN) -m story_pages --check

docs: install
	@$(RUN) -m timezero.reference_docs
	@PYTHONPATH=tests $(RUN) -m story_pages

# It runs against the installed wheel as the tests do; the naive judge stands beside them.
agree: install
	@PYTHONPATH=tests $(RUN) -m reference.million_events --events $(EVENTS) --seed $(SEED)

# As `agree`. A story that breaks a claim is printed as the fewest messages that do; its number gives it again.
fuzz: install
	@PYTHONPATH=tests $(RUN) -m fuzz.million_messages --messages $(MESSAGES) --seed $(SEED) $(if $(STORY),--story $(STORY))

# In namespaces of its own: nothing of the machine is touched, and what it started ends with it.
chaos: install
	@PYTHONPATH=tests $(RUN) -m chaos --faults $(FAULTS) --seed $(SEED)

ALONE := engine score replay footprint takeover rolling_restart
bench: install
	@for each in $(ALONE); do PYTHONPATH=benchmarks:tests $(RUN) benchmarks/$$each.py; done
	@$(MAKE) --no-print-directory bench-page

# Kafka, Redis, workers and board are brought up as the tests do.
bench-live: install
	@PYTHONPATH=benchmarks:benchmarks/live:tests $(RUN) benchmarks/live/suite.py $(LIVE)
	@$(MAKE) --no-print-directory bench-page

# The figures, then the page that shows them.
bench-peers: peers
	@PYTHONPATH=benchmarks:benchmarks/plain_job:benchmarks/real_job $(RUN) benchmarks/peers.py $(PEERS)
	@$(MAKE) --no-print-directory bench-page

bench-page: .venv-peers/locked
	@PYTHONPATH=benchmarks:benchmarks/live .venv-peers/bin/python -P benchmarks/page.py

# Peers pin libraries that ours does not have: environments of their own. Bytewax and Quix host our engine too.
FLINK_CONNECTOR := org.apache.flink:flink-sql-connector-kafka:4.0.1-2.0
peers: .venv-peers/locked .venv-pyflink/locked install
	@$(UV) pip install --quiet --offline --no-deps --reinstall --python .venv-peers/bin/python $(BUILD)/wheel/*.whl

.venv-%/locked: requirements/%.txt $(BUILD)/python
	@$(PYTHON) -m venv .venv-$*
	@$(UV) pip sync --quiet --require-hashes --python .venv-$*/bin/python $<
	@if [ $* = pyflink ]; then mvn -q -B dependency:copy -Dartifact=$(FLINK_CONNECTOR) -DoutputDirectory=$(CURDIR)/.venv-pyflink/jars; fi
	@touch $@

# Oracles judge our figures and pin old libraries: an environment of their own.
oracles: requirements/oracles.txt $(BUILD)/python
	@$(PYTHON) -m venv .venv-oracles
	@$(UV) pip sync --quiet --require-hashes --python .venv-oracles/bin/python requirements/oracles.txt

# Mutants are made of the checkout: the wheel stays out of it.
mutants: requirements/mutants.txt $(BUILD)/python
	@$(PYTHON) -m venv .venv-mutants
	@$(UV) pip sync --quiet --require-hashes --python .venv-mutants/bin/python requirements/mutants.txt
	@PYTHONPATH=$(CURDIR):tests nice -n 19 .venv-mutants/bin/python -P -m mutants $(FILES)

# The container runs service.txt; demo and tests add to it and never disagree with it.
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links
lock: $(BUILD)/python
	@$(COMPILE) --output-file requirements/service.txt pyproject.toml
	@$(COMPILE) --extra embedded --extra dev --constraint requirements/service.txt --output-file requirements/dev.txt pyproject.toml
	@$(COMPILE) --constraint requirements/dev.txt --output-file requirements/build.txt requirements/build.in
	@$(COMPILE) --output-file requirements/oracles.txt requirements/oracles.in
	@$(COMPILE) --constraint requirements/service.txt --override requirements/peers-override.in --output-file requirements/peers.txt requirements/peers.in
	@$(COMPILE) --output-file requirements/pyflink.txt requirements/pyflink.in
	@$(COMPILE) --extra embedded --extra dev --constraint requirements/dev.txt --override requirements/mutants-override.in --output-file requirements/mutants.txt pyproject.toml requirements/mutants.in

clean:
	@rm -rf $(VENV) .venv-mutants .venv-oracles .venv-peers .venv-pyflink build dist htmlcov datadir .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
