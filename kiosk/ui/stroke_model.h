/* stroke_model.h: scores every character of a zinnia model for one set of strokes.
 *
 * zinnia's own classifier walks all 27 MB of the model for a query, which leaves time for one reading of the strokes. The same model
 * turned inside out (for each feature, the characters it speaks for) takes 13 MB and is ten times as fast, so that many
 * readings of one hand can be tried: strokes in another order, joined, or parted. Scores equal zinnia's (a test compares). */
#ifndef UI_STROKE_MODEL_H
#define UI_STROKE_MODEL_H

#include "ui/glyph.h"

struct stroke_model;
MUST_USE enum err stroke_model_open(const char *path, struct stroke_model **model); /* ERR_NOT_FOUND, ERR_CORRUPT */
void stroke_model_close(struct stroke_model *model);

size_t stroke_model_count(const struct stroke_model *model);
const char *stroke_model_character(const struct stroke_model *model, size_t i);
/* A score for each character is the sum of these; above 0 the model holds it to be that one. Each adds its part to
 * `scores`: the number of strokes (and what holds for any hand), a stroke written as the place-th, and the way in the
 * air from the end of the stroke before to the beginning of the place-th. */
void stroke_model_add_count(const struct stroke_model *model, size_t strokes, float *scores);
void stroke_model_add_stroke(const struct stroke_model *model, const struct glyph_stroke *s, size_t place, float *scores);
void stroke_model_add_move(const struct stroke_model *model, const struct glyph_stroke *from, const struct glyph_stroke *to,
	size_t place, float *scores);
/* All of them, written over `scores`. */
void stroke_model_score(const struct stroke_model *model, const struct glyph *g, float *scores);

#endif
