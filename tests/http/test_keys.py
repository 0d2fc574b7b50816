"""The township's keys under a passphrase: locked, opened at every start and by every command, changed, unlocked again."""
import os
import pty
import select
import shutil
import signal
import stat
import struct
import subprocess
import termios
import time
import unittest

import sodium
import world

PASS, OTHER = "四月的路灯 grey-otter 71", "另一个 quiet-harbour 92"


class Terminal:
    """A command with a terminal of its own to talk to."""

    def __init__(self, *words):
        self.seen, self.pid = b"", 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execv(words[0], words)
        self.status = None

    def expect(self, text, seconds=20):
        end = time.monotonic() + seconds
        while text.encode() not in self.seen:
            if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"not seen within {seconds} s: {text!r} in {self.seen.decode()!r}")
            try:
                self.seen += os.read(self.fd, 4096)
            except OSError:
                raise AssertionError(f"it ended without {text!r}: {self.seen.decode()!r}") from None
        self.seen = self.seen[self.seen.index(text.encode()) + len(text.encode()):]

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def type(self, text):
        os.write(self.fd, text.encode() + b"\n")

    def end(self):
        rest = self.seen
        while True:
            try:
                data = os.read(self.fd, 4096)
            except OSError:
                break
            if not data:
                break
            rest += data
        os.close(self.fd)
        self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return rest.decode()


def wrapped(folder, passphrase, ops=1, mem_kib=8192):
    """keys.locked as township/keys_wrap.h describes it, made without the program; cheap to open."""
    secret = b"".join(open(f"{folder}/{name}", "rb").read() for name in ("seal.key", "sign.key"))
    salt, nonce = os.urandom(16), os.urandom(24)
    head = b"DHKEYS01" + struct.pack(">II", ops, mem_kib) + salt + nonce
    key = sodium.argon2id(passphrase.encode(), salt, ops, mem_kib, 32)
    return head + sodium.aead_encrypt(key, nonce, head, secret)


class Keys(world.WorldTest):
    def setUp(self):
        super().setUp()
        self.town = world.Township(self.folder)
        self.keys = self.town.folder + "/keys"

    def file(self, text, name="passphrase"):
        path = f"{self.folder}/{name}"
        with open(path, "w") as file:
            file.write(text + "\n")
        os.chmod(path, 0o600)
        return path

    def lock(self, passphrase=PASS):
        done = self.town.command("key", "lock", "--passphrase-file", self.file(passphrase))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def cheaply_locked(self):
        with open(self.keys + "/keys.locked", "wb", opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write(wrapped(self.keys, PASS))
        for name in ("seal.key", "sign.key"):
            os.remove(f"{self.keys}/{name}")

    def alone(self, *words, **more):
        """Without a terminal or systemd, so that nobody can be asked."""
        more.setdefault("env", {"PATH": self.folder})
        if "input" not in more:
            more["stdin"] = subprocess.DEVNULL
        return self.town.command(*words, start_new_session=True, **more)

    def test_locked_then_served_with_the_passphrase(self):
        before = {name: open(f"{self.keys}/{name}", "rb").read() for name in ("seal.key", "sign.key")}
        self.lock()
        self.assertEqual(sorted(os.listdir(self.keys)), ["keys.locked", "office.password", "slip.salt"])
        self.assertEqual(stat.S_IMODE(os.stat(self.keys + "/keys.locked").st_mode), 0o600)
        locked = open(self.keys + "/keys.locked", "rb").read()
        for secret in before.values():
            self.assertNotIn(secret[:16], locked)
        self.assertEqual(self.alone("key", "lock", "--passphrase-file", self.file(PASS)).returncode, 4)
        # What a kiosk sealed before is opened after.
        town = self.town.start("--passphrase-file", self.file(PASS))
        self.addCleanup(lambda: town.process.poll() is None and town.stop(signal.SIGKILL))
        kiosk = world.PaperKiosk(town).enrol()
        self.assertEqual(kiosk.send(kiosk.report("水沟堵了")).status, 200)
        opened = town.office("GET", "/cases/" + kiosk.last["case_id"]).json
        self.assertEqual(opened["body"]["text"], "水沟堵了")
        self.assertEqual(town.stop(), 0)
        # All that needs the keys asks for the same.
        for words in (("verify",), ("user", "add", "liaison", "--role", "clerk")):
            done = self.alone(*words, input="a-good-password")
            self.assertEqual(done.returncode, 4, done.stderr)
            self.assertRegex(done.stderr, "passphrase")
            done = self.town.command(*words, "--passphrase-file", self.file(PASS), input="a-good-password")
            self.assertEqual(done.returncode, 0, done.stderr)
        done = self.alone("key", "unlock", "--passphrase-file", self.file(PASS))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual({name: open(f"{self.keys}/{name}", "rb").read() for name in before}, before)
        self.assertFalse(os.path.exists(self.keys + "/keys.locked"))
        self.assertEqual(self.town.verify().returncode, 0)

    def test_wrong_weak_and_missing_passphrases(self):
        for weak in ("short 1", "一二三四五六", "aaaaaaaaaaaaaaaaaaaa", "123456789012345", "abcdefghijklmnop", "48205719362840"):
            done = self.alone("key", "lock", "--passphrase-file", self.file(weak))
            self.assertEqual(done.returncode, 1, weak)
            self.assertIn("was not taken", done.stderr)
        self.assertEqual(sorted(os.listdir(self.keys)), ["office.password", "seal.key", "sign.key", "slip.salt"])
        self.lock()
        done = self.alone("--passphrase-file", self.file(OTHER))
        self.assertEqual(done.returncode, 4)
        self.assertIn("not the passphrase", done.stderr)
        done = self.alone()
        self.assertEqual(done.returncode, 4)
        self.assertIn("--passphrase-file", done.stderr)
        os.chmod(self.file(PASS, "open"), 0o644)
        done = self.alone("verify", "--passphrase-file", self.folder + "/open")
        self.assertIn("chmod 600", done.stderr)
        self.assertEqual(done.returncode, 4)
        reader, writer = os.pipe()
        os.write(writer, PASS.encode() + b"\n")
        os.close(writer)
        done = self.alone("verify", "--passphrase-file", f"/dev/fd/{reader}", pass_fds=(reader,))
        self.assertEqual(done.returncode, 0, done.stderr)
        os.close(reader)

    def test_damaged_and_newer_files(self):
        self.cheaply_locked()
        path = self.keys + "/keys.locked"
        good = open(path, "rb").read()
        done = self.alone("verify", "--passphrase-file", self.file(PASS))
        self.assertEqual(done.returncode, 0, "the layout is what its description says: " + done.stderr)
        for change, status, word in ((lambda b: b[:-1], 1, "damaged"), (lambda b: b + b"x", 1, "damaged"), (lambda b: b"", 1, "damaged"),
                                     (lambda b: b[:40] + bytes([b[40] ^ 1]) + b[41:], 4, "not the passphrase"),
                                     (lambda b: b[:6] + b"02" + b[8:], 1, "newer"),
                                     # A file that asks for 64 GiB must not get them.
                                     (lambda b: b[:12] + b"\x04\0\0\0" + b[16:], 1, "damaged")):
            with open(path, "wb") as file:
                file.write(change(good))
            done = self.alone("verify", "--passphrase-file", self.file(PASS))
            self.assertEqual((done.returncode, word in done.stderr), (status, True), done.stderr)
        with open(path, "wb") as file:
            file.write(good)
        os.chmod(path, 0o640)
        self.assertIn("chmod 600", self.alone("verify", "--passphrase-file", self.file(PASS)).stderr)

    def test_on_a_terminal(self):
        program = [world.BUILD + "/township", "--data", self.town.folder]
        t = Terminal(*program, "key", "lock")
        for first, second, word in (("kurz", None, "too short"), (PASS, OTHER, "not the same"), (PASS, PASS, None)):
            t.expect("new passphrase of the township's keys: ")
            self.assertFalse(t.echoes())
            t.type(first)
            if second:
                t.expect("the same once more: ")
                t.type(second)
            if word:
                t.expect(word)
        said = t.end()
        self.assertEqual(t.status, 0, said)
        self.assertNotIn(PASS, said)
        t = Terminal(*program, "verify")
        for wrong in (OTHER, OTHER):
            t.expect("passphrase of the township's keys: ")
            t.type(wrong)
            t.expect("not the passphrase")
        t.expect("passphrase of the township's keys: ")
        t.type(PASS)
        said = t.end()
        self.assertEqual(t.status, 0, said)
        self.assertIn("all good", said)
        # Changed: the new one opens it, the old one does not any more.
        t = Terminal(*program, "key", "change")
        t.expect("passphrase of the township's keys: ")
        t.type(PASS)
        for prompt in ("new passphrase of the township's keys: ", "the same once more: "):
            t.expect(prompt)
            t.type(OTHER)
        self.assertIn("new passphrase", t.end())
        self.assertEqual(self.alone("verify", "--passphrase-file", self.file(PASS)).returncode, 4)
        self.assertEqual(self.alone("verify", "--passphrase-file", self.file(OTHER)).returncode, 0)
        # Ctrl-C in the middle: it ends, and the terminal has its echo back.
        t = Terminal(*program, "verify")
        t.expect("passphrase of the township's keys: ")
        self.assertFalse(t.echoes())
        os.kill(t.pid, signal.SIGINT)
        world.wait_until(t.echoes, 5, "the echo")
        t.end()
        self.assertNotEqual(t.status, 0)

    def test_systemd_asks_where_there_is_no_terminal(self):
        self.cheaply_locked()
        tools = self.folder + "/bin"
        os.mkdir(tools)
        with open(tools + "/systemd-ask-password", "w") as file:
            file.write(f"#!/bin/sh\necho \"$@\" >> {self.folder}/asked\necho '{PASS}'\n")
        os.chmod(tools + "/systemd-ask-password", 0o755)
        done = self.alone("verify", env={**os.environ, "PATH": tools + ":/usr/bin:/bin"})
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.folder + "/asked") as file:
            self.assertEqual(file.read(), "passphrase of the township's keys:\n")
        with open(tools + "/systemd-ask-password", "w") as file:
            file.write("#!/bin/sh\nexit 1\n")
        self.assertEqual(self.alone("verify", env={**os.environ, "PATH": tools + ":/usr/bin:/bin"}).returncode, 4)

    def test_credentials_of_systemd(self):
        credentials = self.folder + "/credentials"
        os.mkdir(credentials)
        for name in ("seal.key", "sign.key"):
            shutil.move(f"{self.keys}/{name}", credentials)
        self.assertEqual(self.alone("verify").returncode, 1)
        env = {**os.environ, "CREDENTIALS_DIRECTORY": credentials}
        self.assertEqual(self.alone("verify", env=env).returncode, 0)
        # Or the passphrase alone.
        for name in ("seal.key", "sign.key"):
            shutil.move(f"{credentials}/{name}", self.keys)
        self.cheaply_locked()
        os.rename(self.file(PASS), credentials + "/passphrase")
        done = self.alone("verify", env=env)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_of_another_township(self):
        other = world.Township(self.folder + "/other")
        for name, word in (("seal.key", "kiosks seal to"), ("sign.key", "audit chain")):
            kept = open(f"{self.keys}/{name}", "rb").read()
            shutil.copy(f"{other.folder}/keys/{name}", f"{self.keys}/{name}")
            done = self.alone("verify")
            self.assertEqual((done.returncode, word in done.stderr), (1, True), done.stderr)
            with open(f"{self.keys}/{name}", "wb") as file:
                file.write(kept)


if __name__ == "__main__":
    unittest.main()
