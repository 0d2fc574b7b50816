"""The disk is full when a voter hands in: told so, nothing half-written, what they wrote on paper, and then it works."""
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ledger import Ledger, blobs, by_ink, query  # noqa: E402
from demo_site import Site  # noqa: E402
from process import BUILD, run  # noqa: E402
from room import Room  # noqa: E402
from test_signing import Arrivals  # noqa: E402

TEST_TIMEOUT_S = 120
NOT_KEPT = 14


class SmallDisk(Site):
    """A site whose kiosk has its data on a disk of its own."""
    SIZE_MB = 24

    def __init__(self):
        self.mounted = False
        super().__init__()
        aside = self.data + ".made"
        os.rename(self.data, aside)
        os.mkdir(self.data)
        done = run(["mount", "-t", "tmpfs", "-o", f"size={self.SIZE_MB}m,mode=0700", "small-disk", self.data], check=False)
        if done.returncode:
            self.stop()
            raise unittest.SkipTest(f"mounting a small disk was refused: {done.stderr.strip()}")
        self.mounted = True
        shutil.copytree(aside, self.data, dirs_exist_ok=True)

    def remount(self, how):
        run(["mount", "-o", f"remount,{how}", self.data])

    def fill(self):
        """To the last byte: the journal too starts with no room of its own."""
        db = sqlite3.connect(os.path.join(self.data, "kiosk.db"), timeout=10)
        try:
            busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            db.close()
        if busy:
            raise AssertionError("the journal could not be emptied")
        with open(os.path.join(self.data, "filler"), "wb", 0) as file:
            block = b"\0" * 65536
            while block:
                try:
                    file.write(block)
                except OSError:
                    block = block[:len(block) // 2]

    def make_room(self):
        os.unlink(os.path.join(self.data, "filler"))

    def stop(self):
        try:
            super().stop()
        finally:
            if self.mounted:
                run(["umount", "-l", self.data], check=False)
                self.mounted = False
                shutil.rmtree(self.dir, ignore_errors=True)


def make_sure_of_room(site):
    if os.path.exists(os.path.join(site.data, "filler")):
        site.make_room()
    if not site.sync.running():
        site.start_sync()


class Disk(Room):
    PRINTER = True
    SITE = SmallDisk

    def setUp(self):
        super().setUp()
        self.addCleanup(make_sure_of_room, self.site)

    def refused(self):
        """Hand in on a full disk. The ledger is returned, with what the kiosk had before (others cannot read the database
        while there is no room for their part of its index)."""
        k, ledger = self.kiosk, Ledger(self.site)
        self.before, files = ledger.kiosk_receipts(), blobs(self.site)
        self.site.sync.stop()
        self.site.fill()
        k.tap_to("bar.go", "refused", timeout=20)
        self.assertEqual(blobs(self.site), files, "no blob without its case")
        return ledger

    def accepted(self, ledger):
        k = self.kiosk
        self.site.make_room()
        self.assertEqual(ledger.kiosk_receipts(), self.before, "nothing of it was kept")
        self.site.verify()
        k.tap_to("bar.go", "done", timeout=20)
        ledger.promise(k.current().said["receipt"])
        code = self.printer.next_slip().code
        self.assertRegex(code, "^[0-9A-Z]{12}$")
        self.voter.leave()
        self.site.start_sync()
        self.site.wait_synced()
        self.assertEqual([ledger.town_receipts()[r] for r in ledger.promised], [1])
        self.assertEqual(ledger.kiosk_faults(), ([], []))
        self.site.verify()

    def test_words_are_not_lost_and_can_be_printed(self):
        k, v = self.kiosk, self.voter.begin()
        v.to_writing()
        k.tap("write.pinyin")
        v.type_pinyin("renmindaibiao", "人民代表").anonymous()
        ledger = self.refused()
        k.tap("refused.print")
        slip = self.printer.next_slip()
        self.assertEqual(slip.codes, [], "a draft is no receipt")
        self.assertGreater(sum(byte.bit_count() for row in slip.rows for byte in row), 2000, "there is text on it")
        self.assertEqual(slip.cuts, 1)
        # Asked again while it is still full: said again.
        k.settle()
        k.tap("bar.go")
        k.wait(lambda state: state.screen == "refused" and state.find("bar.go")["enabled"], "the second refusal")
        self.accepted(ledger)

    def test_a_page_of_ink_leaves_no_stray_file(self):
        by_ink(self.voter)
        self.accepted(self.refused())

    def test_looking_up_and_leaving_go_on_with_a_full_disk(self):
        k = self.kiosk
        by_ink(self.voter)
        ledger = self.refused()
        k.tap("bar.back")
        k.wait_screen("review")
        k.program.must_run()
        k.stop()
        k.start("attract")   # starts on the full disk
        k.tap_to("attract.begin", "home")
        k.tap_to("home.rules", "rules")
        k.tap_to("bar.back", "home")
        self.site.make_room()
        self.assertEqual(ledger.kiosk_receipts(), self.before)
        self.site.verify()

    def test_a_disk_that_can_only_be_read_is_said(self):
        k = self.kiosk
        k.stop()
        self.site.sync.stop()
        self.site.remount("ro")
        try:
            done = subprocess.run([os.path.join(BUILD, "kiosk"), "--data", self.site.data, "--window", "1080x1920"],
                                  env=self.display.environment(), capture_output=True, text=True, timeout=20)
        finally:
            self.site.remount("rw")
            k.start("attract")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(self.site.data, done.stderr)
        self.assertRegex(done.stderr, "read-only|cannot be written|denied|permission")
        self.site.verify()


class DiskAtTheDoor(Arrivals):
    SITE = SmallDisk

    def setUp(self):
        super().setUp()
        self.addCleanup(make_sure_of_room, self.site)

    def test_who_is_not_recorded_is_told_so(self):
        key = self.plan("磁盘满了的会", ["马建国", "周玉兰"])
        code, kept = self.office.card("周玉兰"), "SELECT count(*) FROM attendance"
        path = os.path.join(self.site.data, "kiosk.db")
        self.site.wait_synced()
        self.home()
        events = query(path, "SELECT count(*) FROM events")
        self.site.sync.stop()
        self.site.fill()
        for hold_up in (lambda: self.hold("马建国"), lambda: self.scan(code)):
            said = hold_up()
            self.assertEqual((said["outcome"], said["problem"], said["name"]), ("problem", NOT_KEPT, ""))
            self.kiosk.tap_to("signed.back", "home")
        self.site.make_room()
        self.assertEqual(query(path, kept), [(0,)])
        self.assertEqual(query(path, "SELECT count(*) FROM events"), events, "nothing half-written")
        self.site.verify()
        said = self.hold("马建国")
        self.assertEqual((said["what"], said["present"]), ("signed_in", 1))
        self.done()
        time.sleep(2.0)     # the same code just now would be the same scan
        said = self.scan(code)
        self.assertEqual((said["what"], said["present"]), ("signed_in", 2))
        self.done()
        self.site.start_sync()
        for name in ("马建国", "周玉兰"):
            self.assertEqual(self.at_office(key, name)["times"], 1)
        self.site.verify()


if __name__ == "__main__":
    unittest.main()
