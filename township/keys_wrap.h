/* keys_wrap.h: the township's two secret keys under a passphrase, as bytes. Pure computation over libsodium.
 *
 *   "DHKEYS01"  8    what it is, and the version of this layout
 *   ops         4    Argon2id passes, big-endian
 *   mem         4    Argon2id memory in KiB, big-endian
 *   salt       16    of the passphrase
 *   nonce      24    of the box
 *   box        96+16 XChaCha20-Poly1305 over the opening key (32) and the signing key (64); bound to all before it
 */
#ifndef TOWNSHIP_KEYS_WRAP_H
#define TOWNSHIP_KEYS_WRAP_H

#include <stdint.h>

#include "township/keys.h"

enum {
	KEYS_WRAP_HEAD = 8 + 4 + 4 + 16 + 24,
	KEYS_WRAP_BYTES = KEYS_WRAP_HEAD + SEAL_SECRET_BYTES + SIGN_SECRET_BYTES + 16,
	PASSPHRASE_MIN_CHARS = 12,
	PASSPHRASE_MAX_BYTES = 512,
};

/* NULL when it will do; else what is wrong with it. */
const char *passphrase_problem(const char *passphrase);

/* Takes about a second and 256 MiB. ERR_NOMEM. */
MUST_USE enum err keys_wrap(const struct town_keys *keys, const char *passphrase, uint8_t out[KEYS_WRAP_BYTES]);
/* Fills in the secret halves. ERR_DENIED: not this passphrase, or changed bytes; ERR_CORRUPT: no such file;
 * ERR_NEWER: of a later layout. */
MUST_USE enum err keys_unwrap(const uint8_t *bytes, size_t len, const char *passphrase, struct town_keys *keys);

#endif
