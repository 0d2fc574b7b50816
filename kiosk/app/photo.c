#include "app/photo.h"

#include <stdlib.h>

#include "ui/draw.h"
#include "ui/picture.h"

enum { WIDTH = 260, HEIGHT = 340, CORNER = 24, LOW_PERCENT = 45 }; /* design px, as the picture of the sign-in has it */

struct photo_size photo_size_for(const struct theme *t)
{
	int height = (int)(HEIGHT * t->scale);
	int most = t->height_px * LOW_PERCENT / 100;
	height = height > most ? most : height;
	return (struct photo_size){ height * WIDTH / HEIGHT, height, (int)(CORNER * t->scale), t->palette->card };
}

/* Corner pixels outside the quarter circle take the ground's colour. */
static void round_corners(struct canvas *c, int radius, colour ground)
{
	for (int y = 0; y < radius; y++) {
		for (int x = 0; x < radius; x++) {
			int dx = radius - x, dy = radius - y;
			if (dx * dx + dy * dy <= radius * radius)
				continue;
			int right = c->width - 1 - x, low = c->height - 1 - y;
			c->pixels[y * c->stride_px + x] = c->pixels[y * c->stride_px + right] = ground;
			c->pixels[low * c->stride_px + x] = c->pixels[low * c->stride_px + right] = ground;
		}
	}
}

void photo_load(struct store *store, const char *deputy, const struct photo_size *size, struct canvas *out, uint64_t *key)
{
	uint8_t *bytes;
	size_t len;
	if (store_portrait(store, deputy, &bytes, &len) != ERR_OK)
		return;
	if (picture_decode(bytes, len, size->width_px, size->height_px, out) == ERR_OK) {
		*key = draw_hash(DRAW_HASH_SEED, bytes, len);
		round_corners(out, size->corner_px < size->width_px / 2 ? size->corner_px : 0, size->ground);
	}
	free(bytes);
}
