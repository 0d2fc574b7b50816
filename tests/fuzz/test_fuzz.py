"""The fuzz targets, briefly: what was ever found is replayed, then each looks for a second on its own.

`make fuzz` looks for as long as one likes. They are built here, since they need clang's libFuzzer.
"""
import glob
import os
import shutil
import subprocess
import tempfile
import unittest

TEST_TIMEOUT_S = 240    # a busy machine builds them all
SECONDS = 1
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NAMES = sorted(os.path.basename(path)[len("fuzz_"):-len(".c")]
               for path in glob.glob(os.path.join(TOP, "tests", "fuzz", "fuzz_*.c")))


class Fuzz(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        made = subprocess.run(["make", "--no-print-directory", "-j2", "fuzz-build"], cwd=TOP, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if made.returncode:
            raise AssertionError(f"make fuzz-build failed:\n{made.stdout[-4000:]}")

    def look(self, name):
        top = tempfile.mkdtemp(prefix="kiosk-fuzz-")
        self.addCleanup(shutil.rmtree, top)
        found, stores = os.path.join(top, "found"), os.path.join(top, "stores")
        os.mkdir(found)
        os.mkdir(stores)
        seeds = os.path.join(TOP, "tests", "fuzz", "corpus", name)
        self.assertTrue(os.listdir(seeds), f"no seeds in {seeds}")
        run = subprocess.run([os.path.join(TOP, "build", "fuzz", f"fuzz_{name}"), f"-max_total_time={SECONDS}",
                              "-timeout=10", "-rss_limit_mb=1024", "-max_len=4096", "-print_final_stats=1",
                              f"-artifact_prefix={found}/", found, seeds],
                             env={**os.environ, "TMPDIR": stores}, text=True, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        inputs = [line.split(":")[-1].strip() for line in run.stdout.splitlines()
                  if line.startswith("stat::number_of_executed_units")]
        if run.returncode:
            kept = ""
            for path in glob.glob(os.path.join(found, "*-*")):
                with open(path, "rb") as file:
                    kept += f"\n{os.path.basename(path)}: {file.read()[:2000]!r}"
            shown = "\n".join(line for line in run.stdout.splitlines() if not line.startswith("#"))
            self.fail(f"{shown[-4000:]}{kept}")
        self.assertGreater(int(inputs[0]), len(os.listdir(seeds)), "nothing was tried but the seeds")


def add(name):
    def test(self):
        self.look(name)
    setattr(Fuzz, f"test_{name}", test)


if not NAMES:
    raise AssertionError("no fuzz targets")
for each in NAMES:
    add(each)
