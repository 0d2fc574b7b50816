/* links: kiosk/ui/pinyin.c kiosk/ui/pinyin_words.c kiosk/model/utf8.c kiosk/model/err.c */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ui/pinyin.h"

/* pinyin_init of libpinyin 2.8.1 loses three handles of its user tables, 16 KB a call. The slow unwinder is needed to see
 * its name: Berkeley DB is built without frame pointers. */
const char *__lsan_default_suppressions(void);
const char *__asan_default_options(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:pinyin_init\n";
}
const char *__asan_default_options(void)
{
	return "fast_unwind_on_malloc=0";
}

static struct pinyin *py;
static char home[] = "/tmp/test-pinyin-XXXXXX";

static int set_up(void **state)
{
	(void)state;
	return !mkdtemp(home) || setenv("XDG_RUNTIME_DIR", home, 1) || pinyin_create(&py) != ERR_OK;
}

static int tear_down(void **state)
{
	(void)state;
	pinyin_destroy(py);
	return rmdir(home);
}

static int empty(void **state)
{
	(void)state;
	pinyin_clear(py);
	return 0;
}

static void type(const char *letters)
{
	for (; *letters; letters++)
		assert_int_equal(pinyin_type(py, *letters), ERR_OK);
}

static size_t place(const struct candidates *c, const char *text)
{
	size_t i = 0;
	while (i < c->count && strcmp(c->items[i], text) != 0)
		i++;
	return i;
}

static const char *choose(const char *text)
{
	const char *commit = NULL;
	size_t at = place(pinyin_candidates(py), text);
	if (at == pinyin_candidates(py)->count)
		fail_msg("%s is not offered for %s", text, pinyin_typed(py));
	assert_int_equal(pinyin_choose(py, at, &commit), ERR_OK);
	return commit;
}

static void sentences_and_abbreviations(void **state)
{
	(void)state;
	static const struct { const char *letters, *first, *preedit; } CASES[] = {
		{ "renmindaibiao", "人民代表", "ren'min'dai'biao" },
		{ "rmdb", "人民代表", "r'm'd'b" },
		{ "xi'an", "西安", "xi'an" },
		{ "womencunkoudelumeiyouxiu", "我们村口的路没有修", "wo'men'cun'kou'de'lu'mei'you'xiu" },
		{ "lvse", "绿色", "lv'se" },
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		pinyin_clear(py);
		type(CASES[i].letters);
		assert_string_equal(pinyin_typed(py), CASES[i].letters);
		assert_string_equal(pinyin_preedit(py), CASES[i].preedit);
		assert_string_equal(pinyin_candidates(py)->items[0], CASES[i].first);
		const char *commit = NULL;
		assert_int_equal(pinyin_choose(py, 0, &commit), ERR_OK);
		assert_string_equal(commit, CASES[i].first);
		assert_string_equal(pinyin_typed(py), "");
		assert_string_equal(pinyin_preedit(py), "");
	}
}

static void country_speech(void **state)
{
	(void)state;
	static const struct { const char *letters, *meant; } CASES[] = {
		{ "zongguo", "中国" }, { "sangxue", "上学" }, { "cengshi", "城市" }, { "lihao", "你好" }, { "xingwen", "新闻" },
		{ "senghuo", "生活" },
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		pinyin_clear(py);
		type(CASES[i].letters);
		if (place(pinyin_candidates(py), CASES[i].meant) >= 24)
			fail_msg("%s does not give %s", CASES[i].letters, CASES[i].meant);
	}
}

static void choosing_a_part_leaves_the_rest(void **state)
{
	(void)state;
	type("renmindaibiao");
	assert_string_equal(choose("人民"), "");
	assert_string_equal(pinyin_typed(py), "daibiao");
	assert_string_equal(pinyin_preedit(py), "人民 dai'biao");
	assert_string_equal(choose("代"), "");
	assert_string_equal(pinyin_preedit(py), "人民代 biao");
	/* Taken back letter by letter, and then choice by choice. */
	for (int i = 0; i < 4; i++)
		pinyin_backspace(py);
	assert_string_equal(pinyin_typed(py), "daibiao");
	assert_string_equal(pinyin_preedit(py), "人民 dai'biao");
	assert_string_equal(choose("代表"), "人民代表");
	pinyin_backspace(py);
	assert_string_equal(pinyin_preedit(py), "");
}

static void rare_homophones_are_within_reach(void **state)
{
	(void)state;
	type("yi");
	const struct candidates *c = pinyin_candidates(py);
	assert_true(c->count > 60 && c->count <= CANDIDATES_MAX);
	assert_true(place(c, "漪") < c->count || place(c, "颐") < c->count);
	for (size_t i = 0; i < c->count; i++)
		for (size_t k = i + 1; k < c->count; k++)
			assert_string_not_equal(c->items[i], c->items[k]);
}

static void odd_letters(void **state)
{
	(void)state;
	const char *commit = NULL;
	assert_int_equal(pinyin_type(py, '\''), ERR_INVALID);
	assert_int_equal(pinyin_type(py, 'A'), ERR_INVALID);
	assert_int_equal(pinyin_type(py, '1'), ERR_INVALID);
	assert_int_equal(pinyin_type(py, '\n'), ERR_INVALID);
	assert_int_equal(pinyin_candidates(py)->count, 0);
	assert_int_equal(pinyin_choose(py, 0, &commit), ERR_INVALID);
	pinyin_backspace(py);
	/* No syllable begins so: the letters themselves are offered. */
	type("uiv");
	assert_string_equal(choose("uiv"), "uiv");
	static const char *const ODD[] = { "a'''", "xi'''an", "x'q'z'v", "aaaaaaaaaaaaaaaaaaaa", "zhuangzhuangzhuangzhuang", "v", "nguo" };
	for (size_t i = 0; i < sizeof ODD / sizeof ODD[0]; i++) {
		pinyin_clear(py);
		type(ODD[i]);
		for (int turn = 0; pinyin_typed(py)[0]; turn++) {
			assert_true(turn < 30 && pinyin_candidates(py)->count > 0);
			assert_int_equal(pinyin_choose(py, pinyin_candidates(py)->count - 1, &commit), ERR_OK);
		}
		assert_true(commit[0]);
	}
	pinyin_clear(py);
	for (int i = 0; i < 60; i++)
		assert_int_equal(pinyin_type(py, "shi"[i % 3]), ERR_OK);
	assert_int_equal(pinyin_type(py, 'a'), ERR_TOO_LONG);
	assert_true(pinyin_candidates(py)->count > 0);
}

/* Any letters in any order neither stop the library nor leave a dead end. */
static void any_letters(void **state)
{
	(void)state;
	uint64_t seed = 3;
	for (int run = 0; run < 60; run++) {
		pinyin_clear(py);
		for (int i = 0; i < 12; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			unsigned r = (unsigned)(seed >> 33);
			const char *commit = NULL;
			if (r % 11 == 0)
				pinyin_backspace(py);
			else if (r % 13 == 0 && pinyin_candidates(py)->count > 0)
				assert_int_equal(pinyin_choose(py, r / 13 % pinyin_candidates(py)->count, &commit), ERR_OK);
			else
				(void)!pinyin_type(py, "abcdefghijklmnopqrstuvwxyz'"[r / 143 % 27]);
			assert_true(!pinyin_typed(py)[0] || pinyin_candidates(py)->count > 0);
		}
	}
}

static bool predicted(const char *before, const char *word, size_t among)
{
	struct candidates c;
	assert_int_equal(pinyin_predict(py, before, strlen(before), &c), ERR_OK);
	assert_true(c.count > 0 && c.count <= HANDWRITING_MAX);
	return place(&c, word) < among && place(&c, word) < c.count;
}

static void what_comes_next(void **state)
{
	(void)state;
	assert_true(predicted("", "我们", 24));
	assert_true(predicted("路坏了。", "我们", 24));
	assert_true(predicted("我", "们", 3));
	assert_true(predicted("我们希望", "能", 8));
	assert_true(predicted("村", "民", 8));
	assert_true(predicted("人大代表", "的", 8));
	assert_true(predicted("𠮷", "的", 24)); /* a character without a word */
	assert_true(predicted("abc 123", "我", 24));
	struct candidates c;
	assert_int_equal(pinyin_predict(py, "\xe6\x9d", 2, &c), ERR_INVALID);
}

static void predictions_do_not_disturb_typing(void **state)
{
	(void)state;
	type("renmindai");
	assert_true(predicted("我们", "的", 24));
	assert_string_equal(pinyin_preedit(py), "ren'min'dai");
	type("biao");
	assert_string_equal(choose("人民代表"), "人民代表");
}

static void initials_of_names(void **state)
{
	(void)state;
	static const struct { const char *name, *initials; } CASES[] = {
		{ "张玉兰", "ZYL" }, { "单雄信", "SXX" }, { "解缙", "XJ" }, { "仇英", "QY" }, { "曾国强", "ZGQ" }, { "查良镛", "ZLY" },
		{ "尉迟恭", "YCG" }, { "欧阳修", "OYX" }, { "吕布", "LB" }, { "买买提·吐尔逊", "MMTTEX" }, { "張偉", "ZW" }, { "王A", "WA" },
	};
	char out[16];
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		assert_int_equal(pinyin_initials(py, CASES[i].name, out, sizeof out), ERR_OK);
		assert_string_equal(out, CASES[i].initials);
	}
	assert_int_equal(pinyin_initials(py, "𠮷田", out, sizeof out), ERR_NOT_FOUND);
	assert_int_equal(pinyin_initials(py, "", out, sizeof out), ERR_INVALID);
	assert_int_equal(pinyin_initials(py, "张玉兰", out, 3), ERR_TOO_LONG);
}

/* What is chosen twenty times is offered where it was before, and nothing is on the disk. */
static void nothing_is_learnt(void **state)
{
	(void)state;
	type("shishi");
	size_t before = place(pinyin_candidates(py), "事实"), last = pinyin_candidates(py)->count - 1;
	char word[CANDIDATE_SIZE];
	snprintf(word, sizeof word, "%s", pinyin_candidates(py)->items[10]);
	pinyin_clear(py);
	for (int i = 0; i < 20; i++) {
		type("shishi");
		(void)choose(word);
		pinyin_clear(py);
	}
	type("shishi");
	assert_string_equal(pinyin_candidates(py)->items[10], word);
	assert_int_equal(place(pinyin_candidates(py), "事实"), before);
	assert_int_equal(pinyin_candidates(py)->count - 1, last);
	DIR *d = opendir(home);
	assert_non_null(d);
	int files = 0;
	for (struct dirent *e; (e = readdir(d));)
		files += e->d_name[0] != '.';
	closedir(d);
	assert_int_equal(files, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(sentences_and_abbreviations, empty),
		cmocka_unit_test_setup(country_speech, empty),
		cmocka_unit_test_setup(choosing_a_part_leaves_the_rest, empty),
		cmocka_unit_test_setup(rare_homophones_are_within_reach, empty),
		cmocka_unit_test_setup(odd_letters, empty),
		cmocka_unit_test_setup(any_letters, empty),
		cmocka_unit_test_setup(what_comes_next, empty),
		cmocka_unit_test_setup(predictions_do_not_disturb_typing, empty),
		cmocka_unit_test_setup(initials_of_names, empty),
		cmocka_unit_test_setup(nothing_is_learnt, empty),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
