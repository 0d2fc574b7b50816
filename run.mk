# Trying it out: on this machine's display, or with pictures on a virtual one.

.PHONY: run tour screenshots
run: deps
	@$(MAKE) --no-print-directory $(jobs) all
	@sh db/demo/run.sh
tour: deps-test
	@$(MAKE) --no-print-directory $(jobs) all build/cups-backend-dhslip
	@python3 tests/journey/tour.py build/tour
# The README's pictures, taken from a tour and made small.
screenshots: tour
	@python3 tests/journey/screenshots.py build/tour docs/screenshots
