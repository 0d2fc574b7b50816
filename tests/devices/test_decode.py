"""The tool that reads slips back must read a QR code that is there, and refuse what no slip may hold."""
import ctypes
import os
import subprocess
import sys
import tempfile
import unittest
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import SIM, slip  # noqa: E402
from escpos_to_png import Refused, decode, write_png  # noqa: E402


class QRcode(ctypes.Structure):
    _fields_ = [("version", ctypes.c_int), ("width", ctypes.c_int), ("data", ctypes.POINTER(ctypes.c_ubyte))]


def qr_slip(text, dots=6, across=48):
    library = ctypes.CDLL("libqrencode.so.4")
    library.QRcode_encodeString8bit.restype = ctypes.POINTER(QRcode)
    code = library.QRcode_encodeString8bit(text.encode(), 0, 1).contents
    rows = [bytes(across)] * 24
    for y in range(code.width):
        line = "0" * 24 + "".join(str(code.data[y * code.width + x] & 1) * dots for x in range(code.width))
        line = line.ljust(across * 8, "0")
        rows += [int(line, 2).to_bytes(across, "big")] * dots
    rows += [bytes(across)] * 24
    bands = [rows[i:i + 128] for i in range(0, len(rows), 128)]
    raster = (b"\x1dv0\0" + bytes([across, 0, len(band), 0]) + b"".join(band) for band in bands)
    return b"\x1b@" + b"".join(raster) + b"\x1dVB\0"


def run(*argv):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE).stdout


class Decode(unittest.TestCase):
    def test_a_qr_code_is_read_back(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(folder + "/slip", "wb") as f:
                f.write(qr_slip("DH1:K7PM-3Q9X-VT2C"))
            said = run(sys.executable, SIM + "/escpos_to_png.py", folder + "/slip",
                       folder + "/slip.png").decode()
            self.assertRegex(said, r"^384x\d+ dots, 1 cut")
            read = run("zbarimg", "-q", "--raw", folder + "/slip.png")
            self.assertEqual(read.decode().strip(), "DH1:K7PM-3Q9X-VT2C")

    def test_dots_come_back_as_they_went(self):
        data = slip(2, 48)
        width, rows, cuts = decode(data)
        self.assertEqual((width, len(rows), cuts), (48, 2 * 128 + 96, 1))
        self.assertEqual(b"".join(rows[:128]), data[10:10 + 48 * 128])
        self.assertEqual(set(b"".join(rows[256:])), {0})

    def test_refused(self):
        good = slip(1, 48)
        for bad in (b"", good[2:], good[:-1], good[:-4], good[:100], b"\x1b@hello" + good[2:],
                    good[:-4] + b"\x10\x04\x01", good + b"x", good[:2] + b"\x1bp\0\x19\xfa" + good[2:],
                    good[:-4] + slip(1, 72)[2:]):
            with self.assertRaises(Refused):
                decode(bad)

    def test_the_picture_is_a_png(self):
        with tempfile.TemporaryDirectory() as folder:
            write_png(folder + "/a.png", 1, [b"\xf0", b"\x0f"], margin=0)
            with open(folder + "/a.png", "rb") as f:
                png = f.read()
        self.assertEqual(png[:16], b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")
        self.assertEqual(png[16:29], bytes([0, 0, 0, 8, 0, 0, 0, 2, 8, 0, 0, 0, 0]))
        at = png.index(b"IDAT")
        pixels = zlib.decompress(png[at + 4:at + 4 + int.from_bytes(png[at - 4:at], "big")])
        self.assertEqual(pixels, bytes([0] + [0] * 4 + [255] * 4 + [0] + [255] * 4 + [0] * 4))


if __name__ == "__main__":
    unittest.main()
