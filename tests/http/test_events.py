"""Events going up: in order, once each, the bad ones set aside, nothing ever lost by a bad request."""
import gzip
import json
import signal
import threading
import unittest

import world
import sodium
from sodium import b64


class Events(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.kiosk = world.PaperKiosk(self.town).enrol()

    def cases(self):
        return self.town.office("GET", "/cases?limit=500").json["cases"]

    def test_same_batch_three_times_has_one_effect(self):
        batch = [self.kiosk.report(f"第{i}件") for i in range(5)]
        for _ in range(3):
            reply = self.kiosk.send(*batch)
            self.assertEqual((reply.status, reply.json), (200, {"acked": 5, "refused": []}))
        self.assertEqual(len(self.cases()), 5)
        self.assertEqual(len(self.kiosk.changes(kind="case")["changes"]), 5)
        self.settled(self.town)

    def test_gzip_and_overlap(self):
        batch = [self.kiosk.report() for _ in range(6)]
        self.assertEqual(self.kiosk.send_gzip(*batch[:4]).json["acked"], 4)
        self.assertEqual(self.kiosk.send_gzip(*batch[2:]).json["acked"], 6)
        self.assertEqual(len(self.cases()), 6)

    def test_gap_takes_nothing_and_names_the_number(self):
        batch = [self.kiosk.report() for _ in range(4)]
        self.assertEqual(self.kiosk.send(batch[0]).json["acked"], 1)
        reply = self.kiosk.send(batch[0], batch[2], batch[3])
        self.assertEqual((reply.status, reply.json["expected"]), (409, 2))
        self.assertEqual(len(self.cases()), 1)
        self.assertEqual(self.kiosk.send(*batch[1:]).json["acked"], 4)
        self.assertEqual(len(self.cases()), 4)

    def test_lost_numbers_are_passed_over_and_filled_later(self):
        batch = [self.kiosk.report() for _ in range(6)]
        path = f"/v1/kiosks/{self.kiosk.id}/events"

        def send(events, lost):
            return self.town.request("POST", path, {"events": events, "lost": lost}, token=self.kiosk.token)
        self.assertEqual(self.kiosk.send(batch[0]).json["acked"], 1)
        self.assertEqual(send(batch[4:], {"from": 2, "until": 4}).json, {"acked": 6, "refused": []})
        self.assertEqual(len(self.cases()), 3)
        refusals = self.town.office("GET", "/refusals").json["refusals"]
        self.assertEqual(sorted((r["seq"], r["reason"]) for r in refusals), [(2, "lost"), (3, "lost"), (4, "lost")])
        self.assertEqual(self.kiosk.send(batch[2]).json, {"acked": 6, "refused": []})
        self.assertEqual(len(self.cases()), 4)
        self.assertEqual(send([], {"from": 1, "until": 6}).json["acked"], 6, "what is known cannot be lost")
        self.assertEqual(send([], {"from": 9, "until": 9}).json["expected"], 7)
        for lost in (5, {}, {"from": 7}, {"from": 0, "until": 0}, {"from": 8, "until": 7}, {"from": 7, "until": 1 << 40},
                     {"from": -5, "until": 7}):
            self.assertEqual(send([], lost).status, 422, lost)
        self.settled(self.town)

    def test_forged_signature_is_refused_and_does_not_block(self):
        forger = sodium.sign_keypair()[1]
        good, after = self.kiosk.report(), None
        body = json.loads(good["payload"])["data"]
        forged = self.kiosk.event("case.submitted", body, secret=forger)
        after = self.kiosk.report()
        reply = self.kiosk.send(good, forged, after)
        self.assertEqual(reply.json, {"acked": 3, "refused": [{"seq": 2, "reason": "bad_signature"}]})
        self.assertEqual(len(self.cases()), 2)
        refusals = self.town.office("GET", "/refusals").json["refusals"]
        self.assertEqual([(r["seq"], r["reason"]) for r in refusals], [(2, "bad_signature")])
        self.settled(self.town)

    def test_forgery_never_takes_the_place_of_the_true_event(self):
        true = self.kiosk.report("真的")
        forged = dict(true, sig=b64(b"\1" * 64))
        self.assertEqual(self.kiosk.send(forged).json["refused"][0]["reason"], "bad_signature")
        self.assertEqual(self.kiosk.send(true).json, {"acked": 1, "refused": []})
        self.assertEqual(len(self.cases()), 1)
        self.assertEqual(self.town.office("GET", "/refusals").json["refusals"], [])
        # And once the true one is there, neither a forgery nor another true one moves it.
        self.assertEqual(self.kiosk.send(forged).json, {"acked": 1, "refused": []}, "the same payload: nothing new")
        changed = dict(forged, payload=forged["payload"].replace("roads", "water"))
        self.assertEqual(self.kiosk.send(changed).json["refused"], [{"seq": 1, "reason": "bad_signature"}])
        other = self.kiosk.report("另一件", seq=1)
        self.assertEqual(self.kiosk.send(other).json["refused"], [{"seq": 1, "reason": "number_taken"}])
        self.assertEqual([c["case_id"] for c in self.cases()], [json.loads(true["payload"])["data"]["case_id"]])

    def test_forged_number_from_the_future_opens_no_gap(self):
        forged = dict(self.kiosk.report(seq=900), sig=b64(b"\0" * 64))
        reply = self.kiosk.send(forged, self.kiosk.report(seq=2))
        self.assertEqual(reply.json, {"acked": 2, "refused": [{"seq": 1, "reason": "bad_signature"}]})

    def test_refusals_by_reason(self):
        k = self.kiosk
        wrong_key = b64(sodium.seal(sodium.sign_keypair()[0], b"{}"))
        other = world.PaperKiosk(self.town).enrol()
        other_id = other.id
        cases = [
            ("malformed", {"payload": 5, "sig": "x"}),
            ("malformed", {"sig": "x"}),
            ("bad_signature", {"payload": "{}", "sig": "not base64"}),
            ("unknown_type", k.event("case.exploded", {}, seq=4)),
            ("missing_field", k.event("case.submitted", {"case_id": "x"}, seq=5)),
            ("bad_field", k.report(seq=6, kind="riot")),
            ("bad_field", k.report(seq=7, lookup="zz")),
            ("bad_base64", k.report(seq=8, sealed="***")),
            ("sealed_not_for_this_township", k.report(seq=9, sealed=wrong_key)),
            ("sealed_too_long", k.report(seq=10, sealed="A" * 70000)),
            ("other_kiosk", k.event("case.submitted", {}, seq=11, kiosk=other_id)),
            ("unknown_version", k.event("case.submitted", {}, seq=12, v=2)),
            ("no_such_case", k.event("case.rated", {"case_id": sodium.uuid7(), "round": 1, "rating": "partly"}, seq=13)),
            ("bad_blob", k.report(seq=14, blobs=[])),
            ("too_long", k.event("case.submitted", {"x": "y" * 300000}, seq=15)),
        ]
        bad_blob = json.loads(cases[13][1]["payload"])["data"]
        bad_blob["blobs"] = [{"sha256": "../../etc/passwd"}]
        cases[13] = ("bad_blob", k.event("case.submitted", bad_blob, seq=14))
        reply = k.send(*[event for _, event in cases], k.report("好的", seq=16))
        self.assertEqual(reply.status, 200)
        self.assertEqual([(r["seq"], r["reason"]) for r in reply.json["refused"]],
                         [(i + 1, reason) for i, (reason, _) in enumerate(cases)])
        self.assertEqual(reply.json["acked"], 16)
        self.assertEqual(len(self.cases()), 1)
        self.settled(self.town)

    def test_case_id_and_event_id_are_taken_once(self):
        first = self.kiosk.report()
        data = json.loads(first["payload"])["data"]
        again = self.kiosk.event("case.submitted", data)
        same_id = self.kiosk.event("case.submitted", dict(data, case_id=sodium.uuid7()),
                                   id=json.loads(first["payload"])["id"])
        reply = self.kiosk.send(first, again, same_id)
        self.assertEqual([r["reason"] for r in reply.json["refused"]], ["case_exists", "id_taken"])
        self.assertEqual(len(self.cases()), 1)

    def test_another_kiosks_address_and_token(self):
        other = world.PaperKiosk(self.town).enrol()
        path = f"/v1/kiosks/{other.id}/events"
        reply = self.town.request("POST", path, {"events": []}, token=self.kiosk.token)
        self.assertEqual((reply.status, reply.code), (403, "other_kiosk"))
        for token in (None, "", "x" * 300, self.town.login()):
            self.assertEqual(self.town.request("POST", path, {"events": []}, token=token).status, 401)

    def test_bad_requests(self):
        path, token = f"/v1/kiosks/{self.kiosk.id}/events", self.kiosk.token
        as_json = {"Content-Type": "application/json"}

        def status(body, headers, method="POST", at=path):
            reply = self.town.request(method, at, body, token=token, headers=headers)
            return reply.status
        self.assertEqual(status(b"{", as_json), 400)
        self.assertEqual(status(b"[]", as_json), 400)
        self.assertEqual(status(b'{"events":[],"events":[]}', as_json), 400)
        self.assertEqual(status(b'{"events":7}', as_json), 422)
        self.assertEqual(status(json.dumps({"events": [{}] * 1001}).encode(), as_json), 422)
        self.assertEqual(status(b"{}", {"Content-Type": "text/plain"}), 415)
        self.assertEqual(status(b"{}", {**as_json, "Content-Encoding": "br"}), 415)
        self.assertEqual(status(b"not gzip", {**as_json, "Content-Encoding": "gzip"}), 400)
        self.assertEqual(status(gzip.compress(b'{"events":[]}')[:-3], {**as_json, "Content-Encoding": "gzip"}), 400)
        self.assertEqual(status(None, {}, "PATCH"), 405)
        self.assertEqual(status(None, {}, "GET", "/v1/nowhere"), 404)
        self.assertEqual(status(None, {}, "GET", "/../../etc/passwd"), 404)
        self.assertEqual(status(iter([b"{}"]), {**as_json, "Transfer-Encoding": "chunked"}), 411)
        deep = b'{"events":' + b"[" * 100000 + b"]" * 100000 + b"}"
        self.assertEqual(status(deep, as_json), 400)
        self.assertEqual(status(b'{"events":[{"payload":"\xff\xfe","sig":""}]}', as_json), 400)
        self.settled(self.town)

    def test_gzip_bomb_and_too_large_bodies_are_refused(self):
        path, token = f"/v1/kiosks/{self.kiosk.id}/events", self.kiosk.token
        bomb = gzip.compress(b'{"events":[' + b" " * (64 << 20) + b"]}")
        reply = self.town.request("POST", path, bomb, token=token,
                                  headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})
        self.assertEqual((reply.status, reply.code), (413, "inflated_too_long"))
        with open(f"/proc/{self.town.process.pid}/status") as file:
            peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
        self.assertLess(peak, 200 * 1024, "kB of memory at its peak")
        # The refusal comes before the body: only the head is sent here, so no reset can swallow the answer.
        import socket
        with socket.create_connection(("127.0.0.1", self.town.port), 10) as s:
            s.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
                      f"Content-Length: {3 << 20}\r\n\r\n".encode())
            self.assertIn(b" 413 ", s.recv(4096).split(b"\r\n")[0])
        self.assertEqual(self.kiosk.send(self.kiosk.report()).status, 200)

    def test_two_batches_at_once_count_every_event_once(self):
        batch = [self.kiosk.report() for _ in range(40)]
        replies = []
        threads = [threading.Thread(target=lambda: replies.append(self.kiosk.send(*batch))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([(r.status, r.json["acked"], r.json["refused"]) for r in replies], [(200, 40, [])] * 6)
        self.assertEqual(len(self.cases()), 40)

    def test_killed_in_mid_batch_and_restarted(self):
        sent = []
        for round_ in range(8):
            batch = [self.kiosk.report() for _ in range(60)]
            sent += batch
            thread = threading.Thread(target=self._send_quietly, args=(batch,))
            thread.start()
            thread.join(0.004 * round_)
            self.town.stop(signal.SIGKILL)
            thread.join()
            self.town.start()
            for _ in range(2):
                reply = self.kiosk.send(*batch)
                self.assertEqual((reply.status, reply.json), (200, {"acked": len(sent), "refused": []}))
        seen = {c["case_id"] for c in self.cases()}
        self.assertEqual(seen, {json.loads(e["payload"])["data"]["case_id"] for e in sent})
        self.settled(self.town)

    def _send_quietly(self, batch):
        try:
            self.kiosk.send(*batch)
        except (OSError, AssertionError, world.http.client.HTTPException):
            pass  # the server dies under it

    def test_strange_clocks_are_marked_not_trusted(self):
        for seq, at in enumerate((946684800000, 4070908800000), 1):  # 2000 and 2099
            event = json.loads(self.kiosk.report(seq=seq)["payload"])
            self.kiosk.send(self.kiosk.event("case.submitted", event["data"], seq=seq, at=at, clock="unsure"))
        today = self.town.office("GET", "/cases").json
        self.assertEqual(len(today["cases"]), 2)
        for case in today["cases"]:
            self.assertFalse(case["clock_ok"])
            self.assertFalse(case["overdue"])
            self.assertGreater(case["answer_due"], today["today"])


if __name__ == "__main__":
    unittest.main()
