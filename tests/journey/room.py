"""The room of a journey: a demo site with its server and sync, a screen, a kiosk, and the devices that a test asks for."""
import os
import re
import subprocess
import sys
import unittest

from demo_site import Site
from display import Display
from kiosk import Kiosk
from paper import SlipPrinter
from process import TOP
from voter import Voter


class Line:
    """A device on a pty (a simulator of tests/sim) that is told lines and answers "ok WORD"."""

    def __init__(self, simulator, *args):
        self.child = subprocess.Popen([sys.executable, os.path.join(TOP, "tests", "sim", simulator), *args],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.path = self.child.stdout.readline().strip()

    def tell(self, line):
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        for said in self.child.stdout:
            if said.startswith("ok"):
                return
        raise AssertionError(f"the simulator ended at {line!r}")

    def stop(self):
        self.child.kill()
        self.child.wait()
        self.child.stdin.close()
        self.child.stdout.close()


class Room(unittest.TestCase):
    """One room for a whole file of tests; each test begins on the attract or home screen."""

    SIZE = (1080, 1920)
    PRINTER = READER = SCANNER = False
    ENROLLED = True
    SETTINGS = ()     # (section, key, value)
    KIOSK_ENV = {}
    SITE = Site       # how the site is made

    @classmethod
    def setUpClass(cls):
        cls.site, cls.display = cls.SITE(), None
        cls.addClassCleanup(lambda: cls.site.stop())
        env = dict(cls.KIOSK_ENV)
        if cls.PRINTER:
            cls.printer = cls.site.add_device(SlipPrinter())
            cls.site.set("printer", "device", "cups:slip")
            env.update(cls.printer.env)
        if cls.READER:
            cls.reader = cls.site.add_device(Line("sim_cardreader.py"))
            cls.site.set("idcard", "device", "serial:" + cls.reader.path)
        if cls.SCANNER:
            cls.scanner = cls.site.add_device(Line("sim_scanner.py"))
            cls.site.set("scanner", "device", "serial:" + cls.scanner.path)
        for setting in cls.SETTINGS:
            cls.site.set(*setting)
        if cls.ENROLLED:
            cls.site.enrol()
        cls.display = Display(*cls.SIZE)
        cls.addClassCleanup(cls.display.stop)
        cls.kiosk = Kiosk(cls.display, cls.site.data, env=env)
        cls.addClassCleanup(cls.kiosk.stop)
        cls.kiosk.start("attract")

    def setUp(self):
        self.voter = Voter(self.kiosk)

    def tearDown(self):
        """Leave the room as the next test wants it, and say what the screen was if this one failed."""
        outcome = getattr(self, "_outcome", None)
        failed = outcome is not None and not outcome.success
        if failed and self.display:
            out = os.environ.get("KIOSK_TEST_OUTPUT", "/tmp")
            path = os.path.join(out, f"failed.{self.id()}.png")
            self.display.screenshot(path)
            print(f"the screen when it failed: {path}; {self.kiosk.current()}")
        if failed or self.kiosk.screen() not in ("attract", "home"):
            self.kiosk.stop()
            self.kiosk.start("attract")

    # ---- the office ----

    def receipts(self):
        """The receipt numbers that the township has, the newest first."""
        return re.findall(r"\d{4}-\d{4}-\d{4}", self.site.office("cases"))

    def newest(self):
        self.site.wait_synced()
        return self.receipts()[0]

    def opened(self, receipt):
        """What the office reads: label → rest of the line."""
        shown = self.site.office("show", receipt)
        return dict(re.findall(r"^(\S+)\s+(.*?)\s*$", shown, re.M))
