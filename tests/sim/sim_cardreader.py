#!/usr/bin/env python3
"""An ID-card reader (SAM_V) on a pty.

stdout: the pty's path, then "asked COMMAND" per request understood (find, select, read, status, module, bad).
stdin: card NAME NUMBER          a resident's card on the reader, until:
       permit NAME NUMBER        a residence permit of Hong Kong, Macao and Taiwan
       foreigner LATIN NUMBER [CHINESE]      foreigner2023 CHINESE NUMBER [LATIN]
       remove
       halt on|off               a card once read is no longer found, as with many real readers
       flicker on|off            every second find misses the card
       fault silence|badsum|half|onebyte|noise|refuse [COUNT]    the next replies, or all    fault none
       unplug | plug PATH        the line goes; a new one appears, with PATH as its symbolic link
       quit
Underscores in names stand for spaces.
"""
import os
import selectors
import sys
import termios
import tty

PREAMBLE = bytes.fromhex("aaaaaa9669")
COMMANDS = {b"\x11\xff": "status", b"\x12\xff": "module", b"\x20\x01": "find", b"\x20\x02": "select",
            b"\x30\x01": "read"}


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


def resident(name, number):
    return layout((name, 30), ("1", 2), ("01", 4), ("19600101", 16), ("某县某镇某村", 70), (number, 36),
                  ("某县公安局", 30), ("20100101", 16), ("长期", 16), ("", 36))


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


class Reader:
    def __init__(self):
        self.text = None          # of the card on the reader
        self.selected = self.halted = self.halts = self.flicker = self.missed = False
        self.fault, self.fault_count = "none", -1
        self.pending = bytearray()
        self.sel = selectors.DefaultSelector()
        self.plug()
        self.sel.register(0, selectors.EVENT_READ, self.command)
        print(self.path, flush=True)

    def plug(self, link=None):
        self.master, slave = os.openpty()
        tty.setraw(slave, termios.TCSANOW)
        self.path = os.ttyname(slave)
        # Kept open: a pty whose last user closes it would hang up, where a real line just goes on.
        self.slave = slave
        os.set_blocking(self.master, False)
        self.sel.register(self.master, selectors.EVENT_READ, self.receive)
        if link:
            os.symlink(self.path, link + ".new")
            os.rename(link + ".new", link)

    def unplug(self):
        self.sel.unregister(self.master)
        os.close(self.slave)
        os.close(self.master)
        self.master = None

    def receive(self):
        try:
            self.pending += os.read(self.master, 4096)
        except OSError:
            return
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
                self.send(frame(b"\0\0\x10"))
                continue
            name = COMMANDS.get(counted[2:4], "bad")
            print("asked", name, flush=True)
            self.send(frame(self.reply(name)))

    def reply(self, name):
        here = self.text is not None and not self.halted
        if name == "status":
            return b"\0\0\x90"
        if name == "module":
            return b"\0\0\x90" + bytes(range(16))
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
            self.halted = self.halts
            portrait = (PREAMBLE + bytes(range(256)) * 4)[:1024]  # a preamble in it must not fool anybody
            return b"\0\0\x90\x01\x00\x04\x00" + self.text + portrait
        return b"\0\0\x21"

    def send(self, data):
        fault = self.fault
        if fault != "none" and self.fault_count > 0:
            self.fault_count -= 1
            if not self.fault_count:
                self.fault = "none"
        if fault == "silence":
            return
        if fault == "badsum":
            data = data[:-1] + bytes([data[-1] ^ 0x55])
        elif fault == "half":
            data = data[:len(data) // 2]
        elif fault == "refuse":
            data = frame(b"\0\0\x41")
        elif fault == "noise":
            data = b"\xaa\xaa\x00\xff" + PREAMBLE[:4] + b"\xaa" + PREAMBLE + b"\xff\xff" + data
        step = 1 if fault == "onebyte" else len(data)
        for at in range(0, len(data), step or 1):
            os.write(self.master, data[at:at + step])

    def obey(self, line):
        words = line.split()
        if not words:
            return
        if words[0] in KINDS:
            self.text = KINDS[words[0]](*(w.replace("_", " ") for w in words[1:]))
            self.selected = self.halted = False
        elif words[0] == "remove":
            self.text = None
        elif words[0] == "halt":
            self.halts = words[1] == "on"
        elif words[0] == "flicker":
            self.flicker = words[1] == "on"
        elif words[0] == "fault":
            self.fault = words[1]
            self.fault_count = int(words[2]) if len(words) > 2 else -1
        elif words[0] == "unplug":
            self.unplug()
        elif words[0] == "plug":
            self.plug(words[1])
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


def check_digit(first17):
    """GB 11643."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(w * int(d) for w, d in zip(weights, first17)) % 11]


if __name__ == "__main__":
    Reader().run()
