/* links: kiosk/model/roster.c kiosk/model/csv.c kiosk/model/utf8.c kiosk/model/roster_ids.c kiosk/model/id_number.c kiosk/model/civil.c kiosk/model/err.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
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

/* The township's own id, where the file has it: a corrected name or birth is still the same person. */
static void test_given_ids(void **state)
{
	(void)state;
	struct roster r;
	struct roster_problems p;
	assert_int_equal(parse("代表编号,姓名,性别,出生年月,选区,层级,电话\n"
	                       "p-1,王芳,女,1979-05,一,乡,'+86 139\n"
	                       "p-1,王芳,女,1979-05,一,县,\n"
	                       "p-2,王芳,女,1979-05,一,乡,'不是公式\n"
	                       ",王芳,女,1979-05,一,乡,\n", &r, &p), ERR_OK);
	assert_int_equal(r.count, 3);
	assert_string_equal(r.people[0].id, "p-1");
	assert_int_equal(r.people[0].mandate_count, 2);
	assert_string_equal(r.people[0].phone, "+86 139");
	assert_string_equal(r.people[1].phone, "'不是公式");
	assert_string_equal(r.people[2].id, "p-e12b1482d290d8c6");
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
	{"代表编号,姓名,出生年月,选区,层级\np 1,王芳,1979-05,一,乡\n", 2, "代表编号只能用小写字母、数字和 - _ .；新代表请空着",
	 "代表编号只能用小写字母、数字和 - _ .；新代表请空着：p 1"},
	{"代表编号,姓名,出生年月,选区,层级\np-1,王芳,1979-05,一,乡\np-1,李山,1979-05,一,县\n", 3,
	 "同一个代表编号的两行，姓名或出生年月不一样", "同一个代表编号的两行，姓名或出生年月不一样：李山"},
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

#define IDS "姓名,性别,出生年月,选区,层级,身份证号\n"
#define WANG "王芳,女,1979-05,一,乡,"
#define ID_A "990101197905020026"
#define ID_A_OTHER "990101197905020042"

static const struct { const char *text; int row; const char *fault, *who; } bad_ids[] = {
	{IDS WANG "990101197905020025\n", 2, "身份证号不对，请核对每一位", "王芳"},
	{IDS WANG "99010119790502002\n", 2, "身份证号不对，请核对每一位", "王芳"},
	{IDS WANG ID_A "0\n", 2, "身份证号不对，请核对每一位", "王芳"},
	{IDS WANG "9.90101E+17\n", 2, "身份证号不对，请核对每一位", "王芳"}, /* what spreadsheets make of long numbers */
	{IDS WANG "无\n", 2, "身份证号不对，请核对每一位", "王芳"},
	{IDS WANG "440524188001010014\n", 2, "身份证号里的出生年月和这一行写的不一样", "王芳"},
	{IDS WANG ID_A "\n王芳,女,1979-05,二,县," ID_A_OTHER "\n", 3, "同一个人的身份证号写得不一样", "王芳"},
	{IDS WANG ID_A "\n李山,男,1979-05,二,县," ID_A "\n", 0, "两个人的身份证号一样", NULL},
};

static void test_bad_ids(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_ids / sizeof bad_ids[0]; i++) {
		struct roster r;
		struct roster_problems p;
		assert_int_equal(parse(bad_ids[i].text, &r, &p), ERR_INVALID);
		assert_int_equal(p.count, 1);
		assert_int_equal(p.items[0].row, bad_ids[i].row);
		assert_string_equal(p.items[0].fault, bad_ids[i].fault);
		if (bad_ids[i].who)
			assert_non_null(strstr(p.items[0].what, bad_ids[i].who));
		assert_null(strstr(p.items[0].what, "9901011979")); /* it may be kept in a log */
		roster_clear(&r);
		roster_problems_clear(&p);
	}
}

/* How offices head and write it, and what is taken for it. */
static const struct { const char *heading, *cell, *number; } written[] = {
	{"身份证号", ID_A, ID_A},
	{"身份证号码", ID_A, ID_A},
	{"公民身份号码", ID_A, ID_A},
	{"身份证号", "  990101 19790502 0026 ", ID_A},
	{"身份证号", "'" ID_A, ID_A},
	{"身份证号", "99010119790502019X", "99010119790502019X"},
	{"身份证号", "99010119790502019x", "99010119790502019X"},
	{"身份证号", "", ""},
	{"备注", ID_A, ""}, /* another column */
};

static void test_written_ids(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
		struct roster r;
		struct roster_problems p;
		char text[512];
		snprintf(text, sizeof text, "姓名,性别,出生年月,选区,层级,%s\n" WANG "%s\n", written[i].heading, written[i].cell);
		if (parse(text, &r, &p) != ERR_OK)
			fail_msg("%s: %s", text, p.items[0].what);
		assert_string_equal(r.people[0].id_number, written[i].number);
		assert_false(r.people[0].has_digest);
		roster_clear(&r);
		roster_problems_clear(&p);
	}
}

/* The number goes, its digest stays; who had none has none. */
static void test_digests(void **state)
{
	(void)state;
	static const char text[] = IDS WANG "\n王芳,女,1979-05,二,县," ID_A "\n李山,男,1980-01,二,乡,\n";
	const struct id_params cheap = {{1}, 1, 64};
	struct id_params dear = cheap;
	struct roster r;
	struct roster_problems p;
	uint8_t digest[ID_DIGEST_BYTES];
	static const char wiped[ID_NUMBER_SIZE];
	assert_int_equal(parse(text, &r, &p), ERR_OK);
	assert_int_equal(r.count, 2);
	assert_string_equal(r.people[0].id_number, ID_A); /* of the row that has it */
	assert_int_equal(roster_digest_ids(&r, &cheap), ERR_OK);
	assert_int_equal(id_digest(ID_A, &cheap, digest), ERR_OK);
	assert_true(r.people[0].has_digest);
	assert_memory_equal(r.people[0].id_digest, digest, sizeof digest);
	assert_memory_equal(&r.people[0].id_params, &cheap, sizeof(struct id_params));
	assert_memory_equal(r.people[0].id_number, wiped, sizeof wiped);
	assert_false(r.people[1].has_digest);
	roster_clear(&r);
	roster_problems_clear(&p);

	/* and when no digest can be made of it, too */
	dear.mem_kib = ID_ARGON_MEM_MAX_KIB + 1;
	assert_int_equal(parse(text, &r, &p), ERR_OK);
	assert_int_equal(roster_digest_ids(&r, &dear), ERR_INVALID);
	assert_false(r.people[0].has_digest);
	assert_memory_equal(r.people[0].id_number, wiped, sizeof wiped);
	roster_clear(&r);
	roster_problems_clear(&p);
}

#ifdef __SANITIZE_ADDRESS__
/* What is given back to the allocator, while the memory test looks: no block of it may hold part of an ID number. */
#define REGION "990101197905"
static volatile struct { bool looking; size_t blocks, leaks; } given_back; /* volatile: free() is known to change nothing */

size_t __sanitizer_get_allocated_size(const volatile void *p);
void __sanitizer_free_hook(const volatile void *p);
void __sanitizer_free_hook(const volatile void *p)
{
	if (!given_back.looking || !p)
		return;
	given_back.blocks = given_back.blocks + 1;
	if (memmem((const char *)(uintptr_t)p, __sanitizer_get_allocated_size(p), REGION, sizeof REGION - 1))
		given_back.leaks = given_back.leaks + 1;
}

/* Rows enough that the people move house several times, some of them wrong. */
static size_t many_ids(char *text, size_t size, int rows, bool wrong)
{
	static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	size_t n = (size_t)snprintf(text, size, IDS);
	for (int i = 0; i < rows; i++) {
		char number[ID_NUMBER_SIZE + 8];
		int sum = 0;
		snprintf(number, sizeof number, REGION "02%03d", i);
		for (int k = 0; k < 17; k++)
			sum += weights[k] * (number[k] - '0');
		n += (size_t)snprintf(text + n, size - n, "甲%d,女,%s,一,乡,%.17s%c\n", i, wrong && i % 3 == 0 ? "1980-01" : "1979-05", number,
		                      "10X98765432"[(sum + (wrong && i % 3 == 1)) % 11]);
	}
	return n;
}

static void test_no_number_stays(void **state)
{
	(void)state;
	enum { ROWS = 600 };
	static char text[ROWS * 64 + 128];
	static const struct { bool wrong, digests; } ways[] = {{false, true}, {false, false}, {true, false}};
	const struct id_params cheap = {{1}, 1, 8};
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		struct roster r;
		struct roster_problems p;
		size_t len = many_ids(text, sizeof text, ROWS, ways[i].wrong);
		given_back.looking = true;
		given_back.blocks = given_back.leaks = 0;
		assert_int_equal(roster_parse_csv(text, len, &r, &p), ways[i].wrong ? ERR_INVALID : ERR_OK);
		assert_int_equal(p.count, ways[i].wrong ? ROWS / 3 * 2 : 0);
		if (ways[i].digests) {
			assert_int_equal(r.count, ROWS);
			assert_int_equal(roster_digest_ids(&r, &cheap), ERR_OK);
			assert_null(memmem(r.people, r.count * sizeof *r.people, REGION, sizeof REGION - 1));
		}
		roster_clear(&r);
		roster_problems_clear(&p);
		given_back.looking = false;
		assert_true(given_back.blocks >= 4);
		assert_int_equal(given_back.leaks, 0);
	}
	given_back.looking = true; /* and it would have been seen */
	char *volatile copy = strdup(REGION);
	free(copy);
	given_back.looking = false;
	assert_int_equal(given_back.leaks, 1);
}
#else
static void test_no_number_stays(void **state)
{
	(void)state;
	skip(); /* only AddressSanitizer shows what is given back */
}
#endif

/* Every person of the demo has a number of the region that does not exist, with the birth of their row. */
static void test_demo(void **state)
{
	(void)state;
	static char text[1 << 16];
	struct roster r;
	struct roster_problems p;
	FILE *f = fopen("db/demo/roster.csv", "rb");
	assert_non_null(f);
	size_t len = fread(text, 1, sizeof text, f);
	fclose(f);
	assert_true(len > 0 && len < sizeof text);
	assert_int_equal(roster_parse_csv(text, len, &r, &p), ERR_OK);
	assert_int_equal(r.count, 91);
	for (size_t i = 0; i < r.count; i++) {
		assert_true(id_number_ok(r.people[i].id_number));
		assert_memory_equal(r.people[i].id_number, "990101", 6);
		bool woman = strcmp(r.people[i].gender, "女") == 0;
		assert_int_equal((r.people[i].id_number[16] - '0') % 2, woman ? 0 : 1);
	}
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
		cmocka_unit_test(test_people), cmocka_unit_test(test_id), cmocka_unit_test(test_given_ids), cmocka_unit_test(test_bad_rows),
		cmocka_unit_test(test_every_bad_row_is_told), cmocka_unit_test(test_bad_ids), cmocka_unit_test(test_written_ids),
		cmocka_unit_test(test_digests), cmocka_unit_test(test_no_number_stays), cmocka_unit_test(test_demo), cmocka_unit_test(test_csv),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
