/* links: kiosk/ui/text.c kiosk/ui/text_caret.c kiosk/ui/text_layout.c kiosk/ui/text_shape.c kiosk/ui/text_masks.c kiosk/ui/text_fonts.c kiosk/ui/canvas.c kiosk/model/utf8.c kiosk/model/err.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/utf8.h"
#include "ui/text.h"
#include "ui/text_masks.h"

static struct text_engine *engine;

static int open_engine(void **state)
{
	(void)state;
	return text_engine_create(&engine) == ERR_OK ? 0 : -1;
}

static int close_engine(void **state)
{
	(void)state;
	text_engine_destroy(engine);
	return 0;
}

static const struct text_layout *lay(const char *text, struct text_style style)
{
	return text_layout(engine, text, strlen(text), &style);
}

static const char STORY[] =
	"村口到小学的路，一下雨就积水，孩子们上学要绕行。希望能修一修排水沟和这段“路面”（约 320 米），"
	"谢谢！Deputies' Home, 2026-03-12。\n第二段：李㛃、𠮷野家；བཀྲ་ཤིས་བདེ་ལེགས།\n\n末段";

static void test_measures(void **state)
{
	(void)state;
	const struct text_layout *l = lay("人大代表", (struct text_style){ .size_px = 40 });
	assert_int_equal(text_width(l), 160);
	assert_int_equal(text_height(l), 60);
	assert_int_equal(text_lines(l), 1);
	assert_false(text_was_cut(l));
	l = lay("人大代表", (struct text_style){ .size_px = 40, .tracking_px = 6, .line_px = 70 });
	assert_int_equal(text_width(l), 178); /* nothing after the last */
	assert_int_equal(text_height(l), 70);
	l = lay("", (struct text_style){ .size_px = 40, .width_px = 300 });
	assert_int_equal(text_lines(l), 1);
	assert_int_equal(text_width(l), 0);
	l = lay("人大代表之家", (struct text_style){ .size_px = 40, .width_px = 125 });
	assert_int_equal(text_lines(l), 2);
	assert_int_equal(text_width(l), 120);
	l = lay("一\n二\r\n三\n", (struct text_style){ .size_px = 40, .width_px = 300 });
	assert_int_equal(text_lines(l), 4);
	l = lay("一\n二", (struct text_style){ .size_px = 40 });
	assert_int_equal(text_lines(l), 1);
	/* Latin is shaped: narrower than its ems, and wider in bold. */
	int plain = text_width(lay("Deputies", (struct text_style){ .size_px = 40 }));
	assert_in_range(plain, 100, 200);
	assert_true(text_width(lay("Deputies", (struct text_style){ .size_px = 40, .bold = true })) > plain);
}

static void test_cache_knows_styles_apart(void **state)
{
	(void)state;
	struct text_style s = { .size_px = 30 };
	const struct text_layout *l = lay("同样", s);
	assert_ptr_equal(l, lay("同样", s));
	assert_ptr_not_equal(l, lay("同洋", s));
	s.bold = true;
	assert_ptr_not_equal(l, lay("同样", s));
	/* Whatever was asked in this frame stays. */
	char names[TEXT_FRAME_LAYOUTS][24];
	const struct text_layout *kept[TEXT_FRAME_LAYOUTS];
	for (int i = 0; i < TEXT_FRAME_LAYOUTS; i++) {
		snprintf(names[i], sizeof(names[i]), "第%d行", i);
		kept[i] = lay(names[i], s);
	}
	for (int i = 0; i < TEXT_FRAME_LAYOUTS; i++)
		assert_ptr_equal(kept[i], lay(names[i], s));
}

/* No closing mark may begin a line, no opening one end it. */
static void test_line_ends(void **state)
{
	(void)state;
	static const char *const NOT_FIRST[] = { "，", "。", "、", "）", "”", "！", "？", "：", "；", "》" };
	static const char MARKS[] = "他说：“修路（村口）要快，好吗？”《办法》写明：三个月；超期、推诿的，问责。好！是的，“对”。";
	for (int width = 150; width < 700; width += 7) {
		const struct text_layout *l = lay(MARKS, (struct text_style){ .size_px = 30, .width_px = width });
		assert_true(text_width(l) <= width);
		for (int i = 1; i < text_lines(l); i++) {
			const char *first = MARKS + text_hit(l, -100, i * 45 + 5);
			for (size_t k = 0; k < sizeof(NOT_FIRST) / sizeof(NOT_FIRST[0]); k++)
				assert_true(strncmp(first, NOT_FIRST[k], 3) != 0);
			assert_true(strncmp(first - 3, "（", 3) != 0 && strncmp(first - 3, "《", 3) != 0);
		}
	}
}

static void test_words_and_numbers_stay_whole(void **state)
{
	(void)state;
	static const char TEXT[] = "Deputies meet voters 2026年";
	const struct text_layout *l = lay(TEXT, (struct text_style){ .size_px = 30, .width_px = 170 });
	assert_true(text_lines(l) >= 2);
	for (int i = 1; i < text_lines(l); i++) {
		size_t at = text_hit(l, -1, i * 45 + 5);
		assert_true(TEXT[at - 1] == ' ' || (unsigned char)TEXT[at] >= 0x80);
	}
	/* What has no break at all is broken rather than lost. */
	l = lay("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (struct text_style){ .size_px = 30, .width_px = 100 });
	assert_true(text_lines(l) >= 4);
	assert_true(text_width(l) <= 100);
	l = lay("宽", (struct text_style){ .size_px = 100, .width_px = 10 });
	assert_int_equal(text_lines(l), 1);
}

static void test_ellipsis(void **state)
{
	(void)state;
	struct text_style s = { .size_px = 30, .width_px = 300, .max_lines = 2 };
	const struct text_layout *l = lay(STORY, s);
	assert_true(text_was_cut(l));
	assert_int_equal(text_lines(l), 2);
	assert_true(text_width(l) <= 300);
	struct rect end;
	text_caret(l, strlen(STORY), &end);
	assert_int_equal(end.y, 45);
	assert_in_range(end.x, 200, 270); /* before the ellipsis */
	assert_in_range(text_hit(l, 299, 60), 30, 60);
	l = lay("人大代表之家", (struct text_style){ .size_px = 30, .fit_px = 100 });
	assert_true(text_was_cut(l));
	assert_int_equal(text_width(l), 90); /* 人大… */
	l = lay("人大代表之家", (struct text_style){ .size_px = 30, .fit_px = 180 });
	assert_false(text_was_cut(l));
	l = lay("人大", (struct text_style){ .size_px = 30, .width_px = 60, .max_lines = 1 });
	assert_false(text_was_cut(l));
	l = lay("人大\n代表", (struct text_style){ .size_px = 30, .width_px = 300, .max_lines = 1 });
	assert_true(text_was_cut(l));
	l = lay("人大", (struct text_style){ .size_px = 30, .fit_px = 3 });
	assert_true(text_was_cut(l));
}

static void test_caret_and_hit_agree(void **state)
{
	(void)state;
	for (int width = 0; width < 900; width += 150) {
		struct text_style s = { .size_px = 32, .width_px = width, .align = width == 300 ? TEXT_CENTER : TEXT_LEFT };
		const struct text_layout *l = lay(STORY, s);
		size_t len = strlen(STORY), seen = 0;
		struct rect before = { -1, 0, 0, 0 };
		for (size_t at = 0; at <= len; at = at < len ? utf8_next_boundary(STORY, len, at) : len + 1) {
			struct rect caret;
			text_caret(l, at, &caret);
			assert_true(caret.y > before.y || (caret.y == before.y && caret.x >= before.x));
			assert_int_equal(caret.h, 48);
			before = caret;
			/* A blank that hangs out of its line shares its place with what follows. */
			size_t hit = text_hit(l, caret.x, caret.y + 10);
			struct rect again;
			text_caret(l, hit, &again);
			assert_int_equal(again.x, caret.x);
			assert_int_equal(again.y, caret.y);
			seen += hit == at;
		}
		assert_true(seen > 80);
	}
	const struct text_layout *l = lay(STORY, (struct text_style){ .size_px = 32, .width_px = 400 });
	assert_int_equal(text_hit(l, 0, -500), 0);
	assert_int_equal(text_hit(l, 5000, 500000), strlen(STORY));
	struct rect caret;
	text_caret(l, strlen(STORY) + 99, &caret);
	assert_int_equal(caret.x, 64);
}

static void test_hard_lines(void **state)
{
	(void)state;
	const struct text_layout *l = lay("一二\n\n三\n", (struct text_style){ .size_px = 40, .width_px = 400 });
	struct rect c;
	text_caret(l, 6, &c); /* before the LF */
	assert_int_equal(c.x, 80);
	assert_int_equal(c.y, 0);
	text_caret(l, 7, &c);
	assert_int_equal(c.x, 0);
	assert_int_equal(c.y, 60);
	text_caret(l, 12, &c); /* after the last LF */
	assert_int_equal(c.x, 0);
	assert_int_equal(c.y, 180);
	assert_int_equal(text_hit(l, 390, 10), 6);
	assert_int_equal(text_hit(l, 390, 70), 7);
	assert_int_equal(text_hit(l, 390, 190), 12);
}

static void test_span(void **state)
{
	(void)state;
	struct text_style s = { .size_px = 40, .width_px = 160 };
	const struct text_layout *l = lay("一二三四五六七八九十", s); /* 4, 4, 2 */
	struct rect r[8];
	assert_int_equal(text_span(l, 6, 27, r, 8), 3);
	assert_int_equal(r[0].x, 80);
	assert_int_equal(r[0].w, 80);
	assert_int_equal(r[1].x, 0);
	assert_int_equal(r[1].w, 160);
	assert_int_equal(r[2].y, 120);
	assert_int_equal(r[2].w, 40);
	assert_int_equal(text_span(l, 6, 27, r, 2), 2);
	assert_int_equal(text_span(l, 6, 6, r, 8), 0);
	assert_int_equal(text_span(l, 0, 12, r, 8), 1);
	s.align = TEXT_RIGHT;
	l = lay("一二", s);
	assert_int_equal(text_span(l, 0, 6, r, 8), 1);
	assert_int_equal(r[0].x, 80);
}

/* ---- pixels ---- */

enum { SIDE = 120 };
static uint8_t picture[SIDE * SIDE];

static int draw(const char *text, struct text_style style)
{
	struct canvas c;
	int dark = 0;
	assert_int_equal(canvas_create(SIDE, SIDE, &c), ERR_OK);
	canvas_fill(&c, c.clip, 0xFFFFFFFF);
	text_draw(engine, lay(text, style), &c, 10, 10, 0xFF000000);
	for (int i = 0; i < SIDE * SIDE; i++) {
		picture[i] = (uint8_t)(c.pixels[i] & 0xFF);
		dark += picture[i] < 128;
	}
	canvas_destroy(&c);
	return dark;
}

static void extent(int *top, int *bottom)
{
	*top = SIDE;
	*bottom = -1;
	for (int i = 0; i < SIDE * SIDE; i++)
		if (picture[i] < 128) {
			*top = i / SIDE < *top ? i / SIDE : *top;
			*bottom = i / SIDE;
		}
}

/* Is it the frame that stands for what no font has? Both its sides are long straight lines. */
static bool is_frame(void)
{
	int first = -1, last = -1;
	for (int x = 0; x < SIDE; x++) {
		int run = 0, longest = 0;
		for (int y = 0; y < SIDE; y++) {
			run = picture[y * SIDE + x] < 100 ? run + 1 : 0;
			longest = run > longest ? run : longest;
		}
		if (longest > 66) {
			first = first < 0 ? x : first;
			last = x;
		}
	}
	return first >= 0 && last - first > 55;
}

static void test_rare_characters_have_glyphs(void **state)
{
	(void)state;
	static const char *const TEXTS[] = { "㛃", "𠮷", "𪜀", "𫝀", "𫠠", "𬺰", "𰀀", "བ", "é", "Ж", "の", "！", "①", "…", "￥" };
	struct text_style s = { .size_px = 80, .line_px = 90 };
	for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
		assert_true(draw(TEXTS[i], s) > 60);
		assert_false(is_frame());
		s.bold = !s.bold;
	}
	/* A private-use character and a code point without a character. */
	assert_true(draw("\xF3\xB0\x80\x80", s) > 400);
	assert_true(is_frame());
	int no_ink = draw("\xE2\x80\x8B\xEF\xBB\xBF", s);
	assert_int_equal(no_ink, 0);
}

static void test_han_is_centred_in_its_line(void **state)
{
	(void)state;
	static const int SIZES[] = { 28, 36, 48, 64, 80 };
	for (size_t i = 0; i < sizeof(SIZES) / sizeof(SIZES[0]); i++) {
		int top, bottom;
		draw("国", (struct text_style){ .size_px = SIZES[i], .line_px = 100 });
		extent(&top, &bottom);
		assert_in_range(top + bottom, 119 - 4, 119 + 4); /* line 10..110 */
	}
}

static void test_regional_forms_differ(void **state)
{
	(void)state;
	uint8_t simplified[SIDE * SIDE];
	draw("骨", (struct text_style){ .size_px = 80 });
	memcpy(simplified, picture, sizeof(picture));
	draw("骨", (struct text_style){ .size_px = 80, .face = TEXT_TC });
	assert_memory_not_equal(simplified, picture, sizeof(picture));
	int regular = draw("骨", (struct text_style){ .size_px = 80 });
	assert_true(draw("骨", (struct text_style){ .size_px = 80, .bold = true }) > regular * 5 / 4);
}

/* Tibetan letters that stack take one place, and lie below each other. */
static void test_tibetan_stacks(void **state)
{
	(void)state;
	struct text_style s = { .size_px = 40, .line_px = 80 };
	const struct text_layout *stack = lay("བསྒྲུབས", s), *base = lay("ས", s);
	int one = text_width(base), all = text_width(stack);
	assert_true(all < one * 5);
	draw("ས", s);
	int top, single, deep;
	extent(&top, &single);
	draw("སྒྲུ", s);
	extent(&top, &deep);
	assert_true(deep > single + 10);
	struct rect caret;
	text_caret(lay("སྒྲུ", s), 6, &caret); /* no place inside */
	assert_int_equal(caret.x, 0);
}

static void test_plain_text_is_set_as_harfbuzz_would(void **state)
{
	(void)state;
	/* A variation selector that no font has is invisible, and takes the shaped way. */
	for (const char *p = "一人大代表，。（）：；！？　、《》";;) {
		char one[16], two[32];
		const char *from = p;
		if (!*p)
			break;
		utf8_next(&p, p + strlen(p));
		snprintf(one, sizeof(one), "%.*s", (int)(p - from), from);
		snprintf(two, sizeof(two), "%s\xEF\xB8\x80", one);
		struct text_style s = { .size_px = 37 };
		assert_int_equal(text_width(lay(one, s)), text_width(lay(two, s)));
		draw(one, s);
		uint8_t plain[SIDE * SIDE];
		memcpy(plain, picture, sizeof(plain));
		draw(two, s);
		assert_memory_equal(plain, picture, sizeof(plain));
	}
}

static void test_clip_is_respected(void **state)
{
	(void)state;
	struct canvas c;
	assert_int_equal(canvas_create(SIDE, SIDE, &c), ERR_OK);
	canvas_fill(&c, c.clip, 0xFFFFFFFF);
	struct rect clip = { 33, 41, 30, 22 };
	canvas_set_clip(&c, clip);
	struct text_style narrow = { .size_px = 30, .width_px = 110 }, endless = { .size_px = 30 };
	text_draw(engine, lay(STORY, narrow), &c, 3, -200, 0xFF000000);
	text_draw(engine, lay(STORY, endless), &c, -900, 35, 0xFF000000);
	int inside = 0;
	for (int y = 0; y < SIDE; y++)
		for (int x = 0; x < SIDE; x++) {
			bool in = x >= 33 && x < 63 && y >= 41 && y < 63;
			if (in)
				inside += c.pixels[y * SIDE + x] != 0xFFFFFFFF;
			else
				assert_int_equal(c.pixels[y * SIDE + x], 0xFFFFFFFF);
		}
	assert_true(inside > 50);
	/* Drawing by parts gives the same picture as drawing at once. */
	struct canvas whole;
	assert_int_equal(canvas_create(SIDE, SIDE, &whole), ERR_OK);
	canvas_fill(&whole, whole.clip, 0xFFFFFFFF);
	canvas_set_clip(&c, (struct rect){ 0, 0, SIDE, SIDE });
	canvas_fill(&c, c.clip, 0xFFFFFFFF);
	const struct text_layout *l = lay(STORY, (struct text_style){ .size_px = 30, .width_px = 110 });
	text_draw(engine, l, &whole, 3, -300, 0xFF000000);
	for (int i = 0; i < SIDE; i += 8) {
		canvas_set_clip(&c, (struct rect){ 0, i, SIDE, 8 });
		text_draw(engine, l, &c, 3, -300, 0xFF000000);
	}
	assert_memory_equal(c.pixels, whole.pixels, SIDE * SIDE * 4);
	canvas_destroy(&c);
	canvas_destroy(&whole);
}

static void test_any_bytes(void **state)
{
	(void)state;
	struct canvas c;
	uint32_t seed = 12345;
	assert_int_equal(canvas_create(SIDE, SIDE, &c), ERR_OK);
	for (int round = 0; round < 1500; round++) {
		static const char *const BITS[] = { "\xF0\x9F\x98\x80", "\xE2\x80\x8D", "\xCC\x81", "\n", "\r", "a",
			"路", "。",
			"\xEF\xB8\x8F", "\xE0\xBD\xB2", " ", "\t", "\xE2\x80\xAE", "\xF3\xA0\x84\x80", "\xE3\x82\x99", "…" };
		char text[64];
		size_t len = 0;
		while (len < 50) {
			seed = seed * 1664525U + 1013904223U;
			if (seed >> 31) {
				text[len++] = (char)(seed >> 16);
				continue;
			}
			const char *bit = BITS[(seed >> 20) % 16];
			memcpy(text + len, bit, strlen(bit));
			len += strlen(bit);
		}
		struct text_style s = { .size_px = (int)(seed >> 8 & 63), .width_px = (int)(seed >> 14 & 255),
			.max_lines = (int)(seed >> 22 & 3), .fit_px = (int)(seed >> 5 & 127), .bold = seed & 16,
			.tracking_px = (int)(seed >> 11 & 7) - 3, .align = (enum text_align)(seed % 3) };
		const struct text_layout *l = text_layout(engine, text, len, &s);
		assert_true(text_lines(l) >= 1);
		text_draw(engine, l, &c, 0, 0, 0xFF000000);
		struct rect r[4], caret;
		for (size_t at = 0; at <= len + 1; at++) {
			text_caret(l, at, &caret);
			assert_true(text_hit(l, caret.x, caret.y) <= len);
			text_span(l, at / 2, at, r, 4);
		}
		assert_true(text_hit(l, (int)(seed & 127), (int)(seed >> 7 & 127)) <= len);
	}
	text_engine_trim(engine);
	canvas_destroy(&c);
}

static void test_long_text(void **state)
{
	(void)state;
	enum { CHARS = 100000 };
	char *text = malloc(CHARS * 3);
	assert_non_null(text);
	for (size_t i = 0; i < CHARS; i++)
		memcpy(text + 3 * i, i % 19 == 18 ? "，" : "路", 3);
	struct text_style s = { .size_px = 36, .width_px = 900 };
	const struct text_layout *l = text_layout(engine, text, CHARS * 3, &s);
	assert_in_range(text_lines(l), CHARS / 25, CHARS / 24 + 1);
	struct rect caret;
	text_caret(l, CHARS * 3, &caret);
	assert_int_equal(caret.y, (text_lines(l) - 1) * 54);
	/* Editing it must not fill the cache with copies. */
	for (size_t cut = 1; cut < 12; cut++)
		text_layout(engine, text, (CHARS - cut) * 3, &s);
	s.width_px = 0;
	s.size_px = 1000;
	l = text_layout(engine, text, CHARS * 3, &s);
	assert_true(text_width(l) > 30000000);
	free(text);
	text_engine_trim(engine);
}

static void test_glyph_pictures_stay_within_their_limit(void **state)
{
	(void)state;
	struct fonts *fonts;
	struct text_masks *masks;
	assert_int_equal(fonts_create(&fonts), ERR_OK);
	assert_int_equal(text_masks_create(fonts, &masks), ERR_OK);
	size_t most = 0;
	for (uint32_t i = 0; i < 1500; i++) {
		uint32_t gid;
		enum font_id id = fonts_find(fonts, 0x4E00 + i, false, false, &gid);
		assert_int_equal(id, FONT_SC);
		const struct glyph_mask *m = text_masks_get(masks, id, gid, 100);
		assert_non_null(m);
		assert_true(m->mask.width > 30 || m->mask.height > 30 || i < 100);
		most = text_masks_bytes(masks) > most ? text_masks_bytes(masks) : most;
	}
	assert_in_range(most, 3 << 20, 6 << 20);
	text_masks_sweep(masks);
	text_masks_sweep(masks);
	assert_int_equal(text_masks_bytes(masks), 0);
	text_masks_destroy(masks);
	fonts_destroy(fonts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_measures),
		cmocka_unit_test(test_cache_knows_styles_apart),
		cmocka_unit_test(test_line_ends),
		cmocka_unit_test(test_words_and_numbers_stay_whole),
		cmocka_unit_test(test_ellipsis),
		cmocka_unit_test(test_caret_and_hit_agree),
		cmocka_unit_test(test_hard_lines),
		cmocka_unit_test(test_span),
		cmocka_unit_test(test_rare_characters_have_glyphs),
		cmocka_unit_test(test_han_is_centred_in_its_line),
		cmocka_unit_test(test_regional_forms_differ),
		cmocka_unit_test(test_tibetan_stacks),
		cmocka_unit_test(test_plain_text_is_set_as_harfbuzz_would),
		cmocka_unit_test(test_clip_is_respected),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_glyph_pictures_stay_within_their_limit),
	};
	return cmocka_run_group_tests(tests, open_engine, close_engine);
}
