"""Touches and keys for Xorg's `inputtest` driver, spoken over its socket.

The wire format is the C structs of /usr/include/xorg/xf86-input-inputtest-protocol.h as laid out on a
64-bit machine: a header of two 32-bit words (length, type), then native-endian fields, doubles aligned to 8.
"""
import socket
import struct
import time

MAJOR, MINOR = 1, 1
CLIENT_VERSION, WAIT_FOR_SYNC, KEY, TOUCH = 0, 1, 5, 6
SERVER_VERSION, SYNC_FINISHED = 0, 1
TOUCH_BEGIN, TOUCH_UPDATE, TOUCH_END = 18, 19, 20  # XI_TouchBegin and following
AXES = 64
AXIS_MAX = 0xFFFF


class TouchError(Exception):
    pass


class Wire:
    """One connection to one inputtest device; every message is followed by a sync, so that order is certain."""

    def __init__(self, path, timeout=10.0):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(timeout)
        self.sock.connect(path)
        self._send(CLIENT_VERSION, struct.pack("=HH", MAJOR, MINOR))
        kind, body = self._receive()
        if kind != SERVER_VERSION:
            raise TouchError(f"inputtest answered type {kind} to the handshake")
        self.version = struct.unpack_from("=HH", body)

    def post(self, kind, body):
        self._send(kind, body)
        self._send(WAIT_FOR_SYNC, b"")
        answer, _ = self._receive()
        if answer != SYNC_FINISHED:
            raise TouchError(f"inputtest answered type {answer} to a sync")

    def close(self):
        self.sock.close()

    def _send(self, kind, body):
        self.sock.sendall(struct.pack("=II", 8 + len(body), kind) + body)

    def _receive(self):
        length, kind = struct.unpack("=II", self._exactly(8))
        return kind, self._exactly(length - 8)

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            part = self.sock.recv(count - len(data))
            if not part:
                raise TouchError("the X server closed the inputtest socket")
            data += part
        return data


def _valuators(x, y):
    mask = bytes([0b11]) + bytes(AXES // 8 - 1)
    values = [x, y] + [0.0] * (AXES - 2)
    return struct.pack(f"=I{AXES // 8}s4x{AXES}d{AXES}d", 0, mask, *values, *([0.0] * AXES))


class TouchPanel:
    """A touch screen of width × height pixels. Fingers are told apart by their slot, 0 to 9."""

    def __init__(self, path, width, height):
        self.wire = Wire(path)
        self.width, self.height = width, height
        self.down_at = {}

    def down(self, x, y, slot=0):
        if slot in self.down_at:
            raise TouchError(f"finger {slot} is down already")
        self._post(TOUCH_BEGIN, x, y, slot)
        self.down_at[slot] = (x, y)

    def move(self, x, y, slot=0):
        if slot not in self.down_at:
            raise TouchError(f"finger {slot} moves but is not down")
        self._post(TOUCH_UPDATE, x, y, slot)
        self.down_at[slot] = (x, y)

    def up(self, x=None, y=None, slot=0):
        if slot not in self.down_at:
            raise TouchError(f"finger {slot} is lifted but was not down")
        last = self.down_at.pop(slot)
        self._post(TOUCH_END, last[0] if x is None else x, last[1] if y is None else y, slot)

    def tap(self, x, y, hold=0.04, slot=0):
        self.down(x, y, slot)
        time.sleep(hold)
        self.up(slot=slot)

    def swipe(self, start, end, seconds=0.25, interval=0.008, slot=0):
        self.stroke([start, end], interval, max(1, round(seconds / interval)), slot)

    def stroke(self, points, interval=0.008, steps=None, slot=0, step_px=14.0):
        """Drag along the points: `steps` moves in all, or one for about every step_px of the way."""
        path = _resample(points, steps, step_px)
        due = time.monotonic()
        self.down(*path[0], slot)
        for point in path[1:]:
            due += interval
            time.sleep(max(0.0, due - time.monotonic()))
            self.move(*point, slot)
        time.sleep(interval)
        self.up(slot=slot)

    def draw(self, strokes, rect, interval=0.008, pause=0.12, step_px=14.0):
        """Write strokes, whose points run from 0 to 1 in both directions, into rect = (x, y, w, h) at a pen's pace."""
        x, y, w, h = rect
        for number, points in enumerate(strokes):
            if number:
                time.sleep(pause)
            self.stroke([(x + px * w, y + py * h) for px, py in points], interval, step_px=step_px)

    def release_all(self):
        for slot in list(self.down_at):
            self.up(slot=slot)

    def close(self):
        self.wire.close()

    def _post(self, kind, x, y, slot):
        if not (0 <= x < self.width and 0 <= y < self.height):
            raise TouchError(f"({x}, {y}) is outside of the {self.width}x{self.height} panel")
        # The middle of the pixel, so that rounding on the way through the server cannot reach its neighbour.
        ax = (int(x) + 0.5) * AXIS_MAX / self.width
        ay = (int(y) + 0.5) * AXIS_MAX / self.height
        self.wire.post(TOUCH, struct.pack("=II", slot, kind) + _valuators(ax, ay))


class Keyboard:
    """Key presses by X key code (evdev's code plus 8)."""

    CODES = {"Escape": 9, "Return": 36, "Tab": 23, "BackSpace": 22, "space": 65, "F4": 70, "Alt_L": 64,
             "Control_L": 37, "Super_L": 133}

    def __init__(self, path):
        self.wire = Wire(path)

    def press(self, *names):
        """Hold down the named keys in order and let go in reverse: press("Alt_L", "F4")."""
        codes = [self.CODES[name] for name in names]
        for code in codes:
            self.wire.post(KEY, struct.pack("=iI", code, 1))
        for code in reversed(codes):
            self.wire.post(KEY, struct.pack("=iI", code, 0))

    def close(self):
        self.wire.close()


def _resample(points, steps, step_px):
    points = [(float(x), float(y)) for x, y in points]
    if len(points) == 1:
        return points
    spans = [((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 for (x0, y0), (x1, y1) in zip(points, points[1:])]
    total = sum(spans)
    if total == 0:
        return points
    if steps is None:
        steps = max(2, round(total / step_px))
    path = [points[0]]
    span, walked = 0, 0.0
    for number in range(1, steps):
        target = total * number / steps
        while span < len(spans) - 1 and walked + spans[span] < target:
            walked += spans[span]
            span += 1
        share = (target - walked) / spans[span] if spans[span] else 0.0
        (x0, y0), (x1, y1) = points[span], points[span + 1]
        path.append((x0 + (x1 - x0) * share, y0 + (y1 - y0) * share))
    return path + [points[-1]]
