# The two commands of the README are `make run` and `make lab`; every target sets up what it needs first.
PYTHON ?= python3
PY := .venv/bin/python
# A new stamp when one of these files (or this folder's place) changes; nothing is installed again otherwise.
STAMP := .venv/installed-$(shell (pwd; cat requirements.txt requirements-dev.txt constraints.txt pyproject.toml) | cksum | cut -d' ' -f1)
# A folder of wheels (make bundle) is all that set-up asks where there is one; no index then.
WHEELS ?= $(wildcard wheels)
PIP := $(PY) -m pip install -q --disable-pip-version-check $(if $(WHEELS),--no-index --find-links $(WHEELS))
NBVAL := $(PY) -m pytest -q --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg --nbval-cell-timeout 300 -o timeout=0

.NOTPARALLEL:
.PHONY: help setup run lab test test-unit test-notebooks test-ui test-slow fuzz slides sheet bench bench-gpu bench-rewards soak lint sync notebooks data tiny-llama lock bundle site room-check
help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/make \1\t\2/p' Makefile | expand -t 22

setup: $(STAMP)  ## create .venv and install the packages, once
$(STAMP):
	@$(PYTHON) -c 'import sys; v = sys.version_info; v < (3, 11) and sys.exit(f"The workbook needs Python 3.11 or newer, and $(PYTHON) is {v[0]}.{v[1]}. Try: make PYTHON=python3.12 $(or $(MAKECMDGOALS),run)")'
	$(if $(WHEELS),@$(PYTHON) tools/build_bundle.py --fits $(WHEELS))
	$(PYTHON) -m venv .venv && $(PIP) -r requirements.txt -r requirements-dev.txt -c constraints.txt
	$(PIP) --no-deps -e . && rm -f .venv/installed-* && touch $@

run: setup  ## step through the whole workbook headless; ends with before/after tables
	@$(PY) tools/step_through.py $(ARGS)
lab: setup  ## open JupyterLab on your own copies of the notebooks (my_notebooks/)
	@$(PY) tools/lab.py $(ARGS)
room-check: setup  ## is this machine fit? (python, packages, data, browser, one step of training)
	@$(PY) tools/room_check.py

test: lint sync test-unit test-notebooks  ## everything CI checks
lint: setup  ## ruff
	$(PY) -m ruff check .
sync: setup  ## are notebooks and exercises what their sources say?
	$(PY) tools/build_notebooks.py --check
test-unit: setup  ## the unit tests
	$(PY) -m pytest -q $(ARGS)
test-notebooks: setup  ## every notebook, live training included, against its stored outputs
	$(NBVAL) $(sort $(wildcard notebooks/*.ipynb)) $(sort $(wildcard notebooks/solutions/*.ipynb))
test-ui: setup  ## the notebooks in JupyterLab and a real browser (Chromium or Chrome)
	@$(PY) tests/ui/browser.py
	$(PY) -m pytest -q -m ui tests/ui $(ARGS)
test-slow: setup  ## the tests that take minutes
	$(PY) -m pytest -q -m slow $(ARGS)

notebooks: setup  ## rebuild notebooks from notebooks/src (ARGS="03 04" for some of them)
	$(PY) tools/build_notebooks.py $(ARGS)
fuzz: setup  ## try the rewards' properties on new strings for two minutes (ARGS="--seconds 3600" for longer)
	$(PY) tools/fuzz_answers.py $(ARGS)
bench: setup  ## how fast: training, sampling, start-up, seconds to a goal, growth (20 minutes)
	@$(PY) tools/bench.py $(ARGS)
bench-gpu: setup  ## the same on a GPU, with models of the recipe's shapes (half an hour)
	@$(PY) tools/bench_gpu.py $(ARGS)
soak: setup  ## 2,000 steps: do memory, files or processes grow? (5 minutes; ends with data/bench/soak.json)
	@$(PY) tools/soak.py $(ARGS)
bench-rewards: setup  ## completions a second of the accuracy reward, next to math-verify and TRL
	$(PY) tools/bench_rewards.py $(ARGS)

slides: setup  ## slides for a workshop, from the notebooks' own cells and pictures (build/slides)
	@$(PY) tools/build_slides.py $(ARGS)
sheet: setup  ## GRPO on one page, as a PDF (build/sheet.pdf; needs Chromium or Chrome)
	@$(PY) tools/build_sheet.py $(ARGS)
lock:  ## pin every package with the hashes of its files again (needs uv)
	uv pip compile -q --universal --python-version 3.11.5 --generate-hashes --no-annotate --no-header \
	  requirements.txt requirements-dev.txt -c constraints.txt -o requirements.lock
data: setup  ## rebuild the data sets
	$(PY) tools/build_data.py $(ARGS)
tiny-llama: setup  ## warm up the embedded model again (up to an hour on two cores)
	$(PY) tools/build_tiny_llama.py $(ARGS)
bundle: setup  ## build/bundle/: the workbook and its wheels on a stick, for a room without network
	@$(PY) tools/build_bundle.py $(ARGS)
site: setup  ## build/site/: the executed notebooks and docs as pages; opens without a network
	@$(PY) tools/build_site.py $(ARGS)
