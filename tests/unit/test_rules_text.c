/* links: kiosk/model/rules_text.c kiosk/model/utf8.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
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
	assert_int_equal(r.rules[1].article_count, 4);
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
		{"实施细则", "实施细则"}, {"按照制度。", NULL}, {"第三条 工作制度", NULL}, {"要求：遵守制度", NULL},
		{"（一）学习制度", NULL}, {"制度", "制度"}, {"制度的作用", NULL},
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

static void test_refused(void **state)
{
	(void)state;
	struct rules_text r;
	assert_int_equal(parse("", &r), ERR_INVALID);
	assert_int_equal(parse("学习制度\n", &r), ERR_INVALID);
	assert_int_equal(parse("学习制度\n\xFF\n", &r), ERR_INVALID);
	assert_int_equal(parse("没有标题\n第一条 x\n", &r), ERR_INVALID);
	assert_int_equal(r.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split), cmocka_unit_test(test_titles), cmocka_unit_test(test_ids),
		cmocka_unit_test(test_refused),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
