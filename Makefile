# Two commands do everything: `make run` and `make test`. The others are their parts.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# One lock for those who run Sagak, one for those who work on it (tests, Spark, the proof of the reasons), which holds
# the first. What is installed is compiled afterwards on all cores: pip would take one for it.
# The environment needs no pip of its own, so Debian's python3.11 without python3-venv is enough.
INSTALL := $(PYTHON) -m pip --python $(BIN)/python --quiet --disable-pip-version-check install

.PHONY: run test suite check format bench soak pictures lock wheel assets clean

run: $(VENV)/run.done  ## set up, run the whole weekly job on a made-up town, then serve it
	$(BIN)/sagak demo
	$(BIN)/sagak serve

test: $(VENV)/dev.done  ## set up, then every check and test, side by side
	$(MAKE) --no-print-directory --jobs=2 check suite

suite: $(VENV)/dev.done
	$(BIN)/python -m pytest -n 3 --dist worksteal -rfEs

check: $(VENV)/dev.done
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/dev.done
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/dev.done  ## speed and memory against named baselines, medians
	$(BIN)/python -m benchmarks

soak: $(VENV)/dev.done  ## long runs: fuzzed deliveries, kills, many seeds
	$(BIN)/python -m pytest -n 2 --dist worksteal -m soak --hypothesis-profile=soak

pictures: $(VENV)/dev.done  ## take the guides' pictures anew, in the browser's tests
	PICTURES=docs/pictures $(BIN)/python -m pytest tests/web/test_week_of_dong.py tests/web/test_week_of_hub.py tests/web/test_week_of_analyst.py tests/web/test_week_of_auditor.py

lock: $(VENV)/dev.done  ## resolve the dependencies anew (needs uv on the PATH)
	uv pip compile pyproject.toml --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -o requirements/run.txt
	uv pip compile pyproject.toml --extra dev --extra spark --extra analysis --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -c requirements/run.txt -o requirements/dev.txt

wheel: $(VENV)/dev.done  ## what a closed site installs, beside the wheels of requirements/run.txt
	$(BIN)/python -m hatchling build -t wheel -d dist

assets:  ## build serving/static anew from serving/frontend (needs node 20; nobody else does)
	cd serving/frontend && npm ci --ignore-scripts && npm run build

clean:
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv --without-pip $(VENV)

define install
	@echo "Installing what Sagak needs (about a minute the first time) ..."
	$(INSTALL) --no-compile --require-hashes -r $(1)
	$(INSTALL) --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q -j 0 $(VENV)/lib
	@$(BIN)/python -c "import lightgbm" || { echo "LightGBM needs the OpenMP runtime: apt-get install libgomp1"; exit 1; }
endef

$(VENV)/run.done: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(call install,requirements/run.txt)
	touch $@

$(VENV)/dev.done: requirements/dev.txt requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(call install,requirements/dev.txt)
	touch $(VENV)/run.done $@
