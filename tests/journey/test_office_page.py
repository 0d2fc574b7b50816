"""The whole circle on real parts: by touch at the kiosk, in Chromium at the office, and by the slip at the kiosk again."""
import os
import subprocess
import sys
import unittest

from process import BUILD, TOP
from room import Room
import sound

sys.path.append(os.path.join(TOP, "tests", "web"))
import playwright  # noqa: E402

TEST_TIMEOUT_S = 150
ANSWER = "村口的排水沟已经修好，请您再看一看。"


def setUpModule():
    sound.set_up()


class OfficePage(Room):
    PRINTER = True
    KIOSK_ENV = sound.KIOSK_ENV

    def clerk(self, *words):
        with open(self.site.town_data + "/keys/office.password") as file:
            password = file.read()
        env = dict(os.environ, WEB_URL=self.site.url, WEB_PASSWORD=password, WEB_DATA=self.site.town_data, WEB_BUILD=BUILD,
                   WEB_KIOSK=self.site.data, WEB_PLAYWRIGHT=playwright.fetch(),
                   WEB_SHOTS=os.path.join(TOP, "build", "web-shots", "clerk"))
        done = subprocess.run(["node", os.path.join(TOP, "tests", "journey", "clerk.mjs"), *words], env=env,
                              capture_output=True, text=True, timeout=90)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr[-3000:])

    def test_what_is_said_at_the_screen_is_answered_in_the_browser_and_read_by_the_slip(self):
        k, v = self.kiosk, self.voter.begin()
        v.to_writing("complaint", "roads")
        v.write("排水沟")
        k.tap("write.ink")
        k.draw("ink.page", [[(0.1, 0.1), (0.5, 0.15)], [(0.3, 0.05), (0.3, 0.4)]])
        k.wait_field("ink.strokes", 2)
        v.record()
        v.anonymous().submit()
        code = self.printer.next_slip().code
        receipt = self.newest()
        v.leave()
        self.clerk(receipt, v.text, ANSWER)
        v.look_up(code)
        k.wait_screen("case")
        k.settle()
        v.wait_answered(code)
        k.tap_to("case.satisfied", "rate")
        k.tap_to("bar.go", "case")
        v.leave()
        self.site.wait_synced()
        opened = self.opened(receipt)
        self.assertEqual(opened["答复"], ANSWER + "（乡水利站）")
        self.assertTrue(opened["状态"].startswith("已办结"), opened)
        self.site.verify()


if __name__ == "__main__":
    unittest.main()
