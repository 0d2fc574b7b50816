/* links: kiosk/model/seal.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "model/seal.h"

static void assert_hex(const uint8_t *bytes, size_t len, const char *expected)
{
	char hex[200];
	sodium_bin2hex(hex, sizeof hex, bytes, len);
	assert_string_equal(hex, expected);
}

static void test_digest(void **state)
{
	(void)state;
	uint8_t d[DIGEST_BYTES];
	digest_of("abc", 3, d); /* hashlib.blake2b(b"abc", digest_size=32) */
	assert_hex(d, sizeof d, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

/* The same pair and bytes signed by Python's cryptography. */
static void test_sign(void **state)
{
	(void)state;
	uint8_t seed[32], pk[SIGN_PUBLIC_BYTES], sk[SIGN_SECRET_BYTES], sig[SIGN_BYTES];
	for (int i = 0; i < 32; i++)
		seed[i] = (uint8_t)i;
	crypto_sign_seed_keypair(pk, sk, seed);
	sign_make(sk, "DHE1", "hello", 5, sig);
	assert_hex(sig, sizeof sig, "08a5729427035dc78642dd52cc5d4cc73763999335b145c8321e4e4879ee64f2"
	                            "5586c3281c53866b908864b5254a4498d6742138a951f0de3eaca92473c0bf0f");
	assert_int_equal(sign_check(pk, "DHE1", "hello", 5, sig), ERR_OK);
	assert_int_equal(sign_check(pk, "DHA1", "hello", 5, sig), ERR_DENIED);
	assert_int_equal(sign_check(pk, "DHE1", "hellp", 5, sig), ERR_DENIED);
	assert_int_equal(sign_check(pk, "DHE1", "hello", 4, sig), ERR_DENIED);
	sig[0] ^= 1;
	assert_int_equal(sign_check(pk, "DHE1", "hello", 5, sig), ERR_DENIED);
}

static void test_sealed(void **state)
{
	(void)state;
	static const char words[] = "路灯坏了三个月";
	uint8_t pk[SEAL_PUBLIC_BYTES], sk[SEAL_SECRET_BYTES], other_pk[SEAL_PUBLIC_BYTES],
		other_sk[SEAL_SECRET_BYTES];
	uint8_t sealed[sizeof words + SEAL_OVERHEAD_BYTES], again[sizeof sealed], open[sizeof words];
	crypto_box_keypair(pk, sk);
	crypto_box_keypair(other_pk, other_sk);
	assert_int_equal(seal_to(pk, words, sizeof words, sealed), ERR_OK);
	assert_int_equal(seal_to(pk, words, sizeof words, again), ERR_OK);
	assert_memory_not_equal(sealed, again, sizeof sealed);
	assert_int_equal(seal_open(pk, sk, sealed, sizeof sealed, open), ERR_OK);
	assert_memory_equal(open, words, sizeof words);
	assert_int_equal(seal_open(other_pk, other_sk, sealed, sizeof sealed, open), ERR_DENIED);
	assert_int_equal(seal_open(pk, sk, sealed, SEAL_OVERHEAD_BYTES - 1, open), ERR_DENIED);
	for (size_t i = 0; i < sizeof sealed; i++) {
		sealed[i] ^= 0x80;
		assert_int_equal(seal_open(pk, sk, sealed, sizeof sealed, open), ERR_DENIED);
		sealed[i] ^= 0x80;
	}
}

/* Pinned: a slip printed today must open with every later version. */
static void test_slip_keys(void **state)
{
	(void)state;
	struct slip_code code = {"0820C20A1G7F"};
	uint8_t salt[SLIP_SALT_BYTES];
	struct slip_keys keys;
	for (int i = 0; i < SLIP_SALT_BYTES; i++)
		salt[i] = (uint8_t)i;
	assert_int_equal(slip_keys_derive(&code, salt, &keys), ERR_OK);
	assert_hex(keys.lookup, sizeof keys.lookup,
	           "0dc2c739551826a8be608d5731836c0f794bd7c3fd5f0e039d03350a94dbce47");
	assert_hex(keys.view_key, sizeof keys.view_key,
	           "e262d9ec45fd674ec57cd688d0767203915aa767215971e8a93d26f59fb675a8");
}

static void test_view(void **state)
{
	(void)state;
	static const char id[] = "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b",
					  other[] = "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2c";
	static const char words[] = "{\"state\":\"answered\"}";
	uint8_t key[SLIP_VIEW_KEY_BYTES] = {7}, boxed[sizeof words + VIEW_OVERHEAD_BYTES], open[sizeof words];
	assert_int_equal(view_encrypt(key, id, words, sizeof words, boxed), ERR_OK);
	assert_int_equal(view_decrypt(key, id, boxed, sizeof boxed, open), ERR_OK);
	assert_memory_equal(open, words, sizeof words);
	assert_int_equal(view_decrypt(key, other, boxed, sizeof boxed, open), ERR_DENIED);
	assert_int_equal(view_decrypt(key, id, boxed, VIEW_OVERHEAD_BYTES - 1, open), ERR_DENIED);
	for (size_t i = 0; i < sizeof boxed; i++) {
		boxed[i] ^= 1;
		assert_int_equal(view_decrypt(key, id, boxed, sizeof boxed, open), ERR_DENIED);
		boxed[i] ^= 1;
	}
	key[0] ^= 1;
	assert_int_equal(view_decrypt(key, id, boxed, sizeof boxed, open), ERR_DENIED);
}

static int setup(void **state)
{
	(void)state;
	return sodium_init() < 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digest), cmocka_unit_test(test_sign), cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_slip_keys), cmocka_unit_test(test_view),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
