"""The seam under the township: the lint finds nothing in the tree, and everything that is planted."""
import os
import shutil
import subprocess
import tempfile
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Seam(unittest.TestCase):
    def setUp(self):
        self.top = tempfile.mkdtemp(prefix="kiosk-seam-")
        self.addCleanup(shutil.rmtree, self.top)
        shutil.copytree(TOP + "/township", self.top + "/township")

    def lint(self):
        return subprocess.run([TOP + "/tests/lint/seam.sh", self.top], capture_output=True, text=True)

    def test_the_tree_keeps_it(self):
        done = self.lint()
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_is_planted_is_found(self):
        for path, line, word in (
                ("township/cases_x.c", "#include <sqlite3.h>\n", "SQLite above the seam"),
                ("township/web/x.c", '#include "township/store/db.h"\n', "own header above the seam"),
                ("township/x.h", "struct sqlite3_stmt;\n", "SQLite above the seam"),
                ("township/web/x.c", 'e = run("SELECT name FROM deputies");\n', "SQL above the seam"),
                ("township/x.c", 'e = run("UPDATE cases SET state = 1");\n', "SQL above the seam"),
                ("township/store_x.h", "int town_x(sqlite3 *db);\n", "a type of SQLite's in the seam")):
            with open(f"{self.top}/{path}", "w") as file:
                file.write("/* planted */\n" + line)
            done = self.lint()
            self.assertEqual(done.returncode, 1, (path, line))
            self.assertIn(f"{word}: {path}:2:", done.stderr)
            with open(f"{self.top}/{path}", "w") as file:
                file.write(line.rstrip("\n") + " /* seam-ok: planted */\n")
            self.assertEqual(self.lint().returncode, 0)
            os.remove(f"{self.top}/{path}")

    def test_a_wrong_place_is_told(self):
        done = subprocess.run([TOP + "/tests/lint/seam.sh", "/"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main()
