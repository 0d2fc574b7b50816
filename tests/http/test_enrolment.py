"""How a kiosk becomes known, and how it is shut out."""
import unittest

import world
import sodium
from sodium import b64


class Enrolment(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()

    def test_ask_wait_approve_and_keys(self):
        kiosk = world.PaperKiosk(self.town)
        reply = kiosk.ask()
        self.assertEqual(reply.status, 202)
        path = "/v1/enrolments/" + reply.json["ticket"]
        self.assertEqual(self.town.request("GET", path).status, 202)
        waiting = self.town.office("GET", "/enrolments").json["enrolments"]
        self.assertEqual([(e["code"], e["state"]) for e in waiting], [(kiosk.code, "waiting")])
        self.assertEqual(self.town.office("POST", f"/enrolments/{kiosk.code}/approve", {"name": "大厅"}).json["name"], "大厅")
        first, second = self.town.request("GET", path).json, self.town.request("GET", path).json
        self.assertEqual(first["kiosk"], second["kiosk"], "an answer that got lost is asked for again")
        self.assertNotEqual(first["token"], second["token"])
        kiosk.id = first["kiosk"]
        for token, status in ((first["token"], 401), (second["token"], 200)):
            self.assertEqual(self.town.request("GET", f"/v1/kiosks/{kiosk.id}/changes", token=token).status, status)
        self.assertEqual(self.town.request("GET", path).status, 404, "the ticket is void once the token was used")

    def test_bad_asks(self):
        kiosk = world.PaperKiosk(self.town)
        other = sodium.sign_keypair()[1]
        for change, status in (({"proof": b64(sodium.sign(other, b"DHN1", b"00000000"))}, 403), ({"code": "1234567"}, 422),
                               ({"code": "１２３４５６７８"}, 422), ({"public_key": "AAAA"}, 422), ({"name": "名" * 100}, 422),
                               ({"version": "v" * 50}, 422), ({"name": None}, 422)):
            self.assertEqual(kiosk.ask(**change).status, status, change)
        self.assertEqual(self.town.request("GET", "/v1/enrolments/nonsense").status, 404)
        self.assertEqual(self.town.office("POST", "/enrolments/00000000/approve").status, 404)

    def test_a_code_is_one_kiosks(self):
        first, second = world.PaperKiosk(self.town), world.PaperKiosk(self.town)
        self.assertEqual(first.ask(code="11112222").status, 202)
        self.assertEqual(second.ask(code="11112222").status, 409)
        self.assertEqual(first.ask(code="33334444").status, 202, "the same kiosk may ask anew; its old code is void")
        self.assertEqual(second.ask(code="11112222").status, 202)

    def test_denied(self):
        kiosk = world.PaperKiosk(self.town)
        ticket = kiosk.ask().json["ticket"]
        self.assertEqual(self.town.office("POST", f"/enrolments/{kiosk.code}/deny").status, 200)
        self.assertEqual(self.town.request("GET", "/v1/enrolments/" + ticket).status, 403)

    def test_at_most_fifty_wait(self):
        for _ in range(50):
            self.assertEqual(world.PaperKiosk(self.town).ask().status, 202)
        reply = world.PaperKiosk(self.town).ask()
        self.assertEqual(reply.status, 429)
        self.assertTrue(int(reply.headers["Retry-After"]) > 0)

    def test_revoked_and_admitted_again_as_itself(self):
        kiosk = world.PaperKiosk(self.town).enrol()
        kiosk.send(kiosk.report())
        was = kiosk.id
        self.assertEqual(self.town.office("POST", f"/kiosks/{was}/revoke").status, 200)
        reply = kiosk.send(kiosk.report())
        self.assertEqual((reply.status, reply.code), (401, "revoked"))
        kiosk.enrol()
        self.assertEqual(kiosk.id, was, "its key is known: its numbers go on")
        self.assertEqual(kiosk.send(kiosk.report(seq=2)).json["acked"], 2)
        self.settled(self.town)

    def test_only_the_head_admits(self):
        self.town.add_user("小王", "clerk", "correct horse")
        self.town.add_user("小李", "readonly", "battery staple")
        kiosk = world.PaperKiosk(self.town)
        kiosk.ask()
        for user, password in (("小王", "correct horse"), ("小李", "battery staple")):
            token = self.town.login(user, password)
            reply = self.town.request("POST", f"/v1/office/enrolments/{kiosk.code}/approve", {}, token=token)
            self.assertEqual((reply.status, reply.code), (403, "role"))


if __name__ == "__main__":
    unittest.main()
