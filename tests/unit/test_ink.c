/* links: kiosk/model/ink.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "model/ink.h"

static struct ink_point at(unsigned x, unsigned y)
{
	return (struct ink_point){(uint16_t)x, (uint16_t)y};
}

static void test_draw(void **state)
{
	(void)state;
	struct ink ink = {0};
	size_t count;
	assert_int_equal(ink_extend(&ink, at(1, 1)), ERR_STATE);
	assert_int_equal(ink_begin(&ink, at(10, 20)), ERR_OK);
	assert_int_equal(ink_extend(&ink, at(10, 20)), ERR_OK); /* the finger rests: no point */
	assert_int_equal(ink_extend(&ink, at(30, 20)), ERR_OK);
	assert_int_equal(ink_begin(&ink, at(5, 5)), ERR_OK);
	assert_int_equal(ink.stroke_count, 2);
	const struct ink_point *p = ink_stroke(&ink, 0, &count);
	assert_int_equal(count, 2);
	assert_int_equal(p[1].x, 30);
	p = ink_stroke(&ink, 1, &count);
	assert_int_equal(count, 1);
	assert_int_equal(p[0].y, 5);
	assert_true(ink_undo(&ink));
	assert_int_equal(ink.point_count, 2);
	assert_true(ink_undo(&ink));
	assert_false(ink_undo(&ink));
	assert_int_equal(ink.point_count, 0);
	ink_clear(&ink);
}

static void test_exact_bytes(void **state)
{
	(void)state;
	static const uint8_t expected[] = {
		'I', 'N', 'K', '1', 2,      /* two strokes */
		2, 20, 40, 40, 0,           /* two points: +10 +20, then +20 0 */
		1, 0x90, 0x9C, 0x01, 0x13,  /* one point: +9992 is zigzag 19984, -10 is 19 */
	};
	struct ink ink = {0};
	uint8_t *bytes;
	size_t len;
	assert_int_equal(ink_begin(&ink, at(10, 20)), ERR_OK);
	assert_int_equal(ink_extend(&ink, at(30, 20)), ERR_OK);
	assert_int_equal(ink_begin(&ink, at(10022, 10)), ERR_OK);
	assert_int_equal(ink_encode(&ink, &bytes, &len), ERR_OK);
	assert_int_equal(len, sizeof expected);
	assert_memory_equal(bytes, expected, sizeof expected);
	free(bytes);
	ink_clear(&ink);
}

static void assert_same(const struct ink *a, const struct ink *b)
{
	assert_int_equal(a->stroke_count, b->stroke_count);
	assert_int_equal(a->point_count, b->point_count);
	if (a->point_count > 0)
		assert_memory_equal(a->points, b->points, a->point_count * sizeof *a->points);
	if (a->stroke_count > 0)
		assert_memory_equal(a->starts, b->starts, a->stroke_count * sizeof *a->starts);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void test_round_trip(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed < 200; seed++) {
		struct ink ink = {0}, back = {0};
		uint32_t r = seed;
		for (uint32_t i = next_random(&r) % 300; i > 0; i--) {
			struct ink_point p = at(next_random(&r) & 0xFFFF, next_random(&r) & 0xFFFF);
			assert_int_equal(ink.stroke_count == 0 || next_random(&r) % 8 == 0 ? ink_begin(&ink, p)
			                                                                   : ink_extend(&ink, p),
			                 ERR_OK);
		}
		uint8_t *bytes;
		size_t len;
		assert_int_equal(ink_encode(&ink, &bytes, &len), ERR_OK);
		assert_int_equal(ink_decode(bytes, len, &back), ERR_OK);
		assert_same(&ink, &back);
		/* Cut anywhere, or longer: refused, and what was there stays. */
		for (size_t cut = 0; cut < len; cut += 7)
			assert_int_equal(ink_decode(bytes, cut, &back), ERR_INVALID);
		assert_same(&ink, &back);
		uint8_t *longer = calloc(1, len + 1);
		memcpy(longer, bytes, len);
		assert_int_equal(ink_decode(longer, len + 1, &back), ERR_INVALID);
		free(longer);
		free(bytes);
		ink_clear(&ink);
		ink_clear(&back);
	}
}

static const struct { uint8_t bytes[16]; size_t len; enum err e; } bad[] = {
	{"INK2\0", 5, ERR_INVALID},
	{"INK1", 4, ERR_INVALID},
	{"INK1\1\0", 6, ERR_INVALID},                         /* a stroke without points */
	{"INK1\1\1\1\0", 8, ERR_INVALID},                     /* x below 0 */
	{"INK1\1\1\xFE\xFF\xFF\1\0", 11, ERR_INVALID},        /* x beyond 65535 */
	{"INK1\xFF\xFF\xFF\xFF\xFF\x0F", 10, ERR_INVALID},    /* a count without end */
	{"INK1\0", 5, ERR_OK},
};

static void test_bad_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct ink ink = {0};
		assert_int_equal(ink_decode(bad[i].bytes, bad[i].len, &ink), bad[i].e);
		ink_clear(&ink);
	}
}

static void test_limits(void **state)
{
	(void)state;
	struct ink ink = {0};
	for (unsigned i = 0; i < INK_MAX_STROKES; i++)
		assert_int_equal(ink_begin(&ink, at(i, i)), ERR_OK);
	assert_int_equal(ink_begin(&ink, at(1, 2)), ERR_TOO_LONG);
	for (unsigned i = INK_MAX_STROKES; i < INK_MAX_POINTS; i++)
		assert_int_equal(ink_extend(&ink, at(i, i)), ERR_OK);
	assert_int_equal(ink_extend(&ink, at(1, 2)), ERR_TOO_LONG);
	assert_int_equal(ink.point_count, INK_MAX_POINTS);
	assert_true(ink_undo(&ink));
	assert_int_equal(ink_begin(&ink, at(1, 2)), ERR_OK);
	uint8_t *bytes;
	size_t len;
	struct ink back = {0};
	assert_int_equal(ink_encode(&ink, &bytes, &len), ERR_OK);
	assert_int_equal(ink_decode(bytes, len, &back), ERR_OK);
	assert_same(&ink, &back);
	free(bytes);
	ink_clear(&ink);
	ink_clear(&back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_draw), cmocka_unit_test(test_exact_bytes), cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_bad_bytes), cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
