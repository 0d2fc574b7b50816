/* links: township/inflate.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "township/inflate.h"

static uint8_t *pack(const void *bytes, size_t len, size_t *out_len)
{
	z_stream z = {0};
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	size_t room = deflateBound(&z, len);
	uint8_t *out = malloc(room);
	assert_non_null(out);
	z.next_in = (Bytef *)(uintptr_t)bytes;
	z.avail_in = (uInt)len;
	z.next_out = out;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	*out_len = room - z.avail_out;
	deflateEnd(&z);
	return out;
}

static void exactly_the_limit_passes_one_more_does_not(void **state)
{
	(void)state;
	static char text[10000];
	size_t packed_len, len;
	uint8_t *out;
	memset(text, 'x', sizeof text);
	uint8_t *packed = pack(text, sizeof text, &packed_len);
	assert_int_equal(inflate_gzip(packed, packed_len, sizeof text, &out, &len), ERR_OK);
	assert_int_equal(len, sizeof text);
	assert_memory_equal(out, text, len);
	free(out);
	assert_int_equal(inflate_gzip(packed, packed_len, sizeof text - 1, &out, &len), ERR_TOO_LONG);
	free(packed);
}

static void a_bomb_stops_at_the_limit(void **state)
{
	(void)state;
	size_t packed_len, len, size = 64u << 20;
	uint8_t *zeros = calloc(1, size), *out;
	assert_non_null(zeros);
	uint8_t *packed = pack(zeros, size, &packed_len);
	free(zeros);
	assert_int_equal(inflate_gzip(packed, packed_len, 1 << 20, &out, &len), ERR_TOO_LONG);
	free(packed);
}

static void every_cut_and_every_flipped_byte_is_refused_or_same(void **state)
{
	(void)state;
	static const char text[] = "{\"events\":[{\"payload\":\"x\",\"sig\":\"y\"}]}";
	size_t packed_len, len;
	uint8_t *out, *packed = pack(text, sizeof text, &packed_len);
	for (size_t cut = 0; cut < packed_len; cut++)
		assert_int_equal(inflate_gzip(packed, cut, 1 << 20, &out, &len), ERR_INVALID);
	for (size_t i = 0; i < packed_len * 8; i++) {
		packed[i / 8] ^= (uint8_t)(1u << i % 8);
		if (inflate_gzip(packed, packed_len, 1 << 20, &out, &len) == ERR_OK) {
			/* Only flags of the gzip header that say nothing of the content may differ. */
			assert_int_equal(len, sizeof text);
			assert_memory_equal(out, text, len);
			free(out);
		}
		packed[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	uint8_t *longer = malloc(packed_len + 1);
	assert_non_null(longer);
	memcpy(longer, packed, packed_len);
	longer[packed_len] = 0;
	assert_int_equal(inflate_gzip(longer, packed_len + 1, 1 << 20, &out, &len), ERR_INVALID);
	free(longer);
	free(packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exactly_the_limit_passes_one_more_does_not),
		cmocka_unit_test(a_bomb_stops_at_the_limit),
		cmocka_unit_test(every_cut_and_every_flipped_byte_is_refused_or_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
