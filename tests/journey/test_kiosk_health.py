"""What a real kiosk's devices do stands on the office's page: from the printer's paper to the browser, and back."""
import os
import re
import socket
import sqlite3
import sys
import time
import unittest

from process import TOP, wait_until
from room import Room

sys.path.append(os.path.join(TOP, "tests", "http"))
import world  # noqa: E402

TEST_TIMEOUT_S = 120


class KioskHealth(Room):
    PRINTER = SCANNER = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        town = world.Township.__new__(world.Township)   # the one that runs here
        town.port, town.tls, town.folder = cls.site.port, None, cls.site.town_data
        with open(cls.site.town_data + "/keys/office.password") as file:
            town.password = file.read()
        cls.office = world.Browser(town)

    def page(self):
        """The kiosk's own page, as text."""
        where = re.search(r'href="(/kiosks/k-[0-9a-f]+)"', self.office.page("/kiosks"))[1]
        main = re.sub(r"(?s)^.*<main[^>]*>|</main>.*$", "", self.office.page(where))
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))

    def wait_page(self, *patterns, timeout=15):
        return wait_until(lambda: all(re.search(p, self.page()) for p in patterns), timeout,
                          lambda: f"{patterns}: {self.page()}; {self.site.status()['box']}; {self.site.sync.output()[-800:]}",
                          interval=0.2)

    def wake_sync(self):
        """As `kioskctl parked` does when it frees a record."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wake:
            wake.sendto(b"w", self.site.data + "/run/sync.sock")

    def test_1_all_is_well(self):
        self.wait_page(r"● 正常", r"屏幕程序 在运行（上次正常结束）", r"打印机 正常", r"扫码器 正常", r"身份证读卡器 没有配置",
                       r"待送出 没有")
        box = self.site.status()["box"]
        self.assertEqual((box["printer"], box["scanner"], box["reader"]), ("ready", "present", "none"))

    def test_2_the_paper_ends_and_is_put_in_again(self):
        self.wait_page(r"● 正常")
        self.printer.tell("paper out")
        self.voter.begin().to_writing().write("水").anonymous().submit()
        self.kiosk.wait_said("paper", "没有纸", 20)
        self.wait_page(r"▲ 打印机没有纸 请现场工作人员换纸", r"打印机： ?正常 → ▲ 没有纸")
        self.assertRegex(re.sub(r"<[^>]+>", "", self.office.page("/")), r"大厅一号机：打印机没有纸")
        self.printer.tell("paper ok")
        self.printer.next_slip(30)
        self.wait_page(r"● 正常", r"打印机： ?没有纸 → 正常")
        self.voter.leave()

    def test_3_the_scanner_is_pulled_out(self):
        self.wait_page(r"● 正常")
        self.scanner.stop()
        self.site.devices.remove(self.scanner)
        self.wait_page(r"▲ 扫码器没有连上")

    def test_4_the_program_is_killed_and_comes_again(self):
        self.kiosk.kill9()
        self.wake_sync()   # else it looks by itself within half a minute
        self.wait_page(r"▲ 屏幕程序没有运行")
        self.kiosk.start("attract")
        self.wait_page(r"在运行（上次没有正常结束：断电或中断）", r"打印机 正常")

    def told_ms(self):
        database = sqlite3.connect(self.site.town_data + "/township.db", timeout=10)
        when = database.execute("SELECT received_ms FROM kiosk_health").fetchone()[0]
        database.close()
        return when

    def test_5_nothing_is_told_while_nothing_happens(self):
        self.wait_page(r"在运行")
        self.kiosk.settle(2.0)   # the first looks at the devices are over
        told, ticks = self.told_ms(), self.kiosk.cpu_ticks()
        time.sleep(4)
        self.assertEqual(self.told_ms(), told)
        self.assertLessEqual(self.kiosk.cpu_ticks() - ticks, 4, "the kiosk's program was busy")  # the clock may have moved on


if __name__ == "__main__":
    unittest.main()
