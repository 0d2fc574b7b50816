/* strokes_fixture.h: the characters of tests/data/strokes.txt as a finger gives them: dense points, a slight tremble. */
#ifndef STROKES_FIXTURE_H
#define STROKES_FIXTURE_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/ink.h"

enum { DRAWN_MAX = 128, DRAWN_STROKES = 32, DRAWN_POINTS = 16 };

struct drawn_stroke { float x[DRAWN_POINTS], y[DRAWN_POINTS]; size_t count; };
struct drawn { char character[8]; struct drawn_stroke strokes[DRAWN_STROKES]; size_t count; };

static struct drawn drawn[DRAWN_MAX];
static size_t drawn_count;
static uint64_t drawn_seed = 1;

/* -1..1, the same in every run. */
static inline float drawn_noise(void)
{
	drawn_seed = drawn_seed * 6364136223846793005u + 1442695040888963407u;
	return (float)(int32_t)(drawn_seed >> 32) / 2147483648.0f;
}

static inline int drawn_load(const char *path)
{
	static char line[8192];
	FILE *f = fopen(path, "r");
	if (!f)
		return -1;
	while (fgets(line, sizeof line, f) && drawn_count < DRAWN_MAX) {
		char *colon = strchr(line, ':');
		if (line[0] == '#' || !colon)
			continue;
		struct drawn *d = &drawn[drawn_count++];
		snprintf(d->character, sizeof d->character, "%.*s", (int)(colon - line), line);
		char *stroke_save = NULL, *point_save = NULL;
		for (char *s = strtok_r(colon + 1, ";", &stroke_save); s; s = strtok_r(NULL, ";", &stroke_save)) {
			struct drawn_stroke *st = &d->strokes[d->count++];
			for (char *p = strtok_r(s, " \n", &point_save); p; p = strtok_r(NULL, " \n", &point_save), st->count++)
				if (sscanf(p, "%f,%f", &st->x[st->count], &st->y[st->count]) != 2)
					return -1;
		}
	}
	fclose(f);
	return 0;
}

static inline uint16_t drawn_unit(float v, float size, float at)
{
	return (uint16_t)fminf(fmaxf(at + v * size / 1000, 0), INK_UNITS);
}

/* `crude` 0 is as in the file; 1 moves and bends each stroke by about 3 % of the character. `size` in ink units. */
static inline enum err drawn_ink(const struct drawn *d, float crude, float size, float at_x, float at_y, struct ink *ink)
{
	float lean = 0.08f * crude * drawn_noise(), wide = 1 + 0.1f * crude * drawn_noise();
	for (size_t s = 0; s < d->count; s++) {
		const struct drawn_stroke *st = &d->strokes[s];
		float dx = 25 * crude * drawn_noise(), dy = 25 * crude * drawn_noise(), px = 0, py = 0;
		for (size_t k = 0; k < st->count; k++) {
			float x = st->x[k] + dx + 12 * crude * drawn_noise(), y = st->y[k] + dy + 12 * crude * drawn_noise();
			x = (x + lean * y) * wide;
			int steps = k == 0 ? 1 : (int)(hypotf(x - px, y - py) / 15) + 1;
			for (int i = 1; i <= steps; i++) {
				float t = (float)i / (float)steps, tremble = 2 * crude * drawn_noise();
				struct ink_point p = { drawn_unit((k ? px + (x - px) * t : x) + tremble, size, at_x),
					drawn_unit((k ? py + (y - py) * t : y) + tremble, size, at_y) };
				enum err e = k == 0 ? ink_begin(ink, p) : ink_extend(ink, p);
				if (e != ERR_OK)
					return e;
			}
			px = x;
			py = y;
		}
	}
	return ERR_OK;
}

/* What unpractised hands do. */
enum drawn_slip { SLIP_NONE, SLIP_SWAPPED, SLIP_JOINED, SLIP_PARTED, SLIP_COUNT };

static inline struct drawn drawn_slipped(const struct drawn *from, enum drawn_slip slip)
{
	struct drawn d = *from;
	size_t i = d.count > 1 ? (size_t)((drawn_noise() + 1) / 2 * (float)(d.count - 1)) % (d.count - 1) : 0;
	struct drawn_stroke *a = &d.strokes[i], *b = a + 1;
	if (slip == SLIP_SWAPPED && d.count > 1) {
		struct drawn_stroke t = *a;
		*a = *b;
		*b = t;
	} else if (slip == SLIP_JOINED && d.count > 1) {
		for (size_t k = 0; k < b->count && a->count < DRAWN_POINTS; k++, a->count++) {
			a->x[a->count] = b->x[k];
			a->y[a->count] = b->y[k];
		}
		memmove(b, b + 1, (d.count - i - 2) * sizeof *b);
		d.count--;
	} else if (slip == SLIP_PARTED && a->count > 2) {
		size_t at = a->count / 2;
		memmove(b, a, (d.count - i) * sizeof *a);
		a->count = at + 1;
		memmove(b->x, b->x + at, (b->count - at) * sizeof b->x[0]);
		memmove(b->y, b->y + at, (b->count - at) * sizeof b->y[0]);
		b->count -= at;
		d.count++;
	}
	return d;
}

#endif
