"""The roster's pages: people, groups, constituencies, honours, files in and out, portraits, cards."""
import base64
import csv
import io
import json
import os
import re
import sqlite3
import struct
import sys
import time
import unittest
import urllib.parse
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world  # noqa: E402

PERSON = {"name": "周玉兰", "gender": "女", "nation": "汉族", "birth": "1979-05", "job": "教师", "phone": "13900000000",
          "initials": "ZYL", "level-0": "township", "constituency-0": "第一选区", "villages-0": "青禾村", "group": "", "group_role": ""}
NUMBER = "990101197905020026"


def table(*rows, heading="姓名,性别,出生年月,选区,所辖村,层级,代表小组,小组职务,身份证号"):
    return "\n".join((heading, *rows)).encode()


def png(width, height, colour=b"\x40\x80\xc0"):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + colour * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


def id_number(n):
    first = f"99010119790502{n:03d}"
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))) % 11]


def field(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page).group(1)


class Roster(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.office = world.Browser(self.town)

    def add(self, **change):
        reply = self.office.post("/roster/new", {**PERSON, **change})
        self.assertEqual(reply.status, 303, reply.body.decode())
        return re.search(r"/roster/([^?]+)\?", reply.headers["Location"]).group(1)

    def edit(self, deputy, **change):
        """Sends the form of a deputy with what is changed; the reply."""
        page = self.office.page(f"/roster/{deputy}/edit")
        fields = {name: value for value, name in re.findall(r'<input type="(?:text|tel)" value="([^"]*)"[^>]*? name="([^"]*)"', page)}
        for name in re.findall(r'<select[^>]* name="([^"]*)"', page):
            chosen = re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.S).group(0)
            fields[name] = (re.search(r'<option value="([^"]*)" selected', chosen) or [None, ""])[1]
        fields["mark"] = field(page, "mark")
        return self.office.post(f"/roster/{deputy}/edit", {**fields, **change})

    def stream(self, kind):
        if not hasattr(self, "box"):
            self.box = world.PaperKiosk(self.town).enrol()
        return self.box.all_changes(kind)

    def upload(self, data, name="名册.csv", office=None):
        """Sends a file; the reply, or the page to be confirmed once it is there."""
        office = office or self.office
        reply = office.post("/roster/import", {}, {"file": (name, data)})
        if reply.status != 303:
            return reply, None
        path = reply.headers["Location"]
        page = world.wait_until(lambda: (lambda p: p if "正在核对名册</h1>" not in p else None)(office.page_any(path)), 30)
        return path, page

    def confirm(self, path, page, **fields):
        return self.office.post(path, {"act": "confirm", "mark": field(page, "mark"), **fields})


def page_any(self, path):
    return self.get(path).body.decode()


world.Browser.page_any = page_any


class People(Roster):
    def test_a_deputy_is_added_changed_and_leaves(self):
        deputy = self.add()
        page = self.office.page("/roster/" + deputy)
        for text in ("周玉兰", "第一选区（青禾村）", "1979-05", "13900000000"):
            self.assertIn(text, page)
        sent = self.stream("deputy")[deputy]
        self.assertEqual((sent["name"], sent["mandates"], sent["honours"]),
                         ("周玉兰", [{"level": "township", "constituency": "第一选区", "villages": "青禾村"}], []))
        self.assertEqual(self.edit(deputy, **{"job": "校长", "level-1": "county", "constituency-1": "县第二选区"}).status, 303)
        self.assertEqual([m["level"] for m in self.stream("deputy")[deputy]["mandates"]], ["township", "county"])
        self.assertEqual(self.office.post("/roster/new", PERSON).status, 409, "she is there already")
        leave = self.office.page(f"/roster/{deputy}/leave")
        self.assertIn("确认离任", leave)
        self.assertIn("已办理离任", self.office.done(f"/roster/{deputy}/leave"))
        self.assertEqual(self.stream("deputy")[deputy], {})
        self.assertNotIn("周玉兰", self.office.page("/roster"))
        self.assertIn("周玉兰", self.office.page("/roster?left=1"))
        self.assertEqual(self.office.post(f"/roster/{deputy}/leave").status, 409)
        self.assertEqual(self.edit(deputy).status, 303)
        self.assertEqual(self.stream("deputy")[deputy]["job"], "校长")
        self.settled(self.town)

    def test_what_is_wrong_is_told_and_what_was_typed_stays(self):
        for change, words in (({"name": " "}, "没有写姓名"), ({"birth": "昨天"}, "出生年月不对"), ({"gender": ""}, "没有选性别"),
                              ({"level-0": ""}, "没有写是哪一级的代表"), ({"level-1": "township"}, "写了两次"), ({"level-0": "x"}, "不在列表里"),
                              ({"group_role": "组长"}, "没有小组"), ({"name": "长" * 60}, "太长"), ({"villages-0": "村" * 90}, "太长")):
            reply = self.office.post("/roster/new", {**PERSON, "job": "<b>\"教师'</b>", **change})
            self.assertEqual(reply.status, 422, change)
            self.assertIn(words, reply.body.decode())
            self.assertIn("&lt;b&gt;&quot;教师", reply.body.decode())
        self.assertIn("名册上还没有代表", self.office.page("/roster"))
        self.assertIn("没有符合条件的代表", self.office.page("/roster?q=zyl"))

    def test_two_clerks_do_not_undo_each_other(self):
        deputy = self.add()
        page = self.office.page(f"/roster/{deputy}/edit")
        self.assertEqual(self.edit(deputy, phone="13911111111").status, 303)
        late = self.office.post(f"/roster/{deputy}/edit", {**PERSON, "mark": field(page, "mark"), "job": "农民"})
        self.assertEqual(late.status, 409)
        self.assertIn("别人改过", late.body.decode())
        self.assertIn("13911111111", self.office.page("/roster/" + deputy))

    def test_the_list_is_searched_and_filtered(self):
        self.add()
        self.add(name="沈怀远", initials="SHY", gender="男", **{"level-0": "county", "constituency-0": "县一选区", "villages-0": "上禾村"})
        for query, found in (("q=zy", "周玉兰"), ("q=怀远", "沈怀远"), ("q=1390000", "周玉兰沈怀远"), ("level=county", "沈怀远"),
                             ("village=青禾村", "周玉兰"), ("village=县一选区", "沈怀远"), ("q=%25", ""), ("q=' OR 1=1", ""), ("left=1", "")):
            page = self.office.page("/roster?" + urllib.parse.quote(query, safe="=%"))
            for name in ("周玉兰", "沈怀远"):
                self.assertEqual(name in page, name in found, (query, name))
        self.assertEqual(self.office.get("/roster?after=x").status, 400)

    def test_an_id_number_becomes_a_digest_and_is_never_seen(self):
        deputy = self.add()
        other = self.add(name="沈怀远", birth="1979-05", gender="男")
        for number, words in (("123", "身份证号不对"), (NUMBER[:-1] + "0", "身份证号不对"), ("990101197109030055", "出生年月")):
            reply = self.office.post(f"/roster/{deputy}/id-number", {"act": "put", "number": number})
            self.assertEqual(reply.status, 422)
            self.assertIn(words, reply.body.decode())
        page = self.office.done(f"/roster/{deputy}/id-number", {"act": "put", "number": NUMBER[:6] + " " + NUMBER[6:]})
        self.assertIn("已登记", page)
        self.assertNotIn(NUMBER, page)
        self.assertIn("digest", self.stream("deputy")[deputy]["id_digest"])
        taken = self.office.post(f"/roster/{other}/id-number", {"act": "put", "number": NUMBER})
        self.assertEqual(taken.status, 409)
        self.assertIn("周玉兰", taken.body.decode())
        self.edit(deputy, job="校长")
        self.assertIn("digest", self.stream("deputy")[deputy]["id_digest"], "a change of something else leaves it")
        self.office.done(f"/roster/{deputy}/id-number", {"act": "back"})
        self.assertIsNone(self.stream("deputy")[deputy]["id_digest"])
        for name in os.listdir(self.town.folder):
            path = os.path.join(self.town.folder, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    self.assertNotIn(NUMBER.encode(), file.read(), name)

    def test_honours_go_to_the_kiosks(self):
        deputy = self.add()
        for change in ({"title": ""}, {"date": "去年"}, {"date": "2026-13"}, {"title": "长" * 120}):
            reply = self.office.post(f"/roster/{deputy}/honours", {"date": "2026-03", "title": "优秀代表", "by": "县人大常委会", **change})
            self.assertEqual(reply.status, 422, change)
        self.office.done(f"/roster/{deputy}/honours", {"date": "2025", "title": "优秀<代表>", "by": "县人大常委会"})
        page = self.office.done(f"/roster/{deputy}/honours", {"date": "2026-03-12", "title": "建议办理先进", "by": ""})
        self.assertIn("优秀&lt;代表&gt;", page)
        self.assertEqual(self.stream("deputy")[deputy]["honours"],
                         [{"date": "2026-03-12", "title": "建议办理先进", "by": ""}, {"date": "2025", "title": "优秀<代表>", "by": "县人大常委会"}])
        honour = re.search(rf"/roster/{deputy}/honours/([0-9a-f-]+)", page).group(1)
        self.office.done(f"/roster/{deputy}/honours/{honour}")
        self.assertEqual(len(self.stream("deputy")[deputy]["honours"]), 1)
        self.assertEqual(self.office.post(f"/roster/{deputy}/honours/{honour}").status, 404)
        self.edit(deputy, group_role="", **{"villages-0": "上禾村"})
        self.office.post("/roster/groups/new", {"name": "第一代表小组", "leader": deputy, "deputy_leader": "", "recorder": ""})
        kiosk = self.kiosk(self.town.url).enrol(self.town)
        self.assertEqual(kiosk.once(), 0, "a real kiosk takes it all")
        database = sqlite3.connect(kiosk.folder + "/kiosk.db")
        self.assertEqual(database.execute("SELECT name, grp, group_role FROM deputies").fetchall(), [("周玉兰", "第一代表小组", "组长")])
        self.assertEqual([json.loads(data)["leader"] for data, in database.execute("SELECT data FROM groups")], [deputy])
        self.assertEqual([json.loads(data)["villages"] for data, in database.execute("SELECT data FROM constituencies")], ["青禾村、上禾村"])
        database.close()

    def test_readonly_sees_and_changes_nothing(self):
        deputy = self.add()
        self.town.add_user("看", "readonly", "只看不改的那个人")
        reader = world.Browser(self.town, "看", "只看不改的那个人")
        page = reader.page("/roster/" + deputy)
        self.assertNotIn("<form", re.sub(r"(?s)<header.*?</header>", "", page))
        for path in ("/roster", "/roster/groups", "/roster/constituencies", "/roster/cards"):
            reader.page(path)
        for path in (f"/roster/{deputy}/edit", f"/roster/{deputy}/leave", "/roster/import", "/roster/new", f"/roster/{deputy}/portrait", f"/roster/{deputy}/card.pdf"):
            self.assertEqual(reader.get(path).status, 403, path)
        for path in (f"/roster/{deputy}/leave", f"/roster/{deputy}/honours", f"/roster/{deputy}/card", "/roster/groups/new"):
            self.assertEqual(reader.post(path, {"act": "lost"}).status, 403, path)


class Groups(Roster):
    def group(self, **fields):
        reply = self.office.post("/roster/groups/new", {"name": "第一代表小组", "leader": "", "deputy_leader": "", "recorder": "", **fields})
        self.assertEqual(reply.status, 303, reply.body.decode())
        return re.search(r"/groups/(\d+)", reply.headers["Location"]).group(1)

    def test_a_group_has_one_of_each(self):
        a, b, c = self.add(), self.add(name="沈怀远"), self.add(name="王秀英")
        group = self.group(leader=a, recorder=b, liaison=[b, c])
        sent = self.stream("group")["g-" + group]
        self.assertEqual({**sent, "liaisons": set(sent["liaisons"])},
                         {"name": "第一代表小组", "leader": a, "deputy_leader": "", "recorder": b, "liaisons": {b, c}})
        self.assertEqual([self.stream("deputy")[d]["group_role"] for d in (a, b, c)], ["组长", "记录员", ""])
        self.assertEqual(self.edit(c, group="第一代表小组", group_role="组长").status, 303)
        self.assertEqual([self.stream("deputy")[d]["group_role"] for d in (a, b, c)], ["", "记录员", "组长"], "one takes it from the other")
        self.assertEqual(self.stream("group")["g-" + group]["leader"], c)
        same = self.office.post("/roster/groups/" + group, {"name": "第一代表小组", "leader": a, "deputy_leader": a, "recorder": ""})
        self.assertEqual(same.status, 422)
        self.office.done("/roster/groups/" + group, {"name": "河东小组", "leader": b, "deputy_leader": c, "recorder": "", "liaison": [a]})
        self.assertEqual([(self.stream("deputy")[d]["group"], self.stream("deputy")[d]["group_role"]) for d in (a, b, c)],
                         [("河东小组", ""), ("河东小组", "组长"), ("河东小组", "副组长")])
        self.office.done(f"/roster/{b}/leave")
        self.assertEqual(self.stream("group")["g-" + group]["leader"], "")
        other = self.group(name="第二代表小组", leader=c)
        self.assertEqual(self.stream("group")["g-" + group]["deputy_leader"], "", "came over to the other group")
        self.assertEqual(self.stream("deputy")[c]["group"], "第二代表小组")
        for name, status in (("河东小组", 409), (" ", 422), ("长" * 60, 422)):
            self.assertEqual(self.office.post("/roster/groups/" + other, {"name": name, "leader": c}).status, status, name)
        self.assertEqual(self.office.post("/roster/groups/" + other, {"name": "二组", "leader": b}).status, 422, "has left")
        self.assertEqual(self.office.post(f"/roster/groups/{other}/remove").status, 409, "has members")
        self.edit(c, group="", group_role="")
        self.office.done(f"/roster/groups/{other}/remove")
        self.assertEqual(self.stream("group")["g-" + other], {})
        for path in ("/roster/groups/999", "/roster/groups/x", f"/roster/groups/{other}"):
            self.assertEqual(self.office.get(path).status, 404)
        self.settled(self.town)

    def test_a_constituency_takes_its_deputies_along(self):
        a = self.add(**{"villages-0": "青禾村、上禾村"})
        b = self.add(name="沈怀远", **{"villages-0": "上禾村、柳沟村"})
        (area, data), = self.stream("constituency").items()
        self.assertEqual(data, {"level": "township", "name": "第一选区", "villages": "青禾村、上禾村、柳沟村", "seats": 0})
        path = "/roster/constituencies/" + area
        self.office.done(path, {"name": "东片选区", "villages": "青禾村、柳沟村、新街村", "seats": "9"})
        self.assertEqual([self.stream("deputy")[d]["mandates"][0] for d in (a, b)],
                         [{"level": "township", "constituency": "东片选区", "villages": v} for v in ("青禾村", "柳沟村")])
        self.assertEqual(self.stream("constituency")[area]["seats"], 9)
        self.assertIn("2 / 9", self.office.page("/roster/constituencies"))
        for change, status in (({"name": ""}, 422), ({"seats": "-1"}, 422), ({"villages": "村" * 2000}, 422)):
            self.assertEqual(self.office.post(path, {"name": "东片选区", "villages": "", "seats": "", **change}).status, status, change)
        new = {"level": "township", "name": "东片选区", "villages": "", "seats": ""}
        self.assertEqual(self.office.post("/roster/constituencies/new", new).status, 409)
        self.assertEqual(self.office.post("/roster/constituencies/new", {**new, "level": "county"}).status, 303, "another level's")
        self.assertEqual(self.office.post(path + "/remove").status, 409)
        self.office.done(f"/roster/{a}/leave")
        self.office.done(f"/roster/{b}/leave")
        self.office.done(path + "/remove")
        self.assertEqual(self.stream("constituency")[area], {})


class Import(Roster):
    def test_only_what_was_shown_is_done(self):
        a, b = self.add(group=""), self.add(name="沈怀远", gender="男", birth="1971-09")
        c = self.add(name="王秀英", birth="1968-03")
        path, page = self.upload(table("周玉兰,女,1979-05,第二选区,青禾村,乡,第一代表小组,组长," + NUMBER, "沈怀远,男,1971-09,第一选区,青禾村,乡,,,",
                                       "马建国,男,1970-03,第三选区,石门村,乡、县,,,"))
        for text in ("乡 第一选区（青禾村）</del> → <ins>乡 第二选区（青禾村）", "（空）</del> → <ins>第一代表小组", "未登记</del> → <ins>登记", "新增（1 位）", "马建国",
                     "<b>1</b>不变", "名册里有、文件里没有（1 位）", f'name="left" value="{c}"'):
            self.assertIn(text, page)
        self.assertNotIn(NUMBER, page)
        self.assertNotIn("第二选区", str(self.stream("deputy")), "nothing is done yet")
        self.assertEqual(self.edit(b, phone="13922222222").status, 303)
        same = self.confirm(path, page, left=[c])
        self.assertEqual(same.status, 303, "what changed meanwhile is nothing that the file changes")
        self.assertIn("已导入", self.office.page(same.headers["Location"]))
        people = self.stream("deputy")
        self.assertEqual((people[a]["mandates"][0]["constituency"], people[a]["group_role"], people[a]["phone"]), ("第二选区", "组长", "13900000000"))
        self.assertIn("digest", people[a]["id_digest"])
        self.assertEqual(people[b]["phone"], "13922222222", "a column that the file does not have stays")
        self.assertEqual(people[c], {})
        self.assertEqual(self.office.get(path).status, 409, "confirmed once")
        self.settled(self.town)

    def test_a_roster_that_changed_meanwhile_is_shown_anew(self):
        a = self.add()
        path, page = self.upload(table("周玉兰,女,1979-05,第二选区,青禾村,乡,,,"))
        self.assertEqual(self.edit(a, **{"constituency-0": "第五选区"}).status, 303)
        again = self.confirm(path, page)
        self.assertEqual(again.status, 409)
        text = again.body.decode()
        self.assertIn("名册有了变动", text)
        self.assertIn("乡 第五选区（青禾村）</del>", text)
        self.assertEqual(self.stream("deputy")[a]["mandates"][0]["constituency"], "第五选区")
        self.assertEqual(self.confirm(path, text, left=["p-nobody"]).status, 409, "somebody who is not in question")
        self.assertEqual(self.confirm(path, text).status, 303)
        self.assertEqual(self.stream("deputy")[a]["mandates"][0]["constituency"], "第二选区")

    def test_a_column_that_is_not_there_changes_nothing(self):
        a = self.add(phone="13900000000", group="")
        self.add(name="周玉兰", gender="男")
        path, page = self.upload("姓名,出生年月,选区,层级\n周玉兰,1979-05,第一选区,乡\n".encode())
        self.assertIn("新增（1 位）", page, "two have that name and birth: the file must say which")
        path, page = self.upload("姓名,性别,出生年月,选区,层级,职务\n周玉兰,女,1979-05,第一选区,乡,医生\n".encode())
        self.assertIn("教师</del> → <ins>医生", page)
        self.assertIn("<b>1</b>改动", page)
        self.assertEqual(self.confirm(path, page).status, 303)
        self.assertEqual((self.stream("deputy")[a]["phone"], self.stream("deputy")[a]["mandates"][0]["villages"]), ("13900000000", "青禾村"))
        path, page = self.upload("姓名,出生年月,选区,层级\n沈怀远,1971-09,第一选区,乡\n".encode())
        self.confirm(path, page)
        _, page = self.upload("姓名,性别,出生年月,选区,层级\n沈怀远,男,1971-09,第一选区,乡\n".encode())
        self.assertIn("新增（1 位）", page)

    def test_each_bad_row_is_named(self):
        reply, _ = self.upload(table("周玉兰,女,1979-05,第一选区,,乡,,,", ",男,1971-09,第一选区,,乡,,,", "王秀英,女,三月,第一选区,,乡,,,",
                                     "马建国,男,1970-03,第一选区,,村,,,123"))
        page = reply.body.decode()
        self.assertEqual(reply.status, 422)
        for text in ("第 3 行</th><td>没有写姓名", "第 4 行</th><td>出生年月", "第 5 行", "3 处问题"):
            self.assertIn(text, page)
        for data, name in ((b"", "a.csv"), (b"\0" * 100, "a.csv"), (b"PK\x03\x04" + b"x" * 50, "a.xlsx"), (b"%PDF-1.4", "a.csv"), (table(), "a.csv"),
                           (table("x", heading="甲,乙"), "a.csv")):
            reply, _ = self.upload(data, name)
            self.assertEqual(reply.status, 422, data[:20])
            self.assertIn('role="alert"', reply.body.decode())
        self.assertEqual(self.office.post("/roster/import", {}, {}).status, 422)
        two = table("周玉兰,女,1979-05,第一选区,,乡,一组,组长,", "沈怀远,男,1971-09,第一选区,,乡,一组,组长,")
        reply = self.office.post("/roster/import", {}, {"file": ("a.csv", two)})
        page = self.office.get(reply.headers["Location"])
        self.assertEqual(page.status, 409)
        self.assertIn("各只能有一位", page.body.decode())
        self.assertEqual(self.stream("deputy"), {})

    def test_numbers_take_their_time_and_hold_nobody_up(self):
        rows = [f"代表{i},女,1979-05,第一选区,,乡,,,{id_number(i)}" for i in range(120)]
        reply = self.office.post("/roster/import", {}, {"file": ("a.csv", table(*rows))})
        path = reply.headers["Location"]
        progress = self.office.get(path)
        self.assertIn("正在核对名册", progress.body.decode(), "120 digests take longer than the page waits")
        self.assertEqual(progress.headers["Refresh"], "3")
        early = self.confirm(path, f'name="mark" value="{"0" * 64}"')
        self.assertIn("正在核对名册", early.body.decode(), "not before they are there")
        self.assertEqual(self.stream("deputy"), {})
        began = time.monotonic()
        self.office.page("/roster")
        self.assertLess(time.monotonic() - began, 1.5)
        page = world.wait_until(lambda: (lambda p: p if "正在核对名册</h1>" not in p else None)(self.office.page_any(path)), 40)
        self.assertEqual(page.count("登记</td>"), 120)
        self.assertEqual(self.confirm(path, page).status, 303)
        self.assertEqual(sum("digest" in (d.get("id_digest") or {}) for d in self.stream("deputy").values()), 120)

    def test_a_number_of_somebody_else_is_told(self):
        a = self.add()
        self.office.done(f"/roster/{a}/id-number", {"act": "put", "number": NUMBER})
        _, page = self.upload(table("周玉蓝,女,1979-05,第一选区,青禾村,乡,,," + NUMBER))
        self.assertIn(f"请在文件的“代表编号”一栏写 {a}", page)
        path, page = self.upload(table(f"周玉蓝,女,1979-05,第一选区,青禾村,乡,,,{NUMBER},{a}",
                                       heading="姓名,性别,出生年月,选区,所辖村,层级,代表小组,小组职务,身份证号,代表编号"))
        self.assertIn("周玉兰</del> → <ins>周玉蓝", page)
        self.assertNotIn("身份证号：", page, "the same number is no change")
        self.assertEqual(self.confirm(path, page).status, 303)
        self.assertEqual(self.stream("deputy")[a]["name"], "周玉蓝")

    def test_another_session_cannot_see_it_and_dropped_is_dropped(self):
        path, page = self.upload(table("周玉兰,女,1979-05,第一选区,,乡,,,"))
        self.town.add_user("二号", "clerk", "乡里第二位办事员")
        other = world.Browser(self.town, "二号", "乡里第二位办事员")
        self.assertEqual(other.get(path).status, 409)
        self.assertEqual(other.post(path, {"act": "confirm", "mark": field(page, "mark")}).status, 409)
        self.assertEqual(self.office.get(path).status, 200)
        self.office.done(path, {"act": "drop"})
        self.assertEqual(self.office.get(path).status, 409)
        self.assertEqual(self.confirm(path, page).status, 409)
        self.assertEqual(self.stream("deputy"), {})

    def test_what_is_exported_is_imported_unchanged(self):
        self.add(phone="+86 139", **{"level-1": "county", "constituency-1": "县一选区", "villages-1": "青禾村、上禾村"})
        self.add(name="=1+1", initials='A"B,C', job="多\t字")
        for suffix in ("csv", "xlsx"):
            reply = self.office.get("/roster/export." + suffix)
            self.assertEqual(reply.status, 200)
            self.assertIn("attachment", reply.headers["Content-Disposition"])
            _, page = self.upload(reply.body, "out." + suffix)
            self.assertIn("<b>2</b>不变", page, suffix)
            self.assertIn("<b>0</b>改动", page)
            self.assertIn("<b>0</b>新增", page)
        gb = "代表编号,姓名,性别,出生年月,选区,层级\n,李㛃,女,1988-07,第二选区,乡\n".encode("gb18030")
        path, page = self.upload(gb, "gb.csv")
        self.assertIn("李㛃", page)
        text = self.office.get("/roster/export.csv").body.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual([r["层级"] for r in rows], ["乡", "县", "乡"])
        self.assertNotIn("身份证号", rows[0])


class Portraits(Roster):
    def send(self, data, status=200):
        reply = self.office.post(f"/roster/{self.deputy}/portrait", {}, {"file": ("照片.png", data)})
        self.assertEqual(reply.status, status, reply.body.decode()[-600:])
        return reply.body.decode()

    def test_a_portrait_is_cut_and_sent(self):
        self.deputy = self.add()
        self.office.page(f"/roster/{self.deputy}/portrait")
        page = self.send(png(2000, 1600))
        self.assertEqual([field_number(page, n) for n in ("left", "top", "width")], [252, 0, 896])
        form = {"source": field(page, "source"), "left": "100", "top": "20", "width": "400"}
        for change in ({"left": "1100"}, {"width": "63"}, {"width": "x"}, {"top": "-1"}, {"left": "99999"}):
            reply = self.office.post(f"/roster/{self.deputy}/portrait/cut", {**form, "act": "take", **change})
            self.assertEqual(reply.status, 422, change)
        for source in ("", "!!!", base64.b64encode(png(100, 100)).decode(), base64.b64encode(b"\xff\xd8\xff\xe0 no").decode()):
            self.assertEqual(self.office.post(f"/roster/{self.deputy}/portrait/cut", {**form, "source": source, "act": "take"}).status, 422)
        self.assertEqual(self.stream("portrait"), {})
        looked = self.office.post(f"/roster/{self.deputy}/portrait/cut", {**form, "act": "look"})
        self.assertEqual(looked.status, 200)
        self.assertEqual(self.stream("portrait"), {}, "looking is not taking")
        self.office.done(f"/roster/{self.deputy}/portrait/cut", {**form, "act": "take"})
        sent = self.stream("portrait")[self.deputy]
        self.assertEqual(sent["media"], "image/jpeg")
        data = base64.b64decode(sent["data"])
        height, width = struct.unpack(">HH", data[data.index(b"\xff\xc0") + 5:][:4])
        self.assertEqual((width, height), (400, 500))
        self.assertEqual(self.office.get(f"/roster/{self.deputy}/portrait.jpg").body, data)
        self.office.done(f"/roster/{self.deputy}/portrait/cut", {"act": "remove"})
        self.assertEqual(self.office.get(f"/roster/{self.deputy}/portrait.jpg").status, 404)

    def test_bad_pictures_are_refused(self):
        self.deputy = self.add()
        lying = bytearray(png(300, 400))
        lying[16:24] = struct.pack(">II", 60000, 60000)
        good = png(300, 400)
        for data in (b"x", b"GIF89a" + b"\0" * 100, good[:len(good) // 2], bytes(lying), png(50, 4000), png(4000, 60), b"\x89PNG\r\n\x1a\n"):
            self.assertIn('role="alert"', self.send(data, 422))
        self.assertEqual(self.office.post(f"/roster/{self.deputy}/portrait", {}, {}).status, 422)
        self.assertEqual(self.office.post("/roster/p-nobody/portrait", {}, {"file": ("a.png", good)}).status, 404)
        self.assertEqual(self.office.get("/").status, 200)


def field_number(page, name):
    return int(re.search(rf'<input type="number" value="(\d+)"[^>]* name="{name}"', page).group(1))


class Cards(Roster):
    def test_a_card_is_issued_printed_and_lost(self):
        deputy = self.add()
        self.assertEqual(self.office.get(f"/roster/{deputy}/card.pdf").status, 404)
        self.assertEqual(self.office.post(f"/roster/{deputy}/card", {"act": "lost"}).status, 409)
        for days in ("", "0", "99999", "x"):
            self.assertEqual(self.office.post(f"/roster/{deputy}/card", {"act": "issue", "days": days}).status, 422)
        self.office.done(f"/roster/{deputy}/card", {"act": "issue", "days": "365"})
        first = self.office.get(f"/roster/{deputy}/card.pdf")
        self.assertEqual((first.status, first.headers["Content-Type"], first.body[:5]), (200, "application/pdf", b"%PDF-"))
        self.assertIn("有效", self.office.page("/roster/cards"))
        self.office.done(f"/roster/{deputy}/card", {"act": "issue", "days": "365"})
        self.assertEqual(self.stream("card")[deputy], {"issue": 2, "lost_through": 0})
        self.office.done(f"/roster/{deputy}/card", {"act": "lost"})
        self.assertEqual(self.stream("card")[deputy], {"issue": 2, "lost_through": 2})
        self.assertEqual(self.office.get(f"/roster/{deputy}/card.pdf").status, 404)
        self.assertIn("已挂失", self.office.page("/roster/cards"))
        self.assertEqual(self.office.get("/roster/p-nobody/card").status, 404)
        self.settled(self.town)


if __name__ == "__main__":
    unittest.main()
