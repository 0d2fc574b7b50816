/* seal.h: who can read what. Pure computation over libsodium (call sodium_init() first); no I/O.
 *
 * - sealed:  what a voter wrote, to the township's X25519 key (crypto_box_seal). Only the office opens it.
 * - slip keys: Argon2id of the slip's code under the township's salt gives a lookup tag, which finds the
 * case, and a view key, under which the township's answer comes back. Neither gives away the code.
 * - signatures: Ed25519, the kiosk's on events and audit links. */
#ifndef MODEL_SEAL_H
#define MODEL_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "model/err.h"
#include "model/slip_code.h"

enum {
	SEAL_PUBLIC_BYTES = 32,
	SEAL_SECRET_BYTES = 32,
	SEAL_OVERHEAD_BYTES = 48,  /* crypto_box_SEALBYTES */
	SIGN_PUBLIC_BYTES = 32,
	SIGN_SECRET_BYTES = 64,
	SIGN_BYTES = 64,
	SLIP_SALT_BYTES = 16,
	SLIP_LOOKUP_BYTES = 32,
	SLIP_VIEW_KEY_BYTES = 32,
	VIEW_OVERHEAD_BYTES = 24 + 16, /* XChaCha20-Poly1305: nonce before, tag after */
	DIGEST_BYTES = 32,             /* BLAKE2b-256 */
	SLIP_ARGON_OPS = 1,            /* Argon2id13 passes */
	SLIP_ARGON_MEM_BYTES = 32 * 1024 * 1024,
};

struct slip_keys {
	uint8_t lookup[SLIP_LOOKUP_BYTES];
	uint8_t view_key[SLIP_VIEW_KEY_BYTES]; /* secret: wipe it */
};

/* Seals `len` bytes; `out` has room for len + SEAL_OVERHEAD_BYTES. */
MUST_USE enum err seal_to(const uint8_t public_key[SEAL_PUBLIC_BYTES], const void *msg, size_t len,
                          uint8_t *out);

/* Opens what seal_to made; `out` has room for len - SEAL_OVERHEAD_BYTES. ERR_DENIED: not for this key, or
 * changed. */
MUST_USE enum err seal_open(const uint8_t public_key[SEAL_PUBLIC_BYTES],
                            const uint8_t secret_key[SEAL_SECRET_BYTES], const uint8_t *sealed, size_t len,
                            uint8_t *out);

/* Takes tens of milliseconds and SLIP_ARGON_MEM_BYTES: call it off the screen's thread. */
MUST_USE enum err slip_keys_derive(const struct slip_code *code, const uint8_t salt[SLIP_SALT_BYTES],
                                   struct slip_keys *keys);

/* Encrypts / decrypts the township's view of a case for the holder of the slip, bound to `case_id` (36
 * characters). `out` has room for len + / - VIEW_OVERHEAD_BYTES. ERR_DENIED on a wrong key or changed bytes.
 */
MUST_USE enum err view_encrypt(const uint8_t key[SLIP_VIEW_KEY_BYTES], const char *case_id, const void *msg,
                               size_t len, uint8_t *out);
MUST_USE enum err view_decrypt(const uint8_t key[SLIP_VIEW_KEY_BYTES], const char *case_id,
                               const uint8_t *boxed, size_t len, uint8_t *out);

void digest_of(const void *msg, size_t len, uint8_t out[DIGEST_BYTES]);

/* Detached signature over a four-letter domain and the message's digest_of, 36 bytes in all, so that no
 * signature can be taken for another's. */
void sign_make(const uint8_t secret[SIGN_SECRET_BYTES], const char domain[4], const void *msg, size_t len,
               uint8_t sig[SIGN_BYTES]);
MUST_USE enum err sign_check(const uint8_t public_key[SIGN_PUBLIC_BYTES], const char domain[4],
                             const void *msg, size_t len, const uint8_t sig[SIGN_BYTES]);

#endif
