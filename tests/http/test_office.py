"""The office's side: signing in, reading, and every step of a case as the rules allow it."""
import base64
import datetime
import json
import sqlite3
import subprocess
import unittest

import world
import sodium


def add_months(date, months):
    month = date.month - 1 + months
    year, month = date.year + month // 12, month % 12 + 1
    last = (datetime.date(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(1)).day
    return datetime.date(year, month, min(date.day, last))


class Office(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township(demo=True)
        self.kiosk = world.PaperKiosk(self.town).enrol()

    def new_case(self, **more):
        self.assertEqual(self.kiosk.send(self.kiosk.report(stretch=True, **more)).json["refused"], [])
        return self.kiosk.last["case_id"], self.kiosk.last["code"]

    def view(self, case_id, code):
        change = [c["data"] for c in self.kiosk.changes(kind="case", after=self.last_cursor())["changes"] if c["id"] == case_id][-1]
        lookup, key = sodium.slip_keys(code, self.kiosk.salt)
        self.assertEqual(change["lookup"], lookup.hex())
        return change, json.loads(sodium.open_view(key, case_id, base64.b64decode(change["view"])))

    def last_cursor(self):
        after = 0
        while True:
            page = self.kiosk.changes(after)
            if not page["more"]:
                return after
            after = page["next"]

    def test_login(self):
        for user, password in (("office", "wrong"), ("nobody", "wrong"), ("' OR 1=1 --", "x")):
            reply = self.town.request("POST", "/v1/office/login", {"user": user, "password": password})
            self.assertEqual((reply.status, reply.code), (401, "wrong_password"))
        self.assertEqual(self.town.request("POST", "/v1/office/login", {"user": "office"}).status, 422)
        self.assertEqual(self.town.request("POST", "/v1/office/login", {"user": "office", "password": "x" * 300}).status, 422)
        for path in ("/cases", "/cases/x", "/enrolments", "/kiosks", "/refusals", "/blobs/" + "0" * 64):
            for token in (None, "0" * 64, self.kiosk.token):
                self.assertEqual(self.town.request("GET", "/v1/office" + path, token=token).status, 401, path)

    def test_wrong_passwords_are_slowed_down(self):
        body = {"user": "office", "password": "wrong"}
        statuses = [self.town.request("POST", "/v1/office/login", body).status for _ in range(7)]
        self.assertEqual(statuses, [401] * 5 + [429] * 2)
        reply = self.town.request("POST", "/v1/office/login", {"user": "office", "password": self.town.password})
        self.assertEqual(reply.status, 429, "the right one has to wait too")
        self.assertTrue(1 <= int(reply.headers["Retry-After"]) <= 60)
        self.town.add_user("另一人", "clerk", "another password")
        self.town.login("另一人", "another password")

    def test_the_whole_way_of_a_case(self):
        case_id, code = self.new_case(text="水渠<script>alert(1)</script>坏了")
        today = datetime.date.fromisoformat(self.town.office("GET", "/cases").json["today"])
        opened = self.town.office("GET", "/cases/" + case_id).json
        self.assertEqual(opened["body"]["text"], "水渠<script>alert(1)</script>坏了")
        self.assertNotIn(code, json.dumps(opened), "the slip's code is the voter's alone")
        self.assertEqual(opened["allowed"], ["accept", "assign", "transfer"])
        self.assertEqual(opened["transfer_due"], str(today + datetime.timedelta(15)))
        self.assertEqual(opened["answer_due"], str(add_months(today, 3)))
        refused = self.town.step(case_id, "answer", text="太早")
        self.assertEqual((refused.status, refused.code, refused.json["allowed"]),
                         (409, "step_not_allowed", ["accept", "assign", "transfer"]))
        self.assertEqual(self.town.step(case_id, "accept").json["state"], "accepted")
        self.assertEqual(self.town.step(case_id, "assign", deputy="周玉兰").json["state"], "assigned")
        self.assertEqual(self.town.step(case_id, "transfer", office="水务站").json["state"], "transferred")
        self.assertEqual(self.town.step(case_id, "extend").status, 422, "not without the presidium's consent")
        extended = self.town.step(case_id, "extend", consent="主席团第三次会议")
        self.assertEqual(extended.json["answer_due"], str(add_months(today, 4)))
        self.assertEqual(self.town.step(case_id, "extend", consent="再一次").status, 409, "once")
        self.assertEqual(self.town.step(case_id, "talk", text="到家里谈过").status, 200)
        self.assertEqual(self.town.step(case_id, "answer", text="已经修好。").json["state"], "answered")
        change, view = self.view(case_id, code)
        self.assertEqual((change["state"], change["rev"]), ("answered", 6))
        self.assertEqual([s["step"] for s in view["steps"]], ["accept", "assign", "transfer", "extend", "talk", "answer"])
        self.assertEqual([s["who"] for s in view["steps"][:3]], ["青禾乡人大办", "周玉兰 代表", "水务站"])
        self.assertEqual((view["answer"]["text"], view["answer"]["by"], view["round"]), ("已经修好。", "水务站", 1))
        self.rate_and_redo(case_id, code, today)

    def rate_and_redo(self, case_id, code, today):
        reason = base64.b64encode(sodium.seal(self.kiosk.seal_key, "又堵了".encode())).decode()
        rating = {"case_id": case_id, "round": 1, "rating": "unsatisfied", "reason_sealed": reason}
        self.assertEqual(self.kiosk.send(self.kiosk.event("case.rated", rating)).json["refused"], [])
        change, view = self.view(case_id, code)
        self.assertEqual((change["state"], change["round"], view["round"], view["answer"]), ("redo", 2, 2, None))
        self.assertEqual((view["steps"][-1]["step"], view["steps"][-2]["note"]), ("redo", "已经修好。"))
        opened = self.town.office("GET", "/cases/" + case_id).json
        self.assertEqual([(r["round"], r["rating"], r["reason"]) for r in opened["ratings"]], [(1, "unsatisfied", "又堵了")])
        self.assertEqual(opened["answer_due"], str(add_months(today, 3)))
        again = self.kiosk.send(self.kiosk.event("case.rated", dict(rating, round=1))).json["refused"]
        self.assertEqual(again[0]["reason"], "not_answered_or_rated_already")
        self.assertEqual(self.town.step(case_id, "answer", text="重新修好。", by="周玉兰 代表").status, 200)
        rating = {"case_id": case_id, "round": 2, "rating": "partly", "reason_sealed": None}
        self.assertEqual(self.kiosk.send(self.kiosk.event("case.rated", rating)).json["refused"], [])
        change, view = self.view(case_id, code)
        self.assertEqual((change["state"], view["answer"]["text"], view["answer"]["by"]), ("closed", "重新修好。", "周玉兰 代表"))
        self.assertEqual(self.town.office("GET", "/cases/" + case_id).json["allowed"], [])
        self.settled(self.town)

    def test_steps_that_lack_something(self):
        case_id, _ = self.new_case()
        for step, details, status in (("assign", {}, 422), ("assign", {"deputy": "没有这个人"}, 422),
                                      ("assign", {"deputy": "王秀英"}, 422), ("transfer", {"office": ""}, 422),
                                      ("transfer", {"office": "名" * 61}, 413), ("explode", {}, 422), ("satisfied", {}, 422)):
            self.assertEqual(self.town.step(case_id, step, **details).status, status, (step, details))
        self.town.step(case_id, "accept")
        self.assertEqual(self.town.step(case_id, "answer", text="").status, 422)
        self.assertEqual(self.town.step(case_id, "answer", text="长" * 4001).status, 413)
        self.assertEqual(self.town.step("no-such-case", "accept").status, 404)
        self.assertEqual(self.town.office("POST", f"/cases/{case_id}/steps", {"text": "x"}).status, 422)
        self.assertEqual(self.town.office("GET", "/cases/" + case_id).json["state"], "accepted")

    def test_roles(self):
        case_id, _ = self.new_case()
        self.town.add_user("看", "readonly", "only reading")
        token = self.town.login("看", "only reading")
        self.assertEqual(self.town.request("GET", "/v1/office/cases/" + case_id, token=token).status, 200)
        reply = self.town.request("POST", f"/v1/office/cases/{case_id}/steps", {"step": "accept"}, token=token)
        self.assertEqual((reply.status, reply.code), (403, "role"))

    def test_list_filters_and_pages(self):
        events = [self.kiosk.report(receipt=f"2026-0312-{i:04d}", kind=["complaint", "thanks"][i % 2], subject=["roads", "water", "other"][i % 3])
                  for i in range(30)]
        self.kiosk.send(*events)
        get = lambda query: self.town.office("GET", "/cases?" + query)  # noqa: E731
        self.assertEqual(len(get("kind=thanks").json["cases"]), 15)
        self.assertEqual(len(get("subject=water&kind=thanks").json["cases"]), 5)
        self.assertEqual(len(get("state=answered").json["cases"]), 0)
        self.assertEqual(len(get("q=0312-0007").json["cases"]), 1)
        self.assertEqual(len(get("q=%25").json["cases"]), 0, "a percent sign is just that")
        seen, after = [], ""
        while after is not None:
            page = get("limit=7" + (f"&after={after}" if after else "")).json
            seen += [c["case_id"] for c in page["cases"]]
            after = page["next"]
        self.assertEqual((len(seen), len(set(seen))), (30, 30))
        for query in ("limit=0", "limit=501", "state=x", "kind=x", "overdue=2", "after=zzz", "after=1_x", "q=" + "a" * 201):
            self.assertEqual(get(query).status, 400, query)

    def test_overdue(self):
        case_id, _ = self.new_case()
        database = sqlite3.connect(self.town.folder + "/township.db")
        database.execute("UPDATE cases SET transfer_due = '2026-01-01' WHERE id = ?", (case_id,))
        database.commit()
        database.close()
        late = self.town.office("GET", "/cases?overdue=1").json["cases"]
        self.assertEqual([(c["case_id"], c["overdue"]) for c in late], [(case_id, True)])

    def test_a_receipt_that_two_kiosks_gave_needs_the_id(self):
        self.new_case()
        other = world.PaperKiosk(self.town).enrol()
        other.send(other.report())
        reply = self.town.office("GET", "/cases/2026-0312-0017")
        self.assertEqual((reply.status, reply.code), (409, "several"))

    def test_nothing_of_the_voters_words_lies_open_on_the_disk(self):
        case_id, code = self.new_case(text="只有人大办能读的话")
        self.town.step(case_id, "accept")
        self.town.step(case_id, "talk", text="谈话里的秘密")
        self.town.step(case_id, "answer", text="答复里的秘密")
        self.settled(self.town)
        with open(self.town.folder + "/township.db", "rb") as file:
            data = file.read()
        for words in ("只有人大办能读的话", "谈话里的秘密", "答复里的秘密", code, self.town.password, self.kiosk.token):
            self.assertNotIn(words.encode(), data)
        for words in ("只有人大办", "秘密", code, case_id[:8]):
            self.assertNotIn(words, self.town.output())

    def test_the_chain_finds_a_changed_link(self):
        case_id, _ = self.new_case()
        self.town.step(case_id, "accept")
        self.settled(self.town)
        database = sqlite3.connect(self.town.folder + "/township.db")
        n = database.execute("SELECT max(n) FROM audit").fetchone()[0] - 2
        database.execute("UPDATE audit SET who = 'user:nobody' WHERE n = ?", (n,))
        database.commit()
        database.close()
        verified = self.town.verify()
        self.assertEqual(verified.returncode, 1)
        self.assertIn(f"link {n} ", verified.stderr)

    def test_the_command_line_client(self):
        case_id, code = self.new_case(text="客户端看得到")

        def office(*words, **more):
            command = [world.BUILD + "/township", "--data", self.town.folder, "office", "--url", self.town.url, *words]
            return subprocess.run(command, capture_output=True, text=True, **more)
        self.assertIn("2026-0312-0017", office("cases").stdout)
        self.assertIn("客户端看得到", office("show", "2026-0312-0017").stdout)
        self.assertEqual(office("accept", case_id).returncode, 0)
        self.assertEqual(office("assign", case_id, "周玉兰").returncode, 0)
        self.assertEqual(office("talk", case_id, "谈过", "--by", "周玉兰 代表").returncode, 0)
        self.assertEqual(office("answer", case_id, "-", input="从标准输入来的答复\n").returncode, 0)
        again = office("accept", case_id)
        self.assertEqual((again.returncode, "talk" in again.stderr), (3, True))
        _, view = self.view(case_id, code)
        self.assertEqual(view["answer"]["text"], "从标准输入来的答复")
        self.assertEqual(office("dance").returncode, 2)
        self.assertEqual(office("cases", "--password-file", "/dev/null").returncode, 3)


class Starting(world.WorldTest):
    def run_township(self, *words, **more):
        return subprocess.run([world.BUILD + "/township", *words], capture_output=True, text=True, timeout=20, **more)

    def test_settings_are_refused_by_file_line_and_remedy(self):
        town = world.Township(self.folder)
        for text, line, words in (("[server]\nlisten = here\n", 2, "ADDRESS:PORT"), ("[rules]\n\ntransfer_days = 0\n", 3, "1 to 365"),
                                  ("[server]\nlisen = x\n", 2, "known:"), ("hello\n", 1, "README")):
            with open(town.folder + "/township.conf", "w") as file:
                file.write(text)
            done = self.run_township("--data", town.folder)
            self.assertEqual(done.returncode, 2, text)
            self.assertIn(f"township.conf:{line}: ", done.stderr)
            self.assertIn(words, done.stderr)

    def test_command_lines(self):
        town = world.Township(self.folder)
        for words in (["--nonsense"], ["--data"], ["dance"], ["--listen", "x"], ["import", "roster"], ["user", "add", "a"]):
            self.assertEqual(self.run_township("--data", town.folder, *words).returncode, 2, words)
        self.assertIn("SYNOPSIS", self.run_township("--help").stdout)
        self.assertRegex(self.run_township("--version").stdout, r"^township \d")
        self.assertEqual(self.run_township("--data", town.folder, "init").returncode, 1)
        self.assertEqual(self.run_township("--data", self.folder + "/nowhere").returncode, 1)

    def test_one_server_a_folder(self):
        town = self.township()
        done = self.run_township("--data", town.folder, "--listen", "127.0.0.1:0")
        self.assertEqual(done.returncode, 1)
        self.assertIn("another township", done.stderr)

    def test_a_newer_database_is_left_as_it_is(self):
        town = world.Township(self.folder)
        database = sqlite3.connect(town.folder + "/township.db")
        database.execute("PRAGMA user_version = 999")
        database.close()
        done = self.run_township("--data", town.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn("newer version", done.stderr)

    def test_a_bad_roster_names_its_row_and_takes_in_nothing(self):
        town = world.Township(self.folder)
        path = self.folder + "/roster.csv"
        with open(path, "w") as file:
            file.write("姓名,性别,出生年月,选区,层级\n甲,男,1970-01,第一选区,乡\n乙,男,1970-01,第一选区,火星\n")
        done = self.run_township("--data", town.folder, "import", "roster", path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("roster.csv:3", done.stderr)
        rows = sqlite3.connect(town.folder + "/township.db").execute("SELECT count(*) FROM deputies").fetchone()
        self.assertEqual(rows, (0,))


if __name__ == "__main__":
    unittest.main()
