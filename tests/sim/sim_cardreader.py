#!/usr/bin/env python3
"""An ID-card reader (SAM_V) on a pty, or with --usb SOCKET as the device that usb_bench plugs in.

stdout: the pty's path (or the socket's), then "asked COMMAND" per request understood (find, select, read, status, module,
        reset, bad), "sent read MS" when the last byte of a card has gone (MS on the monotonic clock), "ok WORD" per line of:
stdin: card NAME NUMBER [FROM [UNTIL]]    a resident's card on the reader, until removed; dates YYYYMMDD, or forever
       permit NAME NUMBER        a residence permit of Hong Kong, Macao and Taiwan
       foreigner LATIN NUMBER [CHINESE]      foreigner2023 CHINESE NUMBER [LATIN]
       remove
       halt on|off               a card once read is no longer found, as with many real readers
       flicker on|off            every second find misses the card
       pace BAUD|0               bytes go as fast as on such a line; chip MS: what the card's chip takes before a read
       fault silence|badsum|half|onebyte|noise|middle|refuse|late|split|stall|empty [COUNT]  the next replies, or all
             middle: noise inside the frame; late: answers come when the next is asked; on USB also split: short packets,
             stall: the endpoint stalls instead, empty: zero-length packets around and inside
       fault none
       babble SECONDS            noise all the time, whatever is asked
       hang on|off               it answers nothing until it is reset (command 10 FF)
       pull COMMAND BYTES        once, as it answers COMMAND: so many bytes go, then the card is gone and the rest stays away
       cut COMMAND BYTES         once, as it answers COMMAND: so many bytes go, then it is unplugged (tells "cut")
       unplug | plug [PATH]      the line goes; a new one appears, with PATH as its symbolic link
       busy on|off               (USB) another program has claimed the interface
       quit
Underscores in names stand for spaces.
"""
import os
import random
import selectors
import socket
import struct
import sys
import termios
import time
import tty

PREAMBLE = bytes.fromhex("aaaaaa9669")
COMMANDS = {b"\x11\xff": "status", b"\x12\xff": "module", b"\x20\x01": "find", b"\x20\x02": "select",
            b"\x30\x01": "read", b"\x10\xff": "reset"}
MODULE = struct.pack("<HHIII", 5, 1, 20170726, 123456, 3987654321)


def xor(data):
    total = 0
    for byte in data:
        total ^= byte
    return total


def frame(body):
    counted = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + counted + bytes([xor(counted)])


def field(text, size):
    data = text.encode("utf-16-le")
    assert len(data) <= size, text
    return data + b" \0" * ((size - len(data)) // 2)


def layout(*fields):
    data = b"".join(field(text, size) for text, size in fields)
    assert len(data) == 256
    return data


def resident(name, number, since="20100101", until="forever"):
    until = "长期" if until == "forever" else until
    return layout((name, 30), ("1", 2), ("01", 4), ("19600101", 16), ("某县某镇某村", 70), (number, 36),
                  ("某县公安局", 30), (since, 16), (until, 16), ("", 36))


def permit(name, number):
    return layout((name, 30), ("2", 2), ("", 4), ("19700101", 16), ("某县", 70), (number, 36), ("某局", 30),
                  ("20180901", 16), ("20230901", 16), ("H12345678", 18), ("01", 4), ("", 6), ("J", 2), ("", 6))


def foreigner(latin, number, chinese=""):
    return layout((latin, 120), ("1", 2), (number, 30), ("USA", 6), (chinese, 30), ("20160101", 16),
                  ("20260101", 16), ("19800101", 16), ("01", 4), ("1500", 8), ("I", 2), ("", 6))


def foreigner2023(chinese, number, latin=""):
    return layout((chinese, 30), ("1", 2), ("01", 4), ("19810803", 16), (latin[:35], 70), (number, 36),
                  ("", 30), ("20231201", 16), ("20331130", 16), (latin[35:], 22), ("CAN", 6), ("Y", 2), ("", 6))


KINDS = {"card": resident, "permit": permit, "foreigner": foreigner, "foreigner2023": foreigner2023}


class Line:
    """A pty."""

    def __init__(self, reader):
        self.reader, self.master, self.pace = reader, None, 0

    def plug(self, link=None):
        self.master, slave = os.openpty()
        tty.setraw(slave, termios.TCSANOW)
        self.path = os.ttyname(slave)
        # Kept open: a pty whose last user closes it would hang up, where a real line just goes on.
        self.slave = slave
        os.set_blocking(self.master, False)
        self.reader.sel.register(self.master, selectors.EVENT_READ, self.receive)
        if link:
            os.symlink(self.path, link + ".new")
            os.rename(link + ".new", link)

    def unplug(self):
        if self.master is not None:
            self.reader.sel.unregister(self.master)
            os.close(self.slave)
            os.close(self.master)
        self.master = None

    def receive(self):
        try:
            self.reader.hear(os.read(self.master, 4096))
        except OSError:
            return

    def put(self, data):
        """As fast as the line goes. What nobody takes is lost, as on a line."""
        step, began, bits = (8 if self.pace else len(data)), time.monotonic(), 0
        for at in range(0, len(data), step or 1):
            piece = data[at:at + step]
            if self.pace:
                bits += 10 * len(piece)
                time.sleep(max(0.0, began + bits / self.pace - time.monotonic()))
            self.piece(piece)

    def piece(self, data):
        try:
            os.write(self.master, data)
        except (BlockingIOError, TypeError):
            pass


class Cable(Line):
    """The device's end of what usb_bench plugs in."""

    def __init__(self, reader, path):
        super().__init__(reader)
        self.path, self.peer, self.plugged, self.heard = path, None, True, bytearray()
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(path)
        self.server.listen()
        reader.sel.register(self.server, selectors.EVENT_READ, self.accept)

    def accept(self):
        self.lose_peer()
        self.peer = self.server.accept()[0]
        self.reader.sel.register(self.peer, selectors.EVENT_READ, self.receive)
        self.frame(b"P" if self.plugged else b"U")

    def lose_peer(self):
        if self.peer:
            self.reader.sel.unregister(self.peer)
            self.peer.close()
        self.peer, self.heard = None, bytearray()

    def frame(self, letter, data=b""):
        if self.peer:
            try:
                self.peer.sendall(letter + struct.pack("<I", len(data)) + data)
            except OSError:
                self.lose_peer()

    def plug(self, link=None):
        self.plugged = True
        self.frame(b"P")

    def unplug(self):
        self.plugged = False
        self.frame(b"U")

    def receive(self):
        try:
            got = self.peer.recv(4096)
        except OSError:
            got = b""
        if not got:
            self.lose_peer()
            return
        self.heard += got
        while len(self.heard) >= 5:
            size = struct.unpack_from("<I", self.heard, 1)[0]
            if len(self.heard) < 5 + size:
                return
            letter, data = chr(self.heard[0]), bytes(self.heard[5:5 + size])
            del self.heard[:5 + size]
            if letter == "O":
                self.reader.hear(data)
            elif letter == "C":
                self.frame(b"s")
            elif letter in "ALRK":
                print("usb", letter, data.hex(), flush=True)

    def piece(self, data):
        self.frame(b"D", data)


class Reader:
    def __init__(self, usb=None):
        self.text = None          # of the card on the reader
        self.selected = self.halted = self.halts = self.flicker = self.missed = self.hung = False
        self.fault, self.fault_count = "none", -1
        self.late = None
        self.chip = 0
        self.pull = self.cut = None   # (command, bytes)
        self.babble_until = 0.0
        self.pending = bytearray()
        self.sel = selectors.DefaultSelector()
        self.way = Cable(self, usb) if usb else Line(self)
        self.way.plug()
        self.sel.register(0, selectors.EVENT_READ, self.command)
        print(self.way.path, flush=True)

    def hear(self, data):
        self.pending += data
        while True:
            start = self.pending.find(PREAMBLE)
            if start < 0 or len(self.pending) < start + 7:
                return
            size = int.from_bytes(self.pending[start + 5:start + 7], "big")
            if len(self.pending) < start + 7 + size:
                return
            counted = bytes(self.pending[start + 5:start + 7 + size])
            del self.pending[:start + 7 + size]
            if xor(counted) or size != 3:
                print("asked bad", flush=True)
                self.send("bad", frame(b"\0\0\x10"))
                continue
            name = COMMANDS.get(counted[2:4], "bad")
            print("asked", name, flush=True)
            if name == "reset":
                self.hung = False
            if not self.hung:
                self.send(name, frame(self.reply(name)))

    def reply(self, name):
        here = self.text is not None and not self.halted
        if name in ("status", "reset"):
            return b"\0\0\x90"
        if name == "module":
            return b"\0\0\x90" + MODULE
        if name == "find":
            self.missed = self.flicker and not self.missed
            here = here and not self.missed
            return b"\0\0\x9f" + bytes(4) if here else b"\0\0\x80"
        if name == "select":
            self.selected = here
            return b"\0\0\x90" + bytes(8) if here else b"\0\0\x81"
        if name == "read":
            if not (here and self.selected):
                return b"\0\0\x41"
            time.sleep(self.chip / 1000)
            self.halted = self.halts
            portrait = (PREAMBLE + bytes(range(256)) * 4)[:1024]  # a preamble in it must not fool anybody
            return b"\0\0\x90\x01\x00\x04\x00" + self.text + portrait
        return b"\0\0\x21"

    def take_fault(self):
        fault = self.fault
        if fault != "none" and self.fault_count > 0:
            self.fault_count -= 1
            if not self.fault_count:
                self.fault = "none"
        return fault

    def send(self, name, data):
        if time.monotonic() < self.babble_until:
            return
        if self.cut and self.cut[0] == name:
            self.way.put(data[:self.cut[1]])
            self.cut = None
            self.way.unplug()
            print("cut", flush=True)
            return
        if self.pull and self.pull[0] == name:
            self.way.put(data[:self.pull[1]])
            self.pull = self.text = None
            print("pulled", flush=True)
            return
        self.send_with(self.take_fault(), data)
        if name == "read" and len(data) > 1000:
            print(f"sent read {time.monotonic() * 1000:.3f}", flush=True)

    def send_with(self, fault, data):
        if fault == "silence":
            return
        if fault == "late":
            data, self.late = self.late or b"", data
        elif fault == "badsum":
            data = data[:-1] + bytes([data[-1] ^ 0x55])
        elif fault == "half":
            data = data[:len(data) // 2]
        elif fault == "refuse":
            data = frame(b"\0\0\x41")
        elif fault == "noise":
            data = b"\xaa\xaa\x00\xff" + PREAMBLE[:4] + b"\xaa" + PREAMBLE + b"\xff\xff" + data
        elif fault == "middle":
            middle = len(data) // 2
            data = data[:middle] + b"\xaa\xaa\x00\xff" + PREAMBLE + b"\x01\x20" + data[middle:]
        if fault == "stall":
            self.way.frame(b"S")
        elif fault in ("onebyte", "split", "empty"):
            step = 1 if fault == "onebyte" else 13 if fault == "split" else 64
            for at in range(0, len(data), step):
                if fault == "empty":
                    self.way.frame(b"Z")
                self.way.piece(data[at:at + step])
        elif data:
            self.way.put(data)

    def babble(self):
        while time.monotonic() < self.babble_until:
            self.way.piece(random.choice((PREAMBLE, PREAMBLE + b"\x05\x08", random.randbytes(40))))
            for key, _ in self.sel.select(0.02):
                key.data()

    def obey(self, line):
        words = line.split()
        if not words:
            return
        word, rest = words[0], words[1:]
        if word in KINDS:
            self.text = KINDS[word](*(w.replace("_", " ") for w in rest))
            self.selected = self.halted = False
        elif word == "remove":
            self.text = None
        elif word in ("halt", "flicker", "hang"):
            setattr(self, {"halt": "halts", "hang": "hung"}.get(word, word), rest[0] == "on")
        elif word == "pace":
            self.way.pace = int(rest[0])
        elif word == "chip":
            self.chip = int(rest[0])
        elif word == "fault":
            self.fault, self.late = rest[0], None
            self.fault_count = int(rest[1]) if len(rest) > 1 else -1
        elif word == "babble":
            self.babble_until = time.monotonic() + float(rest[0])
        elif word in ("pull", "cut"):
            setattr(self, word, (rest[0], int(rest[1])))
        elif word == "unplug":
            self.way.unplug()
        elif word == "plug":
            self.way.plug(*rest)
        elif word == "busy":
            self.way.frame(b"B", bytes([rest[0] == "on"]))
        else:
            print("unknown:", line, file=sys.stderr, flush=True)

    def command(self):
        for line in os.read(0, 4096).decode().splitlines() or ["quit"]:
            if line == "quit":
                raise SystemExit(0)
            self.obey(line)
            print("ok", line.split()[0], flush=True)

    def run(self):
        while True:
            for key, _ in self.sel.select():
                key.data()
            self.babble()


def check_digit(first17):
    """GB 11643."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(w * int(d) for w, d in zip(weights, first17)) % 11]


if __name__ == "__main__":
    Reader(sys.argv[2] if sys.argv[1:2] == ["--usb"] else None).run()
