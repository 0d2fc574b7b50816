"""Deputies sign in at the real kiosk: by ID card and by QR card, early and late, twice, on the wrong day, with the wrong card."""
import array
import http.client
import os
import shutil
import subprocess
import tempfile
import time
import urllib.parse

import png
from deputies import Office, id_number, names_of_one, now_ms
from process import BUILD, run, wait_until
from room import Room

NOT_IN_ROSTER, PERMIT, FOREIGNER, CODE_DAMAGED, CODE_OTHER, CODE_FORGED, CODE_REVOKED = 0, 1, 2, 5, 6, 8, 11
SECOND = 1.0
BLUE = (40, 80, 200)
REST_S = 1.0      # a card that was taken away is a new card after this long


class Arrivals(Room):
    """Activities are planned by the office and reach the kiosk through the sync; each test has its own."""

    READER = SCANNER = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office = Office(cls.site)

    def setUp(self):
        super().setUp()
        self.no_activities()

    def no_activities(self):
        for activity in self.office.activities():
            if not activity["cancelled"] and activity["ends"] > now_ms() - 2 * 3600_000:
                self.office.cancel(activity["id"])
        wait_until(lambda: not self.site.status()["activities_today"], 20, "no activity today", interval=0.1)

    def plan(self, title, invited, **more):
        """An activity that the kiosk knows of."""
        key = self.office.plan(title, invited, **more)
        wait_until(lambda: any(a["id"] == key for a in self.site.status()["activities_today"]) or more.get("starts_in_min", 0) > 600,
                   20, f"the activity {title} at the kiosk", interval=0.1)
        return key

    def home(self):
        """A quiet screen, from which a card signs in."""
        self.voter.begin() if self.kiosk.screen() == "attract" else None
        if self.kiosk.screen() != "home":
            self.kiosk.wait_screen("home", 20)

    def hold(self, name, number=None, kind="card"):
        """Lays an ID card on the reader and takes it away when it was read; what the kiosk said of it."""
        self.reader.tell(f"{kind} {name} {number or id_number(name)}")
        said = self.said()
        self.reader.tell("remove")
        time.sleep(REST_S)
        return said

    def scan(self, code):
        self.scanner.tell("scan " + code)
        return self.said()

    def seek(self, key):
        """Scrolls the list down until the target has come into sight."""
        for _ in range(20):
            self.kiosk.settle()
            if self.kiosk.find(key):
                return
            w, h = self.display.width, self.display.height
            self.display.swipe((w * 0.5, h * 0.75), (w * 0.5, h * 0.45))
        raise AssertionError(f"{key} is nowhere in the list: {self.kiosk.current()}")

    def said(self):
        """What came of what was held up: the first frame of an outcome."""
        return self.kiosk.wait(lambda state: state.screen in ("signed", "choose", "self") and state.said["signing"]["outcome"]
                               and state.said["signing"], "an outcome of signing in")

    def done(self):
        self.kiosk.tap_to("signed.back", "home")

    def at_office(self, key, name):
        return wait_until(lambda: self.office.came(key, name), 20, f"{name} at the office", interval=0.1)


class ByCard(Arrivals):
    def test_the_card_signs_in_from_the_home_screen(self):
        key = self.plan("法律法规学习", [("马建国", "3排6号"), "周玉兰", "沈怀远"])
        self.home()
        begun = time.monotonic()
        self.reader.tell("card 马建国 " + id_number("马建国"))
        said = self.said()
        self.assertLess(time.monotonic() - begun, SECOND)
        self.reader.tell("remove")
        self.assertEqual((said["outcome"], said["what"], said["timing"], said["listed"], said["name"], said["present"]),
                         ("done", "signed_in", "on_time", True, "马建国", 1))
        self.kiosk.wait_screen("home", 12)          # by itself
        time.sleep(REST_S)
        said = self.hold("马建国")
        self.assertEqual((said["what"], said["present"]), ("already", 1))
        row = self.at_office(key, "马建国")
        self.assertEqual((row["by"], row["timing"]), ("card", "on_time"))
        self.done()
        self.site.verify()

    def test_the_portrait_is_shown(self):
        self.plan("有照片的会", ["康守义"])
        with tempfile.TemporaryDirectory() as folder:
            png.Picture(160, 200, bytes(BLUE) * 160 * 200).save(os.path.join(folder, "康守义.png"))
            run([os.path.join(BUILD, "kioskctl"), "--data", self.site.data, "import", "portraits", folder])
        self.home()
        said = self.hold("康守义")
        self.assertEqual((said["what"], said["photo"]), ("signed_in", True))
        self.kiosk.settle()
        seen = self.display.pixel(281, 1002)         # the middle of the portrait, see shared/look/5-signin.png
        self.assertTrue(all(abs(a - b) < 12 for a, b in zip(seen, BLUE)), seen)
        self.done()

    def test_early_late_and_not_on_the_list(self):
        self.home()
        for title, starts, who, name, timing, listed in (("早到的会", 100, "周玉兰", "周玉兰", "early", True),
                                                         ("迟到的会", -30, "周玉兰", "周玉兰", "late", True),
                                                         ("别人的会", 10, "周玉兰", "沈怀远", "on_time", False)):
            with self.subTest(title):
                key = self.plan(title, [who], starts_in_min=starts)
                said = self.hold(name)
                self.assertEqual((said["what"], said["timing"], said["listed"]), ("signed_in", timing, listed))
                row = self.at_office(key, name)
                self.assertEqual(row["timing"], timing)
                self.done()
                self.no_activities()

    def test_several_at_once_one_touch_chooses(self):
        first = self.plan("上半场", ["马建国"])
        second = self.plan("下半场", ["马建国"], starts_in_min=40)
        self.home()
        self.assertEqual(self.hold("马建国")["outcome"], "choose")
        self.kiosk.tap("choose." + second)
        self.kiosk.wait_screen("signed")
        self.at_office(second, "马建国")
        self.assertIsNone(self.office.came(first, "马建国"))
        self.done()

    def test_only_those_one_is_invited_to_are_asked_about(self):
        mine = self.plan("我的会", ["马建国"])
        self.plan("别人的会", ["周玉兰"])
        self.home()
        self.assertEqual(self.hold("马建国")["what"], "signed_in")
        self.at_office(mine, "马建国")
        self.done()

    def test_nothing_today_shows_what_is_next_and_takes_leave(self):
        key = self.plan("下周的会", ["马建国"], starts_in_min=7 * 24 * 60)
        self.home()
        self.kiosk.tap_to("home.activities", "activities")
        self.kiosk.wait_target("activities." + key, 20)
        self.assertEqual(self.hold("马建国")["outcome"], "self")
        self.seek("self.leave." + key)
        self.kiosk.tap_to("self.leave." + key, "leave")
        self.assertFalse(self.kiosk.find("bar.go")["enabled"])
        self.kiosk.tap("leave.away")
        self.kiosk.tap("bar.go")
        self.kiosk.wait_screen("self")
        self.kiosk.wait_gone("self.leave." + key)
        wait_until(lambda: (self.office.leave_of(key, "马建国") or {}).get("state") == "asked", 20, "the leave at the office",
                   interval=0.1)
        self.office.decide_leave(key, "马建国", "granted")
        self.kiosk.tap_to("bar.back", "home")
        self.site.wait_synced()

    def test_who_asked_for_leave_and_came_is_signed_in_as_that(self):
        key = self.plan("请了假又来了", ["马建国"], starts_in_min=25)
        self.home()
        self.kiosk.tap_to("home.activities", "activities")
        self.kiosk.tap_to("bar.go", "identify")
        self.assertEqual(self.hold("马建国")["outcome"], "self")   # asked who one is: nothing is signed in to
        self.assertIsNone(self.office.came(key, "马建国"))
        self.seek("self.leave." + key)
        self.kiosk.tap_to("self.leave." + key, "leave")
        self.kiosk.tap("leave.work")
        self.kiosk.tap("bar.go")
        self.kiosk.wait_screen("self")
        self.kiosk.tap_to("bar.back", "home")
        said = self.hold("马建国")
        self.assertEqual((said["what"], said["on_leave"]), ("signed_in", True))
        self.assertTrue(self.at_office(key, "马建国")["on_leave"])
        self.done()

    def test_signing_out_of_a_training(self):
        key = self.plan("长培训", ["马建国"], starts_in_min=-60, minutes=70, signs_out=True)
        self.home()
        self.assertEqual(self.hold("马建国")["what"], "signed_in")
        self.done()
        self.assertEqual(self.hold("马建国")["what"], "already")      # ten minutes before the end, but they have just come
        self.kiosk.tap("signed.out")
        self.kiosk.wait(lambda state: state.said["signing"]["what"] == "signed_out", "signed out")
        self.done()
        self.assertEqual(self.hold("马建国")["what"], "already_out")
        wait_until(lambda: self.office.came(key, "马建国")["out_at"], 20, "the sign-out at the office", interval=0.1)
        self.done()

    def test_signing_out_early_is_a_touch_of_its_own(self):
        self.plan("一天的培训", ["马建国"], minutes=480, signs_out=True)
        self.home()
        self.assertEqual(self.hold("马建国")["what"], "signed_in")
        self.done()
        self.assertEqual(self.hold("马建国")["what"], "already")
        self.kiosk.tap("signed.out")
        self.kiosk.wait(lambda state: state.said["signing"]["what"] == "signed_out", "signed out")
        self.done()

    def test_with_the_network_down_it_is_the_same(self):
        key = self.plan("断网的会", ["马建国", "周玉兰"])
        self.site.stop_town()
        try:
            self.home()
            self.assertEqual(self.hold("周玉兰")["what"], "signed_in")
            self.done()
        finally:
            self.site.start_town()
        self.office.token = None
        self.at_office(key, "周玉兰")

    def test_killed_right_after_the_name_showed_it_is_recorded(self):
        self.plan("断电的会", ["马建国"])
        self.home()
        self.reader.tell("card 马建国 " + id_number("马建国"))
        self.assertEqual(self.said()["what"], "signed_in")
        self.kiosk.kill9()
        self.reader.tell("remove")
        self.kiosk.start("attract")
        self.home()
        self.assertEqual(self.hold("马建国")["what"], "already")
        self.site.verify()
        self.done()


class ByPhone(Arrivals):
    """The code on the room's screen leads to the township's page, and what is done there comes back to the screen."""

    PASSWORD = "ma-jianguo-8"

    def code(self):
        """The address in the code that the screen shows, as a phone reads it."""
        with tempfile.TemporaryDirectory() as folder:
            picture = os.path.join(folder, "screen.png")
            self.display.screenshot(picture)
            return run(["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture]).stdout.strip()

    def page(self, address, form=None):
        url = urllib.parse.urlsplit(address)
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
        body = urllib.parse.urlencode(form) if form else None
        try:
            connection.request("POST" if form else "GET", url.path, body,
                               {"Content-Type": "application/x-www-form-urlencoded"} if form else {})
            reply = connection.getresponse()
            return reply.status, reply.read().decode()
        finally:
            connection.close()

    def test_a_phone_signs_in_and_the_screen_shows_it_within_two_seconds(self):
        subprocess.run([os.path.join(BUILD, "township"), "--data", self.site.town_data, "user", "add", "majianguo", "--role",
                        "deputy", "--deputy", "马建国"], input=self.PASSWORD.encode(), check=True, capture_output=True)
        key = self.plan("手机签到的会", ["马建国", "周玉兰"])
        self.home()
        self.kiosk.tap_to("home.activities", "activities")
        self.kiosk.wait_target("activities." + key)
        self.kiosk.tap_to("activities." + key, "room")
        self.kiosk.settle()
        address = wait_until(self.code, 5, "a code on the screen")
        self.assertTrue(address.startswith(self.site.url + "/s/"), address)
        status, text = self.page(address)
        self.assertEqual((status, "手机签到的会" in text), (200, True), text)
        status, text = self.page(address, {"name": "majianguo", "password": "wrong"})
        self.assertNotEqual(status, 200)
        self.assertEqual(self.kiosk.current().said["signing"]["room_present"], 0)
        status, text = self.page(address, {"name": "majianguo", "password": self.PASSWORD})
        self.assertEqual((status, "签到成功" in text), (200, True), text)
        self.kiosk.wait(lambda state: state.said["signing"]["room_present"] == 1, "the phone's sign-in on the screen", 2)
        self.kiosk.tap_to("bar.back", "activities")
        self.assertEqual(self.hold("马建国")["what"], "already")
        self.done()

    def test_the_code_changes_every_half_minute(self):
        key = self.plan("换码的会", ["马建国"])
        self.home()
        self.kiosk.tap_to("home.activities", "activities")
        self.kiosk.wait_target("activities." + key)
        self.kiosk.tap_to("activities." + key, "room")
        self.kiosk.settle()
        first = wait_until(self.code, 5, "a code on the screen")
        wait_until(lambda: self.code() not in ("", first), 33, "another code", interval=1)
        self.kiosk.tap_to("bar.back", "activities")
        self.kiosk.tap_to("bar.back", "home")


class Queue(Arrivals):
    """One scanner, and everybody at the door at once."""

    PEOPLE = 20
    EACH_S = 1.8      # a hundred in three minutes

    def test_none_is_lost_and_none_twice(self):
        names = names_of_one()[:self.PEOPLE]
        key = self.plan("全体会议", names)
        codes = {name: self.office.card(name) for name in names}
        self.home()
        begun = time.monotonic()
        for number, name in enumerate(names):
            self.scanner.tell("scan " + codes[name])
            self.kiosk.wait(lambda state: state.said["signing"]["name"] == name, f"{name} on the screen", 1)
            time.sleep(max(0, begun + (number + 1) * self.EACH_S - time.monotonic()))
        self.site.wait_synced()
        opened = self.office.activity(key)
        self.assertEqual(opened["present"], len(names))
        self.assertEqual({row["attendance"]["times"] for row in opened["people"]}, {1})
        self.done()


class Heard(Arrivals):
    """Success and trouble sound different, for whoever does not look at the screen."""

    FOLDER = tempfile.mkdtemp(prefix="kiosk-chime-")
    KIOSK_ENV = {"SDL_AUDIODRIVER": "disk", "SDL_DISKAUDIOFILE": os.path.join(FOLDER, "loudspeaker")}

    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(shutil.rmtree, cls.FOLDER, True)
        super().setUpClass()

    def heard(self, before):
        """The loudest tone of what has sounded since, in zero crossings a second."""
        path = self.KIOSK_ENV["SDL_DISKAUDIOFILE"]
        wait_until(lambda: os.path.exists(path) and os.path.getsize(path) > before + 30000, 10, "a sound")
        with open(path, "rb") as file:
            file.seek(before)
            samples = array.array("h", file.read(30000))
        loud = [s for s in samples if abs(s) > 200]
        return sum((a < 0) != (b < 0) for a, b in zip(loud, loud[1:])) / max(1, len(loud))

    def size(self):
        path = self.KIOSK_ENV["SDL_DISKAUDIOFILE"]
        return os.path.getsize(path) // 2 * 2 if os.path.exists(path) else 0

    def test_done_is_higher_than_take_care(self):
        self.plan("有声音的会", ["马建国"])
        self.home()
        before = self.size()
        self.assertEqual(self.hold("马建国")["what"], "signed_in")
        good = self.heard(before)
        self.done()
        before = self.size()
        self.assertEqual(self.hold("王二", "110101199003078515")["outcome"], "problem")
        care = self.heard(before)
        self.done()
        self.assertGreater(good, 1.5 * care)
        self.assertGreater(care, 0)


class SilentReader(Arrivals):
    def test_it_is_named_and_the_code_is_offered(self):
        self.plan("读卡器坏了的会", ["马建国"])
        code = self.office.card("马建国")
        self.reader.tell("fault silence")
        self.home()
        self.kiosk.tap_to("home.activities", "activities")
        self.kiosk.wait(lambda state: state.said["reader"] is False, "the reader told as gone", 20)
        self.assertEqual(self.scan(code)["what"], "signed_in")
        self.done()
        self.reader.tell("fault none")
        self.kiosk.wait(lambda state: state.said["reader"] is True, "the reader back", 20)


class WrongCards(Arrivals):
    def problem(self, said):
        self.assertEqual(said["outcome"], "problem", said)
        self.assertEqual(said["name"], "")          # nobody is named, nobody is accused
        self.kiosk.tap_to("signed.back", "home")
        return said["problem"]

    def test_cards_that_are_no_deputys(self):
        key = self.plan("签到的会", ["马建国"])
        self.home()
        self.assertEqual(self.problem(self.hold("王二", "110101199003078515")), NOT_IN_ROSTER)
        self.assertEqual(self.problem(self.hold("陈先生", "810000199408230021", kind="permit")), PERMIT)
        self.assertEqual(self.problem(self.hold("SMITH", "USA123456789012", kind="foreigner")), FOREIGNER)
        self.assertEqual(self.office.activity(key)["present"], 0)

    def test_a_card_that_cannot_be_read_is_told(self):
        self.home()
        self.reader.tell("card 张三 110101199003070037")   # a wrong check digit
        self.kiosk.wait_said("toast", "没有读出来")
        self.assertEqual(self.kiosk.screen(), "home")
        self.reader.tell("remove")

    def test_a_qr_card_good_and_bad(self):
        key = self.plan("扫码的会", ["马建国", "周玉兰"])
        code = self.office.card("马建国")
        self.home()
        said = self.scan(code)
        self.assertEqual((said["what"], said["name"]), ("signed_in", "马建国"))
        self.done()
        self.assertEqual(self.at_office(key, "马建国")["by"], "qr")
        spoilt = code[:60] + ("A" if code[60] != "A" else "B") + code[61:]
        self.assertEqual(self.problem(self.scan(spoilt)), CODE_FORGED)
        self.assertEqual(self.problem(self.scan(code[:-9])), CODE_DAMAGED)
        other = code[:7] + ("A" if code[7] != "A" else "B") + code[8:]
        self.assertIn(self.problem(self.scan(other)), (CODE_OTHER, CODE_FORGED))

    def test_a_card_reported_lost_is_refused_and_flagged(self):
        self.plan("丢了证的会", ["周玉兰"])
        code = self.office.card("周玉兰")
        self.office.card_lost("周玉兰")
        self.site.wait_synced()
        self.home()
        def refused():
            said = self.scan(code)
            if said["outcome"] == "problem":
                return said
            self.done()
            time.sleep(2.2)                          # the same code within two seconds is one scan
            return None
        self.assertEqual(self.problem(wait_until(refused, 30, "the card's loss reaching the kiosk")), CODE_REVOKED)
        wait_until(lambda: any(f["what"] == "card_lost" for f in self.office.flags()), 20, "the flag at the office", interval=0.1)
        new = self.office.card("周玉兰")
        self.assertIn(self.scan(new)["what"], ("signed_in", "already"))
        self.done()

    def test_a_visitors_words_are_left_alone(self):
        self.plan("有人在写", ["马建国"])
        self.home()
        self.voter.to_writing()
        self.reader.tell("card 马建国 " + id_number("马建国"))
        self.kiosk.wait_said("toast", "现在不用刷身份证")
        self.assertEqual(self.kiosk.screen(), "write")
        self.reader.tell("remove")
        self.kiosk.stop()
        self.kiosk.start("attract")
