"""kioskctl from a shell: what it does, what it refuses and how, and that its words follow LANG."""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sim"))
from escpos_to_png import decode  # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("KIOSK_BUILD", os.path.join(TOP, "build"))
KIOSKCTL = os.path.join(BUILD, "kioskctl")


class Result:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()


def kioskctl(*args, lang="zh_CN.UTF-8"):
    env = {k: v for k, v in os.environ.items() if k not in ("LC_ALL", "LC_MESSAGES", "LANGUAGE")}
    env["LANG"] = lang
    return Result(subprocess.run([KIOSKCTL, *args], env=env, capture_output=True, timeout=60))


class Folder(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="kioskctl-test-")
        self.addCleanup(shutil.rmtree, self.root)
        self.data = os.path.join(self.root, "data")

    def ctl(self, *args, **kwargs):
        return kioskctl("--data", self.data, *args, **kwargs)

    def path(self, name, content):
        path = os.path.join(self.root, name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def read(self, *parts):
        with open(os.path.join(*parts), "rb") as file:
            return file.read()

    def query(self, sql):
        with sqlite3.connect(os.path.join(self.data, "kiosk.db")) as db:
            return db.execute(sql).fetchall()


class TestInit(Folder):
    def test_demo_site(self):
        made = self.ctl("init", "--demo")
        self.assertEqual((made.code, made.err), (0, ""))
        self.assertIn("91 位代表，100 个职务", made.out)
        levels = dict(self.query("SELECT level, count(*) FROM mandates GROUP BY level"))
        self.assertEqual(levels, {"township": 44, "county": 36, "city": 20})
        self.assertEqual(self.query("SELECT count(*) FROM deputies WHERE initials = ''"), [(0,)])
        self.assertEqual(self.query("SELECT count(*) FROM rules"), [(15,)])
        self.assertEqual(self.query("SELECT count(*) FROM duties"), [(11,)])
        self.assertEqual(self.query("SELECT count(*) FROM activities"), [(6,)])
        self.assertEqual(self.query("SELECT count(*) FROM id_digests"), [(91,)])
        self.assertEqual(self.ctl("verify").code, 0)

    def test_empty_site_and_never_twice(self):
        self.assertEqual(self.ctl("init").code, 0)
        with open(os.path.join(self.data, "kiosk.conf"), "a") as conf:
            conf.write("\n# mine\n")
        before = self.read(self.data, "kiosk.db")
        again = self.ctl("init", "--demo")
        self.assertEqual(again.code, 1)
        self.assertIn("已经有数据", again.err)
        self.assertEqual(self.read(self.data, "kiosk.db"), before)
        self.assertIn(b"# mine", self.read(self.data, "kiosk.conf"))

    def test_status(self):
        self.ctl("init", "--demo")
        told = json.loads(self.ctl("status", "--json").out)
        self.assertEqual(told["enrolled"], False)
        self.assertEqual(told["schema"], told["schema_newest"])
        self.assertEqual(told["cases"], 0)
        self.assertEqual(told["home"], "青禾乡人大代表之家")
        self.assertRegex(told["sign_public"], "^[0-9a-f]{64}$")
        self.assertIn("还没有登记", self.ctl("status").out)


class TestRefusals(Folder):
    def test_usage(self):
        for args, words in (((), "init, status, verify"), (("polish",), "polish"), (("--colour",), "--colour"),
                            (("--data",), "--data"), (("init", "--full"), "--full"), (("import", "roster"), "import"),
                            (("import", "cats", "x"), "rules, roster, duty"), (("status", "--xml"), "--xml"),
                            (("parked", "--retry", "x"), "x"), (("verify", "x"), "verify")):
            if args and args[0] == "parked":
                self.ctl("init")
            told = self.ctl(*args) if args[:1] != ("--data",) else kioskctl(*args)
            self.assertEqual(told.code, 2, args)
            self.assertIn(words, told.err)
            self.assertIn("--help", told.err)
            self.assertEqual(told.out, "")

    def test_nothing_there(self):
        for command in ("status", "verify", "parked"):
            told = self.ctl(command)
            self.assertEqual(told.code, 1)
            self.assertIn(f"kioskctl --data {self.data} init", told.err)
        self.assertFalse(os.path.exists(self.data))

    def test_settings_name_the_line(self):
        self.ctl("init", "--demo")
        conf = self.path("bad.conf", "[site]\nhome = 甲\n[printer]\npapper = 58\n")
        told = kioskctl("--data", self.data, "--config", conf, "status")
        self.assertEqual(told.code, 1)
        self.assertIn(f"{conf}:4:", told.err)
        self.assertIn("[printer] 里没有“papper”这一项；是不是 'paper'？", told.err)
        told = kioskctl("--data", self.data, "--config", conf, "status", lang="en_US.UTF-8")
        self.assertIn(f"{conf}:4: unknown key 'papper' in [printer]; did you mean 'paper'?", told.err)

    def test_bad_rows_are_named_and_nothing_comes_in(self):
        self.ctl("init", "--demo")
        told = self.ctl("import", "roster", self.path("r.csv", "姓名,出生年月,选区,层级\n甲一,1970-01,一,乡\n甲二,x,一,乡\n甲三,1970-01,一,国\n"))
        self.assertEqual(told.code, 1)
        self.assertIn("第 3 行：出生年月应当像 1979-05：x", told.err)
        self.assertIn("第 4 行：层级应当是 乡、县 或 市：国", told.err)
        self.assertEqual(self.query("SELECT count(*) FROM deputies"), [(91,)])
        told = self.ctl("import", "rules", self.path("r.txt", "随便写写\n"))
        self.assertEqual(told.code, 1)
        self.assertEqual(self.query("SELECT count(*) FROM rules"), [(15,)])
        self.assertEqual(self.ctl("import", "rules", "/nonexistent").code, 1)

    def test_tampering_is_told_with_its_link(self):
        self.ctl("init", "--demo")
        with sqlite3.connect(os.path.join(self.data, "kiosk.db")) as db:
            db.execute("UPDATE rules SET text = 'x' WHERE position = 1")
        told = self.ctl("verify")
        self.assertEqual(told.code, 1)
        self.assertIn("第 3 环", told.err)


class TestImports(Folder):
    def test_gb18030_from_a_spreadsheet(self):
        self.ctl("init")
        rows = "姓名,性别,出生年月,选区,层级\r\n李㛃,女,1970-01,第一选区,乡\r\n"
        told = self.ctl("import", "roster", self.path("r.csv", rows.encode("gb18030")))
        self.assertEqual(told.code, 0)
        self.assertNotIn("kioskctl:", told.err)
        self.assertEqual(self.query("SELECT name, initials FROM deputies"), [("李㛃", "LJ")])

    def test_not_a_text(self):
        self.ctl("init")
        told = self.ctl("import", "roster", self.path("r.csv", bytes(range(128, 256)) * 3 + b"\xff\xff"))
        self.assertEqual(told.code, 1)


class TestKeeping(Folder):
    def test_backup_and_restore(self):
        self.ctl("init", "--demo")
        copy, data = os.path.join(self.root, "copy"), self.data
        self.assertEqual(self.ctl("backup", copy).code, 0)
        self.assertEqual(self.ctl("backup", copy).code, 1)
        self.assertEqual(self.ctl("restore", copy).code, 1)
        self.data = os.path.join(self.root, "new")
        self.assertEqual(self.ctl("restore", copy).code, 0)
        self.assertEqual(self.ctl("verify").code, 0)
        self.assertEqual(self.query("SELECT count(*) FROM deputies"), [(91,)])
        self.assertEqual(self.read(data, "keys/sign.key"), self.read(self.data, "keys/sign.key"))

    def test_parked(self):
        self.ctl("init")
        told = self.ctl("parked")
        self.assertEqual((told.code, told.out), (0, "没有被退回的记录\n"))
        self.assertEqual(self.ctl("parked", "--retry", "7").code, 1)


class TestPrint(Folder):
    def test_print_test(self):
        self.ctl("init", "--demo")
        for paper, dots in ((58, 384), (80, 576)):
            slip = os.path.join(self.root, f"slip{paper}")
            conf = self.path("p.conf", f"[printer]\ndevice = file:{slip}\npaper = {paper}\n")
            told = kioskctl("--data", self.data, "--config", conf, "print-test")
            self.assertEqual((told.code, told.out), (0, "已打印\n"))
            with open(slip + ".0001", "rb") as file:
                row_bytes, rows, cuts = decode(file.read())
            self.assertEqual((row_bytes * 8, cuts), (dots, 1))
            self.assertGreater(sum(byte.bit_count() for row in rows for byte in row), 5000)

    def test_no_printer(self):
        self.ctl("init")
        told = self.ctl("print-test")
        self.assertEqual(told.code, 1)
        self.assertIn("cups:", told.err)


class TestWords(Folder):
    def test_version_and_help(self):
        self.assertRegex(kioskctl("--version").out, r"^kioskctl \d+\.\d+\.\d+\n$")
        zh, en = kioskctl("--help"), kioskctl("--help", lang="en_GB.UTF-8")
        self.assertEqual((zh.code, en.code), (0, 0))
        self.assertIn("用法", zh.out)
        self.assertIn("SYNOPSIS", en.out)
        for command in ("init", "status", "verify", "import rules", "import roster", "import duty", "import activities",
                        "import portraits", "card print", "flags", "backup", "restore", "parked", "print-test"):
            self.assertIn("\n    " + command, zh.out)
            self.assertIn("\n    " + command, en.out)

    def test_english_has_no_chinese(self):
        for lang in ("C", "en_US.UTF-8", "POSIX"):
            told = self.ctl("status", lang=lang)
            self.assertEqual(told.code, 1)
            self.assertIsNone(re.search("[一-龥]", told.err), told.err)


if __name__ == "__main__":
    unittest.main()
