"""Activities at the office's pages: planned, published with their notice checked, changed, watched, corrected, proven."""
import datetime
import html
import os
import re
import sqlite3
import struct
import sys
import time
import unittest
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world  # noqa: E402

ROOM = datetime.timezone(datetime.timedelta(hours=8))


def day(days):
    return (datetime.datetime.now(ROOM) + datetime.timedelta(days=days)).strftime("%Y-%m-%d")


def words(page):
    """What a reader sees of it."""
    text = re.sub(r"(?s)<(script|style|option|textarea).*?</\1>", " ", page)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


class Activities(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.ma = self.town.deputy("马建国", group="第一代表小组")
        self.zhou = self.town.deputy("周玉兰", group="第一代表小组")
        self.wang = self.town.deputy("王秀英", group="第二代表小组")
        self.head = world.Browser(self.town)
        self.town.add_user("李办事", "clerk", "long enough")
        self.clerk = world.Browser(self.town, "李办事", "long enough")
        self.box = world.PaperKiosk(self.town).enrol()

    def form(self, **change):
        fields = {"title": "法律法规学习", "kind": "home", "place": "二楼会议室", "date": day(10), "from": "09:00", "until": "11:30",
                  "last_date": "", "agenda": "一、传达\n二、讨论", "opens_min": "120", "grace_min": "5", "quorum": "0", "names": "",
                  "act": "save"}
        return {**fields, **change}

    def plan(self, **change):
        """Saves a plan as a clerk; its id."""
        reply = self.clerk.post("/activities/new", self.form(**change))
        self.assertEqual(reply.status, 303, words(reply.body.decode())[:1500])
        return re.match(r"/activities/(a-[0-9a-f]{16})\?done=planned$", reply.headers["Location"]).group(1)

    def edit(self, activity, who=None, status=303, **change):
        """Opens the form, and sends it with these changes; the page that comes of it."""
        who, path = who or self.clerk, f"/activities/{activity}/edit"
        rev = re.search(r'name="rev" value="(\d+)"', who.page(path)).group(1)
        reply = who.post(path, {"rev": rev, **self.form(**change)})
        self.assertEqual(reply.status, status, words(reply.body.decode())[:1500])
        return who.page(reply.headers["Location"]) if status == 303 else reply.body.decode()

    def rows(self, page):
        return re.findall(r'name="deputy" value="([^"]*)"', page)

    def database(self, query, *values):
        base = sqlite3.connect(self.town.folder + "/township.db")
        base.execute("PRAGMA foreign_keys = ON")
        try:
            found = base.execute(query, values).fetchall()
            base.commit()
            return found
        finally:
            base.close()

    def held(self, *invited, **more):
        """One whose sign-in is open, announced over the API."""
        return self.town.activity(*(invited or ("all",)), **more)


class Planning(Activities):
    def test_a_plan_is_nobody_elses_business_until_it_is_published(self):
        activity = self.plan(who=["第一代表小组"], names="王秀英")
        self.assertEqual(self.box.all_changes("activity"), {})
        self.assertEqual(self.town.office("GET", "/activities").json["activities"], [])
        self.assertEqual(self.town.office("GET", "/activities/" + activity).status, 404)
        page = words(self.clerk.page("/activities"))
        self.assertIn("计划中，还没有公布", page)
        self.assertIn("3 人", page)
        page = self.clerk.page("/activities/" + activity)
        self.assertIn(day(3), words(page), "the latest day for a home activity is seven days before")
        page = self.clerk.done(f"/activities/{activity}/publish")
        self.assertIn("已公布", page)
        change = self.box.all_changes("activity")[activity]
        self.assertEqual([i["deputy"] for i in change["invited"]], [self.ma, self.zhou, self.wang])
        self.assertEqual((change["title"], change["place"], change["kind"]), ("法律法规学习", "二楼会议室", "home"))
        self.assertNotIn("agenda", change, "the agenda stays at the office")
        self.assertIn("二、讨论", page)
        self.assertEqual(self.clerk.post(f"/activities/{activity}/drop").status, 409, "what is published is called off instead")
        self.settled(self.town)

    def test_the_list_travels_in_the_form(self):
        reply = self.clerk.post("/activities/new", self.form(act="add", who="第一代表小组", title="没写完"))
        page = reply.body.decode()
        self.assertEqual((reply.status, self.rows(page)), (200, [self.ma, self.zhou]))
        self.assertIn("加入了 2 人，还没有保存", page)
        self.assertIn('value="没写完"', page)
        self.assertEqual(self.database("SELECT count(*) FROM activity_drafts"), [(0,)])
        activity = self.plan(deputy=[self.ma, self.zhou], order=["2", "1"], seat=["三排六号", ""], names="王秀英", drop=self.zhou)
        self.assertEqual(self.database("SELECT deputy, seat FROM draft_invitees ORDER BY n"), [(self.ma, "三排六号"), (self.wang, "")])
        page = self.clerk.page(f"/activities/{activity}/edit")
        self.assertEqual(self.rows(page), [self.ma, self.wang])
        self.edit(activity, deputy=[self.ma, self.wang], order=["5", "1"], seat=["三排六号", ""])
        self.assertEqual(self.database("SELECT deputy FROM draft_invitees ORDER BY n"), [(self.wang,), (self.ma,)])

    def test_what_is_wrong_is_told_and_nothing_typed_is_lost(self):
        self.town.office("PUT", "/deputies/p-other", {"name": "王秀英", "mandates": [{"level": "county"}]})
        for change, told in (({"title": ""}, "名称没有填写"), ({"title": "长" * 100}, "名称太长"), ({"until": "08:00"}, "结束时间应在开始时间之后"),
                             ({"date": ""}, "日期或开始时间没有填写"), ({"date": "2026-02-30"}, "日期或开始时间没有填写"), ({"from": "25:00"}, "日期或开始时间"),
                             ({"opens_min": "一会儿"}, "分钟数或法定人数不正确"), ({"opens_min": "999999999"}, "超出了允许的范围"), ({"kind": "party"}, "没有选类别"),
                             ({"names": "没有这个人"}, "名册里没有"), ({"names": "马建国、王秀英"}, "有几位代表都叫“王秀英”"), ({"who": "没有这个组"}, "名册里没有"),
                             ({"deputy": "p-none"}, "不在名册里"), ({"last_date": "昨天"}, "结束的日期或时间不正确"),
                             ({"deputy": self.ma, "seat": "座" * 80}, "座位太长")):
            reply = self.clerk.post("/activities/new", self.form(**{"place": "别丢了我", **change}))
            page = reply.body.decode()
            self.assertEqual(reply.status, 422, change)
            self.assertIn(told, words(page), change)
            self.assertIn('value="别丢了我"', page, change)
            self.assertIn("二、讨论</textarea>", page, change)
        self.assertEqual(self.database("SELECT count(*) FROM activity_drafts"), [(0,)])

    def test_more_than_a_form_holds_is_told_not_cut(self):
        path = self.folder + "/roster.csv"
        with open(path, "w", encoding="utf-8") as file:
            file.write("姓名,性别,出生年月,选区,层级\n" + "".join(f"代表{i},男,1980-01,第{i}选区,乡\n" for i in range(1001)))
        done = self.town.command("import", "roster", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        reply = self.clerk.post("/activities/new", self.form(who="all"))
        self.assertEqual((reply.status, "名单超过一千人" in reply.body.decode()), (422, True))
        everybody = [d for d, in self.database("SELECT id FROM deputies")]
        many = {"deputy": everybody, "seat": [""] * len(everybody), "order": ["1"] * len(everybody)}
        self.assertEqual(self.clerk.post("/activities/new", self.form(**many)).status, 422)
        self.plan(**{name: values[:1000] for name, values in many.items()})
        self.assertEqual(self.database("SELECT count(*) FROM draft_invitees"), [(1000,)])

    def test_markup_in_every_field_is_text(self):
        bad = "<script>alert(1)</script>"
        activity = self.plan(title=bad, place='"><i>', agenda=bad, who="all")
        self.clerk.done(f"/activities/{activity}/publish")
        for page in ("", "/edit", "/live", "/roll", "/proof", "/minutes"):
            text = self.clerk.page(f"/activities/{activity}{page}")
            self.assertNotIn("<script>alert", text, page)
            self.assertNotIn('"><i>', text, page)

    def test_a_plan_is_thrown_away(self):
        activity = self.plan(who="all")
        self.assertIn("计划已删除", self.clerk.done(f"/activities/{activity}/drop"))
        self.assertEqual(self.clerk.get("/activities/" + activity).status, 404)
        self.assertEqual(self.clerk.post(f"/activities/{activity}/publish").status, 404)

    def test_an_empty_list_is_not_published(self):
        activity = self.plan()
        self.assertNotIn("/publish", self.clerk.page("/activities/" + activity))
        self.assertEqual(self.clerk.post(f"/activities/{activity}/publish").status, 422)

    def test_who_may(self):
        activity = self.plan(who="all")
        self.town.add_user("看", "readonly", "only reading")
        reader = world.Browser(self.town, "看", "only reading")
        for page in ("/activities", "/activities/" + activity, "/activities/leaves", "/activities/flags"):
            self.assertNotIn("<button class=\"main\"", reader.page(page), page)
        for page in ("/activities/new", f"/activities/{activity}/edit"):
            self.assertEqual(reader.get(page).status, 403, page)
        for page in ("/activities/new", f"/activities/{activity}/edit", f"/activities/{activity}/publish", f"/activities/{activity}/drop",
                     f"/activities/{activity}/cancel", f"/activities/{activity}/people/{self.ma}", f"/activities/{activity}/minutes"):
            self.assertEqual(reader.post(page, self.form()).status, 403, page)
        self.assertEqual(world.Browser(self.town, None).get("/activities").status, 303)


class Notice(Activities):
    def test_seven_days_for_the_home_and_three_for_a_group(self):
        for kind, days, good in (("home", 7, True), ("home", 6, False), ("group", 3, True), ("group", 2, False), ("training", 6, False)):
            activity = self.plan(kind=kind, date=day(days), who="all")
            reply = self.clerk.post(f"/activities/{activity}/publish")
            if good:
                self.assertEqual(reply.status, 303, (kind, days))
                continue
            self.assertEqual(reply.status, 409, (kind, days))
            self.assertIn("最晚应在 " + day(-1) + " 公布", words(reply.body.decode()))
            self.assertNotIn(activity, self.box.all_changes("activity"))

    def test_too_late_needs_the_head_and_a_reason(self):
        activity = self.plan(date=day(2), who="all")
        self.assertEqual(self.clerk.post(f"/activities/{activity}/publish", {"late_reason": "防汛"}).status, 403)
        self.assertEqual(self.head.post(f"/activities/{activity}/publish", {"late_reason": " \n "}).status, 409)
        page = self.head.done(f"/activities/{activity}/publish", {"late_reason": "防汛紧急部署"})
        self.assertIn("提前天数不足", words(page))
        self.assertIn("防汛紧急部署", words(page))
        self.assertIn("防汛紧急部署", words(self.clerk.page(f"/activities/{activity}/proof")))
        act, detail = self.database("SELECT act, detail FROM audit WHERE object = ? AND act = 'activity.published'", activity)[0]
        self.assertIn("防汛紧急部署", detail)

    def test_the_settings_say_how_many_days(self):
        self.town.stop()
        with open(self.town.folder + "/township.conf", "a") as file:
            file.write("[rules]\nhome_notice_days = 1\ngroup_notice_days = 0\n")
        self.town.start()
        self.clerk.done(f"/activities/{self.plan(date=day(1), who='all')}/publish")
        self.clerk.done(f"/activities/{self.plan(kind='group', date=day(0), who='all', **{'from': '23:58', 'until': '23:59'})}/publish")

    def test_a_change_is_published_again_and_the_old_is_kept(self):
        activity = self.plan(who="all")
        self.clerk.done(f"/activities/{activity}/publish")
        deputies = [self.ma, self.zhou, self.wang]
        page = words(self.edit(activity, deputy=deputies, place="河堤", act="publish"))
        for text in ("改动后重新公布", "二楼会议室", "河堤"):
            self.assertIn(text, page)
        self.assertEqual(self.box.all_changes("activity")[activity]["place"], "河堤")
        late = {"deputy": deputies, "date": day(4), "act": "publish"}
        self.assertIn(f'value="{day(4)}"', self.edit(activity, status=409, **late), "another date is a new announcement")
        self.assertIn("急事", words(self.edit(activity, self.head, late_reason="急事", **late)))
        self.edit(activity, **late, **{"from": "14:00", "until": "16:00"})
        self.assertEqual([(w, k) for w, k in self.database("SELECT what, in_time FROM publications ORDER BY n")],
                         [("published", 1), ("changed", 1), ("changed", 0), ("changed", 0)], "moved within its day it keeps its notice")
        self.assertIn("已取消", self.clerk.done(f"/activities/{activity}/cancel"))
        self.assertTrue(self.box.all_changes("activity")[activity]["cancelled"])
        self.edit(activity, status=409, **late)
        self.assertEqual(len(self.database("SELECT 1 FROM publications")), 5)
        self.clerk.done(f"/activities/{activity}/cancel")
        self.assertEqual(len(self.database("SELECT 1 FROM publications")), 5, "called off twice is once")
        self.settled(self.town)

    def test_two_who_edit_at_once_do_not_undo_each_other_unawares(self):
        for published in (False, True):
            activity = self.plan(who="all")
            if published:
                self.clerk.done(f"/activities/{activity}/publish")
            path, act = f"/activities/{activity}/edit", "publish" if published else "save"
            rev = re.search(r'name="rev" value="(\d+)"', self.clerk.page(path)).group(1)
            time.sleep(0.002)
            self.edit(activity, self.head, deputy=[self.ma, self.zhou], place="河堤", act=act)
            mine = self.form(deputy=[self.ma], place="水库", act=act)
            reply = self.clerk.post(path, {"rev": rev, **mine})
            page = reply.body.decode()
            self.assertEqual((reply.status, "另有人改过" in page, 'value="水库"' in page), (409, True, True))
            self.assertIn("河堤", self.clerk.page("/activities/" + activity))
            again = re.search(r'name="rev" value="(\d+)"', page).group(1)
            self.assertIn("水库", self.clerk.done(path, {"rev": again, **mine}), "sent once more it is meant")
            self.assertEqual(self.clerk.post(path, {"rev": "x", **mine}).status, 409)

    def test_only_the_agenda_is_no_publication(self):
        activity = self.plan(who="all")
        self.clerk.done(f"/activities/{activity}/publish")
        before = self.box.changes()["next"]
        page = self.edit(activity, deputy=[self.ma, self.zhou, self.wang], agenda="三、散会", act="publish")
        self.assertIn("三、散会", page)
        self.assertEqual((self.box.changes()["next"], len(self.database("SELECT 1 FROM publications"))), (before, 1))

    def test_what_is_over_is_not_changed(self):
        activity = self.held(begins=-90000, lasts=3600)
        self.assertIn("更正", words(self.edit(activity, status=409, deputy=[self.ma], act="publish")))
        self.assertEqual(self.clerk.post(f"/activities/{activity}/cancel").status, 409)


class Proof(Activities):
    def test_publication_link_and_boxes_are_on_the_paper(self):
        slow = world.PaperKiosk(self.town, "远村机").enrol()
        activity = self.plan(who="all")
        self.clerk.done(f"/activities/{activity}/publish")
        link, digest = self.database("SELECT n, lower(hex(hash)) FROM audit WHERE act = 'activity.published'")[0]
        page = words(self.clerk.page(f"/activities/{activity}/proof"))
        for text in (f"第 {link} 号", digest, "提前 10 天", "应提前 7 天", "符合", "马建国、周玉兰、王秀英"):
            self.assertIn(text, page)
        self.assertEqual(page.count("还没有收到"), 2)
        tip = self.box.changes()["next"]
        self.assertEqual(words(self.clerk.page(f"/activities/{activity}/proof")).count("还没有收到"), 2, "being sent is not having it")
        self.box.changes(tip)
        page = words(self.clerk.page(f"/activities/{activity}/proof"))
        self.assertRegex(page, r"纸糊机 \S+ \d{4}-\d\d-\d\d \d\d:\d\d")
        self.assertRegex(page, r"远村机 \S+ 还没有收到")
        slow.changes(tip + 1000)
        self.assertIn("还没有收到", words(self.clerk.page(f"/activities/{activity}/proof")), "more than there is proves nothing")
        for _ in range(3):
            self.box.changes(tip)
            slow.changes(0)
        self.assertEqual(len(self.database("SELECT 1 FROM publications_seen")), 1, "polls write nothing more")
        slow.changes(tip)
        self.assertNotIn("还没有收到", words(self.clerk.page(f"/activities/{activity}/proof")))
        self.settled(self.town)

    def test_what_was_imported_or_announced_over_the_api_is_judged_too(self):
        late = self.held()
        self.assertIn("提前天数不足", words(self.clerk.page("/activities/" + late)))
        good = self.held(begins=10 * 86400)
        self.assertIn("提前天数够", words(self.clerk.page("/activities/" + good)))
        self.assertEqual(self.database("SELECT activity, who, in_time FROM publications ORDER BY n"), [(late, "user:office", 0), (good, "user:office", 1)])

    def test_an_activity_of_before_has_no_proof(self):
        activity = self.held()
        self.database("DELETE FROM publications")
        self.assertIn("不能出具证明", words(self.clerk.page(f"/activities/{activity}/proof")))
        self.assertIn("公布在系统记录这一项以前", words(self.clerk.page("/activities/" + activity)))


class Coming(Activities):
    def setUp(self):
        super().setUp()
        self.activity = self.held()
        self.path = "/activities/" + self.activity

    def test_live(self):
        page = words(self.clerk.page(self.path + "/live"))
        self.assertIn("还没有人签到", page)
        self.assertIn("还不够法定人数", page)
        self.assertIn("马建国、周玉兰、王秀英", page)
        now = int(time.time() * 1000)
        self.box.send(self.box.signed_in(self.activity, self.zhou, at=now - 60000),
                      self.box.signed_in(self.activity, self.ma, "qr", at=now, change={"timing": "late"}),
                      self.box.event("leave.asked", {"activity": self.activity, "deputy": self.wang, "reason": "ill"}))
        page = words(self.clerk.page(self.path + "/live"))
        self.assertIn("已够法定人数", page)
        self.assertLess(page.index("马建国"), page.index("周玉兰"), "the last to come stands first")
        for text in ("3 应到", "2 实到", "1 其中迟到", "1 请假", "王秀英 （请假）", "代表证 纸糊机"):
            self.assertIn(text.replace(" （", "（"), page)

    def test_leave_is_granted_and_refused_by_clicking(self):
        self.box.send(self.box.event("leave.asked", {"activity": self.activity, "deputy": self.wang, "reason": "ill"}))
        self.assertIn("1 件待批", words(self.clerk.page("/activities")))
        page = self.clerk.page("/activities/leaves")
        self.assertIn("等待批准", words(page))
        self.assertIn("已准假", self.clerk.done(f"{self.path}/people/{self.wang}", {"act": "grant", "back": "leaves"}))
        self.assertEqual(self.box.all_changes("leave")[f"{self.activity}/{self.wang}"]["state"], "granted")
        self.clerk.done(f"{self.path}/people/{self.wang}", {"act": "refuse"})
        self.assertEqual(self.box.all_changes("leave")[f"{self.activity}/{self.wang}"]["state"], "refused")
        self.clerk.done(f"{self.path}/people/{self.ma}", {"act": "grant", "leave_reason": "work"})
        self.assertEqual(self.box.all_changes("leave")[f"{self.activity}/{self.ma}"]["reason"], "work")
        self.assertEqual(self.clerk.post(f"{self.path}/people/{self.zhou}", {"act": "refuse"}).status, 409)
        self.assertEqual(self.clerk.post(f"{self.path}/people/{self.zhou}", {"act": "grant", "leave_reason": "bored"}).status, 422)
        self.assertEqual(self.clerk.post(f"{self.path}/people/{self.zhou}", {"act": "dance"}).status, 422)
        self.assertEqual(self.clerk.post(f"{self.path}/people/p-none", {"act": "grant", "leave_reason": "ill"}).status, 404)
        self.assertEqual(self.database("SELECT act FROM audit WHERE act LIKE 'leave.%' ORDER BY n"), [("leave.granted",), ("leave.refused",), ("leave.granted",)])

    def test_a_correction_stands_beside_the_record(self):
        self.box.send(self.box.signed_in(self.activity, self.zhou, change={"timing": "late"}))
        record = self.database("SELECT * FROM sign_ins")
        person = f"{self.path}/people/{self.zhou}"
        for fields, told in (({"counts": "present", "reason": " "}, "原因没有填写"), ({"counts": "perhaps", "reason": "x"}, "没有选更正为什么")):
            reply = self.clerk.post(person, {"act": "correct", **fields})
            self.assertEqual(reply.status, 422)
            self.assertIn(told, words(reply.body.decode()))
        self.assertEqual(self.clerk.post(f"{self.path}/people/p-none", {"act": "correct", "counts": "present", "reason": "x"}).status, 404)
        self.clerk.done(person, {"act": "correct", "counts": "present", "reason": "机器的钟快了"})
        self.clerk.done(f"{self.path}/people/{self.ma}", {"act": "correct", "counts": "present", "reason": "忘带身份证，当面核实"})
        self.assertEqual(self.database("SELECT * FROM sign_ins"), record, "the record of the door stays")
        for page in ("", "/roll"):
            text = words(self.clerk.page(self.path + page))
            for part in ("迟到", "机器的钟快了", "忘带身份证，当面核实"):
                self.assertIn(part, text, page)
        self.assertIn("签到 1 人，更正后实到 2 人", words(self.clerk.page(self.path)))
        opened = self.town.office("GET", "/activities/" + self.activity).json
        self.assertEqual((opened["present"], opened["counted"]), (1, 2))
        fix = self.town.people(self.activity)[self.ma]["correction"]
        self.assertEqual((fix["counts"], fix["reason"], fix["user"]), ("present", "忘带身份证，当面核实", "李办事"))
        printed = self.town.office_command("activity", "show", self.activity)
        self.assertIn("更正为到会（忘带身份证，当面核实，李办事）", printed.stdout, printed.stderr)
        self.clerk.done(f"{self.path}/people/{self.ma}", {"act": "correct", "counts": "recorded", "reason": "核实有误"})
        self.assertIsNone(self.town.people(self.activity)[self.ma]["correction"])
        text = words(self.clerk.page(self.path))
        self.assertIn("恢复原来的记录", text)
        self.assertIn("忘带身份证，当面核实", text, "what was said before is still there")
        acts = self.database("SELECT object, detail FROM audit WHERE act = 'attendance.corrected' ORDER BY n")
        self.assertEqual(acts[0], (f"{self.activity}/{self.zhou}", "present：机器的钟快了"))
        self.settled(self.town)

    def test_nothing_is_corrected_before_it_begins_or_when_it_is_off(self):
        ahead = self.held(begins=10 * 86400)
        self.assertEqual(self.clerk.post(f"/activities/{ahead}/people/{self.ma}", {"act": "correct", "counts": "absent", "reason": "x"}).status, 409)
        self.clerk.done(self.path + "/cancel")
        self.assertEqual(self.clerk.post(f"{self.path}/people/{self.ma}", {"act": "correct", "counts": "absent", "reason": "x"}).status, 409)

    def test_flags_are_listed_with_their_words(self):
        other = world.PaperKiosk(self.town, "二楼机").enrol()
        self.box.send(self.box.signed_in(self.activity, self.ma))
        other.send(other.signed_in(self.activity, self.ma))
        for page in ("/activities/flags", self.path):
            self.assertIn("在两台机器上签到", words(self.clerk.page(page)), page)


class Year(Activities):
    """The one function that counts: through the view that the figures read."""

    def outcomes(self, deputy):
        return self.database("SELECT outcome, count(*) FROM attendance_outcomes WHERE deputy = ? GROUP BY 1 ORDER BY 1", deputy)

    def test_outcomes_follow_record_leave_and_correction(self):
        activity = self.held(begins=-7200, lasts=3600)
        self.box.send(self.box.signed_in(activity, self.ma), self.box.signed_in(activity, self.zhou, change={"timing": "late"}),
                      self.box.event("leave.asked", {"activity": activity, "deputy": self.wang, "reason": "ill"}))
        self.assertEqual([self.outcomes(d) for d in (self.ma, self.zhou, self.wang)], [[("present", 1)], [("late", 1)], [("leave", 1)]])
        self.town.office("POST", f"/activities/{activity}/leaves/{self.wang}", {"state": "refused"})
        self.assertEqual(self.outcomes(self.wang), [("absent", 1)])
        self.clerk.done(f"/activities/{activity}/people/{self.wang}", {"act": "correct", "counts": "present", "reason": "到了，没有签"})
        self.clerk.done(f"/activities/{activity}/people/{self.ma}", {"act": "correct", "counts": "absent", "reason": "签完就走"})
        self.assertEqual([self.outcomes(d) for d in (self.ma, self.wang)], [[("absent", 1)], [("present", 1)]])
        self.clerk.done(f"/activities/{activity}/people/{self.ma}", {"act": "correct", "counts": "recorded", "reason": "弄错了人"})
        self.assertEqual(self.outcomes(self.ma), [("present", 1)])


class Minutes(Activities):
    def test_written_made_final_and_added_to(self):
        activity = self.held()
        path = f"/activities/{activity}/minutes"
        for fields, told in (({"text": " ", "recorder": "周玉兰"}, "纪要没有填写"), ({"text": "议了三件事", "recorder": ""}, "记录人没有填写")):
            reply = self.clerk.post(path, {"act": "save", **fields})
            self.assertEqual((reply.status, told in words(reply.body.decode())), (422, True))
        self.assertIn("议了三件事", reply.body.decode(), "what was typed is still there")
        self.clerk.done(path, {"act": "save", "text": "议了三件事", "recorder": "周玉兰"})
        self.assertEqual(self.clerk.post(path, {"act": "add", "addendum": "早了"}).status, 409)
        self.clerk.done(path, {"act": "final", "text": "议了两件事\n\n定了一件", "recorder": "周玉兰"})
        self.assertEqual(self.clerk.post(path, {"act": "save", "text": "改掉", "recorder": "x"}).status, 409)
        page = words(self.clerk.done(path, {"act": "add", "addendum": "第一件的金额应为三万元"}))
        for text in ("议了两件事", "定了一件", "定稿", "第一件的金额应为三万元"):
            self.assertIn(text, page)
        self.assertNotIn("改掉", page)
        self.assertIn("议了两件事", words(self.clerk.page("/activities/" + activity)))
        self.assertEqual(self.clerk.post("/activities/a-none/minutes", {"act": "save", "text": "x", "recorder": "x"}).status, 404)
        self.assertEqual(self.database("SELECT act FROM audit WHERE act LIKE 'minutes.%' ORDER BY n"), [("minutes.saved",), ("minutes.final",), ("minutes.added",)])
        self.settled(self.town)


def png(width, height, shade=lambda x, y: (x * 255 // 64 % 256, y % 256, 90)):
    rows = b"".join(b"\0" + b"".join(bytes(shade(x, y)) for x in range(width)) for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + \
        chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


def from_a_camera(jpeg):
    """The same lying on its side, and with the place where it was taken."""
    entries = struct.pack(">HHHIHH", 2, 0x0112, 3, 1, 6, 0) + struct.pack(">HHII", 0x8825, 4, 1, 8 + 2 + 24 + 4)
    gps = struct.pack(">HHHI4sI", 1, 0x0001, 2, 2, b"N\0\0\0", 0)
    exif = b"Exif\0\0MM\0*\0\0\0\x08" + entries + struct.pack(">I", 0) + gps + b"GPS: 29.56N 106.55E"
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def jpeg_size(data):
    at = 2
    while data[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
    return struct.unpack(">HH", data[at + 5:at + 9])[::-1]


class Photos(Activities):
    def setUp(self):
        super().setUp()
        self.path = f"/activities/{self.held()}/photos"

    def stored(self):
        return [self.clerk.get(path).body for path in dict.fromkeys(re.findall(r'<img src="([^"]*)"', self.clerk.page(self.path)))]

    def test_small_upright_and_without_the_place(self):
        page = self.clerk.done(self.path, {"caption": "会场 <b>"}, {"photo": ("a.png", png(2000, 300))})
        self.assertIn("会场 &lt;b&gt;", page)
        first, = self.stored()
        self.assertEqual(jpeg_size(first), (1600, 240))
        self.clerk.done(self.path, {}, {"photo": ("b.jpg", from_a_camera(first))})
        second = self.stored()[1]
        self.assertEqual(jpeg_size(second), (240, 1600), "turned upright")
        for part in (b"Exif", b"GPS", b"29.56N"):
            self.assertNotIn(part, second)
        self.assertEqual(self.clerk.last.headers["Content-Type"], "image/jpeg")
        with open(self.town.folder + "/township.db", "rb") as file:
            self.assertNotIn(b"29.56N", file.read())
        self.assertIn(f'<img src="{self.path}/', self.clerk.page(self.path[:-len("/photos")]), "on the activity's page too")
        self.settled(self.town)

    def test_noise_is_made_to_fit(self):
        noise = os.urandom(3 * 1700)
        self.clerk.done(self.path, {}, {"photo": ("n.png", png(1700, 1300, lambda x, y: noise[(x * 7 + y * 131) % 5000:][:3]))})
        data, = self.stored()
        self.assertLessEqual(len(data), 400 * 1024)

    def test_what_is_no_photograph(self):
        good = png(200, 200)
        for data, told in ((b"hello", "JPEG 或 PNG"), (good[:-30], "不完整"), (png(30, 30), "太小"), (b"\xff\xd8\xff\xe0\0\x10JFIF", "不完整"),
                           (b"GIF89a" + b"0" * 90, "JPEG 或 PNG"), (b"<svg onload='alert(1)'/>", "JPEG 或 PNG")):
            reply = self.clerk.post(self.path, {"caption": "留着我"}, {"photo": ("../../x<b>.png", data)})
            self.assertEqual(reply.status, 422, data[:20])
            text = reply.body.decode()
            self.assertIn(told, text, data[:20])
            self.assertNotIn("x<b>", text)
            self.assertIn('value="留着我"', text)
        self.assertEqual(self.clerk.post(self.path, {"caption": "x"}, {}).status, 422)
        self.assertEqual(self.clerk.post(self.path, {"caption": "长" * 300}, {"photo": ("a.png", good)}).status, 422)
        self.assertEqual(self.clerk.post("/activities/a-none/photos", {}, {"photo": ("a.png", good)}).status, 404)
        self.assertEqual(self.database("SELECT count(*) FROM activity_photos"), [(0,)])

    def test_captioned_and_taken_out_with_a_reason(self):
        self.clerk.done(self.path, {}, {"photo": ("a.png", png(200, 200))})
        photo = re.search(r'<img src="([^"]*)"', self.clerk.page(self.path)).group(1)
        self.assertIn('value="上午的会场"', self.clerk.done(photo, {"act": "caption", "caption": "上午的会场"}))
        self.assertEqual(self.clerk.post(photo, {"act": "remove", "reason": " "}).status, 422)
        self.town.add_user("看", "readonly", "only reading")
        reader = world.Browser(self.town, "看", "only reading")
        self.assertEqual((reader.get(photo).status, reader.post(photo, {"act": "remove", "reason": "x"}).status), (200, 403))
        self.assertEqual(world.Browser(self.town, None).get(photo).status, 303)
        self.assertIn("拍到了选票", words(self.clerk.done(photo, {"act": "remove", "reason": "拍到了选票"})))
        self.assertEqual(self.clerk.get(photo).status, 404)
        self.assertEqual(self.clerk.post(photo, {"act": "remove", "reason": "x"}).status, 404)
        self.assertEqual(self.database("SELECT jpeg, removed_by FROM activity_photos"), [(None, "李办事")])
        self.assertEqual(self.database("SELECT act FROM audit WHERE act LIKE 'photo.%' ORDER BY n"), [("photo.added",), ("photo.captioned",), ("photo.removed",)])
        self.settled(self.town)


if __name__ == "__main__":
    unittest.main()
