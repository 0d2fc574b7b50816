"""Databases of every earlier schema, with rows in every table, opened by today's program: nothing is lost or changed."""
import glob
import os
import re
import sqlite3
import unittest

import world

MIGRATIONS = sorted(glob.glob(world.TOP + "/db/township/*.sql"))
# How many rows go into each table.
ROWS = 3
# What the plain filling does not see: values that CHECKs tie together, and references that are not declared.
SPECIAL = {
    "users": lambda i: {"role": "clerk", "deputy": None},
    "duty": lambda i: {"date": "2026-03-12", "weekday": -1},
    "activities": lambda i: {"starts_ms": 1_700_000_000_000, "ends_ms": 1_700_000_600_000},
    "activity_drafts": lambda i: {"starts_ms": 1_700_000_000_000, "ends_ms": 1_700_000_600_000},
    "activity_photos": lambda i: {"jpeg": b"\xff\xd8", "removed_ms": None},
    "sign_ins": lambda i: {"record": i % 2},
}


def connect(path):
    database = sqlite3.connect(path, isolation_level=None)
    database.row_factory = sqlite3.Row
    return database


def tables(database):
    return [row[0] for row in database.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid")]


def choices(sql, column):
    """What CHECK (column IN (…)) allows first."""
    found = re.search(rf"\b{column}\b[^,]*?CHECK \({column} IN \('([^']*)'", sql)
    return found and found.group(1)


def fill(database, table):
    """Adds rows that fit the table's columns, references and plain CHECKs."""
    sql = database.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
    refers = {r["from"]: (r["table"], r["to"]) for r in database.execute(f"PRAGMA foreign_key_list({table})")}
    for i in range(ROWS):
        row = {}
        for c in database.execute(f"PRAGMA table_info({table})"):
            name, kind = c["name"], c["type"]
            if name in refers:
                other, column = refers[name]
                column = column or next(r["name"] for r in database.execute(f"PRAGMA table_info({other})") if r["pk"])
                found = database.execute(f"SELECT {column} FROM {other}").fetchall()
                row[name] = found[i % len(found)][0] if found else None
            elif choices(sql, name) is not None:
                row[name] = choices(sql, name)
            elif f"CHECK ({name} IN (0, 1))" in sql:
                row[name] = i % 2
            elif kind == "INTEGER":
                row[name] = i + 1 if c["pk"] or "_ms" not in name else 1_700_000_000_000 + i
            elif kind == "BLOB":
                size = re.search(rf"length\({name}\) = (\d+)", sql)
                row[name] = bytes([i + 1]) * int(size.group(1) if size else 32)
            else:
                row[name] = f"{table}-{name}-{i}"
        row.update((name, value) for name, value in SPECIAL.get(table, lambda i: {})(i).items() if name in row)
        names = ", ".join(row)
        database.execute(f"INSERT INTO {table}({names}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))


def contents(database, table, columns=None):
    columns = columns or [c["name"] for c in database.execute(f"PRAGMA table_info({table})")]
    return columns, sorted(repr(tuple(row)) for row in database.execute(f"SELECT {', '.join(columns)} FROM {table}"))


class Upgrade(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = world.Township(self.folder)
        self.path = self.town.folder + "/township.db"
        today = connect(self.path)
        self.meta = today.execute("SELECT key, value FROM meta").fetchall()
        self.audit = today.execute("SELECT * FROM audit").fetchall()
        self.newest = today.execute("PRAGMA user_version").fetchone()[0]
        self.today_tables = tables(today)
        self.office = today.execute("SELECT name, role, password, created_ms FROM users").fetchone()
        today.close()

    def make(self, version):
        """The township's database as that version of the schema had it, with its keys' marks, its chain, and rows."""
        for end in ("", "-wal", "-shm"):
            if os.path.exists(self.path + end):
                os.remove(self.path + end)
        database = connect(self.path)
        database.execute("PRAGMA foreign_keys = ON")
        for path in MIGRATIONS[:version]:
            with open(path) as file:
                database.executescript("BEGIN;" + file.read() + ";COMMIT;")
        database.execute(f"PRAGMA user_version = {version}")
        known = {"township", "seal_public"}  # what the first version kept there
        database.executemany("INSERT INTO meta VALUES (?, ?)", [(r["key"], r["value"]) for r in self.meta if r["key"] in known])
        database.executemany(f"INSERT INTO audit VALUES ({', '.join('?' * len(self.audit[0]))})", [tuple(r) for r in self.audit])
        pending = [t for t in tables(database) if t not in ("meta", "audit")]
        refers = {t: {r["table"] for r in database.execute(f"PRAGMA foreign_key_list({t})")} - {t} for t in pending}
        while pending:
            ready = [t for t in pending if not refers[t] & set(pending)]
            self.assertTrue(ready, f"tables refer to each other in a ring: {pending}")
            for table in ready:
                try:
                    fill(database, table)
                except sqlite3.Error as e:
                    raise AssertionError(f"no rows for {table} of version {version}: {e}; see SPECIAL") from e
                pending.remove(table)
        self.assertEqual(database.execute("PRAGMA foreign_key_check").fetchall(), [])
        database.execute("INSERT INTO users(name, role, password, created_ms) VALUES (?, ?, ?, ?)", tuple(self.office))
        return database

    def test_every_earlier_schema(self):
        self.assertEqual(self.newest, len(MIGRATIONS))
        for version in range(1, len(MIGRATIONS) + 1):
            with self.subTest(schema=version):
                database = self.make(version)
                before = {t: contents(database, t) for t in tables(database)}
                database.close()
                verified = self.town.verify()
                self.assertEqual(verified.returncode, 0, verified.stderr)
                self.assertIn("all good", verified.stdout)
                database = connect(self.path)
                self.assertEqual(database.execute("PRAGMA user_version").fetchone()[0], self.newest)
                self.assertEqual(database.execute("PRAGMA integrity_check").fetchone()[0], "ok")
                self.assertEqual(database.execute("PRAGMA foreign_key_check").fetchall(), [])
                self.assertEqual(sorted(tables(database)), sorted(self.today_tables))
                for table, (columns, rows) in before.items():
                    now = contents(database, table, columns)[1]
                    if table == "meta":
                        self.assertLessEqual(set(rows), set(now))
                    else:
                        self.assertEqual(now, rows, table)
                        self.assertGreaterEqual(len(now), 1, table)
                database.close()

    def test_the_oldest_serves(self):
        self.make(1).close()
        town = self.town.start()
        self.addCleanup(lambda: town.process.poll() is None and town.stop())
        self.assertEqual(len(town.office("GET", "/kiosks").json["kiosks"]), ROWS)
        browser = world.Browser(town)
        for path in ("/", "/cases", "/activities"):
            self.assertIn("<h1", browser.page(path))
        self.settled(town)

    def test_a_newer_one_is_left_alone(self):
        database = self.make(len(MIGRATIONS))
        database.execute("PRAGMA user_version = 9999")
        database.close()
        with open(self.path, "rb") as file:
            before = file.read()
        done = self.town.verify()
        self.assertEqual(done.returncode, 1)
        self.assertIn("newer version", done.stderr)
        with open(self.path, "rb") as file:
            self.assertEqual(file.read()[100:], before[100:])


if __name__ == "__main__":
    unittest.main()
