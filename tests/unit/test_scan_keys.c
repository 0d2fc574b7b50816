/* links: kiosk/devices/scanner_keys.c kiosk/devices/scan_lines.c */
/* The keys of a scanner that types. The table of what a US keyboard types stands here a second time, written from the
 * keyboard's rows and not from the program's table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <linux/input-event-codes.h>

#include "devices/scan_lines.h"
#include "devices/scanner_keys.h"

/* Linux numbers the keys of a PC keyboard row by row; HID by letter, and then along the rows. */
static const struct row {
	unsigned first_code;
	const char *plain, *shifted;
} ROWS[] = {
	{ 2, "1234567890-=", "!@#$%^&*()_+" },
	{ 16, "qwertyuiop[]", "QWERTYUIOP{}" },
	{ 30, "asdfghjkl;'`", "ASDFGHJKL:\"~" },
	{ 43, "\\zxcvbnm,./", "|ZXCVBNM<>?" },
	{ 57, " ", " " },
};
enum { ROW_COUNT = sizeof ROWS / sizeof *ROWS };
static const char HID_PLAIN[] = "abcdefghijklmnopqrstuvwxyz1234567890";
static const char HID_SHIFTED[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()";
static const char HID_REST[] = " -=[]\\\\;'`,./"; /* from 0x2c */
static const char HID_REST_SHIFTED[] = " _+{}||:\"~<>?";

static uint8_t press(struct scanner_keys *keys, unsigned code)
{
	uint8_t byte = scanner_keys_event(keys, code, 1);
	assert_int_equal(scanner_keys_event(keys, code, 2), 0);
	assert_int_equal(scanner_keys_event(keys, code, 0), 0);
	return byte;
}

static void every_printable_character_by_key_code(void **state)
{
	(void)state;
	bool seen[128] = { false };
	struct scanner_keys keys = { 0 };
	for (int r = 0; r < ROW_COUNT; r++) {
		for (size_t i = 0; ROWS[r].plain[i]; i++) {
			unsigned code = ROWS[r].first_code + (unsigned)i;
			uint8_t plain = press(&keys, code);
			assert_int_equal(plain, ROWS[r].plain[i]);
			(void)scanner_keys_event(&keys, i % 2 ? KEY_LEFTSHIFT : KEY_RIGHTSHIFT, 1);
			uint8_t shifted = press(&keys, code);
			(void)scanner_keys_event(&keys, i % 2 ? KEY_LEFTSHIFT : KEY_RIGHTSHIFT, 0);
			assert_int_equal(shifted, ROWS[r].shifted[i]);
			seen[plain] = seen[shifted] = true;
		}
	}
	for (int c = ' '; c < 0x7f; c++)
		assert_true(seen[c]);
}

static void every_printable_character_by_usage(void **state)
{
	(void)state;
	bool seen[128] = { false };
	struct scanner_keys keys = { 0 };
	for (unsigned usage = 0x04; usage <= 0x38; usage++) {
		bool first = usage <= 0x27;
		if (!first && usage < 0x2c)
			continue;
		char plain = first ? HID_PLAIN[usage - 0x04] : HID_REST[usage - 0x2c];
		char shifted = first ? HID_SHIFTED[usage - 0x04] : HID_REST_SHIFTED[usage - 0x2c];
		assert_int_equal(scanner_keys_usage(&keys, usage, false), plain);
		assert_int_equal(scanner_keys_usage(&keys, usage, true), shifted);
		seen[(int)plain] = seen[(int)shifted] = true;
	}
	for (int c = ' '; c < 0x7f; c++)
		assert_true(seen[c]);
}

static void the_keypad(void **state)
{
	(void)state;
	static const unsigned CODES[] = { KEY_KP0, KEY_KP1, KEY_KP2, KEY_KP3, KEY_KP4, KEY_KP5, KEY_KP6,
		                          KEY_KP7, KEY_KP8, KEY_KP9, KEY_KPDOT, KEY_KPSLASH,
		                          KEY_KPASTERISK, KEY_KPMINUS, KEY_KPPLUS };
	struct scanner_keys keys = { 0 };
	for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++)
		assert_int_equal(press(&keys, CODES[i]), "0123456789./*-+"[i]);
	for (unsigned i = 0; i < 9; i++)
		assert_int_equal(scanner_keys_usage(&keys, 0x59 + i, false), '1' + i);
	assert_int_equal(scanner_keys_usage(&keys, 0x62, false), '0');
}

static void caps_lock_turns_letters_alone(void **state)
{
	(void)state;
	struct scanner_keys keys = { 0 };
	assert_int_equal(press(&keys, KEY_CAPSLOCK), 0);
	assert_int_equal(press(&keys, KEY_Q), 'Q');
	assert_int_equal(press(&keys, KEY_1), '1');
	(void)scanner_keys_event(&keys, KEY_LEFTSHIFT, 1);
	assert_int_equal(press(&keys, KEY_Q), 'q');
	assert_int_equal(press(&keys, KEY_1), '!');
	assert_int_equal(press(&keys, KEY_MINUS), '_');
	(void)scanner_keys_event(&keys, KEY_LEFTSHIFT, 0);
	assert_int_equal(press(&keys, KEY_CAPSLOCK), 0);
	assert_int_equal(press(&keys, KEY_Q), 'q');
	assert_int_equal(scanner_keys_usage(&keys, 0x39, false), 0);
	assert_int_equal(scanner_keys_usage(&keys, 0x04, false), 'A');
	assert_int_equal(scanner_keys_usage(&keys, 0x04, true), 'a');
	assert_int_equal(scanner_keys_usage(&keys, 0x1e, false), '1');
}

static void shift_is_held_until_the_last_one_is_let_go(void **state)
{
	(void)state;
	struct scanner_keys keys = { 0 };
	(void)scanner_keys_event(&keys, KEY_LEFTSHIFT, 1);
	assert_int_equal(press(&keys, KEY_D), 'D');
	(void)scanner_keys_event(&keys, KEY_RIGHTSHIFT, 1);
	assert_int_equal(press(&keys, KEY_H), 'H');
	(void)scanner_keys_event(&keys, KEY_LEFTSHIFT, 0);
	assert_int_equal(press(&keys, KEY_SEMICOLON), ':');
	(void)scanner_keys_event(&keys, KEY_RIGHTSHIFT, 0);
	assert_int_equal(press(&keys, KEY_K), 'k');
	/* let go while a letter is still down: what counts is the press */
	(void)scanner_keys_event(&keys, KEY_LEFTSHIFT, 1);
	assert_int_equal(scanner_keys_event(&keys, KEY_A, 1), 'A');
	(void)scanner_keys_event(&keys, KEY_LEFTSHIFT, 0);
	assert_int_equal(scanner_keys_event(&keys, KEY_B, 1), 'b');
	assert_int_equal(scanner_keys_event(&keys, KEY_A, 0), 0);
	assert_int_equal(scanner_keys_event(&keys, KEY_B, 0), 0);
}

static void ends_of_a_code(void **state)
{
	(void)state;
	struct scanner_keys keys = { 0 };
	assert_int_equal(press(&keys, KEY_ENTER), '\r');
	assert_int_equal(press(&keys, KEY_KPENTER), '\r');
	assert_int_equal(press(&keys, KEY_TAB), '\t');
	assert_int_equal(scanner_keys_usage(&keys, 0x28, false), '\r');
	assert_int_equal(scanner_keys_usage(&keys, 0x58, true), '\r');
	assert_int_equal(scanner_keys_usage(&keys, 0x2b, false), '\t');
	(void)scanner_keys_event(&keys, KEY_LEFTCTRL, 1);
	assert_int_equal(press(&keys, KEY_M), '\r');
	assert_int_equal(press(&keys, KEY_J), '\n');
	assert_int_equal(press(&keys, KEY_I), '\t');
	assert_int_equal(press(&keys, KEY_RIGHTBRACE), 0x1d); /* GS, of GS1 codes */
	assert_int_equal(press(&keys, KEY_1), SCANNER_KEYS_SPOIL);
}

static void keys_that_are_no_text_spoil_a_code(void **state)
{
	(void)state;
	static const unsigned NO_TEXT[] = { KEY_ESC, KEY_F1, KEY_BACKSPACE, KEY_DELETE, KEY_UP, KEY_RESERVED,
		                            KEY_POWER, KEY_MAX, 0xffff };
	static const unsigned NO_KEY[] = { KEY_LEFTSHIFT, KEY_RIGHTCTRL, KEY_RIGHTALT, KEY_LEFTMETA,
		                           KEY_NUMLOCK, KEY_SCROLLLOCK };
	struct scanner_keys keys = { 0 };
	for (size_t i = 0; i < sizeof NO_TEXT / sizeof *NO_TEXT; i++)
		assert_int_equal(press(&keys, NO_TEXT[i]), SCANNER_KEYS_SPOIL);
	for (size_t i = 0; i < sizeof NO_KEY / sizeof *NO_KEY; i++)
		assert_int_equal(press(&keys, NO_KEY[i]), 0);
	(void)scanner_keys_event(&keys, KEY_LEFTMETA, 1);
	assert_int_equal(press(&keys, KEY_L), SCANNER_KEYS_SPOIL);
	(void)scanner_keys_event(&keys, KEY_LEFTMETA, 0);
	assert_int_equal(press(&keys, KEY_L), 'l');
	assert_int_equal(scanner_keys_usage(&keys, 0x29, false), SCANNER_KEYS_SPOIL);
	assert_int_equal(scanner_keys_usage(&keys, 0x3a, false), SCANNER_KEYS_SPOIL);
	for (unsigned usage = 0xe0; usage <= 0xe7; usage++)
		assert_int_equal(scanner_keys_usage(&keys, usage, false), 0);
	for (unsigned usage = 0; usage < 4; usage++)
		assert_int_equal(scanner_keys_usage(&keys, usage, false), 0);
}

static uint8_t alt_type(struct scanner_keys *keys, const char *digits)
{
	static const unsigned DIGITS[] = { KEY_KP0, KEY_KP1, KEY_KP2, KEY_KP3, KEY_KP4,
		                           KEY_KP5, KEY_KP6, KEY_KP7, KEY_KP8, KEY_KP9 };
	(void)scanner_keys_event(keys, KEY_LEFTALT, 1);
	for (; *digits; digits++)
		assert_int_equal(press(keys, DIGITS[*digits - '0']), 0);
	return scanner_keys_event(keys, KEY_LEFTALT, 0);
}

static void alt_and_the_keypad(void **state)
{
	(void)state;
	struct scanner_keys keys = { 0 };
	assert_int_equal(alt_type(&keys, "068"), 'D');
	assert_int_equal(alt_type(&keys, "58"), ':');
	assert_int_equal(alt_type(&keys, "0013"), '\r');
	assert_int_equal(alt_type(&keys, ""), 0);
	assert_int_equal(alt_type(&keys, "50403"), 0x80); /* 你 in GBK */
	assert_int_equal(alt_type(&keys, "0"), 0x80);
	assert_int_equal(alt_type(&keys, "99999999999999999999"), 0x80);
	assert_int_equal(alt_type(&keys, "65"), 'A');
	(void)scanner_keys_event(&keys, KEY_LEFTALT, 1);
	assert_int_equal(press(&keys, KEY_A), SCANNER_KEYS_SPOIL);
	assert_int_equal(press(&keys, KEY_1), SCANNER_KEYS_SPOIL);
	assert_int_equal(scanner_keys_event(&keys, KEY_LEFTALT, 0), 0);
}

/* Types `text`; what is told goes to `told`, joined by '|'. */
static void type(struct scan_lines *lines, const char *text, int64_t now_ms, char *told)
{
	struct scanner_keys keys = { 0 };
	for (; *text; text++) {
		for (int r = 0; r < ROW_COUNT; r++) {
			const char *plain = strchr(ROWS[r].plain, *text), *shifted = strchr(ROWS[r].shifted, *text);
			if (!plain && !shifted)
				continue;
			size_t at = plain ? (size_t)(plain - ROWS[r].plain) : (size_t)(shifted - ROWS[r].shifted);
			(void)scanner_keys_event(&keys, KEY_LEFTSHIFT, !plain);
			uint8_t byte = press(&keys, ROWS[r].first_code + (unsigned)at);
			assert_false(scan_lines_byte(lines, byte, now_ms));
			break;
		}
	}
	if (scan_lines_byte(lines, press(&keys, KEY_KPENTER), now_ms)) {
		strcat(told, lines->bytes);
		strcat(told, "|");
	}
}

static void whole_codes(void **state)
{
	(void)state;
	struct scan_lines lines = { .silence_ms = 100 };
	struct scanner_keys keys = { 0 };
	static char told[8 * SCANNER_MAX_BYTES], long_code[SCANNER_MAX_BYTES + 2];
	type(&lines, "DHK1:K7PM-3XQ0-9TR2", 0, told);
	type(&lines, "DHK1:K7PM-3XQ0-9TR2", 1000, told);
	type(&lines, "https://rd.example.gov.cn/s/a_B?x=%41&y=~1", 1100, told);
	assert_string_equal(told, "DHK1:K7PM-3XQ0-9TR2|https://rd.example.gov.cn/s/a_B?x=%41&y=~1|");
	told[0] = '\0';
	memset(long_code, 'z', SCANNER_MAX_BYTES + 1);
	type(&lines, long_code, 1200, told);
	assert_string_equal(told, "");
	(void)scan_lines_byte(&lines, press(&keys, KEY_ESC), 1300);
	type(&lines, "spoilt", 1300, told);
	type(&lines, "good", 1300, told);
	assert_string_equal(told, "good|");
	/* its own silence, which wiping keeps */
	scan_lines_wipe(&lines);
	assert_false(scan_lines_byte(&lines, press(&keys, KEY_X), 2000));
	assert_int_equal(scan_lines_timeout_ms(&lines, 2000), 100);
	assert_false(scan_lines_silence(&lines, 2099));
	assert_true(scan_lines_silence(&lines, 2100));
	assert_string_equal(lines.bytes, "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_printable_character_by_key_code),
		cmocka_unit_test(every_printable_character_by_usage),
		cmocka_unit_test(the_keypad),
		cmocka_unit_test(caps_lock_turns_letters_alone),
		cmocka_unit_test(shift_is_held_until_the_last_one_is_let_go),
		cmocka_unit_test(ends_of_a_code),
		cmocka_unit_test(keys_that_are_no_text_spoil_a_code),
		cmocka_unit_test(alt_and_the_keypad),
		cmocka_unit_test(whole_codes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
