"""Slips of random codes, on both paper widths, through the printer's bytes and back: zbar reads every one."""
import os
import re
import subprocess
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("KIOSK_BUILD") or os.path.join(TOP, "build")
COUNT = 50


class SlipQr(unittest.TestCase):
    def test_every_code_is_read_from_the_raster(self):
        done = subprocess.run([os.path.join(BUILD, "bench_slip"), "--count", str(COUNT)], text=True, capture_output=True, timeout=60,
                              stdin=subprocess.DEVNULL)
        read = re.findall(r"^(\d+) dots: (\d+) of (\d+) read$", done.stdout, re.M)
        self.assertEqual(read, [(dots, str(COUNT), str(COUNT)) for dots in ("384", "576")], done.stderr)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
