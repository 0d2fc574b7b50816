"""What the kiosk promised its voters, and what became of it at the kiosk and in the township."""
import collections
import glob
import os
import sqlite3
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "journey"), os.path.join(HERE, "..", "sim")]
from process import wait_until  # noqa: E402


def query(path, sql):
    """Read from a database that its program has open."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


class Ledger:
    """Receipts whose success screen was shown."""

    def __init__(self, site):
        self.site, self.promised = site, []
        self.before = set(self.town_receipts()) | set(self.kiosk_receipts())

    def promise(self, receipt):
        if receipt in self.promised:
            raise AssertionError(f"receipt {receipt} was given out twice")
        self.promised.append(receipt)

    def kiosk_receipts(self):
        """Each receipt of the kiosk's own cases, with how often it is there."""
        rows = query(os.path.join(self.site.data, "kiosk.db"),
                     "SELECT receipt_day, receipt_number FROM cases WHERE event_seq IS NOT NULL")
        return collections.Counter(f"{day[:4]}-{day.replace('-', '')[4:]}-{number:04}" for day, number in rows)

    def town_receipts(self):
        paths = glob.glob(os.path.join(self.site.town_data, "*.db"))
        if len(paths) != 1:
            raise AssertionError(f"the township's database is one of {paths}")
        return collections.Counter(receipt for receipt, in query(paths[0], "SELECT receipt FROM cases"))

    def kiosk_faults(self):
        """(lost, twice) at the kiosk."""
        return self._faults(self.kiosk_receipts())

    def settle_up(self, unpromised=0, timeout=60):
        """Everything goes to the township: it must have each promised case once, and at most so many others."""
        self.site.wait_synced(timeout)
        have = collections.Counter({r: n for r, n in self.town_receipts().items() if r not in self.before})
        lost, twice = self._faults(have)
        extra = [receipt for receipt in have if receipt not in self.promised]
        if lost or twice or len(extra) > unpromised:
            raise AssertionError(f"lost {lost}, twice {twice}, never promised {extra} (at most {unpromised}); "
                                 f"{self.site.status()}")
        differ = set(have) ^ (set(self.kiosk_receipts()) - self.before)
        if differ:
            raise AssertionError(f"kiosk and township differ: {differ}")
        return extra

    def _faults(self, have):
        lost = [receipt for receipt in self.promised if receipt not in have]
        twice = [receipt for receipt, times in have.items() if times > 1]
        return lost, twice


def by_ink(voter, kind="opinion"):
    """A report of two strokes, up to the review."""
    k = voter.kiosk
    voter.begin().to_writing(kind)
    k.tap("write.ink")
    k.draw("ink.page", [[(0.1, 0.1), (0.5, 0.15)], [(0.3, 0.05), (0.3, 0.4)]], interval=0.004, step_px=40.0, pause=0.03)
    k.wait_field("ink.strokes", 2)
    k.tap_to("bar.go", "who")
    k.tap_to("who.anonymous", "review")


def hand_in(voter, ledger):
    by_ink(voter)
    voter.submit()
    receipt = voter.kiosk.current().said["receipt"]
    ledger.promise(receipt)
    return receipt


def blobs(site):
    return sorted(os.listdir(os.path.join(site.data, "blobs")))


__all__ = ["Ledger", "blobs", "by_ink", "hand_in", "query", "wait_until"]
