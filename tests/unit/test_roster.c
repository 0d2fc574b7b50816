/* links: kiosk/model/roster.c kiosk/model/csv.c kiosk/model/utf8.c kiosk/model/roster_ids.c kiosk/model/id_number.c kiosk/model/civil.c kiosk/model/err.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "model/csv.h"
#include "model/roster.h"

#define HEAD "姓名,性别,民族,出生年月,职务,选区,所辖村,代表小组,小组职务,层级,电话\n"

static enum err parse(const char *text, struct roster *r, struct roster_problems *p)
{
	return roster_parse_csv(text, strlen(text), r, p);
}

static void test_people(void **state)
{
	(void)state;
	struct roster r;
	struct roster_problems p;
	static const char text[] =
		"\xEF\xBB\xBF层级,备注,姓名,性别,出生年月,选区,所辖村,职务,电话\r\n"
		"乡,x,\"王　芳\",女,1979-05,第一选区,\"青禾村、上禾村\",教师,\r\n"
		"\r\n"
		"县,,王芳,女,1979年5月,第三选区,石门村,,138\r\n"
		"市、县,,\"李 \"\"大\"\" 山\",男,198111,全乡,,农民,\r\n"
		"乡,,古丽巴哈尔·吐尔逊,女,1981/3/2,第二选区,,,\r\n"
		"乡,,王芳,女,1981-11,第二选区,,,\r\n";
	assert_int_equal(parse(text, &r, &p), ERR_OK);
	assert_int_equal(r.count, 4);
	const struct roster_person *a = &r.people[0];
	assert_string_equal(a->name, "王芳");
	assert_string_equal(a->birth, "1979-05");
	assert_string_equal(a->job, "教师");
	assert_string_equal(a->phone, "138"); /* filled in by the second row */
	assert_int_equal(a->mandate_count, 2);
	assert_string_equal(a->mandates[0].level, "township");
	assert_string_equal(a->mandates[0].villages, "青禾村、上禾村");
	assert_string_equal(a->mandates[1].level, "county");
	assert_string_equal(a->mandates[1].constituency, "第三选区");
	assert_string_equal(r.people[1].name, "李 \"大\" 山");
	assert_string_equal(r.people[1].birth, "1981-11");
	assert_int_equal(r.people[1].mandate_count, 2);
	assert_string_equal(r.people[2].birth, "1981-03");
	assert_string_equal(r.people[3].name, "王芳"); /* another person of that name */
	assert_string_not_equal(r.people[3].id, a->id);
	roster_clear(&r);
	roster_problems_clear(&p);
}

/* hashlib.blake2b("王芳\0" "1979-05\0" "女\0", digest_size=32).hexdigest()[:16] */
static void test_id(void **state)
{
	(void)state;
	struct roster r;
	struct roster_problems p;
	assert_int_equal(parse(HEAD "王芳,女,,1979-05,,第一选区,,,,乡,\n", &r, &p), ERR_OK);
	assert_string_equal(r.people[0].id, "p-e12b1482d290d8c6");
	roster_clear(&r);
	roster_problems_clear(&p);
}

static const struct { const char *text; int row; const char *fault, *what; } bad[] = {
	{"", 1, "文件是空的", "文件是空的"},
	{HEAD, 1, "名册里没有人", "名册里没有人"},
	{"姓名,层级,选区\n", 1, "第一行缺少这一列的标题", "第一行缺少这一列的标题：出生年月"},
	{HEAD ",女,,1979-05,,一,,,,乡,\n", 2, "没有写姓名", "没有写姓名"},
	{HEAD "王芳,女,,1979-13,,一,,,,乡,\n", 2, "出生年月应当像 1979-05", "出生年月应当像 1979-05：1979-13"},
	{HEAD "王芳,女,,,,一,,,,乡,\n", 2, "出生年月应当像 1979-05", "出生年月应当像 1979-05"},
	{HEAD "王芳,雌,,1979-05,,一,,,,乡,\n", 2, "性别应当是 男 或 女", "性别应当是 男 或 女：雌"},
	{HEAD "\n王芳,女,,1979-05,,一,,,,国,\n", 3, "层级应当是 乡、县 或 市", "层级应当是 乡、县 或 市：国"},
	{HEAD "王芳,女,,1979-05,,一,,,,,\n", 2, "没有写层级（乡、县 或 市）", "没有写层级（乡、县 或 市）：王芳"},
	{HEAD "王芳,女,,1979-05,,一,,,,乡,\n王芳,女,,1979-05,,二,,,,镇,\n", 3, "同一个人的同一层级写了两次",
	 "同一个人的同一层级写了两次：王芳"},
	{HEAD "\"王芳,女,,1979-05,,一,,,,乡,\n", 2, "引号没有成对，或列太多", "引号没有成对，或列太多"},
	{HEAD "王\xFF,女,,1979-05,,一,,,,乡,\n", 2, "不是 UTF-8 文字，请用 UTF-8 编码另存", "不是 UTF-8 文字，请用 UTF-8 编码另存"},
};

static void test_bad_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct roster r;
		struct roster_problems p;
		assert_int_equal(parse(bad[i].text, &r, &p), ERR_INVALID);
		assert_int_equal(p.count, 1);
		assert_int_equal(p.items[0].row, bad[i].row);
		assert_string_equal(p.items[0].fault, bad[i].fault);
		assert_string_equal(p.items[0].what, bad[i].what);
		roster_clear(&r);
		roster_problems_clear(&p);
	}
}

static void test_every_bad_row_is_told(void **state)
{
	(void)state;
	struct roster r;
	struct roster_problems p;
	char text[8192] = HEAD;
	strcat(text, "王芳,女,,1979-05,,一,,,,乡,\n,,,,,,,,,乡,\n张三,男,,x,,,,,,乡,\n李四,男,,1980-01,\"");
	memset(text + strlen(text), 'j', 300);
	strcat(text, "\",,,,,乡,\n");
	assert_int_equal(parse(text, &r, &p), ERR_INVALID);
	assert_int_equal(p.count, 3);
	assert_int_equal(p.items[0].row, 3);
	assert_int_equal(p.items[1].row, 4);
	assert_int_equal(p.items[2].row, 5);
	assert_string_equal(p.items[2].fault, "内容太长");
	roster_clear(&r);
	roster_problems_clear(&p);
}

static void test_csv(void **state)
{
	(void)state;
	static const char text[] = "\xEF\xBB\xBF" "a, b ,\"c \"\"d\"\"\n e\",\r\n\n , ,\n\"x\"\n1";
	struct csv csv;
	struct csv_row row;
	assert_int_equal(csv_open(text, sizeof text - 1, &csv), ERR_OK);
	assert_int_equal(csv_next(&csv, &row), ERR_OK);
	assert_int_equal(row.count, 4);
	assert_int_equal(row.line, 1);
	assert_string_equal(row.fields[0], "a");
	assert_string_equal(row.fields[1], "b");
	assert_string_equal(row.fields[2], "c \"d\"\n e");
	assert_string_equal(row.fields[3], "");
	assert_int_equal(csv_next(&csv, &row), ERR_OK);
	assert_int_equal(row.line, 5);
	assert_string_equal(row.fields[0], "x");
	assert_int_equal(csv_next(&csv, &row), ERR_OK);
	assert_string_equal(row.fields[0], "1");
	assert_int_equal(csv_next(&csv, &row), ERR_NOT_FOUND);
	csv_close(&csv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_people), cmocka_unit_test(test_id), cmocka_unit_test(test_bad_rows),
		cmocka_unit_test(test_every_bad_row_is_told), cmocka_unit_test(test_csv),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
