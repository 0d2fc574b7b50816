/* links: kiosk/model/phone_code.c kiosk/model/seal.c kiosk/model/slip_code.c kiosk/model/utf8.c kiosk/model/err.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "model/phone_code.h"

static uint8_t kiosk_public[SIGN_PUBLIC_BYTES], kiosk_secret[SIGN_SECRET_BYTES];
static uint8_t other_public[SIGN_PUBLIC_BYTES], other_secret[SIGN_SECRET_BYTES];
static const struct phone_code good = {"K0001", "a-0123456789abcdef", 59098000};

/* `good` of the kiosk whose key has the seed 09…09, made by another implementation (Python's hashlib, base64, cryptography). */
static const char made[] = "/s/AQOFw5AFSzAwMDESYS0wMTIzNDU2Nzg5YWJjZGVmGR48fkSHwNouru3GIg4XQatfx6EvcNF-Gk4uOrJs9zXhEXADzCOxyfCxafZv"
                           "FqW5n-xFANdD95WlzZq_zl-MAg";
enum { FOLDER = 3 /* characters of "/s/" */, KIOSK_AT = 5, ACTIVITY_AT = KIOSK_AT + 1 + 5 };

static int set_up(void **state)
{
	(void)state;
	uint8_t seed[32];
	memset(seed, 9, sizeof seed);
	int fine = crypto_sign_seed_keypair(kiosk_public, kiosk_secret, seed);
	memset(seed, 8, sizeof seed);
	return fine | crypto_sign_seed_keypair(other_public, other_secret, seed);
}

static void assert_same(const struct phone_code *a, const struct phone_code *b)
{
	assert_string_equal(a->kiosk, b->kiosk);
	assert_string_equal(a->activity, b->activity);
	assert_int_equal(a->slot, b->slot);
}

/* From exactly `len` bytes; what is refused leaves the code and the signature as they were. */
static enum err read_text(const char *text, size_t len, struct phone_code *code, uint8_t sig[SIGN_BYTES])
{
	static const struct phone_code untouched = {"untouched", "untouched", 77};
	char *copy = malloc(len ? len : 1);
	assert_non_null(copy);
	if (len)
		memcpy(copy, text, len);
	*code = untouched;
	enum err e = phone_code_read(copy, len, code, sig);
	free(copy);
	if (e != ERR_OK)
		assert_same(code, &untouched);
	return e;
}

/* Read and, if it can be, checked in its own half minute. */
static enum err take(const char *text, size_t len)
{
	struct phone_code code;
	uint8_t sig[SIGN_BYTES];
	enum err e = read_text(text, len, &code, sig);
	return e ? e : phone_code_check(&code, sig, kiosk_public, good.slot * PHONE_SLOT_MS);
}

/* The path of any bytes at all, signed or not. */
static void path_of(const uint8_t *bytes, size_t len, char *out, size_t size)
{
	memcpy(out, "/s/", FOLDER);
	sodium_bin2base64(out + FOLDER, size - FOLDER, bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static size_t bytes_of(const char *path, uint8_t *out, size_t size)
{
	size_t len = 0;
	assert_int_equal(sodium_base642bin(out, size, path + FOLDER, strlen(path + FOLDER), NULL, &len, NULL,
	                                   sodium_base64_VARIANT_URLSAFE_NO_PADDING), 0);
	return len;
}

static enum err make_path(const struct phone_code *code, const uint8_t secret[SIGN_SECRET_BYTES], char path[PHONE_PATH_SIZE])
{
	uint8_t message[PHONE_MESSAGE_MAX], sig[SIGN_BYTES];
	size_t len = 0;
	enum err e = phone_code_message(code, message, &len);
	if (e != ERR_OK)
		return e;
	sign_make(secret, PHONE_DOMAIN, message, len, sig);
	return phone_code_path(message, len, sig, path);
}

static void test_made(void **state)
{
	(void)state;
	static const char *const before[] = {"", "/s/", "https://office.example", "https://office.example:8443/x/s/old", "http://[::1]/s"};
	char path[PHONE_PATH_SIZE], text[512];
	struct phone_code code;
	uint8_t sig[SIGN_BYTES];
	assert_int_equal(make_path(&good, kiosk_secret, path), ERR_OK);
	assert_string_equal(path, made);
	assert_int_equal(take(made + FOLDER, strlen(made) - FOLDER), ERR_OK); /* what follows the folder, alone */
	for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
		snprintf(text, sizeof text, "%s%s", before[i], made);
		assert_int_equal(read_text(text, strlen(text), &code, sig), ERR_OK);
		assert_same(&code, &good);
		assert_int_equal(take(text, strlen(text)), ERR_OK);
	}
}

static void test_longest(void **state)
{
	(void)state;
	struct phone_code longest = {"", "", UINT32_MAX}, code;
	char path[PHONE_PATH_SIZE];
	uint8_t sig[SIGN_BYTES];
	memset(longest.kiosk, 'k', sizeof longest.kiosk - 1);
	memset(longest.activity, 'a', sizeof longest.activity - 1);
	assert_int_equal(make_path(&longest, kiosk_secret, path), ERR_OK);
	assert_int_equal(read_text(path, strlen(path), &code, sig), ERR_OK);
	assert_same(&code, &longest);
	assert_int_equal(phone_code_check(&code, sig, kiosk_public, code.slot * PHONE_SLOT_MS), ERR_OK);
	struct phone_code first = {"K", "a", 0};
	assert_int_equal(make_path(&first, kiosk_secret, path), ERR_OK);
	assert_int_equal(read_text(path, strlen(path), &code, sig), ERR_OK);
	assert_same(&code, &first);
}

static void test_never_made(void **state)
{
	(void)state;
	static const struct phone_code never[] = {
		{"", "a", 1}, {"K", "", 1}, {"\xC3", "a", 1}, {"K", "\xE4\xBB", 1}, {"K", "a", -1}, {"K", "a", (int64_t)UINT32_MAX + 1}, {"K", "a", INT64_MAX},
	};
	char path[PHONE_PATH_SIZE];
	uint8_t message[PHONE_MESSAGE_MAX + 1] = {0}, sig[SIGN_BYTES] = {0};
	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
		assert_int_equal(make_path(&never[i], kiosk_secret, path), ERR_INVALID);
	struct phone_code unended = good;
	memset(unended.kiosk, 'k', sizeof unended.kiosk);
	assert_int_equal(make_path(&unended, kiosk_secret, path), ERR_INVALID);
	unended = good;
	memset(unended.activity, 'a', sizeof unended.activity);
	assert_int_equal(make_path(&unended, kiosk_secret, path), ERR_INVALID);
	assert_int_equal(phone_code_path(message, 0, sig, path), ERR_INVALID);
	assert_int_equal(phone_code_path(message, sizeof message, sig, path), ERR_INVALID);
}

/* One bit changed in what is said, or in the signature, wherever. */
static void test_every_bit(void **state)
{
	(void)state;
	uint8_t bytes[PHONE_PATH_SIZE];
	char text[PHONE_PATH_SIZE];
	size_t len = bytes_of(made, bytes, sizeof bytes);
	for (size_t bit = 0; bit < len * 8; bit++) {
		size_t at = bit / 8;
		uint8_t mask = (uint8_t)(1u << bit % 8);
		bytes[at] ^= mask;
		path_of(bytes, len, text, sizeof text);
		bytes[at] ^= mask;
		bool frame = at == 0 || at == KIOSK_AT || at == ACTIVITY_AT; /* the version, and how long each text is */
		bool no_text = at > KIOSK_AT && at < len - SIGN_BYTES && mask == 0x80;
		assert_int_equal(take(text, strlen(text)), frame || no_text ? ERR_INVALID : ERR_DENIED);
	}
}

/* And one bit of the address. (The first character and its like may turn into another folder: still no code.) */
static void test_every_bit_of_the_text(void **state)
{
	(void)state;
	for (size_t bit = 8 * FOLDER; bit < 8 * strlen(made); bit++) {
		char text[sizeof made];
		memcpy(text, made, sizeof made);
		text[bit / 8] = (char)((unsigned char)text[bit / 8] ^ 1u << bit % 8);
		if (take(text, strlen(made)) == ERR_OK)
			fail_msg("taken: %s", text);
	}
}

static void test_cut_and_overlong(void **state)
{
	(void)state;
	char text[1024];
	for (size_t len = 0; len < strlen(made); len++)
		assert_int_not_equal(take(made, len), ERR_OK);
	for (size_t more = 1; more < 600; more++) {
		memcpy(text, made, sizeof made);
		memset(text + strlen(made), 'A', more);
		assert_int_equal(take(text, strlen(made) + more), ERR_INVALID);
	}
}

static void test_no_codes(void **state)
{
	(void)state;
	static const char *const no_codes[] = {"", "/", "/s/", "/s", "https://office.example/s/", "/s/AQ", "/s/AQ==", "DHC1:AGGS2HBG", "/s/代表"};
	char spoilt[sizeof made + 8];
	for (size_t i = 0; i < sizeof no_codes / sizeof no_codes[0]; i++)
		assert_int_equal(take(no_codes[i], strlen(no_codes[i])), ERR_INVALID);
	for (const char *c = " =+?#%\n"; *c; c++) {
		memcpy(spoilt, made, sizeof made);
		spoilt[40] = *c;
		assert_int_equal(take(spoilt, strlen(made)), ERR_INVALID);
		snprintf(spoilt, sizeof spoilt, "%s%c", made, *c); /* and behind it */
		assert_int_equal(take(spoilt, strlen(spoilt)), ERR_INVALID);
	}
	memcpy(spoilt, made, sizeof made);
	spoilt[40] = '\0';
	assert_int_equal(take(spoilt, strlen(made)), ERR_INVALID);
}

static void test_signed_by_others(void **state)
{
	(void)state;
	uint8_t bytes[PHONE_PATH_SIZE];
	char text[PHONE_PATH_SIZE];
	struct phone_code another = good;
	assert_int_equal(make_path(&good, other_secret, text), ERR_OK);
	assert_int_equal(take(text, strlen(text)), ERR_DENIED);

	size_t len = bytes_of(made, bytes, sizeof bytes), body = len - SIGN_BYTES;
	uint8_t other[PHONE_PATH_SIZE];
	another.activity[2] = '9';
	assert_int_equal(make_path(&another, kiosk_secret, text), ERR_OK);
	assert_int_equal(bytes_of(text, other, sizeof other), len);
	memcpy(other + body, bytes + body, SIGN_BYTES); /* the right signature, over another activity */
	path_of(other, len, text, sizeof text);
	assert_int_equal(take(text, strlen(text)), ERR_DENIED);

	static const char *const domains[] = {"DHC1", "DHE1", "dhp1"};
	for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++) {
		sign_make(kiosk_secret, domains[i], bytes, body, bytes + body);
		path_of(bytes, len, text, sizeof text);
		assert_int_equal(take(text, strlen(text)), ERR_DENIED);
	}
}

/* Signed by the kiosk, and still not what phone_code_message makes. */
static void test_signed_nonsense(void **state)
{
	(void)state;
	static const struct { size_t at; uint8_t value; } changes[] = {
		{0, 0}, {0, 2}, {KIOSK_AT, 0}, {KIOSK_AT, 4}, {KIOSK_AT, 6}, {KIOSK_AT, 255}, {KIOSK_AT + 1, 0}, {KIOSK_AT + 1, 0xFF},
		{ACTIVITY_AT, 0}, {ACTIVITY_AT, 17}, {ACTIVITY_AT, 19}, {ACTIVITY_AT, 255}, {ACTIVITY_AT + 1, 0}, {ACTIVITY_AT + 1, 0xC3},
	};
	uint8_t bytes[PHONE_PATH_SIZE];
	char text[PHONE_PATH_SIZE];
	size_t len = bytes_of(made, bytes, sizeof bytes), body = len - SIGN_BYTES;
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		uint8_t was = bytes[changes[i].at];
		bytes[changes[i].at] = changes[i].value;
		sign_make(kiosk_secret, PHONE_DOMAIN, bytes, body, bytes + body);
		path_of(bytes, len, text, sizeof text);
		assert_int_equal(take(text, strlen(text)), ERR_INVALID);
		bytes[changes[i].at] = was;
	}
}

/* A signed code whose texts have these many characters. */
static enum err take_lengths(size_t kiosk, size_t activity)
{
	uint8_t bytes[PHONE_PATH_SIZE] = {1};
	char text[2 * PHONE_PATH_SIZE];
	size_t len = KIOSK_AT;
	for (int i = 0; i < 4; i++)
		bytes[1 + i] = (uint8_t)(good.slot >> (24 - 8 * i));
	bytes[len++] = (uint8_t)kiosk;
	memset(bytes + len, 'k', kiosk);
	len += kiosk;
	bytes[len++] = (uint8_t)activity;
	memset(bytes + len, 'a', activity);
	len += activity;
	sign_make(kiosk_secret, PHONE_DOMAIN, bytes, len, bytes + len);
	path_of(bytes, len + SIGN_BYTES, text, sizeof text);
	return take(text, strlen(text));
}

static void test_lengths(void **state)
{
	(void)state;
	assert_int_equal(take_lengths(1, 1), ERR_OK);
	assert_int_equal(take_lengths(KIOSK_ID_SIZE - 1, REPORT_ID_SIZE - 1), ERR_OK);
	assert_int_equal(take_lengths(KIOSK_ID_SIZE, 1), ERR_INVALID);
	assert_int_equal(take_lengths(1, REPORT_ID_SIZE), ERR_INVALID);
	assert_int_equal(take_lengths(0, 1), ERR_INVALID);
	assert_int_equal(take_lengths(1, 0), ERR_INVALID);
}

/* As many bytes as there are, whatever they say of themselves: what is missing is not looked for elsewhere. */
static void test_short_bytes(void **state)
{
	(void)state;
	char text[PHONE_PATH_SIZE];
	for (int fill = 0; fill <= 255; fill += 51) {
		for (size_t len = 0; len < KIOSK_AT + SIGN_BYTES + 4; len++) {
			uint8_t bytes[KIOSK_AT + SIGN_BYTES + 4];
			memset(bytes, fill, sizeof bytes);
			bytes[0] = 1;
			path_of(bytes, len, text, sizeof text);
			assert_int_equal(take(text, strlen(text)), ERR_INVALID);
		}
	}
}

/* Of its own half minute, in milliseconds from its beginning. */
static const struct { int64_t after_ms; enum err e; } times[] = {
	{0, ERR_OK},
	{PHONE_SLOT_MS - 1, ERR_OK},
	{INT64_C(4) * PHONE_SLOT_MS, ERR_OK},
	{INT64_C(5) * PHONE_SLOT_MS - 1, ERR_OK}, /* two minutes after it went from the screen */
	{INT64_C(5) * PHONE_SLOT_MS, ERR_TIMEOUT},
	{INT64_C(86400) * 1000, ERR_TIMEOUT},
	{-1, ERR_OK}, /* the kiosk's clock is a little ahead of the township's */
	{-PHONE_SLOT_MS, ERR_OK},
	{-PHONE_SLOT_MS - 1, ERR_STATE},
	{INT64_C(-86400) * 1000, ERR_STATE},
};

static void test_times(void **state)
{
	(void)state;
	struct phone_code code;
	uint8_t sig[SIGN_BYTES];
	assert_int_equal(read_text(made, strlen(made), &code, sig), ERR_OK);
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		int64_t now = good.slot * PHONE_SLOT_MS + times[i].after_ms;
		assert_int_equal(phone_code_check(&code, sig, kiosk_public, now), times[i].e);
		assert_int_equal(phone_code_check(&code, sig, other_public, now), ERR_DENIED); /* whose it is comes first */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made), cmocka_unit_test(test_longest), cmocka_unit_test(test_never_made),
		cmocka_unit_test(test_every_bit), cmocka_unit_test(test_every_bit_of_the_text),
		cmocka_unit_test(test_cut_and_overlong), cmocka_unit_test(test_no_codes), cmocka_unit_test(test_signed_by_others),
		cmocka_unit_test(test_signed_nonsense), cmocka_unit_test(test_lengths), cmocka_unit_test(test_short_bytes),
		cmocka_unit_test(test_times),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, set_up, NULL);
}
