"""Whatever comes in on the port: the server answers fittingly or hangs up, and goes on serving everybody else."""
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
