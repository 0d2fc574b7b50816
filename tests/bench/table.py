"""The bench's one table, and what its parts have in common."""
import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
for folder in ("journey", "sim", "http"):
    sys.path.insert(0, os.path.join(TOP, "tests", folder))


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))]


class Table:
    """Rows come as they are measured, on stderr, and all together at the end. "p99" of fewer than 100 values is their worst."""

    def __init__(self):
        self.rows, self.notes = [], []

    def add(self, what, values, unit, limit=None, at_least=False):
        """`limit` holds for the 99th percentile (at_least: for the smallest). A single value is its own percentile."""
        last = min(values) if at_least else percentile(values, 0.99)
        ok = limit is None or (last >= limit if at_least else last <= limit)
        self._row(what, percentile(values, 0.5), last, unit, limit, at_least, ok, len(values))

    def add_figures(self, what, median, last, unit, limit=None):
        """What another program measured."""
        self._row(what, median, last, unit, limit, False, limit is None or last <= limit, None)

    def failed(self, what, why):
        self.rows.append((what, "", "", "", "MISSED"))
        self.note(f"{what}: {why}")

    def note(self, words):
        self.notes.append(words)
        print(words, file=sys.stderr, flush=True)

    def _row(self, what, median, last, unit, limit, at_least, ok, count):
        sign = "≥" if at_least else "≤"
        told = "" if limit is None else f"{sign} {limit:g} {unit}".strip()
        runs = f" ({count})" if count and count > 1 else ""
        row = (what + runs, f"{median:.2f} {unit}", f"{last:.2f} {unit}", told, "" if limit is None else "ok" if ok else "MISSED")
        self.rows.append(row)
        print("  ".join(row), file=sys.stderr, flush=True)

    def missed(self):
        return [row[0] for row in self.rows if row[4] == "MISSED"]

    def show(self):
        rows = [("what (runs)", "median", "p99", "limit", "")] + self.rows
        wide = [max(_columns(row[i]) for row in rows) for i in range(5)]
        for number, row in enumerate(rows):
            print("  ".join([_pad(row[0], wide[0], False)] + [_pad(row[i], wide[i], True) for i in (1, 2)]
                            + [_pad(row[i], wide[i], False) for i in (3, 4)]).rstrip())
            if number == 0:
                print("-" * (sum(wide) + 8))
        for words in self.notes:
            print(words)


def _columns(text):
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text)


def _pad(text, width, right):
    fill = " " * (width - _columns(text))
    return fill + text if right else text + fill
