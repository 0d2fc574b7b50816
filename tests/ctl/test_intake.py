"""What an operator takes in for signing in: activities, portraits, ID numbers; and what status and flags then say."""
import json
import os
import re
import resource
import sqlite3
import struct
import subprocess
import sys
import unittest
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from test_card import png  # noqa: E402
from test_kioskctl import KIOSKCTL, Folder  # noqa: E402

ROSTER = "姓名,性别,出生年月,选区,代表小组,层级\n" + "".join(
    f"{name},女,{birth},一,第三代表小组,乡\n" for name, birth in (("甲一", "1970-01"), ("乙二", "1971-02"), ("同名", "1972-03"),
                                                       ("同名", "1973-04")))
HEAD = "名称,日期,开始,结束,参加人员,地点,类别,签退\n"


class Site(Folder):
    def setUp(self):
        super().setUp()
        self.assertEqual(self.ctl("init").code, 0)
        self.assertEqual(self.ctl("import", "roster", self.path("r.csv", ROSTER)).code, 0)

    def id_of(self, name):
        return self.query(f"SELECT id FROM deputies WHERE name = '{name}'")[0][0]


class TestActivities(Site):
    def test_taken_in(self):
        table = HEAD + "法律学习,今天,00:00,23:59,全体,二楼,学习培训,是\n座谈,今天+7,09:00,10:00,甲一（3排6号）、乙二,,,\n"
        told = self.ctl("import", "activities", self.path("a.csv", table))
        self.assertEqual((told.code, told.out, told.err), (0, "活动：2 场\n", ""))
        self.assertEqual(self.query("SELECT count(*) FROM invitees"), [(6,)])
        self.assertEqual(self.query("SELECT seat FROM invitees WHERE seat <> ''"), [("3排6号",)])
        status = self.ctl("status").out
        self.assertIn("今天活动    1 场", status)
        self.assertIn("00:00 法律学习：应到 4，已到 0，请假 0，列席 0", status)
        self.assertNotIn("要留意", status)
        told = json.loads(self.ctl("status", "--json").out)
        self.assertEqual([(a["title"], a["invited"], a["present"]) for a in told["activities_today"]], [("法律学习", 4, 0)])
        self.assertEqual(told["flags"], 0)
        self.assertEqual(self.ctl("verify").code, 0)

    def test_dry_run_writes_nothing(self):
        before = HEAD + "一,今天+3,09:00,10:00,全体,,,\n二,今天+4,09:00,10:00,全体,,,\n"
        self.ctl("import", "activities", self.path("a.csv", before))
        rows = self.query("SELECT id, title FROM activities ORDER BY id"), self.query("SELECT count(*) FROM audit")
        after = self.path("b.csv", HEAD + "二,今天+4,09:00,10:00,乙二,,,\n三,今天+5,09:00,10:00,第三代表小组,三楼,,\n")
        told = self.ctl("import", "activities", after, "--dry-run")
        self.assertEqual(told.code, 0, told.err)
        self.assertEqual([line.split()[0] + line.split()[3] for line in told.out.splitlines()[1:]], ["=二", "+三", "-一"])
        self.assertEqual((self.query("SELECT id, title FROM activities ORDER BY id"),
                          self.query("SELECT count(*) FROM audit")), rows)
        self.assertEqual(self.ctl("import", "activities", after).code, 0)
        self.assertEqual(self.query("SELECT title FROM activities ORDER BY starts_ms"), [("二",), ("三",)])

    def test_bad_rows_are_named(self):
        table = self.path("a.csv", HEAD + "一,今天,09:00,08:00,全体,,,\n二,某天,09:00,10:00,全体,,,\n")
        people = self.path("b.csv", HEAD + "一,今天,09:00,10:00,无名氏,,,\n二,今天,09:00,10:00,同名,,,\n")
        for more in ((), ("--dry-run",)):
            told = self.ctl("import", "activities", table, *more)
            self.assertEqual((told.code, told.out), (1, ""))
            for row in ("第 2 行", "第 3 行", "什么也没有导入"):
                self.assertIn(row, told.err)
            told = self.ctl("import", "activities", people, *more)
            self.assertEqual((told.code, told.out), (1, ""))
            self.assertIn("第 2 行：名册里没有这位代表：无名氏", told.err)
            self.assertIn("第 3 行：名册里有几位代表同名：同名", told.err)
        self.assertEqual(self.query("SELECT count(*) FROM activities"), [(0,)])
        self.assertEqual(self.ctl("import", "roster", table, "--dry-run").code, 2)

    def test_flags_in_words(self):
        self.assertEqual(self.ctl("flags").out, "没有要留意的事\n")
        who = self.id_of("甲一")
        with sqlite3.connect(self.data + "/kiosk.db") as db:
            for at, what, detail in ((1, "two_kiosks", "k-2"), (2, "card_lost", "3"), (3, "something_new", "")):
                db.execute("INSERT INTO flags(id, at_ms, what, deputy, activity, detail) VALUES(?, ?, ?, ?, '', ?)",
                           (f"f{at}", 1790000000000 + at * 86400000, what, who, detail))
        told = self.ctl("flags").out.splitlines()
        self.assertEqual([line.split("  ", 1)[1] for line in told],
                         ["甲一  something_new", "甲一  用了已经挂失的卡（第 3 次制的卡）", "甲一  在两台终端都签了到"])
        self.assertIn("signed in at two kiosks", self.ctl("flags", lang="C").out)
        self.assertIn("要留意      3 件", self.ctl("status").out)
        self.assertEqual(self.ctl("flags", "x").code, 2)


def exif(orientation):
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + struct.pack("<H", orientation) + b"\0\0\0\0\0\0"
    return b"\xff\xe1" + struct.pack(">H", 8 + len(tiff)) + b"Exif\0\0" + tiff


class TestPortraits(Site):
    def setUp(self):
        super().setUp()
        self.photos = os.path.join(self.root, "photos")
        os.mkdir(self.photos)

    def photo(self, name, content):
        return self.path("photos/" + name, content)

    def stored(self, name):
        return self.query(f"SELECT bytes FROM portraits WHERE deputy = '{self.id_of(name)}'")[0][0]

    @staticmethod
    def size(jpeg):
        at = jpeg.index(b"\xff\xc0")
        height, width = struct.unpack(">HH", jpeg[at + 5:at + 9])
        return width, height

    def test_any_size_and_those_that_cannot_be(self):
        first = self.id_of("甲一")
        self.photo(first + ".png", png(900, 700, lambda x, y: (x % 256, y % 256, 90)))
        self.photo("乙二.PNG", png(100, 3000, lambda x, y: (10, y // 12, 90)))
        self.photo("无名氏.png", png(90, 90, lambda x, y: (1, 2, 3)))
        self.photo("同名.png", png(90, 90, lambda x, y: (1, 2, 3)))
        self.photo(".hidden.png", b"")
        told = self.ctl("import", "portraits", self.photos)
        self.assertEqual(told.code, 1)
        self.assertEqual(told.out, "照片：导入 2 张，没有导入 2 张；名册里 4 位代表\n")
        self.assertIn("无名氏.png：文件名不是名册里的姓名或编号", told.err)
        self.assertIn("同名.png：名册里有几位代表同名", told.err)
        self.assertEqual(len(re.findall(r"^  p-[0-9a-f]{16}\t同名", told.err, re.M)), 2)
        self.assertEqual(self.size(self.stored("甲一")), (480, 600))
        self.assertEqual(self.size(self.stored("乙二")), (100, 125))
        self.assertEqual(self.ctl("verify").code, 0)

    def test_garbage_is_named(self):
        whole = png(80, 100, lambda x, y: (9, 9, 9))
        bomb = bytearray(whole)
        bomb[16:24] = struct.pack(">II", 60000, 60000)  # says so, and is small
        bomb[29:33] = struct.pack(">I", zlib.crc32(bytes(bomb[12:29])))
        for content, words in ((b"", "不是 JPEG"), (b"GIF89a" + b"x" * 90, "不是 JPEG"), (os.urandom(999), "不是 JPEG"),
                               (whole[:-20], "不完整"), (b"\xff\xd8\xff" + os.urandom(400), "不完整"),
                               (whole[:60] + os.urandom(60) + whole[120:], "不完整"), (bytes(bomb), "太大"),
                               (png(40, 50, lambda x, y: (1, 1, 1)), "太小")):
            self.photo("甲一.jpg", content)
            told = self.ctl("import", "portraits", self.photos)
            self.assertEqual(told.code, 1)
            self.assertIn("甲一.jpg", told.err)
            self.assertIn(words, told.err)
        self.assertEqual(self.query("SELECT count(*) FROM portraits"), [(0,)])
        os.remove(self.photos + "/甲一.jpg")
        os.mkdir(self.photos + "/甲一.jpg")
        self.assertIn("不是 JPEG", self.ctl("import", "portraits", self.photos).err)
        self.assertEqual(self.ctl("import", "portraits", self.root + "/none").code, 1)

    def test_upright_by_exif(self):
        """What a camera held upside down stored comes out the right way up, without its Exif."""
        top = png(240, 300, lambda x, y: (250, 0, 0) if y < 150 else (0, 0, 250))
        self.photo("甲一.png", top)
        self.assertEqual(self.ctl("import", "portraits", self.photos).code, 0)
        upright = self.stored("甲一")
        os.remove(self.photos + "/甲一.png")
        for orientation, name in ((3, "乙二"), (1, "甲一")):
            turned = upright[:2] + exif(orientation) + upright[2:]
            self.photo(name + ".jpg", turned)
        self.assertEqual(self.ctl("import", "portraits", self.photos).code, 0)
        halves = {}
        for name in ("甲一", "乙二"):
            jpeg = self.stored(name)
            self.assertNotIn(b"Exif", jpeg)
            pixels = self.pixels(jpeg)
            halves[name] = pixels[20 * 240 + 120][0] > 200, pixels[280 * 240 + 120][0] > 200
        self.assertEqual(halves, {"甲一": (True, False), "乙二": (False, True)})

    def pixels(self, jpeg):
        """Through a PDF of one picture and poppler: another decoder than ours."""
        width, height = self.size(jpeg)
        objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                   b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>"
                   % (width, height)]
        draw = b"%d 0 0 %d 0 0 cm /I Do" % (width, height)
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(draw), draw))
        objects.append(b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8"
                       b"/Filter/DCTDecode/Length %d>>stream\n%s\nendstream" % (width, height, len(jpeg), jpeg))
        text = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%s endobj\n" % (i + 1, o) for i, o in enumerate(objects))
        path = self.path("p.pdf", text + b"trailer<</Root 1 0 R/Size 6>>\n%%EOF")
        ppm = subprocess.run(["pdftoppm", "-r", "72", path], capture_output=True, check=True).stdout
        data = ppm.split(b"\n", 3)[3]
        return [tuple(data[i:i + 3]) for i in range(0, len(data), 3)]

    def test_20_megapixels_in_little_memory(self):
        row = b"\0" + bytes(range(256)) * 60  # 5120 px
        width, height = 5120, 4000
        rows = zlib.compress(row * height, 1)

        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        self.photo("甲一.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
                   chunk(b"IDAT", rows) + chunk(b"IEND", b""))
        command = [KIOSKCTL, "--data", self.data, "import", "portraits", self.photos]

        def limited(mb):
            return subprocess.run(command, capture_output=True, env={**os.environ, "LC_ALL": "zh_CN.UTF-8"}, preexec_fn=lambda:
                                  resource.setrlimit(resource.RLIMIT_AS, (mb << 20, mb << 20)))
        told = limited(85)  # the program runs, but there is no room for 61 MB of pixels
        self.assertEqual(told.returncode, 1)
        self.assertIn("甲一.png：内存不够", told.stderr.decode())
        self.assertEqual(self.query("SELECT count(*) FROM portraits"), [(0,)])
        told = limited(180)  # the pixels once, and not twice
        self.assertEqual(told.returncode, 0, told.stderr.decode())
        self.assertEqual(self.size(self.stored("甲一")), (480, 600))


class TestNumbers(Folder):
    @staticmethod
    def check(base):
        """With its check character, GB 11643."""
        total = sum(int(c) * w for c, w in zip(base, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)))
        return base + "10X98765432"[total % 11]

    def test_only_digests_are_kept(self):
        numbers = [self.check("99010119700101002"), self.check("99010119710202004")]
        self.ctl("init")
        roster = "姓名,性别,出生年月,选区,层级,身份证号\n" + "".join(
            f"{name},女,{n[6:10]}-{n[10:12]},一,乡,{n}\n" for name, n in zip(("甲一", "乙二"), numbers)) + "丙三,女,1980-05,一,乡,\n"
        for encoding in ("utf-8", "gb18030"):
            told = self.ctl("import", "roster", self.path("r.csv", roster.encode(encoding)))
            self.assertEqual(told.code, 0, told.err)
            self.assertIn("身份证号：2 位可以刷身份证签到", told.out)
        self.assertEqual(self.query("SELECT count(*), count(DISTINCT salt), count(DISTINCT digest) FROM id_digests"), [(2, 1, 2)])
        self.assertEqual(self.ctl("verify").code, 0)
        for folder, _, names in os.walk(self.data):
            for name in names:
                content = self.read(folder, name)
                for number in numbers:
                    self.assertNotIn(number.encode(), content, name)
        bad = roster.replace(numbers[0], numbers[0][:-1] + ("1" if numbers[0][-1] != "1" else "2"))
        told = self.ctl("import", "roster", self.path("r.csv", bad))
        self.assertEqual(told.code, 1)
        self.assertIn("第 2 行", told.err)
        self.assertNotIn(numbers[0][:-1], told.err)


if __name__ == "__main__":
    unittest.main()
