/* handwriting.h: strokes to characters, by the Tegaki model of zinnia. Loads in 45 ms, keeps 13 MB. One thread. */
#ifndef UI_HANDWRITING_H
#define UI_HANDWRITING_H

#include "model/err.h"
#include "model/ink.h"

/* Handwriting and predictions give up to HANDWRITING_MAX; pinyin more, since a syllable stands for up to a hundred characters. */
enum { HANDWRITING_MAX = 24, CANDIDATES_MAX = 120, CANDIDATE_SIZE = 64 };

struct handwriting;
struct candidates { char items[CANDIDATES_MAX][CANDIDATE_SIZE]; size_t count; };

MUST_USE enum err handwriting_create(struct handwriting **hw); /* ERR_NOT_FOUND: the model is not installed */
void handwriting_destroy(struct handwriting *hw);
/* Best first. Strokes of one character; they are scaled to the pad by their own bounding box. Simple marks that the model does
 * not know (a dot, a comma, digits and Latin letters as far as it has them) are offered too. */
MUST_USE enum err handwriting_recognise(struct handwriting *hw, const struct ink *strokes, struct candidates *out);

#endif
