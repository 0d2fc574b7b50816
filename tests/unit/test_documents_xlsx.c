/* links: kiosk/documents/document.c kiosk/documents/kind.c kiosk/documents/package.c kiosk/documents/xml.c kiosk/documents/grow.c kiosk/documents/text_encoding.c kiosk/documents/xlsx_read.c kiosk/documents/xlsx_cells.c kiosk/documents/xlsx_style.c kiosk/documents/docx_text.c kiosk/documents/docx_numbers.c kiosk/documents/docx_counting.c kiosk/model/utf8.c kiosk/model/civil.c kiosk/documents/xlsx_write.c kiosk/model/csv.c kiosk/model/csv_table.c kiosk/model/roster.c kiosk/model/roster_ids.c kiosk/model/id_number.c kiosk/model/err.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "documents/xlsx_read.h"
#include "documents/xlsx_style.h"
#include "documents/xlsx_write.h"
#include "model/roster.h"
#include "tests/unit/package_fixture.h"

static const char workbook[] =
	"<workbook xmlns:r='r'><sheets><sheet name='旧的' sheetId='1' state='hidden' r:id='rId9'/><sheet name='花名册' sheetId='2' r:id='rId1'/>"
	"<sheet name='空的' sheetId='3' r:id='rId2'/></sheets></workbook>";
static const char relations[] =
	"<Relationships><Relationship Id='rId1' Target='worksheets/sheet1.xml'/><Relationship Id='rId9' Target='/xl/worksheets/old.xml'/>"
	"<Relationship Id='rId2' Target='worksheets/none.xml'/></Relationships>";
static const char styles[] =
	"<styleSheet><numFmts><numFmt numFmtId='176' formatCode='yyyy\"年\"m\"月\"'/><numFmt numFmtId='177' formatCode='[Red]0.00\"d\"'/></numFmts>"
	"<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='176'/>"
	"<xf numFmtId='22'/><xf numFmtId='177'/></cellXfs></styleSheet>";
static const char strings[] = "<sst><si><t>姓名</t></si><si><r><t>张</t></r><r><t xml:space='preserve'> 三</t></r><rPh><t>zhang</t></rPh></si>"
                              "<si><t>出生年月</t></si></sst>";

static char *read_sheet(const char *sheet_xml, const char *sheet, enum err expected, struct document_note *note)
{
	size_t len, csv_len = 0;
	const struct part parts[] = {{"xl/workbook.xml", workbook},
	                             {"xl/_rels/workbook.xml.rels", relations},
	                             {"xl/styles.xml", styles},
	                             {"xl/sharedStrings.xml", strings},
	                             {"xl/worksheets/sheet1.xml", sheet_xml},
	                             {"xl/worksheets/old.xml", "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>"},
	                             {"xl/worksheets/none.xml", "<worksheet><sheetData/></worksheet>"},
	                             {NULL, NULL}};
	uint8_t *bytes = package_of(parts, &len);
	char *csv = NULL;
	assert_int_equal(xlsx_to_csv(bytes, len, sheet, &csv, &csv_len, note), expected);
	free(bytes);
	if (csv)
		assert_int_equal(strlen(csv), csv_len);
	return csv;
}

static void expect_csv(const char *sheet_xml, const char *expected)
{
	struct document_note note;
	char *csv = read_sheet(sheet_xml, NULL, ERR_OK, &note);
	assert_string_equal(csv, expected);
	assert_string_equal(note.text, "");
	document_free(csv, strlen(csv));
}

#define SHEET(rows) "<x:worksheet xmlns:x='s'><x:sheetData>" rows "</x:sheetData></x:worksheet>"
#define MERGED(rows, refs) "<worksheet><sheetData>" rows "</sheetData><mergeCells>" refs "</mergeCells></worksheet>"

static void test_cells(void **state)
{
	(void)state;
	expect_csv(SHEET("<x:row r='1'><x:c r='A1' t='s'><x:v>0</x:v></x:c><x:c r='C1' t='s'><x:v>2</x:v></x:c></x:row>"
	                 "<x:row r='3'><x:c r='A3' t='s'><x:v>1</x:v></x:c><x:c r='B3' s='4'><x:v>0.1</x:v></x:c><x:c r='C3' s='2'><x:v>28976</x:v></x:c></x:row>"),
	           "姓名,,出生年月\n\n张 三,0.1,1979-05\n");
	/* inline, formula, true, error, date, date with the hour; places left out; marks and line breaks */
	expect_csv(SHEET("<x:row><x:c t='inlineStr'><x:is><x:t>a,\"b\"&#10;c</x:t></x:is></x:c><x:c t='str'><x:f>1+1</x:f><x:v>和</x:v></x:c>"
	                 "<x:c t='b'><x:v>1</x:v></x:c><x:c t='e'><x:v>#N/A</x:v></x:c><x:c s='1'><x:v>46103</x:v></x:c><x:c s='3'><x:v>46103.4</x:v></x:c></x:row>"
	                 "<x:row><x:c><x:v>1.38E10</x:v></x:c><x:c><x:v>5.1012319790501E+17</x:v></x:c><x:c s='99'><x:v>-3</x:v></x:c></x:row>"),
	           "\"a,\"\"b\"\" c\",和,是,#N/A,2026-03-22,2026-03-22 09:36\n13800000000,5.1012319790501E+17,-3\n");
}

static void test_title_and_merges(void **state)
{
	(void)state;
	/* What stands above the headings is none of the table; a value over several rows stands in each. */
	expect_csv(MERGED("<row r='1'><c r='A1' t='inlineStr'><is><t>花名册</t></is></c></row>"
	                  "<row r='2'><c r='A2' t='s'><v>0</v></c><c r='B2'><v>1</v></c><c r='C2'><v>2</v></c></row>"
	                  "<row r='3'><c r='A3'><v>7</v></c><c r='B3'><v>8</v></c></row><row r='4'><c r='B4'><v>9</v></c></row>",
	                  "<mergeCell ref='A1:C1'/><mergeCell ref='A3:A4'/><mergeCell ref='C3:C900000'/><mergeCell ref='bad'/>"),
	           "\n姓名,1,2\n7,8\n7,9\n");
	/* One column alone has no title to tell apart. */
	expect_csv(SHEET("<x:row><x:c><x:v>1</x:v></x:c></x:row><x:row><x:c><x:v>2</x:v></x:c></x:row>"), "1\n2\n");
}

static void test_sheets(void **state)
{
	(void)state;
	struct document_note note;
	char *csv = read_sheet(SHEET(""), "旧的", ERR_OK, &note);
	assert_string_equal(csv, "1\n");
	document_free(csv, strlen(csv));
	assert_null(read_sheet(SHEET(""), "没有", ERR_NOT_FOUND, &note));
	assert_non_null(strstr(note.text, "没有名叫“没有”的工作表"));
	assert_null(read_sheet(SHEET(""), NULL, ERR_INVALID, &note));
	assert_string_equal(note.text, "工作表“花名册”是空的。请把表格放在第一个工作表里再上传。");
}

static void test_limits(void **state)
{
	(void)state;
	struct document_note note;
	expect_csv(SHEET("<x:row><x:c><x:v>1</x:v></x:c></x:row><x:row r='1048576'><x:c r='XFD1048576' s='1'/></x:row>"), "1\n");
	assert_null(read_sheet(SHEET("<x:row r='20001'><x:c r='A20001'><x:v>1</x:v></x:c></x:row>"), NULL, ERR_TOO_LONG, &note));
	assert_non_null(strstr(note.text, "最多 20000 行"));
	assert_null(read_sheet(SHEET("<x:row><x:c r='GS1'><x:v>1</x:v></x:c></x:row>"), NULL, ERR_TOO_LONG, &note));
	assert_null(read_sheet(SHEET("<x:row><x:c t='s'><x:v>3</x:v></x:c></x:row>"), NULL, ERR_INVALID, &note));
	assert_null(read_sheet("<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet>&b;</worksheet>", NULL, ERR_INVALID, &note));
	assert_null(read_sheet("<worksheet><sheetData>", NULL, ERR_INVALID, &note));
	assert_non_null(strstr(note.text, "已损坏"));

	/* Elements within elements, each of which the parser would keep. */
	char deep[4096] = "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData>";
	for (int i = 0; i < 300; i++)
		strcat(deep, "<a>");
	for (int i = 0; i < 300; i++)
		strcat(deep, "</a>");
	strcat(deep, "</worksheet>");
	assert_null(read_sheet(deep, NULL, ERR_INVALID, &note));

	/* A small file that is large unpacked. */
	size_t big = DOCUMENT_PART_MAX_BYTES + 1;
	char *blanks = malloc(big + 1);
	assert_non_null(blanks);
	memset(blanks, ' ', big);
	blanks[big] = '\0';
	assert_null(read_sheet(blanks, NULL, ERR_TOO_LONG, &note));
	free(blanks);
	/* One text that is pointed at again and again. */
	enum { TIMES = 600 };
	size_t text = 32 * 1024 - 1, len = 0, size = text + TIMES * 64 + 200;
	char *sheet = malloc(size);
	assert_non_null(sheet);
	len += (size_t)snprintf(sheet, size, "<worksheet><sheetData>");
	for (int i = 0; i < TIMES; i++)
		len += (size_t)snprintf(sheet + len, size - len, "<row><c t='inlineStr'><is><t>%.*s</t></is></c></row>", i ? 1 : 4, "xxxx");
	snprintf(sheet + len, size - len, "</sheetData></worksheet>");
	char *csv = read_sheet(sheet, NULL, ERR_OK, &note);
	assert_int_equal(strlen(csv), 5 + (TIMES - 1) * 2);
	document_free(csv, strlen(csv));
	free(sheet);
}

static void test_formats(void **state)
{
	(void)state;
	static const struct { const char *code, *value, *text; } rows[] = {
		{"General", "60", "60"}, {"yyyy-mm-dd", "1", "1900-01-01"}, {"yyyy-mm-dd", "59", "1900-02-28"}, {"yyyy-mm-dd", "61", "1900-03-01"},
		{"yyyy", "46103", "2026"}, {"m\"月\"d\"日\"", "46103", "2026-03-22"}, {"h:mm:ss", "0.5", "12:00:00"}, {"[h]:mm", "0.25", "06:00"},
		{"yyyy/m/d h:mm AM/PM", "46103.99999999", "2026-03-23 00:00"}, {"0.00\"d\"", "2.5", "2.5"}, {"[$-804]aaaa;@", "46103", "46103"},
		{"yyyy-mm-dd", "99999999", "99999999"}, {"yyyy-mm-dd", "-1", "-1"}, {"0", "-0", "0"}, {"0", "abc", "abc"}, {"0", "nan", "nan"},
		{"\\d0", "3", "3"}, {"yyyy-mm-dd", "0", "0"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char out[XLSX_NUMBER_SIZE];
		xlsx_number(rows[i].value, xlsx_format_code(rows[i].code), false, out);
		assert_string_equal(out, rows[i].text);
	}
	char out[XLSX_NUMBER_SIZE];
	xlsx_number("0", xlsx_format_builtin(57), true, out);
	assert_string_equal(out, "0");
	xlsx_number("44641", xlsx_format_builtin(14), true, out);
	assert_string_equal(out, "2026-03-22");
	xlsx_number("28976", xlsx_format_builtin(57), false, out);
	assert_string_equal(out, "1979-05");
}

static void write_table(uint8_t **bytes, size_t *len)
{
	static const struct xlsx_column columns[] = {{"姓名", XLSX_TEXT}, {"出生年月", XLSX_DATE}, {"选区", XLSX_TEXT}, {"层级", XLSX_TEXT}, {"电话", XLSX_NUMBER}};
	static const char *const rows[][5] = {{"张三", "1979-05", "第一选区", "乡", "13800138000"},
	                                      {"=1+1", "1980-01-02", "a,\"b\"\x01<&", "县", "007"},
	                                      {"李四", "", NULL, "市", "1234567890123456789"}};
	struct xlsx_writer *w;
	assert_int_equal(xlsx_writer_create("名册/[2026]", columns, 5, &w), ERR_OK);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(xlsx_writer_row(w, rows[i]), ERR_OK);
	assert_int_equal(xlsx_writer_finish(w, bytes, len), ERR_OK);
	assert_int_equal(xlsx_writer_finish(w, bytes, len), ERR_STATE);
	xlsx_writer_destroy(w);
}

static void test_written_is_read(void **state)
{
	(void)state;
	uint8_t *bytes, *again;
	size_t len, again_len, csv_len;
	struct document_note note;
	char *csv;
	write_table(&bytes, &len);
	write_table(&again, &again_len);
	assert_int_equal(len, again_len);
	assert_memory_equal(bytes, again, len);
	assert_int_equal(xlsx_to_csv(bytes, len, "名册2026", &csv, &csv_len, &note), ERR_OK);
	assert_string_equal(csv, "姓名,出生年月,选区,层级,电话\n张三,1979-05,第一选区,乡,13800138000\n"
	                         "=1+1,1980-01-02,\"a,\"\"b\"\"<&\",县,007\n李四,,,市,1234567890123456789\n");
	/* The readers of CSV take it: the row that is at fault is the spreadsheet's. */
	struct roster roster = {0};
	struct roster_problems problems = {0};
	assert_int_equal(roster_parse_csv(csv, csv_len, &roster, &problems), ERR_INVALID);
	assert_true(problems.count > 0);
	assert_int_equal(problems.items[0].row, 4);
	roster_problems_clear(&problems);
	roster_clear(&roster);
	document_free(csv, csv_len);
	free(bytes);
	free(again);
	assert_int_equal(xlsx_writer_create("x", NULL, 0, &(struct xlsx_writer *){NULL}), ERR_INVALID);
}

/* Every end that a transfer may have been cut off at, and every byte spoilt: an error or a table, never more. */
static void test_damaged(void **state)
{
	(void)state;
	uint8_t *bytes;
	size_t len, csv_len;
	struct document_note note;
	write_table(&bytes, &len);
	for (size_t i = 0; i < len; i += 7) {
		char *csv = NULL;
		uint8_t *copy = malloc(len);
		assert_non_null(copy);
		memcpy(copy, bytes, len);
		copy[i] ^= 0x41;
		if (xlsx_to_csv(copy, len, NULL, &csv, &csv_len, &note) == ERR_OK)
			document_free(csv, csv_len);
		else
			assert_true(note.text[0] != '\0');
		assert_int_not_equal(xlsx_to_csv(bytes, i, NULL, &csv, &csv_len, &note), ERR_OK);
		assert_true(note.text[0] != '\0');
		free(copy);
	}
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells),   cmocka_unit_test(test_title_and_merges), cmocka_unit_test(test_sheets),  cmocka_unit_test(test_limits),
		cmocka_unit_test(test_formats), cmocka_unit_test(test_written_is_read),  cmocka_unit_test(test_damaged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
