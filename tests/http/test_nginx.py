"""The server behind Debian's nginx, with the very configuration that the README gives."""
import hashlib
import http.client
import json
import os
import re
import resource
import selectors
import signal
import socket
import sqlite3
import ssl
import subprocess
import time
import unittest
import urllib.parse

import world
from test_sync import make_certificates

NGINX = "/usr/sbin/nginx"
MAIN = """daemon off;
master_process on;
worker_processes 2;
worker_rlimit_nofile 65536;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 32768; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u;
    scgi_temp_path {folder}/s;
{site}
}}
"""


def readme_configuration():
    with open(world.TOP + "/README.md") as file:
        return re.search(r"```nginx\n(.*?)```", file.read(), re.S).group(1)


class Behind(world.Township):
    """A township whose requests go through nginx."""

    def __init__(self, folder, proxy="127.0.0.1"):
        super().__init__(folder)
        self.proxy_port, self.nginx, self.top = world.free_port(), None, folder
        self.cert, self.key, self.ca = make_certificates(folder)
        with open(self.folder + "/township.conf", "w") as file:
            file.write(f"[server]\nbehind_proxy = {proxy}\n")

    def start(self, *options):
        super().start(*options)
        site = readme_configuration()
        for old, new in (("127.0.0.1:8480", f"127.0.0.1:{self.port}"), ("listen 443", f"listen 127.0.0.1:{self.proxy_port}"),
                         ("/etc/ssl/township/cert.pem", self.cert), ("/etc/ssl/township/key.pem", self.key)):
            assert site.count(old) == 1, old
            site = site.replace(old, new)
        path = self.top + "/nginx.conf"
        with open(path, "w") as file:
            file.write(MAIN.format(folder=self.top, site=site, user=os.environ.get("USER") or "root"))
        self.nginx = subprocess.Popen([NGINX, "-c", path, "-p", self.top], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL, preexec_fn=world.die_with_parent)
        world.wait_until(self._open, 10, "nginx")
        return self

    def _open(self):
        assert self.nginx.poll() is None, open(self.top + "/nginx.log").read()
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.proxy_port)) == 0

    def stop(self, sig=signal.SIGTERM):
        if self.nginx and self.nginx.poll() is None:
            self.nginx.send_signal(signal.SIGTERM)
            self.nginx.wait(20)
        return super().stop(sig)

    @property
    def secure_url(self):
        return f"https://127.0.0.1:{self.proxy_port}"

    def request(self, method, path, body=None, headers=None, token=None, timeout=30, checked=True, source=None, direct=False):
        if direct:
            return super().request(method, path, body, headers, token, timeout, checked)
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if isinstance(body, (dict, list)):
            body = json.dumps(body, ensure_ascii=False).encode()
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPSConnection("127.0.0.1", self.proxy_port, timeout=timeout, source_address=source and (source, 0),
                                                 context=ssl.create_default_context(cafile=self.ca))
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            reply = world.Reply(response.status, response.headers, response.read())
        finally:
            connection.close()
        if checked:
            world.openapi.check(method, path, reply.status, reply.headers, reply.body)
        return reply


class Nginx(world.WorldTest):
    def behind(self, **more):
        town = Behind(self.folder, **more).start()

        def end():
            if town.nginx.poll() is None:
                town.nginx.terminate()
                town.nginx.wait(20)
            if town.process.poll() is None:
                town.stop(signal.SIGKILL)
        self.addCleanup(end)
        return town

    def test_a_kiosk_goes_through_it(self):
        town = self.behind()
        kiosk = self.kiosk(town.secure_url, ca_file=town.ca).enrol(town)
        slips = kiosk.submit(20, "--ink")
        self.assertEqual(kiosk.once(), 0, kiosk.last_once.stderr)
        counts = kiosk.counts()
        self.assertEqual((counts["unsent"], counts["parked"], counts["blobs_unsent"], counts["problem"]), (0, 0, 0, ""))
        case = slips[0][2]
        self.assertEqual([b["here"] for b in town.office("GET", "/cases/" + case).json["body"]["blobs"]], [True])
        # The long poll is open through nginx: an answer is at the kiosk at once.
        kiosk.start()
        contact = kiosk.counts()["last_contact_ms"]
        world.wait_until(lambda: kiosk.counts()["last_contact_ms"] > contact, 10, "a contact")
        time.sleep(0.5)
        town.step(case, "accept")
        town.step(case, "answer", text="从 nginx 后面来")
        began = time.monotonic()
        world.wait_until(lambda: kiosk.show(slips[0][0])[0] == "answered", 10, "the answer")
        self.assertLess(time.monotonic() - began, 2)
        kiosk.stop()

    def test_who_asks_is_known_and_not_believed_of_others(self):
        town = self.behind()

        def sign_in(source, password, **headers):
            body = urllib.parse.urlencode({"user": "office", "password": password}).encode()
            return town.request("POST", "/login", body, {"Content-Type": "application/x-www-form-urlencoded", **headers},
                                source=source, checked=False)
        reply = sign_in("127.0.0.5", town.password)
        self.assertEqual(reply.status, 303)
        self.assertIn("; Secure", reply.headers["Set-Cookie"])
        # Wrong passwords make the one wait who gave them, also if they say that they are someone else.
        for number in range(12):
            refused = sign_in("127.0.0.6", "nonsense", **{"X-Forwarded-For": f"192.0.2.{number}"})
        self.assertEqual(refused.status, 429)
        self.assertEqual(sign_in("127.0.0.5", town.password).status, 303)
        self.assertEqual(sign_in("127.0.0.6", town.password).status, 429)
        town.stop()
        peers = self.peers(town)
        self.assertEqual(set(peers), {"127.0.0.5"})

    def peers(self, town):
        database = sqlite3.connect(town.folder + "/township.db")
        return [row[0] for row in database.execute("SELECT object FROM audit WHERE act = 'login'")]

    def test_forwarded_headers_from_elsewhere_mean_nothing(self):
        town = self.behind(proxy="127.0.0.9")  # nginx comes from 127.0.0.1, which is then anybody
        body = urllib.parse.urlencode({"user": "office", "password": town.password}).encode()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for direct in (False, True):
            reply = town.request("POST", "/login", body, {**form, "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"},
                                 direct=direct, checked=False)
            self.assertEqual(reply.status, 303)
            self.assertNotIn("Secure", reply.headers["Set-Cookie"])
        town.stop()
        self.assertEqual(set(self.peers(town)), {"127.0.0.1"})

    def test_what_a_proxy_may_say_wrongly(self):
        town = self.behind()
        body = urllib.parse.urlencode({"user": "office", "password": town.password}).encode()
        for said, known in (("203.0.113.7", "203.0.113.7"), ("198.51.100.1, 203.0.113.8", "203.0.113.8"), ("2001:DB8::1", "2001:db8::1"),
                            ("nonsense", "127.0.0.1"), ("", "127.0.0.1"), ("x" * 300, "127.0.0.1"), ("203.0.113.9,", "127.0.0.1")):
            reply = town.request("POST", "/login", body, {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": said,
                                                          "X-Forwarded-Proto": "http"}, direct=True, checked=False)
            self.assertEqual(reply.status, 303)
            self.assertNotIn("Secure", reply.headers["Set-Cookie"])
            self.assertEqual(self.peers(town)[-1], known, said)

    def test_bodies_of_every_kind(self):
        town = self.behind()
        kiosk = world.PaperKiosk(town).enrol()
        # A packed batch.
        self.assertEqual(kiosk.send_gzip(*(kiosk.report() for _ in range(100))).json["acked"], 100)
        # The largest attachment, and one that is larger.
        blob = os.urandom(32 * 1024 * 1024)
        name = hashlib.sha256(blob).hexdigest()
        kind = {"Content-Type": "application/octet-stream"}
        self.assertEqual(town.request("PUT", "/v1/blobs/" + name, blob, kind, token=kiosk.token).status, 201)
        # Refused before it is read: where nginx is still sending then, it can only say that it lost the line.
        big = town.request("PUT", "/v1/blobs/" + "0" * 64, blob + b"x" * 100, kind, token=kiosk.token, checked=False)
        self.assertIn(big.status, (413, 502))
        # One whose line breaks in the middle goes on from where it was.
        blob = os.urandom(8 * 1024 * 1024)
        name = hashlib.sha256(blob).hexdigest()
        with socket.create_connection(("127.0.0.1", town.proxy_port)) as raw:
            with ssl.create_default_context(cafile=town.ca).wrap_socket(raw, server_hostname="127.0.0.1") as tls:
                tls.sendall(f"PUT /v1/blobs/{name} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {kiosk.token}\r\n"
                            f"Content-Type: application/octet-stream\r\nContent-Length: {len(blob)}\r\n\r\n".encode() + blob[:5_000_000])
                time.sleep(0.3)

        def have():
            head = town.request("HEAD", "/v1/blobs/" + name, token=kiosk.token)
            return int(head.headers["Upload-Offset"]) if head.status == 204 else 0
        offset = world.wait_until(lambda: have() > 1_000_000 and have(), 10, "the part that came")
        rest = {**kind, "Content-Range": f"bytes {offset}-{len(blob) - 1}/{len(blob)}"}
        reply = world.wait_until(lambda: (r := town.request("PUT", "/v1/blobs/" + name, blob[offset:], rest, token=kiosk.token)).status != 409 and r,
                                 10, "the lock of the part")
        self.assertEqual((reply.status, reply.json["complete"]), (201, True))

    def test_many_kiosks_wait_at_once(self):
        many = int(os.environ.get("MANY", "1000"))
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        town = self.behind()
        kiosk = world.PaperKiosk(town).enrol()
        tip = kiosk.changes()["next"]
        context = ssl.create_default_context(cafile=town.ca)
        context.maximum_version = ssl.TLSVersion.TLSv1_2  # fewer round trips to wait for here
        session, waiting = None, []
        asked = (f"GET /v1/kiosks/{kiosk.id}/changes?after={tip}&wait=60 HTTP/1.1\r\nHost: x\r\n"
                 f"Authorization: Bearer {kiosk.token}\r\n\r\n").encode()
        try:
            for _ in range(many):
                tls = context.wrap_socket(socket.create_connection(("127.0.0.1", town.proxy_port)), server_hostname="127.0.0.1", session=session)
                session = session or tls.session
                tls.sendall(asked)
                waiting.append(tls)
            time.sleep(1)
            with selectors.DefaultSelector() as look:
                for tls in waiting:
                    look.register(tls, selectors.EVENT_READ)
                self.assertEqual(look.select(0), [], "all of them wait")
            began = time.monotonic()
            self.assertEqual(kiosk.send(kiosk.report()).status, 200)
            for tls in waiting:
                tls.settimeout(30)
                self.assertIn(b"200 OK", tls.recv(200).split(b"\r\n")[0])
            print(f"{many} long polls through nginx answered in {time.monotonic() - began:.2f} s")
        finally:
            for tls in waiting:
                tls.close()


if __name__ == "__main__":
    unittest.main()
