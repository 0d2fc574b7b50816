#include "ui/handwriting.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "ui/common_characters.h"
#include "ui/glyph.h"
#include "ui/marks.h"
#include "ui/stroke_model.h"

/* The model has learnt one order and one parting of the strokes for each character. When nothing fits well as written, the hand is
 * read again with two neighbouring strokes swapped, joined, or one parted at its corners; each costs a little score. */
static const float SURE = 0.35f, SWAP_COST = 0.2f, JOIN_COST = 0.25f, PART_COST = 0.25f;
/* At most this much for the commonest characters, falling to nothing at the end of the list. */
static const float COMMON_BONUS = 0.5f;
enum { READINGS_MAX = 64 };

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

static void set_bonus(struct handwriting *hw)
{
	size_t len = sizeof COMMON_CHARACTERS - 1;
	for (size_t i = 0; i < hw->count; i++) {
		const char *c = stroke_model_character(hw->model, i);
		const char *at = strlen(c) == 3 ? strstr(COMMON_CHARACTERS, c) : NULL;
		if (at)
			hw->bonus[i] = COMMON_BONUS * (1 - 0.6f * (float)(at - COMMON_CHARACTERS) / (float)len);
	}
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

static void swap(struct glyph *g, size_t i)
{
	struct glyph_stroke s = g->strokes[i];
	g->strokes[i] = g->strokes[i + 1];
	g->strokes[i + 1] = s;
	sodium_memzero(&s, sizeof s);
}

static void join(struct glyph *g, size_t i)
{
	struct glyph_stroke *a = &g->strokes[i], *b = a + 1;
	for (size_t k = 0; k < b->count && a->count < GLYPH_POINTS; k++)
		a->points[a->count++] = b->points[k];
	memmove(b, b + 1, (g->count - i - 2) * sizeof *b);
	g->count--;
}

static void part(struct glyph *g, size_t i, size_t corner)
{
	struct glyph_stroke *a = &g->strokes[i], *b = a + 1;
	memmove(b, a, (g->count - i) * sizeof *a);
	g->count++;
	a->count = corner + 1;
	b->count -= corner;
	memmove(b->points, b->points + corner, b->count * sizeof b->points[0]);
}

static void try_other_readings(struct handwriting *hw)
{
	const struct glyph *g = &hw->glyph;
	int left = READINGS_MAX;
	for (size_t i = 0; i + 1 < g->count && left > 0; i++, left -= 2) {
		hw->reading = *g;
		swap(&hw->reading, i);
		try_reading(hw, SWAP_COST);
		hw->reading = *g;
		join(&hw->reading, i);
		try_reading(hw, JOIN_COST);
	}
	for (size_t i = 0; i < g->count && g->count < GLYPH_STROKES; i++) {
		for (size_t k = 1; k + 1 < g->strokes[i].count && left > 0; k++, left--) {
			hw->reading = *g;
			part(&hw->reading, i, k);
			try_reading(hw, PART_COST);
		}
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
	enum err e = glyph_from_ink(strokes, &hw->glyph);
	if (e == ERR_OK) {
		struct marks marks;
		marks_match(&hw->glyph, &marks);
		stroke_model_score(hw->model, &hw->glyph, hw->best);
		if (highest(hw) < SURE)
			try_other_readings(hw);
		for (size_t i = 0; i < hw->count; i++)
			hw->best[i] += hw->bonus[i];
		list(hw, &marks, out);
	}
	forget(hw);
	return e;
}
