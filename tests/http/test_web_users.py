"""The head's pages: accounts, passwords for once, the last head, and the chain of what everybody did."""
import csv
import io
import os
import re
import sqlite3
import sys
import threading
import unittest
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import totp  # noqa: E402
import world  # noqa: E402

PASSWORD = "荷塘月色 1927"
FRESH = "映日荷花别样红的时候"


class Case(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.head = world.Browser(self.town)

    def database(self):
        store = sqlite3.connect(self.town.folder + "/township.db", timeout=10)
        self.addCleanup(store.close)
        return store

    def id_of(self, name):
        return self.database().execute("SELECT id FROM users WHERE name = ?", (name,)).fetchone()[0]

    def add(self, name, role="clerk"):
        """The password for once, as the page shows it."""
        reply = self.head.post("/users/new", {"name": name, "role": role})
        self.assertEqual(reply.status, 200, reply.body.decode())
        return re.search(r'一次性密码</dt><dd class="key">([^<]+)<', reply.body.decode()).group(1)

    def browser(self, name, role="clerk"):
        self.town.add_user(name, role, PASSWORD)
        return world.Browser(self.town, name, PASSWORD)

    def act(self, name, act, by=None, **more):
        return (by or self.head).post(f"/users/{self.id_of(name)}", {"act": act, **more})


class Accounts(Case):
    def test_one_is_added_and_must_choose_a_password_of_their_own(self):
        once = self.add("李办事")
        self.assertRegex(once, r"^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{2}$")
        li = world.Browser(self.town, "李办事", once)
        for path in ("/", "/cases", "/users"):
            reply = li.get(path)
            self.assertEqual((reply.status, reply.headers["Location"]), (303, "/account/password"), path)
        reply = self.town.request("POST", "/v1/office/login", {"user": "李办事", "password": once})
        self.assertEqual((reply.status, reply.code), (403, "must_change"))
        self.assertIn("一次性密码", li.page("/account/password"))
        self.assertEqual(li.post("/account/password", {"password": once, "fresh": once, "again": once}).status, 422)
        reply = li.post("/account/password", {"password": once, "fresh": FRESH, "again": FRESH})
        self.assertEqual((reply.status, reply.headers["Location"]), (303, "/?done=password"))
        self.assertEqual(li.get("/").status, 200)
        self.assertEqual(self.town.request("POST", "/v1/office/login", {"user": "李办事", "password": FRESH}).status, 200)
        page = self.head.page("/users")
        for words in ("李办事", "工作人员", "可以登录", "office", "负责人"):
            self.assertIn(words, page)
        self.settled(self.town)

    def test_what_cannot_be_added(self):
        self.add("李办事")
        for name, role, words in (("李办事", "clerk", "已经有叫这个名字的账号"), ("", "clerk", "用户名不能用"), ("a b", "clerk", "用户名不能用"),
                                  ("<script>", "clerk", "用户名不能用"), ("x" * 64, "clerk", "用户名不能用"), ("赵", "deputy", "没有这种角色"),
                                  ("赵", "root", "没有这种角色"), ("赵", "", "没有这种角色")):
            reply = self.head.post("/users/new", {"name": name, "role": role})
            self.assertEqual(reply.status, 422, (name, role))
            self.assertIn(words, reply.body.decode())
        self.assertEqual(self.database().execute("SELECT count(*) FROM users").fetchone()[0], 2)

    def test_only_the_head_may(self):
        clerk, reader = self.browser("李办事"), self.browser("看看", "readonly")
        for someone in (clerk, reader):
            for path in ("/users", "/users/new", "/users/deputies", "/users/1", "/audit", "/audit.csv"):
                self.assertEqual(someone.get(path).status, 403, path)
            for path, fields in (("/users/new", {"name": "我", "role": "head"}), (f"/users/{self.id_of('李办事')}", {"act": "role", "role": "head"}),
                                 ("/users/deputies", {}), ("/users/deputies/one", {"deputy": "x"}), ("/audit/verify", {})):
                self.assertEqual(someone.post(path, fields).status, 403, path)
        self.assertNotIn('href="/users"', clerk.page("/"))
        self.assertEqual(world.Browser(self.town, None).get("/users").status, 303)

    def test_disabling_role_and_password_end_every_session(self):
        for act, more in (("disable", {}), ("role", {"role": "readonly"}), ("password", {})):
            name = "李" + act
            li = self.browser(name)
            token = self.town.login(name, PASSWORD)
            self.assertEqual(li.get("/").status, 200)
            self.assertIn(self.act(name, act, **more).status, (200, 303))
            self.assertEqual(li.get("/").status, 303, act)
            self.assertEqual(self.town.request("GET", "/v1/office/cases", token=token).status, 401, act)
        self.assertEqual(self.town.request("POST", "/v1/office/login", {"user": "李disable", "password": PASSWORD}).status, 401)
        self.assertEqual(self.act("李disable", "enable").status, 303)
        self.assertEqual(self.town.request("POST", "/v1/office/login", {"user": "李disable", "password": PASSWORD}).status, 200)
        self.assertEqual(self.town.request("POST", "/v1/office/login", {"user": "李role", "password": PASSWORD}).json["role"], "readonly")
        self.assertEqual(self.town.request("POST", "/v1/office/login", {"user": "李password", "password": PASSWORD}).status, 401)

    def test_a_reset_password_is_for_once(self):
        self.browser("李办事")
        page = self.act("李办事", "password").body.decode()
        once = re.search(r'一次性密码</dt><dd class="key">([^<]+)<', page).group(1)
        li = world.Browser(self.town, "李办事", once)
        self.assertEqual(li.get("/").headers["Location"], "/account/password")

    def test_a_second_factor_is_reset_by_the_head(self):
        li = self.browser("李办事")
        totp.set_up(li)
        self.assertIn("已开启，备用码 8 个", self.head.page("/users"))
        self.assertEqual(self.act("李办事", "factor").status, 303)
        self.assertEqual(li.get("/").status, 303)
        self.assertEqual(self.town.request("POST", "/v1/office/login", {"user": "李办事", "password": PASSWORD}).status, 200)
        self.assertEqual(self.act("李办事", "factor").status, 303, "once more does no harm")

    def test_the_last_head_stays(self):
        boss = self.browser("王书记", "head")
        for act, more in (("disable", {}), ("role", {"role": "clerk"}), ("password", {}), ("factor", {})):
            reply = self.act("office", act, **more)
            self.assertEqual(reply.status, 422, "not oneself")
            self.assertIn("不能这样改自己的账号", reply.body.decode())
        self.assertEqual(self.act("王书记", "disable").status, 303)
        self.assertEqual(self.act("王书记", "enable").status, 303)
        boss = world.Browser(self.town, "王书记", PASSWORD)
        # Both at once, each the other: one stays.
        replies = []
        threads = [threading.Thread(target=lambda b=b, n=n: replies.append(b.post(f"/users/{n}", {"act": "role", "role": "clerk"}).status))
                   for b, n in ((boss, self.id_of("office")), (self.head, self.id_of("王书记")))]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        heads = self.database().execute("SELECT count(*) FROM users WHERE role = 'head' AND NOT disabled").fetchone()[0]
        self.assertEqual(heads, 1, replies)

    def test_what_is_asked_wrongly_does_nothing(self):
        self.browser("李办事")
        self.town.add_user("马建国", "deputy", PASSWORD, deputy=self.town.deputy("马建国"))
        before = self.database().execute("SELECT name, role, disabled, password FROM users").fetchall()
        for name, fields in (("李办事", {"act": "delete"}), ("李办事", {}), ("李办事", {"act": "role", "role": "deputy"}), ("李办事", {"act": "role"}),
                             ("马建国", {"act": "role", "role": "head"})):
            reply = self.head.post(f"/users/{self.id_of(name)}", fields)
            self.assertEqual(reply.status, 422, (name, fields))
        for path in ("/users/999999", "/users/x", "/users/-1", "/users/1x"):
            self.assertEqual(self.head.get(path).status, 404, path)
            self.assertEqual(self.head.post(path, {"act": "disable"}).status, 404, path)
        self.assertEqual(self.database().execute("SELECT name, role, disabled, password FROM users").fetchall(), before)


class Deputies(Case):
    def test_accounts_for_a_group_with_passwords_on_paper(self):
        people = [self.town.deputy(name, group="一组") for name in ("马建国", "周玉兰", "王伟")]
        other = self.town.deputy("钱三", group="二组")
        self.town.office("PUT", "/deputies/p-two", {"name": "王伟", "mandates": [{"level": "township"}], "group": "二组"})
        self.town.add_user("老周", "deputy", PASSWORD, deputy=people[1])
        page = self.head.page("/users/deputies")
        self.assertIn("有 4 位", page)
        self.assertIn("一组", page)
        reply = self.head.post("/users/deputies", {"group": "一组"})
        self.assertEqual(reply.status, 200)
        slips = re.findall(r'<li><strong>([^<]+) 代表</strong><br>用户名：<span class="key">(.+?)</span><br>一次性密码：<span class="key">(.+?)</span>', reply.body.decode())
        self.assertEqual(sorted(s[:2] for s in slips), [("王伟", "王伟"), ("马建国", "马建国")])
        self.assertEqual(self.head.post("/users/deputies", {"group": "一组"}).status, 422, "all have one")
        reply = self.head.post("/users/deputies", {"group": ""})
        self.assertEqual(sorted(re.findall(r"用户名：<span class=\"key\">(.+?)</span>", reply.body.decode())), ["王伟2", "钱三"])
        rows = dict(self.database().execute("SELECT name, deputy FROM users WHERE role = 'deputy'"))
        self.assertEqual(rows, {"老周": people[1], "马建国": people[0], "王伟": people[2], "王伟2": "p-two", "钱三": other})
        for _, name, password in slips:
            browser = world.Browser(self.town, name, password)
            self.assertIn("一次性密码", browser.page("/account/password"))

    def test_one_deputy_and_nobody(self):
        ma = self.town.deputy("马建国")
        reply = self.head.post("/users/deputies/one", {"deputy": ma})
        self.assertEqual(reply.status, 200)
        self.assertIn("马建国", reply.body.decode())
        self.assertNotIn("已不是代表", self.head.page("/users"))
        self.town.office("POST", f"/deputies/{ma}/left")
        self.assertIn("已不是代表", self.head.page("/users"))
        for bad in ("", "p-nobody"):
            self.assertEqual(self.head.post("/users/deputies/one", {"deputy": bad}).status, 422)

    def test_two_clicks_at_once_make_each_account_once(self):
        for n in range(4):
            self.town.deputy(f"代表{n}")
        threads = [threading.Thread(target=lambda: world.Browser(self.town).post("/users/deputies", {"group": ""})) for _ in range(3)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(self.database().execute("SELECT count(*), count(DISTINCT deputy) FROM users WHERE role = 'deputy'").fetchone(), (4, 4))


class Audit(Case):
    def rows(self, path):
        page = self.head.page(path)
        return [[re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
                for row in re.findall(r"<tr>(<td class=\"n\".*?)</tr>", page)]

    def test_who_opened_which_complaint(self):
        kiosk = world.PaperKiosk(self.town).enrol()
        kiosk.send(kiosk.report("路灯坏了", stretch=True))
        case = kiosk.last["case_id"]
        li = self.browser("李办事")
        li.page("/cases/" + case)
        rows = self.rows("/audit?act=case.opened")
        self.assertEqual([r[2:5] for r in rows], [["李办事", "打开群众反映", "2026-0312-0017"]])
        page = self.head.page("/audit")
        self.assertNotIn("路灯", page)
        self.assertIn("1 条，到第 1 号", page)
        for query, count in (("who=李办事&act=case.opened", 1), ("who=office&act=case.opened", 0), ("object=" + case, 1), ("object=2026-0312-0017", 1),
                             ("object=2026-0312-0017&who=office", 0), ("act=case&who=李办事", 1), ("act=cas", 0), ("who=李", 0),
                             ("act=case.opened&from=2026-01-01", 1), ("act=case.opened&until=2001-01-01", 0), ("act=case.opened&from=2099-01-01", 0),
                             ("act=case.opened&from=昨天&until=%00", 1), ("who=%27%20OR%201=1--", 0)):
            self.assertEqual(len(self.rows("/audit?" + urllib.parse.quote(query, safe="=&%"))), count, query)

    def test_pages_and_csv_have_every_link_once(self):
        for n in range(60):
            self.town.deputy(f"代表{n}")
        total = self.database().execute("SELECT count(*) FROM audit").fetchone()[0]
        seen, path = [], "/audit"
        while path:
            page = self.head.page(path)
            seen += [int(n) for n in re.findall(r'<td class="n" data-label="号">(\d+)', page)]
            found = re.search(r'href="(/audit\?[^"]*after=\d+)"', page)
            path = found.group(1).replace("&amp;", "&") if found else None
        self.assertEqual(seen, list(range(total, 0, -1)))
        reply = self.head.get("/audit.csv?act=deputy.put")
        self.assertIn("text/csv", reply.headers["Content-Type"])
        rows = list(csv.reader(io.StringIO(reply.body.decode("utf-8-sig"))))
        self.assertEqual((rows[0][0], len(rows)), ("号", 61))
        self.assertEqual({r[3] for r in rows[1:]}, {"改代表资料"})

    def test_verified_now_and_a_change_is_found(self):
        done = self.head.post("/audit/verify")
        self.assertEqual(done.status, 200)
        self.assertRegex(done.body.decode(), r"核对了 \d+ 条，没有一条被改过")
        store = self.database()
        store.execute("UPDATE audit SET who = 'user:别人' WHERE n = 2")
        store.commit()
        page = self.head.post("/audit/verify").body.decode()
        self.assertIn("第 2 条记录被改动过，它前面的 1 条是好的", page)

    def test_a_long_chain_is_verified_part_by_part(self):
        for n in range(420):
            self.town.deputy(f"代表{n % 7}")
        links = self.database().execute("SELECT count(*) FROM audit").fetchone()[0]
        self.assertGreater(links, 420)
        self.assertIn(f"核对了 {links} 条", self.head.post("/audit/verify").body.decode())
        store = self.database()
        store.execute("DELETE FROM audit WHERE n = 401")
        store.commit()
        self.assertIn("第 401 条记录被改动过", self.head.post("/audit/verify").body.decode())


if __name__ == "__main__":
    unittest.main()
