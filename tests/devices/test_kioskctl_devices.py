"""kioskctl devices: what the person on the ladder is told, with each device as it may be."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import SIM, Printing, Program, built  # noqa: E402

TEST_TIMEOUT_S = 60
NAME = "usb-SIM_Keyboard-event-kbd"
NUMBER = "11010519491231002X"


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="dhdevices.")
        self.addCleanup(shutil.rmtree, self.dir)
        os.chmod(self.dir, 0o755)
        # A cupsd of this machine must not be asked.
        self.env = dict(os.environ, LANG="zh_CN.UTF-8", CUPS_SERVER=self.dir + "/no-cups",
                        ASAN_OPTIONS="verify_asan_link_order=0")    # umockdev comes before it
        self.env.pop("LC_ALL", None)

    def conf(self, idcard="", scanner="", printer=""):
        with open(self.dir + "/kiosk.conf", "w", encoding="utf-8") as file:
            file.write(f"[idcard]\ndevice = {idcard}\n[scanner]\ndevice = {scanner}\n[printer]\ndevice = {printer}\n")

    def sim(self, program, *options):
        sim = Program([sys.executable, os.path.join(SIM, program), *options])
        self.addCleanup(sim.kill)
        return sim

    def argv(self, *args, before=()):
        return [*before, built("kioskctl"), "--data", self.dir, "devices", *args]

    def run_it(self, *args, before=(), **more):
        done = subprocess.run(self.argv(*args, before=before), env=self.env, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=50, **more)
        self.assertNotIn("runtime error", done.stderr)
        return done

    def start(self, *args):
        program = Program(self.argv(*args), env=self.env, stderr=subprocess.STDOUT)
        self.addCleanup(program.kill)
        return program


class Answering(Case):
    def setUp(self):
        super().setUp()
        self.card, self.scan = self.sim("sim_cardreader.py"), self.sim("sim_scanner.py")
        self.conf("serial:" + self.card.line(), "serial:" + self.scan.line(), f"file:{self.dir}/slip")

    def test_all_are_there_and_tried_and_nothing_private_is_said(self):
        program = self.start("--test", "all")
        program.expect(r"    身份证阅读器  serial:\S+  好的  模块号 [0-9.-]+")
        program.expect(r"    扫码器  serial:\S+  好的")
        program.expect(r"    小票打印机  file:\S+  好的  .*")
        program.expect("请在 30 秒内把身份证放到阅读器上.*")
        self.card.tell(f"card 张三丰 {NUMBER}")
        program.expect(r"    试 身份证阅读器：读到一张居民身份证，号码 \*{4}X")
        program.expect("请在 30 秒内扫一个码.*")
        self.scan.tell("scan DHK1:K7PM-3XQ0-9TR2")
        program.expect(r"    试 扫码器：读到一个码：小票上的码.*，19 个字符")
        program.expect("    试 小票打印机：已打印", 15)
        self.assertEqual(program.close(), 0)
        for private in ("张三丰", NUMBER[:17], NUMBER[6:14], "K7PM"):
            self.assertNotIn(private, "\n".join(program.seen))
        self.assertTrue(os.path.getsize(f"{self.dir}/slip.0001") > 1000)

    def test_for_a_program(self):
        done = self.run_it("--json")
        told = json.loads(done.stdout)
        self.assertEqual((done.returncode, told["good"], told["tests"]), (0, True, {}))
        self.assertEqual({name: each["state"] for name, each in told["configured"].items()},
                         {"idcard": "good", "scanner": "good", "printer": "good"})
        self.card.tell("fault silence")
        done = self.run_it("--json")
        told = json.loads(done.stdout)
        self.assertEqual((done.returncode, told["good"]), (1, False))
        self.assertEqual(told["configured"]["idcard"]["state"], "timed out")

    def test_given_up_at_once(self):
        program = self.start("--test", "scan")
        program.expect("请在 30 秒内扫一个码.*")
        program.child.send_signal(signal.SIGINT)
        began = time.monotonic()
        program.expect("    试 扫码器：已取消")
        self.assertEqual(program.close(), 1)
        self.assertLess(time.monotonic() - began, 1)

    def test_one_that_types_into_the_window(self):
        self.conf(scanner="keyboard")
        program = self.start("--test", "scan")
        program.expect("    扫码器  keyboard  好的")
        program.expect("请在 30 秒内扫一个码.*")
        program.tell("https://pay.example/abc")
        program.expect("    试 扫码器：读到一个码：网址或付款码，23 个字符")
        self.assertEqual(program.close(), 0)


class Wanting(Case):
    def test_nothing_is_set(self):
        self.conf()
        done = self.run_it()
        self.assertEqual(done.returncode, 0)
        for title in ("身份证阅读器", "扫码器", "小票打印机"):
            self.assertIn(f"    {title}  没有设置", done.stdout)
        done = self.run_it("--test", "card")
        self.assertEqual(done.returncode, 1)
        self.assertIn("没有设置身份证阅读器", done.stderr)

    def test_not_plugged_in(self):
        self.conf("serial:/dev/ttyUSB77", "evdev:/dev/input/by-id/none-event-kbd", "usb:0416:5011")
        done = self.run_it("--test", "all")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(re.findall(r"  没有连上\n        请看电源和线", done.stdout)), 3, done.stdout)
        self.assertNotIn("试 ", done.stdout)

    def test_no_answer(self):
        card = self.sim("sim_cardreader.py")
        self.conf("serial:" + card.line())
        card.tell("fault silence")
        done = self.run_it()
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"没有回答\n        线开得了，那头没有回答.*baud=9600")

    @unittest.skipUnless(os.getuid() == 0, "needs another user")
    def test_no_permission(self):
        scan = self.sim("sim_scanner.py")
        path = scan.line()
        os.chmod(path, 0o600)
        self.conf(scanner="serial:" + path)
        done = self.run_it(user="nobody", group="nogroup", extra_groups=[])
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, "没有权限\n        .*udev/70-deputies-home.rules.*deputies-home 组")

    def test_usage_and_settings(self):
        self.conf(scanner="keyboard")
        for args in (("--test",), ("--test", "radio"), ("--all",)):
            done = self.run_it(*args)
            self.assertEqual(done.returncode, 2)
            self.assertIn("card|scan|print|all", done.stderr)
        self.conf(scanner="hid")
        done = self.run_it()
        self.assertEqual(done.returncode, 1)
        self.assertIn("evdev:/dev/input/by-id/", done.stderr)


class Typing(Case):
    def setUp(self):
        super().setUp()
        self.bench = Program(["umockdev-wrapper", built("key_bench")])
        self.addCleanup(self.bench.kill)
        self.addCleanup(self.bench.close)   # it takes its folder with it
        self.env.update(UMOCKDEV_DIR=self.bench.line(), LD_PRELOAD="libumockdev-preload.so.0")

    def test_another_holds_it(self):
        self.bench.tell("taken on")
        self.bench.tell(f"plug {NAME}")
        self.bench.expect("ok plug")
        self.conf(scanner=f"evdev:/dev/input/by-id/{NAME}")
        done = self.run_it()
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, "正被占用\n        别的程序正用着它，多半是终端")

    def test_another_name_is_suggested_and_a_panel_is_none(self):
        self.bench.tell(f"plug {NAME}")
        self.bench.expect("ok plug")
        self.conf(scanner="evdev:/dev/input/by-id/usb-OLD-event-kbd")
        done = self.run_it()
        self.assertIn(f"    /dev/input/by-id/{NAME}  键盘，也可能是扫码器", done.stdout)
        self.assertIn(f"            [scanner] device = evdev:/dev/input/by-id/{NAME}\n", done.stdout)
        self.bench.tell("unplug")
        self.bench.tell("plug-touch usb-panel-event-kbd")
        self.bench.expect("ok plug-touch")
        self.conf(scanner="evdev:/dev/input/by-id/usb-panel-event-kbd")
        done = self.run_it()
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, "设置不对\n        那里的设备没有字母和数字键，不是扫码器")


class Usb(Case):
    def setUp(self):
        super().setUp()
        self.card = self.sim("sim_cardreader.py", "--usb", self.dir + "/reader")
        self.card.line()
        self.before = (built("usb_bench"), "--reader", self.dir + "/reader", "--")

    def test_it_is_listed_and_suggested(self):
        self.conf()
        done = self.run_it(before=self.before)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"    0400:c35a  身份证阅读器  SIM ID card reader\n")
        self.assertIn("            [idcard] device = usb:0400:c35a\n", done.stdout)

    def test_it_answers(self):
        self.conf("usb:auto")
        done = self.run_it(before=self.before)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"身份证阅读器  usb:auto  好的  模块号 [0-9.-]+")


class UsbPrinter(Case):
    def setUp(self):
        super().setUp()
        self.socket = self.dir + "/usb"
        self.printer = self.sim("sim_printer.py", "--dir", self.dir, "--usb", self.socket)
        self.printer.line()
        self.before = (built("usb_bench"), "--printer", self.socket, "--")

    def test_its_model_and_its_health(self):
        self.conf(printer="usb:auto")
        done = self.run_it("--test", "print", before=self.before)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"    0416:5011  打印机  ")
        self.assertRegex(done.stdout, r"小票打印机  usb:auto  好的  \S+")
        self.assertIn("    试 小票打印机：已打印", done.stdout)

    def test_no_paper(self):
        self.printer.tell("paper out")
        self.printer.expect("ok paper out")
        self.conf(printer="usb:0416:5011")
        done = self.run_it(before=self.before)
        self.assertRegex(done.stdout, r"小票打印机  usb:0416:5011  好的  .*\n        没有纸了，请装纸")


class Queues(Case):
    def test_a_queue_and_one_that_is_not_there(self):
        printing = Printing()
        self.addCleanup(printing.stop)
        self.env.update({name: value for name, value in printing.cups.env.items() if name.startswith("CUPS")})
        self.conf(printer="cups:slip")
        done = self.run_it()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"    slip  打印队列")
        self.assertRegex(done.stdout, r"小票打印机  cups:slip  好的")
        self.conf(printer="cups:slap")
        done = self.run_it()
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, "没有连上\n        CUPS 里没有这个打印队列")
        self.assertIn("            [printer] device = cups:slip\n", done.stdout)


if __name__ == "__main__":
    unittest.main()
