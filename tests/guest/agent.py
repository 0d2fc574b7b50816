"""Inside the guest: starts programs for the test outside and carries their lines, over a virtio-serial port.

A line of JSON each way. In: start (id, argv, user, groups, env), tell (id, line), eof (id), kill (id),
put (path, data as hex), ping. Out: ready, pong, line (id, line), end (id, status), error (text).
"""
import glob
import json
import os
import subprocess
import threading
import time

LOG_PATH = "/tmp/stderr"


class Agent:
    def __init__(self, port):
        self.port, self.lock, self.children = port, threading.Lock(), {}

    def say(self, **what):
        with self.lock:
            self.port.write(json.dumps(what).encode() + b"\n")
            self.port.flush()

    def start(self, order):
        env = dict(os.environ, **order.get("env", {}))
        user = order.get("user")
        rights = {"user": user, "group": user, "extra_groups": order.get("groups", [])} if user else {}
        with open(LOG_PATH, "ab") as log:
            child = subprocess.Popen(order["argv"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=env,
                                     cwd="/tmp", start_new_session=True, **rights)
        self.children[order["id"]] = child
        threading.Thread(target=self.follow, args=(order["id"], child), daemon=True).start()

    def follow(self, ident, child):
        with child.stdout:
            for line in child.stdout:
                self.say(event="line", id=ident, line=line.decode("utf-8", "replace").rstrip("\n"))
        self.say(event="end", id=ident, status=child.wait())

    def obey(self, order):
        what, child = order["do"], self.children.get(order.get("id"))
        if what == "start":
            self.start(order)
        elif what == "ping":
            self.say(event="pong")
        elif what == "put":
            os.makedirs(os.path.dirname(order["path"]), exist_ok=True)
            with open(order["path"], "wb") as file:
                file.write(bytes.fromhex(order["data"]))
        elif what == "tell":
            child.stdin.write(order["line"].encode() + b"\n")
            child.stdin.flush()
        elif what == "eof":
            child.stdin.close()
        elif what == "kill":
            child.kill()

    def run(self):
        self.say(event="ready")
        for line in self.port:
            order = json.loads(line)
            try:
                self.obey(order)
            except (OSError, ValueError, AttributeError) as error:
                self.say(event="error", id=order.get("id"), text=f"{order.get('do')}: {error}")


def open_port():
    for _ in range(100):
        paths = glob.glob("/dev/vport*p1")
        if paths:
            return open(paths[0], "r+b", buffering=0)
        time.sleep(0.05)
    raise SystemExit("no virtio-serial port")


class Port:
    """Its two directions apart: a file that reads and writes wants to seek."""

    def __init__(self, raw):
        self.raw, self.rest = raw, b""

    def write(self, data):
        while data:
            data = data[self.raw.write(data):]

    def flush(self):
        pass

    def __iter__(self):
        while True:
            data = self.raw.read(65536)
            if not data:
                time.sleep(0.02)  # nobody outside yet
                continue
            *lines, self.rest = (self.rest + data).split(b"\n")
            yield from lines


if __name__ == "__main__":
    Agent(Port(open_port())).run()
