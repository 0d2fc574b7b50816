"""A QR scanner on a serial line (tests/sim/sim_scanner.py on a pty): many codes in a row, noise, many plugs."""
import os
import random
import statistics
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import SIM, Program, built  # noqa: E402

TEST_TIMEOUT_S = 60


class Line(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.link = self.folder.name + "/line"
        self.sim = Program([sys.executable, os.path.join(SIM, "sim_scanner.py")])
        self.addCleanup(self.sim.kill)
        os.symlink(self.sim.line(), self.link)
        self.client = Program([built("device_client"), "scan", "serial:" + self.link])
        self.addCleanup(self.client.kill)
        self.client.expect("health 1")

    def do(self, line):
        self.sim.tell(line)
        self.sim.expect("ok " + line.split(" ")[0])

    def said(self, text):
        self.assertEqual(self.client.line(), f"code {len(text)} {text}")

    def test_a_hundred_codes_each_once_whatever_ends_them(self):
        for suffix in ("cr", "lf", "crlf", "tab", "none"):
            self.do("suffix " + suffix)
            for n in range(100 if suffix != "none" else 20):
                text = f"DHC1:{suffix.upper()}{n:03d}ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
                self.do("scan " + text)
                self.said(text)
        self.assertEqual(self.client.rest(0.3), [])

    def test_told_within_a_moment_of_the_terminator(self):
        took = []
        for n in range(30):
            began = time.monotonic()
            self.do(f"scan DHK1:{n}")
            self.said(f"DHK1:{n}")
            took.append((time.monotonic() - began) * 1000)
        self.assertLess(statistics.median(took), 50, took)
        self.assertLess(sorted(took)[-4], 100, took)    # a busy machine may hold up a few

    def test_noise_is_no_code_and_costs_none_after_it(self):
        noise = random.Random(7)
        for n in range(30):
            # What looks like a code among the noise may be told: noise of control characters and high bytes does not.
            self.do("hex " + bytes(noise.choice((1, 6, 0x1b, 0x7f)) for _ in range(noise.randint(1, 200))).hex())
            if n % 3 == 0:
                time.sleep(0.25)    # ended by the silence, else by a terminator of its own
            else:
                self.do("hex 0d")
            self.do(f"scan GOOD-{n}")
            self.said(f"GOOD-{n}")

    def test_unplugged_a_hundred_times(self):
        for n in range(100):
            self.do("hex " + b"HALF A CODE".hex())
            self.do("unplug")
            os.unlink(self.link)
            self.do("plug " + self.link)
            if n % 10 == 0:
                self.client.expect("health 1", 4)
                self.do(f"scan PLUG-{n}")
                self.client.expect(f"code \\d+ PLUG-{n}")
        # A silence may end what came before the plug was pulled; nothing joins it.
        for line in self.client.seen:
            self.assertRegex(line, r"^(health [01]|code 11 HALF A CODE|code \d PLUG-\d+)$")
        self.client.close()
        self.assertLess(int(self.client.expect(r"closed (\d+)")[1]), 100)


if __name__ == "__main__":
    unittest.main()
