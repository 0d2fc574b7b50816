"""The runner itself: a gate that lets a failure through is worse than none."""
import os
import shutil
import subprocess
import tempfile
import unittest

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

HEAD = "import os, subprocess, time, unittest\nTEST_TIMEOUT_S = 1\nclass T(unittest.TestCase):\n"


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Runner(unittest.TestCase):
    def setUp(self):
        self.top = tempfile.mkdtemp(prefix="kiosk-runner-")
        self.addCleanup(shutil.rmtree, self.top)
        for folder in ("tests/unit", "tests/http", "build/san/unit"):
            os.makedirs(os.path.join(self.top, folder))
        for name in ("run", "suite.py"):
            shutil.copy(os.path.join(TESTS, name), os.path.join(self.top, "tests"))

    def write(self, path, text, mode=0o644):
        path = os.path.join(self.top, path)
        with open(path, "w") as out:
            out.write(text)
        os.chmod(path, mode)

    def unit(self, name, script):
        """A stand-in for a cmocka binary: what counts is what it prints and how it ends."""
        self.write(f"tests/unit/{name}.c", "")
        self.write(f"build/san/unit/{name}", "#!/bin/sh\n" + script, 0o755)

    def file(self, name, body):
        self.write(f"tests/http/{name}.py", HEAD + "".join(f"    {line}\n" for line in body.splitlines()))

    def verdict(self, *words):
        done = subprocess.run([os.path.join(self.top, "tests/run"), *words], capture_output=True, text=True, timeout=60)
        self.output = done.stdout
        return done.stdout.splitlines()[-1], done.returncode

    def test_all_good(self):
        self.unit("test_a", "printf '1..2\\nok 1 - a\\nok 2 - b\\n'")
        self.file("test_b", "def test_x(self): pass")
        self.assertEqual(self.verdict(), ("3 passed, 0 failed", 0))

    def test_nothing_ran(self):
        self.assertEqual(self.verdict(), ("0 passed, 0 failed", 1))

    def test_unit_failure(self):
        self.unit("test_a", "printf '1..2\\nok 1 - a\\nnot ok 2 - b\\n'; exit 1")
        self.assertEqual(self.verdict(), ("1 passed, 1 failed", 1))

    def test_unit_crash_after_a_pass(self):
        self.unit("test_a", "printf '1..2\\nok 1 - a\\n'; kill -SEGV $$")
        self.assertEqual(self.verdict(), ("1 passed, 1 failed", 1))

    def test_unit_leak_at_exit(self):
        self.unit("test_a", "printf '1..1\\nok 1 - a\\n'; exit 23")
        self.assertEqual(self.verdict(), ("1 passed, 1 failed", 1))

    def test_unit_says_nothing(self):
        self.unit("test_a", "true")
        self.assertEqual(self.verdict(), ("0 passed, 1 failed", 1))

    def test_unit_not_built(self):
        self.write("tests/unit/test_a.c", "")
        self.assertEqual(self.verdict(), ("0 passed, 1 failed", 1))

    def test_unit_skip(self):
        self.unit("test_a", "printf '1..2\\nok 1 - a\\nnot ok 2 # SKIP b\\n'")
        self.assertEqual(self.verdict(), ("1 passed, 0 failed, 1 skipped", 0))

    def test_python_failure_error_and_skip(self):
        self.file("test_a", "def test_f(self): self.assertEqual(1, 2)\n"
                            "def test_e(self): raise KeyError('x')\n"
                            "def test_s(self): self.skipTest('why')")
        self.assertEqual(self.verdict(), ("0 passed, 2 failed, 1 skipped", 1))
        self.assertIn("1 != 2", self.output)

    def test_failing_parts_count_as_one(self):
        self.file("test_a", "def test_f(self):\n"
                            "    for i in range(3):\n"
                            "        with self.subTest(i=i): self.assertEqual(i, 1)")
        self.assertEqual(self.verdict(), ("0 passed, 1 failed", 1))

    def test_set_up_class_fails(self):
        self.file("test_a", "@classmethod\ndef setUpClass(cls): raise OSError('boom')\ndef test_x(self): pass")
        self.assertEqual(self.verdict(), ("0 passed, 1 failed", 1))

    def test_file_does_not_load(self):
        self.write("tests/http/test_a.py", "import no_such_module_at_all\n")
        self.assertEqual(self.verdict(), ("0 passed, 1 failed", 1))

    def test_process_dies_in_a_test(self):
        self.file("test_a", "def test_a(self): pass\ndef test_b(self): os._exit(0)")
        self.assertEqual(self.verdict(), ("1 passed, 1 failed", 1))

    def test_hanging_test_is_interrupted_and_torn_down(self):
        self.file("test_a", "def tearDown(self): print('torn down')\ndef test_h(self): time.sleep(60)\n"
                            "def test_i(self): pass")
        self.assertEqual(self.verdict(), ("1 passed, 1 failed", 1))
        self.assertEqual(self.output.count("torn down"), 2)

    def test_leftovers_are_ended(self):
        self.file("test_a", "def test_l(self):\n"
                            "    child = subprocess.Popen(['setsid', 'sleep', '4321'])\n"
                            "    time.sleep(0.2)\n"
                            "    open('left', 'w').write(str(child.pid))")
        self.assertEqual(self.verdict(), ("1 passed, 0 failed", 0))
        with open(os.path.join(self.top, "left")) as file:
            self.assertFalse(alive(file.read()))

    def test_unknown_suite(self):
        self.file("test_a", "def test_x(self): pass")
        done = subprocess.run([os.path.join(self.top, "tests/run"), "journeys"], capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no such suite", done.stderr)


if __name__ == "__main__":
    unittest.main()
