#!/usr/bin/env python3
"""A thermal printer on a TCP port, as a JetDirect box gives it, or on USB: real-time status, a buffer, paper that ends.

  sim_printer.py --dir DIR [--port N | --usb SOCKET] [--speed BYTES_PER_SECOND] [--buffer BYTES]

With --usb it plays the device's part for usb_bench, which connects to SOCKET.
stdout: the port (or SOCKET), then a line per event: "slip FILE LENGTH MONOTONIC_NS" for what was cut off, "torn FILE …" for
what the end of the paper left; an open cover or a power cut leaves it hanging on the roll. DIR gets slip.NNNN
and torn.NNNN (the bytes on the paper, in order) and job.NNNN (the bytes of each connection, without the status
questions).
stdin, each line answered with "ok LINE":
       paper out|ok|low    cover open|closed    offline|online (its own pause key)    hot|cool
       jam|unjam (the cutter: stuck until it is unjammed and then told to recover, DLE ENQ)
       paper out after N (bytes more on paper), and so cover open, dead, unplug, mute, jam, noise on after N
       unplug in N    (as N bytes more have come in, in the middle of a transfer)
       dead (no power: the buffer is lost)|alive    unplug|plug (USB: the cable alone, it prints on)
       forgetful (an open cover empties the buffer)    mute|speak (status)    gsr off|on    clear off|on (DLE DC4 8)
       noise on|off (garbage among its answers)    hang|read (stop taking bytes)    speed N    quit
"""
import argparse
import os
import re
import selectors
import socket
import struct
import sys
import time

BUFFER_MAX = 1 << 24
CLEAR = bytes.fromhex("10140801031401060208")
DEVICE_ID = b"MFG:Simprint;MDL:SP-80 II;CMD:ESC/POS;CLS:PRINTER;"


def command_length(data):
    """Bytes of the first command of `data`, a picture's without its rows; 0 while more is needed. What is unknown is a byte of text."""
    size = 1
    if data[0] == 0x10:
        if len(data) < 2:
            return 0
        size = {0x04: 3, 0x05: 3, 0x14: 3}.get(data[1], 1)
    elif data[0] == 0x1B:
        if len(data) < 2:
            return 0
        size = {0x40: 2, 0x4A: 3, 0x64: 3}.get(data[1], 1)
    elif data[0] == 0x1D:
        if len(data) < 3:
            return 0
        if data[1] == 0x72:
            size = 3
        elif data[1] == 0x56:
            size = 4 if data[2] in (65, 66) else 3
        elif data[1:3] == b"v0":
            size = 8
    return size if len(data) >= size else 0


class Tcp:
    """One connection at a time, as the real ones."""

    def __init__(self, printer, port):
        self.printer, self.port, self.conn = printer, port, None
        self.listen()

    def name(self):
        return self.port

    def listen(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(4)
        self.port = self.listener.getsockname()[1]
        self.printer.sel.register(self.listener, selectors.EVENT_READ, self.accept)

    def accept(self):
        conn, _ = self.listener.accept()
        if self.conn:
            conn.close()
            return
        self.conn = conn
        self.printer.job = bytearray()
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.printer.sel.register(conn, selectors.EVENT_READ, self.receive)

    def hang_up(self):
        if self.conn:
            if not self.printer.hung:
                self.printer.sel.unregister(self.conn)
            self.conn.close()
            self.conn = None
            self.printer.end_job()

    def receive(self):
        try:
            data = self.conn.recv(65536)
        except ConnectionError:
            data = b""
        if not data or len(self.printer.received) > BUFFER_MAX:
            self.hang_up()
        else:
            self.printer.take(data)

    def send(self, data):
        try:
            self.conn and self.conn.send(data)
        except OSError:
            pass

    def hang(self, hung):
        if self.conn and hung:
            self.printer.sel.unregister(self.conn)
        elif self.conn:
            self.printer.sel.register(self.conn, selectors.EVENT_READ, self.receive)

    def off(self):
        self.hang_up()
        self.printer.sel.unregister(self.listener)
        self.listener.close()

    def on(self):
        self.listen()

    def room(self, _free):
        pass


class Usb:
    """The device behind usb_bench; its frames are told there."""

    def __init__(self, printer, path):
        self.printer, self.path, self.conn, self.plugged = printer, path, None, True
        self.frames, self.limit, self.told_room = bytearray(), None, None
        self.leaving = 0   # U was said so often, and X is not heard yet: what comes until then was on its way
        self.due = False   # to be plugged in after that
        self.lost = False  # the power went: what was on its way is nowhere
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(1)
        printer.sel.register(self.listener, selectors.EVENT_READ, self.accept)

    def name(self):
        return self.path

    def accept(self):
        if self.conn:
            self.hang_up()
        self.conn, _ = self.listener.accept()
        self.printer.sel.register(self.conn, selectors.EVENT_READ, self.receive)
        self.told_room, self.frames, self.leaving = None, bytearray(), 0
        if self.plugged:
            self.frame("P")
            self.printer.tell_room()
        else:
            self.frame("U")
            self.leaving += 1

    def frame(self, letter, data=b""):
        try:
            self.conn and self.conn.sendall(letter.encode() + struct.pack("<I", len(data)) + data)
        except OSError:
            pass

    def receive(self):
        try:
            data = self.conn.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            self.hang_up()
            return
        self.frames += data
        while len(self.frames) >= 5:
            size = 5 + struct.unpack_from("<I", self.frames, 1)[0]
            if len(self.frames) < size:
                break
            letter, body = chr(self.frames[0]), bytes(self.frames[5:size])
            del self.frames[:size]
            if letter == "X":
                self.leaving -= 1
                if self.due and not self.leaving:
                    self.on()
            elif letter == "O" and self.printer.alive and not self.lost:
                self.out(body)
            elif letter == "C":
                self.control(body)

    def hang_up(self):
        self.printer.sel.unregister(self.conn)
        self.conn.close()
        self.conn = None

    def out(self, data):
        if self.limit is None:
            self.printer.take(data)
            return
        self.printer.take(data[:self.limit])
        self.limit -= len(data)
        if self.limit <= 0:
            self.limit = None
            self.off()

    def control(self, setup):
        kind, request = setup[0], setup[1]
        if (kind, request) == (0xA1, 0):
            self.frame("c", struct.pack(">H", len(DEVICE_ID) + 2) + DEVICE_ID)
        elif (kind, request) == (0xA1, 1):
            p = self.printer
            out = p.paper == "out"
            bad = p.cover_open or p.error
            self.frame("c", bytes([(0x20 if out else 0) | (0 if bad or out else 0x08) | (0x10 if not p.stopped() else 0)]))
        elif (kind, request) == (0x21, 2):
            self.printer.forget()
            self.frame("c")
        else:
            self.frame("s")

    def send(self, data):
        if self.plugged:
            self.frame("D", data)

    def hang(self, _hung):
        self.printer.tell_room()

    def off(self):
        self.due, self.lost = False, not self.printer.alive
        if self.plugged:
            self.plugged = False
            self.frame("U")
            self.leaving += 1
            self.printer.end_job()
            print("unplugged", time.monotonic_ns(), flush=True)

    def on(self):
        self.due = not self.plugged and self.leaving > 0
        if not self.plugged and not self.due:
            self.plugged, self.lost, self.told_room = True, False, None
            self.frame("P")
            self.printer.tell_room()

    def unplug_in(self, more):
        self.limit = more
        self.frame("H", struct.pack("<I", more))
        self.told_room = more

    def room(self, free):
        """How much more the bulk OUT takes; None: all."""
        if self.limit is not None or free == self.told_room:
            return
        self.told_room = free
        self.frame("G") if free is None else self.frame("H", struct.pack("<I", free))


class Printer:
    def __init__(self, directory, speed, buffer):
        self.dir, self.speed, self.buffer = directory, speed, buffer
        self.paper, self.cover_open, self.alive = "ok", False, True
        self.answers, self.gs_r, self.clears, self.hung = True, True, True, False
        self.forgetful = self.paused = self.hot = self.jammed = self.noise = False
        self.error = 0              # bits of DLE EOT 3 that last until DLE ENQ
        self.after = []             # (bytes on paper, line)
        self.printed = 0            # bytes on paper, ever
        self.received = bytearray()  # not yet a whole command
        self.rows, self.across = 0, 0  # of the picture that is coming in
        self.queue = []              # whole commands and rows waiting for the head
        self.backlog = 0             # their bytes
        self.slip = bytearray()      # what hangs out of the printer
        self.job = bytearray()
        self.counts = {"slip": 0, "torn": 0, "job": 0}
        self.credit_at = time.monotonic()
        self.sel = selectors.DefaultSelector()
        self.line = None

    def keep(self, kind, data):
        self.counts[kind] += 1
        path = os.path.join(self.dir, f"{kind}.{self.counts[kind]:04d}")
        with open(path + ".tmp", "wb") as f:
            f.write(data)
        os.rename(path + ".tmp", path)
        print(kind, path, len(data), time.monotonic_ns(), flush=True)

    def end_job(self):
        if self.job:
            self.keep("job", self.job)
        self.job = bytearray()

    def stopped(self):
        return self.paper == "out" or self.cover_open or self.paused or self.hot or self.error != 0

    def forget(self):
        self.queue, self.received, self.rows, self.backlog = [], bytearray(), 0, 0
        self.tell_room()

    def tell_room(self):
        free = 0 if self.hung else None
        if self.buffer and not self.hung:
            free = max(0, self.buffer - self.backlog - len(self.received))
        self.line.room(free)

    def enqueue(self, command, kind):
        self.queue.append((command, kind))
        self.backlog += len(command)
        if kind != b"\x1dr":
            self.job += command

    def take(self, data):
        self.received += data
        # What is real-time is seen as it comes in, in the middle of a picture too.
        if self.clears and (at := self.received.find(CLEAR)) >= 0:
            rest = self.received[at + len(CLEAR):]
            self.forget()
            self.received += rest
            self.say(b"\x37\x25\x00")
        while self.received:
            if self.rows:
                if len(self.received) < self.across:
                    break
                row = bytes(self.received[:self.across])
                del self.received[:self.across]
                self.rows -= 1
                for question in re.finditer(rb"\x10\x04([\x01-\x04])", row):
                    self.answer(question[1][0])
                self.enqueue(row, b"row")
                continue
            size = command_length(self.received)
            if not size:
                break
            command = bytes(self.received[:size])
            del self.received[:size]
            if command[:2] == b"\x10\x04":
                self.answer(command[2])
            elif command[:2] == b"\x10\x05":
                self.recover(command[2])
            elif command[:1] != b"\x10" and (len(command) > 1 or command[0] >= 0x20):  # no control code prints
                if command[:3] == b"\x1dv0":
                    self.across, self.rows = struct.unpack_from("<HH", command, 4)
                self.enqueue(command, command[:2])
        self.tell_room()

    def say(self, data):
        if self.noise:
            data = os.urandom(7) + b"\xff" + data + os.urandom(5)
        self.line.send(data)

    def answer(self, which):
        if not self.answers:
            return
        out, low = self.paper == "out", self.paper == "low"
        error = self.error | (0x40 if self.hot else 0)
        self.say(bytes([0x12 | {1: 0x08 if self.stopped() else 0,
                                2: (0x04 if self.cover_open else 0) | (0x20 if out or self.cover_open else 0)
                                | (0x40 if error else 0),
                                3: error,
                                4: (0x60 if out else 0) | (0x0C if low or out else 0)}.get(which, 0)]))

    def recover(self, which):
        if self.error and not self.jammed:
            self.error = 0
            if which == 2:
                self.forget()

    def tear(self):
        if self.slip:
            self.keep("torn", self.slip)
            self.slip = bytearray()

    def print_one(self):
        command, kind = self.queue[0]
        if kind == b"\x1dV" and self.jammed:
            self.error = 0x08
            return
        self.queue.pop(0)
        self.backlog -= len(command)
        if kind == b"\x1dr":
            if self.gs_r and self.answers:
                self.say(b"\x00")
            return
        self.slip += command
        self.printed += len(command)
        if kind == b"\x1dV":
            self.keep("slip", self.slip)
            self.slip = bytearray()
        for due in [one for one in self.after if self.printed >= one[0]]:
            self.after.remove(due)
            self.obey(due[1])

    def print_some(self):
        """Puts what waits on paper; gives the seconds until it can go on, or None."""
        before = self.backlog
        wait = None
        while self.queue and self.alive and not self.stopped():
            if self.speed:
                ready = self.credit_at + len(self.queue[0][0]) / self.speed
                now = time.monotonic()
                if now < ready:
                    wait = ready - now
                    break
                self.credit_at = max(ready, now - 0.05)
            self.print_one()
        if self.backlog != before:
            self.tell_room()
        if not self.queue or self.stopped():
            self.credit_at = time.monotonic()
        return wait

    def obey(self, line):
        words = line.split()
        if words[-2:-1] == ["after"]:
            self.after.append((self.printed + int(words[-1]), " ".join(words[:-2])))
        elif words[:2] == ["unplug", "in"]:
            self.line.unplug_in(int(words[2]))
        elif words[:1] == ["paper"] and words[1] in ("out", "ok", "low"):
            self.paper = words[1]
            if self.paper == "out":
                self.tear()
        elif words[:1] == ["cover"]:
            self.cover_open = words[1] == "open"
            if not self.cover_open and self.forgetful:
                self.forget()
        elif words in (["offline"], ["online"]):
            self.paused = words == ["offline"]
        elif words in (["hot"], ["cool"]):
            self.hot = words == ["hot"]
        elif words in (["jam"], ["unjam"]):
            self.jammed = words == ["jam"]
        elif words in (["dead"], ["alive"]):
            self.power(words == ["alive"])
        elif words == ["unplug"]:
            self.line.off()
        elif words == ["plug"]:
            self.line.on()
        else:
            self.obey_habit(line, words)

    def obey_habit(self, line, words):
        if words == ["forgetful"]:
            self.forgetful = True
        elif words in (["mute"], ["speak"]):
            self.answers = words == ["speak"]
        elif words[:1] == ["gsr"]:
            self.gs_r = words[1] == "on"
        elif words[:1] == ["clear"]:
            self.clears = words[1] == "on"
        elif words[:1] == ["noise"]:
            self.noise = words[1] == "on"
        elif words[:1] == ["speed"]:
            self.speed = float(words[1])
        elif words in (["hang"], ["read"]) and self.hung != (words == ["hang"]):
            self.hung = words == ["hang"]
            self.line.hang(self.hung)
        else:
            print("unknown:", line, file=sys.stderr, flush=True)

    def power(self, alive):
        if alive == self.alive:
            return
        self.alive = alive
        if alive:
            self.line.on()
        else:
            self.line.off()
            self.forget()
            self.error = 0

    def command(self):
        for line in os.read(0, 4096).decode().splitlines() or ["quit"]:
            if line == "quit":
                raise SystemExit(0)
            self.obey(line)
            print("ok", line, flush=True)

    def run(self):
        self.sel.register(0, selectors.EVENT_READ, self.command)
        while True:
            wait = self.print_some()
            for key, _ in self.sel.select(wait):
                if key.fileobj in self.sel.get_map():  # not closed by the one before
                    key.data()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--usb")
    parser.add_argument("--speed", type=float, default=0)
    parser.add_argument("--buffer", type=int, default=0)
    args = parser.parse_args()
    printer = Printer(args.dir, args.speed, args.buffer)
    printer.line = Usb(printer, args.usb) if args.usb else Tcp(printer, args.port)
    print(printer.line.name(), flush=True)
    printer.run()


if __name__ == "__main__":
    main()
