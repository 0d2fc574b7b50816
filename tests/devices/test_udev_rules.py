"""The udev rules, by systemd's own udev on emulated devices: who may open what; and their tables are the program's."""
import grp
import os
import re
import shutil
import subprocess
import tempfile
import unittest

TEST_TIMEOUT_S = 60
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RULES = os.path.join(TOP, "udev", "70-deputies-home.rules")
GROUP, GID = "deputies-home", 7777
USB = "/devices/pci0000:00/0000:00:14.0/usb1"
# As `udevadm info` of a real keyboard and of a mouse has them.
KEYBOARD = ("120013", "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe")
MOUSE = ("17", "70000 0 0 0 0")


def text(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def usb(number, vendor, product, interface_class="ff", name="", sub="0000"):
    """Descriptors as in USB 2.0, 9.6: device, configuration, one interface with one endpoint."""
    swapped = vendor[2:] + vendor[:2] + product[2:] + product[:2]
    descriptors = (f"1201000200000040{swapped}000100000001" "090219000101008032" f"0904000001{interface_class}{sub}00"
                   "07050102400000")
    return (f"P: {USB}/1-{number}\nN: bus/usb/001/{number:03}\nE: DEVTYPE=usb_device\n"
            f"E: DEVNAME=/dev/bus/usb/001/{number:03}\nE: SUBSYSTEM=usb\nE: MAJOR=189\nE: MINOR={number}\n"
            f"A: idVendor={vendor}\nA: idProduct={product}\nA: product={name}\\n\nH: descriptors={descriptors}\n\n")


def keys(number, capabilities):
    events, bits = capabilities
    path = f"{USB}/1-{number}/1-{number}:1.0/0003:0001/input/input{number}"
    return (f"P: {path}\nE: SUBSYSTEM=input\nE: PRODUCT=3/1/1/111\nE: NAME=\"x\"\nE: EV={events}\nE: KEY={bits}\n"
            f"A: capabilities/ev={events}\nA: capabilities/key={bits}\n\n"
            f"P: {path}/event{number}\nN: input/event{number}\nE: DEVNAME=/dev/input/event{number}\n"
            f"E: SUBSYSTEM=input\nE: MAJOR=13\nE: MINOR={number}\n\n"), f"{path}/event{number}"


def line(name, number):
    path = f"{USB}/1-{number}/1-{number}:1.0/{name}/tty/{name}"
    return f"P: {path}\nN: {name}\nE: DEVNAME=/dev/{name}\nE: SUBSYSTEM=tty\nE: MAJOR=188\nE: MINOR={number}\n\n", path


class Rules(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="dhudev.")
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        with open(os.path.join(cls.dir, "group"), "w", encoding="utf-8") as file:
            file.write("".join(f"{g.gr_name}:x:{g.gr_gid}:\n" for g in grp.getgrall() if g.gr_name != GROUP)
                       + f"{GROUP}:x:{GID}:\n")
        os.mkdir(os.path.join(cls.dir, "rules"))
        shutil.copy(RULES, os.path.join(cls.dir, "rules"))

    def udev(self, devices, path, rules="rules"):
        """What udev would do to a device, in a mount namespace where our rules and our group are installed."""
        described = os.path.join(self.dir, "devices")
        with open(described, "w", encoding="utf-8") as file:
            file.write(devices)
        script = ('mount --bind "$1/$2" /etc/udev/rules.d && mount --bind "$1/group" /etc/group && mount -t tmpfs none /run '
                  '&& exec umockdev-run -d "$1/devices" -- udevadm test "/sys$3"')
        run = subprocess.run(["unshare", "-rm" if os.getuid() else "-m", "sh", "-c", script, "sh", self.dir, rules, path],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=30)
        self.assertIn("70-deputies-home.rules", run.stdout, run.stdout)
        ours = re.findall(r"70-deputies-home\.rules:(\d+) (.*)", run.stdout)
        return run.stdout, [what for _, what in ours]

    def assert_ours(self, devices, path, ours=True):
        told, done = self.udev(devices, path)
        self.assertEqual(done, [f"GROUP {GID}", "MODE 0660"] if ours else [], told)
        return told

    def test_readers(self):
        for vendor, product in (("0400", "c35a"), ("0483", "5652"), ("0316", "5020"), ("9573", "4836")):
            with self.subTest(vendor):
                self.assert_ours(usb(1, vendor, product), USB + "/1-1")
        self.assert_ours(usb(1, "0483", "5740"), USB + "/1-1", ours=False)

    def test_printers(self):
        self.assert_ours(usb(2, "0416", "5011", "07", sub="0102"), USB + "/1-2")
        self.assert_ours(usb(2, "0416", "5011", "08", sub="0102"), USB + "/1-2", ours=False)

    def test_lines(self):
        for name in ("ttyUSB0", "ttyACM12"):
            told = self.assert_ours(*line(name, 3))
            self.assertIn("ID_MM_DEVICE_IGNORE=1", told)
        self.assert_ours(*line("ttyS0", 3), ours=False)

    def test_scanners_that_type_and_no_other_keyboard(self):
        for vendor, name, capabilities, ours in (("1eab", "HID KBW", KEYBOARD, True), ("0c2e", "", KEYBOARD, True),
                                                 ("1234", "USB BarCode Device", KEYBOARD, True),
                                                 ("1234", "2D Scanner", KEYBOARD, True), ("046d", "Keyboard", KEYBOARD, False),
                                                 ("05e0", "mouse of a scanner's maker", MOUSE, False)):
            with self.subTest(name or vendor):
                described, path = keys(4, capabilities)
                self.assert_ours(usb(4, vendor, "0001", "03", name) + described, path, ours)

    def test_a_mistake_would_be_seen(self):
        os.mkdir(os.path.join(self.dir, "bad"))
        with open(os.path.join(self.dir, "bad", "70-deputies-home.rules"), "w", encoding="utf-8") as file:
            file.write(text("udev/70-deputies-home.rules").replace("ATTR{idVendor}==\"0400\"", "ATTR{idVendor}=\"0400\" GROP==\"x\"", 1))
        told, done = self.udev(usb(1, "0400", "c35a"), USB + "/1-1", "bad")
        self.assertNotEqual(done, [f"GROUP {GID}", "MODE 0660"], told)


class Tables(unittest.TestCase):
    def test_readers_are_the_programs(self):
        table = re.search(r"KNOWN\[\] = \{(.*?)\n\};", text("kiosk/devices/reader_usb.c"), re.S)[1]
        code = re.findall(r"\{ 0x([0-9a-f]{4}), 0x([0-9a-f]{4}) \}", table)
        rules = re.findall(r'ATTR\{idVendor\}=="([0-9a-f]{4})", ATTR\{idProduct\}=="([0-9a-f]{4})"', text(RULES))
        self.assertGreaterEqual(len(code), 4)
        self.assertEqual(sorted(rules), sorted(code))

    def test_scanners_makers_are_the_programs(self):
        table = re.search(r"SCANNER_VENDORS\[\] = \{(.*?)\n\};", text("kiosk/devices/plugged.c"), re.S)[1]
        code = re.findall(r"^\t0x([0-9a-f]{4}),", table, re.M)
        rules = re.findall(r'^ATTRS\{idVendor\}=="([0-9a-f]{4})"', text(RULES), re.M)
        self.assertGreaterEqual(len(code), 6)
        self.assertEqual(sorted(rules), sorted(code))


if __name__ == "__main__":
    unittest.main()
