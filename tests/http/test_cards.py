"""Deputies' QR cards: each issue one higher, signed by the township, its loss known to every box, its token kept nowhere."""
import base64
import datetime
import glob
import subprocess
import time
import unittest

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


if __name__ == "__main__":
    unittest.main()
