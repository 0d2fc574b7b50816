#!/usr/bin/env python3
"""bench_sync: 10,000 queued events acknowledged over loopback, 2,000 long polls held, and how soon a change arrives.

Real kiosk-sync, real township, real stores. Prints a line each: name, median, 99th percentile (or the one figure), limit. Exits 1
where a limit is missed. `bench_sync.py [RUNS]`, 3 by default."""
import os
import resource
import shutil
import socket
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
import world  # noqa: E402

EVENTS, EVENTS_LIMIT_S, POLLS, POLLS_LIMIT_MIB, HEARD_LIMIT_MS = 10000, 10, 2000, 200, 100
missed = []


def line(name, values, unit, limit):
    values = sorted(values)
    median, last = values[len(values) // 2], values[min(len(values) - 1, int(len(values) * 0.99))]
    print(f"{name:44} {median:9.2f} {last:9.2f} {unit:4} limit {limit}", flush=True)
    if last > limit:
        missed.append(name)


def queue_up(folder, run):
    """How long kiosk-sync takes from its start until the township has acknowledged everything."""
    folder = os.path.join(folder, f"run{run}")
    os.mkdir(folder)
    town = world.Township(folder).start()
    kiosk = world.Kiosk(folder, town.url).enrol(town)
    kiosk.submit(EVENTS, "--fast")
    began = time.monotonic()
    assert kiosk.once(timeout=300) == 0, kiosk.last_once.stderr
    seconds = time.monotonic() - began
    counts = kiosk.counts()
    assert (counts["unsent"], counts["parked"], counts["events"]) == (0, 0, EVENTS), counts
    town.stop()
    assert town.verify().returncode == 0
    return seconds


def memory_mib(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return next(int(row.split()[1]) for row in file if row.startswith("Pss:")) / 1024


def polls(folder):
    """Memory of the server while it holds the polls, and how soon after a change each of them has its answer."""
    town = world.Township(folder).start()
    kiosk = world.PaperKiosk(town).enrol()
    head = (f"GET /v1/kiosks/{kiosk.id}/changes?after=0&wait=60 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {kiosk.token}\r\n"
            "\r\n").encode()
    lines = []
    for _ in range(POLLS):
        s = socket.create_connection(("127.0.0.1", town.port), 20)
        s.sendall(head)
        lines.append(s)
    time.sleep(2)
    mib = memory_mib(town.process.pid)
    heard, sent = [], []

    def change():
        time.sleep(0.2)
        sent.append(time.monotonic())
        assert kiosk.send(kiosk.report()).status == 200
    thread = threading.Thread(target=change)
    thread.start()
    lines[0].settimeout(30)
    assert b" 200 " in lines[0].recv(65536)
    heard.append((time.monotonic() - sent[0]) * 1000)
    for s in lines[1:]:
        s.settimeout(30)
        assert b" 200 " in s.recv(65536)
        s.close()
    everyone = (time.monotonic() - sent[0]) * 1000
    thread.join()
    town.stop()
    return mib, heard, everyone


def latency(folder, runs):
    """From the office's step to the kiosk's store, through a running kiosk-sync."""
    town = world.Township(folder).start()
    kiosk = world.PaperKiosk(town).enrol()
    cursor, found = kiosk.changes()["next"], []
    kiosk.send(kiosk.report())
    case_id = kiosk.last["case_id"]
    cursor = kiosk.changes()["next"]
    town.step(case_id, "accept")
    cursor = kiosk.changes(cursor)["next"]
    for i in range(runs):
        got = []
        thread = threading.Thread(target=lambda: got.append((kiosk.changes(cursor, wait=20), time.monotonic())))
        thread.start()
        time.sleep(0.05)
        began = time.monotonic()
        town.step(case_id, "talk", text=f"第{i}次")
        thread.join()
        cursor = got[0][0]["next"]
        found.append((got[0][1] - began) * 1000)
    town.stop()
    return found


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    folder = tempfile.mkdtemp(prefix="dhk-bench-", dir="/var/tmp")
    try:
        line(f"{EVENTS} queued events acknowledged", [queue_up(folder, i) for i in range(runs)], "s", EVENTS_LIMIT_S)
        for name in ("polls", "latency"):
            os.mkdir(os.path.join(folder, name))
        mib, _, everyone = polls(os.path.join(folder, "polls"))
        line(f"server's memory with {POLLS} long polls", [mib], "MiB", POLLS_LIMIT_MIB)
        line(f"a change heard by all {POLLS}", [everyone], "ms", 5000)
        line("a step of the office heard by a waiting kiosk", latency(os.path.join(folder, "latency"), 100), "ms", HEARD_LIMIT_MS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for name in missed:
        print(f"missed: {name}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
