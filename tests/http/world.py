"""A township, kiosks and their data, as real processes on random ports, for the tests of this folder."""
import atexit
import base64
import ctypes
import gzip
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import openapi  # noqa: E402
import sodium  # noqa: E402
from sodium import b64  # noqa: E402

TOP = openapi.TOP
BUILD = os.environ.get("KIOSK_BUILD") or os.path.join(TOP, "build")
_libc = ctypes.CDLL(None)


def die_with_parent():
    _libc.prctl(1, signal.SIGKILL, 0, 0, 0)


def wait_until(condition, seconds=10, what="it"):
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


_demo = {}


def demo_folder():
    """A township with the demo site, made once a process: its ID numbers take seconds to become digests."""
    if BUILD not in _demo:
        folder = tempfile.mkdtemp(prefix="dhk-demo-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        subprocess.run([BUILD + "/township", "--data", folder + "/township", "init", "--demo"], check=True,
                       stdout=subprocess.DEVNULL)
        _demo[BUILD] = folder + "/township"
    return _demo[BUILD]


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["error"]["code"]


class Township:
    """One server on its own folder; start() again after kill() goes on with the same folder and port."""

    def __init__(self, folder, demo=False, tls=None):
        self.folder, self.tls, self.process, self.port = os.path.join(folder, "township"), tls, None, free_port()
        if demo:
            shutil.copytree(demo_folder(), self.folder)
        else:
            subprocess.run([BUILD + "/township", "--data", self.folder, "init"], check=True, stdout=subprocess.DEVNULL)
        with open(self.folder + "/keys/office.password") as file:
            self.password = file.read()
        self.log = os.path.join(folder, "township.log")
        self.session = None

    def start(self, *options):
        command = [BUILD + "/township", "--data", self.folder, "--listen", f"127.0.0.1:{self.port}", *options]
        if self.tls:
            command += ["--tls-cert", self.tls[0], "--tls-key", self.tls[1]]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, preexec_fn=die_with_parent)
        line = self.process.stdout.readline().decode()
        if "serving" not in line:
            raise AssertionError(f"the server did not start: {line!r} {self.output()}")
        return self

    def output(self):
        with open(self.log, errors="replace") as file:
            return file.read()

    def stop(self, sig=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(sig)
        status = self.process.wait(20)
        self.process.stdout.close()
        return status

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def request(self, method, path, body=None, headers=None, token=None, timeout=30, checked=True):
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if isinstance(body, (dict, list)):
            body = json.dumps(body, ensure_ascii=False).encode()
            headers.setdefault("Content-Type", "application/json")
        if self.tls:
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout,
                                                     context=ssl.create_default_context(cafile=self.tls[2]))
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            reply = Reply(response.status, response.headers, response.read())
        finally:
            connection.close()
        if checked:
            openapi.check(method, path, reply.status, reply.headers, reply.body)
        return reply

    def login(self, user="office", password=None):
        reply = self.request("POST", "/v1/office/login", {"user": user, "password": password or self.password})
        assert reply.status == 200, reply.body
        return reply.json["token"]

    def office(self, method, path, body=None, **more):
        if self.session is None:
            self.session = self.login()
        if method != "GET" and body is None:
            body = {}
        return self.request(method, "/v1/office" + path, body, token=self.session, **more)

    def step(self, case_id, step, **details):
        return self.office("POST", f"/cases/{case_id}/steps", {"step": step, **details})

    def command(self, *words, **more):
        return subprocess.run([BUILD + "/township", "--data", self.folder, *words], capture_output=True, text=True, **more)

    def office_command(self, *words, **more):
        return self.command("office", "--url", self.url, *words, **more)

    def add_user(self, name, role, password, deputy=None):
        done = self.command("user", "add", name, "--role", role, *(["--deputy", deputy] if deputy else []), input=password)
        assert done.returncode == 0, done.stderr

    def deputy(self, name, **more):
        """Puts a deputy on the roster; their id."""
        person = "p-" + hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
        reply = self.office("PUT", "/deputies/" + person, {"name": name, "mandates": [{"level": "township"}], **more})
        assert reply.status == 200, reply.body
        return person

    def activity(self, *invited, title="法律法规学习", begins=600, lasts=7200, **more):
        """Announces one that begins in so many seconds; its id."""
        start = int((time.time() + begins) * 1000)
        reply = self.office("POST", "/activities", {"title": title, "place": "二楼会议室", "starts": start,
                                                    "ends": start + lasts * 1000, "invited": list(invited), **more})
        assert reply.status == 200, reply.body
        return reply.json["id"]

    def people(self, activity):
        """How each deputy stands to the activity, by id."""
        return {p["deputy"]: p for p in self.office("GET", "/activities/" + activity).json["people"]}

    def post_form(self, path, fields, **more):
        body = fields if isinstance(fields, bytes) else urllib.parse.urlencode(fields).encode()
        return self.request("POST", path, body, headers={"Content-Type": "application/x-www-form-urlencoded"}, **more)

    def verify(self):
        return subprocess.run([BUILD + "/township", "--data", self.folder, "verify"], capture_output=True, text=True)


class PaperKiosk:
    """A kiosk made of Python: it speaks the protocol itself, and can break every rule of it."""

    def __init__(self, town, name="纸糊机"):
        self.town, self.name, self.seq = town, name, 0
        self.public, self.secret = sodium.sign_keypair()
        self.id = self.token = None

    def ask(self, code=None, **change):
        self.code = code or f"{int.from_bytes(os.urandom(4), 'big') % 10**8:08d}"
        body = {"name": self.name, "public_key": b64(self.public), "code": self.code, "version": "test",
                "proof": b64(sodium.sign(self.secret, b"DHN1", self.code.encode()))}
        body.update(change)
        return self.town.request("POST", "/v1/enrolments", body)

    def enrol(self):
        ticket = self.ask().json["ticket"]
        approved = self.town.office("POST", f"/enrolments/{self.code}/approve")
        assert approved.status == 200, approved.body
        grant = self.town.request("GET", f"/v1/enrolments/{ticket}").json
        self.id, self.token = grant["kiosk"], grant["token"]
        self.sign_key = base64.b64decode(grant["sign_key"])
        self.seal_key, self.salt = base64.b64decode(grant["seal_key"]), base64.b64decode(grant["slip_salt"])
        return self

    def event(self, kind, data, seq=None, secret=None, **head):
        if seq is None:
            self.seq += 1
            seq = self.seq
        payload = {"v": 1, "id": sodium.uuid7(), "kiosk": self.id, "seq": seq, "type": kind,
                   "at": int(time.time() * 1000), "clock": "ok", "data": data, **head}
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        return {"payload": text, "sig": b64(sodium.sign(secret or self.secret, b"DHE1", text.encode()))}

    def report(self, text="路灯坏了", seq=None, stretch=False, **change):
        """An event of a new report. The lookup tag is only right with `stretch`: it is slow."""
        code, case_id = sodium.slip_code(), sodium.uuid7()
        lookup = sodium.slip_keys(code, self.salt)[0] if stretch else os.urandom(32)
        body = {"v": 1, "code": code, "kind": "complaint", "subject": "roads", "deputy": "", "text": text,
                "identity": "anonymous", "name": "", "phone": "", "id_number": "", "blobs": change.pop("blobs", [])}
        self.last = {"code": code, "case_id": case_id}
        data = {"case_id": case_id, "receipt": "2026-0312-0017", "kind": "complaint", "subject": "roads", "deputy": None,
                "lookup": lookup.hex(), "sealed": b64(sodium.seal(self.seal_key, json.dumps(body).encode())), "blobs": []}
        data.update(change)
        return self.event("case.submitted", data, seq)

    def signed_in(self, activity, deputy, by="card", repeated=False, change=None, **head):
        """An event of a deputy who signed in here; `change` alters its data."""
        data = {"activity": activity, "deputy": deputy, "by": by, "timing": "on_time", "listed": True, "on_leave": False,
                "issue": 1 if by == "qr" else 0, **(change or {})}
        return self.event("attendance.repeated" if repeated else "attendance.signed_in", data, **head)

    def phone_path(self, activity, slots=0, kiosk=None, secret=None, domain=b"DHP1", spoil=None):
        """The address that the box shows for deputies' phones, so many half minutes from now."""
        kiosk_id, slot = (kiosk or self.id).encode(), int(time.time()) // 30 + slots
        message = (b"\x01" + slot.to_bytes(4, "big") + bytes([len(kiosk_id)]) + kiosk_id +
                   bytes([len(activity.encode())]) + activity.encode())
        whole = bytearray(message + sodium.sign(secret or self.secret, domain, message))
        if spoil is not None:
            whole[spoil] ^= 1
        return "/s/" + base64.urlsafe_b64encode(whole).decode().rstrip("=")

    def send(self, *events, **more):
        return self.town.request("POST", f"/v1/kiosks/{self.id}/events", {"events": list(events)}, token=self.token, **more)

    def send_gzip(self, *events):
        body = gzip.compress(json.dumps({"events": events}).encode())
        return self.town.request("POST", f"/v1/kiosks/{self.id}/events", body, token=self.token,
                                 headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})

    def all_changes(self, kind):
        """What the stream holds of a kind, by id."""
        found, after = {}, 0
        while True:
            page = self.changes(after)
            found.update((c["id"], c["data"]) for c in page["changes"] if c["type"] == kind)
            if not page["more"]:
                return found
            after = page["next"]

    def changes(self, after=0, wait=0, kind=None):
        reply = self.town.request("GET", f"/v1/kiosks/{self.id}/changes?after={after}&wait={wait}", token=self.token,
                                  timeout=wait + 20)
        assert reply.status == 200, reply.body
        found = reply.json
        if kind:
            found["changes"] = [c for c in found["changes"] if c["type"] == kind]
        return found


class Kiosk:
    """A real kiosk's data folder with a real kiosk-sync."""

    def __init__(self, folder, url, ca_file="", name="kiosk"):
        self.folder, self.process = os.path.join(folder, name), None
        self.log = os.path.join(folder, name + ".log")
        subprocess.run([BUILD + "/kioskctl", "--data", self.folder, "init"], check=True, stdout=subprocess.DEVNULL)
        self.configure(url, ca_file)

    def configure(self, url, ca_file=""):
        with open(self.folder + "/kiosk.conf", "w") as file:
            file.write(f"[site]\nkiosk_name = 大厅一号机\n[sync]\nurl = {url}\nca_file = {ca_file}\n")

    def once(self, timeout=60):
        self.last_once = subprocess.run([BUILD + "/kiosk-sync", "--data", self.folder, "--once"], capture_output=True,
                                        text=True, timeout=timeout)
        return self.last_once.returncode

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([BUILD + "/kiosk-sync", "--data", self.folder], stdout=log, stderr=log,
                                            preexec_fn=die_with_parent)
        return self

    def stop(self, sig=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(sig)
        return self.process.wait(20) if self.process else None

    def enrol(self, town):
        assert self.once() == 3, self.last_once.stderr
        reply = town.office("POST", f"/enrolments/{self.counts()['enrol_code']}/approve")
        assert reply.status == 200, reply.body
        status = self.once()
        assert status == 0, (status, self.last_once.stderr, self.counts())
        return self

    def ctl(self, *words):
        subprocess.run([BUILD + "/kioskctl", "--data", self.folder, *words], check=True, capture_output=True)

    def _tool(self, *words, tool="submit_reports"):
        done = subprocess.run([f"{BUILD}/{tool}", "--data", self.folder, *words], capture_output=True, text=True)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    def sign_in(self, *words):
        """What tests/http/sign_in.c says."""
        return self._tool(*words, tool="sign_in").strip()

    def counts(self):
        pairs = [line.partition(" ") for line in self._tool("--counts").splitlines()]
        return {name: int(value) if value.lstrip("-").isdigit() and name != "enrol_code" else value
                for name, _, value in pairs}

    def identity(self):
        """Its id and its secret key, as its folder has them."""
        database = sqlite3.connect(self.folder + "/kiosk.db")
        kiosk = bytes(database.execute("SELECT CAST(value AS BLOB) FROM identity WHERE key = 'kiosk'").fetchone()[0]).decode()
        database.close()
        with open(self.folder + "/keys/sign.key", "rb") as file:
            return kiosk, file.read()

    def submit(self, count=1, *options):
        """Lists of (code, receipt, case id)."""
        return [line.split() for line in self._tool("--count", str(count), *options).splitlines()]

    def show(self, code):
        """State, round, and the view or None."""
        lines = self._tool("--show", code).splitlines()
        state, number, _ = lines[0].split()
        return state, int(number), json.loads(lines[1]) if len(lines) > 1 else None

    def rate(self, code, rating, reason=""):
        self._tool("--rate", code, rating, *([reason] if reason else []))


class WorldTest(unittest.TestCase):
    """Gives each test a folder of its own, and ends what it started."""
    demo = False

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dhk-http-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def township(self, **more):
        town = Township(self.folder, **more).start()
        self.addCleanup(lambda: town.process.poll() is None and town.stop(signal.SIGKILL))
        return town

    def kiosk(self, url, **more):
        kiosk = Kiosk(self.folder, url, **more)
        self.addCleanup(lambda: kiosk.process and kiosk.process.poll() is None and kiosk.stop(signal.SIGKILL))
        return kiosk

    def settled(self, town):
        """The server ends cleanly and its audit chain holds: asked at the end of tests that were rough with it."""
        self.assertEqual(town.stop(), 0, town.output())
        verified = town.verify()
        self.assertEqual(verified.returncode, 0, verified.stderr)


class Browser:
    """Someone at the office's pages, without a browser: keeps the cookie, and fills in forms as the page has them."""

    def __init__(self, town, user="office", password=None):
        self.town, self.cookie, self.last = town, None, None
        if user:
            reply = self.post("/login", {"user": user, "password": password or town.password})
            assert reply.status == 303, reply.body.decode()

    def _send(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if self.cookie:
            headers["Cookie"] = "dh_session=" + self.cookie
        self.last = self.town.request(method, path, body, headers)
        for value in self.last.headers.get_all("Set-Cookie") or []:
            self.cookie = value.split(";")[0].partition("=")[2] or None
        return self.last

    def get(self, path):
        return self._send("GET", path)

    def page(self, path):
        """The page's HTML; it must be there."""
        reply = self.get(path)
        assert reply.status == 200, (path, reply.status, reply.body.decode()[:2000])
        return reply.body.decode()

    def csrf(self):
        """The mark of this user's forms, as any page of theirs has it, also one that is not there."""
        found = re.search(r'name="csrf" value="([0-9a-f]{32})"', self.get("/nothing").body.decode())
        return found.group(1) if found else ""

    def post(self, path, fields=(), files=None, csrf=True):
        """Sends a form; `files` is {field: (file name, bytes)}. Lists among the fields' values are sent as several."""
        fields = [(k, v) for k, values in dict(fields).items() for v in (values if isinstance(values, list) else [values])]
        if csrf and self.cookie:
            fields.append(("csrf", self.csrf()))
        if files is None:
            return self._send("POST", path, urllib.parse.urlencode(fields).encode(),
                              {"Content-Type": "application/x-www-form-urlencoded"})
        mark, parts = "----dhk" + os.urandom(8).hex(), []
        for name, value in fields:
            parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        for name, (filename, data) in files.items():
            parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
                         f"Content-Type: application/octet-stream\r\n\r\n".encode() + data + b"\r\n")
        return self._send("POST", path, b"".join(parts) + f"--{mark}--\r\n".encode(),
                          {"Content-Type": f"multipart/form-data; boundary={mark}"})

    def done(self, path, fields=(), files=None):
        """Sends a form that is taken, and follows to the page after it."""
        reply = self.post(path, fields, files)
        assert reply.status == 303, (path, reply.status, re.sub(r"(?s)^.*<main[^>]*>", "", reply.body.decode())[:2000])
        return self.page(reply.headers["Location"])
