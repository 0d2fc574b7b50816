"""The slip when there is no paper, no printer, and a kiosk that was not let in yet."""
import os
import unittest

from paper import qr_codes
from process import wait_until
from room import Room

TEST_TIMEOUT_S = 120


class Paper(Room):
    PRINTER = True
    ENROLLED = False

    def code_on_screen(self):
        picture = os.path.join(self.site.dir, "screen.png")

        def read():
            self.kiosk.settle()
            self.display.screenshot(picture)
            return qr_codes(picture)
        codes = wait_until(read, 10, "a QR code on the screen", interval=0.2)
        self.assertEqual(len(codes), 1)
        return codes[0]

    def submit(self):
        self.voter.begin().to_writing().write("水").anonymous().submit()

    def test_1_a_kiosk_that_was_not_let_in_takes_nothing_and_says_so(self):
        k = self.kiosk
        self.voter.begin()
        k.tap("home.report")
        k.wait_said("toast", "还没有和乡人大办公室连上")
        self.assertEqual(k.screen(), "home")
        k.tap_to("home.rules", "rules")
        k.tap_to("bar.back", "home")
        # The office lets it in while it runs: no restart is needed.
        self.site.enrol()
        k.wait(lambda state: True, "a frame")
        self.submit()
        self.printer.next_slip()
        self.voter.leave()

    def test_2_out_of_paper(self):
        k = self.kiosk
        self.need_enrolment()
        self.printer.tell("paper out")
        self.submit()
        k.wait_said("paper", "没有纸", 20)
        shown = self.code_on_screen()
        self.assertEqual(self.printer.untaken(), 0)
        self.printer.tell("paper ok")
        slip = self.printer.next_slip(30)
        k.wait_said("paper", "打好了", 20)
        self.assertEqual("DHK1:" + slip.code, shown)
        k.settle(1.0)
        self.assertEqual(self.printer.untaken(), 0, "exactly one slip")
        # Another one only when asked for.
        k.tap("bar.go")
        self.assertEqual(self.printer.next_slip().code, slip.code)
        self.voter.leave()

    def test_3_a_slip_that_waits_for_paper_is_not_for_the_next_visitor(self):
        k = self.kiosk
        self.need_enrolment()
        self.printer.tell("paper out")
        self.submit()
        k.wait_said("paper", "没有纸", 20)
        self.voter.leave()
        self.printer.tell("paper ok")
        self.submit()
        shown = self.code_on_screen()
        self.assertEqual("DHK1:" + self.printer.next_slip(30).code, shown)
        k.settle(1.0)
        self.assertEqual(self.printer.untaken(), 0)
        self.voter.leave()

    def test_4_the_printer_is_switched_off(self):
        k = self.kiosk
        self.need_enrolment()
        self.printer.tell("dead")
        self.submit()
        k.wait_said("paper", "用不了", 30)
        shown = self.code_on_screen()
        self.printer.tell("alive")
        self.assertEqual("DHK1:" + self.printer.next_slip(40).code, shown)
        k.wait_said("paper", "打好了", 20)
        self.voter.leave()

    def test_5_no_printer_at_all(self):
        k = self.kiosk
        self.need_enrolment()
        k.stop()
        self.site.set("printer", "device", "")
        k.start("attract")
        self.submit()
        k.wait_said("paper", "没有打印机")
        self.assertRegex(self.code_on_screen(), r"^DHK1:[0-9A-Z]{12}$")
        k.wait(lambda state: (state.find("bar.go") or {}).get("enabled") is False, "the key to print being off")
        self.voter.leave()

    def need_enrolment(self):
        if not self.site.status()["enrolled"]:
            self.site.enrol()


if __name__ == "__main__":
    unittest.main()
