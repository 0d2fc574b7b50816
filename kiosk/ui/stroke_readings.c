#include "ui/stroke_readings.h"

#include <sodium.h>
#include <string.h>
#include <sys/mman.h>

static const float SWAP_COST = 0.2f, JOIN_COST = 0.25f, PART_COST = 0.25f;

/* A score is a sum over strokes and moves, each in its place. The parts are kept, so that a reading costs only what is new in
 * it: stroke s, and the move to it, may stand in the places s - 1 to s + 1. */
enum { BAND = 3, STROKES_MAX = 32 };

struct readings {
	const struct stroke_model *model;
	const struct glyph *g;
	size_t count;                           /* of characters */
	float *room, *next;                     /* owned, mapped; zero when taken */
	size_t size;
	float *strokes[STROKES_MAX][BAND];      /* in room; NULL until needed */
	float *moves[STROKES_MAX][BAND];
	float *counts[3];                       /* for one stroke less, as many, one more */
	float *sum, *best;
};

static float *take(struct readings *r)
{
	float *part = r->next;
	r->next += r->count;
	return part;
}

static float *stroke_part(struct readings *r, size_t s, size_t place)
{
	float **part = &r->strokes[s][place + 1 - s];
	if (!*part) {
		*part = take(r);
		stroke_model_add_stroke(r->model, &r->g->strokes[s], place, *part);
	}
	return *part;
}

/* The move from stroke s - 1 to stroke s. */
static float *move_part(struct readings *r, size_t s, size_t place)
{
	float **part = &r->moves[s][place + 1 - s];
	if (!*part) {
		*part = take(r);
		stroke_model_add_move(r->model, &r->g->strokes[s - 1], &r->g->strokes[s], place, *part);
	}
	return *part;
}

static float *count_part(struct readings *r, size_t strokes)
{
	float **part = &r->counts[strokes + 1 - r->g->count];
	if (!*part) {
		*part = take(r);
		stroke_model_add_count(r->model, strokes, *part);
	}
	return *part;
}

static void add(struct readings *r, const float *part)
{
	for (size_t i = 0; i < r->count; i++)
		r->sum[i] += part[i];
}

static void keep(struct readings *r, float cost)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->sum[i] - cost > r->best[i])
			r->best[i] = r->sum[i] - cost;
}

static void begin(struct readings *r, size_t strokes)
{
	memcpy(r->sum, count_part(r, strokes), r->count * sizeof *r->sum);
}

/* The strokes before s in their places, those from `after` on in places shifted by `shift`; s itself is the caller's. */
static void add_others(struct readings *r, size_t s, size_t after, int shift)
{
	for (size_t i = 0; i < s; i++) {
		add(r, stroke_part(r, i, i));
		if (i > 0)
			add(r, move_part(r, i, i));
	}
	if (s > 0)
		add(r, move_part(r, s, s));
	for (size_t i = after; i < r->g->count; i++) {
		size_t place = (size_t)((int)i + shift);
		add(r, stroke_part(r, i, place));
		add(r, move_part(r, i, place));
	}
}

/* Stroke s + 1 written before stroke s. */
static void read_swapped(struct readings *r, size_t s)
{
	const struct glyph_stroke *strokes = r->g->strokes;
	begin(r, r->g->count);
	for (size_t i = 0; i < r->g->count; i++) {
		size_t place = i == s ? s + 1 : i == s + 1 ? s : i;
		add(r, stroke_part(r, i, place));
		if (i > 0 && (i < s || i > s + 2))
			add(r, move_part(r, i, i));
	}
	if (s > 0)
		stroke_model_add_move(r->model, &strokes[s - 1], &strokes[s + 1], s, r->sum);
	stroke_model_add_move(r->model, &strokes[s + 1], &strokes[s], s + 1, r->sum);
	if (s + 2 < r->g->count)
		stroke_model_add_move(r->model, &strokes[s], &strokes[s + 2], s + 2, r->sum);
	keep(r, SWAP_COST);
}

static void read_joined(struct readings *r, size_t s)
{
	struct glyph_stroke joined = r->g->strokes[s];
	const struct glyph_stroke *second = &r->g->strokes[s + 1];
	size_t room = GLYPH_POINTS - joined.count, n = second->count < room ? second->count : room;
	memcpy(joined.points + joined.count, second->points, n * sizeof joined.points[0]);
	joined.count += n;
	begin(r, r->g->count - 1);
	add_others(r, s, s + 2, -1);
	stroke_model_add_stroke(r->model, &joined, s, r->sum);
	keep(r, JOIN_COST);
	sodium_memzero(&joined, sizeof joined);
}

static void read_parted(struct readings *r, size_t s, size_t corner)
{
	struct glyph_stroke first = r->g->strokes[s], second = first;
	first.count = corner + 1;
	second.count -= corner;
	memmove(second.points, second.points + corner, second.count * sizeof second.points[0]);
	begin(r, r->g->count + 1);
	add_others(r, s, s + 1, 1);
	stroke_model_add_stroke(r->model, &first, s, r->sum);
	stroke_model_add_move(r->model, &first, &second, s + 1, r->sum);
	stroke_model_add_stroke(r->model, &second, s + 1, r->sum);
	keep(r, PART_COST);
	sodium_memzero(&first, sizeof first);
	sodium_memzero(&second, sizeof second);
}

static void read_all(struct readings *r)
{
	size_t n = r->g->count;
	for (size_t s = 0; s + 1 < n; s++) {
		read_swapped(r, s);
		read_joined(r, s);
	}
	for (size_t s = 0; s < n; s++)
		for (size_t k = 1; k + 1 < r->g->strokes[s].count; k++)
			read_parted(r, s, k);
}

enum err stroke_readings_try(const struct stroke_model *model, const struct glyph *g, float *best)
{
	if (g->count == 0 || g->count > STROKES_MAX)
		return ERR_OK;
	struct readings r = { .model = model, .g = g, .count = stroke_model_count(model), .best = best };
	r.size = r.count * sizeof *r.room * (g->count * 2 * BAND + 4);
	/* Mapped, so that it is zero, and is given back whole: what was drawn leaves nothing in the heap. */
	r.room = mmap(NULL, r.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (r.room == MAP_FAILED)
		return ERR_NOMEM;
	r.next = r.room;
	r.sum = take(&r);
	read_all(&r);
	munmap(r.room, r.size);
	return ERR_OK;
}
