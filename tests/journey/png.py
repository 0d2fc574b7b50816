"""Pictures in memory and PNG files: read, write, compare. Pixels are 3 bytes, red first."""
import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# How far one channel may be off before the pixel counts as different: font rendering differs a little by machine.
CHANNEL_SLACK = 24


class Picture:
    def __init__(self, width, height, rgb):
        if len(rgb) != width * height * 3:
            raise ValueError(f"{len(rgb)} bytes are no {width}x{height} picture")
        self.width, self.height, self.rgb = width, height, bytes(rgb)

    def pixel(self, x, y):
        at = (y * self.width + x) * 3
        return tuple(self.rgb[at:at + 3])

    def crop(self, x, y, w, h):
        step = self.width * 3
        rows = [self.rgb[row * step + x * 3:row * step + (x + w) * 3] for row in range(y, y + h)]
        return Picture(w, h, b"".join(rows))

    def save(self, path, level=6):
        step = self.width * 3
        lines = b"".join(b"\0" + self.rgb[row * step:(row + 1) * step] for row in range(self.height))
        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        with open(path, "wb") as out:
            out.write(SIGNATURE)
            for kind, body in ((b"IHDR", head), (b"IDAT", zlib.compress(lines, level)), (b"IEND", b"")):
                out.write(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))

    def differing(self, other):
        """How many pixels differ by more than the slack, and a picture of where: those red, the rest faded."""
        if (self.width, self.height) != (other.width, other.height):
            raise ValueError(f"{self.width}x{self.height} against {other.width}x{other.height}")
        shown = bytearray(200 + value // 5 for value in range(256))
        faded = bytearray(self.rgb.translate(bytes(min(255, value) for value in shown)))
        step, count = self.width * 3, 0
        for start in range(0, len(self.rgb), step):
            mine, theirs = self.rgb[start:start + step], other.rgb[start:start + step]
            if mine == theirs:
                continue
            for at in range(0, step, 3):
                if mine[at:at + 3] != theirs[at:at + 3] and _apart(mine, theirs, at):
                    faded[start + at:start + at + 3] = b"\xd0\0\0"
                    count += 1
        return count, Picture(self.width, self.height, faded)


def _apart(a, b, at):
    return max(abs(a[at + channel] - b[at + channel]) for channel in range(3)) > CHANNEL_SLACK


def load(path):
    """Read an 8-bit PNG without interlace: grey, grey with alpha, palette, RGB or RGBA (alpha is dropped)."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:8] != SIGNATURE:
        raise ValueError(f"{path} is not a PNG file")
    at, packed, palette = 8, b"", b""
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8:at + 8 + length]
        at += 12 + length
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", body)
        elif kind == b"PLTE":
            palette = body
        elif kind == b"IDAT":
            packed += body
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour)
    if channels is None or depth != 8 or interlace:
        raise ValueError(f"{path}: colour {colour}, depth {depth}, interlace {interlace} is not read here")
    raw = _unfilter(zlib.decompress(packed), width * channels, height, channels)
    return Picture(width, height, _to_rgb(raw, colour, channels, palette))


def _to_rgb(raw, colour, channels, palette):
    if colour == 2:
        return raw
    rgb = bytearray(len(raw) // channels * 3)
    for channel in range(3):
        if colour == 3:
            table = palette[channel::3].ljust(256, b"\0")
            rgb[channel::3] = raw.translate(table)
        elif colour == 6:
            rgb[channel::3] = raw[channel::4]
        else:
            rgb[channel::3] = raw[0::channels]
    return bytes(rgb)


def _unfilter(data, step, height, bpp):
    if len(data) < (step + 1) * height:
        raise ValueError("the picture is cut short")
    out, above = [], bytearray(step)
    for row in range(height):
        start = row * (step + 1)
        kind, line = data[start], bytearray(data[start + 1:start + 1 + step])
        if kind == 1:
            for i in range(bpp, step):
                line[i] = (line[i] + line[i - bpp]) & 255
        elif kind == 2:
            for i in range(step):
                line[i] = (line[i] + above[i]) & 255
        elif kind == 3:
            for i in range(step):
                line[i] = (line[i] + ((line[i - bpp] if i >= bpp else 0) + above[i]) // 2) & 255
        elif kind == 4:
            for i in range(step):
                left, corner = (line[i - bpp], above[i - bpp]) if i >= bpp else (0, 0)
                line[i] = (line[i] + _paeth(left, above[i], corner)) & 255
        elif kind:
            raise ValueError(f"PNG filter {kind} does not exist")
        out.append(bytes(line))
        above = line
    return b"".join(out)


def _paeth(left, up, corner):
    guess = left + up - corner
    a, b, c = abs(guess - left), abs(guess - up), abs(guess - corner)
    if a <= b and a <= c:
        return left
    return up if b <= c else corner
