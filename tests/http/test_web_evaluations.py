"""Evaluations on the office's pages: planned, counted by one, confirmed by another, and final."""
import datetime
import html
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world  # noqa: E402

VOTES = {"handed_out": "60", "returned": "58", "satisfied": "30", "basically": "5", "unsatisfied": "21", "invalid": "2",
         "comments": "治安好了\n<b>噪声</b>还没人管"}


def day(days=0):
    room = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
    return str(room + datetime.timedelta(days))


class Evaluations(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.town.deputy("赵一")
        self.town.add_user("anna", "clerk", "anna's password")
        self.town.add_user("bert", "clerk", "bert's password")
        self.town.add_user("reader", "readonly", "reader's password")
        self.anna = world.Browser(self.town, "anna", "anna's password")
        self.bert = world.Browser(self.town, "bert", "bert's password")

    def plan(self, **more):
        fields = {"kind": "office", "office": "乡派出所", "deputy": "", "title": "", "day": day(-1), "place": "礼堂", **more}
        reply = self.anna.post("/evaluations/new", fields)
        self.assertEqual(reply.status, 303, reply.body.decode())
        return reply.headers["Location"].partition("?")[0]

    def confirm(self, path):
        """By bert, who has just looked."""
        seen = re.search(r'name="counted" value="(\d+)"', self.bert.page(path)).group(1)
        return self.bert.done(path + "/confirm", {"counted": seen})

    def refused(self, browser, path, fields, status, words):
        reply = browser.post(path, fields)
        self.assertEqual(reply.status, status, reply.body.decode()[-3000:])
        page = html.unescape(reply.body.decode())
        self.assertIn(words, page)
        return page

    def test_planning(self):
        page = self.refused(self.anna, "/evaluations/new", {"kind": "deputy", "deputy": "钱二", "day": day(), "place": "<i>礼堂"}, 422,
                            "名册上没有这位代表")
        self.assertIn('value="<i>礼堂"', page)
        self.assertNotIn("<i>礼堂", self.anna.last.body.decode())
        self.refused(self.anna, "/evaluations/new", {"kind": "office", "office": "", "day": day()}, 422, "没有填写被评议的单位")
        path = self.plan(kind="deputy", deputy="赵一", office="乡派出所")
        page = self.anna.page(path)
        self.assertIn("赵一代表述职评议", page)
        self.refused(self.anna, path + "/count", VOTES, 409, "还没有开始测评")
        page = self.refused(self.anna, path + "/edit", {"kind": "deputy", "deputy": "赵一", "day": "", "title": "新的名称"}, 422, "日期不正确")
        self.assertIn('value="新的名称"', page)
        self.assertIn("<details open><summary>修改评议的内容", page)
        self.anna.done(path + "/edit", {"kind": "deputy", "deputy": "赵一", "day": day(), "title": "新的名称"})
        self.assertIn("测评正在进行", self.anna.done(path + "/begin"))
        self.refused(self.anna, path + "/drop", {}, 409, "只有还没开始的可以删除")
        ahead = self.plan(day=day(1))
        self.anna.done(ahead + "/begin")
        self.refused(self.anna, ahead + "/count", VOTES, 409, "还没有到")
        draft = self.plan()
        self.assertIn("已删除", self.anna.done(draft + "/drop"))
        self.assertEqual(self.anna.get(draft).status, 404)

    def test_one_counts_and_another_confirms(self):
        path = self.plan()
        self.anna.done(path + "/begin")
        page = self.refused(self.anna, path + "/count", {**VOTES, "invalid": "3"}, 422, "四项相加是 59 张，收回的是 58 张")
        self.assertIn('name="satisfied" required', page.replace('id="f-satisfied" ', ""))
        self.assertIn('value="30"', page)
        self.assertIn("治安好了", page)
        self.refused(self.anna, path + "/count", {**VOTES, "handed_out": "57"}, 422, "比发出的 57 张还多")
        self.refused(self.anna, path + "/count", {**VOTES, "invalid": "二"}, 422, "“无效票”不是票数")
        page = self.anna.done(path + "/count", VOTES)
        self.assertIn("等待另一位同事核对确认", page)
        self.assertIn('href="/evaluations?state=counted">1 次评议的票数等另一人核对', self.bert.page("/"))
        self.assertNotIn("/confirm", page, "not by the one who counted")
        self.refused(self.anna, path + "/confirm", {}, 409, "登记票数的人不能自己确认")
        page = self.bert.page(path)
        self.assertIn("/confirm", page)
        self.assertNotIn("/count\"", page)
        self.refused(self.bert, path + "/count", VOTES, 409, "票数由 anna 登记")
        self.refused(self.bert, path + "/recount", {"reason": ""}, 422, "没有写退回的原因")
        self.assertIn("多数了一张", self.bert.done(path + "/recount", {"reason": "多数了一张"}))
        self.anna.done(path + "/count", VOTES)
        for seen in ("", "x", "1"):
            self.refused(self.bert, path + "/confirm", {"counted": seen}, 409, "票数刚刚改过，和您核对的不一样")
        page = self.confirm(path)
        for words in ("测评结果", "53.6%", "不满意超过三分之一", "由 anna 于", "由 bert 于", "登记整改情况"):
            self.assertIn(words, page)
        self.assertNotIn("仅供参考", page)
        self.assertNotIn("<b>噪声", page)
        for action in ("count", "recount", "edit"):
            self.assertEqual(self.anna.post(f"{path}/{action}", {**VOTES, "reason": "x", "kind": "office", "office": "x", "day": day()}).status,
                             409, action)
        self.settled(self.town)

    def test_what_is_poor_is_followed_up_and_what_is_wrong_stands_beside(self):
        path, fine = self.plan(), self.plan(office="乡卫生院", day=day())
        for where, votes in ((path, VOTES), (fine, {**VOTES, "handed_out": "20", "returned": "20", "satisfied": "20", "basically": "0",
                                                    "unsatisfied": "0", "invalid": "0"})):
            self.anna.done(where + "/begin")
            self.anna.done(where + "/count", votes)
            self.confirm(where)
        self.assertIn("有效票 20 张，人数不足 50 人，结果仅供参考", self.anna.page(fine))
        rows = lambda query: re.findall(r'<a href="/evaluations/[0-9a-f-]{36}">([^<]*)</a>', self.anna.page("/evaluations" + query))
        self.assertEqual(rows(""), ["乡卫生院工作评议", "乡派出所工作评议"])
        self.assertEqual(rows("?state=poor"), ["乡派出所工作评议"])
        self.assertEqual(rows("?kind=deputy"), [])
        self.assertEqual(rows("?q=%E5%8D%AB%E7%94%9F&state=closed&year=" + day()[:4]), ["乡卫生院工作评议"])
        for bad in ("?state=lost", "?kind=x", "?year=20x6", "?after=2026-01-01", "?after=2026-13-01_x"):
            self.assertEqual(self.anna.get("/evaluations" + bad).status, 400, bad)
        self.assertIn('href="/evaluations?state=poor">1 次评议等待整改', self.anna.page("/"))
        page = self.refused(self.anna, path + "/notes", {"kind": "put_right", "day": day(1), "text": "已增设巡逻"}, 422, "日期不正确")
        self.assertIn("已增设巡逻</textarea>", page)
        self.refused(self.anna, fine + "/notes", {"kind": "put_right", "day": day(), "text": "x"}, 409, "不需要整改")
        page = self.anna.done(path + "/notes", {"kind": "put_right", "day": day(), "text": "已增设巡逻"})
        self.assertIn("整改情况", page)
        self.assertNotIn("等待整改", self.anna.page("/"))
        self.assertEqual(rows("?state=poor"), [])
        page = self.anna.done(path + "/notes", {"kind": "correction", "day": day(), "text": "满意应为 31 张，抄错一张"})
        self.assertIn("更正说明", page)
        self.assertIn("30 张", page, "the result itself stays")
        paper = self.anna.page(path + "/paper")
        for words in ("打印", "<svg", "抄错一张", "已增设巡逻", "53.6%"):
            self.assertIn(words, paper)
        self.assertEqual(self.anna.get(self.plan() + "/paper").status, 409)

    def test_how_many_voters_it_takes_is_a_setting(self):
        self.town.stop()
        with open(self.town.folder + "/township.conf", "w") as file:
            file.write("[rules]\nmin_voters = 20\n")
        self.town.start()
        paths = [self.plan(), self.plan(office="乡卫生院")]
        for where, satisfied in zip(paths, (20, 19)):
            self.anna.done(where + "/begin")
            self.assertIn("有效票不足 20 张的", self.anna.page(where))
            self.anna.done(where + "/count", {**VOTES, "handed_out": "20", "returned": "20", "satisfied": str(satisfied), "basically": "0",
                                              "unsatisfied": "0", "invalid": str(20 - satisfied)})
            self.confirm(where)
        self.assertNotIn("仅供参考", self.anna.page(paths[0]))
        self.assertIn("人数不足 20 人，结果仅供参考", self.anna.page(paths[1]))

    def test_who_may(self):
        path = self.plan()
        reader = world.Browser(self.town, "reader", "reader's password")
        self.assertNotIn("可以办的", reader.page(path))
        self.assertNotIn("新建一次评议", reader.page("/evaluations"))
        for action in ("begin", "drop", "edit", "count", "confirm", "recount", "notes"):
            self.assertEqual(reader.post(f"{path}/{action}").status, 403, action)
            self.assertEqual(self.anna.post(f"{path}/{action}", csrf=False).status, 403, action)
        self.assertEqual(reader.get("/evaluations/new").status, 403)
        self.town.add_user("zhao", "deputy", "deputy's password", deputy="赵一")
        self.assertEqual(world.Browser(self.town, "zhao", "deputy's password").get(path).status, 403)
        self.assertEqual(self.anna.get("/evaluations/none").status, 404)
        self.assertEqual(self.anna.post("/evaluations/none/begin").status, 404)
