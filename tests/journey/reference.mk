# The pictures that tests/journey/test_reference.py compares every screen with. Look at what changed before committing it.

.PHONY: reference
reference: deps-test
	@$(MAKE) --no-print-directory $(jobs) all
	@python3 tests/journey/reference.py
