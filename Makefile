.DEFAULT_GOAL := help
.PHONY: help setup demo test examples bench format lint

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install the system packages that are missing
	@scripts/setup

demo: setup ## Build, and name a photograph with pretrained weights
	swift build -c release --product lucid
	@scripts/demo

test: setup ## Build and run every test
	@scripts/test

examples: setup ## Build and run what is under Examples/
	@scripts/examples

bench: setup ## Compare with other libraries
	@Benchmarks/run

format: ## Format the Swift sources in place
	@scripts/format

lint: ## Check format, imports and strays
	@scripts/lint
