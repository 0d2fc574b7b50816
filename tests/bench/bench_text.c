/* links: kiosk/ui/text.c kiosk/ui/text_caret.c kiosk/ui/text_layout.c kiosk/ui/text_shape.c kiosk/ui/text_masks.c kiosk/ui/text_fonts.c kiosk/ui/canvas.c kiosk/ui/canvas_shape.c kiosk/ui/canvas_line.c kiosk/ui/icon.c kiosk/model/utf8.c kiosk/model/err.c */
/* bench_text: what opening, rasterising, laying out and drawing cost. Prints one line each: name, median,
 * 99th percentile. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/utf8.h"
#include "ui/icon.h"
#include "ui/text.h"
#include "tests/bench/timing.h"

enum { WIDTH = 1080, HEIGHT = 1920, LONG_CHARS = 100000, RUNS_MAX = 300 };

struct bench {
	struct text_engine *engine;
	struct icon_set *icons;
	struct canvas canvas;
	char *long_text;
	int turn;
};

static void measure(struct bench *b, const char *name, int runs, void (*work)(struct bench *b))
{
	double ms[RUNS_MAX];

	for (int i = 0; i < runs; i++) {
		double from = now_ms();
		work(b);
		ms[i] = now_ms() - from;
	}
	qsort(ms, (size_t)runs, sizeof(ms[0]), by_value);
	printf("%-44s %9.3f ms %9.3f ms\n", name, ms[runs / 2], ms[runs * 99 / 100]);
}

static void die(const char *what)
{
	fprintf(stderr, "bench_text: %s failed\n", what);
	exit(1);
}

static void draw(struct bench *b, const char *text, struct text_style style, int x, int y)
{
	text_draw(b->engine, text_layout(b->engine, text, strlen(text), &style), &b->canvas, x, y, 0xFF221C17);
}

/* 150 different characters at six sizes, as on a home screen. */
static void first_glyphs(struct bench *b)
{
	static const int SIZES[] = { 28, 30, 36, 46, 56, 96 };
	for (int i = 0; i < 6; i++) {
		char line[26 * 4];
		size_t len = 0;
		for (int k = 0; k < 25; k++)
			len += utf8_put((uint32_t)(0x4E00 + (i * 25 + k) * 83), line + len);
		line[len] = '\0';
		draw(b, line, (struct text_style){ .size_px = SIZES[i], .bold = i > 2 }, 0, i * 100);
	}
}

static void open_and_draw(struct bench *b)
{
	text_engine_destroy(b->engine);
	b->engine = NULL;
	if (text_engine_create(&b->engine))
		die("opening the fonts");
	first_glyphs(b);
}

static void only_open(struct bench *b)
{
	text_engine_destroy(b->engine);
	b->engine = NULL;
	if (text_engine_create(&b->engine))
		die("opening the fonts");
}

static void long_layout(struct bench *b)
{
	struct text_style s = { .size_px = 36, .width_px = 900 };
	text_layout(b->engine, b->long_text, (size_t)(LONG_CHARS - 1 - b->turn++ % 100) * 3, &s);
}

static void long_again(struct bench *b)
{
	struct text_style s = { .size_px = 36, .width_px = 900 };
	text_layout(b->engine, b->long_text, (size_t)LONG_CHARS * 3, &s);
}

static void long_draw(struct bench *b)
{
	struct text_style s = { .size_px = 36, .width_px = 900 };
	const struct text_layout *l = text_layout(b->engine, b->long_text, (size_t)LONG_CHARS * 3, &s);
	text_draw(b->engine, l, &b->canvas, 48, -(b->turn++ % 200) * 900, 0xFF221C17);
}

static void page_of_text(struct bench *b)
{
	struct text_style s = { .size_px = 36, .width_px = 984, .line_px = 54 };
	canvas_fill(&b->canvas, b->canvas.clip, 0xFFF6F2EA);
	const struct text_layout *l = text_layout(b->engine, b->long_text, 3 * 27 * 34, &s);
	text_draw(b->engine, l, &b->canvas, 48, 40, 0xFF221C17);
}

static void typed_key(struct bench *b)
{
	struct text_style s = { .size_px = 44, .width_px = 912, .line_px = 72 };
	text_layout(b->engine, b->long_text + (ptrdiff_t)b->turn++ * 3, (size_t)1000 * 3, &s);
}

static void latin_page(struct bench *b)
{
	static const char WORDS[] = "The deputies meet the voters every month and write down what they say, ";
	char text[sizeof(WORDS) * 14];
	size_t len = (size_t)snprintf(text, sizeof(text), "%d ", b->turn++);
	while (len + sizeof(WORDS) < sizeof(text)) {
		memcpy(text + len, WORDS, sizeof(WORDS));
		len += sizeof(WORDS) - 1;
	}
	struct text_style s = { .size_px = 36, .width_px = 984 };
	text_layout(b->engine, text, len, &s);
}

static void fill(struct bench *b)
{
	canvas_fill(&b->canvas, b->canvas.clip, 0xFFF6F2EA);
}

static void veil(struct bench *b)
{
	canvas_fill(&b->canvas, b->canvas.clip, 0x80221C17);
}

static void card(struct bench *b)
{
	canvas_round_rect(&b->canvas, (struct rect){ 48, 300, 984, 400 }, 28, 0xFFFFFFFF, 2, 0xFFE3DACB);
}

static void gradient(struct bench *b)
{
	canvas_gradient(&b->canvas, (struct rect){ 48, 300, 984, 400 }, 28, 0xFFA8201A, 0xFF7C1410);
}

static void shadow(struct bench *b)
{
	canvas_shadow(&b->canvas, (struct rect){ 48, 300, 984, 400 }, 28, 24, 8, 0x22000000);
}

static void stroke(struct bench *b)
{
	struct canvas_point p[64];
	for (int i = 0; i < 64; i++)
		p[i] = (struct canvas_point){ 100.0F + (float)i * 8, 1200.0F + (float)((i * 37) % 90) };
	canvas_polyline(&b->canvas, p, 64, 14, 0xFF221C17);
}

static void icons(struct bench *b)
{
	static const char *const NAMES[] = { "pen", "search", "people", "cal", "book", "card", "home", "help",
		"text", "lang" };
	icon_set_destroy(b->icons);
	b->icons = NULL;
	if (icon_set_create("assets", &b->icons))
		die("opening the icons");
	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		if (!icon_get(b->icons, NAMES[i], 72))
			die("drawing an icon");
}

int main(void)
{
	struct bench b = {0};

	b.long_text = malloc((size_t)LONG_CHARS * 3);
	if (!b.long_text || canvas_create(WIDTH, HEIGHT, &b.canvas))
		die("memory");
	for (int i = 0; i < LONG_CHARS; i++) {
		uint32_t cp = i % 13 == 12 ? 0xFF0C : 0x4E00 + (uint32_t)(i * 37 % 600);
		char put[4];
		utf8_put(cp, put);
		memcpy(b.long_text + (ptrdiff_t)i * 3, put, 3);
	}
	printf("%-44s %12s %12s\n", "", "median", "99th");
	measure(&b, "open the fonts", 100, only_open);
	measure(&b, "open, 150 glyphs at 6 sizes, 2 weights", 100, open_and_draw);
	measure(&b, "10 icons of 72 px, no cache", 50, icons);
	measure(&b, "lay out 1,000 characters (a key typed)", 300, typed_key);
	measure(&b, "lay out 1,000 Latin letters", 300, latin_page);
	measure(&b, "lay out 100,000 characters", 50, long_layout);
	measure(&b, "the same again, from the cache", 100, long_again);
	measure(&b, "draw 1,920 rows out of 100,000 characters", 200, long_draw);
	measure(&b, "clear and draw a page of 918 characters", 200, page_of_text);
	measure(&b, "fill 1080x1920", 200, fill);
	measure(&b, "veil 1080x1920, half opaque", 200, veil);
	measure(&b, "card 984x400 with border", 200, card);
	measure(&b, "gradient 984x400", 200, gradient);
	measure(&b, "shadow 984x400, 24 px", 200, shadow);
	measure(&b, "stroke of 64 points, 14 px", 200, stroke);
	icon_set_destroy(b.icons);
	text_engine_destroy(b.engine);
	canvas_destroy(&b.canvas);
	free(b.long_text);
	return 0;
}
