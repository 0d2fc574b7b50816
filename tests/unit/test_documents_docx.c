/* links: kiosk/documents/document.c kiosk/documents/kind.c kiosk/documents/package.c kiosk/documents/xml.c kiosk/documents/grow.c kiosk/documents/text_encoding.c kiosk/documents/xlsx_read.c kiosk/documents/xlsx_cells.c kiosk/documents/xlsx_style.c kiosk/documents/docx_text.c kiosk/documents/docx_numbers.c kiosk/documents/docx_counting.c kiosk/model/utf8.c kiosk/model/civil.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "documents/docx_counting.h"
#include "documents/docx_text.h"
#include "tests/unit/package_fixture.h"

static const char numbering[] =
	"<w:numbering xmlns:w='w'>"
	"<w:abstractNum w:abstractNumId='0'>"
	"<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='chineseCountingThousand'/><w:lvlText w:val='%1、'/></w:lvl>"
	"<w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='chineseCounting'/><w:lvlText w:val='（%2）'/></w:lvl>"
	"<w:lvl w:ilvl='2'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:lvlText w:val='%3.'/></w:lvl>"
	"<w:lvl w:ilvl='3'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:isLgl/><w:lvlText w:val='%1.%3.%4'/></w:lvl></w:abstractNum>"
	"<w:abstractNum w:abstractNumId='1'><w:lvl w:ilvl='0'><w:start w:val='9'/><w:numFmt w:val='chineseCounting'/><w:lvlText w:val='第%1条'/></w:lvl>"
	"</w:abstractNum>"
	"<w:abstractNum w:abstractNumId='2'><w:lvl w:ilvl='0'><w:numFmt w:val='bullet'/><w:lvlText w:val='&#xF0B7;'/></w:lvl></w:abstractNum>"
	"<w:abstractNum w:abstractNumId='3'><w:numStyleLink w:val='List'/></w:abstractNum>"
	"<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num><w:num w:numId='2'><w:abstractNumId w:val='1'/></w:num>"
	"<w:num w:numId='3'><w:abstractNumId w:val='2'/></w:num>"
	"<w:num w:numId='4'><w:abstractNumId w:val='0'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='5'/></w:lvlOverride></w:num>"
	"<w:num w:numId='5'><w:abstractNumId w:val='3'/></w:num></w:numbering>";
static const char styles[] =
	"<w:styles xmlns:w='w'><w:style w:styleId='Article'><w:pPr><w:numPr><w:numId w:val='2'/></w:numPr></w:pPr></w:style>"
	"<w:style w:styleId='Small'><w:basedOn w:val='Article'/></w:style><w:style w:styleId='Loop'><w:basedOn w:val='Loop'/></w:style>"
	"<w:style w:styleId='List'><w:pPr><w:numPr><w:numId w:val='2'/></w:numPr></w:pPr></w:style></w:styles>";

static char *read_body(const char *body, enum err expected, struct document_note *note)
{
	size_t len, text_len = 0, size = strlen(body) + 100;
	char *text = NULL, *document = malloc(size);
	assert_non_null(document);
	snprintf(document, size, "<w:document xmlns:w='w'><w:body>%s</w:body></w:document>", body);
	const struct part parts[] = {
		{"word/document.xml", document}, {"word/numbering.xml", numbering}, {"word/styles.xml", styles}, {NULL, NULL}};
	uint8_t *bytes = package_of(parts, &len);
	assert_int_equal(docx_to_text(bytes, len, &text, &text_len, note), expected);
	free(bytes);
	free(document);
	return text;
}

static void expect_text(const char *body, const char *expected)
{
	struct document_note note;
	char *text = read_body(body, ERR_OK, &note);
	assert_string_equal(text, expected);
	document_free(text, strlen(text));
}

#define P(text) "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"
#define N(list, level, text) \
	"<w:p><w:pPr><w:numPr><w:ilvl w:val='" level "'/><w:numId w:val='" list "'/></w:numPr></w:pPr><w:r><w:t>" text "</w:t></w:r></w:p>"
#define S(style, text) "<w:p><w:pPr><w:pStyle w:val='" style "'/></w:pPr><w:r><w:t>" text "</w:t></w:r></w:p>"

static void test_paragraphs(void **state)
{
	(void)state;
	expect_text(P("代表学习制度") "<w:p/>" P("一、学习&lt;宪法&gt;"), "代表学习制度\n\n一、学习<宪法>\n");
	expect_text("<w:p><w:pPr><w:tabs><w:tab w:val='left'/></w:tabs></w:pPr><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/></w:r><w:r><w:t>丙</w:t></w:r>"
	            "<w:del><w:r><w:delText>删</w:delText><w:t>删</w:t></w:r></w:del><w:ins><w:r><w:t>增</w:t></w:r></w:ins>"
	            "<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>",
	            "甲\t乙\n丙增\n");
	/* A text box, which stands in twice: once for older programs. */
	expect_text("<w:p><w:r><w:t>外</w:t><mc:AlternateContent xmlns:mc='m'><mc:Choice><w:txbxContent>" P("内") "</w:txbxContent></mc:Choice><mc:Fallback>" P(
				"内") "</mc:Fallback></mc:AlternateContent></w:r></w:p>",
	            "内\n外\n");
}

static void test_numbers(void **state)
{
	(void)state;
	expect_text(N("1", "0", "学习") N("1", "1", "内容") N("1", "1", "方式") N("1", "2", "集中") N("1", "0", "考勤") N("1", "1", "请假") N("1", "3", "细"),
	            "一、学习\n（一）内容\n（二）方式\n1. 集中\n二、考勤\n（一）请假\n2.1.1 细\n");
	expect_text(S("Article", "甲") S("Small", "乙") S("Loop", "丙") N("0", "0", "丁"), "第九条　甲\n第十条　乙\n丙\n丁\n");
	/* Lists of one look count on together, but from where one of them begins anew. */
	expect_text(N("1", "0", "a") N("4", "0", "b") N("1", "0", "c") N("3", "0", "d") N("5", "0", "e") N("77", "0", "f"),
	            "一、a\n五、b\n六、c\n• d\n第九条　e\nf\n");
	/* What was deleted with a paragraph's number, and a number without text, count for nothing. */
	expect_text("<w:p><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:p>" N("1", "0", "a"), "\n一、a\n");
}

static void test_counting(void **state)
{
	(void)state;
	static const struct { const char *format; int n; const char *text; } rows[] = {
		{"chineseCounting", 0, "零"}, {"chineseCounting", 10, "十"}, {"chineseCounting", 12, "十二"}, {"chineseCounting", 20, "二十"},
		{"chineseCounting", 101, "一百零一"}, {"chineseCounting", 110, "一百一十"}, {"chineseCounting", 1005, "一千零五"},
		{"chineseCounting", 10100, "一万零一百"}, {"chineseLegalSimplified", 11, "壹拾壹"}, {"ideographDigital", 26, "二六"},
		{"ideographTraditional", 3, "丙"}, {"ideographTraditional", 11, "11"}, {"decimalEnclosedCircle", 20, "⑳"}, {"decimalEnclosedCircle", 21, "21"},
		{"upperRoman", 1994, "MCMXCIV"}, {"lowerRoman", 4, "iv"}, {"lowerLetter", 27, "aa"}, {"upperLetter", 26, "Z"}, {"decimalZero", 7, "07"},
		{"decimal", 32767, "32767"}, {"", 3, "3"}, {"upperRoman", 32767, "MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMDCCLXVII"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char out[DOCX_COUNT_SIZE];
		docx_count(rows[i].format, rows[i].n, out);
		assert_string_equal(out, rows[i].text);
	}
}

static void test_tables(void **state)
{
	(void)state;
	expect_text(P("前") "<w:tbl><w:tr><w:tc>" P("a") P("b") "</w:tc><w:tc>" P("c") P("d") "</w:tc><w:tc><w:p/></w:tc></w:tr><w:tr><w:tc>" P(
				"只") P("一格") "</w:tc></w:tr></w:tbl>" P("后"),
	            "前\na b\tc d\t\n只\n一格\n后\n");
	/* A table in a cell of a table is of that cell. */
	expect_text("<w:tbl><w:tr><w:tc>" P("甲") "</w:tc><w:tc><w:tbl><w:tr><w:tc>" P("x") "</w:tc><w:tc>" P("y") "</w:tc></w:tr></w:tbl>" P("z")
	            "</w:tc></w:tr></w:tbl>",
	            "甲\tx y z\n");
}

static void test_refused(void **state)
{
	(void)state;
	struct document_note note;
	assert_null(read_body("<w:p/>", ERR_INVALID, &note));
	assert_non_null(strstr(note.text, "没有文字"));
	assert_null(read_body("<w:p>", ERR_INVALID, &note));
	assert_non_null(strstr(note.text, "已损坏"));
	/* Deeper than any document: nothing is lost but what lies below. */
	char body[4000] = "";
	for (int i = 0; i < 100; i++)
		strcat(body, "<w:p>");
	strcat(body, "<w:r><w:t>深</w:t></w:r>");
	for (int i = 0; i < 100; i++)
		strcat(body, "</w:p>");
	assert_null(read_body(body, ERR_INVALID, &note));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paragraphs), cmocka_unit_test(test_numbers), cmocka_unit_test(test_counting),
		cmocka_unit_test(test_tables),     cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
