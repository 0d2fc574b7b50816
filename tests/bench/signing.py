"""How soon a deputy who holds up a card sees the own name: ID cards at the pace of a real line, QR cards, a whole queue, and the same
with a roster of ten thousand. A name is on the screen when the first frame that has it was shown."""
import os
import random
import re
import time

from demo_site import Site
from deputies import Office, now_ms
from display import Display
from kiosk import Kiosk
from people import write_roster
from process import BUILD, run, wait_until
from room import Line
from screens import LIMIT_MS, Recorder, attribute
from steady import lines
from voter import Voter

CARD_LIMIT_MS, OURS_LIMIT_MS, CODE_LIMIT_MS = 700, 60, 100
BAUD = 115200
PEOPLE, QUEUE_S = 100, 180       # a hundred deputies in three minutes
MANY, MANY_CARDS, MANY_STARTS, MANY_SEARCHES = 10_000, 30, 10, 60
ASIDE_S = 0.9                    # a card that was taken away this long is a new one
ACTIVITIES = "名称,类别,日期,开始,结束,地点,参加人员,签退\n{title},学习培训,今天,00:00,23:59,会场,全体,否\n"


class Reader(Line):
    """Remembers when the last byte of each card had gone."""

    def __init__(self):
        super().__init__("sim_cardreader.py")
        self.sent_us = []

    def tell(self, line):
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        for said in self.child.stdout:
            sent = re.match(r"sent read ([\d.]+)", said)
            if sent:
                self.sent_us.append(float(sent[1]) * 1000)
            elif said.startswith("ok"):
                return
        raise AssertionError(f"the reader ended at {line!r}")


class Door:
    """A site whose roster has `count` more people (the first `with_id` of them with ID numbers), and what stands at its door."""

    def __init__(self, count, with_id):
        self.display = self.kiosk = None
        self.site = Site()
        try:
            roster = os.path.join(self.site.dir, "roster.csv")
            self.people = write_roster(roster, count, with_id)
            self.town("import", "roster", roster)
            self.reader, self.scanner = (self.site.add_device(line) for line in (Reader(), Line("sim_scanner.py")))
            self.reader.tell(f"pace {BAUD}")
            self.site.set("idcard", "device", "serial:" + self.reader.path)
            self.site.set("scanner", "device", "serial:" + self.scanner.path)
            self.site.enrol()
            self.office = Office(self.site)
            self.display = Display(1080, 1920)
            self.kiosk = Kiosk(self.display, self.site.data)
            self.voter = Voter(self.kiosk)
        except BaseException:
            self.stop()
            raise

    def stop(self):
        for part in (self.kiosk, self.display, self.site):
            if part:
                part.stop()

    def town(self, *words):
        run([os.path.join(BUILD, "township"), "--data", self.site.town_data, *words], timeout=300)

    def only(self, title, plan):
        """Makes it the one activity of the day, and waits until the kiosk knows; its id."""
        for activity in self.office.activities():
            if not activity["cancelled"] and activity["ends"] > now_ms():
                self.office.cancel(activity["id"])
        plan()
        key = next(a["id"] for a in self.office.activities() if a["title"] == title and not a["cancelled"])
        wait_until(lambda: [a["id"] for a in self.site.status()["activities_today"] if a["ends_ms"] > now_ms()] == [key], 60, f"{title} alone at the kiosk",
                   interval=0.2)
        return key

    def for_all(self, title):
        def plan():
            table = os.path.join(self.site.dir, "activities.csv")
            with open(table, "w", encoding="utf-8") as file:
                file.write(ACTIVITIES.format(title=title))
            self.town("import", "activities", table)
        return self.only(title, plan)

    def for_people(self, title, people):
        return self.only(title, lambda: self.office.plan(title, [(p.name, f"{n // 10 + 1}排{n % 10 + 1}号") for n, p in enumerate(people)]))

    def home(self):
        if self.kiosk.screen() == "attract":
            self.voter.begin()
        self.kiosk.wait_screen("home", 20)

    def named(self, person):
        said = self.kiosk.wait(lambda state: state.said["signing"]["name"] == person.name and state.said["signing"],
                               f"{person.name} on the screen", 10)
        if (said["outcome"], said["what"]) != ("done", "signed_in"):
            raise AssertionError(f"{person.name}: {said}")

    def shown_us(self, held):
        """When each of those held up, as (name, since µs), was on the screen first."""
        told = [(line["said"]["signing"]["name"], line["shown_us"]) for line in lines(self.kiosk)]
        return [next(shown for name, shown in told if name == person.name and shown > since) for person, since in held]

    def hold_cards(self, people):
        """(card laid on to name shown, last byte to name shown), ms."""
        held, moments = [], random.Random(1)
        self.reader.tell("remove")
        self.reader.sent_us.clear()
        for person in people:
            time.sleep(moments.uniform(ASIDE_S, ASIDE_S + 0.1))     # at any moment of the reader's looking
            held.append((person, now_us()))
            self.reader.tell(f"card {person.name} {person.id_number}")
            self.named(person)
            self.reader.tell("remove")
        shown, sent = self.shown_us(held), self.reader.sent_us
        ours = [(at - max(us for us in sent if us < at)) / 1000 for at in shown]
        return [(at - since) / 1000 for at, (_, since) in zip(shown, held)], ours

    def scan_codes(self, people, each_s):
        """Terminator to name shown, ms, one deputy every `each_s`; and how long all of them took, s. A code of a hundred characters is
        written at once, as over USB: its terminator goes when it begins."""
        codes, held = [self.office.card(person.name) for person in people], []
        begun = time.monotonic()
        for number, (person, code) in enumerate(zip(people, codes)):
            time.sleep(max(0.0, begun + number * each_s - time.monotonic()))
            held.append((person, now_us()))
            self.scanner.tell("scan " + code)
            self.named(person)
        took_s = time.monotonic() - begun
        return [(at - since) / 1000 for at, (_, since) in zip(self.shown_us(held), held)], took_s

    def counted(self, key):
        """At the township: how many came, and how many of them more than once."""
        self.site.wait_synced(60)
        rows = [row["attendance"] for row in self.office.activity(key)["people"] if row["attendance"]]
        return len(rows), sum(row["times"] != 1 for row in rows)


def now_us():
    return time.monotonic_ns() / 1000


def queue(table, people=PEOPLE, queue_s=QUEUE_S):
    """Cards, codes, and nobody lost."""
    door = Door(people, people)
    try:
        key = door.for_people("刷身份证的会", door.people)
        door.kiosk.start("attract")
        door.home()
        all_ms, ours_ms = door.hold_cards(door.people)
        table.add(f"ID card laid on to name on the screen, {BAUD:,} baud", all_ms, "ms", CARD_LIMIT_MS)
        table.add("  of which ours: reader's last byte to name", ours_ms, "ms", OURS_LIMIT_MS)
        counts(table, f"{people} ID cards", people, door.counted(key))
        key = door.for_people("扫代表证的会", door.people)
        code_ms, took_s = door.scan_codes(door.people, queue_s / people)
        table.add("QR code's terminator to name on the screen", code_ms, "ms", CODE_LIMIT_MS)
        table.add(f"{people} deputies at one scanner, time taken", [took_s], "s", queue_s)
        counts(table, f"{people} QR cards in {queue_s:g} s", people, door.counted(key))
        door.site.verify()
    finally:
        door.stop()


def counts(table, what, people, counted):
    came, repeated = counted
    table.add(f"{what}: deputies at the township", [came], "", people, at_least=True)
    table.add(f"{what}: of them recorded more than once", [repeated], "", 0)


def search(door, people):
    """Touches on letters, and the deputies found by them: downs, moves and lifts as (screen, ms)."""
    door.home()
    door.kiosk.tap_to("home.roster", "roster")
    door.kiosk.settle(0.3)
    recorder, before, panel = Recorder(door.display.touch), len(lines(door.kiosk)), door.display
    keys = {target["id"]: door.kiosk._middle(target["rect"]) for target in door.kiosk.current().targets}
    for person in people:
        for letter in person.initials:
            panel.tap(*keys["roster.letter." + letter], hold=0.05)
            time.sleep(0.1)
        for _ in person.initials:
            panel.tap(*keys["roster.delete"], hold=0.05)
            time.sleep(0.1)
    return attribute(recorder, lines(door.kiosk)[before:])


def ten_thousand(table):
    door = Door(MANY, 2 * MANY_CARDS)
    try:
        title = "一万人的会"
        key, starts = door.for_all(title), []
        for _ in range(MANY_STARTS):
            began = now_us()
            door.kiosk.start()
            starts.append((lines(door.kiosk)[0]["shown_us"] - began) / 1000)
            door.kiosk.stop()
        door.kiosk.start("attract")
        door.home()
        time.sleep(1)
        pss = door.kiosk.pss_kb() / 1024
        people = random.Random(2).sample(door.people, MANY_SEARCHES)
        downs, moves, lifts = search(door, people)
        table.add("roster of 10,000: touch on a letter to frame shown", [ms for _, ms in downs], "ms", LIMIT_MS)
        table.add("  let go to the frame with those found", [ms for _, ms in lifts], "ms", LIMIT_MS)
        table.add("  process start to first complete frame", starts, "ms")
        table.add("  memory (PSS) on the home screen", [pss], "MiB")
        door.kiosk.tap_to("bar.back", "home")
        all_ms, ours_ms = door.hold_cards(door.people[:MANY_CARDS])
        table.add("  ID card laid on to name, all of them invited", all_ms, "ms", CARD_LIMIT_MS)
        table.add("  of which ours", ours_ms, "ms", OURS_LIMIT_MS)
        code_ms, _ = door.scan_codes(door.people[MANY_CARDS:2 * MANY_CARDS], 1)
        table.add("  QR code's terminator to name", code_ms, "ms", CODE_LIMIT_MS)
        counts(table, "  sign-ins", 2 * MANY_CARDS, door.counted(key))
    finally:
        door.stop()
