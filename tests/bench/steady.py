"""How the kiosk starts, and what it costs when nobody touches it."""
import contextlib
import json
import os
import time

from demo_site import Site
from display import Display
from kiosk import Kiosk
from process import wait_until

STARTS, START_LIMIT_MS = 30, 100
IDLE_S, CPU_LIMIT_PERCENT, HOME_LIMIT_MIB = 60, 0.1, 35


@contextlib.contextmanager
def kiosk_on_display(settings=(), size=(1080, 1920)):
    site = Site()
    display = None
    try:
        for setting in settings:
            site.set(*setting)
        display = Display(*size)
        kiosk = Kiosk(display, site.data)
        try:
            yield kiosk
        finally:
            kiosk.stop()
    finally:
        if display:
            display.stop()
        site.stop()


def lines(kiosk):
    with open(kiosk.described, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.endswith("\n")]


def start(table):
    """From before the fork to the moment at which the first frame, complete, is on the screen."""
    times = []
    with kiosk_on_display() as kiosk:
        for _ in range(STARTS):
            began = time.monotonic_ns() / 1000
            kiosk.start()
            times.append((lines(kiosk)[0]["shown_us"] - began) / 1000)
            kiosk.stop()
    table.add("process start to first complete frame", times, "ms", START_LIMIT_MS)


def idle(table):
    """Every frame has a number: those between two touches were drawn for nobody. What follows a touch anyhow, its lift, is known from
    two touches at once; the clock in the header turns with the minute, and that frame is due."""
    with kiosk_on_display([("session", "idle_s", 300)]) as kiosk:
        kiosk.start("attract")
        kiosk.tap_to("attract.begin", "home")
        time.sleep(2)
        touched = [touch_away(kiosk), touch_away(kiosk)]
        pss = kiosk.pss_kb() / 1024
        ticks, began = kiosk.cpu_ticks(), time.monotonic()
        time.sleep(IDLE_S)
        used = (kiosk.cpu_ticks() - ticks) / os.sysconf("SC_CLK_TCK")
        seconds = time.monotonic() - began
        touched.append(touch_away(kiosk))
    after_touch = between(touched[0], touched[1])
    table.add(f"idle home, {IDLE_S} s: frames drawn besides the clock's", [between(touched[1], touched[2]) - after_touch], "", 0)
    table.add(f"idle home, {IDLE_S} s: share of a core", [100 * used / seconds], "%", CPU_LIMIT_PERCENT)
    table.add("memory (PSS) on the home screen", [pss], "MiB", HOME_LIMIT_MIB)


def between(one, next_one):
    """Frames after the touch and before the next, without those of the clock."""
    to_wall = time.time() - time.monotonic()
    minutes = [int((line["shown_us"] / 1e6 + to_wall) // 60) for line in (one[1], next_one[0])]
    return next_one[0]["frame"] - one[1]["frame"] - 1 - (minutes[1] - minutes[0])


def touch_away(kiosk):
    """Touches a card and slips off it, which changes the picture and does nothing; the first and the last described frame of it."""
    before = len(lines(kiosk))
    x, y, w, h = kiosk.find("home.report")["rect"]
    touch = kiosk.display.touch
    touch.down(x + w / 2, y + h / 2)
    time.sleep(0.1)
    touch.move(x + w / 2, 60)
    touch.up()
    wait_until(lambda: len(lines(kiosk)) > before + 1, 5, "the frames that answer the touch")
    time.sleep(1)
    told = [line for line in lines(kiosk)[before:] if line["latency_us"]]
    return told[0], told[-1]
