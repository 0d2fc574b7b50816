/* links: kiosk/model/rules_text.c kiosk/model/rules_line.c kiosk/model/utf8.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "model/rules_text.h"

static enum err parse(const char *text, struct rules_text *r)
{
	return rules_text_parse(text, strlen(text), r);
}

static void test_split(void **state)
{
	(void)state;
	struct rules_text r;
	static const char text[] =
		"\xEF\xBB\xBF青禾乡人大规章制度\r\n\r\n一、代表学习制度\r\n第一条 代表应当学习。\r\n第二条 认真遵守本制度\r\n"
		"    附记一行\r\n\r\n　《接待选民办法》　\r\n（一）听\r\n(二) 记\r\n1、转\r\n2. 回\r\n\r\n联络员职责\r\n管好本室。\n勤快。";
	assert_int_equal(parse(text, &r), ERR_OK);
	assert_int_equal(r.count, 3); /* the first line heads the document: nothing stands under it */
	assert_string_equal(r.rules[0].title, "代表学习制度");
	assert_int_equal(r.rules[0].article_count, 2);
	assert_string_equal(r.rules[0].text, "第一条 代表应当学习。\n第二条 认真遵守本制度\n附记一行");
	assert_string_equal(r.rules[1].title, "接待选民办法");
	assert_int_equal(r.rules[1].article_count, 2); /* 1、 and 2. are points of (二) */
	assert_int_equal(r.rules[1].line, 8);
	assert_string_equal(r.rules[1].text, "（一）听\n(二) 记\n1、转\n2. 回");
	assert_string_equal(r.rules[2].title, "联络员职责");
	assert_int_equal(r.rules[2].article_count, 2); /* no numbers: its lines */
	rules_text_clear(&r);
}

static void test_titles(void **state)
{
	(void)state;
	static const struct { const char *line; const char *title; } rows[] = {
		{"代表小组活动制度", "代表小组活动制度"}, {"十二、代表守则", "代表守则"}, {"  评议办法  ", "评议办法"},
		{"实施细则", "实施细则"}, {"按照制度。", NULL}, {"第三条 工作制度", NULL}, {"第三制度", "第三制度"}, {"要求：遵守制度", NULL},
		{"（一）学习制度", NULL}, {"制度", "制度"}, {"制度的作用", "制度的作用"}, {"制度的作用是什么，", NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct rules_text r;
		char text[200];
		strcpy(text, rows[i].line);
		strcat(text, "\n第一条 学习。\n");
		enum err e = parse(text, &r);
		assert_int_equal(e, rows[i].title ? ERR_OK : ERR_INVALID);
		if (rows[i].title)
			assert_string_equal(r.rules[0].title, rows[i].title);
		rules_text_clear(&r);
	}
}

static void test_ids(void **state)
{
	(void)state;
	struct rules_text r, again;
	assert_int_equal(parse("甲制度\n第一条 一\n乙制度\n第一条 一\n甲制度\n第一条 二\n", &r), ERR_OK);
	assert_int_equal(parse("乙制度\n第一条 别的\n", &again), ERR_OK);
	assert_string_equal(r.rules[1].id, again.rules[0].id); /* of the title alone */
	assert_string_not_equal(r.rules[0].id, r.rules[1].id);
	assert_memory_equal(r.rules[2].id, r.rules[0].id, strlen(r.rules[0].id));
	assert_string_equal(r.rules[2].id + strlen(r.rules[0].id), "-2");
	rules_text_clear(&r);
	rules_text_clear(&again);
}

/* How lines are told apart. `doubts`: "kind@line" in order. */
static void expect(const char *text, const char *titles, const char *doubts)
{
	static const char *const kinds[] = {"before", "heading", "title", "text", "split", "number", "again", "signature"};
	struct rules_text r;
	char got[1024] = "", told[1024] = "";
	enum err e = parse(text, &r);
	assert_int_equal(e, titles[0] ? ERR_OK : ERR_INVALID);
	for (size_t i = 0; i < r.count; i++)
		snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s:%zu", i ? " " : "", r.rules[i].title, r.rules[i].article_count);
	for (size_t i = 0; i < r.doubt_count; i++)
		snprintf(told + strlen(told), sizeof told - strlen(told), "%s%s@%zu", i ? " " : "", kinds[r.doubts[i].kind], r.doubts[i].line);
	assert_string_equal(got, titles);
	assert_string_equal(told, doubts);
	rules_text_clear(&r);
}

static void test_numbering(void **state)
{
	(void)state;
	/* half and full width, blanks inside, points under articles */
	expect("学习制度\n第 一 条　甲\n（一）子\n(二)丑\n①寅\n第2条 乙\n１．丙\n2﹒丁\n", "学习制度:2", "");
	expect("学习制度\n一、甲\n1.乙\n2. 丙\n二．丁\n(1)戊\n2）己", "学习制度:2", "");
	expect("学习制度\n1. 每次 1.5 小时\n2.2026 年起\n3.甲", "学习制度:2", "number@4"); /* 2.2026 could be a decimal: said so */
	/* chapters: clauses are counted through, other numbers begin anew */
	expect("工作制度\n第一章 总则\n第一条 甲\n第二条 乙\n第二章 附则\n第三条 丙", "工作制度:3", "");
	expect("工作制度\n第一节 会前\n一、甲\n二、乙\n第二节 会后\n一、丙", "工作制度:3", "");
	/* missing, twice, anew */
	expect("学习制度\n第一条 甲\n第三条 乙\n第三条 丙\n第四条 丁", "学习制度:4", "number@3 number@4");
	expect("学习制度\n一、甲\n二、乙\n一、丙", "学习制度:3", "again@4");
	expect("学习制度\n第十九条 甲\n第二十条 乙\n第二十一条 丙\n第一百零一条 丁", "学习制度:4", "number@2 number@5");
}

static void test_run_together(void **state)
{
	(void)state;
	struct rules_text r;
	expect("学习制度\n第一条 甲。第二条 乙；第三条 丙。\n第四条 丁。第五条规定的除外。", "学习制度:4", "split@2");
	expect("学习制度\n一、甲。二、乙。\n三、丙：（一）子；（二）丑。", "学习制度:3", "split@2");
	assert_int_equal(parse("学习制度\n1、甲；2、乙；3、丙。4.5 万元。", &r), ERR_OK);
	assert_string_equal(r.rules[0].text, "1、甲；\n2、乙；\n3、丙。4.5 万元。");
	rules_text_clear(&r);
}

static void test_doubtful_titles(void **state)
{
	(void)state;
	/* a preface, a heading, a list of contents */
	expect("前言一行。\n\n青禾乡规章制度\n目录\n一、学习制度\n二、考勤制度\n\n一、学习制度\n第一条 甲\n二、考勤制度\n第一条 乙\n",
	       "学习制度:1 考勤制度:1", "before@1 heading@3 heading@5 heading@6");
	expect("青禾乡规章制度\n（2026年修订）\n\n学习制度\n（3月1日通过）\n要学习。", "学习制度:1", "heading@1");
	/* a list inside a rule; numbers that go on; a line that was broken */
	expect("工作制度\n第一条 甲\n第二条 建立：\n一、学习制度\n二、考勤制度\n第三条 丙", "工作制度:3", "text@4 text@5");
	expect("活动制度\n一、时间\n每季一次。\n二、请假制度\n要请假。\n三、考勤", "活动制度:3", "text@4");
	expect("活动制度\n第一条 各代表小组全体代表和列席人员在活动中都要认真执行\n代表学习制度\n第二条 乙", "活动制度:2", "text@3");
	expect("活动制度\n第一条 甲，按照：\n代表学习制度\n考勤制度\n第二条 乙", "活动制度:2", "text@3 text@4");
	/* Word counts on over the next rule */
	expect("活动制度\n第一条 甲\n\n学习制度\n第二条 乙", "活动制度:1 学习制度:1", "number@5");
	/* rules that are numbered themselves */
	expect("一、学习制度\n要学习。\n二、活动制度\n要活动。\n要准时。", "学习制度:1 活动制度:2", "");
	/* titles of other words; a remark behind them */
	expect("代表之家简介\n第一条 甲\n第二条 乙。\n\n五簿一册记录\n第一条 丙\n", "代表之家简介:2 五簿一册记录:1", "title@1 title@5");
	expect("文明公约\n（一）甲\n1、乙\n青禾乡人大\n2026年3月\n代表之家简介\n一、丙", "文明公约:1 代表之家简介:1", "signature@4 signature@5 title@6");
	expect("评议办法（试行）\n第一条 甲", "评议办法（试行）:1", "");
	/* a heading among points is no title */
	expect("学习制度\n第一条 甲：\n学习内容\n1、乙\n第二条 丙", "学习制度:2", "");
}

static void test_signatures(void **state)
{
	(void)state;
	expect("学习制度\n第一条 甲。\n青禾乡人大主席团\n2026年3月1日\n\n联络员职责\n管好本室。\n青禾乡人大办公室　二〇二六年三月\n", "学习制度:1 联络员职责:1",
	       "signature@3 signature@4 signature@8");
	expect("学习制度\n（2026年3月1日）\n第一条 2026年3月1日起施行。\n", "学习制度:1", "signature@2");
}

static void test_articles(void **state)
{
	(void)state;
	static const struct { const char *text; size_t count; } rows[] = {
		{"", 0}, {"甲\n\n乙", 2}, {"前言\n第一条 甲\n（一）乙\n第二条 丙", 2}, {"甲\n青禾乡人大主席团", 1}, {"一、甲\r\n二、乙\r\n", 2},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(rules_articles(rows[i].text, strlen(rows[i].text)), rows[i].count);
}

static void test_refused(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "学习制度\n", "学习制度\n\xFF\n", "只有一段话。", "要求：\n遵守。"};
	struct rules_text r;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_int_equal(parse(texts[i], &r), ERR_INVALID);
		assert_int_equal(r.count, 0);
		rules_text_clear(&r);
	}
	/* More rules than any wall holds. */
	enum { ONE = sizeof "学习制度\n第一条 甲\n" - 1 };
	char *many = malloc((RULES_MAX + 1) * ONE + 1);
	assert_non_null(many);
	for (size_t i = 0; i <= RULES_MAX; i++)
		memcpy(many + i * ONE, "学习制度\n第一条 甲\n", ONE + 1);
	assert_int_equal(parse(many, &r), ERR_TOO_LONG);
	assert_int_equal(r.count, 0);
	rules_text_clear(&r);
	free(many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split), cmocka_unit_test(test_titles), cmocka_unit_test(test_ids),
		cmocka_unit_test(test_numbering), cmocka_unit_test(test_run_together), cmocka_unit_test(test_doubtful_titles),
		cmocka_unit_test(test_signatures), cmocka_unit_test(test_articles), cmocka_unit_test(test_refused),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
