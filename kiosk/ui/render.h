/* render.h: puts a draw list into pixels, only where it differs from the one before: the frame is parted into cells, each cell has a
 * hash of the commands that touch it, and cells with the same hash keep their pixels. */
#ifndef UI_RENDER_H
#define UI_RENDER_H

#include <stdbool.h>

#include "ui/draw.h"

struct renderer;
MUST_USE enum err renderer_create(int width_px, int height_px, struct renderer **renderer);
void renderer_destroy(struct renderer *renderer);

/* The next frame is drawn whole (the canvas was lost, or painted over). */
void renderer_invalidate(struct renderer *renderer);

/* Draws what changed onto `canvas` and gives the rectangles that did (owned by the renderer, valid until the next call); 0: the
 * frame looks like the one before. */
size_t renderer_frame(struct renderer *renderer, const struct draw_list *list, struct text_engine *text,
                      struct canvas *canvas, const struct rect **changed);

/* Draws the whole list onto a canvas, within its clip: for slips and pictures. */
void render_list(const struct draw_list *list, struct text_engine *text, struct canvas *canvas);

#endif
