"""The slip printer of a journey: a real cupsd in front of a printer that keeps what comes out, and reading the slips."""
import os
import re
import subprocess
import sys
import tempfile

from process import TOP, run, wait_until

sys.path.insert(0, os.path.join(TOP, "tests", "sim"))
from cupsd import Cupsd  # noqa: E402
from escpos_to_png import decode, write_png  # noqa: E402

CODE = re.compile(r"DHK1:([0-9A-Z]{12})")


def qr_codes(picture):
    """What zbarimg reads from a picture file."""
    done = run(["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture], check=False)
    return done.stdout.split()


class SlipPrinter:
    """Has what Site.add_device wants, and the environment that the kiosk needs to find its cupsd."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="kiosk-paper-")
        self.cups = None
        self.printer = subprocess.Popen([sys.executable, os.path.join(TOP, "tests", "sim", "sim_printer.py"), "--dir",
                                         self.dir], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            port = int(self.printer.stdout.readline())
            self.cups = Cupsd(f"dhslip://127.0.0.1:{port}")
        except BaseException:
            self.stop()
            raise
        self.taken = 0

    @property
    def env(self):
        return {"CUPS_SERVER": self.cups.server}

    def tell(self, line):
        """paper out, paper ok, cover open, dead, alive … (see tests/sim/sim_printer.py)"""
        self.printer.stdin.write(line + "\n")
        self.printer.stdin.flush()

    def slips(self):
        return sorted(name for name in os.listdir(self.dir) if re.fullmatch(r"slip\.\d{4}", name))

    def next_slip(self, timeout=15):
        """Wait for one more slip; what is on it (a Slip). Fails when several came at once."""
        wait_until(lambda: len(self.slips()) > self.taken, timeout,
                   lambda: f"a slip; {self.slips()}, {self.taken} taken; {self.cups.log()[-1500:]}", interval=0.05)
        slip = Slip(os.path.join(self.dir, self.slips()[self.taken]))
        self.taken += 1
        return slip

    def untaken(self):
        return len(self.slips()) - self.taken

    def stop(self):
        if self.cups:
            self.cups.stop()
        self.printer.kill()
        self.printer.wait()
        self.printer.stdin.close()
        self.printer.stdout.close()
        run(["rm", "-rf", self.dir])


class Slip:
    """One slip as it came out: its picture, and the code that a reader reads from it."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.across_bytes, self.rows, self.cuts = decode(file.read())
        self.picture = path + ".png"
        write_png(self.picture, self.across_bytes, self.rows)

    @property
    def codes(self):
        return qr_codes(self.picture)

    @property
    def code(self):
        """The twelve characters of the one slip code on it."""
        found = [match[1] for match in map(CODE.fullmatch, self.codes) if match]
        if len(found) != 1:
            raise AssertionError(f"{self.picture}: {self.codes} instead of one slip code")
        return found[0]
