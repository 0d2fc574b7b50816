"""The bench of the township's server still runs: a small sample of it, for what it measures and not for how fast this machine is
just now. What the lists say must be what is there."""
import os
import sqlite3
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from table import Table  # noqa: E402
import township_load as load  # noqa: E402

KIOSKS, EVENTS = 6, 50


class Sample(unittest.TestCase):
    def test_reports_lists_searches_and_polls(self):
        table, site = Table(), load.Site(KIOSKS, EVENTS)
        self.addCleanup(site.stop)
        rate, _, _ = site.fill()
        self.assertGreater(rate, 0)
        site.age()
        clerk = site.sign_in()
        site.wait_searchable(clerk)
        lists = load.lists(table, site, clerk, runs=1)
        searches = load.searches(table, site, clerk, runs=1)
        load.front(table, clerk, runs=1)
        load.polls(table, site, count=40)
        self.assertEqual(site.town.stop(), 0)
        db = sqlite3.connect(site.town.folder + "/township.db")
        self.addCleanup(db.close)

        def there(where):
            return db.execute(f"SELECT count(*) FROM cases WHERE kiosk LIKE 'k-bench%' AND {where}").fetchone()[0]
        total = KIOSKS * EVENTS
        self.assertEqual(lists["all of them"], total)
        self.assertEqual(lists["by deadline"], total)
        for name, where in (("one state", "state = 'transferred'"), ("one village", "village = '石湾村'"), ("no village known", "village = ''"),
                            ("one kind", "kind = 'opinion'"), ("answered ones", "state IN ('answered', 'closed')")):
            self.assertEqual(lists[name], there(where), name)
            self.assertGreater(lists[name], 0, name)
        self.assertEqual(lists["red ones"] + lists["amber ones"] + lists["green ones"], total - lists["answered ones"])
        self.assertEqual(lists["red ones"], lists["red ones by deadline"])
        # Each thirtieth text is the same but for its number.
        self.assertGreater(searches["路灯"], 0)
        self.assertEqual(searches["路灯"] % (total // 30), 0)
        self.assertEqual(searches["无人机"], 0)
        self.assertEqual(searches["编号77"], 1)
        self.assertNotIn("", {row[0] for row in table.rows})


if __name__ == "__main__":
    unittest.main()
