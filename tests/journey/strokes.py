"""The characters of tests/data/strokes.txt as a hand draws them: lists of strokes with points from 0 to 1."""
import os

from process import TOP


def load(path=os.path.join(TOP, "tests", "data", "strokes.txt")):
    drawn = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            character, colon, rest = line.partition(":")
            if not colon or line.startswith("#"):
                continue
            drawn[character.strip()] = [[tuple(int(n) / 1000 for n in point.split(",")) for point in stroke.split()]
                                        for stroke in rest.split(";")]
    return drawn
