/* stroke_readings.h: other ways to read a hand whose strokes are not in the order or number that the model has learnt. */
#ifndef UI_STROKE_READINGS_H
#define UI_STROKE_READINGS_H

#include "ui/stroke_model.h"

/* Raises best[] (a score for each character, of the strokes as written) by what other readings give: two
 * neighbouring strokes swapped, or joined, or one parted at a corner. Each costs a little score. ERR_NOMEM: best is as it was. */
MUST_USE enum err stroke_readings_try(const struct stroke_model *model, const struct glyph *g, float *best);

#endif
