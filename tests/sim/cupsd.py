#!/usr/bin/env python3
"""A private cupsd on a root of its own, with one raw queue.

  cupsd.py --device URI [--queue slip] [--socket]      prints the CUPS_SERVER to use, runs until stdin closes
module:  with Cupsd("dhslip://127.0.0.1:9100") as cups: env = cups.env
"""
import argparse
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("KIOSK_BUILD", os.path.join(TOP, "build"))
SYSTEM_BIN = "/usr/lib/cups"

CUPSD_CONF = """\
LogLevel debug
MaxLogSize 0
Listen {listen}
Browsing No
WebInterface No
DefaultAuthType None
IdleExitTimeout 0
JobKillDelay 3
JobRetryInterval 1
PreserveJobFiles {preserve}
PreserveJobHistory Yes
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit Cancel-Job>
    Require user @OWNER @SYSTEM
    Order deny,allow
  </Limit>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""

FILES_CONF = """\
ServerRoot {root}/etc
RequestRoot {root}/spool
TempDir {root}/spool/tmp
CacheDir {root}/cache
StateDir {root}/run
ServerBin {root}/bin
DataDir /usr/share/cups
DocumentRoot {root}/www
AccessLog {root}/access_log
ErrorLog {root}/error_log
PageLog {root}/page_log
SystemGroup root
FileDevice No
{user}"""

PRINTERS_CONF = """\
<Printer {queue}>
PrinterId 1
Info slip
DeviceURI {device}
State Idle
StateTime 1
ConfigTime 1
Accepting Yes
Shared No
JobSheets none none
QuotaPeriod 0
PageLimit 0
KLimit 0
OpPolicy default
ErrorPolicy retry-current-job
</Printer>
"""


class Cupsd:
    """Starts at construction; stop() ends it and removes its root. `server` is what CUPS_SERVER must say."""

    def __init__(self, device, queue="slip", unix=False, preserve_files=False, backends=()):
        self.process = None
        self.queue, self.device, self.unix = queue, device, unix
        self.preserve_files = preserve_files
        self.root = tempfile.mkdtemp(prefix="dhcups.", dir="/tmp")
        try:
            self._lay_out(backends)
            self.start()
        except BaseException:
            self.stop()
            raise

    def _lay_out(self, backends):
        os.chmod(self.root, 0o755)
        for folder in ("etc", "spool", "spool/tmp", "cache", "run", "www", "bin/backend"):
            os.makedirs(os.path.join(self.root, folder))
        for path in glob.glob(SYSTEM_BIN + "/*"):
            if os.path.basename(path) != "backend":
                os.symlink(path, os.path.join(self.root, "bin", os.path.basename(path)))
        for path in glob.glob(SYSTEM_BIN + "/backend-available/*") + glob.glob(SYSTEM_BIN + "/backend/*"):
            to = os.path.join(self.root, "bin/backend", os.path.basename(path))
            if not os.path.lexists(to):
                os.symlink(path, to)
        ours = os.path.join(self.root, "bin/backend/dhslip")
        shutil.copy(os.path.join(BUILD, "cups-backend-dhslip"), ours)
        os.chmod(ours, 0o755)  # as a world-executable backend it runs as lp, not as root
        for path in backends:
            to = os.path.join(self.root, "bin/backend", os.path.basename(path))
            shutil.copy(path, to)
            os.chmod(to, 0o755)
        user = ""
        if os.getuid() == 0:
            user = "User lp\nGroup lp\n"
            lp = pwd.getpwnam("lp")
            for folder in ("spool", "spool/tmp", "cache", "run"):
                os.chown(os.path.join(self.root, folder), 0, lp.pw_gid)
                os.chmod(os.path.join(self.root, folder), 0o770)
        self._write("etc/cups-files.conf", FILES_CONF.format(root=self.root, user=user))
        self._write("etc/printers.conf", PRINTERS_CONF.format(queue=self.queue, device=self.device))

    def _write(self, name, text):
        with open(os.path.join(self.root, name), "w") as f:
            f.write(text)

    def start(self):
        """Also after kill(): on the same root, the same port."""
        if self.unix:
            self.server = listen = os.path.join(self.root, "cups.sock")
        else:
            if not getattr(self, "port", 0):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", 0))
                    self.port = probe.getsockname()[1]
            self.server = listen = f"127.0.0.1:{self.port}"
        self.env = dict(os.environ, CUPS_SERVER=self.server)
        self._write("etc/cupsd.conf", CUPSD_CONF.format(listen=listen,
                                                        preserve="86400" if self.preserve_files else "No"))
        self.output = open(os.path.join(self.root, "output"), "ab")
        self.process = subprocess.Popen(
            ["cupsd", "-f", "-c", self.root + "/etc/cupsd.conf", "-s", self.root + "/etc/cups-files.conf"],
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output,
            env=dict(os.environ, PATH="/usr/sbin:/usr/bin:/sbin:/bin"))
        self._wait()

    def _wait(self):
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            with socket.socket(socket.AF_UNIX if self.unix else socket.AF_INET) as probe:
                try:
                    probe.connect(self.server if self.unix else ("127.0.0.1", self.port))
                    return
                except OSError:
                    time.sleep(0.02)
        raise RuntimeError("cupsd did not start: " + self.log()[-2000:])

    def log(self):
        text = ""
        for name in ("output", "error_log"):
            try:
                with open(os.path.join(self.root, name), errors="replace") as f:
                    text += f.read()
            except FileNotFoundError:
                pass
        return text

    def spool_holds(self, data):
        """Names of the files under the root (logs and history included) that hold `data`."""
        found = []
        for folder, _, names in os.walk(self.root):
            for name in names:
                path = os.path.join(folder, name)
                if not os.path.islink(path) and os.path.isfile(path):
                    with open(path, "rb") as f:
                        if data in f.read():
                            found.append(path)
        return found

    def spooled(self):
        """The document files in the spool."""
        return [os.path.basename(p) for p in glob.glob(self.root + "/spool/d*")]

    def kill(self):
        self._end(signal.SIGKILL)

    def _end(self, number):
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process:
            self.output.close()
        self.process = None

    def stop(self):
        self._end(signal.SIGTERM)
        shutil.rmtree(self.root, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", required=True)
    parser.add_argument("--queue", default="slip")
    parser.add_argument("--socket", action="store_true")
    args = parser.parse_args()
    with Cupsd(args.device, args.queue, args.socket) as cups:
        print(cups.server, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
