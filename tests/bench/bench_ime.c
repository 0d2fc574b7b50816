/* bench_ime: how long the candidates take, by hand after every stroke and in pinyin after every letter, and the words that
 * may come next. Prints a line each: name, median, 99th percentile; exit 1 where a limit is missed. Run from the top of the tree. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/strokes_fixture.h"
#include "ui/handwriting.h"
#include "ui/pinyin.h"
#include "tests/bench/timing.h"

enum { HAND_LIMIT_MS = 50, PINYIN_LIMIT_MS = 20, TIMES_MAX = 20000, HANDS = 5 };

struct times { double ms[TIMES_MAX]; size_t count; };

static struct times hand, letters, predictions;

static void add(struct times *t, double from)
{
	if (t->count < TIMES_MAX)
		t->ms[t->count++] = now_ms() - from;
}

static bool print_kept(const char *name, struct times *t, double limit_ms)
{
	return print_times(name, t->ms, t->count) <= limit_ms;
}

static void check(enum err e, const char *what)
{
	if (e == ERR_OK)
		return;
	fprintf(stderr, "bench_ime: %s: %s\n", what, err_name(e));
	exit(2);
}

/* As the pad asks: after each stroke of the character, for all strokes so far. */
static void write_by_hand(struct handwriting *hw, const struct drawn *d, float crude)
{
	for (size_t strokes = 1; strokes <= d->count; strokes++) {
		struct drawn part = *d;
		struct ink ink = { 0 };
		struct candidates found;
		part.count = strokes;
		check(drawn_ink(&part, crude, 7000, 1500, 1500, &ink), "drawing");
		double from = now_ms();
		check(handwriting_recognise(hw, &ink, &found), "recognising");
		add(&hand, from);
		ink_clear(&ink);
	}
}

static void type(struct pinyin *py, const char *sentence)
{
	for (const char *p = sentence; *p; p++) {
		double from = now_ms();
		check(pinyin_type(py, *p), "typing");
		size_t count = pinyin_candidates(py)->count;
		(void)pinyin_preedit(py);
		add(&letters, from);
		if (!count)
			check(ERR_NOT_FOUND, sentence);
	}
	pinyin_clear(py);
}

static void predict(struct pinyin *py, const char *before)
{
	struct candidates found;
	for (size_t len = 3; len <= strlen(before); len += 3) {
		double from = now_ms();
		check(pinyin_predict(py, before, len, &found), "predicting");
		add(&predictions, from);
	}
}

int main(void)
{
	static const char *const sentences[] = {
		"renmindaibiao", "cunkoudaoxiaoxuedelu", "yixiayujiujishui", "haizimenshangxueyaoraoxing", "xiwangxiupaishuigou",
		"zilaishuigeyitiancailaiyici", "qingbangmangchachashishenmeyuanyin", "gaolingjintieconglaimeiyoudaozhang", "rmdb",
		"jianyizaiqiaotouheweishengshimenkougezhuangyizhanludeng", "xiexiedaibiaowomenyijingxiuhaole", "zh", "shuang",
	};
	static const char *const texts[] = { "村口到小学的路一下雨就积水孩子们上学要绕行希望修排水沟", "高龄津贴从去年九月就没有到账请帮忙查一查" };
	struct handwriting *hw;
	struct pinyin *py;
	double from = now_ms();
	check(handwriting_create(&hw), "handwriting");
	printf("%-44s %9.3f ms\n", "handwriting loaded", now_ms() - from);
	from = now_ms();
	check(pinyin_create(&py), "pinyin");
	printf("%-44s %9.3f ms\n", "pinyin loaded", now_ms() - from);
	if (drawn_load("tests/data/strokes.txt") || !drawn_count)
		check(ERR_NOT_FOUND, "tests/data/strokes.txt");
	for (int h = 0; h < HANDS; h++)
		for (size_t i = 0; i < drawn_count; i++)
			write_by_hand(hw, &drawn[i], (float)h / (HANDS - 1));
	for (int h = 0; h < HANDS; h++) {
		for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
			type(py, sentences[i]);
		for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
			predict(py, texts[i]);
	}
	bool ok = print_kept("handwriting candidates, after every stroke", &hand, HAND_LIMIT_MS);
	ok = print_kept("pinyin candidates, after every letter", &letters, PINYIN_LIMIT_MS) && ok;
	ok = print_kept("words that may come next", &predictions, PINYIN_LIMIT_MS) && ok;
	pinyin_destroy(py);
	handwriting_destroy(hw);
	return ok ? 0 : 1;
}
