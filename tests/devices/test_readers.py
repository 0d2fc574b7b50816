"""The card reader's and the scanner's threads on ptys. test_reader_usb.py has what else goes wrong on a reader's way."""
import os
import re
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import SIM, Program, built  # noqa: E402
from sim_cardreader import check_digit  # noqa: E402

TEST_TIMEOUT_S = 60


def number(seed):
    first = f"41052619600101{seed:03d}"
    return first + check_digit(first)


class Case(unittest.TestCase):
    def open(self, sim, kind, *options):
        self.sim = Program([sys.executable, os.path.join(SIM, sim), *options])
        self.addCleanup(self.sim.kill)
        self.path = self.sim.line()
        return self.client(kind, "serial:" + self.path)

    def client(self, kind, uri):
        client = Program([built("device_client"), kind, uri])
        self.addCleanup(client.kill)
        return client

    def do(self, line):
        self.sim.tell(line)
        self.sim.expect("ok " + re.escape(line.split(" ")[0]))

    def linked(self, sim, kind):
        """A client of a line under a link, so that it can be unplugged and come back under the same name."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.sim = Program([sys.executable, os.path.join(SIM, sim)])
        self.addCleanup(self.sim.kill)
        link = folder.name + "/line"
        os.symlink(self.sim.line(), link)
        return self.client(kind, "serial:" + link), link


class Cards(Case):
    def reader(self):
        client = self.open("sim_cardreader.py", "card")
        client.expect("health 1")
        return client

    def assert_reads(self, client, seed=1, timeout=10):
        self.do(f"card 张三 {number(seed)}")
        client.expect(f"card resident {number(seed)} 张三", timeout)

    def test_every_kind_of_card(self):
        client = self.reader()
        for line, told in ((f"card 欧阳小明 {number(7)}", f"card resident {number(7)} 欧阳小明"),
                           (f"card 𠮷野 {number(8)}", f"card resident {number(8)} 𠮷野"),
                           (f"permit 陳大文 810000199408230021", "card permit 810000199408230021 陳大文"),
                           ("foreigner DOE,_JANE USA110080010101",
                            "card foreigner USA110080010101 DOE, JANE"),
                           ("foreigner DOE,_JANE USA110080010101 杜珍", "card foreigner USA110080010101 杜珍"),
                           ("foreigner2023 杜珍 911124198108030024 DOE,_JANE",
                            "card foreigner 911124198108030024 杜珍")):
            self.do(line)
            client.expect(re.escape(told))
            self.do("remove")
            self.assertEqual(client.rest(0.8), [])

    def test_the_dates_on_it(self):
        client = self.reader()
        for seed, dates, told in ((1, "20180901 20380901", "20180901 20380901"), (2, "20180901 forever", "20180901 -"),
                                  (3, "20180931 20380901", "- -")):
            self.do(f"card 张三 {number(seed)} {dates}")
            client.expect(f"valid {told} at .*")
            client.expect(f"card resident {number(seed)} 张三")
            self.do("remove")
            self.assertEqual(client.rest(0.8), [])
        self.do("permit 陳大文 810000199408230021")
        client.expect("valid 20180901 20230901 at .*")

    def test_told_once_until_it_is_taken_away(self):
        client = self.reader()
        self.assert_reads(client)
        self.assertEqual(client.rest(2), [])
        self.do("remove")
        time.sleep(1.2)
        self.assert_reads(client)

    def test_told_once_by_a_reader_that_says_no_card_after_reading(self):
        client = self.reader()
        self.do("halt on")
        self.assert_reads(client)
        self.assertEqual(client.rest(2), [])
        self.do("remove")
        self.assert_reads(client)

    def test_told_once_by_a_reader_that_misses_it_now_and_then(self):
        client = self.reader()
        self.do("flicker on")
        self.assert_reads(client)
        self.assertEqual(client.rest(3), [])

    def test_nothing_is_told_while_every_reply_is_spoilt(self):
        client = self.reader()
        for fault in ("badsum", "refuse", "half"):
            self.do(f"fault {fault}")
            self.do(f"card 张三 {number(2)}")
            self.assertEqual([line for line in client.rest(2) if line.startswith("card")], [])
        self.do("fault none")
        client.expect(f"card resident {number(2)} 张三")

    def test_a_wrong_check_digit_is_not_a_card(self):
        client = self.reader()
        wrong = number(3)[:17] + ("0" if number(3)[17] != "0" else "1")
        self.do(f"card 张三 {wrong}")
        self.assertEqual(client.rest(2), ["unread"])   # once, however long it lies there

    def test_unplugged_and_back(self):
        client, link = self.linked("sim_cardreader.py", "card")
        client.expect("health 1")
        self.do("unplug")
        os.unlink(link)
        client.expect("health 0")
        time.sleep(1)
        self.do(f"plug {link}")
        client.expect("health 1", 8)
        self.assert_reads(client)

    def test_not_there_at_first(self):
        with tempfile.TemporaryDirectory() as folder:
            client = self.client("card", f"serial:{folder}/line")
            client.expect("health 0")
            self.sim = Program([sys.executable, os.path.join(SIM, "sim_cardreader.py")])
            self.addCleanup(self.sim.kill)
            os.symlink(self.sim.line(), folder + "/line")
            client.expect("health 1", 8)
            self.assert_reads(client)


class Codes(Case):
    def scanner(self, suffix="cr"):
        client = self.open("sim_scanner.py", "scan", "--suffix", suffix)
        client.expect("health 1")
        return client

    def test_every_suffix(self):
        client = self.scanner()
        for suffix in ("cr", "lf", "crlf", "tab", "none"):
            self.do(f"suffix {suffix}")
            self.do(f"scan K7PM-{suffix}-X")
            client.expect(f"code {len(suffix) + 7} K7PM-{suffix}-X")
        self.assertEqual(client.rest(0.5), [])

    def test_the_same_code_twice(self):
        client = self.scanner()
        self.do("scan AAAA")
        self.do("scan AAAA")
        self.do("scan BBBB")
        client.expect("code 4 AAAA")
        client.expect("code 4 BBBB")
        time.sleep(2.2)
        self.do("scan BBBB")
        client.expect("code 4 BBBB")
        self.assertEqual(len([line for line in client.seen if line == "code 4 AAAA"]), 1)

    def test_slow_bytes_are_one_code(self):
        client = self.scanner()
        self.do("slow ABCDEFGH")
        client.expect("code 8 ABCDEFGH")

    def test_too_long_noise_and_other_scripts(self):
        client = self.scanner()
        self.do("scan " + "x" * 513)
        self.do("hex 4101420d")
        self.do("scan " + "y" * 512)
        client.expect("code 512 y{512}")
        self.do("scan 你好")
        client.expect(re.escape("code 6 ??????"))
        self.assertEqual(len(client.seen), 3)

    def test_unplugged_and_back(self):
        client, link = self.linked("sim_scanner.py", "scan")
        client.expect("health 1")
        self.do("unplug")
        os.unlink(link)
        client.expect("health 0")
        self.do(f"plug {link}")
        client.expect("health 1", 8)
        self.do("scan AGAIN")
        client.expect("code 5 AGAIN")
        client.close()
        self.assertLess(int(client.expect(r"closed (\d+)")[1]), 200)

    def test_only_one_may_have_the_line(self):
        self.scanner()
        if os.getuid() == 0:
            # root is let through TIOCEXCL: ask the line itself instead
            import fcntl
            import struct
            fd = os.open(self.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            try:
                flag = struct.unpack("i", fcntl.ioctl(fd, 0x80045440, b"\0" * 4))[0]  # TIOCGEXCL
            finally:
                os.close(fd)
            self.assertEqual(flag, 1)
        else:
            second = self.client("scan", "serial:" + self.path)
            second.expect("health 0")


class Refused(Case):
    def test_uris(self):
        for kind, uri, error in (("card", "cups:", "not supported"),
                                 ("card", "usb:", "invalid input"),
                                 ("card", "usb:0400", "invalid input"),
                                 ("card", "usb:0400:c35", "invalid input"),
                                 ("card", "usb:0400:c35a1", "invalid input"),
                                 ("card", "usb:04g0:c35a", "invalid input"),
                                 ("card", "usb:automatic", "invalid input"),
                                 ("scan", "", "not supported"),
                                 ("card", "serial:ttyUSB0", "invalid input"),
                                 ("card", "serial:/dev/ttyUSB0?baud=12345", "invalid input"),
                                 ("scan", "serial:/dev/ttyUSB0?parity=odd", "invalid input")):
            with self.subTest(uri):
                line = self.client(kind, uri).expect("open ([a-z ]+): (.*)")
                self.assertEqual(line[1], error)
                self.assertIn("baud=" if "?" in uri else "usb:auto" if uri.startswith("usb:") else "serial:/dev/",
                              line[2])


if __name__ == "__main__":
    unittest.main()
