"""What the kiosk refuses to start on, and how it says so; and that it ends when it is told to."""
import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ledger import Ledger, by_ink, hand_in  # noqa: E402
from process import BUILD, own_child  # noqa: E402
from room import Room  # noqa: E402

TEST_TIMEOUT_S = 90


class Start(Room):
    def setUp(self):
        super().setUp()
        self.copy = os.path.join(self.site.dir, "copy")
        self.addCleanup(shutil.rmtree, self.copy, ignore_errors=True)

    def try_start(self, data, env=None):
        """A start that must fail: (status, what it said)."""
        done = subprocess.run([os.path.join(BUILD, "kiosk"), "--data", data, "--window", "1080x1920"],
                              env=env or self.display.environment(), capture_output=True, text=True, timeout=20,
                              stdin=subprocess.DEVNULL, preexec_fn=own_child)
        self.assertEqual(done.stdout, "")
        self.assertNotIn("Sanitizer", done.stderr)
        return done.returncode, done.stderr

    def data_copy(self):
        """A folder as the kiosk leaves it when it ends, with no program on it."""
        self.kiosk.stop()
        try:
            shutil.copytree(self.site.data, self.copy, ignore=shutil.ignore_patterns("*.sock"))
        finally:
            self.kiosk.start("attract")
        with sqlite3.connect(os.path.join(self.copy, "kiosk.db")) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        return self.copy

    def contents(self):
        with open(os.path.join(self.copy, "kiosk.db"), "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()

    def test_a_second_kiosk_is_refused_and_the_first_goes_on(self):
        ledger = Ledger(self.site)
        self.voter.begin().to_writing()
        status, said = self.try_start(self.site.data)
        self.assertEqual(status, 1)
        self.assertIn("another kiosk is running", said)
        self.assertIn(self.site.data, said)
        self.kiosk.program.must_run()
        for screen in ("deputy", "subject", "kind", "home"):
            self.kiosk.tap_to("bar.back", screen)
        hand_in(self.voter, ledger)
        self.voter.leave()
        ledger.settle_up()

    def test_a_newer_database_is_refused_untouched(self):
        data = self.data_copy()
        with sqlite3.connect(os.path.join(data, "kiosk.db")) as db:
            db.execute("PRAGMA user_version = 999")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        before, names = self.contents(), sorted(os.listdir(data))
        status, said = self.try_start(data)
        self.assertEqual(status, 1)
        self.assertIn("newer version", said)
        self.assertEqual(self.contents(), before)
        self.assertEqual([n for n in sorted(os.listdir(data)) if n != "kiosk.lock"],
                         [n for n in names if n != "kiosk.lock"])

    def test_a_damaged_database_is_set_aside_and_restored(self):
        ledger, k = Ledger(self.site), self.kiosk
        earlier = set(ledger.kiosk_receipts())
        first = hand_in(self.voter, ledger)
        self.voter.leave()
        ledger.settle_up()
        self.site.sync.stop()
        k.stop()
        path = os.path.join(self.site.data, "kiosk.db")
        backup = os.path.join(self.site.dir, "for-the-shelf")
        subprocess.run([os.path.join(BUILD, "kioskctl"), "--data", self.site.data, "backup", backup], check=True,
                       capture_output=True)
        shutil.copy(os.path.join(backup, "kiosk.db"), os.path.join(self.site.data, "backup", "day-test.db"))
        for name in ("kiosk.db-wal", "kiosk.db-shm"):
            if os.path.exists(os.path.join(self.site.data, name)):
                os.unlink(os.path.join(self.site.data, name))
        with open(path, "r+b") as file:
            file.write(b"\xff" * 8192)
        k.start("attract")
        self.assertIn("the database was damaged; kept aside as", k.output())
        self.assertIn("restored from", k.output())
        with open(os.path.join(self.site.data, "damaged-1", "kiosk.db"), "rb") as file:
            self.assertEqual(file.read(8192), b"\xff" * 8192)
        self.assertEqual(set(ledger.kiosk_receipts()), earlier | {first})
        self.site.verify()
        self.site.start_sync()
        hand_in(self.voter, ledger)
        self.voter.leave()
        self.site.wait_synced()
        self.assertEqual([r for r in ledger.promised if ledger.town_receipts()[r] != 1], [])

    def test_settings_that_cannot_be_name_file_line_and_remedy(self):
        data = self.data_copy()
        conf = os.path.join(data, "kiosk.conf")
        for lines, line, words in (("[printer]\npapper = 58\n", 2, ("papper", "did you mean 'paper'")),
                                   ("[printer]\n\npaper = 70\n", 3, ("70", "58", "80")),
                                   ("[session]\nidle_s = -3\n", 2, ("idle_s", "-3")),
                                   ("[sesion]\nidle_s = 60\n", None, ("sesion",))):
            with self.subTest(lines=lines):
                with open(conf, "w", encoding="utf-8") as file:
                    file.write(lines)
                status, said = self.try_start(data, {**self.display.environment(), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"})
                self.assertEqual(status, 2, said)
                self.assertIn(f"{conf}:{line}:" if line else f"{conf}:", said)
                for word in words:
                    self.assertIn(word, said)

    def test_no_data_folder(self):
        status, said = self.try_start(os.path.join(self.site.dir, "nowhere"))
        self.assertNotEqual(status, 0)
        self.assertRegex(said, "make (it|one) with 'kioskctl")
        self.assertIn("nowhere", said)
        self.assertFalse(os.path.exists(os.path.join(self.site.dir, "nowhere")))

    def test_no_display(self):
        data = self.data_copy()
        env = {name: value for name, value in os.environ.items()
               if name not in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")}
        status, said = self.try_start(data, env)
        self.assertEqual(status, 1)
        self.assertIn("display", said)
        status, said = self.try_start(data, {**env, "DISPLAY": ":4711"})
        self.assertEqual(status, 1)
        self.assertIn("display", said)

    def test_sigterm_ends_it_at_once_also_in_the_middle_of_a_report(self):
        k = self.kiosk
        for part in ("attract", "write", "review"):
            if part == "write":
                self.voter.begin().to_writing().write("水")
            elif part == "review":
                by_ink(self.voter)
            began = time.monotonic()
            os.kill(k.pid, signal.SIGTERM)
            status = k.program.process.wait(10)
            took = time.monotonic() - began
            k.stop()
            self.assertEqual(status, 0, part)
            self.assertLess(took, 2, part)
            self.site.verify()
            k.start("attract")


if __name__ == "__main__":
    unittest.main()
