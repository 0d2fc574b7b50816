"""What every page of the office has in common: who may see it, forms that are ours, errors as pages."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world  # noqa: E402


class Frame(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()

    def test_who_is_not_signed_in_is_led_to_sign_in_and_back(self):
        stranger = world.Browser(self.town, None)
        reply = stranger.get("/")
        self.assertEqual((reply.status, reply.headers["Location"]), (303, "/login"))
        for path in ("https://elsewhere.example/", "//elsewhere.example", "/cases\r\nX: y"):
            reply = stranger.post("/login", {"user": "office", "password": self.town.password, "next": path})
            self.assertEqual((reply.status, reply.headers["Location"]), (303, "/"))

    def test_the_cookie_is_for_pages_alone_and_ends_with_signing_out(self):
        office = world.Browser(self.town)
        cookie = office.last.headers["Set-Cookie"]
        for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"):
            self.assertIn(part, cookie)
        self.assertEqual(self.town.request("GET", "/v1/office/cases", headers={"Cookie": cookie.split(";")[0]}).status, 401)
        kept = office.cookie
        self.assertEqual(office.post("/logout").status, 303)
        self.assertIsNone(office.cookie)
        office.cookie = kept
        self.assertEqual(office.get("/").status, 303, "the token is void, not only forgotten by the browser")

    def test_a_forged_form_does_nothing(self):
        office = world.Browser(self.town)
        body, kind = b"csrf=" + b"0" * 32, {"Content-Type": "application/x-www-form-urlencoded"}
        self.assertEqual(office.post("/logout", csrf=False).status, 403)
        self.assertEqual(office._send("POST", "/logout", body, kind).status, 403)
        good = f"csrf={office.csrf()}".encode()
        for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}):
            self.assertEqual(office._send("POST", "/logout", good, {**kind, **header}).status, 403, header)
        self.assertEqual(office.get("/").status, 200, "still signed in")
        self.town.add_user("second", "clerk", "another password")
        other = world.Browser(self.town, "second", "another password")
        self.assertEqual(other._send("POST", "/logout", good, kind).status, 403, "another user's mark")
        self.assertEqual(office._send("POST", "/logout", good, {**kind, "Sec-Fetch-Site": "same-origin"}).status, 303)

    def test_bad_bodies_are_told_in_a_page(self):
        office = world.Browser(self.town, None)
        plain = {"Content-Type": "application/x-www-form-urlencoded"}
        for body, headers, status in ((b"user=%FF&password=x", plain, 400), (b"user=a%00b&password=x", plain, 400),
                                      (b"", {**plain, "Content-Length": "600000"}, 413), (b"{}", {"Content-Type": "application/json"}, 415),
                                      (b"x", {"Content-Type": "multipart/form-data"}, 400),
                                      (b"--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nx", {"Content-Type": "multipart/form-data; boundary=b"}, 400),
                                      (b"&".join(b"f=1" for _ in range(5000)), plain, 413)):
            reply = office._send("POST", "/login", body, headers)
            self.assertEqual(reply.status, status, (body[:60], headers))
            self.assertIn("text/html", reply.headers["Content-Type"])

    def test_what_was_typed_comes_back_escaped(self):
        stranger = world.Browser(self.town, None)
        reply = stranger.post("/login", {"user": '"><script>alert(1)</script>', "password": "x" * 9, "next": "'><b>"})
        self.assertEqual(reply.status, 401)
        self.assertIn("&quot;&gt;&lt;script&gt;", reply.body.decode())
        self.assertNotIn("<script>alert", reply.body.decode())
        self.assertNotIn("<b>", reply.body.decode())

    def test_an_address_that_is_not_there_is_a_page(self):
        for path in ("/nothing", "/../etc/passwd", "/office.css/..", "/%2e%2e/keys", "/s"):
            reply = self.town.request("GET", path)
            self.assertEqual(reply.status, 404, path)
            self.assertIn("回到首页", reply.body.decode())
        self.assertEqual(self.town.request("PUT", "/login", b"", {"Content-Length": "0"}).status, 405)

    def test_a_form_whose_session_ended_says_how_to_go_on(self):
        office = world.Browser(self.town)
        body = f"csrf={office.csrf()}&step=accept".encode()
        office.cookie = None
        reply = office._send("POST", "/cases/x/steps", body, {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(reply.status, 401)
        self.assertIn("还没有提交", reply.body.decode())

    def test_the_front_page_is_small(self):
        office = world.Browser(self.town)
        parts = [len(office.page(path)) for path in ("/", "/office.css", "/office.js", "/favicon.svg")]
        self.assertLess(sum(parts), 100 * 1024, parts)
