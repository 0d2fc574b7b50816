"""A deputy's own page: what it shows and does is that deputy's, and nobody else's."""
import os
import re
import sqlite3
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import totp  # noqa: E402
import world  # noqa: E402

PASSWORD = "荷塘月色 1927"


class Case(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.kiosk = world.PaperKiosk(self.town).enrol()
        self.ma, self.zhou = self.town.deputy("马建国"), self.town.deputy("周玉兰")
        for name, deputy in (("马建国", self.ma), ("周玉兰", self.zhou)):
            self.town.add_user(name, "deputy", PASSWORD, deputy=deputy)

    def browser(self, name="马建国"):
        return world.Browser(self.town, name, PASSWORD)

    def case(self, text="路灯坏了", deputy="马建国"):
        """A case that is assigned to that deputy; its id."""
        reply = self.kiosk.send(self.kiosk.report(text, stretch=True))
        self.assertEqual(reply.status, 200)
        case = self.kiosk.last["case_id"]
        for step, more in (("accept", {}), ("assign", {"deputy": deputy})):
            self.assertEqual(self.town.step(case, step, **more).status, 200)
        return case

    def acts(self):
        store = sqlite3.connect(self.town.folder + "/township.db", timeout=10)
        self.addCleanup(store.close)
        return store.execute("SELECT who, act, object FROM audit ORDER BY n").fetchall()


class Own(Case):
    def test_it_is_where_a_deputy_comes_to(self):
        ma = world.Browser(self.town, None)
        reply = ma.post("/login", {"user": "马建国", "password": PASSWORD})
        self.assertEqual(reply.headers["Location"], "/me")
        self.assertEqual(ma.get("/").headers["Location"], "/me")
        page = ma.page("/me")
        self.assertIn("马建国 代表", page)
        self.assertNotIn('href="/cases"', page)
        for path in ("/cases", "/users", "/activities", "/audit", "/kiosks"):
            self.assertEqual(ma.get(path).status, 403, path)
        self.assertEqual(world.Browser(self.town).get("/me").status, 403, "the office has no such page")
        self.assertEqual(world.Browser(self.town, None).get("/me").headers["Location"], "/login?next=/me")

    def test_the_year_is_counted_as_the_store_counts_it(self):
        page = self.browser().page("/me")
        self.assertIn("还没有请您参加的活动", page)
        came = self.town.activity("马建国", "周玉兰", title="学习一")
        self.kiosk.send(self.kiosk.signed_in(came, self.ma))
        missed = self.town.activity("马建国", "周玉兰", title="学习二", begins=-90000, lasts=3600)
        coming = self.town.activity({"deputy": "马建国", "seat": "3排6号"}, title="视察", begins=86400)
        self.town.activity("周玉兰", title="只请周玉兰", begins=86400)
        gone = self.town.activity("马建国", title="取消的", begins=86400)
        self.town.office("POST", f"/activities/{gone}/cancel")
        page = self.browser().page("/me")
        self.assertIn("参加率 50%，没有达到 90% 的要求", page)
        counts = [int(n) for n in re.findall(r"<li><b>(\d+)</b>", page)]
        self.assertEqual(counts, [2, 1, 0, 0, 1])
        for words in ("视察", "座位 3排6号", "取消的", "已取消", "已签到"):
            self.assertIn(words, page)
        self.assertNotIn("只请周玉兰", page)
        year = time.localtime(time.time() + 8 * 3600).tm_year
        listed = self.browser().page("/me/activities")
        for words in ("学习一", "学习二", "缺席", f"{year} 年的签到"):
            self.assertIn(words, listed)
        self.assertNotIn("学习一", self.browser().page("/me/activities?year=2019"))
        self.assertEqual((missed != coming), True)

    def test_leave_is_asked_for_and_reaches_the_office(self):
        coming, begun = self.town.activity("马建国", begins=86400), self.town.activity("马建国", begins=-60)
        other = self.town.activity("周玉兰", begins=86400)
        ma = self.browser()
        self.assertIn("已提交请假", ma.done(f"/me/activities/{coming}/leave", {"reason": "ill"}))
        self.assertIn("请假：", ma.page("/me"))
        leaves = self.town.office("GET", "/leaves").json["leaves"]
        self.assertEqual([(v["activity"], v["deputy"], v["reason"], v["state"]) for v in leaves], [(coming, self.ma, "ill", "asked")])
        self.assertEqual(self.kiosk.all_changes("leave")[f"{coming}/{self.ma}"]["state"], "asked")
        for activity, reason, status in ((coming, "ill", 409), (begun, "ill", 409), (other, "ill", 404), ("a-none", "ill", 404), (coming, "x", 422),
                                         (coming, "", 422)):
            self.assertEqual(ma.post(f"/me/activities/{activity}/leave", {"reason": reason}).status, status, (activity, reason))
        self.assertEqual(len(self.town.office("GET", "/leaves").json["leaves"]), 1)
        self.assertIn(("user:马建国", "leave.asked", f"{coming}/{self.ma}"), self.acts())


class Cases(Case):
    def test_what_was_given_to_me_is_opened_with_a_link_in_the_chain(self):
        case = self.case()
        ma = self.browser()
        page = ma.page("/me")
        self.assertIn(f"/me/cases/{case}", page)
        self.assertNotIn("路灯坏了", page, "the words are on the case's own page alone")
        before = len(self.acts())
        page = ma.page("/me/cases/" + case)
        self.assertIn("路灯坏了", page)
        self.assertIn("要保密", page)
        self.assertEqual(self.acts()[before:], [("user:马建国", "case.opened", case)])
        self.assertNotIn(self.kiosk.last["code"], page)

    def test_another_deputys_is_not_there_at_all(self):
        mine, theirs = self.case("路灯坏了", "马建国"), self.case("水渠堵了", "周玉兰")
        asked_for = self.kiosk.report("想找马代表", stretch=True, deputy=self.ma)
        self.kiosk.send(asked_for)
        wished = self.kiosk.last["case_id"]
        ma = self.browser()
        page = ma.page("/me")
        self.assertIn(mine, page)
        self.assertNotIn(theirs, page)
        self.assertNotIn(wished, page, "chosen by the voter is not given by the office")
        before = len(self.acts())
        for case in (theirs, wished, "0190b4f8-0000-7000-8000-000000000000", "x", "2026-0312-0017"):
            for path in (f"/me/cases/{case}", f"/me/cases/{case}/ink/{'0' * 64}", f"/me/cases/{case}/sound/{'0' * 64}"):
                self.assertEqual(ma.get(path).status, 404, path)
            for act, fields in (("talk", {"talk": "谈过了"}), ("send-back", {"reason": "不满意"})):
                self.assertEqual(ma.post(f"/me/cases/{case}/{act}", fields).status, 404, (case, act))
        self.assertEqual(self.acts()[before:], [], "and nothing happened")
        self.assertEqual(self.town.step(mine, "answer", text="已修好").status, 200)
        ma.done(f"/me/cases/{mine}/send-back", {"reason": "没有修好"})
        self.assertEqual(self.town.step(mine, "assign", deputy="周玉兰").status, 200)
        self.assertEqual(ma.get("/me/cases/" + mine).status, 404, "taken away again")
        self.assertEqual(self.browser("周玉兰").get("/me/cases/" + mine).status, 200)

    def test_the_talk_is_recorded_and_what_does_not_satisfy_goes_back(self):
        case = self.case()
        ma = self.browser()
        self.assertEqual(ma.post(f"/me/cases/{case}/talk", {"talk": ""}).status, 422)
        reply = ma.post(f"/me/cases/{case}/talk", {"talk": "长" * 4001})
        self.assertEqual(reply.status, 422)
        self.assertIn("长长长", reply.body.decode(), "what was typed is still there")
        self.assertIn("面谈已记下", ma.done(f"/me/cases/{case}/talk", {"talk": "在村口谈了，<b>同意</b>先修这一盏"}))
        page = ma.page("/me/cases/" + case)
        self.assertIn("&lt;b&gt;同意&lt;/b&gt;先修这一盏", page)
        self.assertIn("马建国 代表", page)
        self.assertEqual(ma.post(f"/me/cases/{case}/send-back", {"reason": "还没有答复"}).status, 409)
        self.assertEqual(self.town.step(case, "answer", text="已修好").status, 200)
        self.assertIn("已修好", ma.page("/me/cases/" + case))
        self.assertEqual(ma.post(f"/me/cases/{case}/send-back", {"reason": ""}).status, 422)
        self.assertIn("已退回重新办理", ma.done(f"/me/cases/{case}/send-back", {"reason": "只修了一盏"}))
        opened = self.town.office("GET", f"/cases/{case}").json
        self.assertEqual((opened["state"], opened["round"]), ("redo", 2))
        self.assertIn("马建国 代表", [s["who"] for s in opened["steps"]])
        self.settled(self.town)

    def test_a_deputy_who_left_sees_nothing(self):
        case = self.case()
        ma = self.browser()
        self.assertEqual(self.town.office("POST", f"/deputies/{self.ma}/left").status, 200)
        for path in ("/me", "/me/activities", f"/me/cases/{case}"):
            self.assertEqual(ma.get(path).status, 403, path)
        self.assertEqual(ma.post(f"/me/cases/{case}/talk", {"talk": "x"}).status, 403)


class Proposals(Case):
    def file(self, title="修村道", author="马建国", signers=""):
        office = world.Browser(self.town)
        page = office.post("/proposals", {"kind": "suggestion", "title": title, "text": "村道坑洼，请修。", "author": author, "cosigners": signers,
                                              "filed": time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600)), "congress": ""})
        self.assertEqual(page.status, 303, page.body.decode()[-2000:])
        return re.search(r"/proposals/([0-9a-f-]{36})", page.headers["Location"]).group(1), office

    def test_mine_are_shown_and_rated_and_others_are_not_there(self):
        mine, office = self.file()
        theirs, _ = self.file("修水渠", "周玉兰")
        signed, _ = self.file("建卫生室", "周玉兰", "马建国")
        ma = self.browser()
        page = ma.page("/me")
        for title, there in (("修村道", True), ("修水渠", False), ("建卫生室", True)):
            (self.assertIn if there else self.assertNotIn)(title, page)
        self.assertIn("附议", page)
        self.assertEqual(ma.get("/me/proposals/" + theirs).status, 404)
        self.assertEqual(ma.get("/me/proposals/" + signed).status, 200)
        self.assertEqual(ma.get("/me/proposals/x").status, 404)
        for step, more in (("transfer", {"office": "交通办"}), ("talk", {"who": "交通办 李主任", "text": "面商过"}), ("answer", {"who": "交通办", "text": "下月动工"})):
            reply = office.post(f"/proposals/{mine}/steps", {"step": step, "day": "", **more})
            self.assertEqual(reply.status, 303, (step, re.sub("<[^>]+>", " ", reply.body.decode())[-1500:]))
        self.assertIn("请您评价", ma.page("/me"))
        self.assertIn("下月动工", ma.page("/me/proposals/" + mine))
        self.assertEqual(self.browser("周玉兰").post(f"/me/proposals/{mine}/rate", {"rating": "satisfied"}).status, 404)
        self.assertEqual(ma.post(f"/me/proposals/{mine}/rate", {"rating": "x"}).status, 422)
        self.assertEqual(ma.post(f"/me/proposals/{mine}/rate", {"rating": "unsatisfied", "reason": ""}).status, 422)
        self.assertIn("您的评价已记下", ma.done(f"/me/proposals/{mine}/rate", {"rating": "satisfied"}))
        self.assertEqual(ma.post(f"/me/proposals/{signed}/rate", {"rating": "satisfied"}).status, 403, "who only signed does not rate")


class Phone(Case):
    def setUp(self):
        super().setUp()
        self.activity = self.town.activity("马建国", "周玉兰")

    def came(self, deputy):
        return self.town.people(self.activity)[deputy]["attendance"]

    def test_after_signing_in_at_the_box_ones_own_page_is_open(self):
        phone = world.Browser(self.town, None)
        reply = phone.post(self.kiosk.phone_path(self.activity), {"name": "马建国", "password": PASSWORD})
        self.assertIn("签到成功", reply.body.decode())
        self.assertIn('href="/me"', reply.body.decode())
        self.assertIn("马建国 代表", phone.page("/me"))

    def test_a_phone_that_knows_the_deputy_asks_for_one_touch(self):
        phone = self.browser()
        path = self.kiosk.phone_path(self.activity)
        page = phone.page(path)
        self.assertIn("马建国 代表，请确认签到", page)
        self.assertIsNone(self.came(self.ma), "looking does not sign in")
        for mark in ("", "0" * 32):
            reply = phone.post(path, {"csrf": mark}, csrf=False)
            self.assertEqual(reply.status, 403, "a form from elsewhere does not")
        self.assertIsNone(self.came(self.ma))
        self.assertIn("签到成功", phone.post(path).body.decode())
        self.assertEqual(self.came(self.ma)["by"], "phone")
        self.assertIn("您已经签到了", phone.post(path).body.decode())
        self.assertIsNone(self.came(self.zhou))

    def test_another_may_sign_in_on_that_phone_by_password(self):
        phone = self.browser()
        reply = phone.post(self.kiosk.phone_path(self.activity), {"name": "周玉兰", "password": PASSWORD}, csrf=False)
        self.assertIn("签到成功", reply.body.decode())
        self.assertIsNone(self.came(self.ma))
        self.assertIsNotNone(self.came(self.zhou))

    def test_a_stale_code_or_session_signs_nobody_in(self):
        phone = self.browser()
        self.assertEqual(phone.post(self.kiosk.phone_path(self.activity, slots=-9)).status, 410)
        mark = phone.csrf()
        phone.cookie = None
        self.assertEqual(phone.post(self.kiosk.phone_path(self.activity), {"csrf": mark}).status, 403)
        office = world.Browser(self.town)
        self.assertIn("账号", office.page(self.kiosk.phone_path(self.activity)))
        self.assertEqual(office.post(self.kiosk.phone_path(self.activity)).status, 403)
        self.assertIsNone(self.came(self.ma))

    def test_with_a_second_factor_the_box_signs_in_but_opens_no_page(self):
        totp.set_up(self.browser())
        phone = world.Browser(self.town, None)
        self.assertIn("签到成功", phone.post(self.kiosk.phone_path(self.activity), {"name": "马建国", "password": PASSWORD}).body.decode())
        self.assertIsNone(phone.cookie)
        self.assertEqual(phone.get("/me").status, 303)


if __name__ == "__main__":
    unittest.main()
