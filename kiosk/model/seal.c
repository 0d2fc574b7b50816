#include "model/seal.h"

#include <sodium.h>
#include <string.h>

_Static_assert(SEAL_PUBLIC_BYTES == crypto_box_PUBLICKEYBYTES, "seal public key");
_Static_assert(SEAL_SECRET_BYTES == crypto_box_SECRETKEYBYTES, "seal secret key");
_Static_assert(SEAL_OVERHEAD_BYTES == crypto_box_SEALBYTES, "seal overhead");
_Static_assert(SIGN_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES, "sign public key");
_Static_assert(SIGN_SECRET_BYTES == crypto_sign_SECRETKEYBYTES, "sign secret key");
_Static_assert(SIGN_BYTES == crypto_sign_BYTES, "signature");
_Static_assert(SLIP_SALT_BYTES == crypto_pwhash_argon2id_SALTBYTES, "slip salt");
_Static_assert(SLIP_VIEW_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "view key");

enum {
	NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	DOMAIN_BYTES = 4
};
_Static_assert(VIEW_OVERHEAD_BYTES == (int)NONCE_BYTES + (int)TAG_BYTES, "view overhead");

enum err seal_to(const uint8_t public_key[SEAL_PUBLIC_BYTES], const void *msg, size_t len, uint8_t *out)
{
	/* Fails only for a public key of low order, which is no key of a township. */
	return crypto_box_seal(out, msg, len, public_key) == 0 ? ERR_OK : ERR_INVALID;
}

enum err seal_open(const uint8_t public_key[SEAL_PUBLIC_BYTES], const uint8_t secret_key[SEAL_SECRET_BYTES],
                   const uint8_t *sealed, size_t len, uint8_t *out)
{
	if (len < SEAL_OVERHEAD_BYTES)
		return ERR_DENIED;
	return crypto_box_seal_open(out, sealed, len, public_key, secret_key) == 0 ? ERR_OK : ERR_DENIED;
}

enum err slip_keys_derive(const struct slip_code *code, const uint8_t salt[SLIP_SALT_BYTES],
                          struct slip_keys *keys)
{
	uint8_t both[SLIP_LOOKUP_BYTES + SLIP_VIEW_KEY_BYTES];
	if (crypto_pwhash_argon2id(both, sizeof both, code->chars, SLIP_CODE_CHARS, salt, SLIP_ARGON_OPS,
	                           SLIP_ARGON_MEM_BYTES, crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
		return ERR_NOMEM;
	memcpy(keys->lookup, both, SLIP_LOOKUP_BYTES);
	memcpy(keys->view_key, both + SLIP_LOOKUP_BYTES, SLIP_VIEW_KEY_BYTES);
	sodium_memzero(both, sizeof both);
	return ERR_OK;
}

enum err view_encrypt(const uint8_t key[SLIP_VIEW_KEY_BYTES], const char *case_id, const void *msg,
                      size_t len, uint8_t *out)
{
	randombytes_buf(out, NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE_BYTES, NULL, msg, len, (const uint8_t *)case_id,
	                                           strlen(case_id), NULL, out, key);
	return ERR_OK;
}

enum err view_decrypt(const uint8_t key[SLIP_VIEW_KEY_BYTES], const char *case_id, const uint8_t *boxed,
                      size_t len, uint8_t *out)
{
	if (len < VIEW_OVERHEAD_BYTES)
		return ERR_DENIED;
	int rc = crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, boxed + NONCE_BYTES,
	                                                    len - NONCE_BYTES, (const uint8_t *)case_id,
	                                                    strlen(case_id), boxed, key);
	return rc == 0 ? ERR_OK : ERR_DENIED;
}

void digest_of(const void *msg, size_t len, uint8_t out[DIGEST_BYTES])
{
	crypto_generichash(out, DIGEST_BYTES, msg, len, NULL, 0);
}

/* What is really signed: fixed size, so that signing needs no memory and cannot fail. */
static void signed_form(const char domain[4], const void *msg, size_t len,
                        uint8_t form[DOMAIN_BYTES + DIGEST_BYTES])
{
	memcpy(form, domain, DOMAIN_BYTES);
	digest_of(msg, len, form + DOMAIN_BYTES);
}

void sign_make(const uint8_t secret[SIGN_SECRET_BYTES], const char domain[4], const void *msg, size_t len,
               uint8_t sig[SIGN_BYTES])
{
	uint8_t form[DOMAIN_BYTES + DIGEST_BYTES];
	signed_form(domain, msg, len, form);
	crypto_sign_detached(sig, NULL, form, sizeof form, secret);
}

enum err sign_check(const uint8_t public_key[SIGN_PUBLIC_BYTES], const char domain[4], const void *msg,
                    size_t len, const uint8_t sig[SIGN_BYTES])
{
	uint8_t form[DOMAIN_BYTES + DIGEST_BYTES];
	signed_form(domain, msg, len, form);
	return crypto_sign_verify_detached(sig, form, sizeof form, public_key) == 0 ? ERR_OK : ERR_DENIED;
}
