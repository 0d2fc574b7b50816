"""The office's page of kiosks: enrolling, how each one is, what was refused, naming and revoking."""
import os
import re
import sqlite3
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world
from test_health_report import well


def text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"(?s)^.*<main[^>]*>|</main>.*$", "", page)))


class Kiosks(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.head = world.Browser(self.town)

    def tell(self, kiosk, **change):
        reply = self.town.request("PUT", f"/v1/kiosks/{kiosk.id}/health", well(**change), token=kiosk.token)
        self.assertEqual(reply.status, 200, reply.body)

    def sql(self, statement, *args):
        database = sqlite3.connect(self.town.folder + "/township.db", timeout=10)
        rows = database.execute(statement, args).fetchall()
        database.commit()
        database.close()
        return rows

    def clerk(self):
        self.town.add_user("李办事", "clerk", "清荷乡的办事员们")
        return world.Browser(self.town, "李办事", "清荷乡的办事员们")

    def test_a_kiosk_is_let_in_by_its_code(self):
        self.assertIn("还没有登记的机器", self.head.page("/kiosks"))
        kiosk = world.PaperKiosk(self.town, name="<b>大厅</b>")
        self.assertEqual(kiosk.ask(code="12345678").status, 202)
        page = self.head.page("/kiosks")
        self.assertIn("1234 5678", page)
        self.assertIn("&lt;b&gt;大厅&lt;/b&gt;", page)
        self.assertNotIn("<b>大厅", page)
        self.assertIn("没有登记过", page)
        page = self.head.page("/kiosks/waiting/12345678")
        self.assertIn('value="&lt;b&gt;大厅&lt;/b&gt;"', page)
        for name, words in (("  ", "还没有写名称"), ("长" * 61, "名称太长")):
            reply = self.head.post("/kiosks/waiting/12345678/approve", {"name": name})
            self.assertEqual(reply.status, 422)
            self.assertIn(words, reply.body.decode())
        self.assertIn("长" * 61, reply.body.decode())  # what was typed stays
        page = self.head.done("/kiosks/waiting/12345678/approve", {"name": "一楼大厅"})
        self.assertIn("已批准登记", page)
        self.assertIn("一楼大厅", page)
        self.assertIn("未报告", text(page))
        self.assertNotIn("1234 5678", self.head.page("/kiosks"))
        # Once is once.
        for path in ("/kiosks/waiting/12345678/approve", "/kiosks/waiting/12345678/deny"):
            self.assertEqual(self.head.post(path, {"name": "x"}).status, 404)
        self.assertEqual(self.head.get("/kiosks/waiting/12345678").status, 404)
        self.assertEqual(self.sql("SELECT act, detail FROM audit WHERE act LIKE 'enrolment.%' ORDER BY n DESC LIMIT 1"),
                         [("enrolment.approved", "一楼大厅")])
        self.settled(self.town)

    def test_denied_expired_and_known(self):
        kiosk = world.PaperKiosk(self.town, name="老机器").enrol()
        self.head.done(f"/kiosks/{kiosk.id}/revoke", {"sure": "yes"})
        kiosk.ask(code="00000001")
        self.assertIn("登记过，叫“老机器”，已停用", text(self.head.page("/kiosks")))
        self.assertIn("接着用原来的编号", self.head.page("/kiosks/waiting/00000001"))
        self.assertIn("没有同意登记", self.head.done("/kiosks/waiting/00000001/deny"))
        self.assertNotIn("0000 0001", self.head.page("/kiosks"))
        kiosk.ask(code="00000002")
        self.sql("UPDATE enrolments SET created_ms = ? WHERE code = '00000002'", int(time.time() * 1000) - 25 * 3600_000)
        self.assertNotIn("0000 0002", self.head.page("/kiosks"))
        self.assertEqual(self.head.post("/kiosks/waiting/00000002/approve", {"name": "x"}).status, 404)
        kiosk.ask(code="00000003")
        self.head.done("/kiosks/waiting/00000003/approve", {"name": "老机器"})
        self.assertEqual(self.sql("SELECT count(*), max(revoked_ms) FROM kiosks"), [(1, None)])

    def test_health_in_words(self):
        kiosk = world.PaperKiosk(self.town, name="大厅").enrol()
        self.tell(kiosk)
        page = text(self.head.page("/kiosks"))
        self.assertIn("共 1 台，没有要处理的", page)
        self.assertIn("● 正常", page)
        self.assertIn("剩 66%", page)
        self.assertIn("剩 66%（21.5 GB）", text(self.head.page("/kiosks/" + kiosk.id)))
        self.tell(kiosk, printer="paper_out", reader="absent", disk_free=1 << 30, unsent=3, blobs=1, oldest_s=90000, running=False,
                  clock_ok=False)
        page = text(self.head.page("/kiosks"))
        for words in ("▲ 打印机没有纸", "▲ 身份证读卡器没有连上", "▲ 存储空间不足", "▲ 屏幕程序没有运行", "▲ 时钟不准",
                      "▲ 有记录超过一天没有送到", "▲ 3 条记录、1 个附件", "▲ 没有纸", "▲ 待核对"):
            self.assertIn(words, page)
        self.assertNotIn("● 正常", page)
        page = text(self.head.page("/kiosks/" + kiosk.id))
        for words in ("请现场工作人员换纸", "打印机：正常 → ▲ 没有纸", "没有运行", "最早的等了 25 小时"):
            self.assertIn(words, page)
        self.tell(kiosk, at=int(time.time() * 1000) - 3 * 3600_000, printer="paper_low")
        page = text(self.head.page("/kiosks"))
        self.assertIn("▲ 慢 3 小时", page)
        self.assertIn("◆ 纸快用完了", page)

    def test_many(self):
        now = int(time.time() * 1000)
        for i in range(230):
            self.sql("INSERT INTO kiosks(id, name, public_key, version, enrolled_ms, last_contact_ms) VALUES (?, ?, randomblob(32),"
                     " '1', ?, ?)", f"k-{i:012x}", f"村{i:03}", now, now - (10 ** 9 if i == 200 else 0))
        page = text(self.head.page("/kiosks"))
        self.assertIn("共 230 台，▲ 1 台要处理", page)
        self.assertLess(page.index("村200"), page.index("村000"))   # what needs somebody comes first
        self.assertIn("村098", page)
        self.assertNotIn("村099", page)
        reply = self.head.page("/kiosks?after=100")
        self.assertIn("after=200", reply)
        self.assertIn("村099", reply)
        page = self.head.page("/kiosks?after=200")
        self.assertIn("村229", page)
        self.assertNotIn("下一页", page)
        self.assertEqual(self.head.get("/kiosks?after=x").status, 400)
        self.head.page("/kiosks?after=5000")

    def test_quiet(self):
        kiosk = world.PaperKiosk(self.town, name="大厅").enrol()
        self.tell(kiosk, printer="paper_out")
        self.sql("UPDATE kiosks SET last_contact_ms = ?", int(time.time() * 1000) - 23 * 3600_000)
        self.assertNotIn("很久没有联系", self.head.page("/kiosks"))
        self.sql("UPDATE kiosks SET last_contact_ms = ?", int(time.time() * 1000) - 25 * 3600_000)
        page = text(self.head.page("/kiosks"))
        self.assertIn("▲ 很久没有联系", page)
        self.assertNotIn("▲ 打印机没有纸", page)  # that was a day ago
        # The hours are a setting.
        with open(self.town.folder + "/township.conf", "w", encoding="utf-8") as file:
            file.write("[rules]\nquiet_hours = 48\n")
        self.assertEqual(self.town.stop(), 0)
        self.town.start()
        page = text(world.Browser(self.town).page("/kiosks"))
        self.assertNotIn("很久没有联系", page)
        self.assertIn("▲ 打印机没有纸", page)

    def test_what_was_refused(self):
        kiosk = world.PaperKiosk(self.town, name="大厅").enrol()
        self.assertEqual(kiosk.send(kiosk.event("case.rated", {"case_id": "x"}), kiosk.event("moon.rose", {})).status, 200)
        page = text(self.head.page("/kiosks/" + kiosk.id))
        for words in ("满意度评价 缺少必要的内容", "moon.rose 服务器还不认识这一类记录", "有记录没有被收下"):
            self.assertIn(words, page)
        for seq in (1, 2):
            page = self.head.done(f"/kiosks/{kiosk.id}/refusals/{seq}")
        self.assertIn("office 标为已处理", text(page))
        self.assertNotIn("有记录没有被收下", text(page))
        self.assertEqual(self.head.post(f"/kiosks/{kiosk.id}/refusals/1").status, 404)  # seen to before
        for wrong in ("3", "x", "-1", "1x", "99999999999999999999"):
            self.assertEqual(self.head.post(f"/kiosks/{kiosk.id}/refusals/{wrong}").status, 404)
        # The kiosk says the same as before: nothing new. It has others that we know nothing of: that is.
        self.tell(kiosk, parked=2)
        self.assertNotIn("有记录没有被收下", self.head.page("/kiosks"))
        self.tell(kiosk, parked=3)
        self.assertIn("有记录没有被收下", self.head.page("/kiosks"))
        self.settled(self.town)

    def test_named_and_revoked(self):
        kiosk = world.PaperKiosk(self.town, name="大厅").enrol()
        path = "/kiosks/" + kiosk.id
        for name in ("", "长" * 61):
            self.assertEqual(self.head.post(path + "/name", {"name": name}).status, 422)
        cursor = kiosk.changes()["next"]
        self.assertIn("三楼<窗>".replace("<", "&lt;").replace(">", "&gt;"), self.head.done(path + "/name", {"name": "三楼<窗>"}))
        self.assertEqual(kiosk.changes(cursor)["changes"], [])  # the office's own affair
        reply = self.head.post(path + "/revoke", {"revoke": "1"})
        self.assertEqual(reply.status, 422)
        self.assertIn("请核对是不是这台机器", reply.body.decode())
        self.tell(kiosk, printer="paper_out")
        page = self.head.done(path + "/revoke", {"sure": "yes"})
        self.assertIn("已停用", page)
        self.assertIn("没有纸", page)  # what was stays
        self.assertNotIn("请现场工作人员换纸", page)
        self.assertNotIn("停用这台机器", page)
        self.assertEqual(kiosk.send(kiosk.event("moon.rose", {})).status, 401)
        page = text(self.head.page("/kiosks"))
        self.assertIn("已停用（1 台）", page)
        self.assertNotIn("▲", page)
        self.head.done(path + "/revoke", {"sure": "yes"})  # twice is once
        self.assertEqual(self.sql("SELECT count(*) FROM audit WHERE act = 'kiosk.revoked'"), [(1,)])
        self.assertEqual(self.head.get("/kiosks/k-000000000000").status, 404)
        self.assertEqual(self.head.post("/kiosks/k-000000000000/name", {"name": "x"}).status, 404)
        self.assertEqual(self.head.post("/kiosks/k-000000000000/revoke", {"sure": "yes"}).status, 404)
        self.settled(self.town)

    def test_who_may(self):
        kiosk = world.PaperKiosk(self.town, name="大厅").enrol()
        world.PaperKiosk(self.town, name="新的").ask(code="12345678")
        kiosk.send(kiosk.event("moon.rose", {}))
        self.town.add_user("看一看", "readonly", "只看不动只看不动")
        reader = world.Browser(self.town, "看一看", "只看不动只看不动")
        clerk = self.clerk()
        path = "/kiosks/" + kiosk.id
        for who in (clerk, reader):
            self.assertIn("请负责人批准", who.page("/kiosks"))
            self.assertNotIn("停用这台机器", who.page(path))
            self.assertEqual(who.get("/kiosks/waiting/12345678").status, 403)
            for form in ("/kiosks/waiting/12345678/approve", "/kiosks/waiting/12345678/deny", path + "/revoke"):
                self.assertEqual(who.post(form, {"name": "x", "sure": "yes"}).status, 403)
        self.assertIn("改名", clerk.page(path))
        self.assertNotIn("改名", reader.page(path))
        self.assertEqual(reader.post(path + "/name", {"name": "x"}).status, 403)
        self.assertEqual(reader.post(path + "/refusals/1").status, 403)
        clerk.done(path + "/name", {"name": "二楼"})
        clerk.done(path + "/refusals/1")
        nobody = world.Browser(self.town, user=None)
        self.assertEqual(nobody.get("/kiosks").status, 303)
        self.assertEqual(nobody.post(path + "/revoke", {"sure": "yes"}).status, 401)
        # A form of nobody's: without the mark it does nothing.
        self.assertEqual(self.head.post(path + "/revoke", {"sure": "yes"}, csrf=False).status, 403)
        self.assertEqual(self.sql("SELECT revoked_ms FROM kiosks"), [(None,)])


if __name__ == "__main__":
    unittest.main()
