"""What is left unfinished is asked about, then wiped: from the screen and from the program's memory. And guessed codes."""
import re
import time
import unittest

from deputies import id_number
from room import Room

TEST_TIMEOUT_S = 150
SENTENCE = "孩子们上学要绕行希望修路"
PHONE = "13812345678"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def made_up_code(number):
    """A code that was never given out, with the check character that fits (kiosk/model/slip_code.c)."""
    chars, total = f"ZZZZ{number:07}", 0
    for c in chars:
        total = (total ^ ALPHABET.index(c)) << 1
        total = (total ^ 37) & 31 if total & 32 else total
    return chars + ALPHABET[total]


class Leaving(Room):
    READER = True
    SETTINGS = (("session", "idle_s", 20), ("session", "countdown_s", 15))

    def fill_in(self):
        v = self.voter.begin()
        v.to_writing().write(SENTENCE)
        self.kiosk.tap_to("bar.go", "who")
        v.name_and_phone("小雨", PHONE)
        return v

    def assert_forgotten(self, *secrets):
        """None of them lies in memory, in any way that the program or its libraries write text."""
        for secret in secrets:
            for coding in ("utf-8", "utf-16-le", "utf-32-le"):
                found = self.kiosk.memory_contains(secret.encode(coding))
                self.assertEqual(found, [], f"{secret} as {coding}")

    def test_asked_whether_still_there_and_kept_when_one_says_so(self):
        k = self.kiosk
        self.fill_in()
        k.wait_target("idle.stay", 10)
        k.wait(lambda state: 0 < state.said["countdown_s"] <= 13, "the countdown running")
        k.tap("idle.stay")
        k.wait_gone("idle.stay")
        self.assertEqual(k.screen(), "review")
        self.assertEqual(k.field("write.text"), len(SENTENCE.encode()))
        self.assertTrue(k.memory_contains(SENTENCE.encode()), "the search finds what is there")
        k.wait_target("idle.leave", 10)
        k.tap("idle.leave")
        k.wait_screen("home")
        self.assert_forgotten(SENTENCE, SENTENCE[:6], PHONE)

    def test_deputies_who_wait_do_not_keep_the_words_of_one_who_left(self):
        k = self.kiosk
        self.voter.begin().to_writing().write(SENTENCE)
        end = time.monotonic() + 30
        while k.field("write.text"):
            self.assertLess(time.monotonic(), end, "held open by cards that it does not take")
            self.reader.tell("card 周玉兰 " + id_number("周玉兰"))
            time.sleep(1.5)
            self.reader.tell("remove")
            time.sleep(1.5)
        self.assert_forgotten(SENTENCE, SENTENCE[:6])
        k.wait_screen("attract", 40)

    def test_nothing_is_left_when_the_voter_walks_away(self):
        k = self.kiosk
        self.fill_in()
        k.wait_screen("attract", 30)
        self.assertEqual(set(k.current().fields.values()), {0})
        self.assert_forgotten(SENTENCE, SENTENCE[:6], PHONE)
        k.tap_to("attract.begin", "home")
        self.voter.to_writing()
        self.assertEqual(k.field("write.text"), 0)
        k.tap("bar.back")

    def test_going_back_to_the_start_forgets_pinyin_too(self):
        k, v = self.kiosk, self.voter.begin()
        v.to_writing()
        k.tap("write.pinyin")
        v.type_pinyin("renmindaibiao", "人民代表").type_pinyin("shuilizhan", "水利站")
        k.settle()
        for screen in ("deputy", "subject", "kind", "home"):
            k.tap_to("bar.back", screen)
        self.assert_forgotten("人民代表水利站", "renmindaibiao", "shuilizhan")

    def test_nothing_is_left_after_handing_in(self):
        k = self.kiosk
        v = self.fill_in()
        v.submit()
        receipt = k.current().said["receipt"]
        self.assertRegex(receipt, r"^\d{4}-\d{4}-\d{4}$")
        v.leave()
        self.assert_forgotten(SENTENCE, SENTENCE[:6], PHONE)
        self.assertEqual(self.opened(self.newest())["内容"], SENTENCE)

    def test_wrong_codes_are_told_and_five_in_a_row_bring_a_growing_pause(self):
        k, v = self.kiosk, self.voter.begin()
        k.tap_to("home.query", "query")
        v.type_code(re.sub(".$", lambda m: "0" if m[0] != "0" else "1", made_up_code(0)))
        k.tap("bar.go")
        k.wait_said("code", "有一个字不对")
        for number in range(1, 5):
            self.guess(number)
            k.wait_said("code", "没有查到")
            self.assertEqual(k.current().said["pause_s"], 0)
        self.guess(5)
        first = self.paused()
        while k.wait(lambda state: state.find("idle.stay") or state.said["pause_s"] == 0, "the pause's end", first + 5):
            if k.current().said["pause_s"] == 0:
                break
            k.tap("idle.stay")
        self.guess(6)
        second = self.paused()
        self.assertGreater(second, first * 1.5)
        # It is the kiosk that pauses, not the visit.
        k.tap_to("bar.back", "home")
        k.tap_to("home.query", "query")
        self.assertGreater(k.current().said["pause_s"], 1)
        self.assertFalse(k.find("bar.go")["enabled"])

    def guess(self, number):
        self.kiosk.tap("query.clear")
        self.kiosk.wait_field("query.code", 0)
        self.voter.type_code(made_up_code(number))
        self.kiosk.tap("bar.go")

    def paused(self):
        self.kiosk.wait(lambda state: state.said["pause_s"] > 0, "a pause")
        return self.kiosk.current().said["pause_s"]


if __name__ == "__main__":
    unittest.main()
