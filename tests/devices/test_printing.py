"""Slips through a real cupsd to a printer on a socket that keeps what comes out of it."""
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import Printing, Program, built, each_at_once, open_bytes, slip, wait_for  # noqa: E402

TEST_TIMEOUT_S = 90


class Case(unittest.TestCase):
    def room(self, **options):
        room = Printing(**options)
        self.addCleanup(room.stop)
        return room

    def deaf(self, words):
        folder = tempfile.mkdtemp(prefix="dhdeaf.")
        os.chmod(folder, 0o777)
        self.addCleanup(shutil.rmtree, folder, True)
        path = os.path.join(folder, "deaf")
        with open(path, "w") as f:
            f.write("#!/bin/sh\n[ $# -eq 0 ] && exit 0\nhere=${DEVICE_URI#deaf:}\n"
                    f"echo '{words}' >&2\n"
                    "while [ ! -e $here/alive ]; do sleep 0.1; done\n"
                    "echo 'INFO: Printing page 1, 4% complete.' >&2\n"
                    "cat \"$6\" > $here/paper\n")
        return self.room(device="deaf:" + folder, backends=[path]), folder

    def assert_once(self, room, data):
        """The whole slip lies there once, and besides it only fragments."""
        pieces = room.paper()
        self.assertEqual(pieces.count(data), 1, [len(p) for p in pieces])
        self.assertEqual([len(p) for p in pieces if p != data and len(p) >= len(data)], [])

    def assert_spool_empty(self, room, data):
        needle = data[200:300]
        self.assertTrue(wait_for(lambda: not room.cups.spool_holds(needle)), room.cups.spool_holds(needle))
        self.assertEqual(room.cups.spooled(), [])


class Normal(Case):
    def test_exact_bytes_then_an_empty_spool(self):
        room, data = self.room(), slip()
        client = room.client(data)
        for state in ("QUEUED", "PRINTING", "DONE"):
            client.expect(f"state 1 {state}")
        self.assertEqual(room.paper(), [data])
        self.assertEqual(room.paper("torn"), [])
        self.assert_spool_empty(room, data)
        client.tell("close")
        client.expect(r"closed \d+")

    def test_a_spool_that_would_keep_its_files(self):
        room, data = self.room(preserve_files=True), slip()
        client = room.client(data)
        client.expect("state 1 DONE")
        self.assert_spool_empty(room, data)

    def test_over_a_unix_socket(self):
        room, data = self.room(unix=True), slip(2, 48)
        client = room.client(data)
        client.expect("health READY")
        client.expect("state 1 DONE")
        self.assertEqual(room.paper(), [data])

    def test_one_after_the_other(self):
        room, jobs = self.room(), [slip(2) for _ in range(5)]
        client = room.client(*jobs)
        client.expect("state 5 DONE", 20)
        self.assertEqual(room.paper(), jobs)

    def test_done_is_said_when_it_is_on_paper(self):
        data = slip(3)
        room = self.room(speed=len(data) / 1.5)
        began = time.monotonic()
        room.client(data).expect("state 1 DONE")
        self.assertGreater(time.monotonic() - began, 1.3)
        self.assertEqual(room.paper(), [data])

    def test_the_queue_says_what_it_is(self):
        room = self.room()
        for queue, word in (("slip", f"ok: .*dhslip://127.0.0.1:{room.port}.*"), ("nosuchqueue", "not found: ")):
            asked = Program([built("print_client"), "--describe", "cups:" + queue], env=room.cups.env)
            self.addCleanup(asked.kill)
            asked.expect(word)

    def test_refusals(self):
        room = self.room()
        client = room.client(uri="cups:nosuchqueue")
        client.tell("submit " + room.job_file(slip(1)))
        client.expect("state 1 FAILED")
        client.tell("submit " + room.job_file(b""))
        client.expect("refused invalid input")
        client.tell("submit " + room.job_file(bytes(5 * 1024 * 1024)))
        client.expect("refused too long")

    def test_no_more_than_eight_wait(self):
        room = self.room()
        room.tell_printer("dead")
        client = room.client(*[slip(1) for _ in range(9)])
        client.expect("refused busy")
        client.tell("close")
        self.assertLess(int(client.expect(r"closed (\d+)")[1]), 2000)
        room.tell_printer("alive")
        time.sleep(1)
        self.assertEqual(room.paper(), [])


class Trouble(Case):
    def test_paper_runs_out_in_the_middle(self):
        room, data = self.room(), slip()
        room.tell_printer(f"paper out after {len(data) // 2}")
        client = room.client(data)
        client.expect("state 1 HELD")
        self.assertIn("health PAPER_OUT", client.seen)
        self.assertEqual(client.rest(1), [])
        room.tell_printer("paper ok")
        client.expect("health READY")
        client.expect("state 1 DONE")
        self.assert_once(room, data)
        self.assertEqual(len(room.paper("torn")), 1)
        self.assert_spool_empty(room, data)

    def test_paper_is_out_before(self):
        room, data = self.room(), slip()
        room.tell_printer("paper out")
        client = room.client(data)
        client.expect("health PAPER_OUT")
        client.expect("state 1 HELD")
        room.tell_printer("paper ok")
        client.expect("state 1 DONE")
        self.assertEqual(room.paper(), [data])
        self.assertEqual(room.paper("torn"), [])

    def test_paper_runs_out_in_the_printers_own_buffer(self):
        data = slip(3)
        room = self.room(speed=len(data) / 1.5)
        room.tell_printer(f"paper out after {len(data) // 2}")
        client = room.client(data)
        client.expect("state 1 HELD")
        room.tell_printer("paper ok")
        client.expect("state 1 DONE", 15)
        self.assert_once(room, data)

    def test_paper_runs_out_again_and_again(self):
        room, data = self.room(), slip()
        room.tell_printer(f"paper out after {len(data) // 2}")
        client = room.client(data)
        client.expect("state 1 HELD")
        for _ in range(2):  # a slip is sent three times in all
            room.tell_printer(f"paper out after {len(data) // 2 + 100}")
            room.tell_printer("paper ok")
            client.expect("health READY")
            client.expect("health PAPER_OUT|state 1 FAILED")
        if "state 1 FAILED" not in client.seen:
            client.expect("state 1 FAILED")
        room.tell_printer("paper ok")
        time.sleep(1)
        self.assertEqual(room.paper().count(data), 0)
        self.assert_spool_empty(room, data)

    def test_paper_that_ends_with_the_slip(self):
        """The picture is on paper: it is not printed again for want of paper for the next one."""
        data = slip(2)
        for at in (len(data) - 7 + 1, len(data)):  # after the feed, after the cut
            with self.subTest(at=at):
                room = self.room()
                room.tell_printer(f"paper out after {at}")
                client = room.client(data)
                client.expect("state 1 (HELD|DONE)")
                room.tell_printer("paper ok")
                if "state 1 DONE" not in client.seen:
                    client.expect("state 1 DONE")
                pieces = room.paper() + room.paper("torn")
                self.assertEqual([p.startswith(data[:-4]) for p in pieces].count(True), 1, [len(p) for p in pieces])
                self.assertEqual([len(p) for p in pieces if not p.startswith(data[:-4]) and len(p) > 20], [])

    def test_cover_open(self):
        room, data = self.room(), slip()
        room.tell_printer("cover open")
        client = room.client(data)
        client.expect("health COVER_OPEN")
        client.expect("state 1 HELD")
        room.tell_printer("cover closed")
        client.expect("state 1 DONE")
        self.assertEqual(room.paper(), [data])

    def test_paper_low_prints_and_says_so(self):
        room, data = self.room(), slip()
        room.tell_printer("paper low")
        client = room.client(data)
        client.expect("state 1 DONE")
        client.expect("health PAPER_LOW") if "health PAPER_LOW" not in client.seen else None
        self.assertEqual(room.paper(), [data])

    def test_dead_from_the_start(self):
        room, data = self.room(), slip()
        room.tell_printer("dead")
        client = room.client(data)
        client.expect("health OFFLINE")
        client.expect("state 1 HELD")
        room.tell_printer("alive")
        client.expect("state 1 DONE")
        self.assertEqual(room.paper(), [data])

    def test_it_dies_in_the_middle(self):
        room, data = self.room(), slip()
        room.tell_printer(f"dead after {len(data) // 2}")
        client = room.client(data)
        client.expect("state 1 HELD")
        self.assertIn("health OFFLINE", client.seen)
        room.tell_printer("alive")
        client.expect("state 1 DONE")
        self.assert_once(room, data)
        self.assertEqual(len(room.paper()), 2, "the fragment is cut off from the whole slip")

    def test_the_cover_is_opened_while_it_is_sent(self):
        for clear in ("on", "off"):
            with self.subTest(clear=clear):
                room, data = self.room(), slip()
                room.tell_printer("clear " + clear)
                room.tell_printer(f"cover open after {len(data) // 2}")
                client = room.client(data)
                client.expect("health COVER_OPEN")
                client.expect("state 1 HELD")
                room.tell_printer("cover closed")
                client.expect("state 1 DONE")
                self.assert_once(room, data)
                self.assertEqual(len(room.paper()), 2 if clear == "on" else 1)

    def test_paper_runs_out_where_nothing_can_be_cleared(self):
        room, data = self.room(), slip()
        room.tell_printer("clear off")
        room.tell_printer(f"paper out after {len(data) // 2}")
        client = room.client(data)
        client.expect("state 1 HELD")
        room.tell_printer("paper ok")
        client.expect("state 1 DONE")
        self.assert_once(room, data)

    def test_the_cutter_jams(self):
        room, data = self.room(), slip(2)
        room.tell_printer("jam")
        client = room.client(data)
        client.expect("health ERROR")
        client.expect("state 1 HELD")
        room.tell_printer("unjam")
        client.expect("state 1 DONE", 15)
        self.assertEqual([p.startswith(data[:-7]) for p in room.paper()], [True], "it hung there whole, and was cut")

    def test_cupsd_dies_and_comes_back(self):
        room, data = self.room(), slip()
        room.cups.kill()
        client = room.client(data)
        client.expect("health OFFLINE")
        self.assertEqual([line for line in client.rest(1) if "QUEUED" not in line], [])
        room.cups.start()
        client.expect("state 1 DONE", 15)
        self.assertEqual(room.paper(), [data])


class RawBackends(Case):
    """Backends that know nothing of paper, and say in a message alone that the printer is not there."""

    def test_the_message_alone_tells(self):
        room, folder = self.deaf("INFO: Unable to connect to printer; will retry in 30 seconds.")
        data = slip(1)
        client = room.client(data)
        client.expect("health OFFLINE", 10)
        client.expect("state 1 HELD")
        open(folder + "/alive", "w").close()
        client.expect("state 1 DONE")
        self.assertEqual(open_bytes(folder + "/paper"), data)

    @unittest.skipUnless(os.path.exists("/usr/lib/cups/backend-available/socket")
                         or os.path.exists("/usr/lib/cups/backend/socket"),
                         "the socket backend is in Debian's package cups, which is not needed otherwise")
    def test_cups_own_socket_backend(self):
        room, data = self.room(device="socket"), slip()
        client = room.client(data)
        client.expect("state 1 DONE", 20)
        self.assertEqual(room.paper(), [data])
        room.tell_printer("dead")
        client.tell("submit " + room.job_file(data))
        client.expect("state 2 HELD", 30)
        room.tell_printer("alive")
        client.expect("state 2 DONE", 60)
        self.assertEqual(room.paper(), [data, data])


class MostlyWaiting(Case):
    def test_at_a_time(self):
        each_at_once(self, lambda do: do(), *[(do,) for do in (
            self.a_printer_without_status_requests_in_the_data,
            self.the_cover_is_opened_in_the_middle,
            self.the_cover_of_a_printer_that_cannot_be_cleared,
            self.a_printer_that_forgets_when_its_cover_is_opened,
            self.a_printer_that_says_nothing,
            self.nothing_tells_but_the_clock)])

    def a_printer_without_status_requests_in_the_data(self):
        room, data = self.room(), slip(2)
        room.tell_printer("gsr off")
        room.client(data).expect("state 1 DONE", 15)
        self.assertEqual(room.paper(), [data])

    def the_cover_is_opened_in_the_middle(self):
        data = slip(3)
        room = self.room(speed=len(data) / 2)
        client = room.client(data)
        client.expect("state 1 PRINTING")
        time.sleep(0.7)
        room.tell_printer("cover open")
        client.expect("health COVER_OPEN")
        client.expect("state 1 HELD")
        room.tell_printer("cover closed")
        client.expect("state 1 DONE", 15)
        self.assert_once(room, data)
        self.assertEqual(len(room.paper()), 2, "what had come out is cut off, the rest cleared from the printer")
        self.assertLess(len(room.paper()[0]), len(data))

    def the_cover_of_a_printer_that_cannot_be_cleared(self):
        data = slip(3)
        room = self.room(speed=len(data) / 2)
        room.tell_printer("clear off")
        client = room.client(data)
        client.expect("state 1 PRINTING")
        time.sleep(0.7)
        room.tell_printer("cover open")
        client.expect("health COVER_OPEN")
        client.expect("state 1 HELD")
        room.tell_printer("cover closed")
        client.expect("state 1 DONE", 15)
        self.assertEqual(room.paper(), [data], "the printer went on where it was")

    def a_printer_that_forgets_when_its_cover_is_opened(self):
        room, data = self.room(), slip()
        room.tell_printer("forgetful")
        room.tell_printer("clear off")
        room.tell_printer(f"cover open after {len(data) // 2}")
        client = room.client(data)
        client.expect("state 1 HELD")
        room.tell_printer("cover closed")
        client.expect("state 1 DONE", 40)
        self.assert_once(room, data)

    def a_printer_that_says_nothing(self):
        room, data = self.room(), slip()
        room.tell_printer("mute")
        client = room.client(data)
        client.expect("health OFFLINE")
        client.expect("state 1 HELD")
        room.tell_printer("speak")
        client.expect("state 1 DONE")
        self.assertEqual(room.paper(), [data])

    def nothing_tells_but_the_clock(self):
        room, folder = self.deaf("DEBUG: zzz")
        client = room.client(slip(1))
        client.expect("state 1 PRINTING")
        began = time.monotonic()
        client.expect("state 1 HELD", 30)
        self.assertGreater(time.monotonic() - began, 15)
        self.assertIn("health OFFLINE", client.seen)
        open(folder + "/alive", "w").close()
        client.expect("state 1 DONE")


class TakenBack(Case):
    def test_cancel_while_held(self):
        room, data = self.room(), slip()
        room.tell_printer("paper out")
        client = room.client(data)
        client.expect("state 1 HELD")
        client.tell("cancel 1")
        client.expect("state 1 FAILED")
        self.assert_spool_empty(room, data)
        room.tell_printer("paper ok")
        other = slip()
        client.tell("submit " + room.job_file(other))
        client.expect("state 2 DONE")
        self.assertEqual(room.paper(), [other])

    def test_cancel_in_the_middle_frees_the_next_slip(self):
        room, data = self.room(), slip()
        room.tell_printer(f"paper out after {len(data) // 2}")
        client = room.client(data)
        client.expect("state 1 HELD")
        client.tell("cancel 1")
        client.expect("state 1 FAILED")
        room.tell_printer("paper ok")
        other = slip()
        client.tell("submit " + room.job_file(other))
        client.expect("state 2 DONE")
        self.assertEqual(room.paper().count(other), 1)
        self.assertEqual(room.paper().count(data), 0)

    def test_a_fragment_of_a_cancelled_slip_never_hangs_on_the_next_voters(self):
        room, data = self.room(), slip()
        room.tell_printer(f"dead after {len(data) // 2}")
        client = room.client(data)
        client.expect("state 1 HELD")
        client.tell("cancel 1")
        client.expect("state 1 FAILED")
        room.tell_printer("alive")
        other = slip()
        client.tell("submit " + room.job_file(other))
        client.expect("state 2 DONE")
        self.assertEqual(room.paper()[1:], [other])
        self.assertTrue(data.startswith(room.paper()[0][:-6]), "the fragment and the cut")
        third = slip()
        client.tell("submit " + room.job_file(third))
        client.expect("state 3 DONE")
        self.assertEqual(room.paper()[1:], [other, third])

    def test_cancel_before_it_was_handed_over(self):
        room, jobs = self.room(), [slip(), slip(), slip()]
        room.tell_printer("paper out")
        client = room.client(*jobs)
        client.expect("state 1 HELD")
        client.tell("cancel 2")
        client.expect("state 2 FAILED")
        room.tell_printer("paper ok")
        client.expect("state 3 DONE")
        self.assertEqual(room.paper(), [jobs[0], jobs[2]])

    def test_closing_cancels(self):
        room, data = self.room(), slip()
        room.tell_printer("paper out")
        client = room.client(data)
        client.expect("state 1 HELD")
        client.tell("close")
        self.assertLess(int(client.expect(r"closed (\d+)")[1]), 2000)
        self.assert_spool_empty(room, data)
        room.tell_printer("paper ok")
        time.sleep(1)
        self.assertEqual(room.paper(), [])

    def test_what_a_killed_kiosk_left_does_not_come_out(self):
        room, data = self.room(), slip()
        room.tell_printer("paper out")
        client = room.client(data)
        client.expect("state 1 HELD")
        client.kill()
        self.assertTrue(room.cups.spool_holds(data[200:300]))
        client = room.client()
        client.expect("health (READY|PAPER_OUT)")
        self.assert_spool_empty(room, data)
        room.tell_printer("paper ok")
        other = slip()
        client.tell("submit " + room.job_file(other))
        client.expect("state 1 DONE")
        self.assertEqual(room.paper(), [other])

    def test_closing_is_quick_when_cupsd_hangs(self):
        room = self.room()
        room.tell_printer("paper out")
        client = room.client(slip())
        client.expect("state 1 HELD")
        os.kill(room.cups.process.pid, signal.SIGSTOP)
        try:
            time.sleep(0.5)
            client.tell("close")
            self.assertLess(int(client.expect(r"closed (\d+)")[1]), 2500)
        finally:
            os.kill(room.cups.process.pid, signal.SIGCONT)

    def test_closing_is_quick_when_the_server_never_answers(self):
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            deaf.listen(8)
            env = dict(os.environ, CUPS_SERVER="127.0.0.1:%d" % deaf.getsockname()[1])
            with tempfile.NamedTemporaryFile() as file:
                file.write(slip(1))
                file.flush()
                client = Program([built("print_client"), "cups:slip", file.name], env=env)
                self.addCleanup(client.kill)
                client.expect("state 1 QUEUED")
                client.tell("close")
                self.assertLess(int(client.expect(r"closed (\d+)")[1]), 2500)


class Files(unittest.TestCase):
    def test_numbered_files(self):
        with tempfile.TemporaryDirectory() as folder:
            jobs = [slip(1), slip(2), slip(3)]
            for i, job in enumerate(jobs):
                with open(f"{folder}/in{i}", "wb") as f:
                    f.write(job)
            for i in (0, 1):  # the second run goes on after the first one's
                client = Program([built("print_client"), f"file:{folder}/out", f"{folder}/in{i}"])
                client.expect("state 1 DONE")
                client.close()
            self.assertEqual(sorted(os.listdir(folder)), ["in0", "in1", "in2", "out.0001", "out.0002"])
            self.assertEqual([open_bytes(f"{folder}/out.000{n}") for n in (1, 2)], jobs[:2])

    def test_a_folder_that_is_not_there(self):
        with tempfile.NamedTemporaryFile() as job:
            job.write(slip(1))
            job.flush()
            client = Program([built("print_client"), "file:/nonexistent/out", job.name])
            self.addCleanup(client.kill)
            client.expect("health ERROR")
            client.expect("state 1 FAILED")

    def test_no_printer_and_unknown_ones(self):
        with tempfile.NamedTemporaryFile() as job:
            job.write(slip(1))
            job.flush()
            client = Program([built("print_client"), "", job.name])
            self.addCleanup(client.kill)
            client.expect("health NONE")
            client.expect("state 1 FAILED")
        for uri, words in (("lpt:1", "unsupported|not supported"), ("usb:", "invalid input"), ("cups:", "invalid input"),
                           ("cups:a/b", "invalid input"), ("file:", "invalid input")):
            client = Program([built("print_client"), uri])
            self.addCleanup(client.kill)
            line = client.expect(f"open ({words}): (.*)")
            self.assertGreater(len(line[2]), 20)


if __name__ == "__main__":
    unittest.main()
