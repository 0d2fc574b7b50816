"""A small Linux in QEMU, with a USB controller of its own: for real hotplug, where this machine has no USB.

    guest = Guest(); guest.boot()
    client = guest.program([built("device_client"), "card", "usb:auto"])   as support.Program, but inside
    guest.qmp("device_add", driver="usb-kbd", id="scanner")
    guest.stop()

The guest sees the host's whole root read-only, under a layer that is gone afterwards: what was built here runs there.
"""
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import kernel
from support import Program, TOP

BOOT_TIMEOUT_S = 120
MEMORY_MB = 1024
NOBODY = 65534
GROUP = 970  # deputies-home, in the guest alone
KIOSK = {"user": NOBODY, "groups": (GROUP,)}  # the rights that the kiosk has


class GuestProgram(Program):
    """A program inside the guest."""

    def __init__(self, guest, ident, order):  # pylint: disable=super-init-not-called
        self.guest, self.ident, self.status = guest, ident, None
        self.lines, self.seen, self.ended = queue.Queue(), [], threading.Event()
        guest.programs[ident] = self
        guest.send(do="start", id=ident, **order)

    def take(self, event):
        if event["event"] == "line":
            self.lines.put(event["line"])
        elif event["event"] == "end":
            self.status = event["status"]
            self.lines.put(None)
            self.ended.set()
        else:
            self.lines.put(f"guest: {event['text']}")

    def tell(self, line):
        self.guest.send(do="tell", id=self.ident, line=line)

    def close(self):
        self.guest.send(do="eof", id=self.ident)
        return self.status if self.ended.wait(20) else None

    def kill(self):
        if not self.ended.is_set():
            self.guest.send(do="kill", id=self.ident)
            self.ended.wait(10)


class Guest:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="dhguest.")
        self.programs, self.count, self.ready = {}, 0, threading.Event()
        self.lock, self.pong = threading.Lock(), threading.Event()
        self.qemu = self.port = self.monitor = None
        self.boot_s = 0.0

    def path(self, name):
        return os.path.join(self.dir, name)

    def boot(self):
        """Raises kernel.Missing if this machine cannot have a guest."""
        began = time.monotonic()
        root = kernel.fetch()
        fetched = time.monotonic()
        kernel.initramfs(root, self.path("initrd"), {
            "agent": os.path.join(TOP, "tests", "guest", "agent.py"), "group": str(GROUP),
            "rules": os.path.join(TOP, "udev", "70-deputies-home.rules")})
        self.start_qemu(kernel.image(root))
        self.monitor = self.connect("qmp")
        self.monitor_lines = self.monitor.makefile("rb")
        self.monitor_lines.readline()
        self.qmp("qmp_capabilities")
        self.port = self.connect("agent")
        threading.Thread(target=self.read, daemon=True).start()
        if not self.ready.wait(BOOT_TIMEOUT_S):
            raise AssertionError(f"the guest did not come up within {BOOT_TIMEOUT_S} s:\n{self.console()}")
        self.boot_s = time.monotonic() - fetched
        return fetched - began, self.boot_s

    def start_qemu(self, image):
        command = [
            "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-reboot", "-machine", "pc,i8042=off",
            "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "1", "-m", str(MEMORY_MB), "-display", "none",
            "-vga", "std", "-kernel", image, "-initrd", self.path("initrd"),
            "-append", "console=ttyS0 quiet panic=-1 mitigations=off no_timer_check",
            "-chardev", f"file,id=console,path={self.path('console')}", "-serial", "chardev:console",
            "-qmp", f"unix:{self.path('qmp')},server=on,wait=off",
            "-device", "virtio-serial-pci", "-chardev", f"socket,id=agent,path={self.path('agent')},server=on,wait=off",
            "-device", "virtserialport,chardev=agent,name=agent",
            "-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap",
            "-device", "qemu-xhci,id=xhci,p2=8,p3=4",
        ]
        with open(self.path("qemu.log"), "wb") as log:
            self.qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def connect(self, name):
        for _ in range(200):
            sock = socket.socket(socket.AF_UNIX)
            try:
                sock.connect(self.path(name))
                return sock
            except OSError:
                sock.close()
            if self.qemu.poll() is not None:
                raise AssertionError(f"QEMU ended: {self.text('qemu.log')}")
            time.sleep(0.05)
        raise AssertionError(f"QEMU did not open {name}: {self.text('qemu.log')}")

    def text(self, name):
        try:
            with open(self.path(name), encoding="utf-8", errors="replace") as file:
                return file.read()[-4000:]
        except FileNotFoundError:
            return ""

    def console(self):
        return self.text("console")

    def read(self):
        with self.port.makefile("rb") as lines:
            for line in lines:
                event = json.loads(line)
                if event["event"] == "ready":
                    self.ready.set()
                elif event["event"] == "pong":
                    self.pong.set()
                elif event.get("id") in self.programs:
                    self.programs[event["id"]].take(event)
        for program in list(self.programs.values()):
            program.lines.put(None)

    def send(self, **order):
        with self.lock:
            self.port.sendall(json.dumps(order).encode() + b"\n")

    def qmp(self, execute, **arguments):
        order = {"execute": execute, "arguments": {k.replace("_", "-"): v for k, v in arguments.items()}}
        self.monitor.sendall(json.dumps(order).encode() + b"\n")
        while True:
            answer = json.loads(self.monitor_lines.readline() or "{\"error\": \"QEMU is gone\"}")
            if "error" in answer:
                raise AssertionError(f"{execute} {arguments}: {answer['error']}")
            if "return" in answer:
                return answer["return"]

    def qmp_when_free(self, execute, **arguments):
        """What wants a chardev that an unplugged device is still letting go of."""
        until = time.monotonic() + 5
        while True:
            try:
                return self.qmp(execute, **arguments)
            except AssertionError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)

    def program(self, argv, user=None, groups=(), env=None):
        self.count += 1
        order = {"argv": argv, "env": env or {}, "groups": list(groups)}
        return GuestProgram(self, self.count, dict(order, user=user) if user else order)

    def run(self, *argv, timeout=20, **rights):
        """A program's lines and its status."""
        program = self.program(list(argv), **rights)
        if not program.ended.wait(timeout):
            program.kill()
            raise AssertionError(f"{argv} did not end within {timeout} s: {program.rest(0.1)}")
        return program.rest(0.1), program.status

    def shell(self, script, timeout=20):
        return self.run("/bin/sh", "-c", script, timeout=timeout)[0]

    def ping(self):
        """Waits until the guest has had its turn."""
        self.pong.clear()
        self.send(do="ping")
        if not self.pong.wait(30):
            raise AssertionError(f"the guest does not answer:\n{self.console()}")

    def put(self, path, data):
        self.send(do="put", path=path, data=data.hex())

    def crashed(self):
        """Whether QEMU itself has fallen over: the signal's number, or None."""
        try:
            status = self.qemu.wait(2)
        except subprocess.TimeoutExpired:
            return None
        return -status if status < 0 else None

    def stop(self):
        for sock in (self.port, self.monitor):
            if sock:
                sock.close()
        if self.qemu:
            self.qemu.send_signal(signal.SIGTERM)
            try:
                self.qemu.wait(10)
            except subprocess.TimeoutExpired:
                self.qemu.kill()
                self.qemu.wait()
        shutil.rmtree(self.dir, ignore_errors=True)
