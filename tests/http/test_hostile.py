"""Whatever comes in on the port: the server answers fittingly or hangs up, and goes on serving everybody else."""
import gzip
import os
import random
import resource
import signal
import socket
import subprocess
import time
import unittest

import world


class Hostile(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.kiosk = world.PaperKiosk(self.town).enrol()

    def connect(self):
        s = socket.create_connection(("127.0.0.1", self.town.port), 10)
        self.addCleanup(s.close)
        s.settimeout(10)
        return s

    def raw(self, data):
        """The status line's number, or None when the server hung up."""
        with self.connect() as s:
            try:
                s.sendall(data)
                s.shutdown(socket.SHUT_WR)
                head = s.recv(65536).split(b"\r\n")[0].split()
            except OSError:
                return None
            return int(head[1]) if len(head) > 1 else None

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.town.process.pid}/fd"))

    def alive(self):
        self.assertEqual(self.town.request("GET", "/v1/health").status, 200)
        self.assertIsNone(self.town.process.poll())

    def test_random_bytes(self):
        rng = random.Random(20260312)
        pieces = [b"GET ", b"POST ", b"/v1/", b"kiosks/", b"/s/", b"office/cards/", b"name=%", b" HTTP/1.1\r\n", b"Host: x\r\n", b"Content-Length: ", b"-1", b"\r\n\r\n",
                  b"Transfer-Encoding: chunked\r\n", b"Authorization: Bearer ", b"%00", b"\xff\xfe", b"\0", b"A" * 300,
                  b"9" * 30, b"{\"events\":[", b"?after=", b"Content-Encoding: gzip\r\n", b"\n", b"\r"]
        for _ in range(400):
            data = b"".join(rng.choice(pieces) if rng.random() < 0.8 else rng.randbytes(rng.randrange(20))
                            for _ in range(rng.randrange(1, 30)))
            status = self.raw(data)
            self.assertTrue(status is None or 400 <= status < 600 or status == 200, (status, data))
        self.alive()
        self.settled(self.town)
        # Nor does it fill the disk with complaints.
        self.assertLess(len(self.town.output().splitlines()), 60)

    def test_odd_heads(self):
        auth = f"Authorization: Bearer {self.kiosk.token}\r\n".encode()
        path = f"POST /v1/kiosks/{self.kiosk.id}/events HTTP/1.1\r\nHost: x\r\n".encode()
        js = b"Content-Type: application/json\r\n"
        cases = [
            (path + auth + js + b"Content-Length: -5\r\n\r\n", {400, None}),
            (path + auth + js + b"Content-Length: 99999999999999999999999\r\n\r\n", {400, 413, None}),
            (path + auth + js + b"Content-Length: 10\r\nContent-Length: 20\r\n\r\n{}", {400, None}),
            (path + auth + js + b"\r\n", {411}),
            (path + b"Authorization: Basic eDp5\r\nContent-Length: 2\r\n\r\n{}", {401}),
            (path + b"Authorization: Bearer \r\nContent-Length: 2\r\n\r\n{}", {401}),
            (path + b"A: " + b"x" * 100000 + b"\r\n\r\n", {413, 431, None}),
            (path + b"".join(b"H%d: y\r\n" % i for i in range(5000)) + b"\r\n", {413, 431, None}),
            (b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", {404, 413, 414, None}),
            (b"GET /v1/health HTTP/9.9\r\nHost: x\r\n\r\n", {200, 400, 505, None}),
            (b"BREW /v1/health HTTP/1.1\r\nHost: x\r\n\r\n", {405, 400, 501}),
            (b"GET http://elsewhere/v1/health HTTP/1.1\r\nHost: x\r\n\r\n", {200, 400, 404}),
            (b"GET /v1/health/ HTTP/1.1\r\nHost: x\r\n\r\n", {404}),
            (b"GET //v1/health HTTP/1.1\r\nHost: x\r\n\r\n", {404}),
            (b"GET /v1/kiosks//changes HTTP/1.1\r\nHost: x\r\n\r\n", {404}),
            (b"GET /v1/blobs/%2e%2e%2f%2e%2e HTTP/1.1\r\nHost: x\r\n" + auth + b"\r\n", {404}),
            (b"GET /v1/health HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", {413}),
        ]
        for data, fitting in cases:
            self.assertIn(self.raw(data), fitting, data[:120])
        self.alive()

    def test_slow_and_silent_clients_hold_up_nobody(self):
        before = self.descriptors()
        slow = [self.connect() for _ in range(300)]
        for i, s in enumerate(slow):
            s.sendall([b"", b"GET /v1/hea", b"POST /v1/office/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                       b"Content-Length: 100\r\n\r\n{\"us"][i % 3])
        began = time.monotonic()
        self.alive()
        self.assertEqual(self.kiosk.send(self.kiosk.report()).status, 200)
        self.assertLess(time.monotonic() - began, 2)
        for s in slow:
            s.close()
        world.wait_until(lambda: self.descriptors() <= before + 2, 15, "their descriptors are given back")

    def test_ten_thousand_connections_lock_nobody_out(self):
        """They fill every place that there is; whoever has something to ask is answered all the same."""
        before, many = self.descriptors(), 10000
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < many + 1000:
            self.skipTest(f"only {hard} descriptors a process")
        resource.setrlimit(resource.RLIMIT_NOFILE, (many + 1000, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        starts = [b"", b"GET /v1/hea", b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                  b"Content-Length: 5000\r\n\r\nuser=", b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n"]
        held, slowest = [], 0.0
        for i in range(many):
            s = socket.socket()
            s.setblocking(False)
            s.connect_ex(("127.0.0.1", self.town.port))
            held.append(s)
            if i % 1000 == 999:
                for other in held[i - 999:]:
                    try:
                        other.send(starts[other.fileno() % len(starts)])
                    except OSError:
                        pass    # not connected yet, or hung up on
                began = time.monotonic()
                self.alive()
                slowest = max(slowest, time.monotonic() - began)
        for _ in range(3):
            began = time.monotonic()
            self.alive()
            self.assertEqual(self.kiosk.send(self.kiosk.report()).status, 200)
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.5)
        self.assertLess(slowest, 8)
        for s in held:
            s.close()
        world.wait_until(lambda: self.descriptors() <= before + 2, 20, "their descriptors are given back")
        self.alive()
        self.settled(self.town)

    def test_what_trickles_in_is_cut(self):
        """A byte now and then keeps no line open for ever; a long poll and who sends steadily are left alone."""
        cursor = self.kiosk.changes()["next"]
        poll = self.connect()
        poll.sendall(f"GET /v1/kiosks/{self.kiosk.id}/changes?after={cursor}&wait=18 HTTP/1.1\r\nHost: x\r\n"
                     f"Authorization: Bearer {self.kiosk.token}\r\n\r\n".encode())
        trickles = [self.connect() for _ in range(3)]
        trickles[1].sendall(b"POST /v1/office/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
        trickles[2].sendall(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n")
        cut, began = {}, time.monotonic()
        while len(cut) < len(trickles) and time.monotonic() - began < 30:
            for i, s in enumerate(trickles):
                if i in cut:
                    continue
                try:
                    s.send(b"a")
                    s.settimeout(0.2)
                    if not s.recv(100):
                        cut[i] = time.monotonic() - began
                except socket.timeout:
                    pass
                except OSError:
                    cut[i] = time.monotonic() - began
        self.assertEqual(sorted(cut), [0, 1, 2], "each is cut")
        self.assertTrue(all(10 < seconds < 25 for seconds in cut.values()), cut)
        poll.settimeout(30)
        self.assertIn(b" 200 ", poll.recv(65536))
        self.settled(self.town)

    def test_encodings_and_shapes_that_are_none(self):
        """On an address that reads JSON and on one that reads a form: a status that fits, nothing kept, nothing broken."""
        bodies = [b"\xff\xfe{\x00}\x00", "{\"user\":\"甲\"}".encode("utf-16"), "{\"user\":\"甲\"}".encode("gb18030"), b"\xef\xbb\xbf{}",
                  b"{\"user\":\"\xc0\xaf\"}", b"{\"user\":\"\xed\xa0\x80\"}", b"{\"user\":\"a\\u0000b\",\"password\":\"x\"}",
                  b"[" * 100000, b"{\"a\":" * 5000 + b"1" + b"}" * 5000, b"{\"user\":" + b"9" * 5000 + b"}", b"{\"user\":1e999}",
                  b"{\"user\":\"a\",\"user\":\"b\"}", b"null", b"{} {}", b"\0" * 1000, b""]
        for body in bodies:
            for path, kind in (("/v1/office/login", "application/json"), ("/login", "application/x-www-form-urlencoded"),
                               ("/login", "multipart/form-data; boundary=x"), ("/login", "multipart/form-data"), ("/v1/office/login", "text/json")):
                reply = self.town.request("POST", path, body, headers={"Content-Type": kind}, checked=False)
                self.assertTrue(400 <= reply.status < 500, (reply.status, path, kind, body[:60]))
                self.assertGreater(len(reply.body), 20)
        for i, body in enumerate(bodies):
            for encoding in ("gzip", "deflate", "br", "identity, gzip"):
                reply = self.town.request("POST", f"/v1/kiosks/{self.kiosk.id}/events", body, token=self.kiosk.token, checked=False,
                                          headers={"Content-Type": "application/json", "Content-Encoding": encoding})
                self.assertTrue(400 <= reply.status < 500, (reply.status, encoding, body[:60]))
        bomb = gzip.compress(b"{\"events\":[" + b" " * (64 << 20) + b"]}")
        reply = self.town.request("POST", f"/v1/kiosks/{self.kiosk.id}/events", bomb, token=self.kiosk.token, checked=False,
                                  headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})
        self.assertEqual(reply.status, 413)
        self.alive()
        self.settled(self.town)

    def test_polls_whose_client_left_are_given_back(self):
        cursor = self.kiosk.changes()["next"]
        before = self.descriptors()
        gone = [self.connect() for _ in range(200)]
        for s in gone:
            s.sendall(f"GET /v1/kiosks/{self.kiosk.id}/changes?after={cursor}&wait=2 HTTP/1.1\r\nHost: x\r\n"
                      f"Authorization: Bearer {self.kiosk.token}\r\n\r\n".encode())
        time.sleep(0.3)
        for s in gone:
            s.close()
        world.wait_until(lambda: self.descriptors() <= before + 2, 15, "their descriptors are given back")
        self.settled(self.town)

    def test_a_full_disk_takes_nothing_and_loses_nothing(self):
        """A limit on the size of files stands for the disk: writing past it fails in the same place."""
        def small_disk():
            world.die_with_parent()
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (600000, 600000))
        self.town.stop()
        with open(self.town.log, "ab") as log:
            self.town.process = subprocess.Popen(
                [world.BUILD + "/township", "--data", self.town.folder, "--listen", f"127.0.0.1:{self.town.port}"],
                stdout=subprocess.PIPE, stderr=log, preexec_fn=small_disk)
        self.town.process.stdout.readline()
        taken = 0
        while True:
            batch = [self.kiosk.report("字" * 900) for _ in range(20)]
            reply = self.kiosk.send(*batch)
            if reply.status != 200:
                break
            taken += 20
            self.assertLess(taken, 5000)
        self.assertEqual(reply.status, 503)
        self.town.stop()
        self.town.start()
        self.assertEqual(self.kiosk.send(*batch).json, {"acked": taken + 20, "refused": []})
        self.settled(self.town)


if __name__ == "__main__":
    unittest.main()
