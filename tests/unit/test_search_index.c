/* links: township/search_index.c kiosk/model/err.c */
/* Texts in memory: what is found, what is not, and that a large heap of them is found again after any growth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "township/search_index.h"

static void id_of(int n, uint8_t id[16])
{
	memset(id, 0, 16);
	id[0] = (uint8_t)(n >> 16);
	id[1] = (uint8_t)(n >> 8);
	id[2] = (uint8_t)n;
	id[15] = 1;
}

static void put(struct search_index *ix, int n, const char *text)
{
	uint8_t id[16];
	id_of(n, id);
	assert_int_equal(search_index_add(ix, id, text, strlen(text)), ERR_OK);
}

static int number_of(const uint8_t id[16])
{
	return id[0] << 16 | id[1] << 8 | id[2];
}

static int by_id(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

/* How many were found, none of them twice; *first is the lowest number. */
static size_t found(struct search_index *ix, const char *words, int *first)
{
	uint8_t(*ids)[16];
	size_t count;
	assert_int_equal(search_index_find(ix, words, &ids, &count), ERR_OK);
	qsort(ids, count, sizeof *ids, by_id);
	*first = count ? number_of(ids[0]) : -1;
	for (size_t i = 1; i < count; i++)
		assert_true(memcmp(ids[i - 1], ids[i], 16) < 0);
	free(ids);
	return count;
}

static void words_are_found_where_they_stand(void **state)
{
	struct search_index *ix;
	int first;
	(void)state;
	assert_int_equal(search_index_new(&ix), ERR_OK);
	assert_int_equal(found(ix, "路灯", &first), 0);
	put(ix, 1, "村口的路灯坏了三个月\n晚上很黑");
	put(ix, 2, "石门村到石湾村的路要修");
	put(ix, 3, "ＡＢＣ电动车 Wi-Fi 没信号");
	put(ix, 4, "");
	assert_int_equal(found(ix, "路灯", &first), 1);
	assert_int_equal(first, 1);
	assert_int_equal(found(ix, "路", &first), 2);
	assert_int_equal(found(ix, "石湾村的路要修", &first), 1);
	assert_int_equal(first, 2);
	assert_int_equal(found(ix, "  路　晚上 ", &first), 1);
	assert_int_equal(first, 1);
	assert_int_equal(found(ix, "路灯 石门", &first), 0);
	assert_int_equal(found(ix, "abc", &first), 1);
	assert_int_equal(first, 3);
	assert_int_equal(found(ix, "ｗｉ-fi", &first), 1);
	/* Not from the end of one text into the beginning of the next. */
	assert_int_equal(found(ix, "要修abc", &first), 0);
	assert_int_equal(found(ix, "灯路", &first), 0);
	search_index_free(ix);
}

static void an_answer_is_found_with_its_case(void **state)
{
	struct search_index *ix;
	size_t cases, bytes, again;
	int first;
	(void)state;
	assert_int_equal(search_index_new(&ix), ERR_OK);
	put(ix, 7, "水管漏水");
	put(ix, 8, "垃圾没人清");
	put(ix, 7, "已由水务站更换");
	assert_int_equal(found(ix, "水务站", &first), 1);
	assert_int_equal(first, 7);
	/* One word in each of the two texts. */
	assert_int_equal(found(ix, "漏水 更换", &first), 1);
	search_index_size(ix, &cases, &bytes);
	assert_int_equal(cases, 2);
	put(ix, 7, "水管漏水");
	search_index_size(ix, &cases, &again);
	assert_int_equal(again, bytes);
	search_index_free(ix);
}

static void what_is_no_search_is_refused(void **state)
{
	struct search_index *ix;
	uint8_t(*ids)[16];
	size_t count;
	char longer[INDEX_BYTES_MAX + 2];
	(void)state;
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	assert_int_equal(search_index_new(&ix), ERR_OK);
	assert_int_equal(search_index_find(ix, "", &ids, &count), ERR_INVALID);
	assert_int_equal(search_index_find(ix, " 　\t", &ids, &count), ERR_INVALID);
	assert_int_equal(search_index_find(ix, longer, &ids, &count), ERR_TOO_LONG);
	assert_int_equal(search_index_find(ix, "a b c d e f g h i", &ids, &count), ERR_TOO_LONG);
	/* Cut off within a character: nothing is read past the end. */
	assert_int_equal(search_index_find(ix, "\xef\xbc", &ids, &count), ERR_OK);
	assert_int_equal(count, 0);
	free(ids);
	search_index_free(ix);
}

/* Several chunks, and the tables grown many times. */
static void thousands_are_found(void **state)
{
	enum { CASES = 30000 };
	struct search_index *ix;
	char text[256];
	uint8_t id[16];
	size_t cases, bytes;
	int first;
	(void)state;
	assert_int_equal(search_index_new(&ix), ERR_OK);
	for (int i = 0; i < CASES; i++) {
		snprintf(text, sizeof text, "第%d号：村里的自来水又停了，%s，请帮忙看看是什么原因，谢谢。", i, i % 1000 == 7 ? "水塔漏" : "水压低");
		put(ix, i, text);
	}
	search_index_size(ix, &cases, &bytes);
	assert_int_equal(cases, CASES);
	assert_true(bytes > 2 * 1024 * 1024);
	assert_int_equal(found(ix, "水塔", &first), CASES / 1000);
	assert_int_equal(first, 7);
	assert_int_equal(found(ix, "自来水", &first), CASES);
	assert_int_equal(found(ix, "第29999号 自来水", &first), 1);
	assert_int_equal(first, 29999);
	id_of(CASES - 1, id);
	assert_true(search_index_has(ix, id));
	id_of(CASES, id);
	assert_false(search_index_has(ix, id));
	search_index_free(ix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_found_where_they_stand),
		cmocka_unit_test(an_answer_is_found_with_its_case),
		cmocka_unit_test(what_is_no_search_is_refused),
		cmocka_unit_test(thousands_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
