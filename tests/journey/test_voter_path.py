"""From the first touch to the slip in the hand, and from the slip to the answer on the screen."""
import os
import unittest

from paper import Slip, qr_codes
from room import Room
import sound

TEST_TIMEOUT_S = 150
SENTENCE = "下雨就积水，孩子们上学要绕行。"
ANSWER = "村口的排水沟已经修好，请您再看一看。"


def setUpModule():
    sound.set_up()


class Report(Room):
    PRINTER = READER = SCANNER = True
    KIOSK_ENV = sound.KIOSK_ENV

    def test_by_hand_and_anonymous_to_the_slip_and_the_office(self):
        k, v = self.kiosk, self.voter.begin()
        v.to_writing("complaint", "roads")
        v.write(SENTENCE).anonymous().submit()
        slip = self.printer.next_slip()
        self.assertEqual((slip.cuts, slip.across_bytes), (1, 72))
        picture = slip.picture + ".screen.png"
        k.wait_target("bar.go")   # the print has ended
        k.settle()
        self.display.screenshot(picture)
        self.assertEqual(qr_codes(picture), ["DHK1:" + slip.code], "the code on the screen is the one on the paper")
        opened = self.opened(self.newest())
        self.assertEqual(opened["内容"], v.text)
        self.assertEqual(opened["身份"], "匿名")
        self.assertEqual(opened["事项"], "投诉 / roads")
        self.assertEqual(opened["代表"], "值班代表")
        v.leave()
        self.site.verify()

    def test_pinyin_named_to_the_deputy_of_a_village(self):
        k, v = self.kiosk, self.voter.begin()
        k.tap_to("home.report", "kind")
        k.tap_to("kind.suggestion", "subject")
        k.tap_to("subject.water", "deputy")
        k.tap("deputy.village.1")
        k.wait_target("deputy.other")
        person = next(t for t in k.current().targets
                      if t["id"].startswith("deputy.") and t["id"] not in ("deputy.duty", "deputy.other"))
        k.tap_to(person["id"], "write")
        k.tap("write.pinyin")
        v.type_pinyin("renmindaibiao", "人民代表").type_pinyin("nihao", "你好")
        k.tap_to("bar.go", "who")
        v.name_and_phone("小雨", "13800000000").submit()
        self.printer.next_slip()
        opened = self.opened(self.newest())
        self.assertEqual(opened["内容"], "人民代表你好")
        self.assertEqual(opened["身份"].split(), ["留名", "小雨", "13800000000"])
        self.assertEqual(opened["代表"], person["label"])
        v.leave()

    def test_ink_and_an_id_card(self):
        k, v = self.kiosk, self.voter.begin()
        v.to_writing("thanks", "other")
        k.tap("write.ink")
        k.draw("ink.page", [[(0.1, 0.1), (0.5, 0.15)], [(0.3, 0.05), (0.3, 0.4)]])
        k.wait_field("ink.strokes", 2)
        k.tap_to("bar.go", "who")
        k.wait_target("who.card")
        self.reader.tell("card 李小雨 11010519491231002X")
        k.wait_screen("review")
        self.reader.tell("remove")
        v.submit()
        self.printer.next_slip()
        shown = self.site.office("show", self.newest())
        self.assertIn("身份    身份证 李小雨  11010519491231002X", shown)
        self.assertRegex(shown, r"附件    手写 [0-9a-f]{64}")
        self.assertNotIn("还没有传到", shown)
        v.leave()

    def test_voice_is_played_back_and_handed_in(self):
        k, v = self.kiosk, self.voter.begin()
        v.to_writing("complaint", "officials")
        v.record()
        k.tap("voice.main")
        k.wait(lambda state: state.find("停止"), "playing")
        k.wait(lambda state: state.find("听一遍"), "the end of playing")
        self.assertGreater(os.path.getsize(sound.LOUDSPEAKER), 16000, "half a second was heard")
        v.anonymous()
        self.assertRegex(k.find("review.play")["label"], r"录音 0 分 [12] 秒")
        v.submit()
        self.printer.next_slip()
        shown = self.site.office("show", self.newest())
        self.assertRegex(shown, r"附件    录音 [0-9a-f]{64} \n")
        v.leave()

    def test_every_part_can_be_changed_at_the_review(self):
        k, v = self.kiosk, self.voter.begin()
        v.to_writing("opinion", "schools")
        v.write("路").anonymous()
        k.tap_to("review.kind", "kind")
        k.tap_to("kind.thanks", "subject")
        k.tap_to("subject.health", "review")
        k.tap_to("review.deputy", "deputy")
        k.tap("deputy.village.0")
        k.wait_target("deputy.other")
        person = next(t for t in k.current().targets
                      if t["id"].startswith("deputy.") and t["id"] not in ("deputy.duty", "deputy.other"))
        k.tap_to(person["id"], "review")
        k.tap_to("review.content", "write")
        v.write("段")
        k.tap_to("bar.go", "review")
        k.tap_to("review.who", "who")
        v.name_and_phone("大水", "5551234")
        v.submit()
        self.printer.next_slip()
        opened = self.opened(self.newest())
        self.assertEqual(opened["事项"], "感谢 / health")
        self.assertEqual(opened["代表"], person["label"])
        self.assertEqual(opened["内容"], "路段")
        self.assertEqual(opened["身份"].split(), ["留名", "大水", "5551234"])
        v.leave()

    def test_the_answer_comes_back_and_is_judged(self):
        k, v, office = self.kiosk, self.voter.begin(), self.site.office
        v.to_writing().write("排水沟").anonymous().submit()
        code = self.printer.next_slip().code
        receipt = self.newest()
        v.leave()

        # Registered, and then what the office does with it, each step seen at the kiosk.
        v.look_up(code)
        k.wait_screen("case")
        self.assertIsNone(k.find("case.satisfied"), "nothing to judge yet")
        v.leave()
        office("accept", receipt)
        office("transfer", receipt, "乡水利站")
        office("answer", receipt, ANSWER, "--by", "乡水利站")
        self.wait_answered(code)
        k.tap_to("case.unsatisfied", "rate")
        v.write("要修路", field="rate.reason")
        k.wait_field("rate.reason", len("要修路".encode()))
        k.tap_to("bar.go", "case")
        k.wait_gone("case.unsatisfied")
        v.leave()

        # Not satisfied: the office has it again, with the reason, in the second round.
        self.site.wait_synced()
        opened = self.opened(receipt)
        self.assertEqual(opened["状态"], "重新办理，第 2 轮")
        self.assertRegex(opened["评价"], r"第 1 轮 不满意 要修路")
        office("accept", receipt)
        office("assign", receipt, "周玉兰")
        office("answer", receipt, "又修了一遍。")
        self.wait_answered(code)
        k.tap_to("case.satisfied", "rate")
        k.tap_to("bar.go", "case")
        v.leave()
        self.site.wait_synced()
        self.assertTrue(self.opened(receipt)["状态"].startswith("已办结"), self.opened(receipt))
        self.site.verify()

    def test_the_scanner_brings_the_case_and_says_what_other_codes_are(self):
        k, v = self.kiosk, self.voter.begin()
        v.to_writing().write("村").anonymous().submit()
        code = self.printer.next_slip().code
        v.leave()
        # A code with 0 or 1 in it, if any slip so far has one; written in ways that the scanner takes for different codes.
        every = [Slip(os.path.join(self.printer.dir, name)).code for name in self.printer.slips()]
        code = next((c for c in every if "0" in c or "1" in c), code)
        loose = code.replace("0", "O").replace("1", "I")
        for seen in (code, f"{loose[:4]}-{loose[4:8]}-{loose[8:]}", code.replace("0", "o").replace("1", "l").lower()):
            self.scanner.tell("scan DHK1:" + seen)
            k.wait_screen("case")
            v.leave()
        for other, words in (("https://example.org/pay", "网址或付款码"), ("6901234567892", "不是我们的小票"), ("DHK1:" + code[:-1] + "*", "没有扫清楚"),
                             ("你好", "不是我们的小票")):
            self.scanner.tell("scan " + other)
            k.wait_said("toast", words)
            self.assertEqual(k.screen(), "home", other)

    def wait_answered(self, code):
        """Look again until the answer has come down: the voter would come back later."""
        self.voter.look_up(code)
        self.kiosk.wait_screen("case")
        self.kiosk.settle()
        self.voter.wait_answered(code)


if __name__ == "__main__":
    unittest.main()
