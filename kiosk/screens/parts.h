/* parts.h: pieces that more than one screen shows. */
#ifndef SCREENS_PARTS_H
#define SCREENS_PARTS_H

#include "app/app.h"

/* A deputy as a card: portrait, name, levels, villages and work. True when it was touched; its id is `prefix` and the
 * deputy's. */
bool deputy_card(struct app *app, struct ui *ui, const char *prefix, const struct deputy_row *d, struct rect r,
                 bool chosen);

/* An activity as a card: when, what, where, and how many have come. True when it was touched; its id is `prefix` and the
 * activity's. */
bool activity_card(struct app *app, struct ui *ui, const char *prefix, const struct activity_row *row, struct rect r);

/* A bar with round ends, filled for `part` of `whole` (more than the whole is the whole). */
void progress_bar(struct ui *ui, struct rect bar, int part, int whole, colour ground, colour fill);

/* The question of a step in large letters, down to where hands reach: what is acted on lies in the lower two thirds. Only where
 * there is height for it (portrait); `line` may be NULL. */
void question(struct ui *ui, struct rect *area, const char *words, const char *line);

/* The levels of a deputy in words, "乡 · 县代表". */
void deputy_levels(const struct deputy_row *d, char *out, size_t size);

#endif
