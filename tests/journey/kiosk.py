"""The kiosk under test: started on a Display, followed through what it says of its frames, worked by touch.

`kiosk --describe FILE` appends, after every presented frame whose targets changed, one JSON line:
  {"frame":N,"screen":"home","targets":[{"id":"home.report","label":"我要反映","rect":[x,y,w,h],"enabled":true}…],
   "fields":{"write.text":12},"said":{"toast":"…","code":"…","paper":"…","countdown_s":0,"pause_s":0,"receipt":""}}
with the labels of buttons, the lengths of fields and the kiosk's own messages, but nobody's words.
"""
import json
import os
import tempfile
import time

from process import BUILD, Program, wait_until

START_S = 20
SCREEN_S = 10
SETTLED_S = 0.06   # targets unchanged for this long: no transition is under way


class State:
    """What one described frame offered."""

    def __init__(self, line):
        told = json.loads(line)
        self.frame, self.screen = told["frame"], told["screen"]
        self.targets, self.fields, self.said = told["targets"], told.get("fields", {}), told.get("said", {})

    def find(self, key):
        """The target with this id, or else with this label; None if there is none."""
        for attribute in ("id", "label"):
            for target in self.targets:
                if target.get(attribute) == key:
                    return target
        return None

    def ids(self, prefix=""):
        return [target["id"] for target in self.targets if target["id"].startswith(prefix)]

    def __str__(self):
        offered = ", ".join(f"{t['id']}{'' if t.get('enabled', True) else ' (off)'}" for t in self.targets)
        return f"frame {self.frame}, screen {self.screen}, offering {offered or 'nothing'}; fields {self.fields}, said {self.said}"


class Kiosk:
    def __init__(self, display, data, args=(), env=None):
        self.display, self.data, self.args = display, str(data), list(args)
        self.dir = tempfile.mkdtemp(prefix="kiosk-run-")
        self.log = os.path.join(self.dir, "kiosk.log")
        self.described = os.path.join(self.dir, "described")
        self.extra_env = env or {}
        self.program, self.reader = None, None
        self.states, self.rest, self.told_at = [], b"", 0.0

    def start(self, screen=None):
        """Start it and wait for its first frame, or for the named screen."""
        open(self.described, "wb").close()
        self.reader = open(self.described, "rb")
        self.states, self.rest = [], b""
        command = [os.path.join(BUILD, "kiosk"), "--data", self.data, "--window",
                   f"{self.display.width}x{self.display.height}", "--describe", self.described, *self.args]
        self.program = Program(command, self.log, env={**self.display.environment(), **self.extra_env})
        if screen:
            self.wait_screen(screen, START_S)
        else:
            self.wait(lambda state: True, "a first frame", START_S)
        return self

    @property
    def pid(self):
        return self.program.pid

    def stop(self):
        if not self.program:
            return None
        status = self.program.stop()
        self._close()
        return status

    def kill9(self):
        if self.program:
            self.program.kill9()
        self._close()

    def pss_kb(self):
        return self.program.pss_kb()

    def cpu_ticks(self):
        return self.program.cpu_ticks()

    def memory_contains(self, needle):
        return self.program.memory_contains(needle)

    def output(self):
        return self.program.output()

    # ---- what it shows ----

    def current(self):
        self._read()
        return self.states[-1] if self.states else None

    def screen(self):
        state = self.current()
        return state.screen if state else None

    def field(self, name):
        return self.current().fields.get(name)

    def find(self, key):
        state = self.current()
        return state.find(key) if state else None

    def wait(self, condition, what, timeout=SCREEN_S):
        """Wait until the condition holds of the current state, and return what it said."""
        def check():
            self._read()
            value = bool(self.states) and condition(self.states[-1])
            if not value:
                self.program.must_run()
            return value
        return wait_until(check, timeout, lambda: f"{what}; last: {self.current()}\n{self.output()[-2000:]}")

    def wait_screen(self, name, timeout=SCREEN_S):
        return self.wait(lambda state: state.screen == name and state, f"screen {name}", timeout)

    def wait_target(self, key, timeout=SCREEN_S):
        """Wait until it is there and can be acted on."""
        def usable(state):
            target = state.find(key)
            return target if target and target.get("enabled", True) else None
        return self.wait(usable, f"target {key}", timeout)

    def wait_gone(self, key, timeout=SCREEN_S):
        return self.wait(lambda state: not state.find(key), f"target {key} going away", timeout)

    def wait_field(self, name, length, timeout=SCREEN_S):
        return self.wait(lambda state: state.fields.get(name) == length, f"field {name} of {length}", timeout)

    def wait_said(self, what, part, timeout=SCREEN_S):
        """Wait until the message of this kind (toast, code, paper) has these words in it."""
        return self.wait(lambda state: part in state.said.get(what, ""), f"{what} saying {part}", timeout)

    def settle(self, quiet=SETTLED_S, timeout=5.0):
        """Wait until the targets have stayed where they are for a moment."""
        def calm():
            self._read()
            return time.monotonic() - self.told_at >= quiet
        wait_until(calm, timeout, "targets coming to rest")

    # ---- working it ----

    def tap(self, key, timeout=SCREEN_S, hold=0.04):
        """Touch the middle of a target, scrolling it into sight if need be."""
        self.wait_target(key, timeout)
        self.settle()
        target = self.reveal(key)
        self.display.tap(*self._middle(target["rect"]), hold=hold)

    def tap_to(self, key, screen, timeout=SCREEN_S):
        self.tap(key, timeout)
        return self.wait_screen(screen, timeout)

    def reveal(self, key, tries=30):
        """Scroll until the middle of the target is on the screen; the target as it then is."""
        for _ in range(tries):
            target = self.wait_target(key)
            x, y = self._middle(target["rect"])
            if 0 <= x < self.display.width and 0 <= y < self.display.height:
                return target
            self._scroll_towards(y)
            self.settle()
        raise AssertionError(f"{key} cannot be scrolled into sight: {self.current()}")

    def draw(self, key, strokes, square=False, **how):
        """Write strokes (points from 0 to 1) into a target, keeping off its edge; `square`: as high as wide, in its middle."""
        target = self.wait_target(key)
        x, y, w, h = target["rect"]
        edge = 0.06
        if square:
            side = min(w, h)
            x, y, w, h = x + (w - side) / 2, y + (h - side) / 2, side, side
        self.display.draw(strokes, (x + w * edge, y + h * edge, w * (1 - 2 * edge), h * (1 - 2 * edge)), **how)

    def swipe(self, key, start, end, **how):
        """Swipe within a target, between points given as parts of its width and height."""
        x, y, w, h = self.wait_target(key)["rect"]
        at = [(x + px * w, y + py * h) for px, py in (start, end)]
        self.display.swipe(*at, **how)

    def _middle(self, rect):
        x, y, w, h = rect
        return x + w / 2, y + h / 2

    def _scroll_towards(self, y):
        # Along the margin's inner edge, where no target begins, and slow at its end so that it does not fling.
        w, h = self.display.width, self.display.height
        near, far = (w * 0.5, h * 0.42), (w * 0.5, h * 0.68)
        start, end = (far, near) if y >= h else (near, far)
        self.display.touch.stroke([start, end, end], interval=0.012, steps=16)

    def _read(self):
        data = self.reader.read() if self.reader else b""
        if not data:
            return
        *lines, self.rest = (self.rest + data).split(b"\n")
        if lines:
            self.states += [State(line) for line in lines]
            self.told_at = time.monotonic()

    def _close(self):
        self._read()
        if self.reader:
            self.reader.close()
        self.reader = None
