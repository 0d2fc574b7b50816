"""Devices that die while somebody writes: the kiosk goes on, and what was written stays."""
import os
import random
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ledger import Ledger, by_ink, hand_in  # noqa: E402
from room import Room  # noqa: E402

TEST_TIMEOUT_S = 120


class DevicesDead(Room):
    PRINTER = READER = SCANNER = True

    def setUp(self):
        super().setUp()
        self.ledger = Ledger(self.site)

    def finish(self):
        self.voter.submit()
        self.ledger.promise(self.kiosk.current().said["receipt"])

    def test_1_the_printer_dies_in_the_middle_of_a_slip(self):
        k = self.kiosk
        by_ink(self.voter)
        self.printer.tell("dead after 3000")
        self.finish()
        k.wait_said("paper", "用不了", 40)
        self.voter.leave()
        hand_in(self.voter, self.ledger)
        self.printer.tell("alive")
        k.wait_said("paper", "打好了", 60)
        self.voter.leave()
        self.ledger.settle_up()

    def test_2_noise_on_the_scanner_line(self):
        k, noise = self.kiosk, random.Random(3)
        self.voter.begin().to_writing().write("水")
        for _ in range(20):
            self.scanner.tell("hex " + noise.randbytes(200).hex())
        self.scanner.tell("hex " + b"DHK1:".hex() + "41" * 3000 + "0d")
        k.settle()
        self.assertEqual((k.screen(), k.field("write.text")), ("write", len("水".encode())))
        self.voter.anonymous()
        self.finish()
        self.voter.leave()
        self.ledger.settle_up()

    def test_3_reader_and_scanner_are_unplugged(self):
        k = self.kiosk
        self.voter.begin().to_writing().write("水")
        self.scanner.tell("unplug")
        self.reader.stop()
        self.voter.write("路")
        self.voter.anonymous()
        self.finish()
        self.voter.leave()
        ticks = k.cpu_ticks()
        k.settle(2.0)
        self.assertLess(k.cpu_ticks() - ticks, 20, "it does not spin on what is gone")
        self.ledger.settle_up()
        self.site.verify()


if __name__ == "__main__":
    unittest.main()
