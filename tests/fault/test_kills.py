"""The kiosk is killed with kill -9 at random moments of a submission: what the success screen promised is there, once.

FAULT_KILLS=N: how many kills (8 unless told; `make kills` makes it 200). FAULT_SEED=N repeats a run's moments.
"""
import os
import random
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ledger import Ledger, by_ink  # noqa: E402
from paper import CODE, qr_codes  # noqa: E402
from room import Room  # noqa: E402

KILLS = int(os.environ.get("FAULT_KILLS", "8"))
SEED = int(os.environ.get("FAULT_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 30)
TEST_TIMEOUT_S = 60 + 30 * KILLS
COMMIT_S, SCREEN_S = 0.03, 1.2   # from the touch on: until about the commit, until the screen stands still


class Kills(Room):
    SCANNER = True

    def test_what_was_promised_is_there_once(self):
        moments, k = random.Random(SEED), self.kiosk
        ledger = Ledger(self.site)
        codes, unshown, found = [], 0, 0
        print(f"{KILLS} kills, FAULT_SEED={SEED}")
        for number in range(KILLS):
            if number % 4 == 3:   # another program leaves the data just before
                self.site.sync.stop()
            by_ink(self.voter)
            k.settle()
            x, y = k._middle(k.wait_target("bar.go")["rect"])
            before = sum(ledger.kiosk_receipts().values())
            # Most of them around the commit; the others up to when the voter holds code and slip.
            after_s = moments.uniform(0, COMMIT_S if number % 3 else SCREEN_S)
            self.display.touch.down(x, y)
            self.display.touch.up(x, y)
            time.sleep(after_s)
            seen = self.kill(freeze=number % 2 == 1)
            receipt = next((state.said["receipt"] for state in reversed(k.states) if state.screen == "done"), None)
            k.start("attract")
            if not self.site.sync.running():
                self.site.start_sync()
            kept = ledger.kiosk_receipts()
            with self.subTest(kill=number, after_s=round(after_s, 3), receipt=receipt):
                if receipt:
                    ledger.promise(receipt)
                    self.assertEqual(kept[receipt], 1)
                else:
                    unshown += sum(kept.values()) - before
                self.assertLessEqual(sum(kept.values()) - before, 1, "one submission, one case")
                self.assertEqual(ledger.kiosk_faults(), ([], []))
                self.site.verify()
                if seen:
                    codes.append(seen)
                    self.find(seen, receipt)
                    found += 1
        extra = ledger.settle_up(unpromised=unshown)
        print(f"{KILLS} kills: {len(ledger.promised)} promised, {found} of them found by their code, "
              f"{len(extra)} kept though not yet shown, "
              f"{KILLS - len(ledger.promised) - len(extra)} not begun to be kept; 0 lost, 0 twice")
        self.assertEqual(len(codes), len(set(codes)))

    def kill(self, freeze):
        """kill -9; the code on the screen, if it could be read at that moment. Frozen first, so that screen and kill are
        of one moment, in every second round only: the other kills meet the program running."""
        k, seen = self.kiosk, None
        if freeze:
            os.kill(k.pid, signal.SIGSTOP)
            if k.current().screen == "done":
                picture = os.path.join(self.site.dir, "killed.png")
                self.display.screenshot(picture)
                seen = next((match[1] for match in map(CODE.fullmatch, qr_codes(picture)) if match), None)
        k.kill9()
        return seen

    def find(self, code, receipt):
        k = self.kiosk
        self.voter.begin()
        self.scanner.tell("scan DHK1:" + code)
        k.wait_screen("case")
        self.assertTrue(receipt)
        k.tap_to("bar.back", "home")


if __name__ == "__main__":
    unittest.main()
