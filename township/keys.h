/* keys.h: the township's secrets: the X25519 pair that opens what voters wrote, and the Ed25519 pair that
 * signs.
 *
 * They live in DIR/keys/ (0600), plain (seal.key, sign.key) or both under a passphrase (keys.locked, see keys_wrap.h), or as
 * systemd credentials ($CREDENTIALS_DIRECTORY/seal.key and sign.key, looked at first); and in memory in one locked block
 * that keys_free wipes. */
#ifndef TOWNSHIP_KEYS_H
#define TOWNSHIP_KEYS_H

#include <stdint.h>

#include "model/err.h"
#include "model/seal.h"

struct town_keys {
	uint8_t seal_public[SEAL_PUBLIC_BYTES], seal_secret[SEAL_SECRET_BYTES];
	uint8_t sign_public[SIGN_PUBLIC_BYTES], sign_secret[SIGN_SECRET_BYTES];
	uint8_t slip_salt[SLIP_SALT_BYTES];
};

/* A zeroed block in locked memory, NULL when there is none; keys_free wipes it. */
struct town_keys *keys_alloc(void);
void keys_free(struct town_keys *keys);

/* Makes both pairs and the salt, and writes DIR/keys/. ERR_EXISTS: there are keys already, left as they are.
 */
MUST_USE enum err keys_create(const char *dir, struct town_keys *keys);
/* Reads them and computes the public halves. ERR_NOT_FOUND, ERR_DENIED (readable by others), ERR_CORRUPT (wrong size);
 * ERR_STATE: they are kept under a passphrase (keys_open asks for it). */
MUST_USE enum err keys_load(const char *dir, struct town_keys *keys);
/* The same of what lies plain in DIR/keys alone, without a look at credentials. ERR_NOT_FOUND: not both do. */
MUST_USE enum err keys_load_plain(const char *dir, struct town_keys *keys);
/* Computes the public halves from the secret ones. */
void keys_derive(struct town_keys *keys);

/* Writes `len` bytes to a new file, 0600, synced. ERR_EXISTS, ERR_FULL, ERR_IO. */
MUST_USE enum err keys_write_secret(const char *path, const void *bytes, size_t len);

#endif
