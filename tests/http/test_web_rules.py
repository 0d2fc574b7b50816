"""Rules of the house at the office's pages: taken in from documents, looked through, drafted, hung up, ordered, taken down."""
import html
import io
import os
import re
import sqlite3
import sys
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world  # noqa: E402

TWO = "青禾乡规章制度\n\n一、代表学习制度\n第一条 学习宪法。第二条 每季一次。\n\n二、接待选民制度\n（一）热情\n1、倒水\n（二）登记\n（四）转交\n青禾乡人大主席团\n2026年3月1日\n"


def words(page):
    """What a reader sees of it."""
    text = re.sub(r"(?s)<(script|style|option|textarea).*?</\1>", " ", page)
    return re.sub(r"[\s●◆▲○]+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def docx(*paragraphs):
    """A Word document; a paragraph of two is in Word's own numbering of that level."""
    body = ""
    for p in paragraphs:
        text, number = (p, "") if isinstance(p, str) else (p[1], f'<w:pPr><w:numPr><w:ilvl w:val="{p[0]}"/><w:numId w:val="1"/></w:numPr></w:pPr>')
        body += f'<w:p>{number}<w:r><w:t xml:space="preserve">{html.escape(text)}</w:t></w:r></w:p>'
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    numbering = (f'<w:numbering {space}><w:abstractNum w:abstractNumId="0">'
                 '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="第%1条"/></w:lvl></w:abstractNum>'
                 '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>')
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>")
        z.writestr("word/numbering.xml", numbering)
    return file.getvalue()


class Rules(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.town.add_user("李办事", "clerk", "long enough")
        self.clerk = world.Browser(self.town, "李办事", "long enough")

    def rows(self, query):
        base = sqlite3.connect(self.town.folder + "/township.db")
        try:
            return base.execute(query).fetchall()
        finally:
            base.close()

    def read(self, status=200, **more):
        """Sends a document to be looked through; the page."""
        files = more.pop("files", {})
        reply = self.clerk.post("/rules/import", {"text": "", "act": "read", **more}, files=files)
        self.assertEqual(reply.status, status, words(reply.body.decode())[:1500])
        return reply.body.decode()

    def take(self, text, chosen=None):
        page = self.read(text=text)
        shown = re.search(r'name="shown" value="([0-9a-f]{32})"', page).group(1)
        chosen = re.findall(r'name="take" value="(\d+)" checked', page) if chosen is None else chosen
        return self.clerk.done("/rules/import", {"text": text, "act": "take", "shown": shown, "take": chosen}, files={})

    def ids(self):
        return {title: id for id, title in re.findall(r'href="/rules/(r-[0-9a-f]{16})">([^<]*)</a>', self.clerk.page("/rules"))}

    def wall(self):
        return [(position, title) for position, title in self.rows("SELECT position, title FROM rules ORDER BY position")]

    def test_the_whole_way(self):
        page = self.read(text=TWO)
        seen = words(page)
        for part in ("拆成 2 项制度", "代表学习制度 新的 2 条，从第 3 行起", "接待选民制度 新的 3 条，从第 6 行起", "请看看这 5 处",
                     "1 青禾乡规章制度 像制度的名称，下面没有正文", "4 第一条 学习宪法。 几条连在一行，已经分开", "10 （四）转交 编号和上一条接不上",
                     "11 青禾乡人大主席团 落款或日期", "12 2026年3月1日 落款或日期"):
            self.assertIn(part, seen)
        self.assertEqual(self.rows("SELECT count(*) FROM rule_drafts"), [(0,)], "a look takes nothing in")

        page = self.take(TWO)
        self.assertIn("已取入，存为草稿", page)
        self.assertIn("墙上还没有制度", page)
        self.assertEqual(self.rows("SELECT count(*) FROM rules"), [(0,)])
        ids = self.ids()
        path = "/rules/" + ids["接待选民制度"]

        page = self.clerk.done(path + "/edit", {"title": " 接待选民办法 ", "text": "  一、<b>热情</b>\r\n\r\n二、登记 \r\n", "act": "save"})
        self.assertIn("草稿已保存", page)
        self.assertIn("<p>一、&lt;b&gt;热情&lt;/b&gt;</p><p>二、登记</p>", page)
        self.assertEqual(self.rows("SELECT title, text, article_count FROM rule_drafts WHERE title LIKE '接待%'"),
                         [("接待选民办法", "一、<b>热情</b>\n二、登记", 2)])
        page = self.clerk.done(path + "/publish")
        self.assertIn("已公布", page)
        page = self.clerk.done("/rules/" + ids["代表学习制度"] + "/publish")
        self.assertEqual(self.wall(), [(1, "接待选民办法"), (2, "代表学习制度")])
        self.assertNotIn("草稿（还没有公布）", page)
        self.assertIn("李办事", words(page))

        # a published rule is changed through a draft; the wall keeps the old words until then
        self.clerk.done(path + "/edit", {"title": "接待选民办法", "text": "一、新的", "act": "save"})
        page = words(self.clerk.page(path))
        for part in ("修改稿 李办事 保存于", "一、新的", "现行的", "现在挂在墙上，共 2 条", "二、登记"):
            self.assertIn(part, page)
        self.assertIn("有修改未公布", self.clerk.page("/rules"))
        self.clerk.done(path + "/edit", {"title": "接待选民办法", "text": "一、更新的", "act": "publish"})
        self.assertEqual(self.rows("SELECT text, position FROM rules WHERE title = '接待选民办法'"), [("一、更新的", 1)])

        acts = [a for (a,) in self.rows("SELECT act FROM audit WHERE act LIKE 'rule.%' AND who LIKE '%李办事' ORDER BY n")]
        self.assertEqual(acts, ["rule.taken", "rule.taken", "rule.draft", "rule.published", "rule.published", "rule.draft", "rule.draft",
                                "rule.published"])
        self.settled(self.town)

    def test_what_replaces_what(self):
        self.take(TWO)
        self.clerk.done("/rules/publish")
        before = self.wall()
        again = TWO.replace("每季一次", "每月一次") + "\n代表学习制度\n第一条 又一次\n\n新来的制度\n第一条 新\n"
        page = self.read(text=again)
        seen = words(page)
        for part in ("代表学习制度 替换墙上的同名制度", "接待选民制度 和墙上的一样，不用取入", "代表学习制度 和前面一项同名，不能取入", "新来的制度 新的"):
            self.assertIn(part, seen)
        self.assertEqual(re.findall(r'name="take" value="(\d+)" checked', page), ["0", "3"])
        # Boxes that were not offered are not taken in, whatever is sent.
        page = words(self.take(again, ["0", "1", "2", "3", "99", "x"]))
        self.assertIn("新来的制度 1 新增一项", page)
        self.assertIn("代表学习制度 2 替换现行的", page)
        self.assertEqual(self.rows("SELECT title FROM rule_drafts ORDER BY title"), [("代表学习制度",), ("新来的制度",)])
        self.assertIn("替换同名的草稿", words(self.read(text=again)))
        self.assertEqual(self.wall(), before)
        # What was not looked at is not taken in, nor is nothing.
        reply = self.clerk.post("/rules/import", {"text": again + "丙制度\n第一条 x", "act": "take", "shown": "0" * 32, "take": "0"}, files={})
        self.assertEqual(reply.status, 200)
        self.assertIn("文字改过了", words(reply.body.decode()))
        page = self.read(text=again)
        shown = re.search(r'name="shown" value="([0-9a-f]{32})"', page).group(1)
        reply = self.clerk.post("/rules/import", {"text": again, "act": "take", "shown": shown}, files={})
        self.assertEqual(reply.status, 422)
        self.assertIn("没有选中要取入的制度", words(reply.body.decode()))
        self.assertNotIn(" checked", reply.body.decode())
        self.assertEqual(self.rows("SELECT count(*) FROM rule_drafts"), [(2,)])

    def test_files(self):
        page = self.read(files={"file": ("制度.docx", docx("代表学习制度", (0, "学习宪法"), (0, "每季一次"), "接待选民制度", (0, "热情")))})
        self.assertIn("代表学习制度 新的 2 条，从第 1 行起", words(page))
        self.assertIn("第一条　学习宪法", page)
        self.assertIn("第三条　热情", page)
        self.assertIn("编号和上一条接不上", words(page), "Word counts on over the next rule: the office is told")
        for encoding, told in (("utf-8-sig", ""), ("utf-16", ""), ("gb18030", "已按 GB18030 编码读取"), ("big5", "已按 Big5 编码读取")):
            text = "代表學習制度\r\n第一條 學習。\r\n" if encoding == "big5" else "代表学习制度\r\n第一条 学习。\r\n"
            page = self.read(files={"file": ("a.txt", text.encode(encoding))})
            self.assertIn(text.split("\r\n")[0], words(page))
            self.assertIn(told, page)
        bad = (("a.txt", b"", 422, "文件是空的"), ("a.bin", bytes(range(256)) * 40, 422, "文件里不是文字"), ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), 422, "另存为 Word"),
               ("a.pdf", b"%PDF-1.7 x", 422, "PDF"), ("a.docx", docx("代表学习制度", (0, "x"))[:-30], 422, "已损坏"), ("a.docx", docx(), 422, "没有文字"),
               ("a.docx", b"PK\x03\x04" + os.urandom(200), 422, "已损坏"), ("<b>.txt", "只有一段话。".encode(), 422, "没有找到制度"),
               ("a.txt", "学习制度\n第一条 啊\n".encode() * 220000, 413, "太"), ("a.txt", b"x" * 9000000, 413, "文件太大"))
        for name, data, status, told in bad:
            with self.subTest(name=name, told=told):
                self.assertIn(told, words(self.read(status, files={"file": (name, data)})))
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("word/document.xml", b" " * 60000000)
        self.assertIn("太大", words(self.read(413, files={"file": ("b.docx", bomb.getvalue())})))
        page = self.read(422, text="学习制度\n第一条 x", files={"file": ("a.txt", b"x")})
        self.assertIn("既粘贴了文字，又选了文件", page)
        self.assertEqual(self.rows("SELECT count(*) FROM rule_drafts"), [(0,)])
        self.settled(self.town)

    def test_bad_text(self):
        for text, status, told in (("", 422, "没有文字"), (" \n　", 422, "没有找到制度"), ("没有标题的一段话。", 422, "没有找到制度"),
                                   ("学习制度\n第一条 啊\n" * 220000, 413, "文字太长"), ("甲制度\n第一条 啊\n" * 501, 413, "制度太多"),
                                   ("a" * 5 * 1024 * 1024, 413, "文字太长")):
            self.assertIn(told, words(self.read(status, text=text)))
        page = self.read(422, text="一段<script>话。")
        self.assertIn("一段&lt;script&gt;话。</textarea>", page, "what was typed stays")
        long = "甲制度\n第一条 " + "长" * 42000
        self.assertTrue("太长，不能取入" in words(self.read(text=long)))

        self.take(TWO)
        ids = self.ids()
        path = "/rules/" + ids["代表学习制度"] + "/edit"
        for title, text, status, told in (("", "x", 422, "没有名称"), ("　", "x", 422, "没有名称"), ("名" * 41, "x", 422, "名称太长"), ("名" * 400, "x", 422, "名称太长"),
                                          ("甲制度", " \r\n ", 422, "没有正文"), ("甲制度", "长" * 42000, 422, "正文太长（最多约 4 万字）"),
                                          ("接待选民制度", "x", 409, "已经有一项“接待选民制度”")):
            reply = self.clerk.post(path, {"title": title, "text": text, "act": "save"})
            self.assertEqual(reply.status, status, words(reply.body.decode()))
            self.assertIn(told, words(reply.body.decode()))
            self.assertIn(f'value="{title}"', reply.body.decode(), "what was typed stays")
        self.assertEqual(self.clerk.post("/rules/new", {"title": "接待选民制度", "text": "x"}).status, 409)
        self.assertIn("没有条文", words(self.clerk.done("/rules/new", {"title": "新制度", "text": "没有条文\u202e\x07"})))
        for method in ("publish", "withdraw", "drop", "move"):
            reply = self.clerk.post("/rules/r-0000000000000000/" + method, {"to": "up"})
            self.assertEqual(reply.status, 404)
            self.assertIn("没有找到", words(reply.body.decode()))
        self.assertEqual(self.clerk.post("/rules/r-0/edit", {"title": "x", "text": "y"}).status, 404)
        self.assertEqual(self.clerk.get("/rules/r-0").status, 404)
        self.assertEqual(self.clerk.get("/rules/r-0/edit").status, 404)
        self.assertEqual(self.clerk.get("/rules/%2e%2e%2fx").status, 404)

    def test_who_may(self):
        self.take(TWO)
        id = self.ids()["代表学习制度"]
        self.town.add_user("看看", "readonly", "long enough")
        reader = world.Browser(self.town, "看看", "long enough")
        page = reader.page("/rules")
        self.assertIn("代表学习制度", page)
        self.assertNotIn("<button", page.partition("<main")[2])
        self.assertIn("学习宪法", reader.page("/rules/" + id))
        for path in ("/rules/import", "/rules/new", f"/rules/{id}/edit"):
            self.assertEqual(reader.get(path).status, 403)
            self.assertEqual(reader.post(path, {"title": "x", "text": "y"}, files={} if path.endswith("import") else None).status, 403)
        for what in ("publish", "withdraw", "drop", "move"):
            self.assertEqual(reader.post(f"/rules/{id}/{what}").status, 403)
        self.assertEqual(self.clerk.post(f"/rules/{id}/publish", csrf=False).status, 403, "a form that is not ours")
        self.assertEqual(self.wall(), [])

    def test_the_kiosks_follow(self):
        town = self.town
        kiosk = self.kiosk(town.url)
        kiosk.enrol(town)

        def there():
            self.assertEqual(kiosk.once(), 0)
            base = sqlite3.connect(kiosk.folder + "/kiosk.db")
            try:
                return [title for (title,) in base.execute("SELECT title FROM rules ORDER BY position, id")]
            finally:
                base.close()

        for n, title in enumerate(("甲制度", "乙制度", "丙制度")):
            self.assertEqual(town.office("PUT", f"/rules/old-{n}", {"title": title, "text": "一、" + title, "article_count": 1}).status, 200)
        self.assertEqual(there(), ["甲制度", "乙制度", "丙制度"])
        ids = {"甲制度": "old-0", "乙制度": "old-1", "丙制度": "old-2"}
        # As rules from before places were kept: with the first move the kiosks are told every rule's.
        base = sqlite3.connect(town.folder + "/township.db", timeout=10)
        base.execute("UPDATE rules SET placed = 0")
        base.commit()
        base.close()
        paper = world.PaperKiosk(town).enrol()
        before = max(c["cursor"] for c in paper.changes()["changes"])
        self.clerk.done(f"/rules/{ids['丙制度']}/move", {"to": "up"})
        self.assertEqual(sorted((c["id"], c["data"]["position"]) for c in paper.changes(before)["changes"]), [("old-0", 1), ("old-1", 3), ("old-2", 2)])
        self.assertEqual(there(), ["甲制度", "丙制度", "乙制度"])
        page = self.clerk.done(f"/rules/{ids['甲制度']}/move", {"to": "down"})
        self.assertIn("次序已改", page)
        self.clerk.done(f"/rules/{ids['丙制度']}/move", {"to": "up"})  # at the top: nothing
        self.assertEqual(there(), ["丙制度", "甲制度", "乙制度"])
        page = self.clerk.done(f"/rules/{ids['甲制度']}/withdraw")
        self.assertIn("已从墙上和各台大屏撤下", page)
        self.assertEqual(there(), ["丙制度", "乙制度"])
        self.assertEqual(self.rows("SELECT title, text FROM rule_drafts"), [("甲制度", "一、甲制度")], "its words are kept")
        self.clerk.done(f"/rules/{ids['甲制度']}/publish")
        self.assertEqual(there(), ["丙制度", "乙制度", "甲制度"])
        self.clerk.done(f"/rules/{ids['乙制度']}/edit", {"title": "乙制度", "text": "一、改", "act": "publish"})
        self.assertEqual(there(), ["丙制度", "乙制度", "甲制度"], "changed in its place")
        self.clerk.done(f"/rules/{ids['甲制度']}/withdraw")
        page = self.clerk.done(f"/rules/{ids['甲制度']}/drop")
        self.assertNotIn("甲制度", page)
        self.settled(town)


if __name__ == "__main__":
    import unittest
    unittest.main()
