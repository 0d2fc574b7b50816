#!/usr/bin/env python3
"""A thermal printer on a TCP port, as a JetDirect box gives it: real-time status, a buffer, paper that ends.

  sim_printer.py --dir DIR [--port N] [--speed BYTES_PER_SECOND]

stdout: the port, then a line per event: "slip FILE LENGTH MONOTONIC_NS" for what was cut off, "torn FILE …" for
what the end of the paper left; an open cover or a power cut leaves it hanging on the roll. DIR gets slip.NNNN
and torn.NNNN (the bytes on the paper, in order) and job.NNNN (the bytes of each connection, without the status
questions).
stdin: paper out|ok|low    paper out after N (bytes more on paper)    cover open|closed
       cover open after N    forgetful (an open cover empties the buffer)
       dead    dead after N    alive    mute|speak (status)    gsr off|on
       hang|read (stop taking bytes)    quit
"""
import argparse
import os
import selectors
import socket
import sys
import time

BUFFER_MAX = 1 << 24


def command_length(data):
    """Bytes of the first command of `data`, 0 while more is needed; what is unknown is a byte of text."""
    if data[0] == 0x10:
        return 3 if len(data) >= 3 else 0
    if data[0] == 0x1B:
        if len(data) < 2:
            return 0
        size = {0x40: 2, 0x4A: 3, 0x64: 3}.get(data[1], 1)
    elif data[0] == 0x1D:
        if len(data) < 3:
            return 0
        size = 1
        if data[1] == 0x72:
            size = 3
        elif data[1] == 0x56:
            size = 4 if data[2] in (65, 66) else 3
        elif data[1:3] == b"v0":
            if len(data) < 8:
                return 0
            size = 8 + (data[4] + data[5] * 256) * (data[6] + data[7] * 256)
    else:
        size = 1
    return size if len(data) >= size else 0


class Printer:
    def __init__(self, directory, port, speed):
        self.dir, self.speed = directory, speed
        self.paper, self.cover_open, self.alive = "ok", False, True
        self.answers, self.gs_r, self.hung = True, True, False
        self.forgetful = False
        self.out_after = self.dead_after = self.open_after = None
        self.printed = 0            # bytes on paper, ever
        self.unparsed = bytearray()  # received, not yet a whole command
        self.queue = []              # whole commands waiting for the head
        self.slip = bytearray()      # what hangs out of the printer
        self.job = bytearray()
        self.counts = {"slip": 0, "torn": 0, "job": 0}
        self.credit_at = time.monotonic()
        self.sel = selectors.DefaultSelector()
        self.conn = None
        self.port = port
        self.listen()

    def listen(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(4)
        self.port = self.listener.getsockname()[1]
        self.sel.register(self.listener, selectors.EVENT_READ, self.accept)

    def keep(self, kind, data):
        self.counts[kind] += 1
        path = os.path.join(self.dir, f"{kind}.{self.counts[kind]:04d}")
        with open(path + ".tmp", "wb") as f:
            f.write(data)
        os.rename(path + ".tmp", path)
        print(kind, path, len(data), time.monotonic_ns(), flush=True)

    def accept(self):
        conn, _ = self.listener.accept()
        if self.conn:  # one at a time, as the real ones
            conn.close()
            return
        self.conn, self.job = conn, bytearray()
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sel.register(conn, selectors.EVENT_READ, self.receive)

    def hang_up(self):
        if self.conn:
            if not self.hung:
                self.sel.unregister(self.conn)
            self.conn.close()
            self.conn = None
            if self.job:
                self.keep("job", self.job)

    def receive(self):
        try:
            data = self.conn.recv(65536)
        except ConnectionError:
            data = b""
        if not data or len(self.unparsed) > BUFFER_MAX:
            self.hang_up()
            return
        self.unparsed += data
        while self.unparsed:
            size = command_length(self.unparsed)
            if not size:
                break
            command = bytes(self.unparsed[:size])
            del self.unparsed[:size]
            if command[:2] == b"\x10\x04":
                self.answer(command[2])
            else:
                self.queue.append(command)
                if command[:2] != b"\x1dr":
                    self.job += command

    def say(self, byte):
        try:
            self.conn and self.conn.send(bytes([byte]))
        except OSError:
            pass

    def answer(self, which):
        if not self.answers:
            return
        out, low = self.paper == "out", self.paper == "low"
        self.say(0x12 | {1: 0x08 if out or self.cover_open else 0,
                         2: (0x04 if self.cover_open else 0) | (0x20 if out or self.cover_open else 0),
                         4: (0x60 if out else 0) | (0x0C if low or out else 0)}.get(which, 0))

    def tear(self):
        if self.slip:
            self.keep("torn", self.slip)
            self.slip = bytearray()

    def print_some(self):
        """Puts waiting commands on paper; gives the seconds until it can go on, or None."""
        while self.queue and self.alive and self.paper != "out" and not self.cover_open:
            command = self.queue[0]
            if self.speed:
                ready = self.credit_at + len(command) / self.speed
                now = time.monotonic()
                if now < ready:
                    return ready - now
                self.credit_at = now
            self.queue.pop(0)
            if command[:2] == b"\x1dr":
                if self.gs_r:
                    self.say(0x00)
                continue
            self.slip += command
            self.printed += len(command)
            if command[:2] == b"\x1dV":
                self.keep("slip", self.slip)
                self.slip = bytearray()
            if self.out_after is not None and self.printed >= self.out_after:
                self.out_after = None
                self.obey("paper out")
            if self.open_after is not None and self.printed >= self.open_after:
                self.open_after = None
                self.obey("cover open")
            if self.dead_after is not None and self.printed >= self.dead_after:
                self.dead_after = None
                self.obey("dead")
        if not self.queue:
            self.credit_at = time.monotonic()
        return None

    def obey(self, line):
        words = line.split()
        if words[:3] == ["paper", "out", "after"]:
            self.out_after = self.printed + int(words[3])
        elif words[:3] == ["cover", "open", "after"]:
            self.open_after = self.printed + int(words[3])
        elif words == ["forgetful"]:
            self.forgetful = True
        elif words[:2] == ["dead", "after"]:
            self.dead_after = self.printed + int(words[2])
        elif words[:1] == ["paper"] and words[1] in ("out", "ok", "low"):
            self.paper = words[1]
            if self.paper == "out":
                self.tear()
        elif words[:1] == ["cover"]:
            self.cover_open = words[1] == "open"
            if not self.cover_open and self.forgetful:
                self.queue = []
        elif words == ["dead"] and self.alive:
            self.alive = False
            self.hang_up()
            self.sel.unregister(self.listener)
            self.listener.close()
            self.queue, self.unparsed = [], bytearray()
        elif words == ["alive"] and not self.alive:
            self.alive = True
            self.listen()
        elif words in (["mute"], ["speak"]):
            self.answers = words == ["speak"]
        elif words[:1] == ["gsr"]:
            self.gs_r = words[1] == "on"
        elif words == ["hang"] and not self.hung:
            self.hung = True
            if self.conn:
                self.sel.unregister(self.conn)
        elif words == ["read"] and self.hung:
            self.hung = False
            if self.conn:
                self.sel.register(self.conn, selectors.EVENT_READ, self.receive)
        else:
            print("unknown:", line, file=sys.stderr, flush=True)

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
                key.data()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--speed", type=float, default=0)
    args = parser.parse_args()
    printer = Printer(args.dir, args.port, args.speed)
    print(printer.port, flush=True)
    printer.run()


if __name__ == "__main__":
    main()
