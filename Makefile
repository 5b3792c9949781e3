# make run    – the demonstration: centre, office, 2 000 people, the window signed in
# make test   – everything .ci/run runs
# make setup  – only prepare .venv (afterwards .venv/bin/arm works)
# make check  – formatting, types, import contracts, texts
# make bench  – figures, each beside a baseline of the same run
# make torture, nightly, soak, mutants – tests as long as they are told (docs/torture.md)
.PHONY: run test setup setup-dev check bench lock clean torture nightly soak mutants

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

run: setup
	$(BIN)/arm demo --persons 2000 --window

setup: $(VENV)/.run

setup-dev: $(VENV)/.dev

$(VENV)/.run: installer/requirements.txt installer/system-packages.txt pyproject.toml
	@sh installer/python.sh $(PYTHON)
	@sh installer/system.sh run
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes --only-binary :all: -r installer/requirements.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run installer/requirements-dev.txt
	@sh installer/system.sh test
	$(PIP) install --require-hashes -r installer/requirements-dev.txt
	@touch $@

check: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python installer/extract_texts.py --check
	$(BIN)/arm law check

test: check
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 2 --dist worksteal --timeout 900

bench: setup-dev
	QT_QPA_PLATFORM=offscreen $(BIN)/arm bench

lock:
	sh installer/lock.sh

clean:
	rm -rf $(VENV) build dist out .mypy_cache .ruff_cache .pytest_cache

# tests that go on as long as they are told: docs/torture.md
TORTURE := QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -s tests/torture \
	tests/sync/test_state_machine.py tests/central/test_oracle.py

torture: setup-dev
	$(TORTURE)

nightly: setup-dev
	ARM_TORTURE=nightly ARM_MUTANTS=all ARM_TEST_KILLS=2000 $(TORTURE) tests/sync/test_kills.py

soak: setup-dev
	ARM_TORTURE=soak ARM_MUTANTS=all ARM_TEST_KILLS=10000 $(TORTURE) tests/sync/test_kills.py

mutants: setup-dev
	$(BIN)/python -m tests.torture mutants
