"""A card reader on an emulated USB cable, for any program: UsbReader().wrap(argv) is the command line to start it with.

    with UsbReader() as reader:
        kiosk = start(reader.wrap(["build/kiosk", "--data", folder]), ...)     # idcard.device = usb:auto
        reader.do("card 张三 11010519491231002X")        # sim_cardreader.py says what else it understands
        reader.do("unplug"), reader.do("plug")

The program's process id is the one that was started; one program at a time. KIND is one of usb_bench's.
"""
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "devices"))
from support import SIM, Program, built  # noqa: E402


class UsbReader:
    def __init__(self, kind="reader", stderr=None):
        self.kind = kind
        self.folder = tempfile.mkdtemp(prefix="usbreader.")
        self.socket = os.path.join(self.folder, "s")
        self.sim = Program([sys.executable, os.path.join(SIM, "sim_cardreader.py"), "--usb", self.socket],
                           stderr=stderr)
        if self.sim.line() != self.socket:
            raise AssertionError("the simulated reader did not start")

    def plug_in(self):
        """The options for usb_bench, where there are several devices."""
        return [f"--{self.kind}", self.socket]

    def wrap(self, argv):
        return [built("usb_bench"), *self.plug_in(), "--", *argv]

    def do(self, line):
        self.sim.tell(line)
        self.sim.expect("ok " + re.escape(line.split(" ")[0]))

    def close(self):
        self.sim.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
