.PHONY: help demo build test test-full lint format
help:
	@echo "make demo       install what is missing, build, make sample images and scan one"
	@echo "make test       install what is missing, lint, run all tests (real images included)"
	@echo "make test-full  the long tests too: fuzzing, more formats and layouts"
	@echo "make format     lay out the source as swift-format does"
demo:
	scripts/demo
build:
	swift build
lint:
	swift format lint --strict --recursive Sources Tests Package.swift
format:
	swift format --in-place --recursive Sources Tests Package.swift
test:
	scripts/install-dependencies test
	$(MAKE) lint
	swift build --build-tests
	swift test --skip-build
test-full: export BRINELL_TEST_FULL = 1
test-full: test
