.PHONY: help test lint build
help:
	@echo "make test    install what is missing and run the tests"
build:
	swift build
lint:
	swift format lint --strict --recursive Sources Tests Package.swift
test:
	scripts/install-dependencies
	$(MAKE) lint
	swift build --build-tests
	swift test
