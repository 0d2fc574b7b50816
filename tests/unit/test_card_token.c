/* links: kiosk/model/card_token.c kiosk/model/seal.c kiosk/model/slip_code.c kiosk/model/utf8.c kiosk/model/err.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "model/card_token.h"

static uint8_t town_public[SIGN_PUBLIC_BYTES], town_secret[SIGN_SECRET_BYTES];
static uint8_t other_public[SIGN_PUBLIC_BYTES], other_secret[SIGN_SECRET_BYTES];
static const struct card_token good = {"p-e12b1482d290d8c6", 3, 20520, 21615};

/* `good` of the town whose key has the seed 07…07, made by another implementation (Python's hashlib, base64, cryptography). */
static const char made[] = "DHC1:AGGS2HBGCJYC2ZJRGJRDCNBYGJSDEOJQMQ4GGNQAAAAAGUBIKRX7DHEAVQNAME6TKV3JEEC3VRUU63LVB7DGB4WEREVMESRF3B"
                           "H3X3MH6PJMXPAYX63GGFDTZAU2AVTEJOMTIOGHI6CYXS6EIDHC4BUGBI";
enum { PREFIX = 5, DEPUTY_AT = 6 };

static int set_up(void **state)
{
	(void)state;
	uint8_t seed[32];
	memset(seed, 7, sizeof seed);
	int fine = crypto_sign_seed_keypair(town_public, town_secret, seed);
	memset(seed, 8, sizeof seed);
	return fine | crypto_sign_seed_keypair(other_public, other_secret, seed);
}

/* The text is copied to its exact size, so that a read past it is seen; a refusal leaves the token as it was. */
static enum err open_text(const char *text, size_t len, struct card_token *t)
{
	static const struct card_token untouched = {"untouched", 77, 1, 2};
	char *copy = malloc(len ? len : 1);
	assert_non_null(copy);
	if (len)
		memcpy(copy, text, len);
	*t = untouched;
	enum err e = card_token_open(copy, len, town_public, t);
	free(copy);
	if (e != ERR_OK)
		assert_true(strcmp(t->deputy, untouched.deputy) == 0 && t->issue == untouched.issue);
	return e;
}

static void assert_good(const struct card_token *t)
{
	assert_string_equal(t->deputy, good.deputy);
	assert_int_equal(t->issue, good.issue);
	assert_int_equal(t->issued_day, good.issued_day);
	assert_int_equal(t->expires_day, good.expires_day);
}

static void test_made(void **state)
{
	(void)state;
	char text[CARD_TOKEN_SIZE], lower[CARD_TOKEN_SIZE];
	struct card_token t;
	assert_int_equal(card_token_make(&good, town_secret, town_public, text), ERR_OK);
	assert_string_equal(text, made);
	assert_int_equal(open_text(text, strlen(text), &t), ERR_OK);
	assert_good(&t);
	for (size_t i = 0; i <= strlen(text); i++)
		lower[i] = (char)tolower((unsigned char)text[i]);
	assert_int_equal(open_text(lower, strlen(lower), &t), ERR_OK);
	assert_good(&t);
	/* in QR's alphanumeric mode, and where every keyboard has the same letters */
	assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567:1"), strlen(text));
}

static void test_longest(void **state)
{
	(void)state;
	struct card_token t = {"", UINT32_MAX, 0, 65535}, again;
	char text[CARD_TOKEN_SIZE];
	memset(t.deputy, 'd', sizeof t.deputy - 1);
	t.deputy[sizeof t.deputy - 1] = '\0';
	assert_int_equal(card_token_make(&t, town_secret, town_public, text), ERR_OK);
	assert_int_equal(open_text(text, strlen(text), &again), ERR_OK);
	assert_string_equal(again.deputy, t.deputy);
	assert_true(again.issue == UINT32_MAX && again.issued_day == 0 && again.expires_day == 65535);
}

/* An id of every length, so that the text ends at every place in a byte: one text alone is each card. */
static void test_every_length(void **state)
{
	(void)state;
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	for (size_t len = 1; len < REPORT_ID_SIZE; len++) {
		struct card_token t = {"", 1, 65535, 65535}, again;
		char text[CARD_TOKEN_SIZE + 1];
		memset(t.deputy, 'd', len);
		assert_int_equal(card_token_make(&t, town_secret, town_public, text), ERR_OK);
		size_t chars = strlen(text);
		assert_int_equal(chars, PREFIX + ((1 + 4 + 1 + len + 8 + SIGN_BYTES) * 8 + 4) / 5);
		assert_int_equal(open_text(text, chars, &again), ERR_OK);
		assert_string_equal(again.deputy, t.deputy);
		text[chars] = 'A';
		assert_int_equal(open_text(text, chars + 1, &again), ERR_INVALID);
		char last = text[chars - 1];
		for (const char *c = alphabet; *c; c++) {
			text[chars - 1] = *c;
			assert_true((open_text(text, chars, &again) == ERR_OK) == (*c == last));
		}
	}
}

static const struct card_token never_made[] = {
	{"", 1, 1, 2}, {"p-1", 0, 1, 2}, {"p-1", 1, -1, 2}, {"p-1", 1, 65536, 65536}, {"p-1", 1, 3, 2}, {"p-1", 1, 3, 65536},
	{"p-\xE4\xBB", 1, 1, 2}, /* cut inside a character */
};

static void test_never_made(void **state)
{
	(void)state;
	char text[CARD_TOKEN_SIZE];
	for (size_t i = 0; i < sizeof never_made / sizeof never_made[0]; i++)
		assert_int_equal(card_token_make(&never_made[i], town_secret, town_public, text), ERR_INVALID);
	struct card_token unended = {"", 1, 1, 2};
	memset(unended.deputy, 'd', sizeof unended.deputy);
	assert_int_equal(card_token_make(&unended, town_secret, town_public, text), ERR_INVALID);
}

/* The bytes of a token's text and back, by plain arithmetic. */
static size_t bytes_of(const char *text, uint8_t *out)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	size_t bits = strlen(text + PREFIX) * 5 / 8 * 8;
	memset(out, 0, CARD_TOKEN_SIZE);
	for (size_t b = 0; b < bits; b++) {
		size_t value = (size_t)(strchr(alphabet, text[PREFIX + b / 5]) - alphabet);
		out[b / 8] = (uint8_t)(out[b / 8] | (value >> (4 - b % 5) & 1) << (7 - b % 8));
	}
	return bits / 8;
}

static void text_of(const uint8_t *bytes, size_t len, char *text)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	size_t chars = (len * 8 + 4) / 5;
	memcpy(text, "DHC1:", PREFIX);
	for (size_t c = 0; c < chars; c++) {
		unsigned value = 0;
		for (size_t b = c * 5; b < c * 5 + 5; b++)
			value = value << 1 | (b < len * 8 ? (unsigned)bytes[b / 8] >> (7 - b % 8) & 1u : 0u);
		text[PREFIX + c] = alphabet[value];
	}
	text[PREFIX + chars] = '\0';
}

/* One bit changed in what is said, or in the signature, wherever: refused, and as what it is. */
static void test_every_bit(void **state)
{
	(void)state;
	uint8_t bytes[CARD_TOKEN_SIZE];
	size_t len = bytes_of(made, bytes);
	for (size_t bit = 0; bit < len * 8; bit++) {
		char text[2 * CARD_TOKEN_SIZE];
		struct card_token t;
		size_t at = bit / 8;
		uint8_t mask = (uint8_t)(1u << bit % 8);
		bytes[at] ^= mask;
		text_of(bytes, len, text);
		enum err e = open_text(text, strlen(text), &t);
		bytes[at] ^= mask;
		if (at == 0)
			assert_int_equal(e, mask == 1 ? ERR_INVALID : ERR_UNSUPPORTED); /* 1 becomes 0, or a newer kind */
		else if (at < DEPUTY_AT - 1)
			assert_int_equal(e, ERR_NOT_FOUND);
		else if (at == DEPUTY_AT - 1)
			assert_int_equal(e, ERR_INVALID);
		else
			assert_int_equal(e, ERR_DENIED);
	}
}

/* And one bit of the text itself, as a bad scan has it: refused, or the same letter in the other case. */
static void test_every_bit_of_the_text(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < 8 * strlen(made); bit++) {
		char text[sizeof made];
		struct card_token t;
		memcpy(text, made, sizeof made);
		text[bit / 8] = (char)((unsigned char)text[bit / 8] ^ 1u << bit % 8);
		enum err e = open_text(text, strlen(made), &t);
		if (toupper((unsigned char)text[bit / 8]) == made[bit / 8])
			assert_int_equal(e, ERR_OK);
		else
			assert_int_not_equal(e, ERR_OK);
	}
}

static void test_cut_and_overlong(void **state)
{
	(void)state;
	char text[2 * CARD_TOKEN_SIZE];
	struct card_token t;
	for (size_t len = 0; len < strlen(made); len++)
		assert_int_equal(open_text(made, len, &t), ERR_INVALID);
	for (size_t more = 1; more < sizeof text - sizeof made; more++) {
		memcpy(text, made, sizeof made);
		memset(text + strlen(made), 'A', more); /* zero bits */
		assert_int_equal(open_text(text, strlen(made) + more, &t), ERR_INVALID);
	}
}

static const char *const no_tokens[] = {
	"", "D", "DHC1", "DHC1:", "DHC1:A", "DHC1:AE", "DHC1:AEAA", "DHC1: ", "DHC2:AGGS2HBG", "DHK1:QNDQVQG28T56", "https://example.org/DHC1:AGGS",
	"11010519491231002X", "DHC1:AGGS2HBG=", "DHC1:AGGS2HB0", "DHC1:AGGS2HB1", "DHC1:代表",
};

static void test_no_tokens(void **state)
{
	(void)state;
	struct card_token t;
	char spoilt[sizeof made + 1];
	for (size_t i = 0; i < sizeof no_tokens / sizeof no_tokens[0]; i++)
		assert_int_equal(open_text(no_tokens[i], strlen(no_tokens[i]), &t), ERR_INVALID);
	for (const char *c = " =018-\n\t"; *c; c++) {
		memcpy(spoilt, made, sizeof made);
		spoilt[40] = *c;
		assert_int_equal(open_text(spoilt, strlen(spoilt), &t), ERR_INVALID);
	}
	memcpy(spoilt, made, sizeof made);
	spoilt[40] = '\0';
	assert_int_equal(open_text(spoilt, strlen(made), &t), ERR_INVALID);
}

static void test_other_townships(void **state)
{
	(void)state;
	char text[CARD_TOKEN_SIZE];
	struct card_token t;
	assert_int_equal(card_token_make(&good, other_secret, other_public, text), ERR_OK);
	assert_int_equal(open_text(text, strlen(text), &t), ERR_NOT_FOUND);
	/* it says that it is ours, and is signed by somebody else */
	assert_int_equal(card_token_make(&good, other_secret, town_public, text), ERR_OK);
	assert_int_equal(open_text(text, strlen(text), &t), ERR_DENIED);
	/* it is signed by us, and says that it is another's */
	assert_int_equal(card_token_make(&good, town_secret, other_public, text), ERR_OK);
	assert_int_equal(open_text(text, strlen(text), &t), ERR_NOT_FOUND);
	assert_int_equal(card_token_open(made, strlen(made), other_public, &t), ERR_NOT_FOUND);
}

/* The signature of one card under the words of another, and signatures that were made for something else. */
static void test_other_content(void **state)
{
	(void)state;
	uint8_t bytes[CARD_TOKEN_SIZE];
	size_t len = bytes_of(made, bytes), body = len - SIGN_BYTES;
	char text[2 * CARD_TOKEN_SIZE];
	struct card_token t, later = good;
	later.expires_day += 365;
	assert_int_equal(card_token_make(&later, town_secret, town_public, text), ERR_OK);
	uint8_t other[CARD_TOKEN_SIZE];
	assert_int_equal(bytes_of(text, other), len);
	memcpy(other + body, bytes + body, SIGN_BYTES);
	text_of(other, len, text);
	assert_int_equal(open_text(text, strlen(text), &t), ERR_DENIED);

	static const char *const domains[] = {"DHP1", "DHE1", "dhc1"};
	for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++) {
		sign_make(town_secret, domains[i], bytes, body, bytes + body);
		text_of(bytes, len, text);
		assert_int_equal(open_text(text, strlen(text), &t), ERR_DENIED);
	}
	crypto_sign_detached(bytes + body, NULL, bytes, body, town_secret); /* without a domain */
	text_of(bytes, len, text);
	assert_int_equal(open_text(text, strlen(text), &t), ERR_DENIED);
	sign_make(town_secret, "DHC1", bytes, body, bytes + body);
	text_of(bytes, len, text);
	assert_int_equal(open_text(text, strlen(text), &t), ERR_OK);
}

/* Signed by the town all right, and still nothing that card_token_make makes. */
static void test_signed_nonsense(void **state)
{
	(void)state;
	static const struct { size_t at; uint8_t value; enum err e; } changes[] = {
		{DEPUTY_AT, '\0', ERR_INVALID},                    /* the text ends before its length */
		{DEPUTY_AT, 0xFF, ERR_INVALID},                    /* no UTF-8 */
		{DEPUTY_AT + 18 + 3, 0, ERR_INVALID},              /* issue 0 */
		{DEPUTY_AT - 1, 0, ERR_INVALID},                   /* no deputy */
		{DEPUTY_AT - 1, 17, ERR_INVALID},                  /* a length that leaves a byte over */
		{DEPUTY_AT - 1, 255, ERR_INVALID},
		{0, 0, ERR_INVALID}, {0, 2, ERR_UNSUPPORTED}, {0, 255, ERR_UNSUPPORTED},
	};
	uint8_t bytes[CARD_TOKEN_SIZE];
	size_t len = bytes_of(made, bytes), body = len - SIGN_BYTES;
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		char text[2 * CARD_TOKEN_SIZE];
		struct card_token t;
		uint8_t was = bytes[changes[i].at];
		bytes[changes[i].at] = changes[i].value;
		sign_make(town_secret, "DHC1", bytes, body, bytes + body);
		text_of(bytes, len, text);
		assert_int_equal(open_text(text, strlen(text), &t), changes[i].e);
		bytes[changes[i].at] = was;
	}
	/* nobody's card, whole otherwise */
	char text[2 * CARD_TOKEN_SIZE];
	struct card_token t;
	bytes[DEPUTY_AT - 1] = 0;
	memmove(bytes + DEPUTY_AT, bytes + DEPUTY_AT + 18, 8);
	sign_make(town_secret, "DHC1", bytes, DEPUTY_AT + 8, bytes + DEPUTY_AT + 8);
	text_of(bytes, DEPUTY_AT + 8 + SIGN_BYTES, text);
	assert_int_equal(open_text(text, strlen(text), &t), ERR_INVALID);
}

/* A card of issue 3, good from day 20520 through 21615. */
static const struct { struct card_state known; int today; bool clock_ok; enum card_verdict verdict; } judged[] = {
	{{0, 0}, 20520, true, CARD_GOOD},
	{{0, 0}, 21615, true, CARD_GOOD},
	{{0, 0}, 21616, true, CARD_EXPIRED},
	{{0, 0}, 20518, true, CARD_GOOD}, /* our clock may be two days behind */
	{{0, 0}, 20517, true, CARD_FUTURE},
	{{0, 0}, 0, true, CARD_FUTURE},
	{{0, 0}, 0, false, CARD_GOOD}, /* without a clock dates say nothing */
	{{0, 0}, 99999, false, CARD_GOOD},
	{{3, 0}, 21000, true, CARD_GOOD},
	{{2, 0}, 21000, true, CARD_GOOD}, /* newer than what the township has told this box yet */
	{{4, 0}, 21000, true, CARD_SUPERSEDED},
	{{4, 2}, 21000, true, CARD_SUPERSEDED},
	{{4, 0}, 99999, true, CARD_SUPERSEDED},
	{{4, 0}, 21000, false, CARD_SUPERSEDED},
	{{3, 2}, 21000, true, CARD_GOOD},
	{{3, 3}, 21000, true, CARD_LOST},
	{{4, 3}, 21000, true, CARD_LOST},
	{{9, 8}, 99999, true, CARD_LOST},
	{{0, UINT32_MAX}, 0, false, CARD_LOST},
};

static void test_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof judged / sizeof judged[0]; i++) {
		enum card_verdict v = card_token_judge(&good, &judged[i].known, judged[i].today, judged[i].clock_ok);
		if (v != judged[i].verdict)
			fail_msg("case %zu: %d", i, v);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made), cmocka_unit_test(test_longest), cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_never_made),
		cmocka_unit_test(test_every_bit), cmocka_unit_test(test_every_bit_of_the_text),
		cmocka_unit_test(test_cut_and_overlong), cmocka_unit_test(test_no_tokens), cmocka_unit_test(test_other_townships),
		cmocka_unit_test(test_other_content), cmocka_unit_test(test_signed_nonsense), cmocka_unit_test(test_judged),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, set_up, NULL);
}
