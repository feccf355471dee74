# The two commands of the README are `make demo` and `make test`. Both set up everything that they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Of a gigabyte of libraries little is ever imported: Python compiles that as it imports it, which takes a tenth of the time.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt
# Tests start many processes, and without this each would compile every module again where the variable is set.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo compile test check unit test-compiled test-slow test-statistical test-chaos test-ray test-vllm benchmark benchmark-extractor benchmark-engine clean help

help:
	@echo "make demo              100 ASIA notes with the embedded realizer, evaluated"
	@echo "make test              lint, types, layers and tests"
	@echo "make compile           a wheel with the extractor compiled, in dist/; takes a C compiler and about 3 minutes"
	@echo "make test-compiled     the compiled extractor beside plain Python, about 5 minutes"
	@echo "make test-slow         the lint of the bundled lexicons and known hash seeds"
	@echo "make test-statistical  the longer seeded statistical tests"
	@echo "make test-chaos        5,000 records through 100 kill -9's and a faulty server, about 20 minutes"
	@echo "make test-ray          the engine ray on a cluster of this machine, about 3 minutes"
	@echo "make test-vllm         the command line against a real vLLM server on the CPU; its environment takes 3.5 GB"
	@echo "make benchmark         the sampler beside pgmpy and pyAgrum, about 3 minutes"
	@echo "make benchmark-extractor  the extractor, compiled too, beside negspaCy and medspaCy, about 10 minutes"
	@echo "make benchmark-engine  the engine beside bare load generators, and auto beside fixed numbers"
	@echo "make clean             remove $(VENV) and what was built"

demo: $(VENV)/.core
	@rm -rf runs/demo
	@$(BIN)/causalsynth demo runs/demo

# Beside one another: types keep one core busy only.
test: $(VENV)/.dev
	@$(MAKE) --no-print-directory -j2 check unit

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow and not statistical and not chaos and not ray and not vllm and not compiled"

compile: $(VENV)/.core
	CAUSALSYNTH_COMPILE=1 $(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

test-compiled: $(VENV)/.dev
	$(BIN)/python -m pytest -m compiled

test-slow: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "slow and not compiled"

test-statistical: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 -m statistical

test-ray: $(VENV)/.dev
	$(PIP_INSTALL) -e '.[ray]'
	$(BIN)/python -m pytest -m ray

test-vllm: $(VENV)/.dev
	PYTHON="$(PYTHON)" tests/vllm/run.sh

test-chaos: $(VENV)/.dev
	$(BIN)/python -m pytest -s -m chaos

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("CausalSynth needs Python 3.11 or later, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "installing into $(VENV) (once, a few minutes) …"
	$(PIP_INSTALL) -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "installing into $(VENV) (once, a few minutes) …"
	$(PIP_INSTALL) -e '.[dev]'
	@touch $@ $(VENV)/.core

benchmark: $(VENV)/.dev
	$(PIP_INSTALL) -e '.[benchmark]'
	$(BIN)/python benchmarks/sampler.py

# Each peer wants another spaCy, and medspaCy no numpy 2: each gets an environment of its own, without causalsynth.
$(VENV)-%/.done:
	$(PYTHON) -m venv $(VENV)-$*
	$(VENV)-$*/bin/python -m pip install --quiet --disable-pip-version-check $*
	@touch $@

$(VENV)-compiled/.done: hatch_build.py $(wildcard causalsynth/extract/*.py causalsynth/extract/layout/*.py)
	@echo "compiling the extractor into $(VENV)-compiled (a few minutes) …"
	$(PYTHON) -m venv $(VENV)-compiled
	CAUSALSYNTH_COMPILE=1 $(VENV)-compiled/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt .
	@touch $@

benchmark-extractor: $(VENV)/.core $(VENV)-compiled/.done $(VENV)-negspacy/.done $(VENV)-medspacy/.done
	$(BIN)/python benchmarks/extractor.py --compiled $(VENV)-compiled/bin/python --peer negspacy=$(VENV)-negspacy/bin/python --peer medspacy=$(VENV)-medspacy/bin/python

benchmark-engine: $(VENV)/.core
	$(PIP_INSTALL) -e '.[benchmark]'
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/engine.py --adapt

clean:
	rm -rf $(VENV) $(VENV)-compiled $(VENV)-negspacy $(VENV)-medspacy $(VENV)-vllm build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
