"""Every screen looks as its reference picture does, at three sizes, in other scripts and in large text.

The three sizes are visited at the same time, each by a process of its own (reference.py): most of it is waiting."""
import os
import subprocess
import sys
import unittest

import png
import reference
from process import TOP, own_child

TEST_TIMEOUT_S = 240


class EveryScreen(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.visits = {size: subprocess.Popen([sys.executable, os.path.join(TOP, "tests", "journey", "reference.py"),
                                              "--compare", size], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                             text=True, preexec_fn=own_child) for size in reference.SIZES}
        cls.addClassCleanup(cls.end)

    @classmethod
    def end(cls):
        for visit in cls.visits.values():
            visit.terminate()
            visit.wait()
            visit.stdout.close()

    def looks_right(self, size):
        told, _ = self.visits[size].communicate()
        self.assertEqual(self.visits[size].returncode, 0, told)

    def test_portrait(self):
        self.looks_right("portrait")

    def test_landscape(self):
        self.looks_right("landscape")

    def test_small(self):
        self.looks_right("small")


class Comparing(unittest.TestCase):
    """What the comparison forgives, and what not: on a reference picture itself."""

    def setUp(self):
        self.want = png.load(os.path.join(reference.FOLDER, "portrait-home.png"))

    def changed(self, x, y, w, h, by):
        rgb = bytearray(self.want.rgb)
        for row in range(y, y + h):
            at = (row * self.want.width + x) * 3
            rgb[at:at + w * 3] = bytes(min(255, value + by) if value < 128 else max(0, value - by)
                                       for value in rgb[at:at + w * 3])
        return png.Picture(self.want.width, self.want.height, rgb)

    def test_other_shades_and_single_pixels_are_forgiven(self):
        self.assertIsNone(reference.difference(self.want, self.want))
        self.assertIsNone(reference.difference(self.changed(0, 0, 540, 960, 16), self.want))
        self.assertIsNone(reference.difference(self.changed(100, 100, 6, 6, 90), self.want))

    def test_a_changed_word_is_seen(self):
        self.assertIn("of the square at", reference.difference(self.changed(100, 100, 36, 16, 90), self.want))

    def test_another_size_is_seen(self):
        self.assertIn("instead of", reference.difference(reference.halved(self.want), self.want))


if __name__ == "__main__":
    unittest.main()
