/* icon.h: line icons from assets/ui/NAME.svg, rasterised (SDL_image's SVG) to masks at the size asked, and cached. */
#ifndef UI_ICON_H
#define UI_ICON_H

#include "model/err.h"
#include "ui/canvas.h"

struct icon_set;
MUST_USE enum err icon_set_create(const char *assets_dir, struct icon_set **icons);
void icon_set_destroy(struct icon_set *icons);
/* The mask of an icon, size_px square, or NULL when there is no such file (logged once). Owned by the set. */
const struct mask *icon_get(struct icon_set *icons, const char *name, int size_px);

#endif
