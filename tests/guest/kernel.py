"""A kernel for the guest: Debian's own, taken apart in build/guest/ and never installed, and a first root for it.

The initramfs holds busybox and the modules that it takes to see the host's root; the rest comes from there.
"""
import glob
import os
import platform
import re
import shutil
import stat
import subprocess
import tempfile

from support import BUILD

CACHE = os.path.join(os.path.abspath(BUILD), "guest")
HERE = os.path.dirname(os.path.abspath(__file__))
BUSYBOX = "/bin/busybox"
DOWNLOAD_TIMEOUT_S = 150
FOLDERS = ("drivers/virtio", "drivers/char", "drivers/usb", "drivers/hid", "drivers/input", "fs/9p", "fs/netfs",
           "fs/fscache", "fs/overlayfs", "net/9p", "lib", "crypto", "arch/x86/crypto")
# What is loaded, in this order, each after what it depends on.
MODULES = ("virtio_pci", "virtio_console", "9pnet_virtio", "9p", "overlay", "xhci-pci", "usbhid", "hid-generic",
           "evdev", "ftdi_sio", "cdc-acm", "usblp")


class Missing(Exception):
    """There can be no guest here; the words say what for."""


def output(*argv, timeout=60):
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def package_name():
    for word in ("qemu-system-x86_64", "apt-get", "dpkg-deb"):
        if not shutil.which(word):
            raise Missing(f"there is no {word} (packages.txt)")
    if platform.machine() != "x86_64":
        raise Missing(f"the guest is amd64 and runs this machine's programs, which are {platform.machine()}")
    status, text = output("apt-cache", "depends", "linux-image-amd64")
    names = re.findall(r"linux-image-\d\S*-amd64\b", text)
    if status or not names:
        raise Missing("apt knows of no linux-image-amd64: apt-get update")
    return names[0]


def download(name):
    """The .deb's path. It lies in the cache from then on, whatever Debian has next."""
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        command = ("sh", "-c", f"cd '{folder}' && exec apt-get -q download {name}")
        try:
            status, text = output(*command, timeout=DOWNLOAD_TIMEOUT_S)
            if status and os.getuid() == 0:  # the lists may be older than the mirror
                output("apt-get", "-q", "update", timeout=DOWNLOAD_TIMEOUT_S)
                status, text = output(*command, timeout=DOWNLOAD_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            raise Missing(f"{name} did not arrive within {DOWNLOAD_TIMEOUT_S} s") from None
        found = glob.glob(os.path.join(folder, "*.deb"))
        if status or not found:
            raise Missing(f"{name} could not be downloaded: {text.strip()[-200:]}")
        path = os.path.join(CACHE, os.path.basename(found[0]))
        os.rename(found[0], path)
    return path


def unpack(deb, root):
    wanted = ["./boot/vmlinuz-*"] + [f"./lib/modules/*/kernel/{folder}/*" for folder in FOLDERS]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as packed:
        status = subprocess.run(["tar", "-x", "-C", root, "--wildcards", *wanted], stdin=packed.stdout,
                                check=False).returncode
    if status or packed.returncode:
        raise Missing(f"{deb} could not be taken apart")


def fetch():
    """The folder with boot/ and lib/ of a kernel; made once."""
    root = os.path.join(CACHE, "kernel")
    if os.path.isdir(root):
        return root
    os.makedirs(CACHE, exist_ok=True)
    name = package_name()
    ready = sorted(glob.glob(os.path.join(CACHE, "linux-image-*.deb")))
    deb = ready[-1] if ready else download(name)
    made = tempfile.mkdtemp(dir=CACHE)
    try:
        unpack(deb, made)
        os.rename(made, root)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return root


def image(root):
    return glob.glob(os.path.join(root, "boot", "vmlinuz-*"))[0]


class Modules:
    """The kernel's modules, by name and in an order in which they load."""

    def __init__(self, root):
        paths = glob.glob(os.path.join(root, "lib/modules/*/kernel/**/*.ko"), recursive=True)
        self.paths = {self.plain(os.path.basename(path)[:-3]): path for path in paths}
        self.order = []

    @staticmethod
    def plain(name):
        return name.replace("-", "_")

    def add(self, name):
        path = self.paths.get(self.plain(name))
        if not path:
            raise Missing(f"the kernel has no module {name} where it was looked for")
        if path in self.order:
            return
        with open(path, "rb") as file:
            needs = re.search(rb"\0depends=([^\0]*)\0", file.read())
        for other in needs[1].decode().split(",") if needs else ():
            if other:
                self.add(other)
        self.order.append(path)


class Archive:
    """A cpio archive as the kernel wants it (newc)."""

    def __init__(self):
        self.parts, self.count = [], 0

    def put(self, name, mode, data=b"", device=(0, 0)):
        self.count += 1
        encoded = name.encode() + b"\0"
        fields = (self.count, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(encoded), 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + encoded
        self.parts += [head, bytes(-len(head) % 4), data, bytes(-len(data) % 4)]

    def folder(self, name):
        self.put(name, stat.S_IFDIR | 0o755)

    def file(self, name, path, mode=0o644):
        with open(path, "rb") as file:
            self.put(name, stat.S_IFREG | mode, file.read())

    def write(self, path):
        self.put("TRAILER!!!", 0)
        with open(path, "wb") as file:
            file.writelines(self.parts)


def initramfs(root, path, variables):
    """Writes the first root: init.sh, with what it is to know as shell variables."""
    if not os.access(BUSYBOX, os.X_OK):
        raise Missing("there is no busybox-static (packages.txt)")
    modules = Modules(root)
    for name in MODULES:
        modules.add(name)
    archive = Archive()
    for name in ("dev", "proc", "sys", "bin", "modules", "host", "upper", "root"):
        archive.folder(name)
    archive.put("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    archive.file("bin/busybox", BUSYBOX, 0o755)
    archive.put("bin/sh", stat.S_IFLNK | 0o777, b"busybox")
    archive.file("init", os.path.join(HERE, "init.sh"), 0o755)
    order = [os.path.basename(module) for module in modules.order]
    for name, module in zip(order, modules.order):
        archive.file("modules/" + name, module)
    archive.put("modules/order", stat.S_IFREG | 0o644, "".join(name + "\n" for name in order).encode())
    settings = "".join(f"{key}='{value}'\n" for key, value in variables.items())
    archive.put("settings", stat.S_IFREG | 0o644, settings.encode())
    archive.write(path)
