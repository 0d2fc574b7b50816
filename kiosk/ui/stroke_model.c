#include "ui/stroke_model.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file: u32 size ^ MAGIC, u32 version, u32 characters; for each a name in 16 bytes, a float bias, then pairs of
 * i32 feature and float weight, closed by the feature -1. Little-endian. */
enum { NAME_SIZE = 16, HEAD = 12, PAIR = 8, CHARACTERS_MAX = 32768 };
static const uint32_t MAGIC = 0xef71821u;

/* Features are numbered sparsely: strokes from 0, moves between strokes from 100,000, the number of strokes from
 * 2,000,000. They are kept densely, found by these three ranges. */
enum { STROKE_STEP = 1000, VERTEX_STEP = 20, VERTICES_MAX = 50, MOVES = 100000, COUNTS = 2000000,
	STROKE_SPACE = (GLYPH_STROKES + 1) * STROKE_STEP, COUNT_SPACE = 64, SPACE = 2 * STROKE_SPACE + COUNT_SPACE };

struct vote { uint16_t character; int16_t weight; };

struct stroke_model {
	size_t count;
	char (*names)[NAME_SIZE]; /* owned */
	float *biases;            /* owned */
	uint32_t *starts;         /* owned; SPACE + 1 */
	struct vote *votes;       /* owned */
	float unit;               /* what a weight of 1 is worth */
};

static size_t dense(int64_t feature)
{
	if (feature >= 0 && feature < STROKE_SPACE)
		return (size_t)feature;
	if (feature >= MOVES && feature < MOVES + STROKE_SPACE)
		return (size_t)(feature - MOVES + STROKE_SPACE);
	if (feature >= COUNTS && feature < COUNTS + COUNT_SPACE)
		return (size_t)(feature - COUNTS + 2 * STROKE_SPACE);
	return SPACE;
}

struct pair { int32_t feature; float weight; };

/* Walks the file: calls each() for every weight. Gives false where it does not add up. */
static bool walk(const uint8_t *file, size_t size, size_t count, struct stroke_model *m,
	void (*each)(struct stroke_model *m, size_t character, struct pair p))
{
	size_t at = HEAD;
	for (size_t c = 0; c < count; c++) {
		if (size - at < NAME_SIZE + sizeof(float))
			return false;
		memcpy(m->names[c], file + at, NAME_SIZE);
		m->names[c][NAME_SIZE - 1] = '\0';
		memcpy(&m->biases[c], file + at + NAME_SIZE, sizeof(float));
		at += NAME_SIZE + sizeof(float);
		for (;;) {
			struct pair p;
			if (size - at < PAIR)
				return false;
			memcpy(&p, file + at, PAIR);
			at += PAIR;
			if (p.feature == -1)
				break;
			if (!isfinite(p.weight))
				return false;
			each(m, c, p);
		}
	}
	return at == size;
}

static void measure(struct stroke_model *m, size_t character, struct pair p)
{
	(void)character;
	size_t f = dense(p.feature);
	if (f == SPACE)
		return;
	m->starts[f + 1]++;
	m->unit = fmaxf(m->unit, fabsf(p.weight));
}

/* starts[f] is where the next vote of f goes; shifted back by one feature when all are placed. */
static void put(struct stroke_model *m, size_t character, struct pair p)
{
	size_t f = dense(p.feature);
	if (f == SPACE)
		return;
	m->votes[m->starts[f]++] = (struct vote){ (uint16_t)character, (int16_t)lrintf(p.weight / m->unit) };
}

static enum err build(struct stroke_model *m, const uint8_t *file, size_t size)
{
	uint32_t head[3];
	if (size < HEAD)
		return ERR_CORRUPT;
	memcpy(head, file, HEAD);
	if ((head[0] ^ MAGIC) != size || head[1] != 1 || head[2] == 0 || head[2] > CHARACTERS_MAX)
		return ERR_CORRUPT;
	m->count = head[2];
	m->names = calloc(m->count, sizeof *m->names);
	m->biases = calloc(m->count, sizeof *m->biases);
	m->starts = calloc(SPACE + 1, sizeof *m->starts);
	if (!m->names || !m->biases || !m->starts)
		return ERR_NOMEM;
	if (!walk(file, size, m->count, m, measure) || m->unit <= 0)
		return ERR_CORRUPT;
	for (size_t f = 0; f < SPACE; f++)
		m->starts[f + 1] += m->starts[f];
	m->unit /= INT16_MAX;
	m->votes = malloc(m->starts[SPACE] * sizeof *m->votes);
	if (!m->votes)
		return ERR_NOMEM;
	if (!walk(file, size, m->count, m, put))
		return ERR_CORRUPT;
	memmove(m->starts + 1, m->starts, SPACE * sizeof *m->starts);
	m->starts[0] = 0;
	return ERR_OK;
}

enum err stroke_model_open(const char *path, struct stroke_model **model)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
	struct stat st;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0) {
		close(fd);
		return ERR_CORRUPT;
	}
	size_t size = (size_t)st.st_size;
	void *file = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (file == MAP_FAILED)
		return ERR_IO;
	struct stroke_model *m = calloc(1, sizeof *m);
	enum err e = m ? build(m, file, size) : ERR_NOMEM;
	munmap(file, size);
	if (e != ERR_OK) {
		stroke_model_close(m);
		return e;
	}
	*model = m;
	return ERR_OK;
}

void stroke_model_close(struct stroke_model *m)
{
	if (!m)
		return;
	free(m->names);
	free(m->biases);
	free(m->starts);
	free(m->votes);
	free(m);
}

size_t stroke_model_count(const struct stroke_model *m)
{
	return m->count;
}

const char *stroke_model_character(const struct stroke_model *m, size_t i)
{
	return m->names[i];
}

static void vote(const struct stroke_model *m, int64_t feature, float value, float *scores)
{
	size_t f = dense(feature);
	if (f == SPACE)
		return;
	float w = value * m->unit;
	for (uint32_t i = m->starts[f]; i < m->starts[f + 1]; i++)
		scores[m->votes[i].character] += w * (float)m->votes[i].weight;
}

/* The twelve features of one straight piece: how long, which way, where from and where to (seen from the middle). */
static void vote_piece(const struct stroke_model *m, int64_t base, struct glyph_point a, struct glyph_point b, float *scores)
{
	float ax = a.x - 0.5f, ay = a.y - 0.5f, bx = b.x - 0.5f, by = b.y - 0.5f;
	float features[12] = { 10 * hypotf(bx - ax, by - ay), atan2f(by - ay, bx - ax), 10 * ax, 10 * ay, 10 * bx, 10 * by,
		atan2f(ay, ax), atan2f(by, bx), 10 * hypotf(ax, ay), 10 * hypotf(bx, by), 5 * (bx - ax), 5 * (by - ay) };
	for (int i = 0; i < 12; i++)
		vote(m, base + 1 + i, features[i], scores);
}

/* A stroke is described whole, then by its halves where it bends most, and so on: vertex v has halves 2v+1 and 2v+2. */
static void vote_vertex(const struct stroke_model *m, size_t stroke, size_t vertex, const struct glyph_point *p, size_t n,
	float *scores)
{
	static const float BENT = 0.001f; /* squared distance */
	if (vertex <= VERTICES_MAX)
		vote_piece(m, (int64_t)(stroke * STROKE_STEP + vertex * VERTEX_STEP), p[0], p[n - 1], scores);
	if (n < 2)
		return;
	float a = p[n - 1].x - p[0].x, b = p[n - 1].y - p[0].y, far = -1;
	float c = p[n - 1].y * p[0].x - p[n - 1].x * p[0].y, len2 = a * a + b * b;
	size_t best = 0;
	for (size_t i = 0; i + 1 < n; i++) {
		float d = fabsf(a * p[i].y - b * p[i].x + c);
		if (d > far) {
			far = d;
			best = i;
		}
	}
	if (best == 0 || far * far <= BENT * len2)
		return;
	vote_vertex(m, stroke, vertex * 2 + 1, p, best + 1, scores);
	vote_vertex(m, stroke, vertex * 2 + 2, p + best, n - best, scores);
}

void stroke_model_add_count(const struct stroke_model *m, size_t strokes, float *scores)
{
	for (size_t i = 0; i < m->count; i++)
		scores[i] += m->biases[i];
	vote(m, 0, 1, scores);
	vote(m, COUNTS, (float)strokes, scores);
	vote(m, COUNTS + (int64_t)strokes, 10, scores);
}

void stroke_model_add_stroke(const struct stroke_model *m, const struct glyph_stroke *s, size_t place, float *scores)
{
	vote_vertex(m, place, 0, s->points, s->count, scores);
}

void stroke_model_add_move(const struct stroke_model *m, const struct glyph_stroke *from, const struct glyph_stroke *to,
	size_t place, float *scores)
{
	vote_piece(m, MOVES + (int64_t)(place * STROKE_STEP), from->points[from->count - 1], to->points[0], scores);
}

void stroke_model_score(const struct stroke_model *m, const struct glyph *g, float *scores)
{
	memset(scores, 0, m->count * sizeof *scores);
	stroke_model_add_count(m, g->count, scores);
	for (size_t s = 0; s < g->count; s++) {
		stroke_model_add_stroke(m, &g->strokes[s], s, scores);
		if (s > 0)
			stroke_model_add_move(m, &g->strokes[s - 1], &g->strokes[s], s, scores);
	}
}
