#!/usr/bin/env python3
"""What the kiosk costs, beside what it may cost: one table, and the exit status 1 where a limit is missed.

  bench.py [PART]...      parts: start touch idle visits input store slip sync township signing chromium; all of them by default

On a private Xorg of 1080x1920 with the software renderer, with touch through its input driver, a real cupsd, township and
kiosk-sync. BENCH_JOURNEYS visits are made for the memory's growth (30 by default, 1000 for the long run). The machine should be quiet:
the load before and after stands under the table. Where it cannot be, BENCH_ALONE=1 (as root) runs everything measured, Chromium too,
before other people's programs (SCHED_RR), as if their processors were free.
"""
import os
import re
import subprocess
import sys
import traceback

from table import TOP, Table

import chromium
import screens
import signing
import steady
import township_load
import visits
from process import BUILD

FIGURES = re.compile(r"^(.*?)\s+([\d.]+) ms\s+([\d.]+) ms$")
SUBMIT_LIMIT_MS, OPEN_LIMIT_MS, DIGEST_LIMIT_MS = 50, 10, 40


def tool(command, timeout=900):
    done = subprocess.run(command, cwd=TOP, text=True, capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL)
    sys.stderr.write(done.stderr)
    return done


def figures(table, done, limits):
    """The lines "name, median ms, p99 ms" of another bench, those that `limits` names (a part of the name → limit)."""
    found = set()
    for line in done.stdout.splitlines():
        match = FIGURES.match(line)
        part = next((p for p in limits if match and p in match[1]), None)
        if part:
            found.add(part)
            table.add_figures(match[1], float(match[2]), float(match[3]), "ms", limits[part])
    for part in sorted(set(limits) - found):
        table.failed(part, f"not measured; status {done.returncode}")


def input_methods(table):
    figures(table, tool([os.path.join(BUILD, "bench_ime")]),
            {"handwriting candidates": 50, "pinyin candidates": 20, "may come next": 20})


def store(table):
    figures(table, tool([os.path.join(BUILD, "bench_store")]),
            {"submit to durable, text, ink": SUBMIT_LIMIT_MS, "submit to durable, text alone": SUBMIT_LIMIT_MS,
             "store opened": OPEN_LIMIT_MS})


def slip(table):
    done = tool([os.path.join(BUILD, "bench_slip"), "--count", "1000"])
    counts = re.findall(r"^(\d+) dots: (\d+) of (\d+) read$", done.stdout, re.M)
    if len(counts) != 2:
        table.failed("slips read by zbar", f"status {done.returncode}: {done.stderr}")
    for dots, read, count in counts:
        table.add(f"slips of {dots} dots read by zbar, of {count}", [int(read)], "", int(count), at_least=True)
    figures(table, done, {"drawn, as bytes": None})


def sync(table):
    done = tool([sys.executable, os.path.join(TOP, "tests", "bench", "bench_sync.py"), "1"])
    rows = re.findall(r"^(.*?)\s+([\d.]+)\s+([\d.]+) (\S+)\s+limit ([\d.]+)$", done.stdout, re.M)
    if len(rows) != 4:
        table.failed("sync over loopback", f"status {done.returncode}: {done.stdout}")
    for name, median, last, unit, limit in rows:
        table.add_figures(name, float(median), float(last), unit, float(limit))


def sign_in(table):
    figures(table, tool([os.path.join(BUILD, "bench_sign")]),
            {"Argon2id digest": DIGEST_LIMIT_MS, "list of 100": None, "list of 10,000": None})
    signing.queue(table)
    signing.ten_thousand(table)


PARTS = {"start": steady.start, "touch": screens.touch, "idle": steady.idle, "visits": visits.visits, "input": input_methods,
         "store": store, "slip": slip, "sync": sync, "township": township_load.township, "signing": sign_in, "chromium": chromium.beside}


def load():
    return " ".join(f"{n:.2f}" for n in os.getloadavg())


def main():
    wanted = sys.argv[1:] or list(PARTS)
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        sys.exit(f"bench.py: no part {unknown[0]}; there are {' '.join(PARTS)}")
    alone = os.environ.get("BENCH_ALONE") == "1"
    if alone:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    table, before = Table(), load()
    for part in wanted:
        print(f"# {part}", file=sys.stderr, flush=True)
        try:
            PARTS[part](table)
        except Exception as problem:  # the other parts are still worth having
            traceback.print_exc()
            table.failed(part, str(problem))
    print()
    table.show()
    print(f"load before {before}, after {load()}; {os.cpu_count()} cores{', others had to wait' if alone else ''}")
    missed = table.missed()
    print("every limit kept" if not missed else "MISSED: " + "; ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
