# The long run: 200 kills in the middle of submissions, some twenty minutes, and 100 while deputies sign in, one or two.
.PHONY: kills
kills: all
	FAULT_KILLS=200 FAULT_SIGN_KILLS=100 tests/run tests/fault/test_kills.py
