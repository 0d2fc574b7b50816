"""The pages of cases, with the wrong input first."""
import sqlite3
import unittest

import world


class Cases(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.kiosk = world.PaperKiosk(self.town).enrol()
        self.assertEqual(self.kiosk.send(self.kiosk.report("桥头的路灯坏了", stretch=True)).status, 200)
        self.case = self.kiosk.last["case_id"]
        self.office = world.Browser(self.town)

    def links(self, act):
        database = sqlite3.connect(self.town.folder + "/township.db")
        rows = database.execute("SELECT who, object FROM audit WHERE act = ?", (act,)).fetchall()
        database.close()
        return rows

    def test_who_opened_what_stands_in_the_chain_and_the_list_opens_nothing(self):
        self.office.page("/cases")
        self.assertEqual(self.links("case.opened"), [])
        self.assertIn("桥头的路灯坏了", self.office.page("/cases/" + self.case))
        self.assertEqual(self.links("case.opened"), [("user:office", self.case)])
        self.assertIn("2026-0312-0017", self.office.page("/cases/2026-0312-0017"), "a receipt number leads there too")

    def test_a_search_says_how_many_but_not_what_was_looked_for(self):
        self.assertIn("2026-0312-0017", self.office.page("/cases?q=%E8%B7%AF%E7%81%AF"))
        self.assertIn("没有符合的", self.office.page("/cases?q=%E6%B0%B4%E5%BA%93"))
        self.assertEqual(len(self.links("cases.searched")), 2)
        database = sqlite3.connect(self.town.folder + "/township.db")
        whole = "".join(str(row) for row in database.execute("SELECT act, object, detail FROM audit"))
        database.close()
        self.assertNotIn("路灯", whole)

    def test_the_code_of_the_slip_is_nowhere_on_the_page(self):
        page = self.office.page("/cases/" + self.case)
        code = self.kiosk.last["code"]
        self.assertNotIn(code, page)
        self.assertNotIn(code.replace("-", ""), page)

    def test_bad_filters_are_refused_with_a_way_back(self):
        for query in ("state=lost", "light=blue", "month=2026-13", "month=x", "after=1", "after=%27%20OR%201=1--", "q=" + "%E8%B7%AF%20" * 20,
                      "kind=<script>"):
            reply = self.office.get("/cases?" + query)
            self.assertEqual(reply.status, 400, query)
            self.assertIn("重新查找", reply.body.decode())
        self.assertIn("没有符合的", self.office.page("/cases?subject=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"))
        self.assertNotIn("<script>alert", self.office.last.body.decode())

    def test_steps_that_the_rules_or_the_reader_forbid_change_nothing(self):
        path = f"/cases/{self.case}/steps"
        self.office.done(path, {"step": "accept"})
        for fields, status in (({"step": "extend", "consent": "好"}, 409), ({"step": "answer", "text": ""}, 422), ({"step": "fly"}, 422),
                               ({"step": "transfer", "office": ""}, 422), ({"step": "transfer", "office": "站" * 61}, 413),
                               ({"step": "answer", "text": "字" * 4001}, 413), ({"step": "assign", "deputy": "没有这个人"}, 422), ({}, 422)):
            reply = self.office.post(path, fields)
            self.assertEqual(reply.status, status, fields)
            self.assertIn("problem", reply.body.decode())
        self.assertEqual(self.office.post(f"/cases/{self.case}/send-back", {"who": "voter", "reason": "早"}).status, 409)
        self.assertEqual(self.office.post(f"/cases/{self.case}/send-back", {"who": "deputy", "reason": "早"}).status, 422)
        self.assertEqual(self.office.post(f"/cases/{self.case}/village", {"village": "没有这个村"}).status, 422)
        self.assertEqual(self.office.post("/cases/00000000-0000-7000-8000-000000000000/steps", {"step": "accept"}).status, 404)
        self.town.add_user("reader", "readonly", "only reading")
        reader = world.Browser(self.town, "reader", "only reading")
        self.assertIn("桥头的路灯坏了", reader.page("/cases/" + self.case))
        self.assertEqual(reader.post(path, {"step": "accept"}).status, 403)
        self.assertIn("<h2>已受理</h2>", self.office.page("/cases/" + self.case))

    def test_a_blob_is_read_by_its_own_case_alone(self):
        data = world.sodium.seal(self.kiosk.seal_key, b"OggS" + bytes(60))
        sha = world.hashlib.sha256(data).hexdigest()
        event = self.kiosk.report("听录音", blobs=[{"sha256": sha, "media": "audio/ogg", "ms": 900}])
        self.assertEqual(self.kiosk.send(event).status, 200)
        own = self.kiosk.last["case_id"]
        self.assertIn("还在路上", self.office.page("/cases/" + own))
        self.assertEqual(self.office.get(f"/cases/{own}/sound/{sha}").status, 404)
        put = self.town.request("PUT", "/v1/blobs/" + sha, data, token=self.kiosk.token)
        self.assertIn(put.status, (200, 201))
        reply = self.office.get(f"/cases/{own}/sound/{sha}")
        self.assertEqual((reply.status, reply.body[:4], len(reply.body)), (200, b"OggS", 64))
        part = self.office._send("GET", f"/cases/{own}/sound/{sha}", headers={"Range": "bytes=2-5"})
        self.assertEqual((part.status, part.body, part.headers["Content-Range"]), (206, b"gS\0\0", "bytes 2-5/64"))
        for odd in ("bytes=64-", "bytes=5-2", "bytes=-", "items=0-1", "bytes=0-1,3-4", "bytes=99999999999999999999-"):
            self.assertEqual(self.office._send("GET", f"/cases/{own}/sound/{sha}", headers={"Range": odd}).status, 200, odd)
        self.assertEqual(self.office.get(f"/cases/{self.case}/sound/{sha}").status, 404, "by way of another case")
        self.assertEqual(self.office.get(f"/cases/{own}/ink/{sha}").status, 503, "a sound is no drawing")
        for odd in ("..%2F..%2Fkeys%2Fseal.key", "A" * 64, "0" * 63):
            self.assertEqual(self.office.get(f"/cases/{own}/sound/{odd}").status, 404, odd)

    def test_a_year_of_figures_is_there_without_anything_in_it(self):
        self.assertIn("还没有可以统计的", self.office.page("/figures/subjects?year=2011"))
        csv = self.office.get("/figures/norms/csv?year=2011")
        self.assertEqual((csv.status, csv.headers["Content-Type"]), (200, "text/csv; charset=utf-8"))
        self.assertIn("filename*=UTF-8''", csv.headers["Content-Disposition"])


if __name__ == "__main__":
    unittest.main()
