"""Devices that die while somebody writes or signs in: the kiosk goes on, and what was written stays.

FAULT_UNPLUGS=N: how often reader and scanner are unplugged while deputies sign in (6 unless told). FAULT_SEED=N repeats a run.
"""
import os
import random
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ledger import Ledger, by_ink, hand_in, query  # noqa: E402
from deputies import id_number, names_of_one  # noqa: E402
from process import wait_until  # noqa: E402
from room import Room  # noqa: E402
from test_signing import Arrivals, REST_S  # noqa: E402

UNPLUGS = int(os.environ.get("FAULT_UNPLUGS", "6"))
SEED = int(os.environ.get("FAULT_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 30)
TEST_TIMEOUT_S = 120 + 20 * UNPLUGS
CARD_BYTES = {"find": 15, "select": 19, "read": 1295}


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


class Unplugged(Arrivals):
    """Both devices have names that a new line takes over, as udev gives them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kiosk.stop()
        cls.links = {"idcard": os.path.join(cls.site.dir, "reader"), "scanner": os.path.join(cls.site.dir, "scanner")}
        for section, device in (("idcard", cls.reader), ("scanner", cls.scanner)):
            os.symlink(device.path, cls.links[section])
            cls.site.set(section, "device", "serial:" + cls.links[section])
        cls.kiosk.start("attract")

    def test_1_the_reader_at_any_byte(self):
        moments, k = random.Random(SEED), self.kiosk
        names = names_of_one()[:UNPLUGS]
        key = self.plan("读卡器拔掉的会", names)
        print(f"{UNPLUGS} times, FAULT_SEED={SEED}")
        for number, name in enumerate(names):
            self.at_activities()
            k.wait(lambda state: state.said["reader"], "the reader there", 20)
            asked = ("read", "select", "find")[number % 3]
            cut = f"cut {asked} {moments.randrange(CARD_BYTES[asked] + 1)}"
            with self.subTest(cut):
                self.reader.tell(cut)
                self.reader.tell(f"card {name} {id_number(name)}")
                self.gone_then_back(name)
                self.reader.tell("remove")
                time.sleep(REST_S)
        self.all_there_once(key, names)

    def gone_then_back(self, name):
        """The card lies there all the time: at the latest when the reader is back, its deputy is in."""
        k, seen = self.kiosk, len(self.kiosk.states)
        k.wait(lambda state: not all(s.said["reader"] for s in k.states[seen:]), "the reader told as gone", 20)
        self.reader.tell("plug " + self.links["idcard"])
        k.wait(lambda state: state.said["reader"], "the reader back", 20)
        k.wait(lambda state: any(s.said["signing"]["name"] == name for s in k.states[seen:]), f"{name} on the screen", 20)

    def test_2_the_scanner_in_the_middle_of_a_code(self):
        moments, k = random.Random(SEED), self.kiosk
        names = names_of_one()[:UNPLUGS]
        key = self.plan("扫码器拔掉的会", names)
        for name in names:
            code = self.office.card(name)
            self.at_activities()
            part = moments.randrange(len(code) + 2)
            with self.subTest(part=part):
                self.scanner.tell("hex " + (code + "\r")[:part].encode().hex())
                time.sleep(moments.uniform(0, 0.05))
                self.scanner.tell("unplug")
                k.settle(0.2)
                self.scanner.tell("plug " + self.links["scanner"])
                seen = len(k.states)

                def shown():
                    if part < len(code) + 1:
                        self.scanner.tell("scan " + code)    # nobody knows when the line is listened to again
                    k.current()
                    return any(s.said["signing"]["name"] == name for s in k.states[seen:] + [k.current()])
                wait_until(shown, 20, f"{name} on the screen", interval=0.3)
        self.all_there_once(key, names)

    def test_3_both_at_once_and_a_hundred_times(self):
        k = self.kiosk
        key = self.plan("都拔掉的会", ["马建国"])
        code = self.office.card("马建国")
        self.at_activities()
        for _ in range(100):
            for section, device in (("idcard", self.reader), ("scanner", self.scanner)):
                device.tell("unplug")
                device.tell("plug " + self.links[section])
        k.wait(lambda state: state.said["reader"], "the reader back", 30)
        ticks = k.cpu_ticks()
        k.settle(2.0)
        self.assertLess(k.cpu_ticks() - ticks, 20, "it does not spin")
        self.assertEqual(self.scan(code)["what"], "signed_in")
        self.all_there_once(key, ["马建国"])

    def at_activities(self):
        """Where the screen says what can be signed in with."""
        k = self.kiosk
        if k.screen() == "signed":
            k.tap("signed.back")
            k.wait(lambda state: state.screen in ("home", "activities"), "the screen before")
        if k.screen() != "activities":
            self.home()
            k.tap_to("home.activities", "activities")

    def all_there_once(self, key, names):
        self.kiosk.program.must_run()
        self.site.wait_synced()
        people = [row for row in self.office.activity(key)["people"] if row["attendance"]]
        self.assertEqual(sorted(row["name"] for row in people), sorted(names))
        self.assertEqual({row["attendance"]["times"] for row in people}, {1})
        kept = query(os.path.join(self.site.data, "kiosk.db"), f"SELECT count(*) FROM attendance WHERE activity = '{key}'")
        self.assertEqual(kept, [(len(names),)])
        self.site.verify()


if __name__ == "__main__":
    unittest.main()
