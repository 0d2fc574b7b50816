/* links: kiosk/devices/samv.c kiosk/devices/samv_card.c kiosk/model/utf8.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "devices/samv.h"

enum { READ_DATA = 4 + SAMV_TEXT_BYTES + 1024 };
static const char NUMBER[] = "11010519491231002X"; /* the example in GB 11643 */

static void request_bytes(void **state)
{
	(void)state;
	static const struct {
		enum samv_command command;
		uint8_t bytes[SAMV_REQUEST_BYTES];
	} CASES[] = {
		{ SAMV_STATUS, { 0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x03, 0x11, 0xff, 0xed } },
		{ SAMV_FIND, { 0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x03, 0x20, 0x01, 0x22 } },
		{ SAMV_SELECT, { 0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x03, 0x20, 0x02, 0x21 } },
		{ SAMV_READ, { 0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x03, 0x30, 0x01, 0x32 } },
	};
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		uint8_t out[SAMV_REQUEST_BYTES];
		samv_request(CASES[i].command, out);
		assert_memory_equal(out, CASES[i].bytes, sizeof out);
	}
}

static const uint8_t STATUS_OK[] = { 0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x04, 0x00, 0x00, 0x90, 0x94 };
static const uint8_t FOUND[] = { 0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x08, 0, 0, 0x9f, 0, 0, 0, 0, 0x97 };

static void feed(struct samv_parser *parser, const void *bytes, size_t len)
{
	samv_feed(parser, bytes, len);
}

static void whole_replies(void **state)
{
	(void)state;
	struct samv_parser parser = { 0 };
	struct samv_reply reply;
	assert_int_equal(samv_take(&parser, &reply), SAMV_NOTHING);
	feed(&parser, STATUS_OK, sizeof STATUS_OK);
	feed(&parser, FOUND, sizeof FOUND);
	assert_int_equal(samv_take(&parser, &reply), SAMV_FRAME);
	assert_int_equal(reply.status, SAMV_DONE);
	assert_int_equal(reply.data_len, 0);
	assert_int_equal(samv_take(&parser, &reply), SAMV_FRAME);
	assert_int_equal(reply.status, SAMV_FOUND);
	assert_int_equal(reply.data_len, 4);
	assert_memory_equal(reply.data, "\0\0\0\0", 4);
	assert_int_equal(samv_take(&parser, &reply), SAMV_NOTHING);
	assert_int_equal(parser.used, 0);
}

static void byte_by_byte(void **state)
{
	(void)state;
	struct samv_parser parser = { 0 };
	struct samv_reply reply;
	for (size_t i = 0; i + 1 < sizeof FOUND; i++) {
		feed(&parser, FOUND + i, 1);
		assert_int_equal(samv_take(&parser, &reply), SAMV_NOTHING);
	}
	feed(&parser, FOUND + sizeof FOUND - 1, 1);
	assert_int_equal(samv_take(&parser, &reply), SAMV_FRAME);
	assert_int_equal(reply.status, SAMV_FOUND);
}

static void bad_sum_and_what_follows(void **state)
{
	(void)state;
	struct samv_parser parser = { 0 };
	struct samv_reply reply;
	uint8_t spoilt[sizeof STATUS_OK];
	memcpy(spoilt, STATUS_OK, sizeof spoilt);
	spoilt[10] ^= 1;
	feed(&parser, spoilt, sizeof spoilt);
	feed(&parser, FOUND, sizeof FOUND);
	assert_int_equal(samv_take(&parser, &reply), SAMV_BAD_SUM);
	assert_int_equal(samv_take(&parser, &reply), SAMV_FRAME);
	assert_int_equal(reply.status, SAMV_FOUND);
}

static void a_good_frame_inside_a_spoilt_one(void **state)
{
	(void)state;
	/* The first length is wrong and covers the frame that follows. */
	struct samv_parser parser = { 0 };
	struct samv_reply reply;
	static const uint8_t head[] = { 0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x10, 0x00 };
	feed(&parser, head, sizeof head);
	feed(&parser, FOUND, sizeof FOUND);
	assert_int_equal(samv_take(&parser, &reply), SAMV_BAD_SUM);
	assert_int_equal(samv_take(&parser, &reply), SAMV_FRAME);
	assert_int_equal(reply.status, SAMV_FOUND);
}

static void noise_before_a_frame(void **state)
{
	(void)state;
	static const uint8_t noise[][12] = {
		{ 0x00, 0xff, 0x13 },
		{ 0xaa },
		{ 0xaa, 0xaa },
		{ 0xaa, 0xaa, 0xaa, 0xaa },
		{ 0xaa, 0xaa, 0xaa, 0x96 },
		{ 0xaa, 0xaa, 0xaa, 0x96, 0x69, 0xff, 0xff }, /* a length that no frame has */
		{ 0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x00 },
		{ 0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x03, 0x20, 0x01, 0x22 },
	};
	static const size_t lens[] = { 3, 1, 2, 4, 4, 7, 7, 10 };
	for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
		struct samv_parser parser = { 0 };
		struct samv_reply reply;
		feed(&parser, noise[i], lens[i]);
		assert_int_equal(samv_take(&parser, &reply), SAMV_NOTHING);
		feed(&parser, STATUS_OK, sizeof STATUS_OK);
		assert_int_equal(samv_take(&parser, &reply), SAMV_FRAME);
		assert_int_equal(reply.status, SAMV_DONE);
	}
}

static void endless_noise_never_fills_the_buffer_for_good(void **state)
{
	(void)state;
	struct samv_parser parser = { 0 };
	struct samv_reply reply;
	uint8_t noise[512];
	uint32_t seed = 1;
	for (int round = 0; round < 200; round++) {
		for (size_t i = 0; i < sizeof noise; i++) {
			seed = seed * 1664525 + 1013904223;
			noise[i] = (uint8_t)(seed >> 24) & 1 ? 0xaa : (uint8_t)(seed >> 16);
		}
		feed(&parser, noise, sizeof noise);
		while (samv_take(&parser, &reply) != SAMV_NOTHING)
			;
	}
	samv_wipe(&parser);
	feed(&parser, STATUS_OK, sizeof STATUS_OK);
	assert_int_equal(samv_take(&parser, &reply), SAMV_FRAME);
	/* More than fits at once is cut off, not written past the end. */
	static uint8_t flood[2 * SAMV_MAX_REPLY];
	memset(flood, 0xaa, sizeof flood);
	feed(&parser, flood, sizeof flood);
	assert_in_range(parser.used, 0, SAMV_MAX_REPLY);
}

static void put_text(uint8_t *to, int size, const char *ascii)
{
	for (int i = 0; i < size / 2; i++) {
		to[2 * i] = *ascii ? (uint8_t)*ascii++ : ' ';
		to[2 * i + 1] = 0;
	}
}

static void put_units(uint8_t *to, const uint16_t *units, int count)
{
	for (int i = 0; i < count; i++) {
		to[2 * i] = (uint8_t)units[i];
		to[2 * i + 1] = (uint8_t)(units[i] >> 8);
	}
}

/* A reply's data with a blank card of a type. */
static uint8_t *blank_card(uint8_t data[READ_DATA], char type)
{
	static const uint8_t header[] = { 0x01, 0x00, 0x04, 0x00 };
	memset(data, 0, READ_DATA);
	memcpy(data, header, sizeof header);
	uint8_t *text = data + sizeof header;
	put_text(text, SAMV_TEXT_BYTES, "");
	text[248] = (uint8_t)type;
	return text;
}

static uint8_t *resident_card(uint8_t data[READ_DATA])
{
	static const uint16_t name[] = { 0x5f20, 0x4e09 };
	uint8_t *text = blank_card(data, ' ');
	put_units(text, name, 2);
	put_text(text + 122, 36, NUMBER);
	return text;
}

static void resident(void **state)
{
	(void)state;
	uint8_t data[READ_DATA];
	struct idcard card;
	resident_card(data);
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_OK);
	assert_int_equal(card.type, IDCARD_RESIDENT);
	assert_string_equal(card.name, "张三");
	assert_string_equal(card.number, NUMBER);
}

static void rare_characters(void **state)
{
	(void)state;
	/* U+20BB7 is a surrogate pair; an ideographic space pads. */
	static const uint16_t name[] = { 0xd842, 0xdfb7, 0x91ce, 0x3000 };
	uint8_t data[READ_DATA];
	struct idcard card;
	uint8_t *text = resident_card(data);
	put_units(text, name, 4);
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_OK);
	assert_string_equal(card.name, "𠮷野");
	/* Half a pair, at the end of the field too, is refused. */
	static const uint16_t half[] = { 0xd842, 0x91ce };
	put_units(text, half, 2);
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_INVALID);
	for (int i = 0; i < 14; i++)
		put_units(text + 2 * i, (const uint16_t[]){ 0x91ce }, 1);
	put_units(text + 28, half, 1);
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_INVALID);
}

static void permit(void **state)
{
	(void)state;
	uint8_t data[READ_DATA];
	struct idcard card;
	uint8_t *text = resident_card(data);
	text[248] = 'J';
	put_text(text + 122, 36, "810000199408230021");
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_OK);
	assert_int_equal(card.type, IDCARD_HMT_PERMIT);
	assert_string_equal(card.number, "810000199408230021");
}

static void foreigners(void **state)
{
	(void)state;
	uint8_t data[READ_DATA];
	struct idcard card;
	uint8_t *text = blank_card(data, 'I');
	put_text(text, 120, "SMITH, JANE");
	put_text(text + 122, 30, "USA110080010101");
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_OK);
	assert_int_equal(card.type, IDCARD_FOREIGNER);
	assert_string_equal(card.name, "SMITH, JANE");
	assert_string_equal(card.number, "USA110080010101");
	static const uint16_t name[] = { 0x53f2, 0x73cd };
	put_units(text + 158, name, 2);
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_OK);
	assert_string_equal(card.name, "史珍");

	text = blank_card(data, 'Y');
	put_text(text + 52, 70, "SMITH, JANE");
	put_text(text + 122, 36, "911124198108030024");
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_OK);
	assert_string_equal(card.name, "SMITH, JANE");
	assert_string_equal(card.number, "911124198108030024");
}

static void wrong_cards(void **state)
{
	(void)state;
	uint8_t data[READ_DATA];
	struct idcard card = { .name = "untouched" };
	uint8_t *text = resident_card(data);
	assert_int_equal(samv_card(data, sizeof data - 1, &card), ERR_INVALID);
	assert_int_equal(samv_card(data, 8, &card), ERR_INVALID);
	data[0] = 2;
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_INVALID);
	text = resident_card(data);
	put_text(text + 122, 36, "110105194912310020");
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_INVALID);
	put_text(text + 122, 36, "11010519491231002"); /* one short */
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_INVALID);
	text = resident_card(data);
	text[0] = 7; /* a control character */
	text[1] = 0;
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_INVALID);
	text = resident_card(data);
	put_text(text, 30, "");
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_INVALID);
	text = resident_card(data);
	text[248] = 'Q';
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_UNSUPPORTED);
	assert_string_equal(card.name, "untouched");
}

static void check_characters(void **state)
{
	(void)state;
	assert_true(samv_number_ok(NUMBER));
	assert_true(samv_number_ok("440524188001010014"));
	assert_false(samv_number_ok("440524188001010015"));
	assert_false(samv_number_ok("11010519491231002x"));
	assert_false(samv_number_ok("1101051949123100X2"));
	assert_false(samv_number_ok("11010519491231002"));
	assert_false(samv_number_ok(""));
	/* Every single wrong digit is caught. */
	for (int i = 0; i < 17; i++) {
		for (char digit = '0'; digit <= '9'; digit++) {
			char number[19];
			memcpy(number, NUMBER, sizeof number);
			number[i] = digit;
			assert_int_equal(samv_number_ok(number), digit == NUMBER[i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_bytes),
		cmocka_unit_test(whole_replies),
		cmocka_unit_test(byte_by_byte),
		cmocka_unit_test(bad_sum_and_what_follows),
		cmocka_unit_test(a_good_frame_inside_a_spoilt_one),
		cmocka_unit_test(noise_before_a_frame),
		cmocka_unit_test(endless_noise_never_fills_the_buffer_for_good),
		cmocka_unit_test(resident),
		cmocka_unit_test(rare_characters),
		cmocka_unit_test(permit),
		cmocka_unit_test(foreigners),
		cmocka_unit_test(wrong_cards),
		cmocka_unit_test(check_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
