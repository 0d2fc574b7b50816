"""What is plugged into the guest: simulators of this tree behind an emulated USB device or a USB serial adapter."""
import os
import re
import signal
import sys
import time

from support import Program, SIM, built


class Simulated:
    """A simulator on a pty (sim_cardreader.py, sim_scanner.py) or a port, as a program of its own."""

    def __init__(self, script, *options):
        self.program = Program([sys.executable, os.path.join(SIM, script), *options])
        self.place = self.program.line()

    def do(self, line):
        """The printers say the whole line again, the others its first word."""
        self.program.tell(line)
        self.program.expect(f"ok {re.escape(line.split()[0])}( .*)?")

    def stop(self):
        self.program.kill()


class UsbDevice:
    """redir_device behind QEMU's usb-redir."""

    count = 0

    def __init__(self, guest, kind, place):
        UsbDevice.count += 1
        self.guest, self.name = guest, f"{kind}{UsbDevice.count}"
        path = guest.path(self.name + ".redir")
        address = {"type": "unix", "data": {"path": path}}
        guest.qmp("chardev-add", id=self.name + ".way",
                  backend={"type": "socket", "data": {"addr": address, "server": True, "wait": False}})
        guest.qmp("device_add", driver="usb-redir", id=self.name, chardev=self.name + ".way", bus="xhci.0")
        self.program = Program([built("redir_device"), kind, path, place])

    def do(self, line):
        self.program.tell(line)
        self.program.expect("ok " + re.escape(line))

    def plug(self):
        self.do("plug")

    def unplug(self):
        self.do("unplug")

    def stop(self):
        self.program.kill()
        self.guest.qmp("device_del", id=self.name)  # and its chardev with it


class SerialAdapter:
    """QEMU's usb-serial, an FTDI adapter, with the simulator's pty on its far side. It is plugged in at first."""

    DRAINED_S = 0.15

    def __init__(self, guest, simulated, name="adapter"):
        self.guest, self.name, self.far = guest, name, simulated.program.child.pid
        place = simulated.place
        self.path = f"/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_{name}-if00-port0"
        guest.qmp("chardev-add", id=name + ".way", backend={"type": "serial", "data": {"device": place}})
        self.plug()

    def plug(self):
        self.guest.qmp_when_free("device_add", driver="usb-serial", id=self.name, chardev=self.name + ".way",
                                 serial=self.name, bus="xhci.0")

    def unplug(self):
        """QEMU 7.2 ends with a segmentation fault where a byte comes in while the device goes: the far side is silent meanwhile."""
        os.kill(self.far, signal.SIGSTOP)
        try:
            time.sleep(self.DRAINED_S)
            self.guest.qmp("device_del", id=self.name)
            time.sleep(self.DRAINED_S)
        finally:
            os.kill(self.far, signal.SIGCONT)

    def stop(self):
        try:
            self.unplug()
        except AssertionError:
            pass  # it is unplugged already
        self.guest.qmp_when_free("chardev-remove", id=self.name + ".way")
