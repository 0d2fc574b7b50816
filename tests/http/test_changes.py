"""Changes coming down: in pages, long-polled, each object once."""
import json
import threading
import time
import unittest

import world


class Changes(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township(demo=True)
        self.kiosk = world.PaperKiosk(self.town).enrol()

    def all_changes(self, after=0):
        found = []
        while True:
            page = self.kiosk.changes(after)
            found += page["changes"]
            after = page["next"]
            if not page["more"]:
                return found, after

    def test_the_wall_comes_down_whole_and_once(self):
        found, end = self.all_changes()
        kinds = {kind: [c for c in found if c["type"] == kind] for kind in ("deputy", "rule", "duty", "case")}
        self.assertEqual(len(kinds["deputy"]), 91)
        self.assertEqual(sum(len(d["data"]["mandates"]) for d in kinds["deputy"]), 100)
        self.assertEqual(len(kinds["rule"]), 15)
        self.assertGreater(len(kinds["duty"]), 50)
        self.assertEqual([c["cursor"] for c in found], sorted({c["cursor"] for c in found}))
        self.assertEqual(self.kiosk.changes(end)["changes"], [])

    def test_an_object_changed_often_is_read_once(self):
        _, end = self.all_changes()
        for i in range(20):
            rule = {"title": "接待选民制度", "text": f"一、第{i}稿。", "article_count": 1}
            self.assertEqual(self.town.office("PUT", "/rules/reception", rule).status, 200)
        found, _ = self.all_changes(end)
        self.assertEqual([(c["id"], c["data"]["text"]) for c in found], [("reception", "一、第19稿。")])

    def test_long_poll_hears_at_once(self):
        _, end = self.all_changes()
        got = []

        def wait():
            got.append((self.kiosk.changes(end, wait=20), time.monotonic()))
        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.3)
        self.assertFalse(got)
        deputy = {"name": "于𬱖", "mandates": [{"level": "county", "constituency": "第一选区", "villages": ""}]}
        self.assertEqual(self.town.office("PUT", "/deputies/p-1", deputy).status, 200)
        changed = time.monotonic()
        thread.join()
        page, when = got[0]
        self.assertEqual([c["data"]["name"] for c in page["changes"]], ["于𬱖"])
        self.assertLess(when - changed, 0.5)

    def test_long_poll_ends_by_its_time(self):
        _, end = self.all_changes()
        began = time.monotonic()
        page = self.kiosk.changes(end, wait=1)
        self.assertEqual((page["changes"], page["next"]), ([], end))
        self.assertTrue(0.9 < time.monotonic() - began < 3)

    def test_many_polls_are_held_and_all_hear(self):
        _, end = self.all_changes()
        import socket
        count, head = 500, (f"GET /v1/kiosks/{self.kiosk.id}/changes?after={end}&wait=30 HTTP/1.1\r\nHost: x\r\n"
                            f"Authorization: Bearer {self.kiosk.token}\r\n\r\n").encode()
        lines = []
        for _ in range(count):
            s = socket.create_connection(("127.0.0.1", self.town.port), 10)
            self.addCleanup(s.close)
            s.sendall(head)
            lines.append(s)
        time.sleep(0.5)
        with open(f"/proc/{self.town.process.pid}/status") as file:
            status = dict(line.split(":", 1) for line in file)
        self.assertLess(int(status["Threads"]), 16, "no thread a connection")
        self.assertEqual(self.kiosk.send(self.kiosk.report()).status, 200)
        for s in lines:
            s.settimeout(10)
            self.assertIn(b" 200 ", s.recv(65536).split(b"\r\n")[0])

    def test_stopping_lets_waiters_go(self):
        _, end = self.all_changes()
        got = []
        thread = threading.Thread(target=lambda: got.append(self.kiosk.changes(end, wait=30)))
        thread.start()
        time.sleep(0.3)
        began = time.monotonic()
        self.settled(self.town)
        thread.join()
        self.assertLess(time.monotonic() - began, 5)

    def test_bad_queries(self):
        for query in ("after=-1", "after=x", "wait=99999999999999999999", "wait=-5", "after=1e3"):
            reply = self.town.request("GET", f"/v1/kiosks/{self.kiosk.id}/changes?{query}", token=self.kiosk.token)
            self.assertEqual(reply.status, 400, query)

    def test_bad_content_is_refused_whole(self):
        for path, body in (("/deputies/x-9", {"name": "甲", "mandates": []}), ("/deputies/x-9", {"name": "甲"}),
                           ("/deputies/x-9", {"name": "甲", "mandates": [{"level": "village"}]}),
                           ("/deputies/A..B", {"name": "甲", "mandates": [{"level": "city"}]}),
                           ("/deputies/x-9", {"name": "甲" * 200, "mandates": [{"level": "city"}]}),
                           ("/rules/r", {"title": "x", "text": "", "article_count": 0}),
                           ("/rules/r", {"title": "x", "text": "y", "article_count": -1})):
            self.assertIn(self.town.office("PUT", path, body).status, (404, 422), body)
        climbing = self.town.office("PUT", "/deputies/A%2f..%2fB", {"name": "甲"}, checked=False)
        self.assertEqual(climbing.status, 404)
        self.assertNotIn("x-9", json.dumps(self.all_changes()[0]))


if __name__ == "__main__":
    unittest.main()
