/* links: kiosk/documents/document.c kiosk/documents/kind.c kiosk/documents/package.c kiosk/documents/xml.c kiosk/documents/grow.c kiosk/documents/text_encoding.c kiosk/documents/xlsx_read.c kiosk/documents/xlsx_cells.c kiosk/documents/xlsx_style.c kiosk/documents/docx_text.c kiosk/documents/docx_numbers.c kiosk/documents/docx_counting.c kiosk/model/utf8.c kiosk/model/civil.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "documents/document.h"
#include "documents/text_encoding.h"
#include "tests/unit/package_fixture.h"

/* The text in that encoding; malloc'ed. */
static uint8_t *encoded(const char *text, const char *encoding, size_t *len)
{
	size_t left = strlen(text), room = left * 4 + 8;
	char *out = malloc(room), *to = out, *from = (char *)(uintptr_t)text;
	iconv_t cd = iconv_open(encoding, "UTF-8");
	assert_true(out && cd != (iconv_t)-1);
	size_t size = room;
	assert_int_equal(iconv(cd, &from, &left, &to, &room), 0);
	iconv_close(cd);
	*len = size - room;
	return (uint8_t *)out;
}

static void test_guess(void **state)
{
	(void)state;
	static const struct { const char *text, *encoding; enum text_encoding took; } rows[] = {
		{"姓名,性别,出生年月,选区\n张三,男,1979-05,第一选区\n", "GB18030", TEXT_GB18030},
		{"姓名,性別,出生年月,選區\n張三,男,1979-05,第一選區\n", "BIG5", TEXT_BIG5},
		{"第一条 代表应当学习宪法和法律。", "GB18030", TEXT_GB18030},
		{"第一條 代表應當學習憲法和法律。", "BIG5", TEXT_BIG5},
		{"姓名", "GB18030", TEXT_GB18030},
		{"姓名", "BIG5", TEXT_BIG5},
		{"你好", "GB18030", TEXT_GB18030},
		{"第一條 在大陸寫的繁體：代表應當學習。", "GB18030", TEXT_GB18030},
		{"𠮷田䶮", "GB18030", TEXT_GB18030}, /* four bytes */
		{"姓名\r\n张三\r丁", "UTF-8", TEXT_UTF8},
		{"plain ASCII", "UTF-8", TEXT_UTF8},
		{"姓名,电话", "UTF-16", TEXT_UTF16LE}, /* with its mark */
		{"\xEF\xBB\xBF姓名,电话", "UTF-16BE", TEXT_UTF16BE},
		{"\xEF\xBB\xBF姓名", "UTF-8", TEXT_UTF8},
		{"", "UTF-8", TEXT_UTF8},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len, out_len;
		char *out;
		enum text_encoding took;
		uint8_t *bytes = encoded(rows[i].text, rows[i].encoding, &len);
		assert_int_equal(text_to_utf8(bytes, len, &out, &out_len, &took), ERR_OK);
		assert_int_equal(took, rows[i].took);
		const char *expected = strncmp(rows[i].text, "\xEF\xBB\xBF", 3) == 0 ? rows[i].text + 3 : rows[i].text;
		assert_string_equal(out, strchr(expected, '\r') ? "姓名\n张三\n丁" : expected);
		assert_int_equal(strlen(out), out_len);
		document_free(out, out_len);
		free(bytes);
	}
}

static void test_no_text(void **state)
{
	(void)state;
	static const struct { const char *bytes; size_t len; } rows[] = {
		{"a\0b", 3}, {"\xFF\xFE\x00\xD8\x00", 5}, {"\xFF\xFE\0\0", 4}, {"\xEF\xBB\xBF\xFF", 4}, {"\x1B[2J", 4}, {"\xFF\xFF\xFF", 3}, {"\x81", 1},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *out = NULL;
		size_t len;
		enum text_encoding took;
		assert_int_equal(text_to_utf8((const uint8_t *)rows[i].bytes, rows[i].len, &out, &len, &took), ERR_INVALID);
		assert_null(out);
	}
}

/* What the sample does not show: a character at its end, a rare one behind it. */
static void test_long(void **state)
{
	(void)state;
	char *text = calloc(1, 300000);
	assert_non_null(text);
	text[0] = 'x';
	for (size_t n = 1; n < 200000; n += 3)
		memcpy(text + n, "代", 3);
	size_t len, out_len;
	char *out;
	enum text_encoding took;
	uint8_t *bytes = encoded(text, "GB18030", &len);
	assert_int_equal(text_to_utf8(bytes, len, &out, &out_len, &took), ERR_OK);
	assert_int_equal(took, TEXT_GB18030);
	assert_string_equal(out, text);
	document_free(out, out_len);
	free(bytes);
	free(text);
}

static void expect_table(const char *bytes, size_t len, enum err e, const char *csv, const char *note_has)
{
	char *out = NULL;
	size_t out_len;
	struct document_note note;
	assert_int_equal(document_table((const uint8_t *)bytes, len, &out, &out_len, &note), e);
	if (e == ERR_OK)
		assert_string_equal(out, csv);
	if (note_has)
		assert_non_null(strstr(note.text, note_has));
	else
		assert_string_equal(note.text, "");
	document_free(out, e == ERR_OK ? out_len : 0);
}

static void test_tables(void **state)
{
	(void)state;
#define TABLE(text) text, sizeof(text) - 1
	expect_table(TABLE("a,b\r\n1,2\r\n"), ERR_OK, "a,b\n1,2\n", NULL);
	expect_table(TABLE("a\tb\tc\n1,2\t\"3\t,\"\"4\"\t5\n\t\t\n\"x"), ERR_OK, "a,b,c\n\"1,2\",\"3\t,\"\"4\",5\n,,\n\"x", NULL);
	expect_table(TABLE("a\tb\n\"x\"，y,z\t\n"), ERR_OK, "a,b\n\"x\"\"，y,z\",\n", NULL);
	expect_table(TABLE("a,b\n1\t2,3\n"), ERR_OK, "a,b\n1\t2,3\n", NULL);
	expect_table(TABLE("list,,\n\n\"from, x\",,\na,b,c\n1,,\n"), ERR_OK, "      \n\n           \na,b,c\n1,,\n", NULL);
	expect_table(TABLE("only\none\n"), ERR_OK, "only\none\n", NULL);
	expect_table(TABLE("\"two\nlines\",,\na,b,c\n"), ERR_OK, "\"two\nlines\",,\na,b,c\n", NULL);
	expect_table(TABLE("\xD0\xD5\xC3\xFB,b\n"), ERR_OK, "姓名,b\n", "已按 GB18030 编码读取");
	expect_table(TABLE(""), ERR_INVALID, NULL, "空的");
	expect_table(TABLE("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more"), ERR_UNSUPPORTED, NULL, "另存为 Excel 工作簿（.xlsx）");
	expect_table(TABLE("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"), ERR_UNSUPPORTED, NULL, "密码");
	expect_table(TABLE("PK\x03\x04 nothing"), ERR_INVALID, NULL, "压缩包或已损坏");
	expect_table(TABLE("%PDF-1.7"), ERR_UNSUPPORTED, NULL, "PDF");
	expect_table(TABLE("\x89PNG\r\n"), ERR_UNSUPPORTED, NULL, "图片");
	expect_table(TABLE(" \n<HTML><table>"), ERR_UNSUPPORTED, NULL, "网页");
	expect_table(TABLE("a,b\0c"), ERR_INVALID, NULL, "不是文字");
	char *big = calloc(1, DOCUMENT_MAX_BYTES + 1);
	assert_non_null(big);
	expect_table(big, DOCUMENT_MAX_BYTES + 1, ERR_TOO_LONG, NULL, "太大");
	free(big);
}

static void test_kinds(void **state)
{
	(void)state;
	static const struct { const char *part; enum err table, text; const char *says; } rows[] = {
		{"xl/workbook.bin", ERR_UNSUPPORTED, ERR_UNSUPPORTED, "读不了"},
		{"mimetype", ERR_UNSUPPORTED, ERR_UNSUPPORTED, "读不了"},
		{"x.txt", ERR_INVALID, ERR_INVALID, "压缩包"},
		{"word/document.xml", ERR_UNSUPPORTED, ERR_INVALID, NULL},
		{"xl/workbook.xml", ERR_INVALID, ERR_UNSUPPORTED, NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct part parts[] = {{rows[i].part, "x"}, {NULL, NULL}};
		size_t len, out_len;
		uint8_t *bytes = package_of(parts, &len);
		char *out;
		struct document_note note;
		assert_int_equal(document_table(bytes, len, &out, &out_len, &note), rows[i].table);
		assert_true(note.text[0] != '\0' && (!rows[i].says || strstr(note.text, rows[i].says)));
		assert_int_equal(document_text(bytes, len, &out, &out_len, &note), rows[i].text);
		assert_true(note.text[0] != '\0' && (!rows[i].says || strstr(note.text, rows[i].says)));
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guess),  cmocka_unit_test(test_no_text), cmocka_unit_test(test_long),
		cmocka_unit_test(test_tables), cmocka_unit_test(test_kinds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
