"""The devices on a real kernel, with udev, evdev and unplugging: in a guest, which is booted once."""
import os
import re
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "devices")]
import kernel  # noqa: E402
from devices import SerialAdapter, Simulated, UsbDevice  # noqa: E402
from guest import Guest  # noqa: E402
from keyboard import Keyboard  # noqa: E402
from sim_cardreader import check_digit  # noqa: E402
from support import built  # noqa: E402

TEST_TIMEOUT_S = 120
WAIT_S = 20  # the guest's processor is emulated, and other tests run beside it
LISTEN = ["/usr/bin/python3", "-I", "-S", os.path.join(HERE, "listen.py")]

guest = Guest()


def setUpModule():
    try:
        fetched, booted = guest.boot()
    except kernel.Missing as missing:
        guest.stop()
        raise unittest.SkipTest(f"no guest: {missing}") from None
    except BaseException:
        guest.stop()
        raise
    print(f"guest: kernel there after {fetched:.1f} s, up after {booted:.1f} s", flush=True)


def tearDownModule():
    for line in guest.shell("cat /tmp/stderr 2>/dev/null | tail -n 50"):
        print("in the guest:", line)
    print(guest.console(), flush=True)
    guest.stop()


def number(seed):
    first = f"410526{1950 + seed // 1000}0101{seed % 1000:03d}"
    return first + check_digit(first)


class Case(unittest.TestCase):
    def keep(self, thing, end="stop"):
        self.addCleanup(getattr(thing, end))
        return thing

    def client(self, kind, uri, **rights):
        return self.keep(guest.program([built("device_client"), kind, uri], **rights), "kill")

    def listener(self, kind, path):
        listener = self.keep(guest.program(LISTEN + [kind, path]), "kill")
        listener.expect("ready", WAIT_S)
        return listener

    def assert_reads(self, reader, client, seed):
        reader.do(f"card 张三 {number(seed)}")
        client.expect(f"card resident {number(seed)} 张三", WAIT_S)
        self.take_away(reader)

    def take_away(self, reader):
        reader.do("remove")
        time.sleep(1)  # or the next card would be the same one, found again

    def assert_closes(self, client, limit_ms=1000):
        self.assertEqual(client.close(), 0)
        self.assertLess(int(client.expect(r"closed (\d+)")[1]), limit_ms)


class TypingScanner(Case):
    """A scanner that is a keyboard to the kernel (USB HID)."""

    def setUp(self):
        self.scanner = Keyboard(guest)
        self.scanner.plug()
        self.addCleanup(self.scanner.unplug)

    def test_its_codes_are_read_and_not_one_key_reaches_anybody_else(self):
        client = self.client("scan", "evdev:" + self.scanner.path)
        client.expect("health 1", WAIT_S)
        others = [self.listener("evdev", self.scanner.path), self.listener("tty", "/dev/tty1"),
                  self.keep(guest.program([built("sdl_keys")], env={"SDL_VIDEODRIVER": "evdev"}), "kill")]
        others[2].expect("ready evdev", WAIT_S)
        codes = ["https://Example.cn/a?b=1_2-3", "DH1.K7PMQ2+x/9=", "~!@#$%^&*()_+{}|:\"<>", "0123456789"]
        for code in codes:
            self.scanner.type(code + "\n")
            self.assertEqual(client.expect(r"code (\d+) (.*)", WAIT_S)[2], code)
        keys = sum(len(code) + 1 for code in codes)
        leaked = [line for other in others for line in other.rest(0.3)]
        print(f"guest: {len(codes)} codes of {keys} characters typed, {len(leaked)} keys leaked", flush=True)
        self.assertEqual(leaked, [])
        self.assert_closes(client)
        # And it was the grab: now all three hear it.
        self.scanner.type("a\n")
        others[0].expect("key 30", WAIT_S)
        others[1].expect("typed 61", WAIT_S)
        others[2].expect("key A", WAIT_S)

    def test_unplugged_in_the_middle_of_a_code_and_back(self):
        client = self.client("scan", "evdev:" + self.scanner.path)
        client.expect("health 1", WAIT_S)
        for code in ("FIRST", "SECOND", "THIRD"):
            self.scanner.type("LOST")
            self.scanner.unplug()
            client.expect("health 0", WAIT_S)
            self.scanner.plug()
            client.expect("health 1", WAIT_S)
            self.scanner.type(code + "\n")
            client.expect(f"code {len(code)} {code}", WAIT_S)
        # A code without its end is told after a silence; never joined to the next one.
        self.assertEqual([line for line in client.seen if line.startswith("code") and re.search("LOST.", line)], [])
        self.assert_closes(client)


class SerialLines(Case):
    """Real USB serial adapters: ftdi_sio and cdc_acm, whose tty goes away with the plug."""

    def adapter(self, script):
        simulated = self.keep(Simulated(script))
        return simulated, self.keep(SerialAdapter(guest, simulated.place))

    def test_a_card_reader_on_a_usb_serial_adapter(self):
        reader, adapter = self.adapter("sim_cardreader.py")
        client = self.client("card", "serial:" + adapter.path)
        client.expect("health 1", WAIT_S)
        self.assert_reads(reader, client, 1)
        for seed in (2, 3):
            # In the middle of the exchange: it is asked to read, and the card's bytes do not come through.
            reader.do(f"card 李四 {number(10 + seed)}")
            reader.program.expect("asked select", WAIT_S)
            adapter.unplug()
            client.expect("health 0", WAIT_S)
            reader.do("remove")
            adapter.plug()
            client.expect("health 1", WAIT_S)
            self.assert_reads(reader, client, seed)
        self.assert_closes(client)

    def test_a_scanner_on_a_usb_serial_adapter(self):
        scanner, adapter = self.adapter("sim_scanner.py")
        client = self.client("scan", "serial:" + adapter.path)
        client.expect("health 1", WAIT_S)
        for code in ("ONE", "TWO", "THREE"):
            scanner.do("scan " + code)
            client.expect(f"code {len(code)} {code}", WAIT_S)
            adapter.unplug()
            client.expect("health 0", WAIT_S)
            adapter.plug()
            client.expect("health 1", WAIT_S)
        self.assert_closes(client)

    def test_a_scanner_that_is_a_modem_to_the_kernel(self):
        scanner = self.keep(Simulated("sim_scanner.py"))
        device = self.keep(UsbDevice(guest, "acm", scanner.place))
        client = self.client("scan", "serial:/dev/serial/by-id/usb-Sim_QR_scanner_S001-if00")
        client.expect("health 0", WAIT_S)
        for code in ("ONE", "TWO", "THREE"):
            device.plug()
            client.expect("health 1", WAIT_S)
            scanner.do("scan " + code)
            client.expect(f"code {len(code)} {code}", WAIT_S)
            device.unplug()
            client.expect("health 0", WAIT_S)
        self.assert_closes(client)


if __name__ == "__main__":
    unittest.main()
