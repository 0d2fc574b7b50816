"""The township is away, or its server or the sync dies in the middle: nothing is lost, nothing is there twice."""
import os
import random
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ledger import Ledger, hand_in, wait_until  # noqa: E402
from paper import CODE, qr_codes  # noqa: E402
from room import Room  # noqa: E402

TEST_TIMEOUT_S = 120


class Network(Room):
    SCANNER = True
    HEADER_PX = 240

    def setUp(self):
        super().setUp()
        self.ledger = Ledger(self.site)

    def code_on_screen(self):
        picture = os.path.join(self.site.dir, "screen.png")

        def read():
            self.display.screenshot(picture)
            return [match[1] for match in map(CODE.fullmatch, qr_codes(picture)) if match]
        return wait_until(read, 10, "a code on the screen", interval=0.1)[0]

    def shown(self, code):
        """The case's screen as pixels, when it has come to rest. Each scan is written differently: the same code
        again within seconds is the same slip held too long."""
        k = self.kiosk
        self.voter.begin()
        self.scans = getattr(self, "scans", 0) + 1
        self.scanner.tell("scan DHK1:" + (code.lower() if self.scans % 2 else code))
        k.wait_screen("case")
        k.settle(0.4)
        picture = self.display.screenshot()
        k.tap_to("bar.back", "home")
        return bytes(picture.rgb[picture.width * 3 * self.HEADER_PX:])   # without the clock

    def test_the_township_is_away_for_a_while(self):
        k, town = self.kiosk, self.site
        town.stop_town()
        codes = []
        for _ in range(3):
            hand_in(self.voter, self.ledger)
            codes.append(self.code_on_screen())
            self.voter.leave()
        self.assertEqual(town.status()["unsent"], 3)
        # Everything else goes on meanwhile, and the case says that it has not been sent yet.
        k.tap_to("home.rules", "rules")
        k.tap_to("bar.back", "home")
        waiting = self.shown(codes[0])
        self.assertTrue(waiting == self.shown(codes[0]), "nothing but that changes it")
        town.start_town()
        self.ledger.settle_up()
        sent = self.shown(codes[0])
        self.assertFalse(waiting == sent, "whether it was sent is to be seen")
        for receipt, code in zip(self.ledger.promised, codes):
            self.site.office("accept", receipt)
            self.shown(code)
        town.verify()

    def test_programs_that_come_and_go_take_nothing_with_them(self):
        self.site.sync.stop()
        for _ in range(2):
            self.site.status()   # opens the data and is the last but the kiosk to close it
            hand_in(self.voter, self.ledger)
            self.voter.leave()
            self.assertEqual(self.ledger.kiosk_faults(), ([], []))
        self.site.start_sync()
        self.ledger.settle_up()
        self.site.verify()

    def test_the_township_is_killed_in_the_middle(self):
        moments = random.Random(1)
        for _ in range(4):
            hand_in(self.voter, self.ledger)
            time.sleep(moments.uniform(0, 0.05))
            self.site.town.kill9()
            self.voter.leave()
            self.site.start_town()
        self.ledger.settle_up()
        self.site.verify()

    def test_the_sync_is_killed_again_and_again(self):
        moments = random.Random(2)
        for number in range(6):
            if number % 2:
                self.site.town.kill9()
            hand_in(self.voter, self.ledger)
            self.voter.leave()
            if number % 2:
                self.site.start_town()
            self.site.sync.kill9()
            self.site.start_sync()
            time.sleep(moments.uniform(0, 0.15))
            self.site.sync.kill9()
            self.site.start_sync()
        self.ledger.settle_up()
        self.kiosk.program.must_run()
        self.site.verify()


if __name__ == "__main__":
    unittest.main()
