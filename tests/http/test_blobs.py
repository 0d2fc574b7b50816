"""Ink and sound: in parts, checked against their sum, opened for the office alone."""
import hashlib
import os
import socket
import time
import unittest

import world
import sodium


class Blobs(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.kiosk = world.PaperKiosk(self.town).enrol()

    def call(self, method, sha, body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.town.request(method, "/v1/blobs/" + sha, body, headers, token=self.kiosk.token)

    def test_whole_and_again_and_read_back(self):
        data = os.urandom(300000)
        sha = hashlib.sha256(data).hexdigest()
        self.assertEqual(self.call("HEAD", sha).status, 404)
        self.assertEqual(self.call("GET", sha).status, 404)
        for _ in range(2):
            reply = self.call("PUT", sha, data)
            self.assertEqual((reply.status, reply.json), (201, {"have": len(data), "complete": True}))
        self.assertEqual(self.call("GET", sha).body, data)
        part = self.call("GET", sha, Range="bytes=1000-1999")
        self.assertEqual((part.status, part.body, part.headers["Content-Range"]),
                         (206, data[1000:2000], f"bytes 1000-1999/{len(data)}"))
        self.assertEqual(self.call("GET", sha, Range="bytes=299990-").body, data[-10:])
        self.assertEqual(self.call("GET", sha, Range="bytes=300000-").status, 400)
        head = self.call("HEAD", sha)
        self.assertEqual((head.headers["Upload-Offset"], head.headers["Upload-Complete"]), (str(len(data)), "?1"))

    def test_in_parts(self):
        data = os.urandom(100000)
        sha = hashlib.sha256(data).hexdigest()
        first = self.call("PUT", sha, data[:40000], Content_Range=f"bytes 0-39999/{len(data)}")
        self.assertEqual((first.status, first.json), (202, {"have": 40000, "complete": False}))
        head = self.call("HEAD", sha)
        self.assertEqual((head.headers["Upload-Offset"], head.headers["Upload-Complete"]), ("40000", "?0"))
        hole = self.call("PUT", sha, data[50000:], Content_Range=f"bytes 50000-99999/{len(data)}")
        self.assertEqual((hole.status, hole.headers["Upload-Offset"]), (409, "40000"))
        overlap = self.call("PUT", sha, data[30000:], Content_Range=f"bytes 30000-99999/{len(data)}")
        self.assertEqual(overlap.status, 201)
        self.assertEqual(self.call("GET", sha).body, data)

    def test_resumed_after_the_line_broke(self):
        data = os.urandom(2000000)
        sha = hashlib.sha256(data).hexdigest()
        with socket.create_connection(("127.0.0.1", self.town.port)) as s:
            s.sendall(f"PUT /v1/blobs/{sha} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.kiosk.token}\r\n"
                      f"Content-Length: {len(data)}\r\n\r\n".encode() + data[:1200000])
            world.wait_until(lambda: self.call("HEAD", sha).headers.get("Upload-Offset") == "1200000", 10, "the first part")
        def free():
            have = int(self.call("HEAD", sha).headers["Upload-Offset"])
            reply = self.call("PUT", sha, data[have:], Content_Range=f"bytes {have}-{len(data) - 1}/{len(data)}")
            return reply if reply.status != 409 else None
        reply = world.wait_until(free, 10, "the broken upload lets go")
        self.assertEqual(reply.status, 201)
        self.assertEqual(self.call("GET", sha).body, data)

    def test_wrong_sum_is_thrown_away(self):
        sha = hashlib.sha256(b"right").hexdigest()
        self.assertEqual(self.call("PUT", sha, b"wrong").status, 422)
        self.assertEqual(self.call("HEAD", sha).status, 404)
        self.assertEqual(self.call("PUT", sha, b"right").status, 201)

    def test_bad_requests(self):
        sha = hashlib.sha256(b"x").hexdigest()
        for name in ("..%2f..%2fkeys%2fseal.key", "A" * 64, "0" * 63, sha + ".part", "%00" * 64):
            self.assertEqual(self.call("GET", name).status, 404, name)
        self.assertEqual(self.call("PUT", "g" * 64, b"x").status, 404)
        for value in ("bytes 0-0/0", "bytes 5-3/9", "bytes 0-5/9", "lines 0-0/1", "bytes 0-0/*", "bytes 0-0/1 "):
            self.assertEqual(self.call("PUT", sha, b"x", Content_Range=value).status, 400, value)
        self.assertEqual(self.call("PUT", sha, b"x", Content_Range="bytes 0-0/99999999999").status, 413)
        self.assertEqual(self.town.request("PUT", "/v1/blobs/" + sha, b"x").status, 401)
        self.settled(self.town)

    def test_the_office_opens_and_the_chain_says_so(self):
        ink = b"INK1" + os.urandom(1000)
        sealed = sodium.seal(self.kiosk.seal_key, ink)
        sha = hashlib.sha256(sealed).hexdigest()
        self.assertEqual(self.call("PUT", sha, sealed).status, 201)
        blobs = [{"sha256": sha, "media": "application/x-deputies-ink", "ms": 0}]
        self.assertEqual(self.kiosk.send(self.kiosk.report(blobs=blobs)).json["refused"], [])
        opened = self.town.office("GET", "/cases/" + self.kiosk.last["case_id"]).json
        self.assertEqual([(b["sha256"], b["here"], b["size"]) for b in opened["body"]["blobs"]], [(sha, True, len(sealed))])
        reply = self.town.office("GET", "/blobs/" + sha)
        self.assertEqual((reply.status, reply.body, reply.headers["Content-Type"]), (200, ink, "application/x-deputies-ink"))
        self.assertEqual(self.town.request("GET", "/v1/office/blobs/" + sha, token=self.kiosk.token).status, 401)
        self.settled(self.town)
        import sqlite3
        acts = [row[0] for row in sqlite3.connect(self.town.folder + "/township.db").execute("SELECT act FROM audit")]
        self.assertIn("blob.opened", acts)
        self.assertIn("case.opened", acts)


if __name__ == "__main__":
    unittest.main()
