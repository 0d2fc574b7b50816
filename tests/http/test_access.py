"""Who may do what, at every address: the routes are read out of the tables in C, and each must stand here with whom it is for.
What this test says and what the server does are two sources; a new route without an entry here fails."""
import os
import re
import sys
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world  # noqa: E402

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SOLID = "a solid password"
STALE, ROLE = "这张表单不是您现在的账号打开的", "您的账号没有这个权限"

EVERYBODY = """
GET /v1/health              POST /v1/enrolments         GET /v1/enrolments/{}       POST /v1/office/login
GET /s/{}                   POST /s/{}                  GET /office.css             GET /office.js
GET /favicon.svg            GET /login                  POST /login                 POST /login/code
POST /logout
"""
KIOSK = """
POST /v1/kiosks/{}/events   PUT /v1/kiosks/{}/health    GET /v1/kiosks/{}/changes
PUT /v1/blobs/{}            GET /v1/blobs/{}            HEAD /v1/blobs/{}
"""
SIGNED_IN = """
GET /account                POST /account/sessions      GET /account/password       POST /account/password
GET /account/second-factor  POST /account/second-factor POST /account/second-factor/off
"""
DEPUTY = """
GET /me                     GET /me/activities          POST /me/activities/{}/leave
GET /me/cases/{}            GET /me/cases/{}/ink/{}     GET /me/cases/{}/sound/{}
POST /me/cases/{}/talk      POST /me/cases/{}/send-back
GET /me/proposals/{}        POST /me/proposals/{}/rate
"""
READONLY = """
GET /v1/office/cases        GET /v1/office/cases/{}     GET /v1/office/blobs/{}     GET /v1/office/enrolments
GET /v1/office/kiosks       GET /v1/office/refusals     GET /v1/office/activities   GET /v1/office/activities/{}
GET /v1/office/leaves       GET /v1/office/flags        GET /v1/office/cards
GET /                       GET /cases                  GET /cases/{}               GET /cases/{}/ink/{}
GET /cases/{}/sound/{}      GET /activities             GET /activities/leaves      GET /activities/flags
GET /activities/{}          GET /activities/{}/live     GET /activities/{}/roll     GET /activities/{}/proof
GET /activities/{}/people/{}                            GET /activities/{}/photos   GET /activities/{}/photos/{}
GET /activities/{}/minutes  GET /figures                GET /figures/{}             GET /figures/{}/paper
GET /figures/{}/csv         GET /proposals              GET /proposals/{}           GET /congresses
GET /kiosks                 GET /kiosks/{}              GET /evaluations            GET /evaluations/{}
GET /evaluations/{}/paper   GET /rules                  GET /rules/{}               GET /roster
GET /roster/export.csv      GET /roster/export.xlsx     GET /roster/groups          GET /roster/groups/{}
GET /roster/constituencies  GET /roster/cards           GET /roster/{}              GET /roster/{}/card
GET /roster/{}/portrait.jpg
"""
CLERK = """
POST /v1/office/cases/{}/steps                          PUT /v1/office/deputies/{}  POST /v1/office/deputies/{}/left
PUT /v1/office/deputies/{}/portrait                     DELETE /v1/office/deputies/{}/portrait
PUT /v1/office/rules/{}     POST /v1/office/activities  POST /v1/office/activities/{}/cancel
POST /v1/office/activities/{}/leaves/{}                 POST /v1/office/cards       POST /v1/office/cards/{}/lost
POST /cases/{}/steps        POST /cases/{}/village      POST /cases/{}/send-back
GET /activities/new         POST /activities/new        GET /activities/{}/edit     POST /activities/{}/edit
POST /activities/{}/publish POST /activities/{}/cancel  POST /activities/{}/drop    POST /activities/{}/people/{}
POST /activities/{}/photos  POST /activities/{}/photos/{}                           POST /activities/{}/minutes
POST /proposals             GET /proposals/new          POST /proposals/{}/steps    POST /congresses
GET /congresses/{}          POST /congresses/{}         POST /kiosks/{}/name        POST /kiosks/{}/refusals/{}
GET /evaluations/new        POST /evaluations/new       POST /evaluations/{}/edit   POST /evaluations/{}/begin
POST /evaluations/{}/drop   POST /evaluations/{}/count  POST /evaluations/{}/confirm
POST /evaluations/{}/recount                            POST /evaluations/{}/notes
GET /rules/import           POST /rules/import          GET /rules/new              POST /rules/new
POST /rules/publish         GET /rules/{}/edit          POST /rules/{}/edit         POST /rules/{}/publish
POST /rules/{}/withdraw     POST /rules/{}/drop         POST /rules/{}/move
GET /roster/new             POST /roster/new            GET /roster/import          POST /roster/import
GET /roster/import/{}       POST /roster/import/{}      GET /roster/groups/new      POST /roster/groups/new
POST /roster/groups/{}      POST /roster/groups/{}/remove
GET /roster/constituencies/new                          POST /roster/constituencies/new
GET /roster/constituencies/{}                           POST /roster/constituencies/{}
POST /roster/constituencies/{}/remove                   GET /roster/{}/edit         POST /roster/{}/edit
GET /roster/{}/leave        POST /roster/{}/leave       POST /roster/{}/id-number   POST /roster/{}/honours
POST /roster/{}/honours/{}  POST /roster/{}/card        GET /roster/{}/card.pdf     GET /roster/{}/portrait
POST /roster/{}/portrait    POST /roster/{}/portrait/cut
"""
HEAD = """
POST /v1/office/enrolments/{}/approve                   POST /v1/office/enrolments/{}/deny
POST /v1/office/kiosks/{}/revoke
GET /users                  GET /users/new              POST /users/new             GET /users/deputies
POST /users/deputies        POST /users/deputies/one    GET /users/{}               POST /users/{}
GET /audit                  GET /audit.csv              POST /audit/verify          GET /kiosks/waiting/{}
POST /kiosks/waiting/{}/approve                         POST /kiosks/waiting/{}/deny
POST /kiosks/{}/revoke
"""
ROLES = {"everybody": (EVERYBODY, {"nobody", "deputy", "readonly", "clerk", "head"}),
         "kiosk": (KIOSK, set()),
         "signed in": (SIGNED_IN, {"deputy", "readonly", "clerk", "head"}),
         "deputy": (DEPUTY, {"deputy"}),
         "readonly": (READONLY, {"readonly", "clerk", "head"}),
         "clerk": (CLERK, {"clerk", "head"}),
         "head": (HEAD, {"head"})}


def who_may():
    """{(method, path): (group, roles)}"""
    found = {}
    for group, (text, roles) in ROLES.items():
        for method, path in re.findall(r"(\w+) (/\S*)", text):
            assert (method, path) not in found, (method, path)
            found[method, path] = group, roles
    return found


def routes():
    """[(method, path, body)], as the server's tables have them."""
    found = []
    for name in ("routes.c", "web/routes.c"):
        with open(os.path.join(world.TOP, "township", name)) as file:
            text = file.read()
        rows = re.findall(r'\{"(\w+)",\s*"([^"]+)",\s*AUTH_\w+,\s*(BODY_\w+)', text)
        assert len(rows) == len(re.findall(r'\{\s*"', text)), name
        found += rows
    return found


def address(path):
    return path.replace("{}", "0" * 64)


class Access(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()
        self.deputy_id = self.town.deputy("李代表")
        for role in ("head", "clerk", "readonly"):
            self.town.add_user("the-" + role, role, SOLID)
        self.town.add_user("the-deputy", "deputy", SOLID, deputy=self.deputy_id)
        self.routes, self.may = routes(), who_may()

    def browser(self, role):
        return world.Browser(self.town, None if role == "nobody" else "the-" + role, SOLID)

    def ask(self, browser, method, path, fields=b"", headers=()):
        """Past the description's check: what is not there may answer as it likes, so long as it does not let in."""
        headers = dict(headers)
        if browser.cookie:
            headers["Cookie"] = "dh_session=" + browser.cookie
        body = None
        if method != "GET" and method != "HEAD":
            headers, body = {**FORM, **headers}, fields
        return self.town.request(method, path, body, headers, checked=False)

    def test_every_route_stands_here(self):
        self.assertEqual(sorted((m, p) for m, p, _ in self.routes), sorted(self.may))

    def test_pages_are_for_whom_they_are(self):
        """No form is carried out: whoever may send it is stopped by the missing mark, whoever may not is stopped before."""
        for role in ("nobody", "deputy", "readonly", "clerk", "head"):
            browser = self.browser(role)
            mark = f"csrf={browser.csrf()}".encode()
            for method, path, _ in self.routes:
                group, roles = self.may[method, path]
                if path.startswith(("/v1/", "/s/")) or group == "everybody":
                    continue
                with self.subTest(role=role, method=method, path=path):
                    allowed = role in roles
                    reply = self.ask(browser, method, address(path), b"" if allowed else mark)
                    text = reply.body.decode(errors="replace")
                    if allowed and method == "POST":
                        self.assertEqual(reply.status, 403, text[:300])
                        self.assertIn(STALE, text)
                    elif allowed:
                        self.assertIn(reply.status, (200, 303, 404, 409), text[:300])
                        self.assertNotIn("/login", reply.headers.get("Location", ""))
                    elif role == "nobody":
                        self.assertEqual(reply.status, 303 if method == "GET" else 401)
                        self.assertTrue(method == "POST" or reply.headers["Location"].startswith("/login"))
                    elif (role, path) == ("deputy", "/"):
                        self.assertEqual((reply.status, reply.headers["Location"]), (303, "/me"))
                    else:
                        self.assertEqual(reply.status, 403, text[:300])
                        self.assertIn(ROLE, text)

    def test_calls_are_for_whom_they_are(self):
        kiosk, gone = world.PaperKiosk(self.town).enrol(), world.PaperKiosk(self.town, "停用的").enrol()
        self.assertEqual(self.town.office("POST", f"/kiosks/{gone.id}/revoke").status, 200)
        tokens = {role: self.town.login("the-" + role, SOLID) for role in ("readonly", "clerk", "head")}
        cookie = self.browser("deputy").cookie
        tokens.update({"nobody": None, "deputy": cookie, "kiosk": kiosk.token, "revoked": gone.token, "made up": "0" * 64})
        for name, token in tokens.items():
            for method, path, _ in self.routes:
                group, roles = self.may[method, path]
                if not path.startswith("/v1/") or group == "everybody":
                    continue
                with self.subTest(who=name, method=method, path=path):
                    reply = self.town.request(method, address(path).replace("/v1/kiosks/" + "0" * 64, "/v1/kiosks/" + kiosk.id),
                                              b"" if method in ("GET", "HEAD") else b"{}", token=token, checked=False,
                                              headers={} if method in ("GET", "HEAD") else {"Content-Type": "application/json"})
                    if group == "kiosk" and name == "kiosk" or name in roles:
                        self.assertNotIn(reply.status, (401, 403), reply.body)
                    elif group != "kiosk" and name == "deputy" or name in ("readonly", "clerk"):
                        self.assertEqual(reply.status, 401 if group == "kiosk" else 403, reply.body)
                    else:
                        self.assertEqual(reply.status, 401, reply.body)
        other = world.PaperKiosk(self.town, "另一台").enrol()
        for method, path in (("GET", "/changes"), ("POST", "/events"), ("PUT", "/health")):
            reply = self.town.request(method, f"/v1/kiosks/{kiosk.id}{path}", None if method == "GET" else {}, token=other.token)
            self.assertEqual((reply.status, reply.code), (403, "other_kiosk"))

    def test_no_form_is_taken_from_elsewhere(self):
        """The head of the office may send every form but a deputy's, and so is who a forged one would be made for."""
        head, deputy = self.browser("head"), self.browser("deputy")
        marks = {browser: f"csrf={browser.csrf()}".encode() for browser in (head, deputy)}
        boundary = b'----dhk0123\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n%s\r\n----dhk0123--\r\n'
        for method, path, body in self.routes:
            if body not in ("BODY_FIELDS", "BODY_UPLOAD"):
                self.assertFalse(method != "GET" and not path.startswith(("/v1/", "/s/")), path)
                continue
            browser = deputy if self.may[method, path][0] == "deputy" else head
            good, others = marks[browser], marks[head if browser is deputy else deputy]
            for what, sent, headers in (
                    ("no mark", b"", {}), ("another's mark", others, {}), ("a short mark", good[:-1], {}),
                    ("in the address", b"", {}), ("cross-site", good, {"Sec-Fetch-Site": "cross-site"}),
                    ("a neighbour", good, {"Sec-Fetch-Site": "same-site"}), ("origin", good, {"Origin": "https://evil.example"}),
                    ("no origin", good, {"Origin": "null"}),
                    ("the name in front", good, {"Origin": f"http://127.0.0.1:{self.town.port}.evil.example"}),
                    ("in parts", boundary % others[5:], {"Content-Type": "multipart/form-data; boundary=--dhk0123"})):
                with self.subTest(path=path, what=what):
                    where = address(path) + ("?" + good.decode() if what == "in the address" else "")
                    reply = self.ask(browser, method, where, sent, headers)
                    self.assertEqual(reply.status, 403, reply.body.decode()[:300])
                    self.assertIn(STALE, reply.body.decode())
        self.assertEqual([b.get("/account").status for b in (head, deputy)], [200, 200], "nobody was signed out")

    def test_one_time_passwords_open_nothing_else(self):
        """Not the pages, and not the calls either with the cookie's token as the terminal's."""
        head = self.browser("head")
        fields = {"name": "newcomer", "role": "head"}
        page = head.post("/users/new", fields).body.decode()
        once = re.search(r'class="key">([2-9a-z-]{12})<', page).group(1)
        newcomer = world.Browser(self.town, "newcomer", once)
        for method, path, _ in self.routes:
            group, roles = self.may[method, path]
            if method != "GET" or "head" not in roles or group in ("everybody", "signed in"):
                continue
            with self.subTest(path=path):
                if path.startswith("/v1/"):
                    reply = self.town.request(method, address(path), token=newcomer.cookie, checked=False)
                    self.assertEqual(reply.status, 403, reply.body[:200])
                else:
                    reply = newcomer.get(address(path))
                    self.assertEqual((reply.status, reply.headers["Location"]), (303, "/account/password"))
        reply = self.town.request("POST", "/v1/office/login", {"user": "newcomer", "password": once})
        self.assertEqual((reply.status, reply.code), (403, "must_change"))

    def test_guessing_is_seen_by_the_head(self):
        for _ in range(5):
            self.assertEqual(self.town.post_form("/login", {"user": "the-clerk", "password": "a guess"}).status, 401)
            self.town.post_form("/login", {"user": "nobody's name", "password": "a guess"})
        self.assertEqual(self.town.post_form("/login", {"user": "the-clerk", "password": SOLID}).status, 429)
        page = self.browser("head").page("/audit")
        self.assertEqual(page.count("密码连续填错，暂停登录"), 1)
        self.assertRegex(page, r"密码连续填错，暂停登录</td>\s*<td[^>]*>从 127\.0\.0\.1<")
        self.assertNotIn("nobody", page)
        self.settled(self.town)
