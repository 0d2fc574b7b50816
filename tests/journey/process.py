"""Starting, watching and ending the programs under test."""
import ctypes
import os
import signal
import subprocess
import time

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("KIOSK_BUILD") or os.path.join(TOP, "build")


def own_child():
    """For preexec_fn: the child dies with the test that started it, however that one ends."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def wait_until(condition, timeout, what, interval=0.005):
    """Poll until the condition holds, and return what it said; after `timeout` seconds fail with `what`.
    `what` may be a function, asked only on failure."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {what() if callable(what) else what}")
        time.sleep(interval)


class Program:
    """One running program; its output goes to a file that a failing test can quote."""

    def __init__(self, command, log, env=None, stdin=subprocess.DEVNULL):
        self.command, self.log = [str(part) for part in command], str(log)
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(self.command, stdin=stdin, stdout=out, stderr=out, env=env,
                                            preexec_fn=own_child)

    @property
    def pid(self):
        return self.process.pid

    def running(self):
        return self.process.poll() is None

    def output(self):
        with open(self.log, errors="replace") as file:
            return file.read()

    def must_run(self):
        if not self.running():
            raise AssertionError(f"{os.path.basename(self.command[0])} ended with status {self.process.returncode}:\n"
                                 f"{self.output()[-3000:]}")

    def stop(self, timeout=10):
        """End it politely; returns its exit status, or fails if it had to be killed."""
        if self.running():
            self.process.terminate()
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill9()
                raise AssertionError(f"{self.command[0]} did not end within {timeout} s of SIGTERM") from None
        return self.process.returncode

    def kill9(self):
        if self.running():
            self.process.kill()
        self.process.wait()

    def pss_kb(self):
        """Proportional share of memory, in kB."""
        with open(f"/proc/{self.pid}/smaps_rollup") as file:
            for line in file:
                if line.startswith("Pss:"):
                    return int(line.split()[1])
        raise AssertionError("no Pss line: has the program ended?")

    def cpu_ticks(self):
        """User and system time so far, in clock ticks (os.sysconf('SC_CLK_TCK') a second)."""
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def memory_contains(self, needle):
        """Where in the program's memory these bytes lie: a list of (address, mapping), empty when nowhere.
        Read through /proc, so that the program is neither stopped nor traced."""
        if len(needle) < 4:
            raise ValueError("fewer than 4 bytes are found by chance")
        found = []
        with open(f"/proc/{self.pid}/maps") as maps, open(f"/proc/{self.pid}/mem", "rb", 0) as memory:
            for line in maps.read().splitlines():
                span, rights, _, _, _, *name = line.split(None, 5)
                if rights[0] != "r" or (name and name[0] in ("[vvar]", "[vsyscall]")):
                    continue
                start, end = (int(part, 16) for part in span.split("-"))
                found += [(at, name[0] if name else "anonymous") for at in _search(memory, start, end, needle)]
        return found


def _search(memory, start, end, needle, block=4 << 20):
    at, tail = start, b""
    while at < end:
        try:
            memory.seek(at)
            data = memory.read(min(block, end - at))
        except (OSError, ValueError, OverflowError):
            return
        if not data:
            return
        whole, base = tail + data, at - len(tail)
        hit = whole.find(needle)
        while hit >= 0:
            yield base + hit
            hit = whole.find(needle, hit + 1)
        tail = whole[-(len(needle) - 1):]
        at += len(data)


def run(command, timeout=60, check=True, env=None, text_in=None):
    """Run a program to its end; its output as text, or AssertionError with it when it fails."""
    done = subprocess.run([str(part) for part in command], input=text_in, text=True, capture_output=True,
                          timeout=timeout, env=env, stdin=subprocess.DEVNULL if text_in is None else None)
    if check and done.returncode:
        raise AssertionError(f"{' '.join(map(str, command))} ended with status {done.returncode}:\n"
                             f"{done.stdout}{done.stderr}")
    return done
