"""What a voter does at the kiosk, by touch, in steps that the tests put together."""
import strokes
from process import wait_until

HAND = strokes.load()
PEN = {"interval": 0.004, "pause": 0.03, "step_px": 22.0}


class Voter:
    """At a running kiosk. What was written so far is remembered, so that each step can be checked by its length."""

    PATIENCE_S = 0.15   # candidates that stay that long are those of the last stroke, not of one before

    def __init__(self, kiosk):
        self.kiosk = kiosk
        self.text = ""

    # ---- getting about ----

    def begin(self):
        if self.kiosk.screen() == "attract":
            self.kiosk.tap("attract.begin")
        self.kiosk.wait_screen("home")
        self.text = ""
        return self

    def to_writing(self, kind="opinion", subject="roads", village=None, deputy=None):
        """Up to the writing screen: to whoever is on duty, or to a deputy of the village."""
        k = self.kiosk
        k.tap_to("home.report", "kind")
        k.tap_to(f"kind.{kind}", "subject")
        k.tap_to(f"subject.{subject}", "deputy")
        if village:
            self.choose_deputy(village, deputy)
        else:
            k.tap("deputy.duty")
        k.wait_screen("write")
        return self

    def choose_deputy(self, village, deputy):
        self.kiosk.tap(village)
        self.kiosk.wait_target("deputy.other")
        self.kiosk.tap(deputy)

    # ---- writing ----

    def write(self, text, field="write.text"):
        """By hand, one character after the other; punctuation from its keys."""
        for character in text:
            if character in HAND:
                self.kiosk.draw("input.pad", HAND[character], square=True, **PEN)
                self._take(character)
            else:
                self._mark(character)
            self._written(character, field)
        return self

    def type_pinyin(self, letters, word, field="write.text"):
        """Letters on the keys, then the candidate that reads so."""
        for letter in letters:
            self.kiosk.tap("input.key." + letter)
        self._take(word)
        self._written(word, field)
        return self

    def type_digits(self, digits, field):
        for number, digit in enumerate(digits):
            self.kiosk.tap("input.key." + digit)
            self.kiosk.wait_field(field, number + 1)
        return self

    def _written(self, words, field):
        if field == "write.text":
            self.text += words
            self.kiosk.wait_field(field, len(self.text.encode()))

    def _take(self, word):
        def place(state):
            return next((t["id"] for t in state.targets
                         if t["label"] == word and t["id"].startswith("input.candidate.")), None)
        self.kiosk.wait(lambda state: state.find("input.more"), f"candidates, {word} among them")
        self.kiosk.settle(self.PATIENCE_S)
        if not place(self.kiosk.current()):
            self.kiosk.tap("input.more")
        self.kiosk.tap(self.kiosk.wait(place, f"the candidate {word}"))

    def _mark(self, character):
        self.kiosk.tap("input.marks")
        self.kiosk.tap("input.key." + character)
        self.kiosk.tap("input.letters")

    # ---- who they are ----

    def anonymous(self):
        self.kiosk.tap_to("bar.go", "who")
        self.kiosk.tap_to("who.anonymous", "review")
        return self

    def name_and_phone(self, name, phone):
        self.kiosk.tap_to("who.name", "name")
        self.write(name, field="name.name")
        self.kiosk.wait_field("name.name", len(name.encode()))
        self.kiosk.tap("name.phone")
        self.type_digits(phone, "name.phone")
        self.kiosk.tap_to("bar.go", "review")
        return self

    def record(self):
        """Speaks for a second and more; the recording is there to be played."""
        k = self.kiosk
        k.tap("write.voice")
        k.wait(lambda state: state.find("开始说话"), "the round key")
        k.tap("voice.main")
        k.wait(lambda state: state.find("停止"), "recording")
        k.settle(1.2)
        k.tap("voice.main")
        k.wait(lambda state: state.find("听一遍"), "a recording")
        return self

    # ---- the end of it ----

    def submit(self):
        self.kiosk.tap_to("bar.go", "done", timeout=20)
        return self

    def leave(self):
        self.kiosk.tap_to("bar.back", "home")
        return self

    # ---- what became of it ----

    def look_up(self, code):
        """Types the code (dashes left out) and asks."""
        self.kiosk.tap_to("home.query", "query")
        self.type_code(code)
        self.kiosk.tap("bar.go")
        return self

    def wait_answered(self, code):
        """On the case's screen: comes back later until the answer has come down."""
        def answered():
            if self.kiosk.find("case.satisfied"):
                return True
            self.leave()
            self.look_up(code)
            self.kiosk.wait_screen("case")
            self.kiosk.settle()
            return False
        wait_until(answered, 30, "an answer at the kiosk", interval=0.5)

    def type_code(self, code):
        for number, character in enumerate(code.replace("-", "")):
            self.kiosk.tap("query.key." + character)
            self.kiosk.wait_field("query.code", number + 1)
        return self
