#!/usr/bin/env python3
"""Runs one file of unittest tests and tells tests/run about each, one JSON line apiece on a pipe.

A test that hangs is interrupted by an alarm, so that its tearDown still runs; a file may set TEST_TIMEOUT_S.
"""
import ctypes
import importlib.util
import json
import os
import signal
import sys
import time
import unittest

DEFAULT_TIMEOUT_S = 120
PR_SET_CHILD_SUBREAPER = 36


class TimedOut(AssertionError):
    pass


class Recorder(unittest.TestResult):
    """Tells every start and outcome at once, so that nothing is lost if this process dies."""

    def __init__(self, out, timeout):
        super().__init__()
        self.out, self.timeout, self.bad = out, timeout, False

    def tell(self, event, test, detail=""):
        self.out.write(json.dumps({"event": event, "test": str(test), "detail": detail}) + "\n")
        self.out.flush()

    def startTest(self, test):
        super().startTest(test)
        self.began, self.bad = time.monotonic(), False
        self.out.write(json.dumps({"event": "start", "test": str(test), "limit": self.timeout}) + "\n")
        self.out.flush()
        signal.alarm(self.timeout)

    def stopTest(self, test):
        signal.alarm(0)
        self.bad = False
        super().stopTest(test)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.tell("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._fail(test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self._fail(test, self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            kept = self.failures if issubclass(err[0], test.failureException) else self.errors
            self._fail(subtest, kept[-1][1], test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.tell("skip", test, reason)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.tell("ok", test)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._fail(test, "it was expected to fail, but passed")

    def _fail(self, test, detail, owner=None):
        # A test counts once, however many of its parts fail; the rest goes out as remarks.
        self.tell("more" if self.bad else "fail", owner or test, f"{test}\n{detail}" if owner else detail)
        self.bad = True


def load(path):
    folder = os.path.dirname(os.path.abspath(path))
    sim = os.path.join(os.path.dirname(folder), "sim")
    sys.path[:0] = [folder, sim]
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def descendants():
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    parents[int(entry)] = int(file.read().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
    mine, grown = {os.getpid()}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in mine} - mine
        grown = bool(more)
        mine |= more
    return mine - {os.getpid()}


def end_leftovers():
    for pid in descendants():
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                command = file.read().replace(b"\0", b" ").decode(errors="replace").strip()
            if command:  # a zombie has none
                print(f"left running by the tests, ended: {pid} {command}")
            os.kill(pid, signal.SIGKILL)
        except (ProcessLookupError, FileNotFoundError):
            continue


def main(path, pipe, match):
    # Orphans of the programs under test become our children, so that they can be found and ended.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def on_alarm(_signal, _frame):
        raise TimedOut("the test took too long")
    signal.signal(signal.SIGALRM, on_alarm)
    with os.fdopen(pipe, "w") as out:
        module = load(path)
        loader = unittest.TestLoader()
        if match:
            loader.testNamePatterns = [match]
        suite = loader.loadTestsFromModule(module)
        timeout = int(getattr(module, "TEST_TIMEOUT_S", DEFAULT_TIMEOUT_S))
        out.write(json.dumps({"event": "plan", "count": suite.countTestCases(), "limit": timeout}) + "\n")
        out.flush()
        recorder = Recorder(out, timeout)
        try:
            suite.run(recorder)
        finally:
            end_leftovers()
        out.write(json.dumps({"event": "end", "run": recorder.testsRun}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)
