"""Deputies' suggestions and motions on the office's pages: taken in, passed on, talked over, answered, rated."""
import datetime
import html
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world  # noqa: E402


def day(days=0):
    room = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
    return str(room + datetime.timedelta(days))


class Proposals(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.deputies = [self.town.deputy(name) for name in ("赵一", "钱二", "孙三", "李四", "周五", "吴六")]
        self.town.add_user("clerk", "clerk", "clerk's password")
        self.town.add_user("reader", "readonly", "reader's password")
        self.clerk = world.Browser(self.town, "clerk", "clerk's password")

    def fields(self, **more):
        return {"kind": "suggestion", "congress": "", "filed": day(-2), "title": "关于修路的建议", "text": "路坏了。\n请修。",
                "author": "赵一", "cosigners": "", **more}

    def file(self, **more):
        reply = self.clerk.post("/proposals", self.fields(**more))
        self.assertEqual(reply.status, 303, reply.body.decode())
        return reply.headers["Location"].partition("?")[0]

    def refused(self, path, fields, status, words):
        reply = self.clerk.post(path, fields)
        self.assertEqual(reply.status, status, reply.body.decode()[-3000:])
        page = html.unescape(reply.body.decode())
        self.assertIn(words, page)
        return page

    def congress(self, **more):
        self.clerk.done("/congresses", {"name": "第十九届人民代表大会第三次会议", "opens": day(-9), "closes": day(-6),
                                        "motion_deadline": day(-8), **more})
        return re.search(r'href="/congresses/([0-9a-f-]{36})"', self.clerk.page("/congresses")).group(1)

    def step(self, path, step, **more):
        return self.clerk.done(path + "/steps", {"step": step, "day": day(), **more})

    def test_a_motion_needs_its_signatories_and_its_day(self):
        congress = self.congress()
        few = self.fields(kind="motion", congress=congress, filed=day(-9), cosigners="钱二、孙三", title="<b>修路&议案")
        page = self.refused("/proposals", few, 422, "议案须有至少 5 位代表联名（含领衔代表），现在是 3 位")
        for typed in ('value="<b>修路&议案"', "钱二、孙三</textarea>", "路坏了。\n请修。</textarea>", 'value="motion" selected',
                      f'value="{congress}" selected', f'value="{day(-9)}"', 'value="赵一"'):
            self.assertIn(typed, page)
        self.assertNotIn("<b>修路", self.clerk.last.body.decode())
        many = dict(few, cosigners="钱二、孙三\n李四，周五")
        self.refused("/proposals", dict(many, filed=day(-7)), 422, "议案截止日期")
        self.refused("/proposals", dict(many, congress=""), 422, "会议上提出")
        self.refused("/proposals", dict(many, cosigners="钱二、王麻子"), 422, "名册上没有这位代表：王麻子")
        path = self.clerk.done("/proposals", many) and self.clerk.last
        page = html.unescape(path.body.decode())
        for words in ("议案第1号", "连领衔代表共 5 人", "议案改为建议", "钱二、孙三、李四、周五", "已登记"):
            self.assertIn(words, page)

    def test_a_suggestion_goes_its_whole_way(self):
        path = self.file(cosigners="吴六")
        page = self.clerk.page(path)
        self.assertIn("建议第1号", page)
        self.assertIn(f"交办期限</dt><dd class=\"nowrap\">{day(13)}", page)
        self.assertNotIn('value="answer"', page, "only what the rules allow is offered")
        self.refused(path + "/steps", {"step": "answer", "text": "好"}, 409, "现在不能走这一步")
        self.refused(path + "/steps", {"step": "transfer", "office": "", "day": day()}, 422, "没有填写承办单位")
        page = self.step(path, "transfer", office="乡交通办")
        self.assertIn("记录当面沟通以后，才能登记书面答复", page)
        page = self.refused(path + "/steps", {"step": "answer", "text": "马上修"}, 409, "还没有与领衔代表当面沟通的记录")
        page = self.refused(path + "/steps", {"step": "extend", "who": "", "text": "雨季"}, 422, "延期须经主席团同意")
        self.assertIn("雨季</textarea>", page, "what was typed is still there")
        self.assertIn("<details open><summary>延期一次", page)
        page = self.step(path, "extend", who="主席团第八次会议", text="雨季不能施工")
        self.assertNotIn("延期一次</summary>", page)
        self.assertIn("主席团第八次会议", page)
        self.step(path, "talk", who="张主任", text="在村口看了路")
        page = self.step(path, "answer", text="十二月修好")
        self.assertIn("已答复，待评价", page)
        self.refused(path + "/steps", {"step": "rate", "rating": "", "day": day()}, 422, "没有这个办理步骤")
        self.refused(path + "/steps", {"step": "rate", "rating": "unsatisfied", "day": day()}, 422, "理由")
        page = self.step(path, "rate", rating="unsatisfied", text="只修了一半")
        for words in ("重新办理", "第 2 轮", "只修了一半", f"交办期限</dt><dd class=\"nowrap\">{day(15)}", "上一轮"):
            self.assertIn(words, page)
        self.step(path, "transfer", office="乡交通办")
        self.step(path, "talk", text="再看")
        self.step(path, "answer", text="全修好了")
        page = self.step(path, "rate", rating="satisfied")
        self.assertIn("已经办结，没有要办的了", page)
        self.refused(path + "/steps", {"step": "talk", "text": "x"}, 409, "已经办结")
        self.settled(self.town)

    def test_the_list_finds_and_counts(self):
        congress = self.congress()
        self.file(title="修桥")
        late = self.file(title="种树", filed=day(-40), author="吴六")
        soon = self.file(title="路灯", filed=day(-13))
        self.file(kind="criticism", title="厕所脏", filed=day(-9), congress=congress)
        def titles(query):
            return set(re.findall(r'<a href="/proposals/[0-9a-f-]{36}">([^<]*)</a>', self.clerk.page("/proposals" + query)))
        self.assertEqual(titles(""), {"修桥", "种树", "路灯", "厕所脏"})
        self.assertEqual(titles("?q=" + "%E6%A0%91"), {"种树"})
        self.assertEqual(titles("?q=" + "%E5%90%B4%E5%85%AD"), {"种树"})
        self.assertEqual(titles("?due=late"), {"种树"})
        self.assertEqual(titles("?due=soon"), {"种树", "路灯"})
        self.assertEqual(titles("?kind=criticism&state=filed"), {"厕所脏"})
        self.assertEqual(titles("?congress=between&state="), {"修桥", "种树", "路灯"})
        self.assertEqual(titles("?congress=" + congress), {"厕所脏"})
        self.assertIn("超期 25 天", self.clerk.page("/proposals"))
        def tile(query, name):
            return re.search(r'href="/proposals\?([^"]*)"><b>(\d+)</b>' + name, self.clerk.page("/proposals" + query)).groups()
        self.assertEqual(tile("", "超期"), ("due=late&congress=", "1"))
        self.assertEqual(tile("?congress=" + congress, "待交办"), ("state=filed&congress=" + congress, "1"))
        self.assertEqual(tile("?congress=between", "待交办"), ("state=filed&congress=between", "3"))
        for bad in ("?state=gone", "?kind=wish", "?due=never", "?after=x", "?after=1_2", "?q=" + "a" * 201):
            self.assertEqual(self.clerk.get("/proposals" + bad).status, 400, bad)
        self.step(late, "withdraw", text="不提了")
        self.assertIn("代表已撤回", self.clerk.page(late))
        self.clerk.done(soon + "/steps", {"step": "amend", "title": "路灯坏了", "text": "三盏", "author": "赵一", "cosigners": "钱二"})
        page = self.clerk.page(soon)
        self.assertIn("<details><summary>更正前的登记</summary><p>路灯</p><p>领衔代表：赵一</p>", page)
        self.assertIn("<textarea rows=\"2\" id=\"f-cosigners\" name=\"cosigners\">\n钱二</textarea>", page)
        self.refused(soon + "/steps", {"step": "amend", "title": "", "text": "三盏"}, 422, "没有填写标题")

    def test_pages_of_fifty(self):
        for i in range(51):
            self.file(title=f"第{i}件")
        first = self.clerk.page("/proposals?state=filed")
        self.assertEqual(first.count("<tr><td"), 50)
        after = re.search(r'href="(/proposals\?state=filed&amp;after=[^"]*)"', first).group(1)
        second = self.clerk.page(html.unescape(after))
        self.assertEqual(second.count("<tr><td"), 1)
        self.assertIn("第0件", second)
        self.assertIn("建议第1号", second)

    def test_congresses_have_dates_in_order(self):
        congress = self.congress()
        page = self.refused("/congresses", {"name": "第十九届人民代表大会第三次会议", "opens": day(), "closes": day(2)}, 409, "已经有一次会议")
        self.assertIn(f'value="{day(2)}"', page)
        self.refused("/congresses", {"name": "第四次", "opens": day(), "closes": day(-1)}, 422, "日期的先后不对")
        self.refused("/congresses", {"name": "", "opens": day(), "closes": day()}, 422, "没有填写会议名称")
        path = self.file(filed=day(-9), congress=congress)
        self.assertIn(day(9), self.clerk.page(path))
        self.clerk.done("/congresses/" + congress, {"name": "第三次会议", "opens": day(-9), "closes": day(-5)})
        self.assertIn(day(10), self.clerk.page(path), "the close moved, and with it the deadline")
        self.assertEqual(self.clerk.get("/congresses/none").status, 404)
        self.assertEqual(self.clerk.post("/congresses/none", {"name": "x", "opens": day(), "closes": day()}).status, 404)

    def test_how_many_sign_a_motion_is_a_setting(self):
        self.town.stop()
        with open(self.town.folder + "/township.conf", "w") as file:
            file.write("[rules]\nmotion_signatories = 3\ntransfer_days = 10\n")
        self.town.start()
        congress = self.congress()
        motion = {"kind": "motion", "congress": congress, "filed": day(-9)}
        self.refused("/proposals", self.fields(**motion, cosigners="钱二"), 422, "议案须有至少 3 位代表联名（含领衔代表），现在是 2 位")
        self.assertIn(f"交办期限 {day(4)}", self.clerk.page(self.file(**motion, cosigners="钱二、孙三")))
        self.town.stop()
        with open(self.town.folder + "/township.conf", "w") as file:
            file.write("[rules]\nmotion_signatories = 0\n")
        refused = self.town.command(timeout=10)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("motion_signatories", refused.stderr)
        self.assertIn("from 1 to 100", refused.stderr)

    def test_who_may(self):
        path = self.file()
        reader = world.Browser(self.town, "reader", "reader's password")
        page = reader.page(path)
        self.assertNotIn("可以办的", page)
        self.assertNotIn("登记一件", reader.page("/proposals"))
        self.assertEqual(reader.get("/proposals/new").status, 403)
        self.assertEqual(reader.post("/proposals", self.fields()).status, 403)
        self.assertEqual(reader.post(path + "/steps", {"step": "withdraw"}).status, 403)
        self.town.add_user("赵一", "deputy", "deputy's password", deputy="赵一")
        deputy = world.Browser(self.town, "赵一", "deputy's password")
        for where in ("/proposals", path, "/congresses"):
            self.assertEqual(deputy.get(where).status, 403, where)
            self.assertEqual(world.Browser(self.town, None).get(where).status, 303, where)
        self.assertEqual(self.clerk.get("/proposals/none").status, 404)
        self.assertEqual(self.clerk.post("/proposals/none/steps", {"step": "talk"}).status, 404)
        self.assertEqual(self.clerk.post("/proposals", self.fields(), csrf=False).status, 403)
        self.refused("/proposals", self.fields(title="长" * 61), 413, "标题太长")
