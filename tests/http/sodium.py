"""libsodium through ctypes: what a kiosk computes, for tests that must be able to forge it too."""
import base64
import ctypes
import ctypes.util
import hashlib
import os
import time

_lib = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
assert _lib.sodium_init() >= 0
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def b64(data):
    return base64.b64encode(data).decode()


def sign_keypair():
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
    _lib.crypto_sign_keypair(public, secret)
    return public.raw, secret.raw


def sign(secret, domain, message):
    form = domain + hashlib.blake2b(message, digest_size=32).digest()
    signature = ctypes.create_string_buffer(64)
    _lib.crypto_sign_detached(signature, None, form, ctypes.c_ulonglong(len(form)), secret)
    return signature.raw


def seal(public, message):
    out = ctypes.create_string_buffer(len(message) + 48)
    _lib.crypto_box_seal(out, message, ctypes.c_ulonglong(len(message)), public)
    return out.raw


def slip_code():
    chars = [int.from_bytes(os.urandom(1), "big") & 31 for _ in range(11)]
    total = 0
    for value in chars:
        total ^= value
        total <<= 1
        if total & 32:
            total = (total ^ 37) & 31
    return "".join(ALPHABET[v] for v in chars + [total])


def slip_keys(code, salt):
    """The lookup tag and the view key of a code."""
    out = ctypes.create_string_buffer(64)
    assert _lib.crypto_pwhash_argon2id(out, ctypes.c_ulonglong(64), code.encode(), ctypes.c_ulonglong(12), salt,
                                       ctypes.c_ulonglong(1), ctypes.c_size_t(32 << 20), 2) == 0
    return out.raw[:32], out.raw[32:]


def open_view(key, case_id, box):
    out = ctypes.create_string_buffer(max(1, len(box) - 40))
    aad = case_id.encode()
    rc = _lib.crypto_aead_xchacha20poly1305_ietf_decrypt(out, None, None, box[24:], ctypes.c_ulonglong(len(box) - 24), aad,
                                                         ctypes.c_ulonglong(len(aad)), box[:24], key)
    return out.raw[:len(box) - 40] if rc == 0 else None


def uuid7():
    ms = int(time.time() * 1000)
    raw = bytearray(ms.to_bytes(6, "big") + os.urandom(10))
    raw[6] = 0x70 | raw[6] & 15
    raw[8] = 0x80 | raw[8] & 63
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def argon2id(text, salt, ops, mem_kib, size):
    out = ctypes.create_string_buffer(size)
    assert _lib.crypto_pwhash_argon2id(out, ctypes.c_ulonglong(size), text, ctypes.c_ulonglong(len(text)), salt,
                                       ctypes.c_ulonglong(ops), ctypes.c_size_t(mem_kib << 10), 2) == 0
    return out.raw


def verify(public, domain, message, signature):
    form = domain + hashlib.blake2b(message, digest_size=32).digest()
    return _lib.crypto_sign_verify_detached(signature, form, ctypes.c_ulonglong(len(form)), public) == 0


def blake2b(message, size=32):
    return hashlib.blake2b(message, digest_size=size).digest()


def aead_encrypt(key, nonce, head, secret):
    """XChaCha20-Poly1305, bound to `head`."""
    out = ctypes.create_string_buffer(len(secret) + 16)
    assert _lib.crypto_aead_xchacha20poly1305_ietf_encrypt(out, None, secret, ctypes.c_ulonglong(len(secret)), head,
                                                           ctypes.c_ulonglong(len(head)), None, nonce, key) == 0
    return out.raw
