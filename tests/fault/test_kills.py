"""The kiosk is killed with kill -9 at random moments of a submission, and while deputies hold up their cards: what the screen promised
is there, once.

FAULT_KILLS=N, FAULT_SIGN_KILLS=N: how many kills of each (8 and 6 unless told; `make kills` makes it 200 and 100). FAULT_SEED=N
repeats a run's moments.
"""
import collections
import json
import os
import random
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ledger import Ledger, by_ink, query  # noqa: E402
from deputies import id_number, names_of_one  # noqa: E402
from paper import CODE, qr_codes  # noqa: E402
from room import Room  # noqa: E402
from test_signing import Arrivals  # noqa: E402

SIGN_KILLS = int(os.environ.get("FAULT_SIGN_KILLS", "6"))
KILLS = int(os.environ.get("FAULT_KILLS", "8"))
SEED = int(os.environ.get("FAULT_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 30)
TEST_TIMEOUT_S = 60 + 30 * max(KILLS, SIGN_KILLS)
COMMIT_S, SCREEN_S = 0.03, 1.2   # from the touch on: until about the commit, until the screen stands still
CARD_S, CODE_S = 0.3, 0.04       # from the card laid on, or the code read: until the name has been shown, in most cases


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


class SignKills(Arrivals):
    """Each deputy holds up a card, the kiosk is killed, and they try again after it has come up."""

    def test_who_saw_their_name_is_in_once(self):
        moments, people = random.Random(SEED), names_of_one()
        counts = collections.Counter()
        print(f"{SIGN_KILLS} kills, FAULT_SEED={SEED}")
        for first in range(0, SIGN_KILLS, len(people)):
            names = people[:SIGN_KILLS - first]
            self.no_activities()
            key = self.plan(f"断电的会 {first}", names)
            codes = {name: self.office.card(name) for name in names}
            for number, name in enumerate(names, first):
                self.kill_while(key, name, codes[name], number, moments, counts)
            self.site.verify()
            self.settle_up(key, names)
        print(f"{SIGN_KILLS} kills: {counts['shown']} had seen their name, {counts['kept']} were kept though not yet shown, "
              f"{counts['nothing']} not; 0 lost, 0 twice")

    def kill_while(self, key, name, code, number, moments, counts):
        by_card, k = number % 2 == 0, self.kiosk
        if number % 4 == 3:   # another program leaves the data just before
            self.site.sync.stop()
        self.home()
        k.settle()
        after_s = moments.uniform(0, CARD_S if by_card else CODE_S)
        if by_card:
            self.reader.tell(f"card {name} {id_number(name)}")
        else:
            self.scanner.tell("scan " + code)
        time.sleep(after_s)
        k.kill9()
        shown = any(s.said["signing"]["name"] == name and s.said["signing"]["what"] == "signed_in" for s in k.states)
        self.reader.tell("remove")
        k.start("attract")
        if not self.site.sync.running():
            self.site.start_sync()
        kept = self.kept(key)[name]
        with self.subTest(kill=number, after_s=round(after_s, 3), by_card=by_card, shown=shown):
            self.assertLessEqual(kept, 1, "once at most")
            if shown:
                self.assertEqual(kept, 1, "what the screen said is so")
            self.home()
            said = self.scan(code)
            self.assertEqual((said["name"], said["what"]), (name, "already" if kept else "signed_in"))
            self.assertEqual(self.kept(key)[name], 1)
            self.done()
        counts["shown" if shown else "kept" if kept else "nothing"] += 1

    def kept(self, key):
        """Name → how often the kiosk recorded them for the activity: rows and events agree, or it fails."""
        path = os.path.join(self.site.data, "kiosk.db")
        names = dict(query(path, "SELECT id, name FROM deputies"))
        rows = [names[deputy] for deputy, in query(path, f"SELECT deputy FROM attendance WHERE activity = '{key}'")]
        told = [json.loads(payload)["data"] for payload, in query(path, "SELECT payload FROM events WHERE type = 'attendance.signed_in'")]
        events = [names[data["deputy"]] for data in told if data["activity"] == key]
        self.assertEqual(sorted(rows), sorted(events), "each row has its event")
        return collections.Counter(rows)

    def settle_up(self, key, names):
        self.site.wait_synced(60)
        people = [row for row in self.office.activity(key)["people"] if row["attendance"]]
        self.assertEqual(collections.Counter(row["name"] for row in people), self.kept(key))
        self.assertEqual(sorted(row["name"] for row in people), sorted(names))
        self.assertEqual({row["attendance"]["times"] for row in people}, {1})


if __name__ == "__main__":
    unittest.main()
