#!/usr/bin/env python3
"""Playwright's core from the npm registry, into build/playwright/: it drives Debian's Chromium, and needs no npm for that.

Pinned by version and by the registry's own checksum; 1.58 is the newest here that Debian 12's Node.js (18) runs.
"""
import base64
import hashlib
import io
import os
import shutil
import sys
import tarfile
import time
import urllib.request

VERSION = "1.58.0"
SHA512 = "aaoB1RWrdNi3//rOeKuMiS65UCcgOVljU46At6eFcOFPFHWtd2weHRRow6z/n+Lec0Lvu0k9ZPKJSjPugikirw=="
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(TOP, "build", "playwright", VERSION)


def download():
    url = f"https://registry.npmjs.org/playwright-core/-/playwright-core-{VERSION}.tgz"
    for attempt in range(4):
        try:
            with urllib.request.urlopen(url, timeout=60) as reply:
                return reply.read()
        except OSError as problem:
            print(f"playwright: {url}: {problem}", file=sys.stderr)
            time.sleep(2 ** attempt)
    raise SystemExit("playwright: the npm registry cannot be reached; the pages are not tested without it")


def fetch():
    """The folder that holds node_modules/playwright-core."""
    target = os.path.join(FOLDER, "node_modules", "playwright-core")
    if os.path.exists(target):
        return FOLDER
    package = download()
    found = base64.b64encode(hashlib.sha512(package).digest()).decode()
    if found != SHA512:
        raise SystemExit(f"playwright: the registry's file has the checksum {found}, not the one pinned here")
    fresh = f"{FOLDER}.{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(package)) as tar:
        tar.extractall(fresh)
    os.makedirs(os.path.join(fresh, "node_modules"))
    os.rename(os.path.join(fresh, "package"), os.path.join(fresh, "node_modules", "playwright-core"))
    try:
        os.rename(fresh, FOLDER)
    except OSError:  # another run was first
        shutil.rmtree(fresh)
    return FOLDER


if __name__ == "__main__":
    print(fetch())
