"""What the device tests share: programs that talk in lines, a slip's bytes, a printer with its spooler."""
import concurrent.futures
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SIM = os.path.join(TOP, "tests", "sim")
BUILD = os.environ.get("KIOSK_BUILD", os.path.join(TOP, "build"))
sys.path.insert(0, SIM)

from cupsd import Cupsd  # noqa: E402


def built(name):
    path = os.path.join(BUILD, name)
    if not os.access(path, os.X_OK):
        raise AssertionError(f"{path} is not built: make {os.path.relpath(path, TOP)}")
    return path


class Program:
    """A child that writes lines and is told lines."""

    def __init__(self, argv, env=None, stderr=None):
        self.child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=stderr, env=env)
        self.lines, self.seen = queue.Queue(), []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        with self.child.stdout:
            for line in self.child.stdout:
                self.lines.put(line.decode().rstrip("\n"))
        self.lines.put(None)

    def tell(self, line):
        self.child.stdin.write(line.encode() + b"\n")
        self.child.stdin.flush()

    def line(self, timeout=10):
        """The next line, None at the end or when the time is up."""
        try:
            line = self.lines.get(timeout=timeout)
        except queue.Empty:
            return None
        if line is not None:
            self.seen.append(line)
        return line

    def expect(self, pattern, timeout=10):
        """Skips lines up to one that matches; gives the match."""
        until, skipped = time.monotonic() + timeout, []
        while True:
            line = self.line(max(0.0, until - time.monotonic()))
            if line is None:
                raise AssertionError(f"no {pattern!r} within {timeout} s; instead: {skipped};"
                                     f" before: {self.seen[-12:]}")
            match = re.fullmatch(pattern, line)
            if match:
                return match
            skipped.append(line)

    def rest(self, seconds):
        """Whatever is said during that time."""
        until, lines = time.monotonic() + seconds, []
        while (line := self.line(max(0.0, until - time.monotonic()))) is not None:
            lines.append(line)
        return lines

    def close(self):
        """Ends it through its stdin; gives its exit status."""
        if not self.child.stdin.closed:
            try:
                self.child.stdin.close()
            except BrokenPipeError:
                pass
        return self.child.wait(20)

    def kill(self):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        self.reader.join(5)
        if not self.child.stdin.closed:
            try:
                self.child.stdin.close()
            except BrokenPipeError:
                pass


def slip(bands=6, across=72, dice=None):
    """A slip's job with pictures that no other slip has (but one of the same dice)."""
    some = dice.randbytes if dice else os.urandom
    data = b"\x1b@"
    for _ in range(bands):
        data += b"\x1dv0\0" + bytes([across, 0, 128, 0]) + some(across * 128)
    return data + b"\x1bJ\x60\x1dVB\0"


def each_at_once(test, do, *cases):
    """For what is mostly waiting: do(*case) for all of them at a time, each with a room of its own."""
    with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
        running = [(case, pool.submit(do, *case)) for case in cases]
    for case, one in running:
        with test.subTest(case=case):
            one.result()


class Printing:
    """A folder, a socket printer, a cupsd in front of it, and any number of clients."""

    def __init__(self, device="dhslip", unix=False, speed=0, preserve_files=False, backends=()):
        self.clients = []
        self.dir = tempfile.mkdtemp(prefix="dhprint.")
        self.printer = Program([sys.executable, os.path.join(SIM, "sim_printer.py"), "--dir", self.dir,
                                "--speed", str(speed)])
        self.port = int(self.printer.line())
        uri = {"dhslip": f"dhslip://127.0.0.1:{self.port}",
               "socket": f"socket://127.0.0.1:{self.port}/?waiteof=false"}.get(device, device)
        try:
            self.cups = Cupsd(uri, unix=unix, preserve_files=preserve_files, backends=backends)
        except BaseException:
            self.printer.kill()
            raise

    def tell_printer(self, line):
        self.printer.tell(line)
        self.printer.expect("ok " + re.escape(line))

    def job_file(self, data):
        fd, path = tempfile.mkstemp(dir=self.dir, prefix="in.")
        with os.fdopen(fd, "wb") as f:
            f.write(data)
        return path

    def client(self, *jobs, uri="cups:slip"):
        files = [self.job_file(job) for job in jobs]
        client = Program([built("print_client"), uri] + files, env=self.cups.env)
        self.clients.append(client)
        return client

    def paper(self, kind="slip"):
        return paper_in(self.dir, kind)

    def stop(self):
        for client in self.clients:
            client.kill()
        self.cups.stop()
        self.printer.kill()
        shutil.rmtree(self.dir, ignore_errors=True)


def paper_in(folder, kind="slip"):
    """What lies in front of the printer, in order."""
    names = sorted(n for n in os.listdir(folder) if re.fullmatch(kind + r"\.\d{4}", n))
    return [open_bytes(os.path.join(folder, n)) for n in names]


def open_bytes(path):
    with open(path, "rb") as f:
        return f.read()


def wait_for(condition, seconds=5):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
