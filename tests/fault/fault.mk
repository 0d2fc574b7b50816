# The long run: 200 kills in the middle of submissions, some twenty minutes.
.PHONY: kills
kills: all
	FAULT_KILLS=200 tests/run tests/fault/test_kills.py
