# Two commands are all a newcomer needs: `make demo`, then `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup build install static wheel encoder-wheel demo test oracle python page page-build page-picture fmt lint docs bench fuzz clean

CARGO ?= cargo

help: ## what there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## LibTorch 2.11.0 into .libtorch (once)
	@.ci/libtorch

build: setup ## both programs with optimisation: nearmiss, and nearmiss-encoder with LibTorch
	@$(CARGO) build --locked --release --bins

# Where the programs lie that are installed, and where to: make install PREFIX=$HOME/.local
PROGRAMS ?= target/release
PREFIX ?= /usr/local
DESTDIR ?=

install: ## the programs that are built, completions, manual pages, licences (PREFIX=/usr/local, DESTDIR=)
	@.ci/put "$(PROGRAMS)" "$(DESTDIR)$(PREFIX)"

static: ## nearmiss for Linux without a single library of the system, into target/static
	@CARGO="$(CARGO)" .ci/static release

wheel: ## the wheel nearmiss-eval with optimisation, into dist
	@.ci/wheel release

encoder-wheel: build ## the wheel nearmiss-encoder around the built program, into dist
	@.ci/encoder-wheel

demo: setup ## classify photographs, score predictions, print where the report lies
	@echo "demo: building (a few minutes the first time)"
	@$(CARGO) build --quiet --locked --bins
	@$(CARGO) run --quiet --locked --bin nearmiss -- demo --force -o reports/demo

test: setup fmt lint ## formatting, lints, all tests of all crates, the oracle, the Python package, the pages, documentation
	@echo "test: scorer, encoder, JPEG"
	@$(CARGO) test --locked --quiet
	@$(MAKE) --no-print-directory oracle
	@$(MAKE) --no-print-directory python
	@$(MAKE) --no-print-directory page
	@$(MAKE) --no-print-directory docs

# How many random tables the oracle looks at: make oracle SEEDS=0:2000
SEEDS ?= 0:200

oracle: setup ## every number against a naive implementation in Python, and against itself in other forms
	@.ci/oracle
	@echo "test: oracle"
	@$(CARGO) build --locked --quiet --bins
	@.venv-oracle/bin/python tests/oracle/run.py --program target/debug/nearmiss --seeds $(SEEDS)
	@.venv-oracle/bin/python tests/oracle/properties.py --program target/debug/nearmiss --seeds 0:100

python: setup ## the wheel as a user installs it, its tests, the notebooks
	@echo "test: Python"
	@$(CARGO) build --locked --quiet --bins
	@wheel=$$(.ci/wheel dev) && .ci/python "$$wheel"

page: setup ## the workbench of the pages: types, tests, source against build, and the pages in Chromium (needs Node)
	@echo "test: page"
	@$(CARGO) build --locked --quiet --bins
	@.ci/page target/debug/nearmiss

page-build: ## page/ into src/report/page/workbench.{js,css} (needs Node)
	@cd page && npm ci --no-audit --no-fund --ignore-scripts >/dev/null && node build.mjs

page-picture: ## the picture of the workbench in the README, from the demo's report (after make demo; needs Chromium)
	@cd page && node tests/browser/picture.mjs ../reports/demo/report ../docs/workbench.png 1280 light "" 1600

fmt:
	@echo "test: formatting"
	@$(CARGO) fmt --all --check

lint:
	@echo "test: lints"
	@$(CARGO) clippy --locked --quiet --all-targets -- --deny warnings
	@PYO3_BUILD_EXTENSION_MODULE=1 $(CARGO) clippy --locked --quiet --package nearmiss-python -- --deny warnings
	@# What is built with neither command line nor figures.
	@$(CARGO) clippy --locked --quiet --package nearmiss --no-default-features --lib -- --deny warnings

docs: ## the documentation of the libraries
	@echo "test: documentation"
	@RUSTDOCFLAGS="--deny warnings" $(CARGO) doc --locked --quiet --no-deps --lib

bench: setup ## timings beside the peers (see benches/RESULTS.md)
	@benches/run.sh

MINUTES ?= 15
fuzz: ## every reader of files under attack (MINUTES=15, TARGET=jpeg for one; see docs/fuzzing.md)
	@fuzz/run $(MINUTES) $(TARGET)

clean: ## forget what was built, keep LibTorch
	@$(CARGO) clean
