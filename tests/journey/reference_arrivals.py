"""The reference pictures of deputies' screens: the list of activities, the room, signing in, one's own attendance, leave."""
import time

from deputies import Office, id_number
from process import wait_until

REST_S = 1.0      # a card that was taken away is a new card after this long
NINE = 1795654800000      # 2026-11-26 09:00 in the room, forty minutes before the office hours of the pictures
HOUR_MS = 3600_000
STRANGER = "110101199003078515"


class Arrivals:
    """A part of a visit (reference.Visit), from its home screen and back to it."""

    def __init__(self, visit, reader):
        self.visit, self.kiosk, self.reader = visit, visit.kiosk, reader

    def hold(self, name, screen, number=None):
        self.reader.tell(f"card {name} {number or id_number(name)}")
        self.kiosk.wait_screen(screen)
        self.reader.tell("remove")

    def foot(self):
        """The line that counts down, below the keys."""
        x, y, w, h = self.kiosk.wait_target("signed.back")["rect"]
        return (0, y + h, self.visit.width, self.visit.height - y - h)

    def signed(self, name):
        """The picture of the result, and home."""
        self.visit.shot(name, self.foot())
        self.kiosk.tap_to("signed.back", "home")
        time.sleep(REST_S)

    def play(self):
        v, k = self.visit, self.kiosk
        k.tap_to("home.activities", "activities")
        v.shot("activities")
        v.in_other_ways("activities")
        k.tap(next(t["id"] for t in k.current().targets if t["id"].startswith("activities.")))
        k.wait_screen("room")
        v.shot("room")
        k.tap_to("bar.back", "activities")
        k.tap_to("bar.back", "home")
        self.hold("马建国", "signed")
        self.signed("signed")
        for way, touches in (("large", ["bar.large"]), ("hant", ["bar.language"]), ("en", ["bar.language"] * 2)):
            for key in touches:
                k.tap(key)
            self.hold("马建国", "signed")
            self.signed("signed-already." + way)
        self.own()
        self.hold("王二", "signed", STRANGER)
        self.signed("signed-problem")
        self.several()

    def own(self):
        v, k = self.visit, self.kiosk
        k.tap_to("home.activities", "activities")
        k.tap_to("bar.go", "identify")
        v.shot("identify")
        self.hold("周玉兰", "self")
        v.shot("self")
        v.in_other_ways("self")
        k.tap(next(t["id"] for t in k.current().targets if t["id"].startswith("self.leave.")))
        k.wait_screen("leave")
        k.tap("leave.away")
        v.shot("leave")
        k.tap("bar.go")
        k.wait_screen("self")
        v.shot("self-leave-asked", settle=0.3)
        k.tap_to("bar.back", "home")
        time.sleep(REST_S)

    def several(self):
        """A second activity, begun a while ago: one chooses, and is late."""
        v, k = self.visit, self.kiosk
        office = Office(v.site)
        key = office.ask("POST", "/activities", {"title": "饮水工程座谈会", "kind": "talk", "place": "三楼会议室", "starts": NINE,
                                                 "ends": NINE + 3 * HOUR_MS, "invited": [{"deputy": "周玉兰", "seat": ""},
                                                                                         {"deputy": "沈怀远", "seat": "2排1号"}]})["id"]
        wait_until(lambda: any(a["id"] == key for a in v.site.status()["activities_today"]) or
                   k.find("home.activities")["label"] == "饮水工程座谈会", 30, "the second activity", interval=0.2)
        k.tap_to("home.activities", "activities")
        k.wait_target("activities." + key, 20)
        k.tap_to("bar.back", "home")
        self.hold("沈怀远", "choose")
        v.shot("choose")
        k.tap("choose." + key)
        k.wait_screen("signed")
        self.signed("signed-late")
