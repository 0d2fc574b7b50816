"""Activities from the office to every box, and who came back to the office: in any order, any number of times."""
import glob
import hashlib
import os
import signal
import sqlite3
import struct
import threading
import time
import unittest
import zlib

import world
from sodium import b64

HEADINGS = "编号,名称,类别,日期,开始,结束,地点,参加人员,签退\n"


class Upgrading(world.WorldTest):
    def test_a_database_from_before_keeps_its_users_and_sessions(self):
        town = world.Township(self.folder)
        path = town.folder + "/township.db"
        new, old = sqlite3.connect(path), sqlite3.connect(self.folder + "/old.db")
        for script in sorted(glob.glob(world.TOP + "/db/township/000[123]_*.sql")):
            with open(script, encoding="utf-8") as file:
                old.executescript(file.read())
        old.executemany("INSERT INTO meta VALUES (?, ?)", new.execute("SELECT key, value FROM meta WHERE key <> 'id_salt'").fetchall())
        old.executemany("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?)",
                        new.execute("SELECT id, name, role, password, disabled, created_ms FROM users").fetchall())
        token = "a token of before"
        old.execute("INSERT INTO sessions VALUES (?, 1, 0, ?)", (hashlib.blake2b(token.encode(), digest_size=32).digest(), int(time.time() + 60) * 1000))
        old.execute("PRAGMA user_version = 3")
        old.commit()
        new.close()
        old.close()
        for name in glob.glob(path + "*"):
            os.remove(name)
        os.rename(self.folder + "/old.db", path)
        town.start()
        self.addCleanup(lambda: town.process.poll() is None and town.stop(signal.SIGKILL))
        self.assertEqual(town.request("GET", "/v1/office/cases", token=token).status, 200)
        person = town.deputy("马建国", id_number=Digests.NUMBERS[0])
        town.add_user("马建国", "deputy", "long enough", deputy=person)
        self.assertEqual(town.stop(), 0)
        self.assertEqual(sqlite3.connect(path).execute("PRAGMA foreign_key_check").fetchall(), [])


class Announcing(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.kiosk = world.PaperKiosk(self.town).enrol()

    def test_made_changed_and_called_off(self):
        ma, zhou = self.town.deputy("马建国", group="第一代表小组"), self.town.deputy("周玉兰", group="第一代表小组")
        activity = self.town.activity("第一代表小组", {"deputy": "马建国", "seat": "3排6号"}, kind="training", signs_out=True)
        change = self.kiosk.all_changes("activity")[activity]
        self.assertEqual(change["invited"], [{"deputy": ma, "seat": "3排6号"}, {"deputy": zhou, "seat": ""}])
        self.assertEqual((change["kind"], change["signs_out"], change["cancelled"], change["opens_min"]), ("training", True, False, 120))
        opened = self.town.office("GET", "/activities/" + activity).json
        self.assertEqual((opened["invited"], opened["present"], opened["needed"]), (2, 0, 2))
        again = {"id": activity, "title": "改了", "starts": opened["starts"], "ends": opened["ends"], "invited": [zhou]}
        self.assertEqual(self.town.office("POST", "/activities", again).status, 200)
        change = self.kiosk.all_changes("activity")[activity]
        self.assertEqual((change["title"], change["kind"], change["invited"]), ("改了", "training", [{"deputy": zhou, "seat": ""}]))
        for _ in range(2):
            self.assertTrue(self.town.office("POST", f"/activities/{activity}/cancel").json["cancelled"])
        self.assertTrue(self.kiosk.all_changes("activity")[activity]["cancelled"])
        listed, = self.town.office("GET", "/activities").json["activities"]
        self.assertEqual((listed["id"], listed["cancelled"], listed["invited"]), (activity, True, 1))
        self.settled(self.town)

    def test_what_is_over_cannot_be_called_off(self):
        self.town.deputy("马建国")
        activity = self.town.activity("all", begins=-90000, lasts=3600)
        reply = self.town.office("POST", f"/activities/{activity}/cancel")
        self.assertEqual((reply.status, reply.code), (409, "activity_over"))

    def test_bad_orders_are_told_and_leave_nothing(self):
        self.town.deputy("马建国")
        self.town.deputy("王秀英")
        self.town.office("PUT", "/deputies/p-other", {"name": "王秀英", "mandates": [{"level": "county"}]})
        start = int(time.time() * 1000) + 3600000
        good = {"title": "学习", "starts": start, "ends": start + 3600000, "invited": ["马建国"]}
        for change, code in (({"title": ""}, "bad_activity"), ({"title": "长" * 300}, "bad_activity"), ({"ends": start}, "bad_activity"),
                             ({"starts": "明天"}, "bad_activity"), ({"kind": "party"}, "bad_activity"), ({"quorum": -1}, "bad_activity"),
                             ({"opens_min": 10 ** 9}, "bad_activity"), ({"ends": start + 10 ** 12}, "bad_activity"),
                             ({"invited": []}, "bad_invited"), ({"invited": "all"}, "bad_invited"), ({"invited": [{}]}, "bad_invited"),
                             ({"invited": [{"deputy": "马建国", "seat": "座" * 50}]}, "bad_invited"), ({"invited": [5]}, "bad_invited"),
                             ({"invited": ["没有这个人"]}, "no_such_deputy"), ({"invited": ["王秀英"]}, "several_deputies")):
            reply = self.town.office("POST", "/activities", {**good, **change})
            self.assertEqual((reply.status, reply.code), (422, code), change)
        self.assertEqual(self.town.office("POST", "/activities", {**good, "id": "a-none"}).status, 404)
        self.assertEqual(self.town.office("GET", "/activities/a-none").status, 404)
        self.assertEqual(self.town.office("POST", "/activities/a-none/cancel").status, 404)
        self.assertEqual(self.town.office("GET", "/activities?from=x").status, 400)
        self.assertEqual(self.town.office("GET", "/activities").json["activities"], [])

    def test_who_may(self):
        self.town.deputy("马建国")
        activity = self.town.activity("all")
        self.town.add_user("看", "readonly", "only reading")
        token = self.town.login("看", "only reading")
        for path in ("/activities", "/activities/" + activity, "/leaves", "/flags", "/cards"):
            self.assertEqual(self.town.request("GET", "/v1/office" + path, token=token).status, 200, path)
            for nobody in (None, self.kiosk.token):
                self.assertEqual(self.town.request("GET", "/v1/office" + path, token=nobody).status, 401, path)
        for path in ("/activities", f"/activities/{activity}/cancel", f"/activities/{activity}/leaves/x", "/cards", "/cards/x/lost"):
            self.assertEqual(self.town.request("POST", "/v1/office" + path, {}, token=token).status, 403, path)

    def table(self, rows):
        path = self.folder + "/activities.csv"
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEADINGS + rows)
        return self.town.command("import", "activities", path)

    def test_a_table_is_taken_in_whole(self):
        self.town.deputy("马建国", group="第二代表小组")
        self.town.deputy("周玉兰")
        rows = "1,学习,学习培训,今天+7,09:00,11:30,会议室,第二代表小组、周玉兰（3排6号）,是\n2,视察,视察,2030-03-12,09:00,11:30,水库,全体,\n"
        done = self.table(rows)
        self.assertEqual((done.returncode, "2 taken in" in done.stdout), (0, True), done.stderr)
        found = self.kiosk.all_changes("activity")
        self.assertEqual(sorted((a["title"], len(a["invited"]), a["signs_out"]) for a in found.values()),
                         [("学习", 2, True), ("视察", 2, False)])
        called_off = next(i for i, a in found.items() if a["title"] == "学习")
        self.town.office("POST", f"/activities/{called_off}/cancel")
        self.assertEqual(self.table(rows).returncode, 0)
        again = self.kiosk.all_changes("activity")
        self.assertEqual(set(again), set(found), "the same table is the same activities")
        self.assertTrue(again[called_off]["cancelled"], "what was called off stays so")

    def test_a_bad_table_is_named_row_by_row_and_takes_in_nothing(self):
        self.town.deputy("马建国")
        done = self.table("1,好,视察,今天,09:00,11:30,,全体,\n2,坏,视察,今天,09:00,11:30,,没有这个人,\n3,坏,视察,今天,09:00,11:30,,张三、马建国,\n")
        self.assertEqual(done.returncode, 1)
        for words in ("activities.csv:3: ", "没有这个人", "activities.csv:4: ", "张三", "nothing was taken in"):
            self.assertIn(words, done.stderr)
        done = self.table("1,好,视察,今天,09:00,11:30,,全体,\n2,坏,野餐,今天,09:00,11:30,,全体,\n3,坏,视察,昨天,9点,11:30,,全体,\n")
        self.assertEqual(done.returncode, 1)
        for words in ("activities.csv:3: ", "activities.csv:4: ", "nothing was taken in"):
            self.assertIn(words, done.stderr)
        self.assertEqual(self.town.office("GET", "/activities").json["activities"], [])

    def test_the_command_line_client(self):
        ma = self.town.deputy("马建国")
        activity = self.town.activity("all", title="看看水库")
        self.kiosk.send(self.kiosk.signed_in(activity, ma), self.kiosk.event("credential.odd", {"what": "card_expired", "deputy": ma, "issue": 1}))
        office = self.town.office_command
        self.assertIn("看看水库", office("activities").stdout)
        shown = office("activity", "show", activity).stdout
        self.assertRegex(shown, r"马建国.*准时.*身份证")
        self.assertIn("过期", office("flags").stdout)
        self.assertEqual(office("leave", "refuse", activity, "马建国").returncode, 3)
        self.assertIn("已准假", office("leave", "grant", activity, "马建国").stdout)
        self.assertIn("马建国", office("leaves").stdout)
        self.assertIn("已取消", office("activity", "cancel", activity).stdout)
        self.town.office("POST", "/cards", {"deputy": ma})
        self.assertIn("第 1 号", office("cards").stdout)
        self.assertIn("挂失", office("card", "lost", "马建国").stdout)
        for words in (["activity"], ["activity", "dance", activity], ["activity", "show"], ["leave", "grant", activity], ["card", "lost"]):
            self.assertEqual(office(*words).returncode, 2, words)


class Portraits(world.WorldTest):
    @staticmethod
    def png(width=40, height=50, padding=0):
        """A grey picture; `padding` bytes of noise besides, so that it does not become small."""
        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        rows = (b"\0" + b"\x80" * width) * height
        return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
                (chunk(b"noIs", os.urandom(padding)) if padding else b"") + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))

    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.ma = self.town.deputy("马建国")

    def put(self, data, **more):
        return self.town.office("PUT", f"/deputies/{self.ma}/portrait", {"data": b64(data) if isinstance(data, bytes) else data, **more})

    def test_from_the_office_into_a_real_boxs_store(self):
        kiosk = self.kiosk(self.town.url).enrol(self.town)
        store = lambda: sqlite3.connect(kiosk.folder + "/kiosk.db").execute("SELECT deputy, media, bytes FROM portraits").fetchall()  # noqa: E731
        for picture in (self.png(), self.png(padding=256 * 1024 - 200)):
            self.assertEqual(self.put(picture, media="image/png").status, 200)
            self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
            self.assertEqual(store(), [(self.ma, "image/png", picture)])
        self.assertEqual(self.town.office("DELETE", f"/deputies/{self.ma}/portrait", b"").status, 200)
        self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
        self.assertEqual(store(), [])
        self.settled(self.town)

    def test_what_is_no_portrait(self):
        good = self.png()
        camera = b"\xff\xd8\xff\xe1" + struct.pack(">H", 16) + b"Exif\0\0MM\0*\0\0\0\x08"
        for data, more in ((b"", {}), (b"hello", {}), (good[:-20], {}), (good, {"media": "image/jpeg"}), (self.png(5000, 1), {}),
                           (self.png(padding=256 * 1024), {}), (camera, {}), ("***", {}), (None, {}), (5, {})):
            reply = self.put(data, **more)
            self.assertEqual((reply.status, reply.code), (422, "bad_portrait"), (data, more))
        self.assertEqual(self.put("A" * 400000).status, 413)
        self.assertEqual(self.town.office("PUT", "/deputies/p-none/portrait", {"data": b64(good)}).status, 404)
        self.assertEqual(self.town.office("DELETE", "/deputies/p-none/portrait", b"").status, 404)
        self.assertEqual(world.PaperKiosk(self.town).enrol().all_changes("portrait"), {})


class Coming(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.kiosk, self.other = world.PaperKiosk(self.town).enrol(), world.PaperKiosk(self.town, "二楼机").enrol()
        self.ma, self.zhou = self.town.deputy("马建国"), self.town.deputy("周玉兰")
        self.activity = self.town.activity("all")

    def taken(self, kiosk, *events):
        self.assertEqual(kiosk.send(*events).json["refused"], [])

    def flags(self):
        return sorted((f["what"], f["deputy"]) for f in self.town.office("GET", "/flags").json["flags"])

    def test_the_same_event_many_times_has_one_effect(self):
        batch = [self.kiosk.signed_in(self.activity, self.ma), self.kiosk.signed_in(self.activity, self.zhou, "qr", change={"listed": False, "timing": "late"}),
                 self.kiosk.event("attendance.signed_out", {"activity": self.activity, "deputy": self.ma, "by": "card"})]
        before = self.kiosk.changes()["next"]
        for _ in range(3):
            self.taken(self.kiosk, *batch)
        people = self.town.people(self.activity)
        self.assertEqual((people[self.ma]["attendance"]["by"], people[self.ma]["attendance"]["times"]), ("card", 1))
        self.assertIsNotNone(people[self.ma]["attendance"]["out_at"])
        self.assertEqual(self.flags(), [])
        changes = self.other.changes(before)["changes"]
        self.assertEqual([c["id"] for c in changes], [f"{self.activity}/{self.zhou}", f"{self.activity}/{self.ma}"])
        self.assertEqual(changes[0]["data"] | {"at": 0}, {"activity": self.activity, "deputy": self.zhou, "at": 0, "clock_ok": True, "by": "qr",
                         "timing": "late", "listed": False, "on_leave": False, "kiosk": self.kiosk.id, "out_at": None})
        self.settled(self.town)

    def test_two_kiosks_are_one_attendance_and_one_flag(self):
        now = int(time.time() * 1000)
        self.taken(self.kiosk, self.kiosk.signed_in(self.activity, self.ma, at=now))
        late = self.other.signed_in(self.activity, self.ma, at=now - 60000)
        for _ in range(2):
            self.taken(self.other, late)
        came = self.town.people(self.activity)[self.ma]["attendance"]
        self.assertEqual((came["at"], came["kiosk"], came["times"]), (now - 60000, self.other.id, 2), "the earlier one is the record")
        self.assertEqual(self.flags(), [("two_kiosks", self.ma)])
        flag, = self.kiosk.all_changes("flag").values()
        self.assertEqual((flag["activity"], flag["detail"]), (self.activity, f"{self.kiosk.id} {self.other.id}"))
        self.assertEqual(len(self.kiosk.all_changes("attendance")), 1)

    def test_where_a_clock_is_unsure_the_first_to_be_told_stays(self):
        now = int(time.time() * 1000)
        self.taken(self.kiosk, self.kiosk.signed_in(self.activity, self.ma, at=now))
        self.taken(self.other, self.other.signed_in(self.activity, self.ma, at=1000, clock="unsure", change={"timing": "unknown"}))
        came = self.town.people(self.activity)[self.ma]["attendance"]
        self.assertEqual((came["at"], came["clock_ok"], came["times"]), (now, True, 2))

    def test_a_repeat_is_kept_and_flagged(self):
        self.taken(self.kiosk, self.kiosk.signed_in(self.activity, self.ma))
        self.taken(self.other, self.other.signed_in(self.activity, self.ma, repeated=True))
        self.assertEqual(self.flags(), [("two_kiosks", self.ma)])
        self.assertEqual(self.town.people(self.activity)[self.ma]["attendance"]["kiosk"], self.kiosk.id)

    def test_the_unknown_is_kept_and_flagged(self):
        self.taken(self.kiosk, self.kiosk.signed_in("a-gone", "p-gone"),
                   self.kiosk.event("leave.asked", {"activity": self.activity, "deputy": "p-new", "reason": "ill"}))
        self.assertEqual(self.flags(), [("unknown_activity", "p-gone"), ("unknown_deputy", "p-gone"), ("unknown_deputy", "p-new")])
        self.assertIn("a-gone/p-gone", self.other.all_changes("attendance"))
        self.taken(self.other, self.other.signed_in("a-gone", "p-new"), self.other.signed_in("a-gone", self.ma))
        self.assertEqual(len(self.flags()), 3, "what is unknown is said once, not for each who came")

    def test_long_ids_travel_as_their_hash(self):
        activity, deputy = "a-" + "x" * 50, "p-" + "y" * 50
        self.taken(self.kiosk, self.kiosk.signed_in(activity, deputy))
        self.assertEqual(list(self.other.all_changes("attendance")), [hashlib.blake2b(f"{activity}/{deputy}".encode(), digest_size=16).hexdigest()])

    def test_malformed_events_are_refused_and_block_nothing(self):
        good = {"activity": self.activity, "deputy": self.ma, "by": "card", "timing": "on_time", "listed": True, "on_leave": False, "issue": 0}
        bad = []
        for name in good:
            bad.append(("attendance.signed_in", {k: v for k, v in good.items() if k != name}, "missing_field"))
        for change in ({"activity": ""}, {"activity": "a/b"}, {"activity": "x" * 64}, {"activity": "a b"}, {"activity": "活动"}, {"deputy": ""},
                       {"by": "phone"}, {"by": "hand"}, {"timing": "soon"}, {"issue": -1}, {"issue": 1 << 33}, {"by": "qr"}, {"issue": 3}):
            bad.append(("attendance.signed_in", {**good, **change}, "bad_field"))
            bad.append(("attendance.repeated", {**good, **change}, "bad_field"))
        for change in ({"listed": 1}, {"activity": None}, {"issue": "1"}, {"deputy": ["p"]}):
            bad.append(("attendance.signed_in", {**good, **change}, "missing_field"))
        bad += [("attendance.signed_out", {"activity": self.activity, "deputy": self.ma}, "missing_field"),
                ("attendance.signed_out", {"activity": self.activity, "deputy": self.ma, "by": "foot"}, "bad_field"),
                ("leave.asked", {"activity": self.activity, "deputy": self.ma}, "missing_field"),
                ("leave.asked", {"activity": self.activity, "deputy": self.ma, "reason": "bored"}, "bad_field"),
                ("credential.odd", {"what": "card_lost", "deputy": self.ma}, "missing_field"),
                ("credential.odd", {"what": "card_eaten", "deputy": self.ma, "issue": 1}, "bad_field"),
                ("credential.odd", {"what": "card_lost", "deputy": "<b>", "issue": -1}, "bad_field"),
                ("attendance.teleported", good, "unknown_type")]
        events = [self.kiosk.event(kind, data) for kind, data, _ in bad] + [self.kiosk.signed_in(self.activity, self.zhou)]
        reply = self.kiosk.send(*events).json
        self.assertEqual([r["reason"] for r in reply["refused"]], [reason for _, _, reason in bad])
        people = self.town.people(self.activity)
        self.assertEqual((people[self.ma]["attendance"], people[self.zhou]["attendance"]["by"]), (None, "card"))
        self.assertEqual(self.flags(), [])
        self.settled(self.town)

    def test_leave_is_asked_granted_and_refused(self):
        ask = self.kiosk.event("leave.asked", {"activity": self.activity, "deputy": self.ma, "reason": "ill"})
        self.taken(self.kiosk, ask, ask)
        self.assertEqual(self.other.all_changes("leave")[f"{self.activity}/{self.ma}"]["state"], "asked")
        path = f"/activities/{self.activity}/leaves/"
        self.assertEqual(self.town.office("POST", path + self.ma, {"state": "granted"}).json["state"], "granted")
        self.taken(self.other, self.other.event("leave.asked", {"activity": self.activity, "deputy": self.ma, "reason": "work"}))
        change = self.kiosk.all_changes("leave")[f"{self.activity}/{self.ma}"]
        self.assertEqual((change["state"], change["reason"]), ("granted", "ill"), "what the office said stands")
        self.assertEqual(self.town.office("POST", path + self.ma, {"state": "refused"}).json["state"], "refused")
        leave, = self.town.office("GET", "/leaves").json["leaves"]
        self.assertEqual((leave["name"], leave["state"], leave["decided_by"]), ("马建国", "refused", "office"))
        self.assertEqual(self.town.office("POST", path + self.zhou, {"state": "granted", "reason": "work"}).json["reason"], "work")
        self.assertEqual(self.town.office("POST", path + "p-none", {"state": "refused"}).status, 404)
        self.assertEqual(self.town.office("POST", f"/activities/a-none/leaves/{self.ma}", {"state": "granted"}).status, 404)
        for body in ({}, {"state": "asked"}, {"state": ""}, {"state": "granted", "reason": "bored"}):
            self.assertEqual(self.town.office("POST", path + self.ma, body).status, 422, body)
        self.assertEqual(self.town.office("GET", "/activities").json["activities"][0]["on_leave"], 1)

    def test_killed_in_mid_batch_nothing_is_lost_or_doubled(self):
        deputies = [f"p-{n:04d}" for n in range(400)]
        events = [self.kiosk.signed_in(self.activity, d) for d in deputies]
        for i in range(6):
            failed = []

            def send():
                try:
                    self.kiosk.send(*events)
                except OSError as problem:
                    failed.append(problem)
            sender = threading.Thread(target=send)
            sender.start()
            time.sleep(0.005 + 0.015 * i)
            self.town.stop(signal.SIGKILL)
            sender.join()
            self.town.start()
        self.assertEqual(self.kiosk.send(*events).json, {"acked": 400, "refused": []})
        people = self.town.people(self.activity)
        self.assertEqual([p["attendance"]["times"] for p in people.values() if p["attendance"]], [1] * 400)
        self.assertEqual(len(self.kiosk.all_changes("attendance")), 400)
        self.assertEqual(len(self.town.office("GET", "/flags").json["flags"]), 400, "each deputy is unknown, and flagged once")
        self.settled(self.town)


class Digests(world.WorldTest):
    NUMBERS = ("11010519491231002X", "440524188001010014")

    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.kiosk = world.PaperKiosk(self.town).enrol()

    def roster(self, rows):
        path = self.folder + "/roster.csv"
        with open(path, "w", encoding="utf-8") as file:
            file.write("姓名,性别,出生年月,选区,层级,身份证号\n" + rows)
        return self.town.command("import", "roster", path)

    def digests(self):
        return {d["name"]: d.get("id_digest", "absent") for d in self.kiosk.all_changes("deputy").values()}

    def nowhere(self, *numbers):
        for path in glob.glob(self.town.folder + "/**", recursive=True):
            if path.endswith(("/township.db", "-wal", "-shm", ".log")):
                with open(path, "rb") as file:
                    data = file.read()
                for number in numbers:
                    self.assertNotIn(number.encode(), data, path)
        self.assertNotIn(numbers[0], self.town.output())

    def test_numbers_become_digests_and_are_kept_nowhere(self):
        import sodium
        rows = f"甲,男,1949-12,第一选区,乡,{self.NUMBERS[0]}\n乙,男,1980-01,第一选区,乡,\n"
        self.assertEqual(self.roster(rows).returncode, 0)
        self.nowhere(*self.NUMBERS)
        found = self.digests()
        self.assertEqual(found["乙"], "absent")
        made = found["甲"]
        self.assertEqual(made["digest"], sodium.argon2id(self.NUMBERS[0].encode(), bytes.fromhex(made["salt"]), made["ops"], made["mem_kib"], 32).hex())
        self.assertEqual(self.roster(rows.replace(self.NUMBERS[0], "")).returncode, 0)
        self.assertEqual(self.digests()["甲"], made, "a roster without numbers takes none away")
        self.town.stop()
        self.nowhere(*self.NUMBERS)

    def test_one_salt_for_the_township(self):
        self.roster(f"甲,男,1949-12,第一选区,乡,{self.NUMBERS[0]}\n")
        self.town.deputy("乙", id_number=self.NUMBERS[1])
        self.assertEqual(len({d["salt"] for d in self.digests().values()}), 1)
        self.nowhere(*self.NUMBERS)

    def test_put_taken_back_and_taken_by_another(self):
        person = self.town.deputy("甲", id_number=self.NUMBERS[0])
        other = {"name": "乙", "mandates": [{"level": "county"}], "id_number": self.NUMBERS[0]}
        reply = self.town.office("PUT", "/deputies/p-b", other)
        self.assertEqual((reply.status, reply.code), (409, "id_number_taken"))
        done = self.roster(f"丙,男,1949-12,第一选区,乡,{self.NUMBERS[0]}\n")
        self.assertEqual((done.returncode, "丙" in done.stderr), (1, True), done.stderr)
        self.assertNotIn(self.NUMBERS[0], done.stderr)
        self.town.deputy("甲", id_number=None)
        self.assertIsNone(self.digests()["甲"])
        self.town.deputy("甲", job="农民")
        self.assertIsNone(self.digests()["甲"], "a box that comes late still hears that it was taken back")
        self.assertEqual(self.town.office("PUT", "/deputies/p-b", other).status, 200)
        for number in ("", "110105194912310021", "x" * 18, 5, [], "11010519491231002"):
            reply = self.town.office("PUT", "/deputies/" + person, {"name": "甲", "mandates": [{"level": "county"}], "id_number": number})
            self.assertEqual((reply.status, reply.code), (422, "bad_id_number"), number)
        self.settled(self.town)
        self.nowhere(*self.NUMBERS)

    def test_a_wrong_number_in_a_roster_is_named_by_its_row(self):
        done = self.roster(f"甲,男,1949-12,第一选区,乡,{self.NUMBERS[0]}\n乙,男,1980-01,第一选区,乡,110105194912310021\n")
        self.assertEqual((done.returncode, "roster.csv:3: " in done.stderr), (1, True), done.stderr)
        rows = sqlite3.connect(self.town.folder + "/township.db").execute("SELECT count(*) FROM deputies").fetchone()
        self.assertEqual(rows, (0,))


if __name__ == "__main__":
    unittest.main()
