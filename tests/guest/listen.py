"""Inside the guest: hears a keyboard as other programs would, and tells a line for each thing heard.

  listen.py evdev DEVICE    "key CODE" for each key pressed        listen.py tty DEVICE    "typed HEX"
First "ready". It ends with its stdin.
"""
import os
import select
import struct
import sys
import termios
import tty

EVENT = struct.Struct("llHHi")
EV_KEY, PRESSED = 1, 1


def evdev(data):
    for _, _, kind, code, value in EVENT.iter_unpack(data):
        if kind == EV_KEY and value == PRESSED:
            yield f"key {code}"


def typed(data):
    yield "typed " + data.hex()


def main(kind, path):
    fd = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    if kind == "tty":
        tty.setraw(fd, termios.TCSANOW)
    print("ready", flush=True)
    while True:
        ready, _, _ = select.select([fd, 0], [], [])
        if 0 in ready:
            return
        try:
            data = os.read(fd, 4096)
        except OSError as error:
            print("gone", error.errno, flush=True)
            return
        for line in (typed if kind == "tty" else evdev)(data):
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
