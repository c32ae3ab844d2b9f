# Muster. `make` alone lists what there is to do.
.DEFAULT_GOAL := help
.PHONY: help deps test-deps bench-deps build lab demo test lint format bench clean

SWIFT ?= swift
# The released binary carries the Swift libraries with it; macOS has them in the system. The run-time checks of exclusive access, which the
# tests keep, would take 2 % of a run's CPU; optimising over the borders of modules saves 8 % of it.
RELEASE_FLAGS := --configuration release -Xswiftc -enforce-exclusivity=unchecked -Xswiftc -cross-module-optimization \
	$(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib)
SOURCES := Package.swift Plugins Sources Tests Benchmarks/Package.swift Benchmarks/Sources
# Platform definitions that others publish, for the tests.
DEFINITIONS := $(CURDIR)/.build-definitions
# Options for the benchmarks, as in: make bench BENCH="--only session-cost --rounds 3"
BENCH ?=

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## Install the system packages that building needs, if any are missing
	@scripts/install-packages build

test-deps: ## The same for the tests, and the definitions that scrapli publishes
	@scripts/install-packages build test
	@scripts/fetch-definitions "$(DEFINITIONS)"

bench-deps: ## The same for the benchmarks
	@scripts/install-packages build bench

build: deps ## Build the release binary, .build/release/muster
	$(SWIFT) build $(RELEASE_FLAGS) --product muster

lab: deps ## Build the simulated devices, .build/release/muster-lab
	$(SWIFT) build $(RELEASE_FLAGS) --product muster-lab

demo: build lab ## Start 24 simulated devices and run "show version" on them all
	@scripts/demo .build/release

# With the variable set, tests fail that would be passed over without the definitions.
test: test-deps ## Run all tests
	MUSTER_TEST_DEFINITIONS="$(DEFINITIONS)/scrapli/definitions" $(SWIFT) test

lint: ## Check the layout of the Swift sources
	$(SWIFT) format lint --strict --recursive $(SOURCES)

format: ## Mend the layout of the Swift sources
	$(SWIFT) format --in-place --recursive $(SOURCES)

bench: build lab bench-deps ## Measure Muster against its targets and its peers (about 3 minutes once built)
	$(SWIFT) build --package-path Benchmarks --configuration release
	Benchmarks/.build/release/muster-bench --binaries .build/release --peers Benchmarks/.build/release $(BENCH)

clean: ## Remove everything that was built
	rm -rf .build .build-* Benchmarks/.build
