/* text_fonts.c: the font files, mapped and not read, so that only the pages touched cost memory. */
#include "ui/text_fonts.h"

#include <fcntl.h>
#include <hb-ot.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CJK "/usr/share/fonts/opentype/noto/NotoSansCJK-"
#define NOTO "/usr/share/fonts/truetype/noto/Noto"
#define HANA "/usr/share/fonts/truetype/hanazono/HanaMin"

/* The index is that of the face in a collection. */
static const struct { const char *path; int index; } FILES[FONT_COUNT] = {
	[FONT_SC] = { CJK "Regular.ttc", 2 },
	[FONT_TC] = { CJK "Regular.ttc", 3 },
	[FONT_SC_BOLD] = { CJK "Bold.ttc", 2 },
	[FONT_TC_BOLD] = { CJK "Bold.ttc", 3 },
	[FONT_HK] = { CJK "Regular.ttc", 4 },
	[FONT_JP] = { CJK "Regular.ttc", 0 },
	[FONT_KR] = { CJK "Regular.ttc", 1 },
	[FONT_LATIN] = { NOTO "Sans-Regular.ttf", 0 },
	[FONT_LATIN_BOLD] = { NOTO "Sans-Bold.ttf", 0 },
	[FONT_TIBETAN] = { NOTO "SerifTibetan-Regular.ttf", 0 },
	[FONT_TIBETAN_BOLD] = { NOTO "SerifTibetan-Bold.ttf", 0 },
	[FONT_HANA_A] = { HANA "A.ttf", 0 },
	[FONT_HANA_B] = { HANA "B.ttf", 0 },
	[FONT_BABELSTONE] = { "/usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf", 0 }, /* Extensions G and H */
	[FONT_YI] = { NOTO "SansYi-Regular.ttf", 0 },
	[FONT_MONGOLIAN] = { NOTO "SansMongolian-Regular.ttf", 0 },
	[FONT_SYMBOLS] = { NOTO "SansSymbols-Regular.ttf", 0 },
	[FONT_SYMBOLS_2] = { NOTO "SansSymbols2-Regular.ttf", 0 },
	[FONT_MATH] = { NOTO "SansMath-Regular.ttf", 0 },
};

enum { SEEN_BITS = 11, SEEN_COUNT = 1 << SEEN_BITS };

/* After the regional CJK face. A bold text takes a regular face rather than none. */
static const uint8_t CHAIN[] = {
	FONT_LATIN, FONT_TIBETAN, FONT_HANA_A, FONT_HANA_B, FONT_BABELSTONE, FONT_TC, FONT_HK, FONT_JP, FONT_KR,
	FONT_SYMBOLS, FONT_SYMBOLS_2, FONT_MATH, FONT_YI, FONT_MONGOLIAN,
};

struct slot {
	struct font font;
	void *map;
	size_t map_len;
	bool tried;
};

/* A direct-mapped cache of look-ups: a page asks for the same few hundred characters again and again. */
struct seen { uint32_t key, gid; uint8_t font; };

struct fonts {
	FT_Library library;
	struct slot slots[FONT_COUNT];
	struct seen seen[SEEN_COUNT];
};

static enum err map_file(const char *path, void **map, size_t *len)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return ERR_NOT_FOUND;
	*map = MAP_FAILED;
	if (fstat(fd, &st) == 0 && st.st_size > 0)
		*map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (*map == MAP_FAILED)
		return ERR_IO;
	*len = (size_t)st.st_size;
	return ERR_OK;
}

static void close_slot(struct slot *s)
{
	if (s->font.hb)
		hb_font_destroy(s->font.hb);
	if (s->font.face)
		FT_Done_Face(s->font.face);
	if (s->map)
		munmap(s->map, s->map_len);
	*s = (struct slot){ .tried = true };
}

static enum err open_shaper(struct slot *s, int index)
{
	hb_blob_t *blob = hb_blob_create(s->map, (unsigned)s->map_len, HB_MEMORY_MODE_READONLY, NULL, NULL);
	hb_face_t *face = hb_face_create(blob, (unsigned)index);
	int units = (int)hb_face_get_upem(face);

	s->font.hb = hb_font_create(face);
	hb_face_destroy(face);
	hb_blob_destroy(blob);
	if (units <= 0 || s->font.hb == hb_font_get_empty())
		return ERR_CORRUPT;
	hb_font_set_scale(s->font.hb, units, units);
	s->font.units_per_em = units;
	return ERR_OK;
}

static enum err open_slot(struct fonts *fonts, enum font_id id)
{
	struct slot *s = &fonts->slots[id];

	s->tried = true;
	enum err e = map_file(FILES[id].path, &s->map, &s->map_len);
	if (e) {
		s->map = NULL;
		return e;
	}
	if (FT_New_Memory_Face(fonts->library, s->map, (FT_Long)s->map_len, FILES[id].index, &s->font.face)) {
		s->font.face = NULL;
		e = ERR_CORRUPT;
	} else {
		e = open_shaper(s, FILES[id].index);
	}
	if (e)
		close_slot(s);
	return e;
}

enum err fonts_create(struct fonts **out)
{
	struct fonts *fonts = calloc(1, sizeof(*fonts));

	if (!fonts)
		return ERR_NOMEM;
	enum err e = FT_Init_FreeType(&fonts->library) ? ERR_NOMEM : open_slot(fonts, FONT_SC);
	if (e) {
		fonts_destroy(fonts);
		return e;
	}
	*out = fonts;
	return ERR_OK;
}

void fonts_destroy(struct fonts *fonts)
{
	if (!fonts)
		return;
	for (int i = 0; i < FONT_COUNT; i++)
		close_slot(&fonts->slots[i]);
	if (fonts->library)
		FT_Done_FreeType(fonts->library);
	sodium_memzero(fonts, sizeof(*fonts));
	free(fonts);
}

const struct font *fonts_get(struct fonts *fonts, enum font_id id)
{
	if ((int)id >= FONT_COUNT)
		return NULL;
	struct slot *s = &fonts->slots[id];
	if (!s->tried && open_slot(fonts, id) != ERR_OK)
		return NULL;
	return s->font.hb ? &s->font : NULL;
}

static bool has(struct fonts *fonts, enum font_id id, uint32_t cp, uint32_t *gid)
{
	const struct font *font = fonts_get(fonts, id);
	hb_codepoint_t found;

	if (!font || !hb_font_get_nominal_glyph(font->hb, cp, &found) || !found)
		return false;
	*gid = found;
	return true;
}

static enum font_id bold_of(enum font_id id, bool bold)
{
	if (!bold)
		return id;
	switch (id) {
	case FONT_SC: return FONT_SC_BOLD;
	case FONT_TC: return FONT_TC_BOLD;
	case FONT_LATIN: return FONT_LATIN_BOLD;
	case FONT_TIBETAN: return FONT_TIBETAN_BOLD;
	default: return id;
	}
}

static enum font_id search(struct fonts *fonts, uint32_t cp, bool traditional, bool bold, uint32_t *gid)
{
	enum font_id first = traditional ? FONT_TC : FONT_SC;

	/* Each font means something else by a private code point: none is better than a wrong character. */
	if ((cp >= 0xE000 && cp <= 0xF8FF) || cp >= 0xF0000) {
		*gid = cp;
		return FONT_NONE;
	}
	if (has(fonts, bold_of(first, bold), cp, gid))
		return bold_of(first, bold);
	if (bold && has(fonts, first, cp, gid))
		return first;
	for (size_t i = 0; i < sizeof(CHAIN); i++) {
		enum font_id id = (enum font_id)CHAIN[i], heavy = bold_of(id, bold);
		if (has(fonts, heavy, cp, gid))
			return heavy;
		if (heavy != id && has(fonts, id, cp, gid))
			return id;
	}
	*gid = cp;
	return FONT_NONE;
}

enum font_id fonts_find(struct fonts *fonts, uint32_t cp, bool traditional, bool bold, uint32_t *gid)
{
	/* Never 0, which marks an empty entry. */
	uint32_t key = (cp << 3) | (traditional ? 4U : 0U) | (bold ? 2U : 0U) | 1U;
	struct seen *s = &fonts->seen[(key * 2654435761U) >> (32 - SEEN_BITS)];

	if (s->key != key) {
		s->font = (uint8_t)search(fonts, cp, traditional, bold, &s->gid);
		s->key = key;
	}
	*gid = s->gid;
	return (enum font_id)s->font;
}

void fonts_release(struct fonts *fonts, enum font_id id)
{
	for (int i = 0; i < FONT_COUNT; i++)
		if ((id == FONT_COUNT || (int)id == i) && fonts->slots[i].map)
			madvise(fonts->slots[i].map, fonts->slots[i].map_len, MADV_DONTNEED);
}

void fonts_forget(struct fonts *fonts)
{
	sodium_memzero(fonts->seen, sizeof(fonts->seen));
}
