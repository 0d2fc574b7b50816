/* photo.h: a deputy's portrait from the store, in the size in which it is shown. */
#ifndef APP_PHOTO_H
#define APP_PHOTO_H

#include "store/store_attendance.h"
#include "ui/canvas.h"
#include "ui/theme.h"

struct photo_size { int width_px, height_px, corner_px; colour ground; };
/* The size on the sign-in's card, on whose ground its corners are rounded. */
struct photo_size photo_size_for(const struct theme *theme);

/* *out stays without pixels when there is none or it cannot be read. `key` tells pictures apart (draw_image). On the worker. */
void photo_load(struct store *store, const char *deputy, const struct photo_size *size, struct canvas *out, uint64_t *key);

#endif
