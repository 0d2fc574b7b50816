"""Everything in open formats: every table, what is sealed and what is opened, the chain as a third party checks it."""
import csv
import hashlib
import io
import json
import os
import pty
import signal
import sqlite3
import stat
import struct
import subprocess
import unittest
import zlib

import sodium
import test_upgrade
import world

# What must not be in an export, whatever else is: it lets somebody in, or opens what is sealed.
SECRETS = {("users", "password"), ("kiosks", "token_hash"), ("enrolments", "ticket_hash"), ("cases", "view_key"), ("cases", "lookup")}
CLOSED = {"sessions", "id_digests", "second_factors", "recovery_codes"}
INK = bytes.fromhex("494e4b31")


def everything(folder):
    found = {}
    for top, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(top, name), "rb") as file:
                found[os.path.relpath(os.path.join(top, name), folder)] = file.read()
    return found


def rows(data):
    text = data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    lines = (b"\0" + b"\x80\x40\x20" * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


class Export(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.to = self.folder + "/export"

    def export(self, town, *options):
        done = town.command("export", self.to, *options, start_new_session=True, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stderr)
        return everything(self.to), done

    def test_every_table_is_exported_or_has_its_reason(self):
        """Rows in every table of today's schema, each with texts of its own: they are found, but for what must not be."""
        maker = test_upgrade.Upgrade("test_every_earlier_schema")
        maker.setUp()
        self.addCleanup(maker.doCleanups)
        database = maker.make(len(test_upgrade.MIGRATIONS))
        database.close()
        found, _ = self.export(maker.town)
        readme = found["README.txt"].decode("utf-8-sig")
        self.assertNotIn("还不会导出", readme, "a new table needs its line in township/export_plan.c")
        database = test_upgrade.connect(maker.path)
        for table in test_upgrade.tables(database):
            columns = [c["name"] for c in database.execute(f"PRAGMA table_xinfo({table})")]
            values = database.execute(f"SELECT * FROM {table}").fetchall()
            if f"{table}.csv" not in found:
                self.assertRegex(readme, rf"(?m)^{table}（[^）]+）：\S", f"{table} is neither exported nor explained")
                continue
            self.assertRegex(readme, rf"(?m)^{table}\.csv：\S")
            text = found[f"{table}.csv"].decode("utf-8-sig")
            self.assertEqual(len(rows(found[f"{table}.csv"])), len(values), table)
            self.assertFalse({"密码", "凭据", "查询用的密钥", "小票的查找标记"} & set(rows(found[f"{table}.csv"])[0]), table)
            for row in values:
                for column in columns:
                    value = row[column]
                    if isinstance(value, str) and value and (table, column) not in SECRETS and "(" not in value and not value.startswith("$"):
                        shown = value in text or column in ("kind", "state", "level", "by", "counts", "what", "timing", "reason", "rating", "step")
                        self.assertTrue(shown, (table, column, value))
        whole = b"\0".join(found.values())
        for table in test_upgrade.tables(database):
            for column in [c["name"] for c in database.execute(f"PRAGMA table_info({table})")]:
                if (table, column) not in SECRETS and table not in CLOSED:
                    continue
                for (value,) in database.execute(f"SELECT {column} FROM {table}"):
                    if isinstance(value, str) and value.startswith(f"{table}-{column}") or isinstance(value, bytes) and (table, column) == ("users", "password"):
                        self.assertNotIn(value.encode() if isinstance(value, str) else value, whole, (table, column))
        database.close()

    def prepared(self):
        """A township in which something was done, with a kiosk's words, ink and sound."""
        town = self.township()
        deputy = town.deputy("马建国")
        kiosk = world.PaperKiosk(town).enrol()
        sound, ink = b"OggS" + os.urandom(5000), self.ink()
        blobs = []
        for plain, media in ((ink, "application/x-deputies-ink"), (sound, "audio/ogg")):
            box = sodium.seal(kiosk.seal_key, plain)
            name = hashlib.sha256(box).hexdigest()
            put = town.request("PUT", "/v1/blobs/" + name, box, token=kiosk.token, headers={"Content-Type": "application/octet-stream"})
            self.assertEqual(put.status, 201)
            blobs.append({"sha256": name, "media": media, "size": len(box)})
        reply = kiosk.send(kiosk.report("=1+1 村口的\"路灯\"坏了\n已经三天", blobs=blobs))
        self.assertEqual((reply.status, reply.json["refused"]), (200, []))
        case = kiosk.last["case_id"]
        town.step(case, "accept")
        town.step(case, "assign", deputy=deputy)
        town.step(case, "talk", text="面谈时说周五修好")
        town.step(case, "answer", text="周五已经修好", by="乡电管所")
        why = sodium.b64(sodium.seal(kiosk.seal_key, "还是不亮".encode()))
        reply = kiosk.send(kiosk.event("case.rated", {"case_id": case, "round": 1, "rating": "unsatisfied", "reason_sealed": why}))
        self.assertEqual((reply.status, reply.json["refused"]), (200, []))
        return town, kiosk, case, deputy, blobs, sound

    def ink(self):
        """A page with a stroke on it, as a real kiosk makes it."""
        folder = self.folder + "/inkbox"
        helper = world.Township(folder).start()
        self.addCleanup(lambda: helper.process.poll() is None and helper.stop(signal.SIGKILL))
        kiosk = world.Kiosk(folder, helper.url).enrol(helper)
        (_, _, case), = kiosk.submit(1, "--ink")
        self.assertEqual(kiosk.once(), 0)
        sha = helper.office("GET", "/cases/" + case).json["body"]["blobs"][0]["sha256"]
        data = helper.office("GET", "/blobs/" + sha).body
        helper.stop()
        self.assertEqual(data[:4], INK)
        return data

    SAID = ("路灯", "面谈时说周五修好", "周五已经修好", "还是不亮", "OggS")

    def test_what_is_sealed_stays_sealed(self):
        town, kiosk, case, deputy, blobs, sound = self.prepared()
        found, done = self.export(town)
        self.assertIn("stays sealed", done.stdout)
        whole = b"\0".join(found.values())
        for said in self.SAID:
            self.assertNotIn(said.encode(), whole, said)
        for blob in blobs:
            self.assertEqual(hashlib.sha256(found["sealed/" + blob["sha256"]]).hexdigest(), blob["sha256"])
        (row,) = rows(found["cases.csv"])
        box = row["内容（封存，base64）"]
        self.assertTrue(len(box) > 200)
        self.assertEqual((row["内部编号"], row["交给的代表（姓名）"], row["交给的代表"]), (case, "马建国", deputy))
        for path in found:
            self.assertEqual(stat.S_IMODE(os.stat(f"{self.to}/{path}").st_mode), 0o600, path)
        for top, _, _ in os.walk(self.to):
            self.assertEqual(stat.S_IMODE(os.stat(top).st_mode), 0o700, top)
        self.assertEqual(sorted(n for n in os.listdir(self.folder) if n.startswith("export")), ["export"])
        self.assertNotIn(".database", os.listdir(self.to))
        # Into a folder that holds something it does not write.
        again = town.command("export", self.to)
        self.assertEqual(again.returncode, 1)
        self.assertIn("not empty", again.stderr)
        self.settled(town)

    def test_opened(self):
        town, kiosk, case, deputy, blobs, sound = self.prepared()
        picture = png(60, 80)
        put = town.office("PUT", f"/deputies/{deputy}/portrait", {"media": "image/png", "data": sodium.b64(picture)})
        self.assertEqual(put.status, 200, put.body)
        found, done = self.export(town, "--opened", "--yes")
        self.assertIn("OPENED", done.stdout)
        self.assertEqual(done.stderr, "")
        (row,) = rows(found["cases.csv"])
        self.assertEqual(row["内容"], "'=1+1 村口的\"路灯\"坏了\n已经三天", "no spreadsheet takes it for a formula")
        self.assertEqual((row["状态"], row["种类"], row["第几轮"]), ("重新办理", "投诉", "2"))
        names = row["附件"].split("；")
        self.assertEqual(names, [f"attachments/{case}-1.svg", f"attachments/{case}-2.ogg"])
        self.assertTrue(found[names[0]].startswith(b"<"))
        self.assertIn(b"</svg>", found[names[0]])
        self.assertEqual(found[names[1]], sound)
        first, second = rows(found["rounds.csv"])
        self.assertEqual((first["答复"], first["答复人"], first["评价的原因"]), ("周五已经修好", "乡电管所", "还是不亮"))
        self.assertEqual(second["答复"], "")
        self.assertIn("面谈时说周五修好", [r["说明"] for r in rows(found["steps.csv"])])
        self.assertEqual(found[f"portraits/{deputy}.png"], picture)
        code = kiosk.last["code"].replace("-", "").encode()
        whole = b"\0".join(found.values())
        self.assertNotIn(code, whole.replace(b"-", b""), "the slip's code is the voter's alone")
        self.assertFalse([n for n in found if n.startswith("sealed/")])
        # It stands in the chain, and so in what was written.
        acts = [(link["who"], link["act"], link["object"]) for link in map(json.loads, found["audit.jsonl"].splitlines())]
        self.assertEqual(acts[-1], ("operator", "exported", "opened"))
        self.settled(town)

    def test_the_chain_is_checked_by_a_third_party(self):
        town, *_ = self.prepared()
        found, _ = self.export(town)
        key = bytes.fromhex(found["audit-key.txt"].decode().strip())
        prev, number = bytes(32), 0
        for line in found["audit.jsonl"].decode().splitlines():
            link = json.loads(line)
            number += 1
            self.assertEqual(json.loads(link["text"]), [link[k] for k in ("n", "at_ms", "who", "act", "object", "detail", "prev")])
            self.assertEqual((link["n"], bytes.fromhex(link["prev"])), (number, prev))
            prev = hashlib.blake2b(link["text"].encode(), digest_size=32).digest()
            self.assertEqual(prev.hex(), link["hash"])
            self.assertTrue(sodium.verify(key, b"DHT1", prev, bytes.fromhex(link["sig"])))
        self.assertGreater(number, 8)
        tampered = link["text"].replace("exported", "imported")
        self.assertNotEqual(hashlib.blake2b(tampered.encode(), digest_size=32).hexdigest(), link["hash"])

    def test_opening_is_asked_about(self):
        town = world.Township(self.folder)
        done = town.command("export", self.to, "--opened", start_new_session=True, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 1)
        self.assertIn("--yes", done.stderr)
        for answer, status in (("no", 1), ("open", 0)):
            pid, fd = pty.fork()
            if pid == 0:
                os.execv(world.BUILD + "/township", ["township", "--data", town.folder, "export", self.to, "--opened"])
            seen = b""
            while b"go on: " not in seen:
                seen += os.read(fd, 4096)
            os.write(fd, answer.encode() + b"\n")
            try:
                while os.read(fd, 4096):
                    pass
            except OSError:
                pass
            os.close(fd)
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), status, answer)
            self.assertEqual(os.path.exists(self.to), status == 0)

    def test_while_the_server_writes_and_what_is_damaged(self):
        town = self.township()
        kiosk = world.PaperKiosk(town).enrol()
        kiosk.send(*(kiosk.report(f"第 {i} 件") for i in range(200)))
        database = sqlite3.connect(town.folder + "/township.db")
        database.execute("UPDATE cases SET sealed = randomblob(200) WHERE rowid = 7")
        database.execute("INSERT INTO blobs VALUES(lower(hex(randomblob(32))), 1, ?, 0)", (kiosk.id,))
        database.commit()
        database.close()
        done = town.command("export", self.to, "--opened", "--yes")
        self.assertEqual(done.returncode, 0)
        self.assertIn("1 sealed texts or attachments", done.stderr)
        contents = [r["内容"] for r in rows(everything(self.to)["cases.csv"])]
        self.assertEqual((len(contents), contents.count("（打不开）")), (200, 1))

    def test_a_full_disk(self):
        town = world.Township(self.folder, demo=True)
        small = self.folder + "/small"
        os.mkdir(small)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", small], capture_output=True).returncode:
            self.skipTest("no small disk can be made here")
        try:
            done = town.command("export", small + "/export")
            self.assertEqual(done.returncode, 1)
            self.assertIn("disk full", done.stderr)
            self.assertEqual(os.listdir(small), [])
        finally:
            subprocess.run(["umount", small], check=True)


if __name__ == "__main__":
    unittest.main()
