"""What the township's server bears: a thousand kiosks' reports, two thousand long polls, and a hundred thousand cases that are
listed and searched. Pages are timed from the request's first byte to the answer's last, at the browser's end."""
import http.client
import os
import re
import resource
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.parse

from table import TOP
import world

KIOSKS, EVENTS, LINES, RATE_LIMIT = 1000, 100, 16, 3000
POLLS, POLLS_LIMIT_MIB = 2000, 200
LIST_LIMIT_MS, SEARCH_LIMIT_MS, FRONT_LIMIT_KIB, RUNS = 50, 200, 100, 20
TEXTS = os.path.join(TOP, "db", "demo", "cases.txt")
TOOL = os.path.join(world.BUILD, "bench_township")
DAY_MS = 86400000

# Each filter of the list alone, and the two orders.
FILTERS = {
    "all of them": "", "one state": "state=transferred", "one village": "village=石湾村", "no village known": "village=不明",
    "one subject": "subject=roads", "one kind": "kind=opinion", "red ones": "light=red", "amber ones": "light=amber",
    "green ones": "light=green", "answered ones": "light=none", "one month": "month={month}", "one deputy": "deputy={deputy}",
    "by deadline": "order=due", "red ones by deadline": "light=red&order=due",
}
# In many, in some, in one, in none; two words.
WORDS = ["村里", "路灯", "水渠", "编号77", "无人机", "孩子 学校"]


class Site:
    """A township of the demo with so many kiosks, each with so many reports."""

    def __init__(self, kiosks, events):
        self.folder = tempfile.mkdtemp(prefix="dhk-bench-", dir="/var/tmp")
        self.kiosks, self.events = kiosks, events
        try:
            self.town = world.Township(self.folder, demo=True)
            subprocess.run([TOOL, "enrol", self.town.folder, str(kiosks)], check=True)
            self.town.start()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def stop(self):
        self.town.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def fill(self):
        """(events a second, ms a batch as median and 99th percentile)"""
        done = subprocess.run([TOOL, "send", self.town.folder, str(self.town.port), str(self.kiosks), str(self.events), TEXTS, str(LINES)],
                              capture_output=True, text=True, timeout=900)
        rate = re.search(r"rate ([\d.]+)", done.stdout)
        batch = re.search(r"a batch handed in\s+([\d.]+) ms\s+([\d.]+) ms", done.stdout)
        if done.returncode or not rate or not batch:
            raise AssertionError(f"{done.returncode}: {done.stdout} {done.stderr}")
        return float(rate[1]), float(batch[1]), float(batch[2])

    def age(self):
        """Makes of the reports of one moment those of two years, most of them done with, as a township has them."""
        self.town.stop()
        db = sqlite3.connect(self.town.folder + "/township.db")
        deputies = [row[0] for row in db.execute("SELECT id FROM deputies ORDER BY id")]
        db.create_function("nth_deputy", 1, lambda n: deputies[n % len(deputies)])
        db.executescript(f"""
            UPDATE cases SET received_ms = received_ms - (rowid * 7 % 730) * {DAY_MS};
            UPDATE cases SET state = CASE WHEN rowid * 7 % 730 > 110 OR rowid % 3 = 0 THEN iif(rowid % 9 = 0, 'answered', 'closed')
                ELSE substr('registeredaccepted  assigned  transferredredo      ', 1 + 10 * (rowid % 4), 10) END,
                transfer_due = date(received_ms / 1000 + 15 * 86400, 'unixepoch'),
                answer_due = date(received_ms / 1000 + 91 * 86400, 'unixepoch');
            UPDATE cases SET state = CASE WHEN state = 'transferre' THEN 'transferred' ELSE trim(state) END;
            UPDATE cases SET assigned = nth_deputy(rowid) WHERE state NOT IN ('registered', 'accepted');
            UPDATE cases SET office = '交通运输局' WHERE state = 'transferred';
        """)
        db.close()
        self.deputy = deputies[len(deputies) // 2]
        self.town.start()

    def sign_in(self):
        """A browser's cookie, on a connection that stays."""
        browser = world.Browser(self.town)
        return Clerk(self.town.port, browser.cookie)

    def wait_searchable(self, clerk, seconds=120):
        """How long until the server has opened all texts again, s."""
        began = time.monotonic()
        while "还在准备" in clerk.get("/cases?q=" + urllib.parse.quote("路灯"))[1]:
            if time.monotonic() - began > seconds:
                raise AssertionError("the texts are not searchable")
            time.sleep(0.1)
        return time.monotonic() - began


class Clerk:
    def __init__(self, port, cookie):
        self.line, self.headers = http.client.HTTPConnection("127.0.0.1", port, timeout=60), {"Cookie": "dh_session=" + cookie}

    def get(self, path):
        """(ms, page)"""
        began = time.monotonic()
        self.line.request("GET", path, headers=self.headers)
        reply = self.line.getresponse()
        body = reply.read()
        ms = (time.monotonic() - began) * 1000
        assert reply.status == 200, (path, reply.status, body[:300])
        return ms, body.decode()


def count_of(page):
    """What the list says of its length: 10001 for more than ten thousand."""
    if "没有符合的" in page:
        return 0
    return 10001 if "一共超过" in page else int(re.search(r"一共 (\d+) 件", page)[1])


def lists(table, site, clerk, runs=RUNS, filters=None):
    counts = {}
    for name, query in (filters or FILTERS).items():
        query = query.format(month=time.strftime("%Y-%m", time.localtime(time.time() - 200 * 86400)), deputy=site.deputy)
        path = "/cases?" + urllib.parse.quote(query, safe="=&-")
        clerk.get(path)
        times = [clerk.get(path) for _ in range(runs)]
        counts[name] = count_of(times[0][1])
        table.add(f"list of {site.kiosks * site.events:,}: {name}", [ms for ms, _ in times], "ms", LIST_LIMIT_MS)
    return counts


def searches(table, site, clerk, runs=RUNS, words=None):
    counts, times = {}, []
    for word in words or WORDS:
        path = "/cases?q=" + urllib.parse.quote(word)
        clerk.get(path)
        for _ in range(runs):
            ms, page = clerk.get(path)
            times.append(ms)
        counts[word] = count_of(page)
    table.add(f"words searched in {site.kiosks * site.events:,} texts, page and audit link", times, "ms", SEARCH_LIMIT_MS)
    return counts


def front(table, clerk, runs=RUNS):
    times = [clerk.get("/") for _ in range(runs)]
    table.add("front page, its size", [len(times[0][1].encode()) / 1024], "KiB", FRONT_LIMIT_KIB)
    table.add("front page", [ms for ms, _ in times], "ms", LIST_LIMIT_MS)


def memory_mib(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return next(int(row.split()[1]) for row in file if row.startswith("Pss:")) / 1024


def polls(table, site, count=POLLS):
    """The whole server's memory while it holds them, with all texts in it; and that each hears of a change."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, count + 500)), hard))
    kiosk = world.PaperKiosk(site.town).enrol()
    db = sqlite3.connect(site.town.folder + "/township.db")
    cursor = db.execute("SELECT max(cursor) FROM changes").fetchone()[0]
    db.close()
    head = (f"GET /v1/kiosks/{kiosk.id}/changes?after={cursor}&wait=60 HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {kiosk.token}\r\n\r\n").encode()
    lines = []
    for _ in range(count):
        s = socket.create_connection(("127.0.0.1", site.town.port), 20)
        s.sendall(head)
        lines.append(s)
    time.sleep(1)
    table.add(f"memory with {count:,} long polls and {site.kiosks * site.events:,} texts", [memory_mib(site.town.process.pid)], "MiB",
              POLLS_LIMIT_MIB)
    began = time.monotonic()
    assert kiosk.send(kiosk.report()).status == 200
    for s in lines:
        s.settimeout(30)
        assert b" 200 " in s.recv(65536)
        s.close()
    table.add(f"  a change heard by all {count:,}", [(time.monotonic() - began) * 1000], "ms")


def township(table, kiosks=KIOSKS, events=EVENTS):
    site = Site(kiosks, events)
    try:
        rate, median, last = site.fill()
        table.add(f"{kiosks:,} kiosks' reports taken, batches of {events}", [rate], "/s", RATE_LIMIT, at_least=True)
        table.add_figures("  a batch handed in, 16 at a time", median, last, "ms")
        site.age()
        clerk = site.sign_in()
        table.add("texts opened again after a start", [site.wait_searchable(clerk)], "s")
        lists(table, site, clerk)
        searches(table, site, clerk)
        front(table, clerk)
        polls(table, site)
        assert site.town.stop() == 0 and site.town.verify().returncode == 0
    finally:
        site.stop()
