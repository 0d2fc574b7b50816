"""The same home page in Chromium's kiosk mode, on the same screen: the start by the same eye (a pixel that turns red), and memory."""
import os
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

from display import Display
from process import own_child, wait_until
from steady import kiosk_on_display

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "home.html")
RUNS, RATIO_LIMIT = 5, 8
FLAGS = ("--kiosk --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
         "--disable-component-update --disable-sync --window-position=0,0").split()
SETTLED_S = 3


def wait_red(display):
    """Until the middle of the header is red; when that was."""
    def red():
        r, g, b = display.pixel(540, 20)[:3]
        return r > 120 and g < 90 and b < 90
    wait_until(red, 30, "a red header", interval=0.001)
    return time.monotonic()


def wait_black(display):
    wait_until(lambda: max(display.pixel(540, 20)[:3]) < 20, 10, "an empty screen")


def tree_pss_mib(pid):
    """Of the process and all that it started."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    parents[int(entry)] = int(file.read().rpartition(")")[2].split()[1])
            except OSError:
                pass
    ours, count = {pid}, 0
    while len(ours) > count:
        count = len(ours)
        ours |= {child for child, parent in parents.items() if parent in ours}
    total = 0
    for each in ours:
        try:
            with open(f"/proc/{each}/smaps_rollup") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except OSError:
            pass
    return total / 1024, len(ours)


def end(process):
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    except ProcessLookupError:
        process.wait()


def one(display):
    profile = tempfile.mkdtemp(prefix="kiosk-chromium-")
    command = ["/usr/bin/chromium", *FLAGS, f"--window-size={display.width},{display.height}", f"--user-data-dir={profile}",
               "file://" + PAGE]
    began = time.monotonic()
    with open(os.path.join(profile, "log"), "wb") as log:
        process = subprocess.Popen(command, env=display.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True, preexec_fn=own_child)
    try:
        ms = (wait_red(display) - began) * 1000
        time.sleep(SETTLED_S)
        return ms, *tree_pss_mib(process.pid)
    finally:
        end(process)
        shutil.rmtree(profile, ignore_errors=True)


def one_of_ours(kiosk):
    """The kiosk's first screen is the attract screen: as red in that place, and as much to lay out and draw."""
    began = time.monotonic()
    kiosk.start()
    ms = (wait_red(kiosk.display) - began) * 1000
    kiosk.tap_to("attract.begin", "home")
    time.sleep(SETTLED_S)
    mib = kiosk.pss_kb() / 1024
    kiosk.stop()
    return ms, mib


def beside(table):
    ours, theirs = [], []
    with kiosk_on_display() as kiosk:
        for _ in range(RUNS):
            wait_black(kiosk.display)
            ours.append(one_of_ours(kiosk))
            wait_black(kiosk.display)
            theirs.append(one(kiosk.display))
    start, mib, processes = ([row[i] for row in theirs] for i in range(3))
    our_start, our_mib = ([row[i] for row in ours] for i in range(2))
    table.add("kiosk: start to the red header on the screen", our_start, "ms")
    table.add("Chromium: start to the red header on the screen", start, "ms")
    table.add("start, Chromium to kiosk", [statistics.median(start) / statistics.median(our_start)], "times", RATIO_LIMIT, at_least=True)
    table.add("kiosk: memory (PSS), home", our_mib, "MiB")
    table.add(f"Chromium: memory (PSS) of {max(processes)} processes, home", mib, "MiB")
    table.add("memory, Chromium to kiosk", [statistics.median(mib) / statistics.median(our_mib)], "times", RATIO_LIMIT, at_least=True)
