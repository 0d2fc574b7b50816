"""A whole demo site for one test: the kiosk's data, the township's server, the sync between them, and devices."""
import glob
import json
import os
import re
import shutil
import socket
import tempfile
import time

from process import BUILD, Program, run, wait_until

OLD_S = 3600


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def set_option(path, section, key, value):
    """Set one key of an INI file, leaving the rest (comments too) as it is."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    heads = [number for number, line in enumerate(lines) if line.strip() == f"[{section}]"]
    if not heads:
        lines += [f"[{section}]", f"{key} = {value}"]
    else:
        at = heads[0] + 1
        while at < len(lines) and not lines[at].startswith("[") and not re.match(rf"{key}\s*=", lines[at]):
            at += 1
        if at < len(lines) and not lines[at].startswith("["):
            lines[at] = f"{key} = {value}"
        else:
            lines.insert(heads[0] + 1, f"{key} = {value}")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def init_demo(program, folder):
    """`PROGRAM --data FOLDER init --demo`. Digests of a hundred ID numbers take seconds, so it is done once for each build and day
    and copied from then on: no two sites of one test share anything."""
    path = os.path.join(BUILD, program)
    key = f"{program}-{os.stat(path).st_mtime_ns}-{os.environ.get('FAKETIME') or time.strftime('%Y%m%d', time.gmtime(time.time() + 8 * 3600))}"
    made = os.path.join(BUILD, "demo-sites", re.sub(r"[^0-9A-Za-z-]", "-", key))
    if not os.path.isdir(made):
        os.makedirs(os.path.dirname(made), exist_ok=True)
        for old in glob.glob(os.path.join(BUILD, "demo-sites", f"{program}-[0-9]*")):
            if time.time() - os.stat(old).st_mtime > OLD_S:
                shutil.rmtree(old, ignore_errors=True)
        fresh = tempfile.mkdtemp(prefix="making-", dir=os.path.dirname(made))
        run([path, "--data", os.path.join(fresh, "data"), "init", "--demo"])
        try:
            os.rename(os.path.join(fresh, "data"), made)
        except OSError:
            pass    # another test was faster
        shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(made, folder)


class Site:
    """Everything lies in one temporary folder and ends with stop()."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="kiosk-site-")
        self.data, self.town_data = os.path.join(self.dir, "kiosk"), os.path.join(self.dir, "town")
        self.town = self.sync = None
        self.devices = []
        self.port = free_port()
        try:
            init_demo("kioskctl", self.data)
            init_demo("township", self.town_data)
            self.set("sync", "url", self.url)
            self.set("printer", "device", "")
        except BaseException:
            self.stop()
            raise

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def set(self, section, key, value):
        """Change the kiosk's settings; they are read when it starts."""
        set_option(os.path.join(self.data, "kiosk.conf"), section, key, value)

    # ---- programs ----

    def start_town(self):
        self.town = Program([os.path.join(BUILD, "township"), "--data", self.town_data, "--listen",
                             f"127.0.0.1:{self.port}"], os.path.join(self.dir, "town.log"))
        wait_until(self._town_listens, 20, lambda: "the township's server: " + self.town.output()[-2000:])

    def stop_town(self):
        self.town.stop()

    def start_sync(self):
        self.sync = Program([os.path.join(BUILD, "kiosk-sync"), "--data", self.data],
                            os.path.join(self.dir, "sync.log"))

    def enrol(self):
        """Server and sync up, and the kiosk let in by the office, as on the day it is installed."""
        self.start_town()
        self.start_sync()

        def code():
            self.sync.must_run()
            return self.status()["enrol_code"]
        shown = wait_until(code, 20, lambda: "an enrolment code: " + self.sync.output()[-2000:], interval=0.1)
        self.office("approve", shown)
        wait_until(lambda: self.status().get("enrolled"), 30,
                   lambda: f"enrolment: {self.status()} {self.sync.output()[-2000:]}", interval=0.1)

    def status(self):
        return json.loads(run([os.path.join(BUILD, "kioskctl"), "--data", self.data, "status", "--json"]).stdout)

    def verify(self):
        """kioskctl verify: its output; AssertionError when it finds anything wrong."""
        return run([os.path.join(BUILD, "kioskctl"), "--data", self.data, "verify"]).stdout

    def office(self, *words, text_in=None):
        """What the office's people do, through the server that runs."""
        return run([os.path.join(BUILD, "township"), "--data", self.town_data, "office", "--url", self.url, *words],
                   text_in=text_in).stdout

    def wait_synced(self, timeout=20):
        wait_until(self._nothing_waits, timeout,
                   lambda: f"an empty outbox: {self.status()} {self.sync.output()[-1000:]}", interval=0.1)

    def _nothing_waits(self):
        status = self.status()
        return status["unsent"] == 0 and status["blobs_unsent"] == 0

    def add_device(self, device):
        """Anything with a stop(): ended with the site, last in first out."""
        self.devices.append(device)
        return device

    def stop(self):
        problems = []
        for part in [self.sync, self.town, *reversed(self.devices)]:
            try:
                if part:
                    part.stop()
            except AssertionError as problem:
                problems.append(str(problem))
        self.sync = self.town = None
        self.devices = []
        shutil.rmtree(self.dir, ignore_errors=True)
        if problems:
            raise AssertionError("\n".join(problems))

    def _town_listens(self):
        self.town.must_run()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
