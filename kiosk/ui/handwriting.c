#include "ui/handwriting.h"

#include <iconv.h>
#include <math.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "model/str.h"
#include "ui/common_characters.h"
#include "ui/glyph.h"
#include "ui/marks.h"
#include "ui/stroke_model.h"
#include "ui/stroke_readings.h"

/* A score from which the strokes are taken as written. */
static const float SURE = 0.35f;
/* Some characters are known from hands that wrote them small (口 against 囗). */
static const float SMALL = 0.65f, SMALL_COST = 0.1f;
/* Look-alikes are many, and most are hardly ever written: the commonest character gets this much, falling to a part of it at
 * the end of the list; those outside GB 2312's first level lose. */
static const float COMMON_BONUS = 0.8f, RARE_COST = 0.3f;

struct handwriting {
	struct stroke_model *model;   /* owned */
	size_t count;
	float *bonus, *best, *trial;  /* owned; count each */
	struct glyph glyph, reading;  /* the visitor's hand: wiped after each query */
};

static const char *const MODEL_PATHS[] = {
	"/usr/share/tegaki/models/zinnia/handwriting-zh_CN.model",
	"/usr/local/share/tegaki/models/zinnia/handwriting-zh_CN.model",
};

/* GB 2312's first level, the 3,755 characters in daily use, is its rows 16 to 55. */
static bool is_rare(iconv_t to_gb, const char *utf8)
{
	char in[8] = "", out[8], *from = in, *to = out;
	size_t left = strlen(utf8), room = sizeof out;
	if (to_gb == (iconv_t)-1 || !str_copy(in, sizeof in, utf8))
		return false;
	return iconv(to_gb, &from, &left, &to, &room) == 0 && (unsigned char)out[0] > 0xa0 + 55;
}

static void set_bonus(struct handwriting *hw)
{
	size_t len = sizeof COMMON_CHARACTERS - 1;
	iconv_t to_gb = iconv_open("EUC-CN", "UTF-8");
	for (size_t i = 0; i < hw->count; i++) {
		const char *c = stroke_model_character(hw->model, i);
		const char *at = strlen(c) == 3 ? strstr(COMMON_CHARACTERS, c) : NULL;
		if (!at)
			hw->bonus[i] = is_rare(to_gb, c) ? -RARE_COST : 0;
		else
			hw->bonus[i] = COMMON_BONUS * (1 - 0.6f * (float)(at - COMMON_CHARACTERS) / (float)len);
	}
	if (to_gb != (iconv_t)-1)
		iconv_close(to_gb);
}

enum err handwriting_create(struct handwriting **out)
{
	struct handwriting *hw = calloc(1, sizeof *hw);
	if (!hw)
		return ERR_NOMEM;
	enum err e = ERR_NOT_FOUND;
	for (size_t i = 0; e == ERR_NOT_FOUND && i < sizeof MODEL_PATHS / sizeof MODEL_PATHS[0]; i++)
		e = stroke_model_open(MODEL_PATHS[i], &hw->model);
	if (e == ERR_OK) {
		hw->count = stroke_model_count(hw->model);
		hw->bonus = calloc(hw->count, sizeof *hw->bonus);
		hw->best = calloc(hw->count, sizeof *hw->best);
		hw->trial = calloc(hw->count, sizeof *hw->trial);
		if (!hw->bonus || !hw->best || !hw->trial)
			e = ERR_NOMEM;
	}
	if (e != ERR_OK) {
		handwriting_destroy(hw);
		return e;
	}
	set_bonus(hw);
	*out = hw;
	return ERR_OK;
}

static void forget(struct handwriting *hw)
{
	sodium_memzero(&hw->glyph, sizeof hw->glyph);
	sodium_memzero(&hw->reading, sizeof hw->reading);
	if (hw->best)
		sodium_memzero(hw->best, hw->count * sizeof *hw->best);
	if (hw->trial)
		sodium_memzero(hw->trial, hw->count * sizeof *hw->trial);
}

void handwriting_destroy(struct handwriting *hw)
{
	if (!hw)
		return;
	forget(hw);
	stroke_model_close(hw->model);
	free(hw->bonus);
	free(hw->best);
	free(hw->trial);
	free(hw);
}

static void try_reading(struct handwriting *hw, float cost)
{
	stroke_model_score(hw->model, &hw->reading, hw->trial);
	for (size_t i = 0; i < hw->count; i++)
		hw->best[i] = fmaxf(hw->best[i], hw->trial[i] - cost);
}

static void shrink(struct glyph *g)
{
	for (size_t i = 0; i < g->count; i++) {
		for (size_t k = 0; k < g->strokes[i].count; k++) {
			struct glyph_point *p = &g->strokes[i].points[k];
			*p = (struct glyph_point){ 0.5f + (p->x - 0.5f) * SMALL, 0.5f + (p->y - 0.5f) * SMALL };
		}
	}
}

/* The model holds each first one, as many write it, for the second, which is written seldom. 入 is told from 人 by where its
 * second stroke begins: at the top of the first or above, not below it. */
static const struct { const char *meant, *taken; } LOOK_ALIKES[] = { { "口", "囗" }, { "大", "丈" }, { "人", "入" } };
static const float BELOW_TOP = 0.12f, APART = 3;

static size_t find(const struct handwriting *hw, const char *character)
{
	size_t i = 0;
	while (i < hw->count && strcmp(stroke_model_character(hw->model, i), character) != 0)
		i++;
	return i;
}

static void part_look_alikes(struct handwriting *hw)
{
	const struct glyph_stroke *s = hw->glyph.strokes;
	for (size_t k = 0; k < sizeof LOOK_ALIKES / sizeof LOOK_ALIKES[0]; k++) {
		size_t meant = find(hw, LOOK_ALIKES[k].meant), taken = find(hw, LOOK_ALIKES[k].taken);
		if (meant == hw->count || taken == hw->count)
			continue;
		if (strcmp(LOOK_ALIKES[k].taken, "入") == 0
			&& (hw->glyph.count != 2 || s[1].points[0].y < s[0].points[0].y + BELOW_TOP))
			continue;
		float over = hw->best[taken] - hw->best[meant];
		if (over >= 0 && over < APART)
			hw->best[meant] = hw->best[taken] + 0.001f;
	}
}

static float highest(const struct handwriting *hw)
{
	float top = -INFINITY;
	for (size_t i = 0; i < hw->count; i++)
		top = fmaxf(top, hw->best[i]);
	return top;
}

static void add(struct candidates *out, const char *text)
{
	if (out->count < HANDWRITING_MAX)
		strncpy(out->items[out->count++], text, CANDIDATE_SIZE - 1);
}

/* Takes the best left over each time; there are few to take. Marks go in where they belong. */
static void list(struct handwriting *hw, const struct marks *marks, struct candidates *out)
{
	memset(out, 0, sizeof *out);
	for (size_t k = 0; out->count < HANDWRITING_MAX && k < hw->count; k++) {
		if (k == marks->rank)
			for (size_t i = 0; i < marks->count; i++)
				add(out, marks->items[i]);
		size_t top = 0;
		for (size_t i = 1; i < hw->count; i++)
			if (hw->best[i] > hw->best[top])
				top = i;
		add(out, stroke_model_character(hw->model, top));
		hw->best[top] = -INFINITY;
	}
}

enum err handwriting_recognise(struct handwriting *hw, const struct ink *strokes, struct candidates *out)
{
	struct marks marks;
	enum err e = glyph_from_ink(strokes, &hw->glyph);
	if (e == ERR_OK) {
		marks_match(&hw->glyph, &marks);
		stroke_model_score(hw->model, &hw->glyph, hw->best);
		hw->reading = hw->glyph;
		shrink(&hw->reading);
		try_reading(hw, SMALL_COST);
		if (highest(hw) < SURE)
			e = stroke_readings_try(hw->model, &hw->glyph, hw->best);
	}
	if (e == ERR_OK) {
		for (size_t i = 0; i < hw->count; i++)
			hw->best[i] += hw->bonus[i];
		part_look_alikes(hw);
		list(hw, &marks, out);
	}
	forget(hw);
	return e;
}
