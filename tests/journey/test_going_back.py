"""Going back, changing one's mind and going on too fast lose nothing that was written."""
import unittest

from room import Room
from voter import HAND, PEN


class GoingBack(Room):
    def test_back_from_the_review_and_on_again(self):
        k, v = self.kiosk, self.voter
        v.begin().to_writing()
        v.write("路")
        v.anonymous()
        k.tap_to("bar.back", "who")
        k.tap_to("who.anonymous", "review")
        for screen in ("who", "write", "deputy"):
            k.tap_to("bar.back", screen)
        k.tap_to("deputy.duty", "write")
        k.wait_field("write.text", 3)
        k.tap_to("bar.go", "who")
        k.tap_to("who.anonymous", "review")
        v.submit().leave()

    def test_a_part_is_changed_or_left_from_the_review(self):
        k, v = self.kiosk, self.voter
        v.begin().to_writing()
        v.write("路")
        v.anonymous()
        k.tap_to("review.kind", "kind")
        k.tap_to("bar.back", "review")
        k.tap_to("review.kind", "kind")
        k.tap_to("kind.thanks", "subject")
        k.tap_to("subject.water", "review")
        k.tap_to("review.who", "who")
        k.tap_to("who.name", "name")
        k.tap_to("bar.back", "who")
        k.tap_to("who.anonymous", "review")
        k.tap_to("review.content", "write")
        k.tap_to("bar.go", "review")
        k.wait_field("write.text", 3)
        v.submit().leave()

    def test_a_character_still_on_the_pad_goes_along(self):
        k, v = self.kiosk, self.voter
        v.begin().to_writing()
        v.write("路")
        k.draw("input.pad", HAND["人"], **PEN)
        k.wait_target("input.more")
        k.settle(0.15)
        k.display.tap(*k._middle(k.find("bar.go")["rect"]))  # before the rest that puts it in by itself
        k.wait_screen("who")
        k.wait_field("write.text", 6)
        k.tap_to("bar.back", "write")
        k.tap_to("bar.back", "deputy")

    def test_a_hasty_touch_after_submitting_leaves_the_code_on_the_screen(self):
        k, v = self.kiosk, self.voter
        v.begin().to_writing()
        v.write("路")
        v.anonymous()
        k.settle()
        submit, back = (k._middle(k.wait_target(key)["rect"]) for key in ("bar.go", "bar.back"))
        for at in (submit, back, back, submit):
            k.display.tap(*at, hold=0.01)
        k.wait_screen("done", 20)
        k.wait_target("bar.back")
        self.assertEqual(k.screen(), "done")
        v.leave()

    def test_clearing_thought_better_of(self):
        k, v = self.kiosk, self.voter
        v.begin().to_writing()
        v.write("路")
        k.tap("write.clear")
        v.write("人")     # goes behind what is there, not in its place
        k.tap("write.clear")
        k.wait_field("write.text", 6)
        k.tap("write.clear")
        k.wait_field("write.text", 0)


if __name__ == "__main__":
    unittest.main()
