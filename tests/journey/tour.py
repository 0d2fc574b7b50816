#!/usr/bin/env python3
"""A voter's visit, played on a virtual screen by touch: a picture of every step, the slip, and what the office sees.

  tour.py FOLDER      makes the folder anew; open its index.html afterwards
"""
import html
import os
import re
import shutil
import sys
import time

from demo_site import Site
from display import Display
from kiosk import Kiosk
from paper import SlipPrinter
from process import BUILD, run
from voter import HAND, PEN, Voter

TRANSITION_S = 0.35   # a fade takes 180 ms, and its last frame must have been shown
BY_HAND = "村口到小学的路，一下雨就积水，"
ANSWER = "施工队已经进场，排水沟长320米，月底前修好，再把积水的路面垫高。施工期间小学东门临时开放，请家长留意。"

STYLE = """
body { font: 18px/1.5 "Noto Sans CJK SC", sans-serif; margin: 2rem auto; max-width: 1500px; padding: 0 2rem;
       background: #F6F2EA; color: #221C17 }
h1, h2 { color: #A8201A } h2 { margin-top: 3rem }
.row { display: flex; flex-wrap: wrap; gap: 2rem; align-items: flex-start }
figure { margin: 0 } figcaption { max-width: 22rem; margin: .4rem 0 } img { border: 1px solid #E3DACB; height: 560px }
img.wide { height: auto; width: 640px } pre { background: #fff; padding: 1rem; overflow-x: auto }
"""


class Album:
    """The pictures and texts in the order in which they were made, and the page that shows them."""

    def __init__(self, folder):
        if os.path.exists(os.path.join(folder, "index.html")):
            shutil.rmtree(folder)
        os.makedirs(folder, exist_ok=True)
        self.folder, self.parts, self.count = folder, [], 0

    def chapter(self, title):
        self.parts.append(f"</div><h2>{html.escape(title)}</h2><div class=row>")

    def _name(self, name, ending):
        self.count += 1
        print(f"  {self.count:02d} {name}", flush=True)
        return f"{self.count:02d}-{name}{ending}"

    def picture(self, name, caption, save, wide=False):
        file = self._name(name, ".png")
        save(os.path.join(self.folder, file))
        self.parts.append(f'<figure><a href="{file}"><img{" class=wide" if wide else ""} src="{file}"></a>'
                          f"<figcaption>{html.escape(caption)}</figcaption></figure>")

    def text(self, name, caption, words):
        with open(os.path.join(self.folder, self._name(name, ".txt")), "w", encoding="utf-8") as file:
            file.write(words)
        self.parts.append(f"<div><p>{html.escape(caption)}</p><pre>{html.escape(words)}</pre></div>")

    def finish(self):
        with open(os.path.join(self.folder, "index.html"), "w", encoding="utf-8") as file:
            file.write('<!doctype html><html lang="en"><meta charset="utf-8"><title>A visit to the deputies\' home</title>'
                       f"<style>{STYLE}</style><h1>A visit to the deputies' home</h1><div class=row>"
                       + "\n".join(self.parts) + "</div></html>\n")


class Tour:
    def __init__(self, folder):
        self.album, self.site, self.printer = Album(folder), Site(), None
        self.display = self.kiosk = self.voter = None

    def begin(self, width, height):
        self.display = Display(width, height)
        self.kiosk = Kiosk(self.display, self.site.data, env=self.printer.env).start("attract")
        self.voter = Voter(self.kiosk)

    def end(self):
        if self.kiosk:
            self.kiosk.stop()
        if self.display:
            self.display.stop()
        self.kiosk = self.display = None

    def shot(self, name, caption):
        self.kiosk.settle()
        time.sleep(TRANSITION_S)
        self.album.picture(name, caption, self.display.screenshot, wide=self.display.width > self.display.height)

    def play(self):
        self.printer = self.site.add_device(SlipPrinter())
        self.site.set("printer", "device", "cups:slip")
        self.somebody_on_duty()
        self.site.enrol()
        self.begin(1080, 1920)
        code = self.report()
        receipt = self.office_works()
        self.answer(code)
        self.album.text("office-closed", "The office, after the voter's judgement.", self.site.office("show", receipt))
        self.looking_round()
        self.end()
        self.landscape(code)
        self.smallest()
        self.album.finish()

    def somebody_on_duty(self):
        """A rota without gaps, so that a tour at night shows what a day shows."""
        rota = os.path.join(self.site.dir, "duty.csv")
        with open(rota, "w", encoding="utf-8") as file:
            file.write("日期,开始,结束,代表,房间\n")
            file.writelines(f"周{day},00:00,23:59,周玉兰,一号接待室\n" for day in "一二三四五六日")
        run([os.path.join(BUILD, "township"), "--data", self.site.town_data, "import", "duty", rota])

    # ---- the visit ----

    def report(self):
        """Up to the slip; its code."""
        k, v = self.kiosk, self.voter
        self.album.chapter("Something to say")
        self.shot("attract", "Nobody is there. The picture moves a little every minute, so that nothing burns in.")
        v.begin()
        self.shot("home", "What can be done here, and the deputy who receives visitors now.")
        k.tap_to("home.report", "kind")
        self.shot("kind", "Complaint, opinion, suggestion or thanks.")
        k.tap_to("kind.opinion", "subject")
        self.shot("subject", "What it is about: the list comes from the site's settings.")
        k.tap_to("subject.roads", "deputy")
        self.shot("deputy", "To whoever is on duty, or to a deputy of one's own village.")
        k.tap("deputy.duty")
        k.wait_screen("write")
        v.write(BY_HAND)
        k.draw("input.pad", HAND["孩"], **PEN)
        k.wait_target("input.candidate.0")
        self.shot("handwriting", "Written with a finger: the strokes, and the characters they may be.")
        v._take("孩")
        v.text += "孩"
        v.write("子们上学要绕行。")
        k.tap("write.pinyin")
        v.type_pinyin("xiwang", "希望")
        for letter in "xiupaishuigou":
            k.tap("input.key." + letter)
        k.wait_target("input.candidate.0")
        self.shot("pinyin", "Or by pinyin, whole words at a time.")
        for _ in "xiupaishuigou":
            k.tap("input.delete")
        v.type_pinyin("xiu", "修").type_pinyin("paishuigou", "排水沟")
        k.tap_to("bar.go", "who")
        self.shot("who", "Anonymous with one touch, or with a name. Who will read it is said first.")
        k.tap_to("who.name", "name")
        v.write("路小雨", field="name.name")
        self.shot("name", "A name; the telephone may be left out.")
        k.tap("name.phone")
        v.type_digits("13800000000", "name.phone")
        k.tap_to("bar.go", "review")
        self.shot("review", "Read back; any part can be changed.")
        v.submit()
        slip = self.printer.next_slip()
        k.wait_target("bar.go")   # the print has ended
        self.shot("done", "It is in the database, then comes the slip. The screen says what the printer says.")
        self.album.picture("slip", "The slip, decoded from the bytes that the printer got (80 mm, 576 dots).",
                           lambda path: shutil.copyfile(slip.picture, path))
        v.leave()
        return slip.code

    def office_works(self):
        self.album.chapter("The office")
        self.site.wait_synced()
        office = self.site.office
        cases = office("cases")
        receipt = re.search(r"\d{4}-\d{4}-\d{4}", cases)[0]
        self.album.text("office-cases", "township office cases", cases)
        self.album.text("office-show", f"township office show {receipt}: opened with the office's key.", office("show", receipt))
        done = [office(*words) for words in (("accept", receipt), ("assign", receipt, "周玉兰"),
                                             ("transfer", receipt, "乡交通管理站"),
                                             ("answer", receipt, ANSWER, "--by", "乡交通管理站"))]
        self.album.text("office-steps", "accept, assign, transfer, answer", "".join(done))
        self.album.text("office-answered", "The case afterwards.", office("show", receipt))
        return receipt

    def answer(self, code):
        k, v = self.kiosk, self.voter
        self.album.chapter("What became of it")
        wrong = code[:-1] + ("0" if code[-1] != "0" else "2")
        v.look_up(wrong)
        k.settle(0.5)
        self.shot("wrong-code", "A slip of the finger is noticed by the code's check character.")
        k.tap("query.clear")
        v.type_code(code)
        self.shot("query", "The code of the slip, typed (a scanner reads its QR).")
        k.tap_to("bar.go", "case")
        v.wait_answered(code)
        self.shot("case", "Every step, and the answer in full: decrypted with the slip's code.")
        k.tap_to("case.satisfied", "rate")
        self.shot("rate", "Satisfied, partly or not, with a reason if one likes. 'Not satisfied' sends it back.")
        k.tap_to("bar.go", "case")
        k.wait_gone("case.satisfied")
        self.shot("rated", "Judged, and closed.")
        v.leave()
        self.site.wait_synced()

    def looking_round(self):
        k = self.kiosk
        self.album.chapter("Looking round")
        for target, screen, caption in (("home.roster", "roster", "The deputies, by level and village."),
                                        ("home.rules", "rules", "The rules on the wall."),
                                        ("home.how", "privacy", "Who reads what one leaves here.")):
            k.tap_to(target, screen)
            self.shot(screen, caption)
            k.tap_to("bar.back", "home")
        k.tap_to("bar.help", "help")
        self.shot("help", "Help says what this screen is for, and whom to call.")
        k.tap("help.close")
        k.wait_screen("home")
        k.tap("bar.large")
        self.shot("large", "Large text.")
        k.tap("bar.large")
        k.tap("bar.language")
        self.shot("traditional", "Traditional characters, by OpenCC.")
        k.tap("bar.language")
        self.shot("english", "English.")
        k.tap("bar.language")
        self.voter.to_writing()
        k.tap("write.ink")
        k.wait_target("ink.page")
        for character, at in (("修", 0.05), ("路", 0.36), ("口", 0.67)):
            k.draw("ink.page", [[(at + x * 0.28, 0.06 + y * 0.2) for x, y in stroke] for stroke in HAND[character]], **PEN)
        self.shot("ink", "As ink: the page is sent as it was written.")
        k.tap("write.voice")
        self.shot("voice", "Spoken, at most three minutes.")
        k.tap("bar.back")

    # ---- other screens ----

    def landscape(self, code):
        self.album.chapter("1920×1080")
        self.begin(1920, 1080)
        k, v = self.kiosk, self.voter
        v.begin()
        self.shot("home-landscape", "Home.")
        v.look_up(code)
        k.wait_screen("case")
        self.shot("case-landscape", "A case.")
        v.leave()
        v.to_writing()
        v.write("村口的路")
        k.draw("input.pad", HAND["水"], **PEN)
        k.wait_target("input.candidate.0")
        self.shot("handwriting-landscape", "Handwriting.")
        self.end()

    def smallest(self):
        self.album.chapter("800×480, and nobody there any more")
        for key, seconds in (("countdown_s", 10), ("idle_s", 20)):
            self.site.set("session", key, seconds)
        self.begin(800, 480)
        k, v = self.kiosk, self.voter
        v.begin()
        self.shot("home-800", "Home.")
        k.tap_to("home.query", "query")
        self.shot("query-800", "The code.")
        k.tap_to("bar.back", "home")
        v.to_writing()
        v.write("村口的路")
        self.shot("handwriting-800", "Handwriting.")
        k.wait_target("idle.stay", timeout=20)
        self.shot("countdown-800", "Nobody has touched the screen for a while: what was not handed in is wiped at zero.")
        k.wait_screen("attract", timeout=20)
        self.end()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    tour = Tour(sys.argv[1])
    try:
        tour.play()
    except BaseException:
        if tour.display:
            path = os.path.join(sys.argv[1], "failed.png")
            tour.display.screenshot(path)
            print(f"the screen when it failed: {path}", file=sys.stderr)
        raise
    finally:
        tour.end()
        tour.site.stop()
    print(f"the visit: {os.path.join(sys.argv[1], 'index.html')}")


if __name__ == "__main__":
    main()
