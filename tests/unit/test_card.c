/* links: kiosk/pdf/card.c kiosk/pdf/sheet.c kiosk/pdf/portrait.c kiosk/model/picture_head.c kiosk/model/civil.c kiosk/model/err.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cairo.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "model/picture_head.h"
#include "pdf/card.h"

/* fontconfig keeps what it knows of the system's fonts for the life of the process; cairo 1.16 loses 768 bytes of its own with
 * each font it embeds (in cairo_surface_finish). */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig.so\nleak:libcairo.so\n";
}

enum { W = 96, H = 120 };
enum { RED = 0xE00000, GREEN = 0x00C000, BLUE = 0x0000E0, GREY = 0x808080 };

static uint32_t corner_of(int x, int y, int w, int h)
{
	return y < h / 2 ? (x < w / 2 ? RED : GREEN) : (x < w / 2 ? BLUE : GREY);
}

/* A JPEG of w x h with four colours in its corners, that says `orientation` of itself (0: nothing). */
static void make_jpeg(int w, int h, int orientation, uint8_t **bytes, size_t *len)
{
	static const uint8_t exif[] = "\xFF\xE1\x00\x22" "Exif\0\0" "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\0\0\0";
	struct portrait p = {.width = w, .height = h, .pixels = malloc((size_t)w * (size_t)h * 4)};
	uint8_t *plain;
	size_t n, extra = orientation ? 0x22 + 2 : 0;
	for (int i = 0; i < w * h; i++)
		p.pixels[i] = 0xFF000000U | corner_of(i % w, i / w, w, h);
	assert_int_equal(portrait_jpeg(&p, 1 << 20, &plain, &n), ERR_OK);
	portrait_clear(&p);
	*bytes = malloc(n + extra);
	*len = n + extra;
	memcpy(*bytes, plain, 2);
	memcpy(*bytes + 2, exif, extra);
	if (orientation)
		(*bytes)[2 + 28] = (uint8_t)orientation;
	memcpy(*bytes + 2 + extra, plain + 2, n - 2);
	free(plain);
}

static bool alike(uint32_t a, uint32_t b)
{
	for (int shift = 0; shift < 24; shift += 8)
		if (abs((int)(a >> shift & 0xFF) - (int)(b >> shift & 0xFF)) > 24)
			return false;
	return true;
}

/* Exif 2.3: what is at the upper left, upper right, lower left and lower right once it is turned. */
static void test_orientations(void **state)
{
	static const uint32_t upright[9][4] = {
		{RED, GREEN, BLUE, GREY}, {RED, GREEN, BLUE, GREY}, {GREEN, RED, GREY, BLUE}, {GREY, BLUE, GREEN, RED},
		{BLUE, GREY, RED, GREEN}, {RED, BLUE, GREEN, GREY}, {BLUE, RED, GREY, GREEN}, {GREY, GREEN, BLUE, RED},
		{GREEN, GREY, RED, BLUE},
	};
	(void)state;
	for (int o = 0; o <= 8; o++) {
		uint8_t *bytes;
		size_t len;
		struct portrait p;
		make_jpeg(o > 4 ? H : W, o > 4 ? W : H, o, &bytes, &len);
		assert_int_equal(portrait_decode(bytes, len, &p), ERR_OK);
		assert_int_equal(p.width, W);
		assert_int_equal(p.height, H);
		assert_true((p.jpeg != NULL) == (o == 0)); /* with Exif it is not taken as it is */
		const int at[4][2] = {{10, 10}, {W - 10, 10}, {10, H - 10}, {W - 10, H - 10}};
		for (int i = 0; i < 4; i++)
			if (!alike(p.pixels[at[i][1] * W + at[i][0]], upright[o][i]))
				fail_msg("orientation %d, corner %d: %06x", o, i, p.pixels[at[i][1] * W + at[i][0]] & 0xFFFFFF);
		portrait_clear(&p);
		free(bytes);
	}
}

/* 4:5 around the upper middle, never larger than it was. */
static void test_sizes(void **state)
{
	static const int sizes[][4] = {{W, H, W, H},      {400, 120, 96, 120}, {96, 900, 96, 120}, {1000, 1000, 480, 600},
	                               {67, 85, 64, 80}, {480, 600, 480, 600}, {3000, 700, 480, 600}};
	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		uint8_t *bytes;
		size_t len;
		struct portrait p;
		make_jpeg(sizes[i][0], sizes[i][1], 0, &bytes, &len);
		assert_int_equal(portrait_decode(bytes, len, &p), ERR_OK);
		assert_int_equal(p.width, sizes[i][2]);
		assert_int_equal(p.height, sizes[i][3]);
		portrait_clear(&p);
		free(bytes);
	}
	uint8_t *bytes;
	size_t len;
	struct portrait p;
	make_jpeg(63, 900, 0, &bytes, &len);
	assert_int_equal(portrait_decode(bytes, len, &p), ERR_INVALID);
	assert_int_equal(portrait_decode(bytes, len / 2, &p), ERR_CORRUPT);
	free(bytes);
}

/* Cut where somebody says, of the upright picture; and the whole of it, to choose on. */
static void test_cuts(void **state)
{
	uint8_t *bytes;
	size_t len;
	struct portrait p;
	struct portrait_cut cut = {.left = 520, .top = 20, .width = 400};
	(void)state;
	make_jpeg(1000, 1200, 0, &bytes, &len);
	assert_int_equal(portrait_decode_cut(bytes, len, &cut, &p), ERR_OK);
	assert_int_equal(p.width, 400);
	assert_int_equal(p.height, 500);
	assert_true(alike(p.pixels[0], GREEN) && alike(p.pixels[400 * 500 - 1], GREEN)); /* the upper right quarter alone */
	portrait_clear(&p);
	const struct portrait_cut wrong[] = {{601, 0, 400}, {0, 701, 400}, {-1, 0, 400}, {0, -1, 400}, {0, 0, 63}, {0, 0, 1001}, {0, 0, 984}, {1 << 30, 0, 400}};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(portrait_decode_cut(bytes, len, &wrong[i], &p), ERR_INVALID);
	assert_int_equal(portrait_decode_whole(bytes, len, 600, &p), ERR_OK);
	assert_int_equal(p.width, 500);
	assert_int_equal(p.height, 600);
	assert_true(alike(p.pixels[0], RED) && alike(p.pixels[500 * 600 - 1], GREY));
	portrait_clear(&p);
	free(bytes);
	make_jpeg(1200, 1000, 6, &bytes, &len); /* lies on its side */
	assert_int_equal(portrait_decode_whole(bytes, len, 4096, &p), ERR_OK);
	assert_int_equal(p.width, 1000);
	assert_int_equal(p.height, 1200);
	portrait_clear(&p);
	free(bytes);
	make_jpeg(4000, 70, 0, &bytes, &len);
	assert_int_equal(portrait_decode_whole(bytes, len, 800, &p), ERR_INVALID); /* no portrait is in it */
	free(bytes);
}

/* Noise compresses badly: it becomes coarser until it fits, and what cannot fit is refused. */
static void test_jpeg_is_bounded(void **state)
{
	(void)state;
	struct portrait p = {.width = 480, .height = 600, .pixels = malloc(480 * 600 * 4)};
	uint32_t seed = 1;
	for (int i = 0; i < 480 * 600; i++)
		p.pixels[i] = 0xFF000000U | (seed = seed * 1664525 + 1013904223) >> 8;
	uint8_t *bytes;
	size_t len;
	struct picture_head head;
	assert_int_equal(portrait_jpeg(&p, 256 * 1024, &bytes, &len), ERR_OK);
	assert_in_range(len, 1000, 256 * 1024);
	assert_int_equal(picture_head_read(bytes, len, &head), ERR_OK);
	assert_false(head.metadata);
	free(bytes);
	assert_int_equal(portrait_jpeg(&p, 2000, &bytes, &len), ERR_TOO_LONG);
	portrait_clear(&p);
}

static struct card sample(void)
{
	return (struct card){
		.home = "青禾乡人大代表之家", .phone = "0000-8010123", .name = "周玉兰", .levels = "township,county",
		.group = "第一代表小组", .token = "DHC1:ABCDEFGH234567", .issue = 2, .expires = {2031, 3, 31}, .made_ms = 1795470000000};
}

static void test_same_card_same_bytes(void **state)
{
	(void)state;
	uint8_t *jpeg, *pdf[3];
	size_t jpeg_len, len[3];
	struct portrait p;
	struct card card = sample();
	make_jpeg(W, H, 0, &jpeg, &jpeg_len);
	assert_int_equal(portrait_decode(jpeg, jpeg_len, &p), ERR_OK);
	card.portrait = &p;
	for (int i = 0; i < 3; i++) {
		card.issue += i == 2;
		assert_int_equal(card_pdf(&card, &pdf[i], &len[i]), ERR_OK);
	}
	assert_int_equal(len[0], len[1]);
	assert_memory_equal(pdf[0], pdf[1], len[0]);
	assert_true(len[2] != len[0] || memcmp(pdf[2], pdf[0], len[0]) != 0);
	assert_memory_equal(pdf[0], "%PDF-1.5", 8);
	assert_non_null(memmem(pdf[0], len[0], jpeg, jpeg_len)); /* the portrait as it was */
	for (int i = 0; i < 3; i++)
		free(pdf[i]);
	portrait_clear(&p);
	free(jpeg);
}

static void test_refused(void **state)
{
	(void)state;
	char token[600];
	uint8_t *pdf;
	size_t len;
	struct card card = sample();
	card.name = "王\U000105C0"; /* no font has it: no box is printed */
	assert_int_equal(card_pdf(&card, &pdf, &len), ERR_NOT_FOUND);
	card = sample();
	card.token = "dhc1:abc"; /* not alphanumeric as QR means it */
	assert_int_equal(card_pdf(&card, &pdf, &len), ERR_INVALID);
	memset(token, 'A', sizeof token);
	for (size_t n = 200; n < sizeof token; n += 100) {
		token[n] = '\0';
		card.token = token;
		enum err e = card_pdf(&card, &pdf, &len); /* 262 characters are 53 modules, with 8 around them at 0.5 mm */
		assert_int_equal(e, n <= 262 ? ERR_OK : ERR_INVALID);
		if (e == ERR_OK)
			free(pdf);
		token[n] = 'A';
	}
}

/* The longest texts that a roster can hold are there whole: shrunk, never cut. */
static void test_longest(void **state)
{
	(void)state;
	char name[128] = "", home[128] = "", group[128] = "";
	for (int i = 0; i < 42; i++) {
		memcpy(name + strlen(name), "国", 4);
		memcpy(home + strlen(home), "青", 4);
		memcpy(group + strlen(group), "组", 4);
	}
	struct card card = sample();
	uint8_t *pdf;
	size_t len;
	card.name = name;
	card.home = home;
	card.group = group;
	card.levels = "township,county,city";
	assert_int_equal(card_pdf(&card, &pdf, &len), ERR_OK);
	free(pdf);
	memset(name, 'W', 127);
	assert_int_equal(card_pdf(&card, &pdf, &len), ERR_OK);
	free(pdf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orientations),         cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_jpeg_is_bounded),      cmocka_unit_test(test_same_card_same_bytes),
		cmocka_unit_test(test_refused),              cmocka_unit_test(test_longest),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	cairo_debug_reset_static_data();
	return failed;
}
