#include "township/keys_wrap.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#include "model/utf8.h"

enum {
	OPS = 3,
	MEM_KIB = 256 * 1024,
	OPS_MAX = 16,              /* a file that asks for more is not ours: it would hold the start up for minutes */
	MEM_KIB_MAX = 1024 * 1024,
	SECRET = SEAL_SECRET_BYTES + SIGN_SECRET_BYTES,
	FEW = 6, /* different characters at the least */
	DIGITS_MIN = 20
};
static const uint8_t magic[8] = {'D', 'H', 'K', 'E', 'Y', 'S', '0', '1'};

static void put32(uint8_t *at, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(n >> (24 - 8 * i));
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

const char *passphrase_problem(const char *passphrase)
{
	size_t len = strlen(passphrase), different = 0;
	bool seen[256] = {false}, all_digits = true;
	size_t steps = 0;
	if (len >= PASSPHRASE_MAX_BYTES)
		return "it is too long: 500 bytes at the most";
	if (!utf8_valid(passphrase, len))
		return "it is not UTF-8 text";
	if (utf8_count(passphrase, len) < PASSPHRASE_MIN_CHARS)
		return "it is too short: 12 characters at the least; a few unrelated words do well";
	for (size_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)passphrase[i];
		different += !seen[c];
		seen[c] = true;
		all_digits = all_digits && c >= '0' && c <= '9';
		if (i > 0) {
			int step = (int)c - (int)(uint8_t)passphrase[i - 1];
			steps += step >= -1 && step <= 1;
		}
	}
	if (different < FEW)
		return "it has too few different characters and is easily guessed";
	if (steps * 2 > len)
		return "most of it are neighbours (123456, abcdef) or repeats, and easily guessed";
	if (all_digits && len < DIGITS_MIN)
		return "nothing but digits is soon tried out: mix in letters or characters, or give 20 digits";
	return NULL;
}

static enum err derive(const char *passphrase, const uint8_t *head, uint8_t key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES])
{
	size_t mem = (size_t)get32(head + 12) * 1024;
	int bad = crypto_pwhash(key, crypto_aead_xchacha20poly1305_ietf_KEYBYTES, passphrase, strlen(passphrase), head + 16,
	                        get32(head + 8), mem, crypto_pwhash_ALG_ARGON2ID13);
	return bad ? ERR_NOMEM : ERR_OK;
}

enum err keys_wrap(const struct town_keys *keys, const char *passphrase, uint8_t out[KEYS_WRAP_BYTES])
{
	uint8_t key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES], secret[SECRET];
	_Static_assert(crypto_pwhash_SALTBYTES == 16, "the layout has room for just this");
	_Static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == 24, "the layout has room for just this");
	_Static_assert(crypto_aead_xchacha20poly1305_ietf_ABYTES == 16, "the layout has room for just this");
	memcpy(out, magic, sizeof magic);
	put32(out + 8, OPS);
	put32(out + 12, MEM_KIB);
	randombytes_buf(out + 16, 16 + 24);
	enum err e = derive(passphrase, out, key);
	if (e)
		return e;
	memcpy(secret, keys->seal_secret, SEAL_SECRET_BYTES);
	memcpy(secret + SEAL_SECRET_BYTES, keys->sign_secret, SIGN_SECRET_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + KEYS_WRAP_HEAD, NULL, secret, SECRET, out, KEYS_WRAP_HEAD, NULL,
	                                           out + 32, key);
	sodium_memzero(key, sizeof key);
	sodium_memzero(secret, sizeof secret);
	return ERR_OK;
}

enum err keys_unwrap(const uint8_t *bytes, size_t len, const char *passphrase, struct town_keys *keys)
{
	uint8_t key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES], secret[SECRET];
	if (len < 8 || memcmp(bytes, magic, 6) != 0)
		return ERR_CORRUPT;
	if (memcmp(bytes, magic, sizeof magic) != 0)
		return ERR_NEWER;
	if (len != KEYS_WRAP_BYTES || get32(bytes + 8) < 1 || get32(bytes + 8) > OPS_MAX || get32(bytes + 12) < 8 ||
	    get32(bytes + 12) > MEM_KIB_MAX)
		return ERR_CORRUPT;
	enum err e = derive(passphrase, bytes, key);
	if (!e && crypto_aead_xchacha20poly1305_ietf_decrypt(secret, NULL, NULL, bytes + KEYS_WRAP_HEAD, len - KEYS_WRAP_HEAD,
	                                                     bytes, KEYS_WRAP_HEAD, bytes + 32, key) != 0)
		e = ERR_DENIED;
	if (!e) {
		memcpy(keys->seal_secret, secret, SEAL_SECRET_BYTES);
		memcpy(keys->sign_secret, secret + SEAL_SECRET_BYTES, SIGN_SECRET_BYTES);
	}
	sodium_memzero(key, sizeof key);
	sodium_memzero(secret, sizeof secret);
	return e;
}
