"""The page that a box's code leads a deputy's phone to: who may sign in, what is turned away and what is said then."""
import html.parser
import sqlite3
import threading
import time
import unittest

import sodium
import world

PASSWORD = "correct horse 马"


class Page(html.parser.HTMLParser):
    """What of a page can be seen, and what it could load or run."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self.links, self._in = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._in.append(tag)
        self.links += [v for k, v in attrs if k in ("src", "href", "action", "srcset") or k.startswith("on")]

    def handle_endtag(self, tag):
        while self._in and self._in.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" not in self._in and data.strip():
            self.text.append(data)


class Phone(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.kiosk = world.PaperKiosk(self.town).enrol()
        self.ma = self.town.deputy("马建国")
        self.town.add_user("马建国", "deputy", PASSWORD, deputy=self.ma)
        self.activity = self.town.activity({"deputy": "马建国", "seat": "3排6号"})

    def sign_in(self, path=None, name="马建国", password=PASSWORD):
        return self.town.post_form(path or self.kiosk.phone_path(self.activity), {"name": name, "password": password})

    def came(self, deputy=None):
        person = self.town.people(self.activity).get(deputy or self.ma)
        return person and person["attendance"]

    def says(self, reply, status, *words):
        text = " ".join(Page(reply.body.decode()).text)
        self.assertEqual(reply.status, status, text)
        for word in words:
            self.assertIn(word, text)

    def test_the_page_asks_and_stands_alone(self):
        reply = self.town.request("GET", self.kiosk.phone_path(self.activity))
        self.says(reply, 200, "法律法规学习", "二楼会议室", "账号", "密码")
        policy = reply.headers["Content-Security-Policy"]
        self.assertTrue(policy.startswith("default-src 'none'; style-src 'sha256-"), policy)
        self.assertNotIn("script", policy)
        self.assertEqual((reply.headers["Referrer-Policy"], reply.headers["Cache-Control"], reply.headers["X-Content-Type-Options"]),
                         ("no-referrer", "no-store", "nosniff"))
        self.assertEqual(reply.headers["Content-Type"], "text/html; charset=utf-8")
        text = reply.body.decode()
        page = Page(text)
        self.assertEqual((page.links, [t for t in page.tags if t in ("script", "img", "link", "iframe")]), ([], []))
        self.assertIn('lang="zh-CN"', text)
        self.assertIn('name="viewport" content="width=device-width', text)
        import base64
        import hashlib
        style = text.split("<style>")[1].split("</style>")[0]
        self.assertIn("'sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() + "'", policy,
                      "the browser takes the style only by its hash")

    def test_a_deputy_signs_in_once(self):
        before = self.kiosk.changes()["next"]
        reply = self.sign_in()
        clock = time.strftime("%H:%M", time.gmtime(time.time() + 8 * 3600))
        self.says(reply, 200, "签到成功", "法律法规学习", clock[:4], "马建国", "3排6号")
        came = self.came()
        self.assertEqual((came["by"], came["timing"], came["listed"], came["kiosk"]), ("phone", "on_time", True, self.kiosk.id))
        change, = [c for c in self.kiosk.changes(before)["changes"] if c["type"] == "attendance"]
        self.assertEqual((change["id"], change["data"]["by"], change["data"]["kiosk"]), (f"{self.activity}/{self.ma}", "phone", ""))
        self.says(self.sign_in(), 200, "您已经签到了", clock[:3])
        self.assertEqual(self.came(), came)
        self.settled(self.town)
        acts = sqlite3.connect(self.town.folder + "/township.db").execute(
            "SELECT who, object FROM audit WHERE act = 'attendance.signed_in'").fetchall()
        self.assertEqual(acts, [("user:马建国", f"{self.activity}/{self.ma}")])

    def test_pressed_many_times_at_once_is_one_sign_in(self):
        path, replies = self.kiosk.phone_path(self.activity), []
        presses = [threading.Thread(target=lambda: replies.append(self.sign_in(path))) for _ in range(8)]
        for press in presses:
            press.start()
        for press in presses:
            press.join()
        said = sorted(("签到成功" in r.body.decode(), "您已经签到了" in r.body.decode()) for r in replies)
        self.assertEqual(said, [(False, True)] * 7 + [(True, False)])
        self.assertEqual(self.came()["times"], 1)
        self.settled(self.town)

    def test_beside_the_list_late_and_on_leave(self):
        zhou = self.town.deputy("周玉兰")
        self.town.add_user("zhou", "deputy", PASSWORD, deputy="周玉兰")
        self.says(self.sign_in(name="zhou"), 200, "签到成功", "列席")
        self.assertFalse(self.came(zhou)["listed"])
        late = self.town.activity("马建国", begins=-1800)
        self.town.office("POST", f"/activities/{late}/leaves/{self.ma}", {"state": "granted"})
        self.says(self.sign_in(self.kiosk.phone_path(late)), 200, "签到成功", "迟到")
        came = self.town.people(late)[self.ma]["attendance"]
        self.assertEqual((came["timing"], came["on_leave"]), ("late", True))

    def test_nobody_signs_out_as_they_come(self):
        training = self.town.activity("马建国", begins=-7200, lasts=8000, signs_out=True)
        path = self.kiosk.phone_path(training)
        self.says(self.sign_in(path), 200, "签到成功", "签退")
        self.says(self.sign_in(path), 200, "您已经签到了", "不用再签")     # the page sent twice signs nobody out

    def test_signing_out_of_a_long_training(self):
        training = self.town.activity("马建国", begins=-7200, lasts=8000, signs_out=True)
        path = self.kiosk.phone_path(training)
        self.kiosk.send(self.kiosk.signed_in(training, self.ma, at=int(time.time() * 1000) - 3600000))
        self.says(self.sign_in(path), 200, "签退成功", "签退时间")
        self.says(self.sign_in(path), 200, "您已经签退了")
        self.assertIsNotNone(self.kiosk.all_changes("attendance")[f"{training}/{self.ma}"]["out_at"])

    def test_a_box_and_a_phone_are_one_attendance(self):
        other = world.PaperKiosk(self.town, "二楼机").enrol()
        self.sign_in()
        self.kiosk.send(self.kiosk.signed_in(self.activity, self.ma))
        self.assertEqual(self.town.office("GET", "/flags").json["flags"], [], "the phone had read this very box's code")
        other.send(other.signed_in(self.activity, self.ma))
        self.assertEqual([f["what"] for f in self.town.office("GET", "/flags").json["flags"]], ["two_kiosks"])
        self.assertEqual((self.came()["by"], self.came()["times"]), ("phone", 3))

    def test_stale_codes_are_told_to_scan_again(self):
        self.says(self.sign_in(self.kiosk.phone_path(self.activity, slots=-3)), 200, "签到成功")
        for slots, status, words in ((-6, 410, "码已经换了，请再扫一次屏幕上的码"), (-2000, 410, "码已经换了"), (3, 409, "时钟不准")):
            path = self.kiosk.phone_path(self.activity, slots=slots)
            self.says(self.town.request("GET", path), status, words)
            self.says(self.sign_in(path), status, words)

    def test_forged_codes_open_nothing(self):
        other = world.PaperKiosk(self.town, "二楼机").enrol()
        gone = world.PaperKiosk(self.town, "停用机").enrol()
        self.town.office("POST", f"/kiosks/{gone.id}/revoke")
        good = self.kiosk.phone_path(self.activity)
        size = len(good)
        paths = [(self.kiosk.phone_path(self.activity, secret=other.secret), 403), (self.kiosk.phone_path(self.activity, kiosk=other.id), 403),
                 (self.kiosk.phone_path(self.activity, secret=sodium.sign_keypair()[1]), 403),
                 (self.kiosk.phone_path(self.activity, domain=b"DHE1"), 403), (gone.phone_path(self.activity), 403),
                 (self.kiosk.phone_path(self.activity, kiosk="k-nobody"), 403), (self.kiosk.phone_path("a-none"), 404)]
        paths += [(self.kiosk.phone_path(self.activity, spoil=at), None) for at in (0, 3, 5, 8, 19, 25, 40, -1, -40)]
        paths += [(good[:n], None) for n in (4, 10, 60, size - 1, size - 43)]
        paths += [(p, None) for p in ("/s/x", "/s/" + "A" * 200, "/s/" + "A" * 288, good + "A", good + "==", "/s/%3Cscript%3E")]
        for path, status in paths:
            for reply in (self.town.request("GET", path), self.sign_in(path)):
                self.assertIn(reply.status, (status,) if status else (403, 404, 409, 410), path)
                self.assertNotIn(b"<form", reply.body)
                self.assertNotIn(b"<script", reply.body)
        for path in ("/s/%00", "/s/..%2f..%2fetc", "/s/", "/s"):
            self.assertEqual(self.town.request("GET", path, checked=False).status, 404, path)
        self.assertIsNone(self.came())
        self.settled(self.town)

    def test_one_bit_anywhere_is_one_too_many(self):
        for at in range(0, 6 + len(self.kiosk.id) + 1 + len(self.activity) + 64, 3):
            reply = self.sign_in(self.kiosk.phone_path(self.activity, spoil=at))
            self.assertIn(reply.status, (403, 404, 409, 410), at)
        self.assertIsNone(self.came())

    def test_when_the_door_is_shut(self):
        for words, more in (("还没有开始签到", {"begins": 86400}), ("活动已经结束", {"begins": -90000, "lasts": 3600}), ("活动已经取消", {})):
            activity = self.town.activity("马建国", **more)
            if "取消" in words:
                self.town.office("POST", f"/activities/{activity}/cancel")
            path = self.kiosk.phone_path(activity)
            self.says(self.town.request("GET", path), 409, words, "法律法规学习")
            self.says(self.sign_in(path), 409, words)
            self.assertIsNone(self.town.people(activity)[self.ma]["attendance"])

    def test_wrong_passwords_are_told_and_slowed_down(self):
        for name, password in (("马建国", "wrong"), ("没有这个人", PASSWORD), ("' OR 1=1 --", "x")):
            self.says(self.sign_in(name=name, password=password), 403, "账号或密码不对")
        for name, password in (("", PASSWORD), ("马建国", "")):
            self.says(self.sign_in(name=name, password=password), 422, "请填写账号和密码")
        replies = [self.sign_in(password="wrong") for _ in range(6)]
        self.assertEqual(replies[-1].status, 429)
        self.says(replies[-1], 429, "密码错的次数太多", "身份证")
        self.assertGreater(int(replies[-1].headers["Retry-After"]), 0)
        self.says(self.sign_in(), 429, "密码错的次数太多")
        self.assertIsNone(self.came())
        self.assertNotIn(PASSWORD, self.town.output())

    def test_only_a_deputys_account_signs_in_and_it_does_nothing_else(self):
        self.says(self.sign_in(name="office", password=self.town.password), 403, "只有代表本人的账号")
        reply = self.town.request("POST", "/v1/office/login", {"user": "马建国", "password": PASSWORD})
        self.assertEqual((reply.status, reply.code), (403, "role"))
        self.town.add_user("书记", "clerk", PASSWORD)
        session = self.town.login("书记", PASSWORD)
        self.town.add_user("书记", "deputy", PASSWORD, deputy=self.town.deputy("周玉兰"))
        for path in ("/cases", "/activities", "/kiosks", "/flags"):
            self.assertEqual(self.town.request("GET", "/v1/office" + path, token=session).status, 401, path)
        self.says(self.sign_in(name="书记"), 200, "签到成功", "周玉兰")

    def test_accounts_are_for_deputies_that_there_are(self):
        self.town.office("PUT", "/deputies/p-two", {"name": "马建国", "mandates": [{"level": "county"}]})
        for words, status in ((["--role", "deputy"], 2), (["--role", "clerk", "--deputy", self.ma], 2), (["--role", "deputy", "--deputy", "没有这个人"], 1),
                              (["--role", "deputy", "--deputy", "马建国"], 1), (["--role", "deputy", "--deputy", "p-two"], 0)):
            done = self.town.command("user", "add", "新", *words, input=PASSWORD)
            self.assertEqual(done.returncode, status, (words, done.stderr))

    def test_text_is_only_ever_text(self):
        evil = "<script>alert(1)</script>&\"'"
        person = self.town.deputy(evil + "代表")
        self.town.add_user("evil", "deputy", PASSWORD, deputy=person)
        activity = self.town.activity({"deputy": person, "seat": evil}, title=evil + "活动", place=evil)
        path = self.kiosk.phone_path(activity)
        for reply in (self.town.request("GET", path), self.sign_in(path, name=evil), self.sign_in(path, name=evil, password=""),
                      self.sign_in(path, name="evil")):
            self.assertNotIn(b"<script", reply.body)
            self.assertNotIn("script", Page(reply.body.decode()).tags)
            self.says(reply, reply.status, evil)
        self.assertEqual(reply.status, 200)
        again = self.sign_in(path, name='"><img src=x onerror=alert(1)>').body.decode()
        self.assertNotIn("<img", again)
        self.assertEqual(Page(again).links, [])

    def test_forms_that_are_none(self):
        path = self.kiosk.phone_path(self.activity)
        for body, status in ((b"", 422), (b"&&&=&=", 422), (b"name", 422), (b"name=%zz&password=x", 422), (b"name=a%00b&password=x", 422),
                             (b"name=%ff%fe&password=x", 422), (b"name=%", 422), (b"password=x", 422), (b"name=" + b"a" * 400 + b"&password=x", 422),
                             (b"name=a&password=" + b"b" * 1500, 422), (b"name=" + b"a" * 2100, 413), (b"x" * 100000, 413)):
            try:
                self.assertEqual(self.town.post_form(path, body).status, status, body[:40])
            except (BrokenPipeError, ConnectionResetError):
                self.assertGreater(len(body), 4096, "only what is far too much is cut off")
        for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain", "application/x-www-form-urlencodedx"):
            self.assertEqual(self.town.request("POST", path, b"name=a", headers={"Content-Type": kind}).status, 415, kind)
        for method in ("PUT", "DELETE"):
            self.assertEqual(self.town.request(method, path).status, 405)
        self.assertIsNone(self.came())
        self.settled(self.town)

    def test_a_password_of_every_character(self):
        odd = "a&b=c+d %25 é 马%"
        self.town.add_user("odd", "deputy", odd, deputy=self.ma)
        self.says(self.sign_in(name="odd", password=odd), 200, "签到成功")


class WholeWay(world.WorldTest):
    def test_all_that_signing_in_needs_reaches_the_boxs_store(self):
        town = self.township()
        number = "11010519491231002X"
        ma, zhou = town.deputy("马建国", id_number=number), town.deputy("周玉兰")
        activity = town.activity({"deputy": ma, "seat": "3排6号"}, "周玉兰", signs_out=True)
        for _ in range(2):
            town.office("POST", "/cards", {"deputy": ma})
        town.office("POST", f"/cards/{ma}/lost")
        town.office("POST", f"/activities/{activity}/leaves/{zhou}", {"state": "granted", "reason": "ill"})
        kiosk, other = self.kiosk(town.url).enrol(town), world.PaperKiosk(town, "二楼机").enrol()
        third = world.PaperKiosk(town, "三楼机").enrol()
        other.send(other.signed_in(activity, ma))
        third.send(third.signed_in(activity, ma))
        self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
        store = sqlite3.connect(f"file:{kiosk.folder}/kiosk.db?mode=ro", uri=True)
        self.addCleanup(store.close)
        ask = lambda sql: store.execute(sql).fetchall()  # noqa: E731
        self.assertEqual(ask("SELECT title, signs_out, cancelled FROM activities"), [("法律法规学习", 1, 0)])
        self.assertEqual(sorted(ask("SELECT deputy, seat FROM invitees")), sorted([(ma, "3排6号"), (zhou, "")]))
        self.assertEqual(ask("SELECT deputy, issue, lost_through FROM cards"), [(ma, 2, 2)])
        self.assertEqual(ask("SELECT deputy, reason, state FROM leaves"), [(zhou, "ill", "granted")])
        self.assertEqual(ask("SELECT deputy, kiosk, event_seq FROM attendance"), [(ma, other.id, None)])
        self.assertEqual(ask("SELECT what, deputy, activity FROM flags"), [("two_kiosks", ma, activity)])
        (deputy, salt, ops, mem, digest), = ask("SELECT deputy, salt, ops, mem_kib, digest FROM id_digests")
        self.assertEqual((deputy, digest), (ma, sodium.argon2id(number.encode(), salt, ops, mem, 32)))
        town.deputy("马建国", id_number=None)
        town.office("POST", f"/activities/{activity}/cancel")
        self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
        self.assertEqual((ask("SELECT * FROM id_digests"), ask("SELECT cancelled FROM activities")), ([], [(1,)]))

    def test_two_real_boxes_and_a_phone(self):
        town = self.township()
        ma, zhou, qian = (town.deputy(name) for name in ("马建国", "周玉兰", "钱三"))
        activity = town.activity("all")
        later = town.activity("all", title="下周", begins=600000)
        for deputy in (ma, zhou):
            town.office("POST", "/cards", {"deputy": deputy})
        one, two = (self.kiosk(town.url, name=name).enrol(town) for name in ("one", "two"))

        def sync():
            for kiosk in (one, two, one):
                self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
                self.assertEqual((kiosk.counts()["unsent"], kiosk.counts()["parked"]), (0, 0))
        flags = lambda: sorted((f["what"], f["deputy"]) for f in town.office("GET", "/flags").json["flags"])  # noqa: E731
        # Both offline: the same deputy at both.
        self.assertEqual(one.sign_in("in", activity, ma, "qr", "1"), "in qr 0")
        self.assertEqual(two.sign_in("in", activity, ma, "card"), "in card 0")
        self.assertEqual(one.sign_in("in", activity, zhou, "card"), "in card 0")
        one.sign_in("leave", later, qian, "away")
        one.sign_in("odd", "card_superseded", qian, "1")
        sync()
        came = {d: p["attendance"] for d, p in town.people(activity).items()}
        self.assertEqual((came[ma]["by"], came[ma]["times"], came[zhou]["by"], came[qian]), ("qr", 2, "card", None))
        self.assertEqual(flags(), [("card_superseded", qian), ("two_kiosks", ma)])
        # Online: she comes to the other box too, twice.
        for _ in range(2):
            self.assertEqual(two.sign_in("in", activity, zhou, "card"), "already card 1")
        sync()
        self.assertEqual(town.people(activity)[zhou]["attendance"]["times"], 2)
        self.assertEqual(flags(), sorted([("card_superseded", qian), ("two_kiosks", ma), ("two_kiosks", zhou)]))
        for kiosk in (one, two):
            self.assertEqual(sorted(kiosk.sign_in("flags").splitlines()), sorted(
                [f"card_superseded {qian} ", f"two_kiosks {ma} {activity}", f"two_kiosks {zhou} {activity}"]), "each once")
        # Leave, decided in the office, is known at the box where nobody asked.
        self.assertEqual(town.office("POST", f"/activities/{later}/leaves/{qian}", {"state": "granted"}).json["reason"], "away")
        # The code as the real box shows it.
        town.add_user("钱三", "deputy", PASSWORD, deputy=qian)
        path = one.sign_in("phone", activity)
        self.assertIn("代表签到", town.request("GET", path).body.decode())
        self.assertIn("签到成功", town.post_form(path, {"name": "钱三", "password": PASSWORD}).body.decode())
        sync()
        self.assertEqual(two.sign_in("in", activity, qian, "card"), "already phone 1")
        store = sqlite3.connect(f"file:{two.folder}/kiosk.db?mode=ro", uri=True)
        self.assertEqual(store.execute("SELECT deputy, state FROM leaves").fetchall(), [(qian, "granted")])
        store.close()
        self.settled(town)

    def test_a_phone_is_in_the_boxs_store_within_two_seconds(self):
        town = self.township()
        deputies = [town.deputy(f"代表{n}") for n in range(3)]
        for n, deputy in enumerate(deputies):
            town.add_user(f"d{n}", "deputy", PASSWORD, deputy=deputy)
        activity = town.activity("all")
        kiosk = self.kiosk(town.url).enrol(town)
        kiosk_id, secret = kiosk.identity()
        kiosk.start()
        store = sqlite3.connect(f"file:{kiosk.folder}/kiosk.db?mode=ro", uri=True, timeout=5)
        self.addCleanup(store.close)
        world.wait_until(lambda: store.execute("SELECT count(*) FROM invitees WHERE activity = ?", (activity,)).fetchone()[0] == 3, 10,
                         "the activity at the box")
        paper = world.PaperKiosk(town)
        paper.id, paper.secret = kiosk_id, secret
        slowest = 0
        for n, deputy in enumerate(deputies):
            reply = town.post_form(paper.phone_path(activity), {"name": f"d{n}", "password": PASSWORD})
            self.assertEqual(reply.status, 200, reply.body.decode())
            self.assertIn("签到成功", reply.body.decode())
            began = time.monotonic()
            row = world.wait_until(lambda: store.execute("SELECT by, kiosk, timing, event_seq FROM attendance WHERE activity = ? AND deputy = ?",
                                                         (activity, deputy)).fetchone(), 2, "the sign-in at the box")
            slowest = max(slowest, time.monotonic() - began)
            self.assertEqual(row, ("phone", "", "on_time", None))
        self.assertLess(slowest, 2)
        self.assertEqual(kiosk.stop(), 0)


if __name__ == "__main__":
    unittest.main()
