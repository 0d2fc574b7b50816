"""Slips over USB: the real libusb, an emulated device, and the printer behind it that keeps what comes out.

PLUGS=N makes N rounds of pulling the cable out at a random moment of a print, instead of 10 (`make plugs`). What fails says
its PLUG_SEED and PLUG_TURN: PLUG_SEED=S makes the same rounds again, with PLUG_TURN=T N times the one that failed.
"""
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import SIM, Program, built, each_at_once, paper_in, slip, wait_for  # noqa: E402
from escpos_to_png import Refused, decode  # noqa: E402

PLUGS = int(os.environ.get("PLUGS", "10"))
TEST_TIMEOUT_S = 90 + 3 * PLUGS
CUT = b"\x1dVB\0"
ID = "usb:0416:5011"


class UsbPrinting:
    """A folder, a printer on USB, and a client that finds it there."""

    def __init__(self, kind="printer", **options):
        self.clients = []
        self.dir = tempfile.mkdtemp(prefix="dhprint.")
        self.kind, self.socket = kind, os.path.join(self.dir, "usb")
        argv = [sys.executable, os.path.join(SIM, "sim_printer.py"), "--dir", self.dir, "--usb", self.socket]
        for name, value in options.items():
            argv += ["--" + name, str(value)]
        self.printer = Program(argv)
        self.printer.line()

    def tell_printer(self, *lines):
        for line in lines:
            self.printer.tell(line)
            self.printer.expect("ok " + re.escape(line))

    def job_file(self, data):
        fd, path = tempfile.mkstemp(dir=self.dir, prefix="in.")
        with os.fdopen(fd, "wb") as f:
            f.write(data)
        return path

    def argv(self, *more):
        return [built("usb_bench"), "--" + self.kind, self.socket, "--", built("print_client"), *more]

    def client(self, *jobs, uri=ID):
        client = Program(self.argv(uri, *[self.job_file(job) for job in jobs]))
        self.clients.append(client)
        return client

    def paper(self, kind="slip"):
        return paper_in(self.dir, kind)

    def stop(self):
        for client in self.clients:
            client.kill()
        self.printer.kill()
        shutil.rmtree(self.dir, ignore_errors=True)


def picture(data):
    """The rows on that piece of paper; None for what ends in the middle of one."""
    try:
        _, rows, cuts = decode(data if data.endswith(CUT) else data + CUT)
    except Refused:
        return None
    return rows


def is_whole(piece, data):
    """All of its picture and its feed, and nothing after it but white."""
    wanted, got = picture(data), picture(piece)
    return got is not None and got[:len(wanted)] == wanted and not any(any(row) for row in got[len(wanted):])


class Case(unittest.TestCase):
    def room(self, **options):
        room = UsbPrinting(**options)
        self.addCleanup(room.stop)
        return room

    def assert_once(self, room, *jobs):
        """Each whole slip came out once, and besides them only what is less than one."""
        pieces = room.paper() + room.paper("torn")
        for data in jobs:
            found = [is_whole(piece, data) for piece in pieces].count(True)
            self.assertEqual(found, 1, [len(p) for p in pieces])
        whole = [p for p in pieces if any(is_whole(p, data) for data in jobs)]
        rest = [p for p in pieces if p not in whole]
        shortest = min(len(data) for data in jobs)
        self.assertEqual([len(p) for p in rest if len(p) >= shortest], [])
        return len(rest)

    def held_for(self, client, health):
        client.expect("health " + health)
        if "state 1 HELD" not in client.seen:
            client.expect("state 1 HELD")


class Normal(Case):
    def test_exact_bytes_once_done_is_said(self):
        room, jobs = self.room(), [slip(3), slip(1, 48)]
        client = room.client(*jobs)
        for state in ("1 PRINTING", "1 DONE", "2 DONE"):
            client.expect("state " + state)
        self.assertEqual(room.paper(), jobs)
        self.assertEqual([is_whole(p, d) for p in room.paper() for d in jobs], [True, False, False, True])
        client.tell("close")
        self.assertLess(int(client.expect(r"closed (\d+)")[1]), 500)

    def test_whatever_printer_there_is(self):
        room, data = self.room(), slip(1)
        room.client(data, uri="usb:auto").expect("state 1 DONE")
        self.assertEqual(room.paper(), [data])

    def test_done_is_said_when_it_is_on_paper(self):
        data = slip(3)
        room = self.room(speed=len(data) / 1.2, buffer=4096)
        began = time.monotonic()
        client = room.client(data)
        client.expect("state 1 DONE")
        self.assertGreater(time.monotonic() - began, 1.1)
        self.assertEqual(room.paper(), [data])
        self.assertNotIn("state 1 HELD", client.seen, "slow is not stopped")

    def test_printers_that_say_less(self):
        """Both at a time: they are waited for by the clock."""
        each_at_once(self, lambda do: do(), (self.no_status_requests_in_the_data,), (self.nothing_but_its_port_status,))

    def no_status_requests_in_the_data(self):
        room, data = self.room(), slip(2)
        room.tell_printer("gsr off")
        room.client(data).expect("state 1 DONE", 15)
        self.assertEqual(room.paper(), [data])

    def nothing_but_its_port_status(self):
        room, data = self.room(kind="printer-oneway"), slip(2)
        room.tell_printer("mute", "paper out")
        client = room.client(data, uri="usb:0fe6:811e?status=port")
        self.held_for(client, "PAPER_OUT")
        room.tell_printer("paper ok")
        client.expect("state 1 DONE", 15)
        self.assertEqual(room.paper(), [data])

    def test_it_says_who_it_is(self):
        room = self.room()
        for uri, word in ((ID, "ok: Simprint SP-80 II"), ("usb:auto", "ok: Simprint SP-80 II"),
                          ("usb:1234:5678", "offline: ")):
            said = subprocess.run(room.argv("--describe", uri), stdout=subprocess.PIPE, text=True, timeout=20)
            self.assertTrue(said.stdout.startswith(word), said.stdout)

    def test_uris(self):
        for uri, word in (("usb:", "usb:auto"), ("usb:04b8", "usb:auto"), ("usb:04b8:020", "usb:auto"),
                          ("usb:04b8:02zz", "usb:auto"), ("usb:autox", "usb:auto"), ("usb:auto?status=x", "status=port"),
                          ("lpt:1", "known are cups:QUEUE, usb:")):
            said = subprocess.run([built("print_client"), uri], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                  text=True, timeout=20)
            self.assertIn(word, said.stdout, uri)
            self.assertEqual(said.returncode, 1)


class Idle(Case):
    def test_it_says_how_it_is(self):
        room = self.room()
        client = room.client()
        client.expect("health READY")
        for line, health in (("paper out", "PAPER_OUT"), ("cover open", "COVER_OPEN"), ("cover closed", "PAPER_OUT"),
                             ("paper low", "PAPER_LOW")):
            room.tell_printer(line)
            client.expect("health " + health)  # one in trouble is looked at each second, one that is well every five
        room.tell_printer("unplug")
        client.expect("health OFFLINE", 3)
        room.tell_printer("plug")
        client.expect("health PAPER_LOW", 3)

    def test_closing_is_quick_whatever_there_is(self):
        def close(*lines):
            room = self.room()
            room.tell_printer(*lines)
            client = room.client(slip(2))
            client.rest(0.3)
            client.tell("close")
            self.assertLess(int(client.expect(r"closed (\d+)")[1]), 2000)

        each_at_once(self, close, (), ("unplug",), ("mute",), ("hang",), ("paper out",), ("noise on",))


class Trouble(Case):
    def after_mending(self, break_it, health, mend, options=None):
        """A slip that breaks in its middle; gives how many fragments lie there."""
        data = slip(2, 24)
        room = self.room(**(options or {}))
        room.tell_printer(*[line.format(half=len(data) // 2, len=len(data)) for line in break_it])
        client = room.client(data)
        self.held_for(client, health)
        self.assertEqual([l for l in client.rest(0.2) if "DONE" in l or "FAILED" in l], [])
        room.tell_printer(*mend)
        client.expect("state 1 DONE", 20)
        fragments = self.assert_once(room, data)
        client.rest(0.2)
        self.assertEqual(self.assert_once(room, data), fragments, "nothing comes after it was done")
        return fragments

    def test_paper_is_out_before(self):
        self.assertEqual(self.after_mending(["paper out"], "PAPER_OUT", ["paper ok"]), 0)

    def test_the_cover_is_opened_in_the_middle(self):
        self.assertEqual(self.after_mending(["cover open after {half}"], "COVER_OPEN", ["cover closed"]), 1)

    def test_the_cover_of_a_printer_that_cannot_be_cleared(self):
        self.assertEqual(self.after_mending(["clear off", "cover open after {half}"], "COVER_OPEN", ["cover closed"]), 0)

    def test_the_head_is_hot_for_a_while(self):
        self.assertEqual(self.after_mending(["hot after {half}"], "ERROR", ["cool"]), 0)

    def test_what_takes_its_time(self):
        """No answer, garbage, a jam, a pause, the end of the paper: at a time, since most of it is waiting."""
        def mended(break_it, health, mend, fragments, options):
            found = self.after_mending(break_it, health, mend, options)
            self.assertIn(found, fragments, "the fragments that lie there")

        each_at_once(
            self, mended,
            (["mute after {half}"], "OFFLINE", ["speak"], [0], {}),
            (["noise on after {half}"], "OFFLINE", ["noise off"], [0], {}),
            (["jam"], "ERROR", ["unjam"], [0], {}),  # only the cut was wanting
            (["offline after {half}"], "OFFLINE", ["online"], [0], {}),  # its pause key
            (["clear off", "paper out after {half}"], "PAPER_OUT", ["paper ok"], [1, 2], {}),
            (["paper out after {half}"], "PAPER_OUT", ["paper ok"], [1, 2], {"buffer": 4096, "speed": 200000}))

    def test_power_is_lost_in_the_middle(self):
        self.assertEqual(self.after_mending(["dead after {half}"], "OFFLINE", ["alive"]), 1)

    def test_it_takes_no_more_bytes_for_a_while(self):
        data = slip(4)
        room = self.room(buffer=8192)
        room.tell_printer(f"hang after {len(data) // 2}")
        client = room.client(data)
        client.expect("state 1 HELD", 15)
        room.tell_printer("read")
        client.expect("state 1 DONE", 20)
        self.assert_once(room, data)

    def test_again_and_again(self):
        room, data = self.room(), slip(3)
        room.tell_printer(f"paper out after {len(data) // 2}")
        client = room.client(data, slip(1))
        for _ in range(2):
            client.expect("health PAPER_OUT")
            client.expect("state 1 HELD")
            room.tell_printer(f"paper out after {len(data) // 2 + 100}", "paper ok")
        client.expect("state 1 FAILED")
        room.tell_printer("paper ok")
        client.expect("state 2 DONE")
        self.assertEqual([is_whole(p, data) for p in room.paper()].count(True), 0)


class Unplugged(Case):
    def test_before_and_plugged_in_later(self):
        room, data = self.room(), slip(2)
        room.tell_printer("unplug")
        client = room.client(data)
        self.held_for(client, "OFFLINE")
        self.assertEqual([l for l in client.rest(1) if "DONE" in l], [])
        room.tell_printer("plug")
        client.expect("state 1 DONE")
        self.assertEqual(room.paper(), [data])

    def test_taken_back_meanwhile(self):
        room, data, other = self.room(), slip(4), slip(1)
        room.tell_printer(f"dead after {len(data) // 2}")
        client = room.client(data)
        self.held_for(client, "OFFLINE")
        client.tell("cancel 1")
        client.expect("state 1 FAILED", 2)
        room.tell_printer("alive")
        client.expect("health READY")
        self.assertTrue(wait_for(lambda: len(room.paper()) == 1), "what hangs there is cut off, not kept for the next voter")
        client.tell("submit " + room.job_file(other))
        client.expect("state 2 DONE")
        self.assertEqual(room.paper()[1:], [other])
        self.assertFalse(is_whole(room.paper()[0], data))

    def test_taken_back_in_the_middle(self):
        data, other = slip(4), slip(1)
        room = self.room(speed=len(data) / 3, buffer=4096)
        client = room.client(data)
        client.expect("state 1 PRINTING")
        time.sleep(1)
        client.tell("cancel 1")
        client.expect("state 1 FAILED", 3)
        client.tell("submit " + room.job_file(other))
        client.expect("state 2 DONE", 15)
        self.assertEqual(room.paper()[-1], other)
        self.assertEqual([is_whole(p, data) for p in room.paper()].count(True), 0)

    def test_in_the_middle_of_a_transfer(self):
        data = slip(2, 24)

        def tear(at):
            room = self.room()
            room.tell_printer("unplug in %d" % (at + 40))  # the questions before it count
            client = room.client(data)
            room.printer.expect(r"unplugged \d+", 15)
            client.rest(0.2)
            room.tell_printer("plug")
            client.expect("state 1 DONE", 15)
            self.assert_once(room, data)

        each_at_once(self, tear, (1,), (9,), (len(data) // 2,), (len(data) - 1,))

    def test_what_was_asked_before_is_not_waited_for(self):
        """The question behind the last bytes went down with the printer; the next one has a line of its own."""
        data = slip(2, 24)

        def die(at, *habits):
            room = self.room(speed=100000, buffer=16384)
            room.tell_printer(*habits, f"dead after {at}")
            client = room.client(data)
            self.held_for(client, "OFFLINE")
            room.tell_printer("alive")
            client.expect("state 1 DONE", 8)
            self.assertEqual(self.assert_once(room, data), 1)

        each_at_once(self, die, (len(data),), (len(data) // 2, "clear off"))

    def test_at_random_moments(self):
        """The cable is pulled, or the power is lost, after any number of bytes on paper; each slip comes out once."""
        seed = int(os.environ.get("PLUG_SEED", time.time_ns() % 1000000))
        only = int(os.environ.get("PLUG_TURN", "0"))
        room = self.room(speed=100000, buffer=16384)
        client = room.client()
        client.expect("health READY")
        for turn in [only] * PLUGS if only else range(1, PLUGS + 1):
            dice = random.Random(f"{seed} {turn}")
            data = slip(2, 48, dice)
            away, back = dice.choice((("unplug", "plug"), ("dead", "alive")))
            at, pause = dice.randrange(1, len(data)), dice.random() * 0.4
            try:
                self.one_moment(room, client, data, (f"{away} after {at}", back), pause)
            except AssertionError as e:
                raise AssertionError(f"PLUG_SEED={seed} PLUG_TURN={turn}: {away} after {at} of {len(data)}") from e
        client.tell("close")
        client.expect(r"closed \d+")

    def one_moment(self, room, client, data, lines, pause):
        room.tell_printer(lines[0])
        client.tell("submit " + room.job_file(data))
        room.printer.expect(r"unplugged \d+", 15)
        time.sleep(pause)
        room.tell_printer(lines[1])
        client.expect(r"state \d+ DONE", 30)
        self.assert_once(room, data)
        for name in os.listdir(room.dir):  # what this slip left is looked at, and not again
            if name != "usb":
                os.unlink(os.path.join(room.dir, name))


if __name__ == "__main__":
    unittest.main()
