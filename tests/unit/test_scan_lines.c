/* links: kiosk/devices/scan_lines.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "devices/scan_lines.h"

/* Codes told while `bytes` come in at `now_ms`, joined by '|'. */
static void hear(struct scan_lines *lines, const char *bytes, size_t len, int64_t now_ms, char *told)
{
	for (size_t i = 0; i < len; i++) {
		if (scan_lines_byte(lines, (uint8_t)bytes[i], now_ms)) {
			strcat(told, lines->bytes);
			strcat(told, "|");
		}
	}
}

static void every_end_of_a_code(void **state)
{
	(void)state;
	struct scan_lines lines = { 0 };
	char told[256] = "";
	static const char stream[] = "AAA\rBBB\nCCC\r\nDDD\tEEE\r\r\n\n";
	hear(&lines, stream, sizeof stream - 1, 1000, told);
	assert_string_equal(told, "AAA|BBB|CCC|DDD|EEE|");
}

static void silence_ends_a_code(void **state)
{
	(void)state;
	struct scan_lines lines = { 0 };
	char told[64] = "";
	assert_int_equal(scan_lines_timeout_ms(&lines, 0), -1);
	hear(&lines, "AB", 2, 1000, told);
	assert_int_equal(scan_lines_timeout_ms(&lines, 1010), 40);
	assert_false(scan_lines_silence(&lines, 1049));
	hear(&lines, "C", 1, 1049, told);
	assert_false(scan_lines_silence(&lines, 1098));
	assert_true(scan_lines_silence(&lines, 1099));
	assert_string_equal(lines.bytes, "ABC");
	assert_false(scan_lines_silence(&lines, 2000));
	assert_string_equal(told, "");
}

static void the_same_code_is_one_scan(void **state)
{
	(void)state;
	struct scan_lines lines = { 0 };
	char told[256] = "";
	hear(&lines, "AAA\r", 4, 0, told);
	hear(&lines, "AAA\r", 4, 1000, told);
	hear(&lines, "AAA\r", 4, 2900, told); /* held in front of the scanner all the time */
	hear(&lines, "AAB\r", 4, 3000, told);
	hear(&lines, "AAA\r", 4, 3100, told);
	hear(&lines, "AAA\r", 4, 5100, told);
	assert_string_equal(told, "AAA|AAB|AAA|AAA|");
	assert_int_equal(scan_lines_forget_ms(&lines, 5100), SCAN_REPEAT_MS);
	assert_int_equal(scan_lines_forget_ms(&lines, 9000), 0);
	scan_lines_wipe(&lines);
	assert_int_equal(scan_lines_forget_ms(&lines, 9000), -1);
	for (size_t i = 0; i < sizeof lines.last; i++)
		assert_int_equal(lines.last[i], 0);
}

static void overlong_codes_are_dropped_whole(void **state)
{
	(void)state;
	struct scan_lines lines = { 0 };
	static char told[4 * SCANNER_MAX_BYTES];
	char longest[SCANNER_MAX_BYTES + 2];
	memset(longest, 'x', sizeof longest);
	longest[SCANNER_MAX_BYTES] = '\r';
	hear(&lines, longest, SCANNER_MAX_BYTES + 1, 0, told);
	assert_int_equal(strlen(told), SCANNER_MAX_BYTES + 1);
	told[0] = '\0';
	memset(longest, 'y', sizeof longest);
	longest[SCANNER_MAX_BYTES + 1] = '\r';
	hear(&lines, longest, sizeof longest, 10, told);
	hear(&lines, "good\r", 5, 20, told);
	assert_string_equal(told, "good|");
}

static void garbage_and_other_scripts(void **state)
{
	(void)state;
	struct scan_lines lines = { 0 };
	char told[64] = "";
	hear(&lines,
	     "a\x01"
	     "b\r",
	     4, 0, told); /* noise on the line: not a code */
	hear(&lines,
	     "\x02"
	     "OK\x03\r",
	     5, 1, told);                           /* framed by STX and ETX */
	hear(&lines, "\xe4\xbd\xa0\r", 4, 2, told); /* 你 */
	hear(&lines, "a\x7f\r\0\r", 5, 3, told);
	assert_string_equal(told, "OK|???|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_end_of_a_code),
		cmocka_unit_test(silence_ends_a_code),
		cmocka_unit_test(the_same_code_is_one_scan),
		cmocka_unit_test(overlong_codes_are_dropped_whole),
		cmocka_unit_test(garbage_and_other_scripts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
