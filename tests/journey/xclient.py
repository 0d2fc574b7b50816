"""A small X11 client: the few core requests that the tests need, over the server's Unix socket."""
import socket
import struct

import png

GET_IMAGE, SET_INPUT_FOCUS, QUERY_TREE = 73, 42, 15
Z_PIXMAP = 2


class XError(Exception):
    pass


class XClient:
    """Stays connected while it lives: a server whose last client leaves would reset itself."""

    def __init__(self, number, timeout=10.0):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(timeout)
        self.sock.connect(f"/tmp/.X11-unix/X{number}")
        self.sock.sendall(struct.pack("=BxHHHHxx", ord("l"), 11, 0, 0, 0))
        status, reason_len, _, _, words = struct.unpack("=BBHHH", self._exactly(8))
        body = self._exactly(words * 4)
        if status != 1:
            raise XError("the X server refused: " + body[:reason_len].decode("latin-1"))
        self._parse_setup(body)

    def screenshot(self, x=0, y=0, width=None, height=None):
        width, height = width or self.width, height or self.height
        request = struct.pack("=BBHIhhHHI", GET_IMAGE, Z_PIXMAP, 5, self.root, x, y, width, height, 0xFFFFFFFF)
        _, data = self._ask(request)
        data = data[:width * height * 4]
        rgb = bytearray(width * height * 3)
        rgb[0::3], rgb[1::3], rgb[2::3] = data[2::4], data[1::4], data[0::4]  # little-endian xRGB
        return png.Picture(width, height, rgb)

    def focus_top_window(self):
        """Give the keyboard to the topmost window, as a window manager would. False when there is none."""
        head, body = self._ask(struct.pack("=BxHI", QUERY_TREE, 2, self.root))
        count = struct.unpack_from("=H", head, 16)[0]
        if not count:
            return False
        top = struct.unpack_from("=I", body, (count - 1) * 4)[0]
        self.sock.sendall(struct.pack("=BBHII", SET_INPUT_FOCUS, 0, 3, top, 0))
        self._ask(struct.pack("=BxHI", QUERY_TREE, 2, self.root))  # a reply proves that the request was done
        return True

    def close(self):
        self.sock.close()

    def _parse_setup(self, body):
        vendor_len, = struct.unpack_from("=H", body, 16)
        formats = body[21]
        screen = 32 + (vendor_len + 3) // 4 * 4 + formats * 8
        self.root, = struct.unpack_from("=I", body, screen)
        self.width, self.height = struct.unpack_from("=HH", body, screen + 20)
        depth = body[screen + 38]
        if depth != 24:
            raise XError(f"the screen has {depth} bits a pixel, not 24")

    def _ask(self, request):
        self.sock.sendall(request)
        while True:
            head = self._exactly(32)
            if head[0] == 0:
                raise XError(f"X error {head[1]} on request {struct.unpack_from('=H', head, 8)[0]}")
            if head[0] == 1:
                return head, self._exactly(struct.unpack_from("=I", head, 4)[0] * 4)

    def _exactly(self, count):
        parts = []
        while count:
            part = self.sock.recv(min(count, 1 << 20))
            if not part:
                raise XError("the X server closed the connection")
            parts.append(part)
            count -= len(part)
        return b"".join(parts)
