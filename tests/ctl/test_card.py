"""kioskctl card print: the card that comes out, and everything that must not become one."""
import base64
import hashlib
import os
import pty
import re
import resource
import select
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "http")]
import sodium  # noqa: E402
import totp  # noqa: E402
import world  # noqa: E402
from office import FakeOffice, card_reply, card_token, today  # noqa: E402

KIOSKCTL = os.path.join(world.BUILD, "kioskctl")
CONF = """[site]
township = 青禾乡
home = 青禾乡人大代表之家
help_phone = 0000-8010123
[sync]
url = {url}
"""
PASSWORD = "a good password"


def png(width, height, pixel):
    """A picture; pixel(x, y) gives (red, green, blue)."""
    rows = b"".join(b"\0" + b"".join(bytes(pixel(x, y)) for x in range(width)) for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def run(*command, **more):
    return subprocess.run(command, capture_output=True, check=True, **more).stdout


def setUpModule():
    Room.top = tempfile.mkdtemp(prefix="card-test-")
    unittest.addModuleCleanup(shutil.rmtree, Room.top)
    Room.town = world.Township(Room.top, demo=True).start()
    unittest.addModuleCleanup(Room.town.stop)
    kiosk = world.Kiosk(Room.top, Room.town.url)
    kiosk.enrol(Room.town)
    Room.enrolled = kiosk.folder
    with open(Room.town.folder + "/keys/sign.key", "rb") as file:
        Room.secret = file.read()
    Room.public = Room.secret[32:]


class Room(unittest.TestCase):
    """A kiosk that is enrolled with a real township, and an office that a test answers for."""
    top = town = enrolled = secret = public = None

    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="card-", dir=self.top)
        self.data = os.path.join(self.root, "data")
        shutil.copytree(self.enrolled, self.data, ignore=shutil.ignore_patterns("*.sock"))
        with open(self.data + "/kiosk.conf", "w") as file:
            file.write(CONF.format(url=self.town.url))
        self.out = os.path.join(self.root, "card.pdf")
        self.fake = FakeOffice()
        self.addCleanup(self.fake.close)

    def ctl(self, *args, password=PASSWORD, code=None, lang="zh_CN.UTF-8", **more):
        env = {k: v for k, v in os.environ.items() if k not in ("LC_ALL", "LC_MESSAGES", "LANGUAGE")}
        env["LANG"] = lang
        if password is not None:
            env["KIOSKCTL_PASSWORD"] = password
        if code is not None:
            env["KIOSKCTL_CODE"] = code
        done = subprocess.run([KIOSKCTL, "--data", self.data, *args], env=env, capture_output=True, timeout=60, cwd=self.root,
                              stdin=subprocess.DEVNULL, **more)
        done.out, done.err = done.stdout.decode(), done.stderr.decode()
        return done

    def card(self, who, *args, office=None, **more):
        return self.ctl("card", "print", who, "-o", self.out, "--office", office or self.fake.url, *args, **more)

    def query(self, sql, *values):
        with sqlite3.connect(self.data + "/kiosk.db") as db:
            return db.execute(sql, values).fetchall()

    def id_of(self, name):
        return self.query("SELECT id FROM deputies WHERE name = ?", name)[0][0]

    def sign(self, deputy, **more):
        return card_token(self.public, self.secret, deputy, **more)

    def give(self, name, deputy=None, issue=1, **more):
        """The office gives a good card."""
        deputy = deputy or self.id_of(name)
        token = self.sign(deputy, issue=issue, **more)
        self.fake.card(201, card_reply(token, deputy, name, issue))
        return token

    def assert_nothing_written(self):
        self.assertEqual([n for n in os.listdir(self.root) if n != "data"], [])

    def picture(self, page=1, dpi=200):
        run("pdftoppm", "-r", str(dpi), "-png", "-f", str(page), "-l", str(page), self.out, self.root + "/page")
        return f"{self.root}/page-{page}.png"

    def fonts(self):
        """(name, embedded) of each."""
        lines = run("pdffonts", self.out).decode().splitlines()[2:]
        return [(line.split()[0], line.split()[-5]) for line in lines]


class TestCard(Room):
    def test_the_township_s_own_card(self):
        told = self.card("周玉兰", office=self.town.url, password=self.town.password)
        self.assertEqual((told.returncode, told.err.count("\n")), (0, 1), told.err)
        self.assertIn("没有周玉兰的照片", told.err)
        read = run("zbarimg", "-q", "--raw", self.picture()).decode().strip()
        self.assert_signed(read, self.id_of("周玉兰"), 1)
        again = self.card("周玉兰", office=self.town.url, password=self.town.password)
        self.assertIn("第 2 次制卡", again.out)
        self.assert_signed(run("zbarimg", "-q", "--raw", self.picture()).decode().strip(), self.id_of("周玉兰"), 2)

    def assert_signed(self, token, deputy, issue):
        self.assertTrue(token.startswith("DHC1:"), token)
        text = token[5:]
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
        body, signature = raw[:-64], raw[-64:]
        form = b"DHC1" + hashlib.blake2b(body, digest_size=32).digest()
        self.assertEqual(sodium._lib.crypto_sign_verify_detached(signature, form, len(form), self.public), 0)
        self.assertEqual(body[6:6 + body[5]].decode(), deputy)
        self.assertEqual(int.from_bytes(body[6 + body[5]:10 + body[5]], "big"), issue)

    def test_what_is_on_it(self):
        token = self.give("周玉兰", issue=3)
        told = self.card("周玉兰")
        self.assertEqual(told.returncode, 0, told.err)
        self.assertIn(f"周玉兰的代表证（第 3 次制卡，有效期至 {time.strftime('%Y-', time.gmtime(time.time() + 366 * 86400))[:2]}", told.out)
        self.assertEqual(self.fake.asked[0][1], {"user": "office", "password": PASSWORD})
        self.assertEqual(self.fake.asked[1][1:], ({"deputy": self.id_of("周玉兰")}, "Bearer " + "ab" * 32))
        self.assertEqual(os.stat(self.out).st_mode & 0o777, 0o600)
        info = run("pdfinfo", self.out).decode()
        self.assertRegex(info, r"Pages: +2\n")
        width, height = (float(n) / 72 * 25.4 for n in re.search(r"Page size: +([\d.]+) x ([\d.]+) pts", info).groups())
        self.assertAlmostEqual(width, 85.60, delta=0.01)
        self.assertAlmostEqual(height, 53.98, delta=0.01)
        front = run("pdftotext", "-l", "1", self.out, "-").decode()
        for words in ("青禾乡人大代表之家", "代表证", "周玉兰", "乡代表", "第一代表小组", "第 3 次", "有效期至"):
            self.assertIn(words, front)
        back = run("pdftotext", "-f", "2", self.out, "-").decode()
        self.assertIn("拾到这张卡", back)
        self.assertIn("0000-8010123", back)
        self.assertEqual({embedded for _, embedded in self.fonts()}, {"yes"})
        self.assertEqual(len(run("pdfimages", "-list", self.out).decode().splitlines()), 2, "the QR is no picture")
        for dpi in (200, 300):
            self.assertEqual(run("zbarimg", "-q", "--raw", self.picture(dpi=dpi)).decode().strip(), token)

    def test_modules_and_quiet_zone(self):
        """Measured on the picture: half a millimetre a module, four modules around."""
        self.give("周玉兰")
        self.assertEqual(self.card("周玉兰").returncode, 0)
        run("pdftoppm", "-r", "508", "-gray", "-l", "1", self.out, self.root + "/page")  # 20 px a mm
        with open(self.root + "/page-1.pgm", "rb") as file:
            magic, size, depth, pixels = file.read().split(b"\n", 3)
        width, height = map(int, size.split())
        at = lambda x, y: pixels[y * width + x]  # noqa: E731
        # The white panel right of the middle, and the black in it.
        row = height // 2
        white = [x for x in range(width // 2, width) if at(x, row) == 255]
        left, right = white[0], white[-1]
        ys = [y for y in range(height) if at(left + 2, y) == 255]
        black = [(x, y) for y in range(ys[0], ys[-1]) for x in range(left, right) if at(x, y) < 64]
        x0, x1 = min(x for x, _ in black), max(x for x, _ in black) + 1
        finder = next(x for x in range(x0, x1) if at(x, min(y for _, y in black) + 3) > 200) - x0
        module = finder / 7 / 20  # mm
        self.assertGreaterEqual(module, 0.5)
        self.assertGreaterEqual((x0 - left) / 20, 4 * module - 0.1)
        self.assertGreaterEqual((right + 1 - x1) / 20, 4 * module - 0.1)

    def test_portrait(self):
        photos = os.path.join(self.top, "photos-" + os.path.basename(self.root))
        os.mkdir(photos)
        with open(f"{photos}/周玉兰.png", "wb") as file:
            file.write(png(240, 300, lambda x, y: (200, 30, 60)))
        self.assertEqual(self.ctl("import", "portraits", photos).returncode, 0)
        self.give("周玉兰")
        told = self.card("周玉兰")
        self.assertEqual((told.returncode, told.err), (0, ""))
        images = run("pdfimages", "-list", self.out).decode().splitlines()[2:]
        self.assertEqual([line.split()[2:5] + [line.split()[8]] for line in images], [["image", "240", "300", "jpeg"]])
        run("pdfimages", "-j", self.out, self.root + "/image")
        with open(self.root + "/image-000.jpg", "rb") as file:
            self.assertEqual(file.read(), self.query("SELECT bytes FROM portraits")[0][0], "embedded as it is")

    def test_rare_characters(self):
        """Extensions B to G, Tibetan, and long names: embedded, whole, never a box."""
        people = ["𤦪𬱖𫖮", "𰻝阳𱁬", "བཀྲ་ཤིས་དོན་གྲུབ", "阿卜杜热合曼·买买提艾力", "欧阳建国"]
        with open(self.root + "/r.csv", "w") as file:
            file.write("姓名,性别,出生年月,选区,层级\n" + "".join(f"{n},女,1970-01,一,乡\n" for n in people))
        self.assertEqual(self.ctl("import", "roster", self.root + "/r.csv").returncode, 0)
        for name in people:
            token = self.give(name)
            self.assertEqual(self.card(name).returncode, 0, name)
            self.assertEqual({embedded for _, embedded in self.fonts()}, {"yes"})
            front = run("pdftotext", "-l", "1", self.out, "-").decode()
            got = re.sub(r"\s", "", front)
            if name != "བཀྲ་ཤིས་དོན་གྲུབ":  # stacks come back in another order
                self.assertIn(name, got)
            self.assertEqual(run("zbarimg", "-q", "--raw", self.picture()).decode().strip(), token)

    def test_a_character_that_no_font_has(self):
        with open(self.root + "/r.csv", "w") as file:
            file.write("姓名,性别,出生年月,选区,层级\n王\U000105C0\U0001E6C0,女,1970-01,一,乡\n")
        self.assertEqual(self.ctl("import", "roster", self.root + "/r.csv").returncode, 0)
        told = self.card("王\U000105C0\U0001E6C0")
        self.assertEqual(told.returncode, 1)
        self.assertIn("fonts-hanazono", told.err)
        self.assertEqual(self.fake.asked, [], "no card is made void for it")

    def test_several_of_one_name(self):
        told = self.card("王秀英")
        self.assertEqual(told.returncode, 1)
        ids = re.findall(r"p-[0-9a-f]{16}", told.err)
        self.assertEqual(len(set(ids)), 2)
        self.assertEqual(self.fake.asked, [])
        self.give("王秀英", deputy=ids[1])
        self.assertEqual(self.card(ids[1]).returncode, 0)

    def test_default_name_and_folder(self):
        self.give("周玉兰")
        self.assertEqual(self.ctl("card", "print", "周玉兰", "--office", self.fake.url).returncode, 0)
        self.assertTrue(os.path.exists(self.root + "/代表证-周玉兰.pdf"))
        os.mkdir(self.root + "/out")
        self.assertEqual(self.ctl("card", "print", "周玉兰", "--office", self.fake.url, "-o", "out").returncode, 0)
        self.assertEqual(os.listdir(self.root + "/out"), ["代表证-周玉兰.pdf"])


class TestRefusals(Room):
    def refuse(self, told, words, asked=None):
        self.assertEqual(told.returncode, 1, told.out + told.err)
        self.assertIn(words, told.err)
        self.assertNotIn(PASSWORD, told.err)
        self.assert_nothing_written()
        if asked is not None:
            self.assertEqual(len(self.fake.asked), asked)

    def test_who_asks(self):
        real = self.town.url
        self.refuse(self.card("周玉兰", office=real, password="wrong password"), "密码不对")
        self.refuse(self.card("周玉兰", "--user", "nobody", office=real), "密码不对")
        self.town.add_user("reader", "readonly", "just looking 1")
        self.refuse(self.card("周玉兰", "--user", "reader", office=real, password="just looking 1"), "不可以制卡")
        with open(self.root + "/../r.csv", "w") as file:
            file.write("姓名,性别,出生年月,选区,层级\n甲一,女,1970-01,一,乡\n")
        self.ctl("import", "roster", self.root + "/../r.csv")
        self.refuse(self.card("甲一", office=real, password=self.town.password), "乡镇的名册里没有这位代表")

    def test_a_user_with_a_second_factor_gives_its_code(self):
        self.town.add_user("王书记", "head", "荷塘月色 1927")
        _, codes = totp.set_up(world.Browser(self.town, "王书记", "荷塘月色 1927"))

        def card(code):
            return self.card("周玉兰", "--user", "王书记", office=self.town.url, password="荷塘月色 1927", code=code)
        self.refuse(card(None), "KIOSKCTL_CODE")
        self.refuse(card("000000"), "验证码不对")
        told = card(codes[0])
        self.assertEqual(told.returncode, 0, told.err)
        os.remove(self.out)
        self.refuse(card(codes[0]), "验证码不对")

    def test_no_password(self):
        self.refuse(self.card("周玉兰", password=None), "KIOSKCTL_PASSWORD", asked=0)
        self.refuse(self.card("周玉兰", password="x" * 300), "没有拿到密码", asked=0)

    def test_offline(self):
        self.refuse(self.card("周玉兰", office=f"http://127.0.0.1:{world.free_port()}"), "连不上乡镇的服务器")
        self.fake.login(200, b"<html>please sign in to the WLAN</html>", {"Content-Type": "text/html"})
        self.refuse(self.card("周玉兰"), "连不上乡镇的服务器")
        self.fake.login(302, b"", {"Location": "http://portal.invalid/"})
        self.refuse(self.card("周玉兰"), "连不上乡镇的服务器")
        self.refuse(self.card("周玉兰", office="http://192.0.2.1"), "https://")
        self.refuse(self.card("周玉兰", office="https://u:p@127.0.0.1"), "https://")
        self.refuse(self.card("周玉兰", office="not an address"), "不是服务器的地址")

    def test_before_asking(self):
        self.refuse(self.card("无名氏"), "名册里没有", asked=0)
        self.out = self.root + "/no/such/folder/card.pdf"
        self.refuse(self.card("周玉兰"), "用 -o 写一个放得下的地方", asked=0)

    def test_not_enrolled(self):
        shutil.rmtree(self.data)
        self.assertEqual(self.ctl("init", "--demo").returncode, 0)
        self.refuse(self.card("周玉兰"), "还没有登记", asked=0)

    def test_disk_full(self):
        small = self.root + "/small"
        os.mkdir(small)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "small", small], capture_output=True)
        if mounted.returncode:
            self.skipTest("cannot mount here: " + mounted.stderr.decode())
        self.addCleanup(subprocess.run, ["umount", "-l", small], check=True)
        self.out = small + "/card.pdf"
        told = self.card("周玉兰")
        self.assertEqual((told.returncode, os.listdir(small), self.fake.asked), (1, [], []))
        self.assertIn("磁盘快满了", told.err)

    def test_disk_fails_at_the_last_moment(self):
        self.give("周玉兰", issue=4)
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))  # noqa: E731
        told = self.card("周玉兰", preexec_fn=limit, restore_signals=False)  # SIGXFSZ stays ignored, as in Python
        self.refuse(told, "已经登记第 4 次制卡")
        self.assertIn("再做一次", told.err)

    def hostile(self, reply, words, status=201):
        self.fake.card(status, reply)
        self.refuse(self.card("周玉兰"), words)

    def test_forged_cards(self):
        who, name = self.id_of("周玉兰"), "周玉兰"
        good = self.sign(who)
        public, secret = sodium.sign_keypair()
        last = good[:-10] + ("A" if good[-10] != "A" else "B") + good[-9:]
        for token in (card_token(public, secret, who),           # another township's
                      card_token(self.public, secret, who),      # says it is this one's
                      last, good[:-8], good.replace("DHC1:", "DHC2:"), "", good + "AAAA",
                      self.sign(who, domain=b"DHE1")):           # the right key, over something else
            self.hostile(card_reply(token, who, name), "不是本乡签发的")
        self.hostile(card_reply(good + "A" * 400, who, name), "回答不完整")
        self.hostile(card_reply(self.sign(self.id_of("马建国")), who, name), "签的是另一张卡")
        self.hostile(card_reply(self.sign(who, issue=2), who, name, issue=3), "签的是另一张卡")
        self.hostile(card_reply(good, who, "马建国"), "姓名和本机的不一样")
        self.hostile(card_reply(self.sign(who, expires=today() - 10, issued=today() - 400), who, name), "已经过期")
        self.hostile(card_reply(self.sign(who, issued=today() + 30), who, name), "在今天以后")
        for broken in ({}, {"token": good}, {"token": 7, "name": name}, {"token": None, "name": name, "issue": 1}):
            self.hostile(broken, "回答不完整")

    def test_an_old_card_given_again(self):
        who = self.id_of("周玉兰")
        with sqlite3.connect(self.data + "/kiosk.db") as db:
            db.execute("INSERT OR REPLACE INTO cards(deputy, issue, lost_through) VALUES(?, 5, 3)", (who,))
        for issue in (2, 4):
            self.hostile(card_reply(self.sign(who, issue=issue), who, "周玉兰", issue), "已经停用的旧卡")

    def test_strange_answers(self):
        error = {"error": {"code": "nope", "message": "m", "remedy": "r"}}
        for status, answer, words in ((403, error, "不可以制卡"), (404, error, "乡镇的名册里没有"), (422, error, "没有给卡"),
                                      (429, error, "过一会儿再来"), (503, error, "过一会儿再来"), (200, b"[]", "没有给卡"),
                                      (200, b"{", "连不上"), (200, b"7" * (9 << 20), "连不上")):
            self.fake.card(status, answer)
            self.refuse(self.card("周玉兰"), words)
        for token in ("", "a b", "x\r\nX-Evil: 1", "t" * 500, None, 7):
            self.fake.login(200, {"token": token})
            self.fake.asked.clear()
            self.refuse(self.card("周玉兰"), "没有给卡", asked=1)

    def test_in_english(self):
        for args, words in ((("无名氏",), "there is no '无名氏'"), (("周玉兰",), "did not sign")):
            self.fake.card(201, card_reply("DHC1:AAAA", self.id_of("周玉兰"), "周玉兰"))
            told = self.card(*args, lang="en_GB.UTF-8")
            self.refuse(told, words)

    def test_usage(self):
        for args in (("card",), ("card", "print"), ("card", "draw", "周玉兰"), ("card", "print", "周玉兰", "-o"),
                     ("card", "print", "周玉兰", "马建国"), ("card", "print", "周玉兰", "--colour", "x")):
            self.assertEqual(self.ctl(*args).returncode, 2, args)


class TestTerminal(Room):
    """The password typed on a terminal."""

    def type(self, keys):
        env = {k: v for k, v in os.environ.items() if k not in ("LC_ALL", "KIOSKCTL_PASSWORD")}
        env["LANG"] = "zh_CN.UTF-8"
        pid, fd = pty.fork()
        if pid == 0:
            try:
                os.execve(KIOSKCTL, [KIOSKCTL, "--data", self.data, "card", "print", "周玉兰", "-o", self.out, "--office",
                                     self.fake.url], env)
            finally:
                os._exit(127)  # there is no program: never a second copy of these tests
        shown, typed = b"", False
        while select.select([fd], [], [], 30)[0]:
            try:
                data = os.read(fd, 1000)
            except OSError:  # the terminal's other end is closed
                break
            shown += data
            if not typed and "密码：".encode() in shown:
                os.write(fd, keys)
                typed = True
        os.close(fd)  # whoever still waits for keys gets a hang-up
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()

    def test_typed_and_not_shown(self):
        self.give("周玉兰")
        code, shown = self.type(PASSWORD.encode() + b"\n")
        self.assertEqual(code, 0, shown)
        self.assertNotIn(PASSWORD, shown)
        self.assertEqual(self.fake.asked[0][1]["password"], PASSWORD)
        self.assertTrue(os.path.exists(self.out))

    def test_given_up(self):
        for keys in (b"half a pass\x03", b"\n"):
            code, shown = self.type(keys)
            self.assertEqual(code, 1)
            self.assertIn("没有向乡镇要卡", shown)
        self.assertEqual(self.fake.asked, [])
        self.assert_nothing_written()


if __name__ == "__main__":
    unittest.main()
