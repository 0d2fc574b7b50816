#!/usr/bin/env python3
"""A QR scanner on a pty.

  sim_scanner.py [--suffix cr|lf|crlf|tab|none]

stdout: the pty's path. stdin: scan TEXT    hex BYTES    slow TEXT (30 ms between bytes)    suffix NAME
        unplug | plug LINK (a new line, LINK pointing to it)    quit
"""
import argparse
import os
import sys
import termios
import time
import tty

SUFFIXES = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "tab": b"\t", "none": b""}


class Scanner:
    def __init__(self, suffix):
        self.suffix = SUFFIXES[suffix]
        self.plug()
        print(self.path, flush=True)

    def plug(self, link=None):
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave, termios.TCSANOW)
        self.path = os.ttyname(self.slave)
        if link:
            os.symlink(self.path, link + ".new")
            os.rename(link + ".new", link)

    def obey(self, line):
        word, _, rest = line.partition(" ")
        if word == "scan":
            os.write(self.master, rest.encode() + self.suffix)
        elif word == "hex":
            os.write(self.master, bytes.fromhex(rest))
        elif word == "slow":
            for byte in rest.encode() + self.suffix:
                os.write(self.master, bytes([byte]))
                time.sleep(0.03)
        elif word == "suffix":
            self.suffix = SUFFIXES[rest]
        elif word == "unplug":
            os.close(self.slave)
            os.close(self.master)
        elif word == "plug":
            self.plug(rest)
        else:
            print("unknown:", line, file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--suffix", choices=SUFFIXES, default="cr")
    scanner = Scanner(parser.parse_args().suffix)
    for line in sys.stdin:
        line = line.rstrip("\n")
        if line == "quit":
            break
        scanner.obey(line)
        print("ok", line.split(" ")[0], flush=True)


if __name__ == "__main__":
    main()
