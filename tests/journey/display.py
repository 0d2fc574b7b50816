"""A private screen for a test: Xorg on the dummy video driver, with a touch panel and a keyboard of ours."""
import os
import shutil
import signal
import subprocess
import tempfile
import time

import png
from process import own_child, wait_until
from touch import Keyboard, TouchPanel
from xclient import XClient

CONFIG = """
Section "ServerFlags"
	Option "AutoAddDevices" "false"
	Option "AutoAddGPU" "false"
	Option "AutoEnableDevices" "true"
	Option "DontZap" "true"
	Option "BlankTime" "0"
	Option "StandbyTime" "0"
	Option "SuspendTime" "0"
	Option "OffTime" "0"
EndSection
Section "Device"
	Identifier "card"
	Driver "dummy"
	VideoRam {video_ram}
EndSection
Section "Monitor"
	Identifier "panel"
	HorizSync 1.0-1000.0
	VertRefresh 1.0-1000.0
	Modeline {modeline}
EndSection
Section "Screen"
	Identifier "screen"
	Device "card"
	Monitor "panel"
	DefaultDepth 24
	SubSection "Display"
		Depth 24
		Modes "{width}x{height}"
		Virtual {width} {height}
	EndSubSection
EndSection
Section "InputDevice"
	Identifier "touch"
	Driver "inputtest"
	Option "SocketPath" "{dir}/touch"
	Option "DeviceType" "Touch"
	Option "TouchCount" "10"
EndSection
Section "InputDevice"
	Identifier "keys"
	Driver "inputtest"
	Option "SocketPath" "{dir}/keys"
	Option "DeviceType" "Keyboard"
EndSection
Section "ServerLayout"
	Identifier "layout"
	Screen "screen"
	InputDevice "touch" "SendCoreEvents"
	InputDevice "keys" "CoreKeyboard"
EndSection
"""


class DisplayError(Exception):
    pass


def _modeline(width, height):
    """Any mode at 60 Hz: the dummy driver has no panel that could mind the blanking."""
    h = (width, width + 24, width + 56, width + 120)
    v = (height, height + 3, height + 8, height + 24)
    clock = h[3] * v[3] * 60 / 1e6
    numbers = " ".join(str(n) for n in h + v)
    return f'"{width}x{height}" {clock:.3f} {numbers} -hsync +vsync'


class Display:
    def __init__(self, width=1080, height=1920):
        self.width, self.height = width, height
        self.process = self.client = self.touch = self.keyboard = None
        self.dir = tempfile.mkdtemp(prefix="kiosk-display-")
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def environment(self):
        """What a program needs to open its window here, and not on a display that the caller may have."""
        env = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "XAUTHORITY")}
        env.update(DISPLAY=self.name, SDL_VIDEODRIVER="x11")
        return env

    def screenshot(self, path=None):
        picture = self.client.screenshot()
        if path:
            picture.save(path)
        return picture

    def pixel(self, x, y):
        return self.client.screenshot(x, y, 1, 1).pixel(0, 0)

    def same_as(self, reference, tolerance=0.02, diff_dir=None):
        """Whether at most this share of the pixels differs from the PNG; if not, what was seen and where it
        differs lie beside each other in diff_dir."""
        seen, want = self.screenshot(), png.load(reference)
        count, shown = seen.differing(want)
        if count <= tolerance * seen.width * seen.height:
            return True
        diff_dir = diff_dir or os.environ.get("KIOSK_TEST_OUTPUT") or tempfile.gettempdir()
        os.makedirs(diff_dir, exist_ok=True)
        stem = os.path.join(diff_dir, os.path.splitext(os.path.basename(reference))[0])
        seen.save(stem + ".seen.png")
        shown.save(stem + ".diff.png")
        print(f"{count} pixels differ from {reference}: see {stem}.seen.png and {stem}.diff.png")
        return False

    # The panel's gestures, by the names that the tests use.
    def tap(self, x, y, **how):
        self.touch.tap(x, y, **how)

    def swipe(self, start, end, **how):
        self.touch.swipe(start, end, **how)

    def draw(self, strokes, rect, **how):
        self.touch.draw(strokes, rect, **how)

    def stop(self):
        for part in (self.touch, self.keyboard, self.client):
            if part:
                part.close()
        self.touch = self.keyboard = self.client = None
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def _start(self):
        config, log = os.path.join(self.dir, "xorg.conf"), os.path.join(self.dir, "xorg.log")
        with open(config, "w") as out:
            out.write(CONFIG.format(dir=self.dir, width=self.width, height=self.height,
                                    modeline=_modeline(self.width, self.height),
                                    video_ram=max(32768, self.width * self.height * 8 // 1024)))
        ready, tell = os.pipe()
        command = ["Xorg", "-displayfd", str(tell), "-config", config, "-logfile", log, "-noreset", "-nolisten",
                   "tcp", "-ac", "-keeptty", "-novtswitch", "-sharevts", "-s", "0", "-dpms"]
        with open(os.path.join(self.dir, "xorg.out"), "wb") as out:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                            pass_fds=[tell], preexec_fn=own_child)
        os.close(tell)
        try:
            self.name = ":" + self._read_number(ready)
        finally:
            os.close(ready)
        self.client = XClient(int(self.name[1:]))
        if (self.client.width, self.client.height) != (self.width, self.height):
            raise DisplayError(f"Xorg made a screen of {self.client.width}x{self.client.height}: {self._log_tail()}")
        for name in ("touch", "keys"):
            wait_until(lambda: os.path.exists(os.path.join(self.dir, name)), 10, f"inputtest socket {name}")
        self.touch = TouchPanel(os.path.join(self.dir, "touch"), self.width, self.height)
        self.keyboard = Keyboard(os.path.join(self.dir, "keys"))

    def _read_number(self, ready):
        os.set_blocking(ready, False)
        text, deadline = b"", time.monotonic() + 20
        while not text.endswith(b"\n"):
            if self.process.poll() is not None:
                raise DisplayError(f"Xorg ended with status {self.process.returncode}: {self._log_tail()}")
            if time.monotonic() > deadline:
                raise DisplayError(f"Xorg did not come up within 20 s: {self._log_tail()}")
            try:
                text += os.read(ready, 64)
            except BlockingIOError:
                time.sleep(0.02)
        return text.decode().strip()

    def _log_tail(self):
        try:
            with open(os.path.join(self.dir, "xorg.log"), errors="replace") as file:
                lines = [line for line in file if "(EE)" in line] or ["no error in its log\n"]
        except OSError:
            return "it left no log"
        return "".join(lines[-8:])
