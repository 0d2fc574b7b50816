"""Signing in with a code besides the password; sessions that end; passwords that are one's own."""
import os
import pty
import re
import select
import sqlite3
import subprocess
import time
import unittest

import totp
import world

PASSWORD = "荷塘月色 1927"


class Case(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = self.township()

    def browser(self, name="王书记", role="head", password=PASSWORD):
        self.town.add_user(name, role, password)
        return world.Browser(self.town, name, password)

    def database(self):
        store = sqlite3.connect(self.town.folder + "/township.db", timeout=10)
        self.addCleanup(store.close)
        return store

    def acts(self):
        return [row[0] for row in self.database().execute("SELECT act FROM audit ORDER BY n")]

    def login(self, user="王书记", password=PASSWORD, **more):
        return self.town.request("POST", "/v1/office/login", {"user": user, "password": password, **more})

    def settings(self, text):
        self.town.stop()
        with open(self.town.folder + "/township.conf", "w") as file:
            file.write(text)
        self.town.start()


class SecondFactor(Case):
    def sign_in(self, code, password=PASSWORD, name="王书记"):
        """The second step's reply, as a browser comes to it."""
        browser = world.Browser(self.town, None)
        first = browser.post("/login", {"user": name, "password": password})
        self.assertEqual(first.status, 200, first.body.decode())
        self.assertIsNone(browser.cookie)
        ticket = re.search(r'name="ticket" value="([^"]+)"', first.body.decode()).group(1)
        reply = browser.post("/login/code", {"ticket": ticket, "code": code})
        return browser, reply, ticket

    def test_set_up_by_a_first_code_and_asked_for_from_then_on(self):
        boss = self.browser()
        page = boss.page("/account/second-factor")
        key = totp.key_on(page)
        self.assertEqual(len(key.replace(" ", "")), 32)
        self.assertIn("<svg class=\"qr\"", page)
        self.assertIn(key, boss.page("/account/second-factor"), "the same key when the page is loaded again")
        self.assertEqual(boss.post("/account/second-factor", {"code": "000000"}).status, 422)
        self.assertEqual(self.login().status, 200, "not on before a first code")
        key, codes = totp.set_up(boss)
        self.assertEqual(len(set(codes)), 8)
        self.assertNotIn(key, boss.page("/account/second-factor"), "the key is never shown again")
        reply = self.login()
        self.assertEqual((reply.status, reply.code), (401, "second_factor_needed"))
        browser, reply, _ = self.sign_in(totp.code(key))
        self.assertEqual((reply.status, reply.headers["Location"]), (303, "/"))
        self.assertEqual(browser.get("/").status, 200)
        self.assertIn("second_factor.on", self.acts())
        with open(self.town.folder + "/township.db", "rb") as file:
            everything = file.read()
        for secret in (key.replace(" ", ""), *codes, *(c.replace("-", "") for c in codes)):
            self.assertNotIn(secret.encode(), everything)
        self.settled(self.town)

    def test_a_code_is_good_once_and_one_step_either_way(self):
        key, _ = totp.set_up(self.browser())
        totp.away_from_the_edge()
        for steps in (-3, -2, 2, 3, 100):
            self.assertEqual(self.login(totp=totp.code(key, steps)).code, "wrong_code", steps)
            self.database().execute("UPDATE second_factors SET wrong = 0, wait_until_ms = 0").connection.commit()
        self.assertEqual(self.login(totp=totp.code(key)).status, 200)
        self.assertEqual(self.login(totp=totp.code(key)).code, "wrong_code", "used")
        self.assertEqual(self.login(totp=totp.code(key, -1)).code, "wrong_code", "from before one that was used")
        self.assertEqual(self.login(totp=totp.code(key, 1)).status, 200, "the phone's clock is half a minute fast")

    def test_wrong_codes_are_slowed_down_wherever_they_come_from(self):
        key, codes = totp.set_up(self.browser())
        for _ in range(4):
            self.assertEqual(self.login(totp="000000").status, 401)
        self.sign_in("000000")
        reply = self.login(totp=totp.code(key))
        self.assertEqual((reply.status, reply.code), (429, "too_many_wrong"))
        self.assertLessEqual(int(reply.headers["Retry-After"]), 31)
        _, reply, _ = self.sign_in(totp.code(key))
        self.assertEqual(reply.status, 429)
        self.assertEqual(self.login(totp=codes[0]).status, 429, "nor by a recovery code")
        self.town.stop()
        self.town.start()
        self.assertEqual(self.login(totp=totp.code(key)).status, 429, "a restart gives no more guesses")
        self.assertGreaterEqual(self.acts().count("second_factor.wrong"), 5)

    def test_a_recovery_code_is_good_once_however_it_is_typed(self):
        _, codes = totp.set_up(self.browser())
        browser, reply, _ = self.sign_in(codes[0])
        self.assertEqual(reply.status, 303)
        self.assertIn("备用码还有 7 个", browser.page("/account"))
        self.assertEqual(self.login(totp=codes[0]).code, "wrong_code")
        self.assertEqual(self.login(totp=codes[1].lower().replace("-", " ").replace("0", "o").replace("1", "l")).status, 200)
        self.assertEqual(self.login(totp=codes[1]).code, "wrong_code")
        self.assertIn("second_factor.recovery", self.acts())

    def test_the_ticket_is_for_that_user_and_moment_alone(self):
        key, _ = totp.set_up(self.browser())
        self.browser("李办事", "clerk")
        browser, reply, ticket = self.sign_in("000000")
        self.assertEqual(reply.status, 401)
        user, until, mac = ticket.split(".")
        other = str(self.database().execute("SELECT id FROM users WHERE name = '李办事'").fetchone()[0])
        for bad in ("", "x", f"{other}.{until}.{mac}", f"{user}.{int(until) + 1}.{mac}", f"{user}.{until}.{'0' * 64}",
                    f"{user}.{int(until) - 600000}.{mac}", ticket + "0", f"{user}.{until}."):
            reply = browser.post("/login/code", {"ticket": bad, "code": totp.code(key)})
            self.assertEqual(reply.status, 401, bad)
            self.assertIsNone(browser.cookie)
        self.town.add_user("王书记", "head", "另一个密码 2026")
        reply = browser.post("/login/code", {"ticket": ticket, "code": totp.code(key)})
        self.assertEqual(reply.status, 401, "it ends with the password")

    def test_switched_off_by_password_and_code(self):
        boss = self.browser()
        key, codes = totp.set_up(boss)
        for password, code, words in (("错的密码错的", codes[0], "密码不对"), (PASSWORD, "000000", "验证码不对")):
            reply = boss.post("/account/second-factor/off", {"password": password, "code": code})
            self.assertEqual(reply.status, 422)
            self.assertIn(words, reply.body.decode())
        self.assertEqual(self.login().status, 401)
        boss.done("/account/second-factor/off", {"password": PASSWORD, "code": codes[0]})
        self.assertEqual(self.login().status, 200)
        fresh, again = totp.set_up(boss)
        self.assertNotEqual(key, fresh)
        self.assertEqual(self.login(totp=codes[2]).code, "wrong_code", "the old ones are void")
        self.assertEqual(self.login(totp=again[0]).status, 200)
        self.assertIn("second_factor.off", self.acts())

    def test_the_policy_leads_those_who_must_to_set_it_up(self):
        self.settings("[server]\nsecond_factor = head\n")
        boss, clerk = self.browser(), self.browser("李办事", "clerk")
        self.assertEqual(clerk.get("/").status, 200)
        for path in ("/", "/cases", "/users"):
            reply = boss.get(path)
            self.assertEqual((reply.status, reply.headers["Location"]), (303, "/account/second-factor"), path)
        self.assertEqual(self.login().code, "second_factor_due")
        self.assertEqual(boss.post("/users/new", {"name": "x", "role": "clerk"}).status, 303, "nothing is done meanwhile")
        self.assertIn("按本乡的规定", boss.page("/account/second-factor"))
        key, _ = totp.set_up(boss)
        self.assertEqual(boss.get("/").status, 200)
        self.assertEqual(self.login(totp=totp.code(key)).status, 200)
        self.settings("[server]\nsecond_factor = all\n")
        self.assertEqual(clerk.get("/").headers["Location"], "/account/second-factor")
        self.town.stop()
        for value in ("none", "", "2"):
            with open(self.town.folder + "/township.conf", "w") as file:
                file.write(f"[server]\nsecond_factor = {value}\n")
            done = self.town.command()
            self.assertEqual((done.returncode, "optional, head or all" in done.stderr), (2, True), done.stderr)
        os.remove(self.town.folder + "/township.conf")
        self.town.start()

    def test_the_terminal_asks_for_the_code(self):
        boss = self.browser()
        key, codes = totp.set_up(boss)
        words = [world.BUILD + "/township", "--data", self.town.folder, "--user", "王书记", "--password-file", self.folder + "/password",
                 "office", "--url", self.town.url, "cases"]
        with open(self.folder + "/password", "w") as file:
            file.write(PASSWORD)
        done = subprocess.run(words, capture_output=True, text=True, start_new_session=True)
        self.assertEqual(done.returncode, 3, "no terminal to ask on")
        self.assertIn("验证码", done.stderr)
        done = subprocess.run(words[:1] + ["--code", codes[0]] + words[1:], capture_output=True, text=True, start_new_session=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(words[0], words)
        seen, answered = b"", False
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if not select.select([terminal], [], [], 1)[0]:
                continue
            try:
                part = os.read(terminal, 4096)
            except OSError:
                break
            if not part:
                break
            seen += part
            if not answered and b"recovery code): " in seen:
                os.write(terminal, totp.code(key).encode() + b"\n")
                answered = True
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0, seen.decode())
        self.assertTrue(answered)

    def test_an_operator_helps_who_lost_everything(self):
        totp.set_up(self.browser())
        self.assertEqual(self.town.command("user", "reset-factor", "王书记").returncode, 0)
        self.assertEqual(self.login().status, 200)
        self.assertEqual(self.town.command("user", "reset-factor", "王书记").returncode, 1, "there is none any more")
        self.assertEqual(self.town.command("user", "reset-factor", "谁").returncode, 1)
        self.assertIn("second_factor.reset", self.acts())


class Sessions(Case):
    def test_a_page_that_nobody_uses_signs_out(self):
        boss = self.browser()
        store = self.database()
        token = self.town.login("王书记", PASSWORD)

        def idle(minutes):
            store.execute("UPDATE sessions SET seen_ms = ?", (int(time.time() * 1000) - minutes * 60000,))
            store.commit()
        idle(59)
        self.assertEqual(boss.get("/account").status, 200)
        self.assertGreater(store.execute("SELECT max(seen_ms) FROM sessions").fetchone()[0], time.time() * 1000 - 5000)
        idle(30)
        boss._send("GET", "/account", headers={"Sec-Fetch-Mode": "cors"})
        self.assertLess(store.execute("SELECT max(seen_ms) FROM sessions").fetchone()[0], time.time() * 1000 - 1000000,
                        "what a page fetches by itself is nobody at work")
        idle(61)
        self.assertEqual(boss.get("/account").headers["Location"], "/login?next=/account")
        self.assertEqual(self.town.request("GET", "/v1/office/cases", token=token).status, 200, "a terminal's does not")
        self.settings("[server]\nidle_minutes = 5\n")
        boss = world.Browser(self.town, "王书记", PASSWORD)
        idle(6)
        self.assertEqual(boss.get("/account").status, 303)
        store.execute("UPDATE sessions SET expires_ms = ?", (int(time.time() * 1000) - 1,))
        store.commit()
        self.assertEqual(self.town.request("GET", "/v1/office/cases", token=token).status, 401, "after twelve hours all end")

    def test_ones_own_sessions_are_listed_and_ended(self):
        boss = self.browser()
        boss.town.request("POST", "/login", b"")  # nobody
        phone = world.Browser(self.town, None)
        phone._send("POST", "/login", f"user=王书记&password={PASSWORD}".encode(),
                    {"Content-Type": "application/x-www-form-urlencoded",
                     "User-Agent": "Mozilla/5.0 (Linux; Android 13) <script> Chrome/120 MicroMessenger/8.0"})
        token = self.town.login("王书记", PASSWORD)
        clerk = self.browser("李办事", "clerk")
        page = boss.page("/account")
        for words in ("微信（安卓手机）", "命令行", "127.0.0.1", "就是现在这个"):
            self.assertIn(words, page)
        self.assertNotIn("<script> Chrome", page)
        numbers = re.findall(r'name="number" value="([1-9]\d*)"', page)
        self.assertEqual(len(numbers), 2)
        clerk.done("/account/sessions", {"number": numbers[0]})
        self.assertEqual(len(re.findall("让它退出</button>", boss.page("/account"))), 2, "another's cannot be ended")
        for bad in ("x", "-1", "99999", ""):
            boss.done("/account/sessions", {"number": bad})
        boss.done("/account/sessions", {"number": "0"})
        self.assertEqual(boss.get("/account").status, 200)
        self.assertEqual(phone.get("/account").status, 303)
        self.assertEqual(self.town.request("GET", "/v1/office/cases", token=token).status, 401)
        self.assertEqual(clerk.get("/account").status, 200)

    def test_a_new_password_ends_the_others(self):
        boss, other = self.browser(), None
        other = world.Browser(self.town, "王书记", PASSWORD)
        fresh = "映日荷花别样红的时候"

        def change(old=PASSWORD, new=fresh, again=None):
            return boss.post("/account/password", {"password": old, "fresh": new, "again": again or new})
        for reply, words in ((change(old="不是这个密码"), "现在的密码不对"), (change(again="映日荷花别样绿的时候"), "两遍新密码不一样"),
                             (change(new="短"), "太短"), (change(new=PASSWORD), "和原来的一样")):
            self.assertEqual(reply.status, 422)
            self.assertIn(words, reply.body.decode())
        self.assertEqual(other.get("/account").status, 200)
        self.assertEqual(change().headers["Location"], "/account?done=password")
        self.assertEqual(boss.get("/account").status, 200, "one's own goes on")
        self.assertEqual(other.get("/account").status, 303)
        self.assertEqual(self.login().status, 401)
        self.assertEqual(self.login(password=fresh).status, 200)
        self.assertIn("password.changed", self.acts())
        for _ in range(6):
            reply = change(old="不是这个密码", new="接天莲叶无穷碧的时候")
        self.assertEqual(reply.status, 429, "guesses at the old one are slowed down too")

    def test_passwords_that_are_guessed_at_once(self):
        boss = self.browser("wangshuji", "head")
        for weak in ("12345678", "87654321", "1234567890", "88888888", "abababab", "wangshuji", "Wangshuji1", "19800101", "138000138",
                     "password", "PassWord123", "qwerty123", "abcdefgh", "woaini1314", "短密码", "x" * 300, "啊啊啊啊啊啊啊啊"):
            reply = boss.post("/account/password", {"password": PASSWORD, "fresh": weak, "again": weak})
            self.assertEqual(reply.status, 422, weak)
            done = self.town.command("user", "add", "wangshuji", "--role", "head", input=weak)
            self.assertEqual(done.returncode, 1, weak)
        self.assertEqual(boss.get("/account").status, 200)
        for good in ("荷花开了满塘都香", "k7mw-3xqp", "13800013800x", "correct horse"):
            self.town.add_user("wangshuji", "head", good)

    def test_a_terminals_new_password_or_role_ends_sessions(self):
        boss = self.browser()
        self.town.add_user("王书记", "clerk", PASSWORD)
        self.assertEqual(boss.get("/account").status, 303)


if __name__ == "__main__":
    unittest.main()
