"""The table of sign-in cases that the boxes are held to, against the township's server.

The server's clock is libfaketime's and stands still at each case's moment, so that boundaries are met to the
millisecond. Cases of a clock that is not trusted are the boxes' alone: the server trusts its own.
"""
import datetime
import glob
import os
import time

import world

CASES = os.path.join(world.TOP, "tests", "data", "attendance_cases.txt")
DAY = datetime.datetime(2026, 3, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
PASSWORD = "correct horse 马"
TITLES = {"sign_in": (200, "签到成功"), "already": (200, "您已经签到了"), "sign_out": (200, "签退成功"), "already_out": (200, "您已经签退了"),
          "not_yet": (409, "还没有开始签到"), "over": (409, "活动已经结束"), "cancelled": (409, "活动已经取消")}
SHOWN = {"early": "早到", "on_time": "准时", "late": "迟到"}


def moment(text):
    """H:MM or H:MM:SS.mmm on the day of the cases, in milliseconds since 1970."""
    hours, minutes, seconds = (text.split(":") + ["0"])[:3]
    return int(DAY.timestamp()) * 1000 + (int(hours) * 60 + int(minutes)) * 60000 + round(float(seconds) * 1000)


def read_cases():
    with open(CASES, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            words = line.replace("|", " ").split()
            if not words or words[0].startswith("#"):
                continue
            start, end, opens, grace, out, off, now, clock, came, left, timing, presented, _leave = words
            yield {"line": number, "start": moment(start), "end": moment(end), "opens": int(opens), "grace": int(grace),
                   "out": out == "yes", "off": off == "yes", "now": moment(now), "clock": clock, "in": came != "no",
                   "in_ms": moment(came) if ":" in came else None,
                   "left": left == "yes", "timing": timing, "presented": presented}


class AttendanceCases(world.WorldTest):
    def setUp(self):
        super().setUp()
        found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
        self.assertTrue(found, "the package faketime is missing")
        self.clock, self.session_ms = os.path.join(self.folder, "clock"), 0
        self.town = world.Township(self.folder)
        self.set_clock(moment("0:00"))
        fake = {"LD_PRELOAD": found[0], "FAKETIME_TIMESTAMP_FILE": self.clock, "FAKETIME_NO_CACHE": "1", "FAKETIME_FMT": "%s",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
        kept = dict(os.environ)
        os.environ.update(fake)
        try:
            self.town.start()
        finally:
            os.environ.clear()
            os.environ.update(kept)
        self.addCleanup(lambda: self.town.process.poll() is None and self.town.stop(9))
        self.kiosk = world.PaperKiosk(self.town).enrol()
        self.ma = self.town.deputy("马建国")
        self.town.add_user("马建国", "deputy", PASSWORD, deputy=self.ma)

    def set_clock(self, now_ms):
        with open(self.clock + ".new", "w") as file:
            file.write(f"{now_ms // 1000}.{now_ms % 1000:03d}\n")
        os.replace(self.clock + ".new", self.clock)
        self.now = now_ms
        if abs(now_ms - self.session_ms) > 4 * 3600000:     # the office's page would ask it to log in again
            self.town.session, self.session_ms = None, now_ms

    def path(self, activity):
        return self.kiosk.phone_path(activity, slots=self.now // 30000 - int(time.time()) // 30)

    def present(self, activity):
        return self.town.post_form(self.path(activity), {"name": "马建国", "password": PASSWORD})

    def prepare(self, case):
        self.set_clock(min(case["now"], case["start"]) - 600000)
        reply = self.town.office("POST", "/activities", {
            "title": f"第{case['line']}行", "starts": case["start"], "ends": case["end"], "opens_min": case["opens"],
            "grace_min": case["grace"], "signs_out": case["out"], "invited": ["马建国"]})
        self.assertEqual(reply.status, 200, reply.body)
        activity = reply.json["id"]
        if case["in"]:
            self.set_clock(case["in_ms"] or self.now)
            self.kiosk.send(self.kiosk.signed_in(activity, self.ma, at=self.now))
        if case["left"]:
            self.kiosk.send(self.kiosk.event("attendance.signed_out", {"activity": activity, "deputy": self.ma, "by": "card"}, at=self.now))
        if case["off"]:
            self.assertEqual(self.town.office("POST", f"/activities/{activity}/cancel").status, 200)
        return activity

    def try_case(self, case):
        activity = self.prepare(case)
        before = self.town.people(activity)[self.ma]["attendance"]
        self.assertEqual((before is not None, bool(before and before["out_at"])), (case["in"], case["left"]))
        self.set_clock(case["now"])
        reply = self.present(activity)
        text = reply.body.decode()
        what = case["presented"]
        if what in ("already", "already_out"):
            # The page does not ask who is there while nobody at all can sign in or out; a box sees who it is first.
            what = ("cancelled" if case["off"] else "not_yet" if case["now"] < case["start"] - case["opens"] * 60000 else
                    "over" if case["now"] >= case["end"] + 3600000 else what)
        status, title = TITLES[what]
        self.assertEqual(reply.status, status, text)
        self.assertIn(title, text)
        after = self.town.people(activity)[self.ma]["attendance"]
        if case["presented"] == "sign_in":
            self.assertEqual((after["timing"], after["at"], after["by"]), (case["timing"], case["now"], "phone"))
            self.assertIn(SHOWN[case["timing"]], text)
        elif case["presented"] == "sign_out":
            self.assertEqual({**after, "out_at": None}, before)
            self.assertEqual(after["out_at"], case["now"])
        else:
            self.assertEqual(after, before)

    def try_until_the_clock_holds(self, case):
        """libfaketime's threads share a buffer: on a busy machine a call now and then sees the machine's own time. Each try is
        an activity of its own; a rule that is wrong is wrong in every one."""
        for last in (False, False, True):
            try:
                return self.try_case(case)
            except (AssertionError, KeyError):
                if last:
                    raise
                self.town.session = None

    def test_every_case(self):
        cases = [case for case in read_cases() if case["clock"] == "ok"]
        self.assertGreater(len(cases), 40)
        for case in sorted(cases, key=lambda case: case["now"]):    # the fewer times the office logs in
            with self.subTest(line=case["line"]):
                self.try_until_the_clock_holds(case)
        self.settled(self.town)
