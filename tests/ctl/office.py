"""A township that answers what a test wants it to answer, and cards as a township signs them, or as somebody forges them."""
import base64
import hashlib
import http.server
import json
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
import sodium  # noqa: E402


def today():
    """Days since 1970-01-01 in the room (UTC+8)."""
    return int((time.time() + 8 * 3600) // 86400)


def date_of(day):
    return time.strftime("%Y-%m-%d", time.gmtime(day * 86400))


def card_token(public, secret, deputy, issue=1, issued=None, expires=None, domain=b"DHC1"):
    """As in kiosk/model/card_token.h."""
    issued = today() if issued is None else issued
    expires = today() + 365 if expires is None else expires
    name = deputy.encode()
    body = (b"\x01" + hashlib.blake2b(public, digest_size=32).digest()[:4] + bytes([len(name)]) + name +
            issue.to_bytes(4, "big") + issued.to_bytes(2, "big") + expires.to_bytes(2, "big"))
    return "DHC1:" + base64.b32encode(body + sodium.sign(secret, domain, body)).decode().rstrip("=")


def card_reply(token, deputy, name, issue=1, issued=None, expires=None):
    return {"token": token, "deputy": deputy, "name": name, "issue": issue, "issued": date_of(issued or today()),
            "expires": date_of(expires or today() + 365)}


class FakeOffice:
    """login and cards give the status and body (an object or bytes) that stand in `answers`; what was asked stands in `asked`."""

    def __init__(self):
        office = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                office.asked.append((self.path, json.loads(body), self.headers.get("Authorization")))
                status, answer, *more = office.answers[self.path]
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                headers = more[0] if more else {"Content-Type": "application/json"}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args):
                pass

        self.asked, self.answers = [], {}
        self.login(200, {"token": "ab" * 32, "role": "head", "expires": 0})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # kioskctl hung up: it does that to what is too long
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def login(self, status, answer, *headers):
        self.answers["/v1/office/login"] = (status, answer, *headers)

    def card(self, status, answer, *headers):
        self.answers["/v1/office/cards"] = (status, answer, *headers)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
