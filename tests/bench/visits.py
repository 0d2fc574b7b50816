"""Whole visits: what memory they leave behind, and how soon the slip is out."""
import os
import statistics
import sys
import time

from demo_site import Site
from display import Display
from kiosk import Kiosk
from paper import SlipPrinter
from voter import Voter

JOURNEYS = int(os.environ.get("BENCH_JOURNEYS", "30"))
JOURNEY_LIMIT_MIB, GROWTH_LIMIT_MIB, PRINT_LIMIT_MS = 90, 1, 700
SETTLED_AFTER = 5    # visits until every cache has been filled once


def visit(kiosk, voter):
    """One visit with both input methods, to the slip and back; the touch on the last key, in ns."""
    voter.begin().to_writing()
    voter.write("水")
    kiosk.tap("write.pinyin")
    voter.type_pinyin("nihao", "你好")
    voter.anonymous()
    target = kiosk.wait_target("bar.go")
    kiosk.settle()
    touched = time.monotonic_ns()
    kiosk.display.tap(*kiosk._middle(target["rect"]))
    kiosk.wait_screen("done", 20)
    return touched


def printed_at(printer):
    """When the printer had the last byte of the next slip, in ns."""
    while True:
        words = printer.printer.stdout.readline().split()
        if not words:
            raise AssertionError("the printer ended")
        if words[0] == "slip":
            return int(words[3])


def private_kb(pid):
    """What belongs to the process alone: its share of the libraries changes with what else runs on the machine."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith(("Private_Dirty:", "Private_Clean:")))


def visits(table):
    site, display, kiosk = Site(), None, None
    took, sizes, own = [], [], []
    try:
        printer = site.add_device(SlipPrinter())
        site.set("printer", "device", "cups:slip")
        site.enrol()
        display = Display(1080, 1920)
        kiosk = Kiosk(display, site.data, env=printer.env)
        kiosk.start("attract")
        voter = Voter(kiosk)
        for _ in range(max(JOURNEYS, 30)):
            touched = visit(kiosk, voter)
            took.append((printed_at(printer) - touched) / 1e6)
            kiosk.wait_said("paper", "打好了", 20)
            voter.leave()
            kiosk.settle(0.3)
            sizes.append(kiosk.pss_kb() / 1024)
            own.append(private_kb(kiosk.pid) / 1024)
        pieces = sum(1 for line in site.office("cases").splitlines() if line.strip())
        assert pieces >= len(took), f"{len(took)} visits, but the office has {pieces} lines"
    finally:
        if kiosk:
            kiosk.stop()
        if display:
            display.stop()
        site.stop()
    print("its own memory after each visit, MiB:", *(f"{size:.1f}" for size in own), file=sys.stderr)
    table.add("touch on 提交 to the printer's last byte", took, "ms", PRINT_LIMIT_MS)
    table.add("memory (PSS) after visits with both input methods", sizes, "MiB", JOURNEY_LIMIT_MIB)
    early, late = own[SETTLED_AFTER:SETTLED_AFTER + 5], own[-5:]
    table.add(f"growth of its own memory from visit {SETTLED_AFTER} to {len(own)}", [statistics.median(late) - statistics.median(early)], "MiB",
              GROWTH_LIMIT_MIB)
