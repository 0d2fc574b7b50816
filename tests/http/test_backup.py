"""A copy of all that the township has: made while it serves, checked, restored; and kiosks that know more than the restored server."""
import hashlib
import io
import json
import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import tarfile
import threading
import time
import unittest

import world

PASS = "四月的路灯 grey-otter 71"


def entries(path):
    with tarfile.open(path) as tar:
        return {m.name: tar.extractfile(m).read() for m in tar.getmembers()}


def rewrite(path, to, change):
    """The same archive with its list of (name, bytes, type) changed."""
    with tarfile.open(path) as tar:
        members = [[m.name, tar.extractfile(m).read(), m.type] for m in tar.getmembers()]
    with tarfile.open(to, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, data, kind in change(members):
            info = tarfile.TarInfo(name)
            info.size, info.type = len(data) if kind == tarfile.REGTYPE else 0, kind
            info.linkname = "/etc/passwd" if kind != tarfile.REGTYPE else ""
            tar.addfile(info, io.BytesIO(data) if info.size else None)


class Backup(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.file = self.folder + "/copy.tar"

    def backup(self, town, *options):
        done = town.command("backup", self.file, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def check(self, path=None):
        return subprocess.run([world.BUILD + "/township", "backup", "--check", path or self.file], capture_output=True, text=True)

    def restore(self, town, to=None, path=None):
        """Into the town's own place, which is moved away first, unless `to` says where."""
        if not to:
            os.rename(town.folder, town.folder + f".lost{time.monotonic_ns()}")
        return subprocess.run([world.BUILD + "/township", "--data", to or town.folder, "restore", path or self.file],
                              capture_output=True, text=True)

    def test_made_while_the_server_works(self):
        town = self.township()
        kiosk = world.PaperKiosk(town).enrol()
        blob = os.urandom(100_000)
        name = hashlib.sha256(blob).hexdigest()
        put = town.request("PUT", "/v1/blobs/" + name, blob, token=kiosk.token, headers={"Content-Type": "application/octet-stream"})
        self.assertEqual(put.status, 201)
        with open(town.folder + "/township.conf", "w") as file:
            file.write("[rules]\ntransfer_days = 10\n")
        stop, sent = threading.Event(), []

        def work():
            while not stop.is_set():
                reply = kiosk.send(*(kiosk.report(f"第 {len(sent)} 件") for _ in range(5)))
                assert reply.status == 200 and not reply.json["refused"], reply.body
                sent.append(5)
        worker = threading.Thread(target=work)
        worker.start()
        try:
            for _ in range(3):
                done = self.backup(town)
                self.assertEqual(self.check().returncode, 0)
        finally:
            stop.set()
            worker.join()
        self.assertIn("seal.key and sign.key are not in it", done.stdout)
        self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o600)
        held = entries(self.file)
        self.assertEqual(sorted(held), sorted(["manifest.json", "township.db", "township.conf", "keys/slip.salt", "blobs/" + name]))
        self.assertEqual(list(held)[0], "manifest.json")
        self.assertEqual(held["blobs/" + name], blob)
        manifest = json.loads(held["manifest.json"])
        self.assertEqual((manifest["format"], manifest["entries"], manifest["keys"]), (1, 4, "none"))
        self.assertEqual(sorted(os.listdir(self.folder)), ["copy.tar", "township", "township.log"], "nothing is left beside it")
        # Nothing that is secret stands in it in the clear.
        secret = open(town.folder + "/keys/seal.key", "rb").read()
        self.assertNotIn(secret, open(self.file, "rb").read())
        # Restored elsewhere with the keys put back, it opens what it holds.
        done = self.restore(town, to=self.folder + "/new/place")
        self.assertEqual(done.returncode, 1, "the folder above is not there")
        os.mkdir(self.folder + "/new")
        done = self.restore(town, to=self.folder + "/new/township")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("put seal.key and sign.key", done.stdout)
        again = world.Township.__new__(world.Township)
        again.__dict__.update(town.__dict__, folder=self.folder + "/new/township", port=world.free_port(), session=None)
        for key in ("seal.key", "sign.key"):
            shutil.copy(f"{town.folder}/keys/{key}", f"{again.folder}/keys/{key}")
        again.start()
        cases = again.office("GET", "/cases").json["cases"]
        self.assertTrue(again.office("GET", "/cases/" + cases[-1]["case_id"]).json["body"]["text"].startswith("第"))
        with open(f"{again.folder}/blobs/{name}", "rb") as file:
            self.assertEqual(file.read(), blob)
        self.assertEqual(open(again.folder + "/township.conf").read(), "[rules]\ntransfer_days = 10\n")
        self.assertEqual(again.stop(), 0)
        self.assertEqual(again.verify().returncode, 0)
        self.settled(town)

    def test_with_the_keys(self):
        town = self.township()
        done = self.backup(town, "--with-keys")
        self.assertIn("WARNING", done.stderr)
        self.assertIn("WITH THE SECRET KEYS", done.stdout)
        self.assertEqual(entries(self.file)["keys/seal.key"], open(town.folder + "/keys/seal.key", "rb").read())
        town.stop()
        with open(self.folder + "/pass", "w", opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write(PASS)
        self.assertEqual(town.command("key", "lock", "--passphrase-file", self.folder + "/pass").returncode, 0)
        done = self.backup(town, "--with-keys")
        self.assertEqual(done.stderr, "")
        self.assertIn("under their passphrase", done.stdout)
        self.assertNotIn("keys/seal.key", entries(self.file))
        self.assertEqual(self.restore(town).returncode, 0)
        done = town.command("verify", "--passphrase-file", self.folder + "/pass")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(stat.S_IMODE(os.stat(town.folder + "/keys/keys.locked").st_mode), 0o600)

    def test_copies_that_are_not_whole_are_told(self):
        town = self.township()
        kiosk = world.PaperKiosk(town).enrol()
        blobs = [os.urandom(5000), os.urandom(9000)]
        for blob in blobs:
            town.request("PUT", "/v1/blobs/" + hashlib.sha256(blob).hexdigest(), blob, token=kiosk.token,
                         headers={"Content-Type": "application/octet-stream"})
        kiosk.send(kiosk.report())
        self.backup(town)
        whole = open(self.file, "rb").read()
        spoilt = self.folder + "/spoilt.tar"

        def told(word, path=spoilt):
            done = self.check(path)
            self.assertEqual((done.returncode, word in done.stderr), (1, True), (word, done.stderr))

        def wrong(word, path=spoilt):
            told(word, path)
            to = self.folder + "/never"
            done = self.restore(town, to=to, path=path)
            self.assertEqual(done.returncode, 1, word)
            self.assertFalse(os.path.exists(to) or os.path.exists(to + ".restoring"), "nothing half is left")

        for cut in (0, 100, 512, 5000, len(whole) // 2, len(whole) - 12000):
            with open(spoilt, "wb") as file:
                file.write(whole[:cut])
            wrong("spoilt.tar")
        for at in (len(whole) // 3, whole.index(blobs[0]) + 100):
            with open(spoilt, "wb") as file:
                file.write(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
            wrong("damaged")
        regular = tarfile.REGTYPE
        for change, word in (
                (lambda m: [e for e in m if not e[0].startswith("blobs/")], "entries are missing"),
                (lambda m: m + [["blobs/../../evil", b"x", regular]], "no backup holds"),
                (lambda m: m + [["../evil", b"x", regular]], "no backup holds"),
                (lambda m: m + [["keys/other", b"x", regular]], "no backup holds"),
                (lambda m: m + [["township.conf", b"", tarfile.SYMTYPE]], "damaged"),
                (lambda m: m + [m[1]], "twice"),
                (lambda m: m[1:], "no backup of a township"),
                (lambda m: [["manifest.json", b"{}", regular]] + m[1:], "no backup of a township"),
                (lambda m: [["manifest.json", m[0][1].replace(b'"format": 1', b'"format": 2'), regular]] + m[1:], "newer version")):
            rewrite(self.file, spoilt, change)
            wrong(word)
        with open(spoilt, "wb") as file:
            file.write(b"\x1f\x8b" + os.urandom(3000))
        wrong("no backup of a township")

        def forged(sql):
            """Something changed in the database, with a manifest that fits."""
            def change(members):
                path = self.folder + "/forged.db"
                with open(path, "wb") as file:
                    file.write(members[1][1])
                database = sqlite3.connect(path)
                database.executescript(sql)
                database.close()
                data = open(path, "rb").read()
                os.remove(path)
                manifest = json.loads(members[0][1])
                manifest["database_sha256"] = hashlib.sha256(data).hexdigest()
                return [["manifest.json", json.dumps(manifest).encode(), regular], ["township.db", data, regular]] + members[2:]
            return change
        for sql, word in (("UPDATE audit SET detail = 'x' WHERE n = 2", "link 2 of its audit chain is bad"),
                          ("INSERT INTO rounds(case_id, round, from_date, transfer_due, answer_due) VALUES('none', 1, '', '', '')", "refers to one"),
                          ("PRAGMA user_version = 9999", "newer version")):
            rewrite(self.file, spoilt, forged(sql))
            wrong(word)
        rewrite(self.file, spoilt, forged("INSERT INTO blobs VALUES(hex(randomblob(32)), 1, (SELECT id FROM kiosks), 0)"))
        told("not in it")
        self.assertEqual(self.check(self.folder + "/nowhere").returncode, 1)
        self.assertEqual(sorted(n for n in os.listdir(self.folder) if "check" in n or ".part" in n), [])

    def test_an_attachment_that_the_folder_lost(self):
        town = self.township()
        kiosk = world.PaperKiosk(town).enrol()
        blob = os.urandom(5000)
        name = hashlib.sha256(blob).hexdigest()
        town.request("PUT", "/v1/blobs/" + name, blob, token=kiosk.token, headers={"Content-Type": "application/octet-stream"})
        os.remove(f"{town.folder}/blobs/{name}")
        done = town.command("backup", self.file)
        self.assertEqual(done.returncode, 1)
        self.assertIn(name, done.stderr)
        self.assertEqual(self.check().returncode, 1)
        done = self.restore(town, to=self.folder + "/saved")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("1 attachments were lost", done.stderr)

    def test_a_full_disk_and_other_places_that_do_not_do(self):
        town = self.township()
        self.backup(town)
        before = open(self.file, "rb").read()
        room = len(entries(self.file)["township.db"]) + 512  # for the database, not for the archive with it

        def no_more():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        done = town.command("backup", self.file, preexec_fn=no_more)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("disk full", done.stderr)
        self.assertEqual(open(self.file, "rb").read(), before, "the copy that was there is as it was")
        self.assertEqual(sorted(os.listdir(self.folder)), ["copy.tar", "township", "township.log"])
        for words in (("backup",), ("backup", self.file, "--check", "--with-keys"), ("restore",)):
            self.assertEqual(town.command(*words).returncode, 2, words)
        self.assertEqual(town.command("backup", self.folder + "/no/such/folder").returncode, 1)
        done = self.restore(town, to=town.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn("not empty", done.stderr)
        self.settled(town)

    def test_kiosks_lose_nothing_by_a_restore(self):
        town = self.township()
        here = self.kiosk(town.url, name="here").enrol(town)
        (first, _, first_id), (second, _, second_id), *_ = here.submit(3, "--ink")
        self.assertEqual(here.once(), 0)
        for case in (first_id, second_id):
            town.step(case, "accept")
        self.assertEqual(here.once(), 0)
        self.backup(town)
        # What comes after the copy: cases with ink, steps and an answer, and a kiosk that the copy does not know.
        late = here.submit(4, "--ink")
        self.assertEqual(here.once(), 0)
        for step in ("transfer", "answer"):
            town.step(first_id, step, **({"office": "水利站"} if step == "transfer" else {"text": "第一次答复"}))
        self.assertEqual(here.once(), 0)
        self.assertEqual(here.show(first)[0], "answered")
        there = self.kiosk(town.url, name="there").enrol(town)
        there_id = there.identity()[0]
        newcomer = there.submit(2, "--ink")
        self.assertEqual(there.once(), 0)
        self.assertEqual(here.once(), 0)
        cursor = lambda: sqlite3.connect(here.folder + "/kiosk.db").execute(  # noqa: E731
            "SELECT value FROM state WHERE key = 'changes_cursor'").fetchone()
        seen = cursor()
        town.stop()
        self.assertEqual(self.restore(town).returncode, 0)
        for key in ("seal.key", "sign.key", "office.password"):
            lost = sorted(n for n in os.listdir(self.folder) if ".lost" in n)[-1]
            shutil.copy(f"{self.folder}/{lost}/keys/{key}", f"{town.folder}/keys/{key}")
        town.session = None
        town.start()
        self.assertEqual(len(town.office("GET", "/cases").json["cases"]), 3)
        # Without a new event of its own, the kiosk sends again what the server lacks, with its ink.
        self.assertEqual(here.once(), 0, here.last_once.stderr)
        self.assertIn("sending the later ones again", here.last_once.stderr)
        self.assertEqual((here.counts()["unsent"], here.counts()["parked"], here.counts()["blobs_unsent"]), (0, 0, 0))
        cases = {c["case_id"] for c in town.office("GET", "/cases").json["cases"]}
        self.assertEqual(len(cases), 7)
        for _, _, case in late:
            opened = town.office("GET", "/cases/" + case).json
            self.assertEqual([b["here"] for b in opened["body"]["blobs"]], [True])
        self.assertEqual(here.once(), 0)
        self.assertNotIn("again", here.last_once.stderr, "once is enough")
        # The office answers anew, and the voter sees that, though this kiosk had a later view before.
        town.step(first_id, "transfer", office="水利站")
        town.step(first_id, "answer", text="重新答复")
        town.step(second_id, "answer", text="第二件的答复")
        self.assertEqual(here.once(), 0)
        self.assertEqual(here.show(first)[2]["answer"]["text"], "重新答复")
        self.assertEqual(here.show(second)[2]["answer"]["text"], "第二件的答复")
        self.assertNotEqual(cursor(), seen)
        here.rate(first, "unsatisfied", "还是没修")
        self.assertEqual(here.once(), 0)
        self.assertEqual((here.counts()["parked"], here.show(first)[0]), (0, "redo"))
        # The kiosk that the copy does not know asks anew, is itself again, and hands in all it has.
        self.assertEqual(there.once(), 5)
        os.remove(there.folder + "/keys/token")
        there.enrol(town)
        self.assertEqual(there.identity()[0], there_id)
        self.assertEqual((there.counts()["unsent"], there.counts()["parked"]), (0, 0))
        opened = town.office("GET", "/cases/" + newcomer[0][2]).json
        self.assertEqual([b["here"] for b in opened["body"]["blobs"]], [True])
        self.assertEqual(there.show(first)[0], "redo")
        self.settled(town)
        restored = sqlite3.connect(town.folder + "/township.db").execute("SELECT who, object FROM audit WHERE act = 'restored'").fetchall()
        self.assertEqual(len(restored), 1)
        self.assertEqual(restored[0][0], "operator")

    def test_judgements_of_answers_that_are_gone(self):
        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town)
        slips = kiosk.submit(4)
        self.assertEqual(kiosk.once(), 0)
        self.backup(town, "--with-keys")
        answered = [slip[2] for slip in slips[:3]]
        for case in answered:
            town.step(case, "accept")
            town.step(case, "answer", text="没有保存下来的答复")
        self.assertEqual(kiosk.once(), 0)
        kiosk.rate(slips[0][0], "satisfied")
        kiosk.rate(slips[1][0], "unsatisfied", "没有解决")
        self.assertEqual(kiosk.once(), 0)
        # Answered once more, and judged once more.
        for step, more in (("accept", {}), ("answer", {"text": "第二次"})):
            self.assertEqual(town.step(slips[1][2], step, **more).status, 200)
        self.assertEqual(kiosk.once(), 0)
        kiosk.rate(slips[1][0], "partly", "好一些")
        self.assertEqual(kiosk.once(), 0)
        before = [kiosk.show(slip[0])[:2] for slip in slips]
        town.stop()
        self.assertEqual(self.restore(town).returncode, 0)
        town.session = None
        town.start()
        self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
        self.assertEqual((kiosk.counts()["unsent"], kiosk.counts()["parked"]), (0, 0))
        self.assertEqual([kiosk.show(slip[0])[:2] for slip in slips], before, "the voters' slips say what they said")
        self.assertEqual(kiosk.show(slips[0][0])[2]["answer"]["text"], "没有保存下来的答复", "on the slip it is still to be read")
        opened = [town.office("GET", "/cases/" + slip[2]).json for slip in slips]
        self.assertEqual([(c["state"], c["round"]) for c in opened], [("closed", 1), ("closed", 2), ("registered", 1), ("registered", 1)])
        self.assertEqual([(r["round"], r["rating"], r["reason"]) for r in opened[1]["ratings"]],
                         [(1, "unsatisfied", "没有解决"), (2, "partly", "好一些")])
        for case in opened[:2]:
            self.assertIn("答复的原文没有了", json.dumps(case["steps"], ensure_ascii=False))
        self.assertEqual(town.office("GET", "/refusals").json["refusals"], [])
        # What was never answered here is judged by nobody, restored or not.
        paper = world.PaperKiosk(town).enrol()
        paper.send(paper.report())
        reply = paper.send(paper.event("case.rated", {"case_id": paper.last["case_id"], "round": 1, "rating": "satisfied"},
                                       at=int((time.time() + 60) * 1000)))
        self.assertEqual([r["reason"] for r in reply.json["refused"]], ["not_answered_or_rated_already"])
        self.settled(town)

    def test_restored_twice_from_the_same_copy(self):
        town = self.township()
        kiosk = self.kiosk(town.url).enrol(town)
        (code, _, case), = kiosk.submit(1)
        self.assertEqual(kiosk.once(), 0)
        self.backup(town, "--with-keys")
        for number in (1, 2):
            town.stop()
            self.assertEqual(self.restore(town).returncode, 0)
            town.session = None
            town.start()
            town.step(case, "accept")
            town.step(case, "answer", text=f"第 {number} 回")
            kiosk.submit(1)
            self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
            self.assertEqual(kiosk.show(code)[2]["answer"]["text"], f"第 {number} 回")
            self.assertEqual(len(town.office("GET", "/cases").json["cases"]), 1 + number)
        self.settled(town)


if __name__ == "__main__":
    unittest.main()
