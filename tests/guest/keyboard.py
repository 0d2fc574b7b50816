"""A scanner that types: QEMU's USB keyboard, a real HID device for the guest's kernel."""
import string
import time

# What QEMU's keyboard can hold is 16 events, and the kernel asks for one every 8 ms or so.
EVENT_S = 0.012
BATCH = 8

SHIFTED = dict(zip('!@#$%^&*()_+{}|:"<>?~', "1234567890-=[]\\;',./`"))
NAMES = {"-": "minus", "=": "equal", "[": "bracket_left", "]": "bracket_right", "\\": "backslash", ";": "semicolon",
         "'": "apostrophe", ",": "comma", ".": "dot", "/": "slash", "`": "grave_accent", " ": "spc", "\n": "ret",
         "\t": "tab"}
NAMES.update({each: each for each in string.ascii_lowercase + string.digits})


def key_event(name, down):
    return {"type": "key", "data": {"down": down, "key": {"type": "qcode", "data": name}}}


def events(text):
    shift = False
    for char in text:
        plain = SHIFTED.get(char, char.lower())
        if (plain != char) != shift:
            shift = not shift
            yield key_event("shift", shift)
        yield key_event(NAMES[plain], True)
        yield key_event(NAMES[plain], False)
    if shift:
        yield key_event("shift", False)


class Keyboard:
    def __init__(self, guest, name="scanner"):
        self.guest, self.name = guest, name
        self.path = f"/dev/input/by-id/usb-QEMU_QEMU_USB_Keyboard_{name}-event-kbd"

    def plug(self):
        self.guest.qmp("device_add", driver="usb-kbd", id=self.name, serial=self.name, bus="xhci.0")

    def unplug(self):
        self.guest.qmp("device_del", id=self.name)

    def type(self, text):
        for number, event in enumerate(events(text), 1):
            self.guest.qmp("input-send-event", events=[event])
            time.sleep(EVENT_S)
            if number % BATCH == 0:
                self.guest.ping()
