/* links: kiosk/model/utf8.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "model/utf8.h"

static const struct { const char *bytes; size_t len; bool valid; size_t count; } texts[] = {
	{"", 0, true, 0},
	{"abc", 3, true, 3},
	{"人大代表", 12, true, 4},
	{"\xF0\xA4\xA6\xAA", 4, true, 1},         /* 𤦪, Extension B */
	{"\xF0\xB0\x80\x80", 4, true, 1},         /* Extension G */
	{"\xC0\x80", 2, false, 0},                /* NUL written too long */
	{"\xE0\x80\xAF", 3, false, 0},
	{"\xF0\x80\x80\xAF", 4, false, 0},
	{"\xED\xA0\x80", 3, false, 0},            /* a surrogate */
	{"\xF4\x90\x80\x80", 4, false, 0},        /* beyond U+10FFFF */
	{"\xF8\x88\x80\x80\x80", 5, false, 0},
	{"\xE4\xBA", 2, false, 0},                /* cut */
	{"\x80", 1, false, 0},
	{"a\xFFz", 3, false, 0},
};

static void test_valid(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_int_equal(utf8_valid(texts[i].bytes, texts[i].len), texts[i].valid);
		if (texts[i].valid)
			assert_int_equal(utf8_count(texts[i].bytes, texts[i].len), texts[i].count);
	}
}

/* Every character there is goes there and back. */
static void test_round_trip(void **state)
{
	(void)state;
	for (uint32_t cp = 1; cp < 0x110800; cp++) {
		char bytes[4];
		size_t n = utf8_put(cp, bytes);
		bool character = cp <= 0x10FFFF && !(cp >= 0xD800 && cp <= 0xDFFF);
		assert_int_equal(n > 0, character);
		if (!character)
			continue;
		const char *p = bytes;
		assert_int_equal(utf8_next(&p, bytes + n), cp);
		assert_ptr_equal(p, bytes + n);
	}
}

static void test_next_on_garbage(void **state)
{
	(void)state;
	static const char bytes[] = "\xE4\xBA" "a\xF0\x9F";
	static const uint32_t expected[] = {0xFFFD, 0xFFFD, 'a', 0xFFFD, 0xFFFD};
	const char *p = bytes, *end = bytes + 5;
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(utf8_next(&p, end), expected[i]);
	assert_ptr_equal(p, end);
}

/* Texts with a bar at each boundary. */
static const char *const clusters[] = {
	"|a|b|",
	"|人|大|",
	"|e\xCC\x81|x|",
	"|\xF0\xA4\xA6\xAA|人|",
	"|\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7|a|", /* a joined family */
	"|\xE2\x9D\xA4\xEF\xB8\x8F|a|",                                        /* heart and variation selector */
	"|\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD|a|",                                /* skin tone */
	"|\xF0\x9F\x87\xA8\xF0\x9F\x87\xB3|\xF0\x9F\x87\xA8\xF0\x9F\x87\xB3|", /* two flags */
	"|བོ|ད|་|",
	"|\r\n|a|",
	"|a|\n|b|",
	"|葛\xF3\xA0\x84\x80|城|", /* ideographic variation */
};

static void test_boundaries(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof clusters / sizeof clusters[0]; i++) {
		char text[64];
		size_t len = 0, at[16], count = 0;
		for (const char *p = clusters[i]; *p; p++) {
			if (*p == '|')
				at[count++] = len;
			else
				text[len++] = *p;
		}
		for (size_t b = 0; b + 1 < count; b++) {
			assert_int_equal(utf8_next_boundary(text, len, at[b]), at[b + 1]);
			assert_int_equal(utf8_prev_boundary(text, len, at[b + 1]), at[b]);
		}
		assert_int_equal(utf8_next_boundary(text, len, len), len);
		assert_int_equal(utf8_prev_boundary(text, len, 0), 0);
	}
}

static const struct {
	const char *in;
	bool lines;
	size_t max_chars, size;
	enum err e;
	const char *out;
} cleans[] = {
	{"路灯\t坏了\r\n两个月", true, 100, 100, ERR_OK, "路灯坏了\n两个月"},
	{"路灯\n坏了", false, 100, 100, ERR_OK, "路灯坏了"},
	{"a\x01\x1B[31mb\x7F", true, 100, 100, ERR_OK, "a[31mb"},
	{"\xEF\xBB\xBF人", true, 100, 100, ERR_OK, "人"},
	{"x\xE2\x80\xAEy\xE2\x81\xA6z", true, 100, 100, ERR_OK, "xyz"}, /* bidi override and isolate */
	{"\xEF\xBF\xBE\xEF\xB7\x90k", true, 100, 100, ERR_OK, "k"},     /* non-characters */
	{"a\xFFz", true, 100, 100, ERR_OK, "a\xEF\xBF\xBDz"},
	{"一二三四", true, 3, 100, ERR_TOO_LONG, "一二三"},
	{"一二三四", true, 4, 100, ERR_OK, "一二三四"},
	{"一二三四", true, 100, 11, ERR_TOO_LONG, "一二三"},
	{"一二三四", true, 100, 12, ERR_TOO_LONG, "一二三"}, /* no room for the NUL */
	{"一二三四", true, 100, 13, ERR_OK, "一二三四"},
	{"一", true, 100, 1, ERR_TOO_LONG, ""},
	{"一\n", false, 1, 100, ERR_OK, "一"},
	{"\xF0\xA4\xA6\xAA\xF0\x9F\x98\x80", true, 100, 100, ERR_OK, "\xF0\xA4\xA6\xAA\xF0\x9F\x98\x80"},
};

static void test_clean(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cleans / sizeof cleans[0]; i++) {
		char *out = malloc(cleans[i].size); /* so that ASan sees a byte too far */
		enum err e = utf8_clean(cleans[i].in, strlen(cleans[i].in), cleans[i].lines, cleans[i].max_chars, out,
		                        cleans[i].size);
		assert_int_equal(e, cleans[i].e);
		assert_string_equal(out, cleans[i].out);
		free(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),           cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_next_on_garbage), cmocka_unit_test(test_boundaries),
		cmocka_unit_test(test_clean),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
