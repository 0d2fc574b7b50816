#!/usr/bin/env python3
"""Decodes a slip's ESC/POS bytes back to the picture on the paper, and refuses what no slip should hold.

  escpos_to_png.py SLIP OUT.png      (module: decode, write_png)
"""
import struct
import sys
import zlib


class Refused(Exception):
    """Something other than the commands of kiosk/devices/escpos.h is in the stream."""


def decode(data):
    """(row bytes, rows, cuts): a row is the bytes of its dots, 1 is black. Needs ESC @ first, a cut last."""
    width, rows, cuts, at = 0, [], 0, 0
    if data[:2] != b"\x1b@":
        raise Refused("does not begin with ESC @")
    last = None
    while at < len(data):
        head = data[at:at + 2]
        last = head
        if head == b"\x1b@":
            at += 2
        elif head == b"\x1bJ" and at + 3 <= len(data):
            rows += [b"\0" * width] * data[at + 2]
            at += 3
        elif head == b"\x1dV" and data[at + 2:at + 3] in (b"A", b"B") and at + 4 <= len(data):
            cuts += 1
            at += 4
        elif data[at:at + 4] == b"\x1dv0\0" and at + 8 <= len(data):
            across, down = struct.unpack_from("<HH", data, at + 4)
            if not 1 <= across <= 72 or (width and across != width):
                raise Refused(f"a band of {across} bytes across at {at}, the ones before had {width}")
            width, at = across, at + 8
            if at + across * down > len(data):
                raise Refused(f"the band at {at} is cut short")
            rows += [data[at + i * across:at + (i + 1) * across] for i in range(down)]
            at += across * down
        else:
            raise Refused(f"unknown command {data[at:at + 4].hex(' ')} at {at}")
    if last != b"\x1dV":
        raise Refused("does not end with a cut")
    return width, rows, cuts


def write_png(path, width, rows, margin=16):
    """8-bit grey with a white margin, which paper has too and QR readers want."""
    across = width * 8 + 2 * margin
    blank = b"\0" + b"\xff" * across
    side = b"\xff" * margin
    lines = [blank] * margin
    table = [bytes(0 if byte >> (7 - bit) & 1 else 255 for bit in range(8)) for byte in range(256)]
    for row in rows:
        lines.append(b"\0" + side + b"".join(table[byte] for byte in row) + side)
    lines += [blank] * margin

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    with open(path, "wb") as f:
        header = struct.pack(">IIBBBBB", across, len(lines), 8, 0, 0, 0, 0)
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
                + chunk(b"IDAT", zlib.compress(b"".join(lines), 1)) + chunk(b"IEND", b""))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], "rb") as f:
        data = f.read()
    try:
        width, rows, cuts = decode(data)
    except Refused as e:
        sys.exit(f"{sys.argv[1]}: {e}")
    write_png(sys.argv[2], width, rows)
    print(f"{width * 8}x{len(rows)} dots, {cuts} cut(s)")


if __name__ == "__main__":
    main()
