#!/usr/bin/env python3
"""The reference pictures: every screen as it should look, at three sizes, and some in other scripts and in large text.

  reference.py           makes tests/journey/reference/ anew; look at every picture that changed before committing it
  reference.py SIZE…     those of portrait, landscape or small alone
  reference.py --compare SIZE…    compares with them instead; what is seen otherwise lies in build/test-output/reference/
"""
import glob
import os
import sqlite3
import subprocess
import sys
import time

import png
from demo_site import Site
from display import Display
from kiosk import Kiosk
from paper import Slip
from process import TOP, wait_until
from reference_arrivals import Arrivals
from room import Line
from voter import HAND, PEN, Voter

FOLDER = os.path.join(TOP, "tests", "journey", "reference")
SIZES = {"portrait": (1080, 1920), "landscape": (1920, 1080), "small": (800, 480)}
OFFICE_HOURS, EVENING = "2026-11-26 01:41:00", "2026-11-26 12:30:00"   # UTC; a Thursday
NEXT_EVENING = "2026-11-27 12:30:00"                                    # without an activity
STILL_S = 0.15        # a frame's way from being described to being on the display, and a look whether more comes
GREY = b"\xb0"
SHADES = bytes(min(255, (value + 4) // 8 * 8) for value in range(256))   # fewer of them make smaller files
LATE_S = 3.0          # a busy machine shows a frame so long after it was described
SQUARE, WHOLE_SHARE, SQUARE_SHARE = 32, 0.02, 0.08    # how many pixels may differ, in all and in any square
ANSWER = "施工队已经进场，排水沟长320米，月底前修好，再把积水的路面垫高。施工期间小学东门临时开放，请家长留意。"
WRONG_CODE = "H2BMY7T4Y420"


def faked(at):
    """The environment in which the wall clock stands still while monotonic time goes on."""
    found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    if not found:
        raise AssertionError("the package faketime is missing")
    return {"LD_PRELOAD": found[0], "FAKETIME": at, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC"}


class Clock:
    """Everything started within sees the faked time."""

    def __init__(self, at):
        self.env = faked(at)

    def __enter__(self):
        self.before = {key: os.environ.get(key) for key in self.env}
        os.environ.update(self.env)

    def __exit__(self, *_):
        for key, value in self.before.items():
            if value is None:
                del os.environ[key]
            else:
                os.environ[key] = value


def _mean(a, b):
    """Byte by byte, rounded down: (a & b) + (a ^ b) / 2 on all of them at once."""
    size = len(a)
    x, y = int.from_bytes(a, "little"), int.from_bytes(b, "little")
    halves = ((x ^ y) >> 1) & int.from_bytes(b"\x7f" * size, "little")
    return ((x & y) + halves).to_bytes(size, "little")


def halved(picture):
    """Half as wide and high, every pixel the mean of four: what the eye sees is kept, and a quarter of the bytes."""
    width, height, step = picture.width // 2, picture.height // 2, picture.width * 3
    rows = [picture.rgb[row * step:(row + 1) * step] for row in range(height * 2)]
    data = _mean(b"".join(rows[0::2]), b"".join(rows[1::2]))
    rgb = bytearray(width * height * 3)
    for channel in range(3):
        rgb[channel::3] = _mean(data[channel::6], data[channel + 3::6])
    return png.Picture(width, height, rgb)


def difference(seen, want):
    """What differs too much, in words; None if nothing does."""
    if (seen.width, seen.height) != (want.width, want.height):
        return f"{seen.width}x{seen.height} instead of {want.width}x{want.height}"
    counts, step = {}, seen.width * 3
    for y in range(seen.height):
        mine, theirs = seen.rgb[y * step:(y + 1) * step], want.rgb[y * step:(y + 1) * step]
        if mine == theirs:
            continue
        for x in range(0, step, SQUARE * 3):
            a, b = mine[x:x + SQUARE * 3], theirs[x:x + SQUARE * 3]
            if a != b:
                apart = [abs(p - q) > png.CHANNEL_SLACK for p, q in zip(a, b)]
                count = sum(map(max, apart[0::3], apart[1::3], apart[2::3]))
                key = (x // (SQUARE * 3), y // SQUARE)
                counts[key] = counts.get(key, 0) + count
    whole = sum(counts.values()) / (seen.width * seen.height)
    worst = max(counts, key=counts.get, default=None)
    share = counts[worst] / SQUARE ** 2 if worst else 0
    if whole <= WHOLE_SHARE and share <= SQUARE_SHARE:
        return None
    return f"{whole:.2%} of it differ, {share:.0%} of the square at {worst[0] * SQUARE},{worst[1] * SQUARE}"


def masked(picture, rect):
    """The picture with a rectangle (x, y, w, h) painted over: what is random in it says nothing."""
    x, y, w, h = (max(0, int(part)) for part in rect)
    w, h = min(w, picture.width - x), min(h, picture.height - y)
    rgb = bytearray(picture.rgb)
    for row in range(y, y + h):
        at = (row * picture.width + x) * 3
        rgb[at:at + w * 3] = GREY * (w * 3)
    return png.Picture(picture.width, picture.height, rgb)


class Visit:
    """Everything there is to see at one size. `take` gets each picture's name, and a function that looks again."""

    def __init__(self, size, take):
        self.size, self.take = size, take
        self.width, self.height = SIZES[size]
        self.site = self.display = self.kiosk = self.voter = None

    def play(self):
        try:
            self.display = Display(self.width, self.height)
            with Clock(OFFICE_HOURS):
                self.site = Site()
            self.site.set("screen", "calm", "true")
            self.slips = os.path.join(self.site.dir, "slip")
            self.evening()
            self.day()
        finally:
            for part in (self.kiosk, self.display, self.site):
                if part:
                    part.stop()

    def start(self, at):
        with Clock(at):
            self.kiosk = Kiosk(self.display, self.site.data).start("attract")
        self.voter = Voter(self.kiosk)
        self.voter.PATIENCE_S = 0.4    # three visits share the machine

    def restart(self, at, **settings):
        if self.kiosk:
            self.kiosk.stop()
        for key, value in settings.items():
            self.site.set(*key.split("__"), value)
        self.start(at)

    # ---- taking pictures ----

    def shot(self, name, *masks, settle=0.06):
        self.kiosk.settle(settle)
        self.take(f"{self.size}-{name}", lambda: self.looked(*masks))

    def looked(self, *masks):
        picture = self.display.screenshot()
        for mask in masks:
            picture = masked(picture, mask)
        picture = picture if self.size == "small" else halved(picture)
        return png.Picture(picture.width, picture.height, picture.rgb.translate(SHADES))

    def in_other_ways(self, name, *masks):
        """The screen in large text, in traditional characters and in English, then back."""
        k = self.kiosk
        k.tap("bar.large")
        self.shot(name + ".large", *masks)
        k.tap("bar.large")
        for language in ("hant", "en"):
            k.tap("bar.language")
            self.shot(f"{name}.{language}", *masks)
        k.tap("bar.language")
        k.settle()

    # ---- the evening before it is enrolled, and the evening after ----

    def evening(self):
        self.restart(NEXT_EVENING, session__idle_s="20", session__countdown_s="19")
        self.shot("attract")
        self.restart(EVENING)
        k = self.kiosk
        self.shot("attract-arrivals")
        self.voter.begin()
        self.shot("home-not-enrolled", settle=0.3)
        k.tap_to("home.query", "query")
        k.wait(lambda state: state.find("idle.stay"), "the countdown")
        self.shot("countdown", self.number_rect(), settle=0)
        k.stop()
        with Clock(OFFICE_HOURS):
            self.site.enrol()
        self.restart(EVENING, session__idle_s="600", session__countdown_s="15")
        self.voter.begin()
        self.shot("home-nobody-on-duty")
        self.no_paper()

    def no_paper(self):
        k, v = self.kiosk, self.voter
        v.to_writing("thanks", "health")
        k.tap("write.ink") if not self.small else self.way("write.ink")
        _, _, width, height = k.wait_target("ink.page")["rect"]
        tall = 0.25 * width / height
        for character, at in (("修", 0.05), ("路", 0.36), ("口", 0.67)):
            k.draw("ink.page", [[(at + x * 0.25, 0.03 + y * tall) for x, y in stroke] for stroke in HAND[character]], **PEN)
        self.shot("ink")
        v.anonymous()
        self.shot("review-ink")
        v.submit()
        self.shot("done-no-paper", self.slip_rect(), settle=0.3)
        v.leave()

    # ---- a day ----

    @property
    def small(self):
        return self.size == "small"

    def number_rect(self):
        """The line of the countdown's question that has the seconds in it: below its head, above the reason."""
        top = min(t["rect"][1] for t in self.kiosk.current().targets if t["id"] == "idle.stay")
        down = {"portrait": 172, "landscape": 172, "small": 106}[self.size]
        return (0.3 * self.width, top - down, 0.4 * self.width, 0.34 * down)

    def slip_rect(self):
        """Where the slip with its code lies on the success screen."""
        w, h = self.width, self.height
        if self.size == "portrait":
            return (0.22 * w, 0.374 * h, 0.56 * w, 0.45 * h)
        if self.size == "landscape":
            return (0.585 * w, 0.2 * h, 0.32 * w, 0.67 * h)
        return (0.51 * w, 0.16 * h, 0.47 * w, 0.61 * h)

    def way(self, way):
        """On the small screen one key opens the four ways of writing."""
        if self.small:
            self.kiosk.tap("write.ways")
            self.kiosk.wait_target(way)
        self.kiosk.tap(way)

    def day(self):
        # The code for phones is another at every kiosk: without an address there is none.
        reader, scanner = (self.site.add_device(Line(name)) for name in ("sim_cardreader.py", "sim_scanner.py"))
        self.restart(OFFICE_HOURS, printer__device="file:" + self.slips, idcard__device="serial:" + reader.path,
                     scanner__device="serial:" + scanner.path, sync__url="")
        k, v = self.kiosk, self.voter
        v.begin()
        self.shot("home")
        self.in_other_ways("home")
        k.tap_to("bar.help", "help")
        self.shot("help")
        k.tap_to("help.close", "home")
        self.reading()
        Arrivals(self, reader).play()
        code = self.report()
        self.office_works()
        self.asking(code)

    def reading(self):
        k = self.kiosk
        k.tap_to("home.roster", "roster")
        self.shot("roster")
        k.tap("roster.level.3")
        k.tap("roster.letter.C")
        self.shot("roster-filtered")
        k.tap_to("bar.back", "home")
        k.tap_to("home.rules", "rules")
        self.shot("rules")
        k.tap_to("rules.1", "rule")
        self.shot("rule")
        k.tap_to("bar.back", "rules")
        k.tap_to("bar.back", "home")
        k.tap_to("home.how", "privacy")
        self.shot("privacy")
        k.tap_to("bar.back", "home")

    def report(self):
        k, v = self.kiosk, self.voter
        k.tap_to("home.report", "kind")
        self.shot("kind")
        k.tap_to("kind.complaint", "subject")
        self.shot("subject")
        k.tap_to("subject.roads", "deputy")
        self.shot("deputy-villages")
        k.tap("deputy.village.1")
        k.wait_target("deputy.other")
        self.shot("deputy-people")
        k.tap("deputy.duty")
        k.wait_screen("write")
        self.shot("write-empty")
        self.writing()
        k.tap_to("bar.go", "who")
        self.shot("who")
        k.tap_to("who.name", "name")
        v.write("小雨", field="name.name")
        self.shot("name")
        k.tap("name.phone")
        v.type_digits("13800000000", "name.phone")
        self.shot("name-phone")
        k.tap_to("bar.go", "review")
        self.shot("review")
        self.in_other_ways("review")
        self.refused()
        v.submit()
        k.wait_target("bar.go")   # the print has ended
        self.shot("done", self.slip_rect())
        v.leave()
        return Slip(self.slips + ".0001").code

    def writing(self):
        k, v = self.kiosk, self.voter
        self.way("write.pinyin")
        v.type_pinyin("cunkoudelu", "村口的路").type_pinyin("xiayu", "下雨").type_pinyin("jishui", "积水").write("，")
        self.way("write.hand")
        self.strokes("write-hand")
        k.tap("input.more")
        k.tap(k.wait(lambda s: next((t["id"] for t in s.targets if t["label"] == "孩"), None), "the candidate 孩"))
        v.text += "孩"
        k.wait_field("write.text", len(v.text.encode()))
        self.shot("write-predictions")
        self.in_other_ways("write")
        k.tap("input.marks")
        self.shot("write-marks")
        k.tap("input.letters")
        self.way("write.pinyin")
        v.type_pinyin("zi", "子")
        for letter in "shangxue":
            k.tap("input.key." + letter)
        k.wait_target("input.candidate.0")
        self.shot("write-pinyin", settle=0.2)
        v._take("上学")
        v._written("上学", "write.text")
        v.type_pinyin("raoxing", "绕行").write("。")
        if self.small:
            k.tap("write.ways")
            self.shot("write-ways")
            k.tap("write.voice")
        else:
            k.tap("write.voice")
        self.shot("write-voice")
        self.way("write.hand")

    def strokes(self, name):
        """A character just drawn, before it rests long enough to become a guess. What it may be is masked: the order
        of the unlikely ones hangs on where exactly the moves of a stroke were seen."""
        k = self.kiosk
        before = k.field("write.text")
        for _ in range(5):
            k.draw("input.pad", HAND["孩"], square=True, **PEN)
            k.wait_target("input.candidate.0")
            k.settle(0.25)
            picture = self.looked(self.candidates())
            k.settle(0)
            if k.field("write.text") == before:
                self.take(f"{self.size}-{name}", lambda: picture)
                return
            k.tap("input.delete")
            k.wait_field("write.text", before)
        raise AssertionError("five times strokes became a guess before their picture was taken")

    def candidates(self):
        """The rectangle around all of them."""
        rects = [t["rect"] for t in self.kiosk.current().targets if t["id"].startswith("input.candidate.")]
        left, top = min(r[0] for r in rects), min(r[1] for r in rects)
        return (left, top, max(r[0] + r[2] for r in rects) - left, max(r[1] + r[3] for r in rects) - top)

    def refused(self):
        """Another program holds the database for longer than the kiosk waits."""
        held = sqlite3.connect(os.path.join(self.site.data, "kiosk.db"), isolation_level=None)
        held.execute("BEGIN IMMEDIATE")
        self.kiosk.tap_to("bar.go", "refused", timeout=30)
        held.execute("ROLLBACK")
        held.close()
        self.shot("refused")

    def office_works(self):
        site = self.site
        site.wait_synced()
        with Clock(OFFICE_HOURS):
            receipt = "2026-1126-0002"   # 0001 came in the evening
            if receipt not in site.office("cases"):
                raise AssertionError(site.office("cases"))
            for words in (("accept", receipt), ("assign", receipt, "周玉兰"), ("transfer", receipt, "乡交通管理站"),
                          ("answer", receipt, ANSWER, "--by", "乡交通管理站")):
                site.office(*words)

    def asking(self, code):
        k, v = self.kiosk, self.voter
        k.tap_to("home.query", "query")
        self.shot("query-empty")
        self.in_other_ways("query")
        v.type_code(WRONG_CODE)
        self.shot("query-typed")
        k.tap("bar.go")
        k.wait_said("code", "有一个字不对")
        self.shot("query-wrong")
        k.tap_to("bar.back", "home")

        def answered():
            v.look_up(code)
            k.wait_screen("case")
            if k.find("case.satisfied"):
                return True
            v.leave()
            return False
        wait_until(answered, 30, "an answer at the kiosk", interval=0.2)
        self.shot("case-answered")
        self.in_other_ways("case")
        k.tap_to("case.unsatisfied", "rate")
        self.shot("rate")
        k.tap_to("bar.back", "case")
        k.tap_to("case.satisfied", "rate")
        k.tap_to("bar.go", "case")
        k.wait_gone("case.satisfied")
        self.shot("case-rated")
        v.leave()


def make(size):
    os.makedirs(FOLDER, exist_ok=True)
    made = set()

    def take(name, look):
        path = os.path.join(FOLDER, name + ".png")
        time.sleep(STILL_S)
        before, picture = None, look()
        while before is None or picture.rgb != before.rgb:
            time.sleep(STILL_S)
            before, picture = picture, look()
        picture.save(path, 9)
        made.add(path)
    Visit(size, take).play()
    for old in set(glob.glob(os.path.join(FOLDER, size + "-*.png"))) - made:
        os.remove(old)
    return 0


def compare(size):
    folder = os.path.join(os.environ.get("KIOSK_TEST_OUTPUT") or os.path.join(TOP, "build", "test-output"), "reference")
    os.makedirs(folder, exist_ok=True)
    for old in glob.glob(os.path.join(folder, size + "-*.png")):
        os.remove(old)
    missed = {os.path.basename(path)[:-4] for path in glob.glob(os.path.join(FOLDER, size + "-*.png"))}
    wrong = []

    def take(name, look):
        missed.discard(name)
        path = os.path.join(FOLDER, name + ".png")
        want = png.load(path) if os.path.exists(path) else None
        until = time.monotonic() + LATE_S
        while True:
            picture = look()
            problem = difference(picture, want) if want else "there is no such picture"
            if not problem or not want or time.monotonic() > until:
                break
            time.sleep(STILL_S)
        if problem:
            wrong.append(f"{name}: {problem}")
            picture.save(os.path.join(folder, name + ".seen.png"))
            if want and (want.width, want.height) == (picture.width, picture.height):
                picture.differing(want)[1].save(os.path.join(folder, name + ".diff.png"))
    Visit(size, take).play()
    wrong += [f"{name}: was not seen on the way" for name in sorted(missed)]
    if wrong:
        print("\n".join(wrong))
        print(f"  what was seen: {folder}; if that is how it should look: make reference")
    return 1 if wrong else 0


def main():
    do = compare if "--compare" in sys.argv else make
    sizes = [word for word in sys.argv[1:] if word != "--compare"] or list(SIZES)
    if set(sizes) - set(SIZES):
        sys.exit(__doc__)
    if len(sizes) == 1:
        sys.exit(do(sizes[0]))
    # Side by side: most of a visit is waiting.
    mode = ["--compare"] if do == compare else []
    visits = [subprocess.Popen([sys.executable, __file__, *mode, size]) for size in sizes]
    failed = [size for size, visit in zip(sizes, visits) if visit.wait()]
    paths = glob.glob(os.path.join(FOLDER, "*.png"))
    print(f"  {len(paths)} pictures, {sum(map(os.path.getsize, paths)) / 1e6:.1f} MB, in {os.path.relpath(FOLDER, TOP)}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
