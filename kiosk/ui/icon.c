/* icon.c: SVG files to masks. SDL_image draws them in colour; only the opacity is kept, so that an icon
 * takes any colour. */
#include "ui/icon.h"

#include <SDL_image.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 32, SIZE_MAX_PX = 1024 };

struct icon {
	struct icon *next;
	char name[NAME_MAX_BYTES];
	int size_px;
	bool missing; /* said once, not looked for again */
	struct mask mask;
	uint8_t bytes[];
};

struct icon_set {
	char *dir;
	struct icon *icons; /* the last used first */
};

enum err icon_set_create(const char *assets_dir, struct icon_set **out)
{
	struct icon_set *set = calloc(1, sizeof(*set));

	if (!set)
		return ERR_NOMEM;
	set->dir = strdup(assets_dir);
	if (!set->dir) {
		free(set);
		return ERR_NOMEM;
	}
	*out = set;
	return ERR_OK;
}

void icon_set_destroy(struct icon_set *set)
{
	if (!set)
		return;
	for (struct icon *i = set->icons, *next; i; i = next) {
		next = i->next;
		free(i);
	}
	free(set->dir);
	free(set);
}

static bool name_is_sane(const char *name)
{
	size_t len = strnlen(name, NAME_MAX_BYTES);
	return len > 0 && len < NAME_MAX_BYTES && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static SDL_Surface *load(const struct icon_set *set, const char *name, int size_px)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/ui/%s.svg", set->dir, name);

	if (n < 0 || (size_t)n >= sizeof(path))
		return NULL;
	SDL_RWops *file = SDL_RWFromFile(path, "rb");
	if (!file)
		return NULL;
	SDL_Surface *drawn = IMG_LoadSizedSVG_RW(file, size_px, size_px);
	SDL_RWclose(file);
	if (!drawn)
		return NULL;
	SDL_Surface *argb = SDL_ConvertSurfaceFormat(drawn, SDL_PIXELFORMAT_ARGB8888, 0);
	SDL_FreeSurface(drawn);
	return argb;
}

static struct icon *make(const struct icon_set *set, const char *name, int size_px)
{
	SDL_Surface *drawn = load(set, name, size_px);
	int w = drawn ? drawn->w : 0, h = drawn ? drawn->h : 0;
	struct icon *icon = calloc(1, sizeof(*icon) + (size_t)w * (size_t)h);

	if (icon) {
		memcpy(icon->name, name, strlen(name) + 1);
		icon->size_px = size_px;
		icon->missing = !drawn;
		icon->mask = (struct mask){ icon->bytes, w, h, w };
		for (int y = 0; y < h; y++) {
			const uint8_t *row = (const uint8_t *)drawn->pixels + (ptrdiff_t)y * drawn->pitch;
			for (int x = 0; x < w; x++) {
				uint32_t pixel;
				memcpy(&pixel, row + (ptrdiff_t)x * 4, sizeof(pixel));
				icon->bytes[y * w + x] = (uint8_t)(pixel >> 24);
			}
		}
	}
	if (!drawn)
		fprintf(stderr, "icon: no %s.svg in %s/ui\n", name, set->dir);
	SDL_FreeSurface(drawn);
	return icon;
}

const struct mask *icon_get(struct icon_set *set, const char *name, int size_px)
{
	if (!name_is_sane(name) || size_px <= 0 || size_px > SIZE_MAX_PX)
		return NULL;
	for (struct icon **at = &set->icons; *at; at = &(*at)->next) {
		struct icon *icon = *at;
		if (icon->missing ? strcmp(icon->name, name) != 0
		                  : icon->size_px != size_px || strcmp(icon->name, name) != 0)
			continue;
		*at = icon->next;
		icon->next = set->icons;
		set->icons = icon;
		return icon->missing ? NULL : &icon->mask;
	}
	struct icon *icon = make(set, name, size_px);
	if (!icon)
		return NULL;
	icon->next = set->icons;
	set->icons = icon;
	return icon->missing ? NULL : &icon->mask;
}
