#include "ui/slip.h"

#include <stdlib.h>
#include <string.h>

#include "ui/qr.h"

#define BLACK 0xFF000000u
#define WHITE 0xFFFFFFFFu

/* Sizes of an 80 mm slip of 576 dots; a 58 mm one is narrower, and its letters shrink less than its width. */
enum { DESIGN_DOTS = 576, MARGIN = 28, BODY = 30, CODE = 48, HEAD = 40, TITLE = 30, LABEL_EM = 3, CODE_TRACKING = 3 };

/* Measures (canvas NULL) or draws, from the top down. */
struct pen {
	struct text_engine *text;
	enum text_face face;
	struct canvas *canvas;
	int width, margin, y;
	int size_percent;
};

static int dots(const struct pen *p, int design)
{
	return design * p->size_percent / 100;
}

static void words(struct pen *p, const char *utf8, int size, bool bold, enum text_align align, int x, int width, int tracking)
{
	struct text_style style = { .size_px = dots(p, size), .bold = bold, .align = align, .face = p->face, .width_px = width,
		                    .line_px = dots(p, size) * 145 / 100, .tracking_px = tracking };
	const struct text_layout *layout = text_layout(p->text, utf8, strlen(utf8), &style);
	if (!layout)
		return;
	if (p->canvas)
		text_draw(p->text, layout, p->canvas, x, p->y, BLACK);
	p->y += text_height(layout);
}

static void line(struct pen *p, const char *utf8, int size, bool bold, enum text_align align)
{
	words(p, utf8, size, bold, align, p->margin, p->width - 2 * p->margin, 0);
}

static void tear(struct pen *p)
{
	p->y += dots(p, 12);
	if (p->canvas)
		canvas_dashes(p->canvas, p->margin, p->y, p->width - 2 * p->margin, 3, 12, 8, BLACK);
	p->y += dots(p, 15);
}

static void row(struct pen *p, const struct slip_row *r)
{
	int label_w = dots(p, BODY) * LABEL_EM, top = p->y;
	words(p, r->label, BODY, false, TEXT_LEFT, p->margin, label_w, 0);
	int bottom = p->y;
	p->y = top;
	words(p, r->value, BODY, true, TEXT_LEFT, p->margin + label_w, p->width - 2 * p->margin - label_w, 0);
	p->y = p->y > bottom ? p->y : bottom;
}

/* In one line, so that it can be copied down without a mistake. */
static int code_width(const struct pen *p, const char *code, int size)
{
	struct text_style style = { .size_px = dots(p, size), .bold = true, .face = p->face, .tracking_px = CODE_TRACKING };
	return text_width(text_layout(p->text, code, strlen(code), &style));
}

static enum err code_block(struct pen *p, const struct slip *slip)
{
	int modules = qr_modules(slip->qr);
	if (modules == 0)
		return ERR_INVALID;
	/* About 34 mm on both papers: what a phone or a worn scanner reads at once. */
	int module_px = p->width * 47 / 100 / modules;
	module_px = module_px < 1 ? 1 : module_px;
	int quiet = 2 * module_px;
	p->y += quiet;
	if (p->canvas) {
		struct mask mask;
		enum err e = qr_mask(slip->qr, module_px, &mask);
		if (e != ERR_OK)
			return e;
		canvas_mask(p->canvas, &mask, (p->width - mask.width) / 2, p->y, BLACK);
		qr_mask_clear(&mask);
	}
	p->y += modules * module_px + quiet;
	if (slip->code) {
		int size = CODE;
		while (size > BODY && code_width(p, slip->code, size) > p->width - p->margin)
			size--;
		words(p, slip->code, size, true, TEXT_CENTER, 0, p->width, CODE_TRACKING);
	}
	return ERR_OK;
}

static enum err run(struct pen *p, const struct slip *slip)
{
	p->y = dots(p, 20);
	if (slip->home) {
		line(p, slip->home, HEAD, true, TEXT_CENTER);
		line(p, slip->title, TITLE, false, TEXT_CENTER);
		tear(p);
	}
	for (size_t i = 0; i < slip->row_count; i++)
		row(p, &slip->rows[i]);
	if (slip->qr) {
		enum err e = code_block(p, slip);
		if (e != ERR_OK)
			return e;
	}
	if (slip->body) {
		tear(p);
		line(p, slip->body, BODY, false, TEXT_LEFT);
	}
	if (slip->next) {
		tear(p);
		line(p, slip->next_head, BODY, true, TEXT_LEFT);
		line(p, slip->next, BODY - 2, false, TEXT_LEFT);
	}
	if (slip->foot) {
		p->y += dots(p, 10);
		line(p, slip->foot, BODY - 4, false, TEXT_CENTER);
	}
	p->y += dots(p, 24);
	return ERR_OK;
}

enum err slip_render(struct text_engine *text, enum text_face face, const struct slip *slip, int width_px,
                     struct canvas *out)
{
	int percent = width_px * 100 / DESIGN_DOTS;
	struct pen pen = { .text = text, .face = face, .width = width_px, .margin = MARGIN * percent / 100,
		           .size_percent = percent < 100 ? (percent + 100) / 2 : percent };
	enum err e = run(&pen, slip);
	if (e != ERR_OK)
		return e;
	struct canvas canvas;
	e = canvas_create(width_px, pen.y, &canvas);
	if (e != ERR_OK)
		return e;
	canvas_fill(&canvas, (struct rect){ 0, 0, width_px, pen.y }, WHITE);
	pen.canvas = &canvas;
	e = run(&pen, slip);
	if (e != ERR_OK) {
		canvas_destroy(&canvas);
		return e;
	}
	*out = canvas;
	return ERR_OK;
}

enum err slip_grey(const struct canvas *canvas, uint8_t **grey)
{
	size_t width = (size_t)canvas->width, height = (size_t)canvas->height;
	uint8_t *bytes = malloc(width * height);
	if (!bytes)
		return ERR_NOMEM;
	for (size_t y = 0; y < height; y++) {
		const uint32_t *from = canvas->pixels + y * (size_t)canvas->stride_px;
		for (size_t x = 0; x < width; x++)
			bytes[y * width + x] = (uint8_t)(from[x] & 0xFF); /* black on white: any channel will do */
	}
	*grey = bytes;
	return ERR_OK;
}
