"""Deputies' QR cards: each issue one higher, signed by the township, its loss known to every box, its token kept nowhere."""
import base64
import datetime
import glob
import subprocess
import time
import unittest
import urllib.parse

import sodium
import world

EPOCH = datetime.date(1970, 1, 1)


def today():
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date()


def read_token(token):
    """The fields of a token, and what was signed."""
    assert token.startswith("DHC1:")
    text = token[5:]
    raw = base64.b32decode(text + "=" * (-len(text) % 8))
    signed, signature = raw[:-64], raw[-64:]
    size = signed[5]
    rest = signed[6 + size:]
    return {"version": signed[0], "township": signed[1:5], "deputy": signed[6:6 + size].decode(), "issue": int.from_bytes(rest[:4], "big"),
            "issued": int.from_bytes(rest[4:6], "big"), "expires": int.from_bytes(rest[6:8], "big")}, signed, signature


class Cards(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.kiosk = world.PaperKiosk(self.town).enrol()
        self.ma = self.town.deputy("马建国")

    def issue(self, **body):
        return self.town.office("POST", "/cards", {"deputy": self.ma, **body})

    def test_a_token_says_what_it_should_and_is_signed_by_the_township(self):
        reply = self.issue().json
        fields, signed, signature = read_token(reply["token"])
        day = (today() - EPOCH).days
        self.assertEqual(fields, {"version": 1, "township": sodium.blake2b(self.kiosk.sign_key)[:4], "deputy": self.ma, "issue": 1,
                                  "issued": day, "expires": day + 1825})
        self.assertTrue(sodium.verify(self.kiosk.sign_key, b"DHC1", signed, signature))
        self.assertEqual((reply["deputy"], reply["name"], reply["issue"]), (self.ma, "马建国", 1))
        self.assertEqual((reply["issued"], reply["expires"]), (str(today()), str(today() + datetime.timedelta(1825))))

    def test_issues_count_up_and_losses_pass_them(self):
        def state():
            return self.kiosk.all_changes("card")[self.ma]
        self.assertEqual(self.issue().json["issue"], 1)
        self.assertEqual(state(), {"issue": 1, "lost_through": 0})
        self.assertEqual(self.town.office("POST", "/cards", {"deputy": "马建国", "days": 1}).json["issue"], 2)
        self.assertEqual(state(), {"issue": 2, "lost_through": 0})
        tip = self.kiosk.changes()["next"]
        for _ in range(2):
            self.assertEqual(self.town.office("POST", f"/cards/{self.ma}/lost").json, {"deputy": self.ma, "issue": 2, "lost_through": 2})
        self.assertEqual(state(), {"issue": 2, "lost_through": 2})
        self.assertEqual(len(self.kiosk.changes(tip)["changes"]), 1, "saying so twice is once")
        self.assertEqual(self.issue().json["issue"], 3)
        card, = self.town.office("GET", "/cards").json["cards"]
        self.assertEqual((card["name"], card["issue"], card["lost_through"]), ("马建国", 3, 2))
        self.settled(self.town)

    def test_the_office_makes_one_on_its_terminal(self):
        done = subprocess.run([world.BUILD + "/township", "--data", self.town.folder, "office", "--url", self.town.url,
                               "card", "issue", "马建国"], capture_output=True, text=True, check=True)
        words, code = done.stdout.splitlines()
        self.assertIn("马建国 第 1 号代表证", words)
        self.assertEqual(read_token(code)[0]["deputy"], self.ma)
        self.assertEqual(self.issue().json["issue"], 2)

    def test_tokens_are_kept_nowhere(self):
        token = self.issue().json["token"]
        self.town.office("POST", f"/cards/{self.ma}/lost")
        self.settled(self.town)
        raw = base64.b32decode(token[5:] + "=" * (-len(token[5:]) % 8))
        for path in glob.glob(self.town.folder + "/**", recursive=True):
            if "township.db" in path:
                with open(path, "rb") as file:
                    data = file.read()
                for secret in (token.encode(), raw, raw[-64:]):
                    self.assertNotIn(secret, data)
        self.assertNotIn(token, self.town.output())

    def test_bad_orders(self):
        self.town.deputy("王秀英")
        self.town.office("PUT", "/deputies/p-two", {"name": "王秀英", "mandates": [{"level": "county"}]})
        for body, status in (({"deputy": None}, 422), ({"deputy": 5}, 422), ({"days": 0}, 422), ({"days": 3651}, 422), ({"days": "x"}, 422),
                             ({"days": 1.5}, 422), ({"deputy": "没有这个人"}, 404), ({"deputy": "' OR 1=1 --"}, 404), ({"deputy": "王秀英"}, 409)):
            self.assertEqual(self.issue(**body).status, status, body)
        self.assertEqual(self.town.office("POST", "/cards/p-two/lost").code, "no_card")
        self.assertEqual(self.town.office("POST", "/cards/p-none/lost").status, 404)
        self.assertEqual(self.town.office("GET", "/cards").json["cards"], [])

    def test_a_card_used_after_it_was_lost_is_kept_and_flagged(self):
        zhou = self.town.deputy("周玉兰")
        activity = self.town.activity("all")
        self.issue()
        self.town.office("POST", "/cards", {"deputy": zhou})
        before = int(time.time() * 1000)
        time.sleep(0.01)
        for deputy in (self.ma, zhou):
            self.town.office("POST", f"/cards/{deputy}/lost")
        reply = self.kiosk.send(self.kiosk.signed_in(activity, self.ma, "qr"), self.kiosk.signed_in(activity, zhou, "qr", at=before))
        self.assertEqual(reply.json["refused"], [])
        people = self.town.people(activity)
        self.assertEqual([people[d]["attendance"]["by"] for d in (self.ma, zhou)], ["qr", "qr"])
        flag, = self.town.office("GET", "/flags").json["flags"]
        self.assertEqual((flag["what"], flag["name"], flag["detail"]), ("card_lost", "马建国", "1"), "before it was lost it was in order")
        other = world.PaperKiosk(self.town, "二楼机").enrol()
        self.assertEqual([f["what"] for f in other.all_changes("flag").values()], ["card_lost"])

    def test_a_new_card_after_a_loss_is_good(self):
        activity = self.town.activity("all")
        self.issue()
        self.town.office("POST", f"/cards/{self.ma}/lost")
        self.issue()
        self.kiosk.send(self.kiosk.signed_in(activity, self.ma, "qr", change={"issue": 2}))
        self.assertEqual(self.town.office("GET", "/flags").json["flags"], [])

    def test_the_chain_says_who_made_and_lost_it(self):
        import sqlite3
        self.issue()
        self.town.office("POST", f"/cards/{self.ma}/lost")
        self.settled(self.town)
        acts = sqlite3.connect(self.town.folder + "/township.db").execute(
            "SELECT who, act, object FROM audit WHERE act LIKE 'card.%' ORDER BY n").fetchall()
        self.assertEqual(acts, [("user:office", "card.issued", self.ma), ("user:office", "card.lost", self.ma)])


class Left(world.WorldTest):
    """A deputy who leaves office: no box knows them any more, until a roster has them again."""
    NUMBER = "11010519491231002X"

    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.ma = self.town.deputy("马建国", id_number=self.NUMBER)

    def left(self, who):
        return self.town.office("POST", f"/deputies/{urllib.parse.quote(who)}/left")

    def of_ma(self, kiosk):
        """What the stream holds of him, in its order."""
        return [(c["type"], c["op"], c["data"]) for c in kiosk.changes()["changes"] if c["id"] == self.ma]

    def card_lost(self):
        self.assertEqual(self.town.office("POST", "/cards", {"deputy": self.ma}).status, 200)
        self.assertEqual(self.town.office("POST", f"/cards/{self.ma}/lost").status, 200)

    def test_a_real_box_forgets_them_and_hears_of_the_lost_card_when_they_are_back(self):
        box = self.kiosk(self.town.url).enrol(self.town)
        self.card_lost()
        activity = self.town.activity("all")
        self.assertEqual(box.once(), 0)
        self.assertEqual(box.sign_in("known", self.NUMBER, self.ma), f"{self.ma} 马建国 1 1")
        self.assertEqual(self.left("马建国").json, {"deputy": self.ma, "name": "马建国"})
        self.assertEqual(box.once(), 0)
        self.assertEqual(box.sign_in("known", self.NUMBER, self.ma), "nobody nobody 0 0")
        for words in (("card",), ("qr", "1")):
            with self.assertRaisesRegex(AssertionError, "not found"):
                box.sign_in("in", activity, self.ma, *words)
        self.town.deputy("马建国")
        self.assertEqual(box.once(), 0)
        self.assertEqual(box.sign_in("known", self.NUMBER, self.ma), "nobody 马建国 1 1", "the number is not his until it is given again")
        self.town.deputy("马建国", id_number=self.NUMBER)
        self.assertEqual(box.once(), 0)
        self.assertEqual(box.sign_in("known", self.NUMBER, self.ma), f"{self.ma} 马建国 1 1")
        self.settled(self.town)

    def test_the_stream_takes_them_off_and_puts_them_back_before_what_is_theirs(self):
        paper = world.PaperKiosk(self.town).enrol()
        self.card_lost()
        picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
        self.assertEqual(self.town.office("PUT", f"/deputies/{self.ma}/portrait", {"media": "image/png", "data": picture}).status, 200)
        self.assertEqual(self.left(self.ma).status, 200)
        self.assertEqual(self.of_ma(paper)[-1], ("deputy", "del", {}))
        self.town.deputy("马建国")
        deputy, *theirs = self.of_ma(paper)
        self.assertEqual((deputy[:2], deputy[2]["id_digest"]), (("deputy", "put"), None))
        self.assertEqual([t[:2] for t in theirs], [("card", "put"), ("portrait", "put")])
        self.assertEqual(theirs[0][2], {"issue": 1, "lost_through": 1})
        self.town.deputy("马建国", job="农民")
        self.assertEqual([t[0] for t in self.of_ma(paper)], ["card", "portrait", "deputy"], "only a return says it again")

    def test_a_roster_brings_them_back_with_the_lost_card(self):
        paper = world.PaperKiosk(self.town).enrol()
        path = self.folder + "/roster.csv"
        with open(path, "w", encoding="utf-8") as file:
            file.write("姓名,性别,出生年月,选区,层级\n甲,男,1949-12,第一选区,乡\n")
        self.assertEqual(self.town.command("import", "roster", path).returncode, 0)
        self.ma = next(i for i, d in paper.all_changes("deputy").items() if d["name"] == "甲")
        self.card_lost()
        self.assertEqual(self.left(self.ma).status, 200)
        self.assertEqual(self.town.command("import", "roster", path).returncode, 0)
        self.assertEqual([(t, op) for t, op, _ in self.of_ma(paper)], [("deputy", "put"), ("card", "put")])
        self.assertEqual(self.of_ma(paper)[1][2], {"issue": 1, "lost_through": 1})

    def test_their_number_is_free_and_their_account_signs_nobody_in(self):
        other = {"name": "周玉兰", "mandates": [{"level": "county"}], "id_number": self.NUMBER}
        paper = world.PaperKiosk(self.town).enrol()
        self.town.add_user("ma", "deputy", "long-enough-1", self.ma)
        activity = self.town.activity("all")
        self.assertEqual(self.town.office("PUT", "/deputies/p-zhou", other).code, "id_number_taken")
        self.left(self.ma)
        self.assertEqual(self.town.office("PUT", "/deputies/p-zhou", other).status, 200)
        self.assertEqual(self.town.post_form(paper.phone_path(activity), {"name": "ma", "password": "long-enough-1"}).status, 403)
        self.assertIsNone(self.town.people(activity)[self.ma]["attendance"])
        self.assertEqual(self.town.office("POST", "/cards", {"deputy": self.ma}).status, 404)

    def test_wrong_inputs(self):
        two = {"name": "马建国", "mandates": [{"level": "county"}]}
        self.town.office("PUT", "/deputies/p-two", two)
        for who, status, code in (("没有这个人", 404, "no_such_deputy"), ("' OR 1=1 --", 404, "no_such_deputy"), ("马建国", 409, "several_deputies")):
            reply = self.left(who)
            self.assertEqual((reply.status, reply.code), (status, code), who)
        self.assertEqual(self.left("p-two").status, 200)
        self.assertEqual(self.left("p-two").code, "already_left")
        self.town.add_user("reader", "readonly", "long-enough-1")
        reader = self.town.login("reader", "long-enough-1")
        self.assertEqual(self.town.request("POST", f"/v1/office/deputies/{self.ma}/left", {}, token=reader).status, 403)
        self.assertEqual(self.town.request("POST", f"/v1/office/deputies/{self.ma}/left", {}).status, 401)
        self.assertEqual(self.left("马建国").json["deputy"], self.ma, "the other of the name has left")
        self.assertEqual(self.left("马建国").code, "already_left")

    def test_on_the_office_terminal_and_in_the_chain(self):
        import sqlite3
        done = self.town.office_command("deputy", "left", "马建国")
        self.assertEqual((done.returncode, "马建国" in done.stdout and "已离任" in done.stdout), (0, True), done.stderr)
        again = self.town.office_command("deputy", "left", self.ma)
        self.assertEqual((again.returncode, "已经离任" in again.stderr), (3, True), again.stderr)
        self.assertEqual(self.town.office_command("deputy", "left").returncode, 2)
        self.settled(self.town)
        acts = sqlite3.connect(self.town.folder + "/township.db").execute(
            "SELECT who, act, object FROM audit WHERE act LIKE 'deputy.left'").fetchall()
        self.assertEqual(acts, [("user:office", "deputy.left", self.ma)])


if __name__ == "__main__":
    unittest.main()
