/* links: kiosk/model/picture_head.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "model/picture_head.h"

#define SOI "\xFF\xD8"
#define FRAME "\xFF\xC0\x00\x11\x08\x02\x58\x01\xE0\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01" /* 480 x 600, colour */
#define SCAN "\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00" "data\xFF\x00more"
#define END "\xFF\xD9"
#define JFIF "\xFF\xE0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
/* Exif in either byte order: one entry, the orientation. */
#define EXIF_LITTLE(n) "\xFF\xE1\x00\x22" "Exif\0\0" "II*\0\x08\0\0\0" "\x01\0" "\x12\x01\x03\0\x01\0\0\0" n "\0\0\0" "\0\0\0\0"
#define EXIF_BIG(n) "\xFF\xE1\x00\x22" "Exif\0\0" "MM\0*\0\0\0\x08" "\0\x01" "\x01\x12\0\x03\0\0\0\x01\0" n "\0\0" "\0\0\0\0"

#define PNG_START "\x89PNG\r\n\x1A\n"
#define PNG_HEAD(h) "\0\0\0\rIHDR\0\0\x03\x20" h "\x08\x02\0\0\0crc!"
#define PNG_END "\0\0\0\0IEND\xAE\x42\x60\x82"


static const struct {
	const char *bytes;
	size_t len;
	enum err e;
	struct picture_head head;
} cases[] = {
#define CASE(text) text, sizeof(text) - 1
	{CASE(SOI JFIF FRAME SCAN END), ERR_OK, {PICTURE_JPEG, 480, 600, 1, 3, false}},
	{CASE(SOI "\xFF\xFF" FRAME SCAN END "after it"), ERR_OK, {PICTURE_JPEG, 480, 600, 1, 3, false}},
	{CASE(SOI EXIF_LITTLE("\x06") FRAME SCAN END), ERR_OK, {PICTURE_JPEG, 480, 600, 6, 3, true}},
	{CASE(SOI EXIF_BIG("\x03") FRAME SCAN END), ERR_OK, {PICTURE_JPEG, 480, 600, 3, 3, true}},
	{CASE(SOI EXIF_BIG("\x09") FRAME SCAN END), ERR_OK, {PICTURE_JPEG, 480, 600, 1, 3, true}}, /* there are eight */
	{CASE(SOI "\xFF\xFE\x00\x06here" FRAME SCAN END), ERR_OK, {PICTURE_JPEG, 480, 600, 1, 3, true}},
	{CASE(SOI FRAME SCAN), ERR_CORRUPT, {0}},        /* cut short */
	{CASE(SOI SCAN END), ERR_CORRUPT, {0}},          /* of no size */
	{CASE(SOI "\xFF\xC0\x00\x01" SCAN END), ERR_CORRUPT, {0}},
	{CASE(SOI "\xFF\xC0\xFF\xFF" SCAN END), ERR_CORRUPT, {0}},
	{CASE(SOI FRAME END), ERR_CORRUPT, {0}},         /* nothing in it */
	{CASE(PNG_START PNG_HEAD("\0\0\x02\x58") PNG_END), ERR_OK, {PICTURE_PNG, 800, 600, 1, 0, false}},
	{CASE(PNG_START PNG_HEAD("\0\0\x02\x58")), ERR_CORRUPT, {0}},
	{CASE(PNG_START PNG_HEAD("\0\0\0\0") PNG_END), ERR_CORRUPT, {0}},
	{CASE(PNG_START PNG_HEAD("\xFF\0\0\0") PNG_END), ERR_CORRUPT, {0}},
	{CASE(PNG_START PNG_END), ERR_CORRUPT, {0}},
	{CASE("RIFF\x16\0\0\0WEBPVP8L\x0A\0\0\0\x2F\x1F\xC3\x95\x00zzzzz"), ERR_OK, {PICTURE_WEBP, 800, 600, 1, 0, false}},
	{CASE("RIFF\x16\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\x1F\x03\0\x57\x02\0"), ERR_OK, {PICTURE_WEBP, 800, 600, 1, 0, false}},
	{CASE("RIFF\x16\0\0\0WEBPVP8 \x0A\0\0\0\0\0\0\x9D\x01\x2A\x20\x03\x58\x02"), ERR_OK, {PICTURE_WEBP, 800, 600, 1, 0, false}},
	{CASE("RIFF\x17\0\0\0WEBPVP8 \x0A\0\0\0\0\0\0\x9D\x01\x2A\x20\x03\x58\x02"), ERR_CORRUPT, {0}}, /* a byte is missing */
	{CASE("RIFF\xFF\xFF\xFF\xFFWEBPVP8 \x0A\0\0\0"), ERR_CORRUPT, {0}},
	{CASE("GIF89a..........."), ERR_UNSUPPORTED, {0}},
	{CASE("BM"), ERR_UNSUPPORTED, {0}},
	{CASE(""), ERR_UNSUPPORTED, {0}},
};

static void test_heads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct picture_head h = {.width = -1};
		uint8_t *copy = malloc(cases[i].len + 1); /* of just its size: reading past it is seen */
		memcpy(copy, cases[i].bytes, cases[i].len);
		copy = realloc(copy, cases[i].len ? cases[i].len : 1);
		enum err e = picture_head_read(copy, cases[i].len, &h);
		free(copy);
		if (e != cases[i].e)
			fail_msg("case %zu: %d", i, (int)e);
		if (e != ERR_OK) {
			assert_int_equal(h.width, -1); /* left alone */
			continue;
		}
		assert_int_equal(h.kind, cases[i].head.kind);
		assert_int_equal(h.width, cases[i].head.width);
		assert_int_equal(h.height, cases[i].head.height);
		assert_int_equal(h.orientation, cases[i].head.orientation);
		assert_int_equal(h.components, cases[i].head.components);
		assert_int_equal(h.metadata, cases[i].head.metadata);
	}
}

/* Whatever is cut off, nothing is read that is not there. */
static void test_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (size_t len = 0; len < cases[i].len; len++) {
			struct picture_head h;
			uint8_t *copy = malloc(len ? len : 1);
			memcpy(copy, cases[i].bytes, len);
			enum err e = picture_head_read(copy, len, &h);
			free(copy);
			assert_true(e == ERR_OK || e == ERR_CORRUPT || e == ERR_UNSUPPORTED);
		}
	}
}

static void test_media(void **state)
{
	(void)state;
	assert_string_equal(picture_media(PICTURE_JPEG), "image/jpeg");
	assert_string_equal(picture_media(PICTURE_PNG), "image/png");
	assert_string_equal(picture_media(PICTURE_WEBP), "image/webp");
	assert_string_equal(picture_media(PICTURE_KIND_COUNT), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_media),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
