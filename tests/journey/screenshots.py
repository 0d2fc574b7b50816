#!/usr/bin/env python3
"""The README's pictures: a tour's, made smaller.

  screenshots.py TOUR FOLDER
"""
import glob
import os
import sys

import png

# The tour's name of a picture, and by how much it is made smaller.
PICTURES = {"home": 3, "handwriting": 3, "pinyin": 3, "ink": 3, "review": 3, "done": 3, "slip": 2, "query": 3, "case": 3,
            "roster": 3, "english": 3, "handwriting-landscape": 3, "home-800": 2}


def smaller(picture, factor):
    """Every pixel the mean of factor × factor; what does not fill a whole one at the right and bottom is left out."""
    width, height = picture.width // factor, picture.height // factor
    out, step, share = bytearray(), picture.width * 3, factor * factor
    for y in range(height):
        sums = [0] * (width * 3)
        for row in range(y * factor, (y + 1) * factor):
            line = picture.rgb[row * step:row * step + width * factor * 3]
            for channel in range(3):
                for at in range(factor):
                    sums[channel::3] = map(int.__add__, sums[channel::3], line[at * 3 + channel::factor * 3])
        out += bytes(total // share for total in sums)
    return png.Picture(width, height, out)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    tour, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    for name, factor in PICTURES.items():
        found = glob.glob(os.path.join(glob.escape(tour), f"[0-9][0-9]-{name}.png"))
        if len(found) != 1:
            sys.exit(f"{tour} holds {len(found)} pictures called {name}")
        path = os.path.join(folder, name + ".png")
        smaller(png.load(found[0]), factor).save(path)
        print(f"  {path} {os.path.getsize(path) // 1024} kB")


if __name__ == "__main__":
    main()
