"""The real kiosk-sync between a real kiosk's store and a real township, with the network's misfortunes in between."""
import http.server
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import unittest

import world


def make_certificates(folder, host="127.0.0.1"):
    """A self-made authority and a server's certificate of it: (certificate, key, authority)."""
    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=folder)
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-keyout",
            "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "server.key", "-out",
            "server.csr", "-subj", "/CN=township")
    kind = "IP" if host[0].isdigit() else "DNS"
    with open(folder + "/ext", "w") as file:
        file.write(f"subjectAltName={kind}:{host}\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30",
            "-out", "server.pem", "-extfile", "ext")
    return tuple(f"{folder}/{name}" for name in ("server.pem", "server.key", "ca.pem"))


class Relay:
    """Stands between kiosk and township; breaks off after so many bytes upwards, while told to."""

    def __init__(self, port):
        self.target, self.break_after, self.passed = port, None, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            threading.Thread(target=self._pump, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, False), daemon=True).start()

    def _pump(self, source, sink, upwards):
        passed = 0
        try:
            while data := source.recv(16384):
                if upwards and self.break_after is not None and passed + len(data) > self.break_after:
                    break
                sink.sendall(data)
                passed += len(data)
                self.passed += len(data) if upwards else 0
        except OSError:
            pass
        for s in (source, sink):
            try:
                s.shutdown(socket.SHUT_RDWR)
                s.close()
            except OSError:
                pass

    def close(self):
        self.listener.close()


class Sync(world.WorldTest):
    def test_the_whole_way_by_once(self):
        town = self.township(demo=True)
        kiosk = self.kiosk(town.url)
        self.assertEqual(kiosk.once(), 3)
        code = kiosk.counts()["enrol_code"]
        self.assertRegex(code, r"^\d{8}$")
        self.assertEqual(kiosk.once(), 3)
        self.assertEqual(kiosk.counts()["enrol_code"], code, "the code stays until the office decides")
        self.assertEqual(town.office("POST", f"/enrolments/{code}/approve").status, 200)
        self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
        counts = kiosk.counts()
        self.assertEqual((counts["deputies"], counts["rules"], counts["enrolled"], counts["enrol_code"]), (91, 15, 1, ""))
        slips = kiosk.submit(5, "--ink")
        self.assertEqual(kiosk.once(), 0)
        counts = kiosk.counts()
        self.assertEqual((counts["unsent"], counts["parked"], counts["blobs_unsent"], counts["problem"]), (0, 0, 0, ""))
        opened = town.office("GET", "/cases/" + slips[0][2]).json
        self.assertEqual([b["here"] for b in opened["body"]["blobs"]], [True])
        ink = town.office("GET", "/blobs/" + opened["body"]["blobs"][0]["sha256"]).body
        self.assertEqual(ink[:4], b"INK1")
        town.step(slips[0][2], "accept")
        town.step(slips[0][2], "answer", text="马上修。")
        self.assertEqual(kiosk.once(), 0)
        state, number, view = kiosk.show(slips[0][0])
        self.assertEqual((state, number, view["answer"]["text"]), ("answered", 1, "马上修。"))
        kiosk.rate(slips[0][0], "unsatisfied", "没有来修")
        self.assertEqual(kiosk.once(), 0)
        self.assertEqual(kiosk.show(slips[0][0])[:2], ("redo", 2))
        self.assertEqual(town.office("GET", "/cases/" + slips[0][2]).json["ratings"][0]["reason"], "没有来修")
        self.settled(town)

    def test_running_beside_the_kiosk_it_hears_at_once(self):
        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town).start()
        world.wait_until(lambda: kiosk.counts()["last_contact_ms"], 10, "a contact")
        time.sleep(0.5)
        (code, _, case_id), = kiosk.submit()
        began = time.monotonic()
        world.wait_until(lambda: town.office("GET", "/cases").json["cases"], 5, "the case at the office")
        self.assertLess(time.monotonic() - began, 1)
        town.step(case_id, "accept")
        town.step(case_id, "answer", text="好")
        began = time.monotonic()
        world.wait_until(lambda: kiosk.show(code)[0] == "answered", 5, "the answer at the kiosk")
        self.assertLess(time.monotonic() - began, 1)
        began = time.monotonic()
        self.assertEqual(kiosk.stop(), 0, "it can be ended in mid poll")
        self.assertLess(time.monotonic() - began, 1)

    def test_a_refused_event_is_parked_and_blocks_nothing(self):
        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town)
        kiosk.submit(3)
        database = sqlite3.connect(kiosk.folder + "/kiosk.db")
        database.execute("UPDATE events SET sig = zeroblob(64) WHERE seq = 2")
        database.commit()
        database.close()
        self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
        counts = kiosk.counts()
        self.assertEqual((counts["unsent"], counts["parked"]), (0, 1))
        self.assertEqual(len(town.office("GET", "/cases").json["cases"]), 2)
        self.assertIn("event 2 was refused: bad_signature", kiosk.last_once.stderr)
        kiosk.submit(2)
        self.assertEqual(kiosk.once(), 0)
        self.assertEqual((kiosk.counts()["unsent"], kiosk.counts()["parked"]), (0, 1))
        self.assertEqual(len(town.office("GET", "/cases").json["cases"]), 4)

    def test_the_server_is_away_then_back(self):
        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town)
        town.stop(signal.SIGKILL)
        kiosk.submit(2)
        self.assertEqual(kiosk.once(), 4)
        self.assertIn("offline", kiosk.counts()["problem"])
        kiosk.start()
        time.sleep(0.3)
        town.start()
        world.wait_until(lambda: kiosk.counts()["unsent"] == 0, 15, "the backoff ends")
        world.wait_until(lambda: kiosk.counts()["problem"] == "", 15, "the status is well again")
        self.assertEqual(len(town.office("GET", "/cases").json["cases"]), 2)
        kiosk.stop()

    def test_both_killed_at_any_moment_lose_and_double_nothing(self):
        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town)
        ids = {case_id for _, _, case_id in kiosk.submit(1500, "--fast")}
        for i in range(12):
            kiosk.start()
            time.sleep(0.02 + 0.012 * i)
            if i % 2:
                town.stop(signal.SIGKILL)
                town.start()
            kiosk.stop(signal.SIGKILL)
        self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
        counts = kiosk.counts()
        self.assertEqual((counts["unsent"], counts["parked"]), (0, 0))
        self.settled(town)
        database = sqlite3.connect(town.folder + "/township.db")
        stored = [row[0] for row in database.execute("SELECT id FROM cases")]
        self.assertEqual((len(stored), set(stored)), (1500, ids))

    def test_a_blob_goes_on_where_it_broke(self):
        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town)
        relay = Relay(town.port)
        self.addCleanup(relay.close)
        kiosk.configure(f"http://127.0.0.1:{relay.port}")
        kiosk.submit(1, "--ink")
        # Voice is larger than ink: the stored, sealed file is put in its place, as a recording would be.
        import hashlib
        name, = os.listdir(kiosk.folder + "/blobs")
        data = os.urandom(1500000)
        sha = hashlib.sha256(data).hexdigest()
        with open(f"{kiosk.folder}/blobs/{sha}", "wb") as file:
            file.write(data)
        shutil.move(f"{kiosk.folder}/blobs/{name}", self.folder + "/old")
        database = sqlite3.connect(kiosk.folder + "/kiosk.db")
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("UPDATE blobs SET sha256 = ?, size = ?", (sha, len(data)))
        database.execute("UPDATE blob_outbox SET sha256 = ?", (sha,))
        database.commit()
        database.close()
        relay.break_after = 900000
        self.assertEqual(kiosk.once(), 4)
        part = f"{town.folder}/blobs/{sha}.part"
        world.wait_until(lambda: os.path.exists(part) and os.path.getsize(part) > 400000, 5, "a part at the server")
        time.sleep(0.2)
        relay.break_after, relay.passed = None, 0
        self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
        self.assertLess(relay.passed, 1200000, "only the rest was sent")
        with open(f"{town.folder}/blobs/{sha}", "rb") as file:
            self.assertEqual(file.read(), data)

    def test_a_blob_that_is_gone_does_not_hold_up_the_events(self):
        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town)
        kiosk.submit(1, "--ink")
        name, = os.listdir(kiosk.folder + "/blobs")
        os.rename(f"{kiosk.folder}/blobs/{name}", self.folder + "/gone")
        kiosk.once()
        counts = kiosk.counts()
        self.assertEqual((counts["unsent"], counts["blobs_unsent"]), (0, 1))
        self.assertIn("attachment " + name[:12], counts["problem"])
        os.rename(self.folder + "/gone", f"{kiosk.folder}/blobs/{name}")
        self.assertEqual(kiosk.once(), 0)
        self.assertEqual((kiosk.counts()["blobs_unsent"], kiosk.counts()["problem"]), (0, ""))

    def test_tls_with_an_authority_of_ones_own(self):
        tls = make_certificates(self.folder)
        town = self.township(tls=tls)
        kiosk = self.kiosk(town.url, ca_file=tls[2]).enrol(town)
        kiosk.submit(2)
        self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
        self.assertEqual(len(town.office("GET", "/cases").json["cases"]), 2)

    def test_wrong_certificates_are_told_and_nothing_is_sent(self):
        tls = make_certificates(self.folder)
        town = self.township(tls=tls)
        kiosk = self.kiosk(town.url, ca_file=tls[2]).enrol(town)
        kiosk.submit(1)
        kiosk.configure(town.url, "")
        self.assertEqual(kiosk.once(), 4)
        self.assertIn("wrong certificate", kiosk.counts()["problem"])
        other = os.path.join(self.folder, "other")
        os.mkdir(other)
        wrong = make_certificates(other, "elsewhere.example")
        town.stop()
        town.tls = (wrong[0], wrong[1], wrong[2])
        town.start()
        kiosk.configure(town.url, wrong[2])
        self.assertEqual(kiosk.once(), 4, "the name is another's")
        self.assertIn("wrong certificate", kiosk.counts()["problem"])
        self.assertEqual(kiosk.counts()["unsent"], 1)

    def test_a_captive_portal_is_offline(self):
        class Portal(http.server.BaseHTTPRequestHandler):
            mode = "page"

            def answer(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(302 if Portal.mode == "redirect" else 200)
                body = b'{"hello":1}' if Portal.mode == "json" else b"<html>Please log in</html>"
                self.send_header("Content-Type", "application/json" if Portal.mode == "json" else "text/html")
                self.send_header("Location", "http://127.0.0.1/login")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)
            do_GET = do_POST = do_PUT = do_HEAD = answer

            def log_message(self, *_):
                pass
        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town)
        kiosk.submit(2, "--ink")
        portal = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal)
        threading.Thread(target=portal.serve_forever, daemon=True).start()
        self.addCleanup(portal.server_close)
        self.addCleanup(portal.shutdown)
        kiosk.configure(f"http://127.0.0.1:{portal.server_port}")
        for Portal.mode in ("page", "redirect", "json"):
            self.assertEqual(kiosk.once(), 4, Portal.mode)
            self.assertIn("offline", kiosk.counts()["problem"])
        self.assertEqual((kiosk.counts()["unsent"], kiosk.counts()["blobs_unsent"]), (2, 2))
        fresh = world.Kiosk(self.folder, f"http://127.0.0.1:{portal.server_port}", name="fresh")
        for Portal.mode in ("page", "redirect", "json"):
            self.assertEqual(fresh.once(), 4)
            self.assertEqual(fresh.counts()["enrol_code"], "", "no code is shown that nobody knows")
        kiosk.configure(town.url)
        self.assertEqual(kiosk.once(), 0)
        self.assertEqual(kiosk.counts()["unsent"], 0)

    def test_revoked_is_told_and_mended_by_the_office(self):
        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town)
        kiosk.submit(1)
        town.office("POST", f"/kiosks/{kiosk.counts()['kiosk']}/revoke")
        self.assertEqual(kiosk.once(), 5)
        self.assertIn("revoked", kiosk.counts()["problem"])
        self.assertEqual(kiosk.counts()["unsent"], 1)
        # With its token gone the box asks again, and is let in as itself.
        os.remove(kiosk.folder + "/keys/token")
        kiosk.enrol(town)
        self.assertEqual((kiosk.counts()["unsent"], kiosk.counts()["problem"]), (0, ""))

    def test_denied_then_asked_again_with_a_new_code(self):
        town = self.township()
        kiosk = self.kiosk(town.url)
        kiosk.once()
        code = kiosk.counts()["enrol_code"]
        town.office("POST", f"/enrolments/{code}/deny")
        self.assertEqual(kiosk.once(), 4)
        self.assertIn("did not admit", kiosk.counts()["problem"])

    def test_a_server_restored_from_an_older_backup_gets_all_again(self):
        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town)
        kiosk.submit(2)
        self.assertEqual(kiosk.once(), 0)
        town.stop()
        shutil.copytree(town.folder, self.folder + "/backup")
        town.start()
        kiosk.submit(3)
        self.assertEqual(kiosk.once(), 0)
        town.stop()
        shutil.rmtree(town.folder)
        shutil.copytree(self.folder + "/backup", town.folder)
        town.start()
        kiosk.submit(1)
        self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
        self.assertIn("missing events from 3 on", kiosk.last_once.stderr)
        self.assertEqual((kiosk.counts()["unsent"], kiosk.counts()["parked"]), (0, 0))
        self.assertEqual(len(town.office("GET", "/cases").json["cases"]), 6)
        self.settled(town)

    def test_a_kiosk_restored_from_an_older_backup_loses_nothing_new(self):
        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town)
        kiosk.submit(1)
        kiosk.ctl("backup", self.folder + "/backup")
        kiosk.submit(2)
        self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
        shutil.rmtree(kiosk.folder)
        kiosk.ctl("restore", self.folder + "/backup")
        kiosk.configure(town.url)
        new = kiosk.submit(1)  # takes a number that the township has given away
        self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
        cases = town.office("GET", "/cases").json["cases"]
        self.assertEqual(len(cases), 4, "one before the backup, two lost by the box, one after")
        self.assertIn(new[0][2], [case["case_id"] for case in cases])
        self.assertEqual(kiosk.counts()["parked"], 0)
        self.assertEqual(kiosk.counts()["unsent"], 0)

    def test_events_that_a_damaged_disk_lost_do_not_block_the_rest(self):
        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town)
        kiosk.submit(6)
        database = sqlite3.connect(kiosk.folder + "/kiosk.db")
        for seq in (1, 2, 4):
            database.execute("DELETE FROM outbox WHERE seq = ?", (seq,))
            database.execute("UPDATE cases SET event_seq = NULL WHERE event_seq = ?", (seq,))
            database.execute("DELETE FROM events WHERE seq = ?", (seq,))
        database.commit()
        database.close()
        self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
        self.assertEqual(kiosk.counts()["unsent"], 0)
        self.assertEqual(len(town.office("GET", "/cases").json["cases"]), 3)
        refusals = town.office("GET", "/refusals").json["refusals"]
        self.assertEqual(sorted((r["seq"], r["reason"]) for r in refusals), [(1, "lost"), (2, "lost"), (4, "lost")])

    def test_a_slip_is_good_at_every_kiosk(self):
        town = self.township()
        here, there = self.kiosk(town.url, name="here").enrol(town), self.kiosk(town.url, name="there").enrol(town)
        (code, receipt, case_id), = here.submit()
        there.submit()  # the same receipt number, on the same day
        self.assertEqual((here.once(), there.once()), (0, 0))
        self.assertEqual(there.show(code), ("registered", 1, None), "known there before the office did anything")
        town.step(case_id, "accept")
        town.step(case_id, "answer", text="两处都看得到")
        self.assertEqual(there.once(), 0)
        self.assertEqual(there.show(code)[2]["answer"]["text"], "两处都看得到")
        there.rate(code, "unsatisfied", "不行")
        self.assertEqual((there.once(), here.once()), (0, 0))
        self.assertEqual(here.show(code)[:2], ("redo", 2))
        for kiosk in (here, there):
            verified = subprocess.run([world.BUILD + "/kioskctl", "--data", kiosk.folder, "verify"], capture_output=True, text=True)
            self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
            skipped = sqlite3.connect(kiosk.folder + "/kiosk.db").execute("SELECT reason FROM skipped_changes").fetchall()
            self.assertEqual(skipped, [])
        self.assertEqual((here.submit()[0][1][-4:], there.submit()[0][1][-4:]), ("0002", "0002"))

    def test_settings_and_command_line(self):
        town = world.Township(self.folder)
        kiosk = self.kiosk(town.url)

        def run(*words):
            return subprocess.run([world.BUILD + "/kiosk-sync", *words], capture_output=True, text=True, timeout=20)
        for url in ("http://township.example", "ftp://127.0.0.1", "http://127.0.0.1:80@evil.example/"):
            kiosk.configure(url)
            self.assertEqual(kiosk.once(), 2, url)
        with open(kiosk.folder + "/kiosk.conf", "w") as file:
            file.write("[sync]\nurll = x\n")
        self.assertEqual(kiosk.once(), 2)
        self.assertIn("kiosk.conf:2:", kiosk.last_once.stderr)
        self.assertEqual(run("--nonsense").returncode, 2)
        self.assertEqual(run("--data", self.folder + "/nowhere", "--config", kiosk.folder + "/kiosk.conf").returncode, 2)
        self.assertIn("EXIT STATUS", run("--help").stdout)

    def test_one_sync_a_folder(self):
        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town).start()
        time.sleep(0.3)
        self.assertEqual(kiosk.once(), 1)
        self.assertIn("another kiosk-sync", kiosk.last_once.stderr)
        kiosk.stop()


if __name__ == "__main__":
    unittest.main()
