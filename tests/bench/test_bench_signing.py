"""The bench of signing in still runs: a sample of it, for what it measures and not for how fast this machine is just now."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from table import Table  # noqa: E402
import signing  # noqa: E402

PEOPLE, QUEUE_S = 3, 3


class Sample(unittest.TestCase):
    def test_cards_codes_and_none_lost(self):
        table = Table()
        signing.queue(table, PEOPLE, QUEUE_S)
        measured = {row[0]: row[4] for row in table.rows}
        for what in ("ID card laid on to name on the screen, 115,200 baud (3)", "  of which ours: reader's last byte to name (3)",
                     "QR code's terminator to name on the screen (3)"):
            self.assertIn(what, measured)
        for what in ("3 ID cards", "3 QR cards in 3 s"):
            self.assertEqual(measured[what + ": deputies at the township"], "ok")
            self.assertEqual(measured[what + ": of them recorded more than once"], "ok")

    def test_letters_find_deputies(self):
        door = signing.Door(200, 0)
        try:
            door.kiosk.start("attract")
            downs, moves, lifts = signing.search(door, door.people[:2])
        finally:
            door.stop()
        given = 2 * 2 * 3   # letters and deletions; on a busy machine a touch and its lift may share a frame
        self.assertTrue(given // 2 <= len(downs) <= given and given // 2 <= len(lifts), (len(downs), len(lifts)))
        self.assertEqual({screen for screen, _ in downs + lifts}, {"roster"})


if __name__ == "__main__":
    unittest.main()
