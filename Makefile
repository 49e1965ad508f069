.PHONY: help demo build test test-full lint format deb dist container check-deb check-dist
help:
	@echo "make demo       install what is missing, build, make sample images and scan one"
	@echo "make test       install what is missing, lint, run all tests (real images included)"
	@echo "make test-full  the long tests too: fuzzing, more formats and layouts"
	@echo "make format     lay out the source as swift-format does"
	@echo "make deb        a Debian package, in dist/; make check-deb installs it into a fresh Debian and runs it"
	@echo "make dist       an archive for any prefix, with checksums and a bill of materials, in dist/;"
	@echo "                make check-dist makes it twice, in different folders, and compares"
	@echo "make container  an image with a fixed appliance, from the Debian package (ENGINE=podman)"
demo:
	scripts/demo
build:
	swift build
lint:
	swift format lint --strict --recursive Sources Tests Package.swift
format:
	swift format --in-place --recursive Sources Tests Package.swift
test:
	scripts/install-dependencies test integrations
	$(MAKE) lint
	swift build --build-tests
	scripts/check-docs --self-test
	scripts/check-docs
	swift test --skip-build
	scripts/check-integrations
test-full: export BRINELL_TEST_FULL = 1
test-full: test
deb:
	scripts/install-dependencies package
	packaging/build-deb
dist:
	scripts/install-dependencies package
	packaging/build-dist
check-deb:
	scripts/install-dependencies package
	scripts/check-deb
check-dist:
	scripts/check-dist
container: deb
	packaging/build-container $(ENGINE)
