/* links: kiosk/devices/escpos.c kiosk/devices/escpos_scan.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "devices/escpos.h"
#include "devices/escpos_scan.h"

static void check_job(const uint8_t *bytes, size_t len, const uint8_t *expected, size_t expected_len)
{
	assert_int_equal(len, expected_len);
	assert_memory_equal(bytes, expected, expected_len);
}

static void job_of_a_small_picture(void **state)
{
	(void)state;
	/* 10 dots wide: the six bits beyond the width are set, and must not print. */
	uint8_t bits[] = { 0x81, 0x7f, 0x00, 0xbf };
	struct bitmap picture = { .bits = bits, .width = 10, .height = 2, .stride_bytes = 2 };
	static const uint8_t expected[] = { 0x1b, 0x40, 0x1d, 0x76, 0x30, 0x00, 0x02, 0x00, 0x02, 0x00, 0x81,
		                            0x40, 0x00, 0x80, 0x1b, 0x4a, 0x60, 0x1d, 0x56, 0x42, 0x00 };
	uint8_t *bytes;
	size_t len;
	assert_int_equal(escpos_job(&picture, &bytes, &len), ERR_OK);
	check_job(bytes, len, expected, sizeof expected);
	free(bytes);
}

static void no_command_hides_in_a_picture(void **state)
{
	(void)state;
	/* Within a row, and from one to the next; a DLE before anything else stays as it is. */
	uint8_t bits[] = { 0x10, 0x04, 0x10, 0x05, 0x10, 0x10, 0x14, 0x10, 0x06 };
	struct bitmap picture = { .bits = bits, .width = 24, .height = 3, .stride_bytes = 3 };
	static const uint8_t expected[] = { 0x18, 0x04, 0x18, 0x05, 0x10, 0x18, 0x14, 0x10, 0x06 };
	uint8_t *bytes;
	size_t len;
	assert_int_equal(escpos_job(&picture, &bytes, &len), ERR_OK);
	assert_true(len > 10 + sizeof expected);
	assert_memory_equal(bytes + 10, expected, sizeof expected);
	free(bytes);
}

static void bands_are_128_rows(void **state)
{
	(void)state;
	enum { ROWS = 300, ROW_BYTES = ESCPOS_DOTS_58MM / 8 };
	uint8_t *bits = malloc(ROWS * ROW_BYTES);
	assert_non_null(bits);
	for (int i = 0; i < ROWS * ROW_BYTES; i++)
		bits[i] = (uint8_t)(i * 7);
	struct bitmap picture = {
		.bits = bits, .width = ESCPOS_DOTS_58MM, .height = ROWS, .stride_bytes = ROW_BYTES
	};
	uint8_t *bytes;
	size_t len;
	assert_int_equal(escpos_job(&picture, &bytes, &len), ERR_OK);
	const uint8_t *at = bytes + 2;
	int row = 0;
	static const int rows[] = { 128, 128, 44 };
	for (int band = 0; band < 3; band++) {
		const uint8_t header[] = { 0x1d, 0x76, 0x30, 0, 48, 0, (uint8_t)rows[band], 0 };
		assert_memory_equal(at, header, sizeof header);
		size_t data = (size_t)rows[band] * ROW_BYTES;
		assert_int_equal(escpos_command_len(at, len - (size_t)(at - bytes)), sizeof header + data);
		assert_memory_equal(at + sizeof header, bits + row * ROW_BYTES, data);
		at += sizeof header + data;
		row += rows[band];
	}
	assert_int_equal(bytes + len - at, 7);
	free(bytes);
	free(bits);
}

static void widest_paper(void **state)
{
	(void)state;
	uint8_t row[ESCPOS_DOTS_80MM / 8 + 1] = { 0 };
	struct bitmap picture = {
		.bits = row, .width = ESCPOS_DOTS_80MM, .height = 1, .stride_bytes = ESCPOS_DOTS_80MM / 8
	};
	uint8_t *bytes = NULL;
	size_t len;
	assert_int_equal(escpos_job(&picture, &bytes, &len), ERR_OK);
	assert_int_equal(bytes[6], 72);
	free(bytes);
	picture.width++;
	picture.stride_bytes++;
	bytes = NULL;
	assert_int_equal(escpos_job(&picture, &bytes, &len), ERR_TOO_LONG);
	assert_null(bytes);
	picture.width = 9;
	picture.stride_bytes = 1;
	assert_int_equal(escpos_job(&picture, &bytes, &len), ERR_INVALID);
	picture.height = 0;
	assert_int_equal(escpos_job(&picture, &bytes, &len), ERR_INVALID);
}

static void text_stays_crisp(void **state)
{
	(void)state;
	/* Dark and light pixels become what they are even in the middle of greys that push error towards
	 * them. */
	enum { SIDE = 32 };
	uint8_t grey[SIDE * SIDE];
	memset(grey, 100, sizeof grey);
	for (int y = 0; y < SIDE; y++) {
		grey[y * SIDE + 9] = 63;
		grey[y * SIDE + 20] = 193;
	}
	struct bitmap picture;
	assert_int_equal(bitmap_from_grey(grey, SIDE, SIDE, SIDE, &picture), ERR_OK);
	for (int y = 0; y < SIDE; y++) {
		assert_true(picture.bits[y * 4 + 1] & 0x40);
		assert_false(picture.bits[y * 4 + 2] & 0x08);
	}
	free(picture.bits);
}

static int black_dots(const struct bitmap *picture)
{
	int count = 0;
	for (int i = 0; i < picture->height * picture->stride_bytes; i++)
		for (int bit = 0; bit < 8; bit++)
			count += picture->bits[i] >> bit & 1;
	return count;
}

static void greys_keep_their_share_of_ink(void **state)
{
	(void)state;
	enum { SIDE = 128 };
	static uint8_t grey[SIDE * SIDE];
	for (int level = 64; level <= 192; level += 32) {
		memset(grey, level, sizeof grey);
		struct bitmap picture;
		assert_int_equal(bitmap_from_grey(grey, SIDE, SIDE, SIDE, &picture), ERR_OK);
		int wanted = (255 - level) * SIDE * SIDE / 255;
		assert_in_range(black_dots(&picture), wanted * 97 / 100, wanted * 103 / 100);
		free(picture.bits);
	}
}

static void odd_width_and_stride(void **state)
{
	(void)state;
	/* Stride 16, width 11: what lies between is not read as picture. */
	uint8_t grey[16 * 3];
	memset(grey, 0, sizeof grey);
	for (int y = 0; y < 3; y++)
		memset(grey + y * 16, 255, 10);
	struct bitmap picture;
	assert_int_equal(bitmap_from_grey(grey, 11, 3, 16, &picture), ERR_OK);
	assert_int_equal(picture.stride_bytes, 2);
	static const uint8_t expected[] = { 0, 0x20, 0, 0x20, 0, 0x20 };
	assert_memory_equal(picture.bits, expected, sizeof expected);
	free(picture.bits);
	assert_int_equal(bitmap_from_grey(grey, 11, 3, 10, &picture), ERR_INVALID);
	assert_int_equal(bitmap_from_grey(grey, 0, 3, 16, &picture), ERR_INVALID);
	assert_int_equal(bitmap_from_grey(grey, 577, 1, 577, &picture), ERR_TOO_LONG);
}

static void commands_are_measured(void **state)
{
	(void)state;
	static const uint8_t reset[] = { 0x1b, 0x40, 0xff }, feed[] = { 0x1b, 0x4a, 9 },
			     cut[] = { 0x1d, 0x56, 0x42, 0, 1 }, plain_cut[] = { 0x1d, 0x56, 0 },
			     raster[] = { 0x1d, 0x76, 0x30, 0, 2, 0, 1, 0, 0x10, 0x04 }, text[] = "hello";
	assert_int_equal(escpos_command_len(reset, sizeof reset), 2);
	assert_int_equal(escpos_command_len(feed, sizeof feed), 3);
	assert_int_equal(escpos_command_len(feed, 2), 0);
	assert_int_equal(escpos_command_len(cut, sizeof cut), 4);
	assert_int_equal(escpos_command_len(plain_cut, sizeof plain_cut), 3);
	assert_int_equal(escpos_command_len(raster, sizeof raster), 10);
	assert_int_equal(escpos_command_len(raster, sizeof raster - 1), 0);
	assert_int_equal(escpos_command_len(raster, 7), 0);
	assert_int_equal(escpos_command_len(text, 5), 0);
	assert_int_equal(escpos_command_len(text, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(job_of_a_small_picture),
		cmocka_unit_test(no_command_hides_in_a_picture),
		cmocka_unit_test(bands_are_128_rows),
		cmocka_unit_test(widest_paper),
		cmocka_unit_test(text_stays_crisp),
		cmocka_unit_test(greys_keep_their_share_of_ink),
		cmocka_unit_test(odd_width_and_stride),
		cmocka_unit_test(commands_are_measured),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
