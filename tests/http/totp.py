"""A phone's app that shows six digits (RFC 6238), written from the RFC: for tests, beside the server's own."""
import base64
import hashlib
import hmac
import re
import struct
import time


def code(key, steps=0, at=None):
    """The code so many steps from now; `key` as the page shows it, in base32."""
    raw = base64.b32decode(key.replace(" ", ""))
    counter = int((time.time() if at is None else at) // 30) + steps
    mac = hmac.new(raw, struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[offset:offset + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def key_on(page):
    return re.search(r'<strong class="key">([A-Z2-7 ]+)</strong>', page).group(1)


def away_from_the_edge():
    """Waits where the step would end under a test's hands."""
    left = 30 - time.time() % 30
    if left < 4:
        time.sleep(left + 0.1)


def set_up(browser):
    """Switches the second factor on; its key and the recovery codes. The code of the step before is what was used."""
    away_from_the_edge()
    key = key_on(browser.page("/account/second-factor"))
    reply = browser.post("/account/second-factor", {"code": code(key, -1)})
    assert reply.status == 200, reply.body.decode()
    return key, re.findall(r"<li>([0-9A-Z]{5}-[0-9A-Z]{5})</li>", reply.body.decode())
