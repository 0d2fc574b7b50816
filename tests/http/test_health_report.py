"""What kiosks say of themselves reaches the township: what is kept, what is refused, and how a real kiosk-sync tells it."""
import http.client
import http.server
import json
import os
import sqlite3
import subprocess
import threading
import time
import unittest

import sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world

WELL = {"version": "9.9", "schema": 2, "uptime_s": 5000, "running": True, "start": "clean", "printer": "ready",
        "reader": "present", "scanner": "none", "clock_ok": True, "unsent": 0, "blobs": 0, "parked": 0, "oldest_s": 0,
        "disk_free": 20 << 30, "disk_size": 30 << 30}


def well(**change):
    return {"at": int(time.time() * 1000), **WELL, **change}


def rows(town, sql, *args):
    database = sqlite3.connect(town.folder + "/township.db")
    try:
        return database.execute(sql, args).fetchall()
    finally:
        database.close()


class HealthReport(world.WorldTest):
    def tell(self, kiosk, body, **more):
        return kiosk.town.request("PUT", f"/v1/kiosks/{kiosk.id}/health", body, token=kiosk.token, **more)

    def test_the_newest_is_kept_and_when_it_changed(self):
        town = self.township()
        kiosk = world.PaperKiosk(town).enrol()
        before = time.time() * 1000
        for printer in ("unknown", "ready", "paper_out", "paper_out", "unknown", "paper_out", "ready"):
            reply = self.tell(kiosk, well(printer=printer))
            self.assertEqual(reply.status, 200)
            self.assertAlmostEqual(reply.json["now"], time.time() * 1000, delta=5000)
        self.assertEqual(rows(town, "SELECT count(*), max(printer), max(disk_size) FROM kiosk_health"), [(1, "ready", 30 << 30)])
        # Not knowing is no change, and neither is the same again.
        self.assertEqual(rows(town, "SELECT was, now FROM kiosk_health_changes WHERE part = 'printer' ORDER BY n"),
                         [("", "ready"), ("ready", "paper_out"), ("paper_out", "ready")])
        self.assertEqual(rows(town, "SELECT count(*) FROM kiosk_health_changes WHERE part = 'reader'"), [(1,)])
        self.assertEqual(rows(town, "SELECT count(*) FROM kiosk_health_changes WHERE at_ms < ?", before - 1), [(0,)])
        # The program's version is the one that it says now.
        self.assertEqual(rows(town, "SELECT version FROM kiosks"), [("9.9",)])
        self.settled(town)

    def test_clock_and_restart(self):
        town = self.township()
        kiosk = world.PaperKiosk(town).enrol()
        now = int(time.time() * 1000)
        for change in ({}, {"at": now - 3600_000}, {"at": 946684800000}, {"clock_ok": False}, {"uptime_s": 10, "start": "unclean"}):
            self.assertEqual(self.tell(kiosk, well(**change)).status, 200)
        self.assertEqual([row[0] for row in rows(town, "SELECT now FROM kiosk_health_changes WHERE part = 'clock' ORDER BY n")],
                         ["good", "off", "untrusted", "good"])
        self.assertEqual(rows(town, "SELECT now FROM kiosk_health_changes WHERE part = 'restart'"), [("unclean",)])

    def test_the_history_is_short(self):
        town = self.township()
        kiosk = world.PaperKiosk(town).enrol()
        for i in range(60):
            self.assertEqual(self.tell(kiosk, well(printer=("ready", "paper_out")[i % 2])).status, 200)
        parts = dict(rows(town, "SELECT part, count(*) FROM kiosk_health_changes GROUP BY part"))
        self.assertEqual(parts.pop("printer"), 50)
        self.assertEqual(set(parts.values()), {1})  # and the last of every other part

    def test_bad_input(self):
        town = self.township()
        kiosk, other = world.PaperKiosk(town).enrol(), world.PaperKiosk(town, name="二号").enrol()
        bad = [None, [], {}, "x", well(at=-1), well(at="now"), well(unsent=1.5), well(version="a\nb"), well(version="v" * 32),
               well(running="yes"), well(disk_free=31 << 30), well(printer=None), well(schema=10 ** 12), well(at=2 ** 63)]
        for body in bad:
            with self.subTest(body=body):
                reply = self.tell(kiosk, body if body is not None else b"null")
                self.assertIn(reply.status, (400, 415, 422), reply.body)
                self.assertIn("remedy", reply.json["error"])
        self.assertEqual(rows(town, "SELECT count(*) FROM kiosk_health"), [(0,)])
        self.assertEqual(town.request("PUT", f"/v1/kiosks/{other.id}/health", well(), token=kiosk.token).status, 403)
        self.assertEqual(town.request("PUT", f"/v1/kiosks/{kiosk.id}/health", well(), token="nonsense").status, 401)
        # A word of a newer kiosk, and a member, are no error.
        self.assertEqual(self.tell(kiosk, well(printer="on_fire", mood="good")).status, 200)
        self.assertEqual(rows(town, "SELECT printer FROM kiosk_health"), [("unknown",)])
        # A revoked one is not listened to, and what it said stays.
        self.assertEqual(town.office("POST", f"/kiosks/{kiosk.id}/revoke").status, 200)
        self.assertEqual(self.tell(kiosk, well(printer="paper_out")).status, 401)
        self.assertEqual(rows(town, "SELECT printer FROM kiosk_health"), [("unknown",)])
        self.settled(town)


class RealSync(world.WorldTest):
    """kiosk-sync beside a kiosk without its screen."""

    def said(self, town):
        found = rows(town, "SELECT running, printer, unsent, blobs, parked, clock_ok, disk_size, version, schema, received_ms"
                           " FROM kiosk_health")
        names = ("running", "printer", "unsent", "blobs", "parked", "clock_ok", "disk_size", "version", "schema", "received_ms")
        return dict(zip(names, found[0])) if found else None

    def until(self, town, **wanted):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            said = self.said(town)
            if said and all(said[name] == value for name, value in wanted.items()):
                return said
            time.sleep(0.05)
        self.fail(f"{wanted} was never told; last: {said}")

    def test_once_tells_what_is_left(self):
        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town)
        said = self.said(town)
        self.assertEqual((said["running"], said["printer"], said["unsent"], said["clock_ok"]), (0, "unknown", 0, 1))
        disk = os.statvfs(kiosk.folder)
        self.assertEqual(said["disk_size"], disk.f_blocks * disk.f_frsize)
        status = json.loads(subprocess.run([world.BUILD + "/kioskctl", "--data", kiosk.folder, "status", "--json"],
                                           capture_output=True, text=True).stdout)
        self.assertEqual(status["schema"], said["schema"])
        self.assertEqual(status["box"]["disk_size"], said["disk_size"])
        self.assertEqual(status["box"]["running"], False)
        kiosk.submit(3)
        self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
        self.assertEqual(self.said(town)["unsent"], 0)
        self.settled(town)

    def test_told_again_only_when_something_changed(self):
        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town)
        kiosk.start()
        first = self.until(town, unsent=0)
        kiosk.submit(2)
        end = time.monotonic() + 20
        while kiosk.counts()["unsent"] and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(1)
        # Sent and acknowledged: as before, so nothing was said.
        started = self.said(town)["received_ms"]
        self.assertGreaterEqual(started, first["received_ms"])
        kiosk.submit(1)
        time.sleep(1.5)
        self.assertEqual(self.said(town)["received_ms"], started)
        # One that the township refuses is told of.
        database = sqlite3.connect(kiosk.folder + "/kiosk.db", timeout=20)
        database.execute("INSERT INTO outbox(seq, parked) VALUES (1, 'made up')")
        database.commit()
        database.close()
        kiosk.submit(1)  # wakes it
        self.until(town, parked=1)
        self.assertEqual(kiosk.stop(), 0)

    def test_a_township_that_is_older(self):
        """404: it is not asked again, and nothing else suffers."""
        asked = []

        class Older(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.path.endswith("/health"):
                    asked.append(self.path)
                    status, headers, reply = 404, {}, json.dumps(
                        {"error": {"code": "no_such_path", "message": "没有这个地址", "remedy": ""}}).encode()
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                else:
                    try:
                        passed = town.request(self.command, self.path, body or None, dict(self.headers), timeout=90)
                    except (OSError, http.client.HTTPException):  # the town has ended under a long poll
                        self.close_connection = True
                        return
                    reply = passed.body
                    self.send_response(passed.status)
                    self.send_header("Content-Type", passed.headers.get("Content-Type", "application/json"))
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            do_GET = do_PUT = do_POST = answer

            def log_message(self, *args):
                pass

        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town)
        rows_before = self.said(town)["received_ms"]
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Older)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        kiosk.configure(f"http://127.0.0.1:{server.server_address[1]}")
        kiosk.start()
        for _ in range(3):
            kiosk.submit(1)
            end = time.monotonic() + 20
            while kiosk.counts()["unsent"] and time.monotonic() < end:
                time.sleep(0.05)
            self.assertEqual(kiosk.counts()["unsent"], 0)
        time.sleep(1)
        self.assertEqual(kiosk.stop(), 0)
        self.assertEqual(len(asked), 1, asked)
        with open(kiosk.log, encoding="utf-8") as log:
            self.assertEqual(log.read().count("older than this program"), 1)
        self.assertEqual(self.said(town)["received_ms"], rows_before)


if __name__ == "__main__":
    unittest.main()
