/* links: kiosk/devices/samv.c kiosk/devices/samv_card.c kiosk/model/utf8.c kiosk/model/id_number.c kiosk/model/civil.c kiosk/model/err.c */
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
		{ SAMV_MODULE, { 0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x03, 0x12, 0xff, 0xee } },
		{ SAMV_RESET, { 0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x03, 0x10, 0xff, 0xec } },
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

static void dates_of(uint8_t *text, const char *from, const char *until)
{
	put_text(text + 188, 16, from);
	put_text(text + 204, 16, until);
}

static void dates(void **state)
{
	(void)state;
	static const uint16_t for_good[] = { 0x957f, 0x671f };
	static const char KINDS[] = { ' ', 'J', 'Y', 'I' };
	for (size_t i = 0; i < sizeof KINDS; i++) {
		uint8_t data[READ_DATA];
		struct idcard card;
		uint8_t *text = resident_card(data);
		text[248] = (uint8_t)KINDS[i];
		if (KINDS[i] == 'I')
			put_text(text + 122, 30, "USA110080010101");
		dates_of(text, "20180901", "20380901");
		assert_int_equal(samv_card(data, sizeof data, &card), ERR_OK);
		assert_string_equal(card.from, "20180901");
		assert_string_equal(card.until, "20380901");
		dates_of(text, "20240229", "");
		put_units(text + 204, for_good, 2);
		assert_int_equal(samv_card(data, sizeof data, &card), ERR_OK);
		assert_string_equal(card.from, "20240229");
		assert_string_equal(card.until, "");
	}
}

static void dates_that_are_none(void **state)
{
	(void)state;
	static const char *const BAD[][2] = {
		{ "", "" },           { "20180901", "" },         { "", "20380901" },         { "20180931", "20380901" },
		{ "20180901", "20380229" }, { "2018-9-1", "20380901" }, { "20180901", "2038090" }, { "00000000", "20380901" },
	};
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
		uint8_t data[READ_DATA];
		struct idcard card;
		dates_of(resident_card(data), BAD[i][0], BAD[i][1]);
		assert_int_equal(samv_card(data, sizeof data, &card), ERR_OK);
		assert_string_equal(card.from, "");
		assert_string_equal(card.until, "");
	}
	/* 长期 with something after it is no date, nor without a beginning. */
	static const uint16_t more[] = { 0x957f, 0x671f, '1' };
	uint8_t data[READ_DATA];
	struct idcard card;
	uint8_t *text = resident_card(data);
	dates_of(text, "20180901", "");
	put_units(text + 204, more, 3);
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_OK);
	assert_string_equal(card.from, "");
	dates_of(text, "", "");
	put_units(text + 204, more, 2);
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_OK);
	assert_string_equal(card.until, "");
}

static void a_long_name_in_two_pieces(void **state)
{
	(void)state;
	uint8_t data[READ_DATA];
	struct idcard card;
	uint8_t *text = blank_card(data, 'Y');
	put_text(text + 52, 70, "WOLFESCHLEGELSTEINHAUSENBERGERDORFF");
	put_text(text + 220, 22, ", HUBERT B.");
	put_text(text + 122, 36, "911124198108030024");
	assert_int_equal(samv_card(data, sizeof data, &card), ERR_OK);
	assert_string_equal(card.name, "WOLFESCHLEGELSTEINHAUSENBERGERDORFF, HUBERT B.");
}

static void a_frame_that_does_not_end(void **state)
{
	(void)state;
	/* Half of one, nothing behind it. */
	struct samv_parser parser = { 0 };
	struct samv_reply reply;
	assert_false(samv_is_halfway(&parser));
	feed(&parser, FOUND, 4);
	assert_int_equal(samv_take(&parser, &reply), SAMV_NOTHING);
	assert_false(samv_is_halfway(&parser));
	assert_false(samv_give_up(&parser));
	feed(&parser, FOUND + 4, 5);
	assert_int_equal(samv_take(&parser, &reply), SAMV_NOTHING);
	assert_true(samv_is_halfway(&parser));
	assert_true(samv_give_up(&parser));
	assert_int_equal(samv_take(&parser, &reply), SAMV_NOTHING);
	assert_false(samv_give_up(&parser));
	/* Noise that looks like the beginning of a long one hides a whole one. */
	static const uint8_t head[] = { 0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x05, 0x08, 0x00 };
	feed(&parser, head, sizeof head);
	feed(&parser, STATUS_OK, sizeof STATUS_OK);
	assert_int_equal(samv_take(&parser, &reply), SAMV_NOTHING);
	assert_true(samv_give_up(&parser));
	assert_int_equal(samv_take(&parser, &reply), SAMV_FRAME);
	assert_int_equal(reply.status, SAMV_DONE);
	/* One that was taken is whole. */
	assert_false(samv_is_halfway(&parser));
	assert_false(samv_give_up(&parser));
}

static void answers_that_come_too_late(void **state)
{
	(void)state;
	static const struct {
		int status;
		size_t len;
		enum samv_command yes[6];
	} CASES[] = {
		{ SAMV_FOUND, 4, { SAMV_FIND } },
		{ SAMV_DONE, 8, { SAMV_SELECT, SAMV_STATUS, SAMV_RESET } },
		{ SAMV_DONE, 0, { SAMV_SELECT, SAMV_STATUS, SAMV_RESET } },
		{ SAMV_DONE, 16, { SAMV_MODULE } },
		{ SAMV_DONE, 4 + 256 + 1024, { SAMV_READ } },
		{ SAMV_NO_CARD, 0, { SAMV_FIND, SAMV_SELECT, SAMV_READ, SAMV_MODULE, SAMV_STATUS, SAMV_RESET } },
	};
	static const enum samv_command ALL[] = { SAMV_FIND,   SAMV_SELECT, SAMV_READ,
		                                 SAMV_MODULE, SAMV_STATUS, SAMV_RESET };
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct samv_reply reply = { CASES[i].status, NULL, CASES[i].len };
		for (size_t c = 0; c < 6; c++) {
			bool yes = false;
			for (size_t y = 0; y < 6; y++)
				yes = yes || CASES[i].yes[y] == ALL[c];
			assert_int_equal(samv_answers(ALL[c], &reply), yes);
		}
	}
}

static void module_number(void **state)
{
	(void)state;
	static const uint8_t data[16] = { 5, 0, 1, 0, 0x9e, 0xc7, 0x33, 0x01, 0x40, 0xe2, 0x01, 0x00, 0xff, 0xff, 0xff, 0xff };
	char out[IDCARD_MODULE_SIZE];
	assert_int_equal(samv_module(data, sizeof data, out), ERR_OK);
	assert_string_equal(out, "05.01-20170654-0000123456-4294967295");
	assert_int_equal(samv_module(data, 15, out), ERR_INVALID);
	static const uint8_t most[16] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		                          0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	assert_int_equal(samv_module(most, sizeof most, out), ERR_OK);
	assert_string_equal(out, "65535.65535-4294967295-4294967295-4294967295");
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
		cmocka_unit_test(dates),
		cmocka_unit_test(dates_that_are_none),
		cmocka_unit_test(a_long_name_in_two_pieces),
		cmocka_unit_test(a_frame_that_does_not_end),
		cmocka_unit_test(answers_that_come_too_late),
		cmocka_unit_test(module_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
