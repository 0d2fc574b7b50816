#include "ui/render.h"

#include <stdlib.h>
#include <string.h>

enum { CELL_PX = 60, MAX_RECTS = 64 };

struct renderer {
	int width_px, height_px, columns, rows;
	uint64_t *cells, *before; /* owned; rows x columns */
	struct rect rects[MAX_RECTS];
	bool whole;
};

enum err renderer_create(int width_px, int height_px, struct renderer **renderer)
{
	struct renderer *r = calloc(1, sizeof *r);
	if (!r)
		return ERR_NOMEM;
	r->width_px = width_px;
	r->height_px = height_px;
	r->columns = (width_px + CELL_PX - 1) / CELL_PX;
	r->rows = (height_px + CELL_PX - 1) / CELL_PX;
	size_t count = (size_t)r->columns * (size_t)r->rows;
	r->cells = calloc(count, sizeof *r->cells);
	r->before = calloc(count, sizeof *r->before);
	r->whole = true;
	if (!r->cells || !r->before) {
		renderer_destroy(r);
		return ERR_NOMEM;
	}
	*renderer = r;
	return ERR_OK;
}

void renderer_destroy(struct renderer *renderer)
{
	if (!renderer)
		return;
	free(renderer->cells);
	free(renderer->before);
	free(renderer);
}

void renderer_invalidate(struct renderer *renderer)
{
	renderer->whole = true;
}

static void run_command(const struct draw_list *list, const struct draw_command *c, struct text_engine *text,
                        struct canvas *canvas)
{
	struct rect b = c->box;
	switch (c->kind) {
	case DRAW_RECT:
		if (c->radius_px == 0 && c->border_px == 0)
			canvas_fill(canvas, b, c->a);
		else
			canvas_round_rect(canvas, b, c->radius_px, c->a, c->border_px, c->b);
		break;
	case DRAW_GRADIENT:
		canvas_gradient(canvas, b, c->radius_px, c->a, c->b);
		break;
	case DRAW_SHADOW: {
		int blur = c->border_px;
		struct rect inner = { b.x + blur, b.y + blur - c->dy_px, b.w - 2 * blur, b.h - 2 * blur };
		canvas_shadow(canvas, inner, c->radius_px, blur, c->dy_px, c->a);
		break;
	}
	case DRAW_CIRCLE:
		canvas_circle(canvas, b.x + c->radius_px + 1, b.y + c->radius_px + 1, c->radius_px, c->a);
		break;
	case DRAW_TEXT:
		text_draw(text, c->of.layout, canvas, b.x, b.y, c->a);
		break;
	case DRAW_MASK:
		canvas_mask(canvas, &c->of.mask, b.x, b.y, c->a);
		break;
	case DRAW_LINE:
		canvas_polyline(canvas, list->points + c->first_point, c->point_count, c->width_px, c->a);
		break;
	case DRAW_DASHES:
		canvas_dashes(canvas, b.x, b.y, b.w, b.h, c->border_px, c->border_px, c->a);
		break;
	case DRAW_IMAGE:
		canvas_blit(canvas, c->of.image, b.x, b.y, 255);
		break;
	}
}

static void run_clipped(const struct draw_list *list, struct text_engine *text, struct canvas *canvas, struct rect part)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct draw_command *c = &list->commands[i];
		struct rect clip, visible;
		if (!rect_intersect(c->clip, part, &clip) || !rect_intersect(c->box, clip, &visible))
			continue;
		canvas_set_clip(canvas, clip);
		run_command(list, c, text, canvas);
	}
}

void render_list(const struct draw_list *list, struct text_engine *text, struct canvas *canvas)
{
	struct rect all = canvas->clip;
	run_clipped(list, text, canvas, all);
	canvas_set_clip(canvas, all);
}

static void hash_cells(struct renderer *r, const struct draw_list *list)
{
	memset(r->cells, 0, (size_t)r->columns * (size_t)r->rows * sizeof *r->cells);
	struct rect screen = { 0, 0, r->width_px, r->height_px };
	for (size_t i = 0; i < list->count; i++) {
		const struct draw_command *c = &list->commands[i];
		struct rect v;
		if (!rect_intersect(c->box, c->clip, &v) || !rect_intersect(v, screen, &v))
			continue;
		int x0 = v.x / CELL_PX, x1 = (v.x + v.w - 1) / CELL_PX;
		int y0 = v.y / CELL_PX, y1 = (v.y + v.h - 1) / CELL_PX;
		for (int y = y0; y <= y1; y++) {
			uint64_t *row = r->cells + (size_t)y * (size_t)r->columns;
			for (int x = x0; x <= x1; x++)
				row[x] = (row[x] ^ c->hash) * 0x9e3779b97f4a7c15u + 1;
		}
	}
}

/* Changed cells as rectangles: a run in a row, grown downwards while the rows below have the same run. */
static size_t changed_rects(struct renderer *r)
{
	size_t count = 0;
	for (int y = 0; y < r->rows; y++) {
		const uint64_t *now = r->cells + (size_t)y * (size_t)r->columns;
		const uint64_t *was = r->before + (size_t)y * (size_t)r->columns;
		for (int x = 0; x < r->columns;) {
			if (now[x] == was[x]) {
				x++;
				continue;
			}
			int from = x;
			while (x < r->columns && now[x] != was[x])
				x++;
			struct rect run = { from * CELL_PX, y * CELL_PX, (x - from) * CELL_PX, CELL_PX };
			bool grown = false;
			for (size_t i = 0; i < count && !grown; i++) {
				struct rect *above = &r->rects[i];
				if (above->x == run.x && above->w == run.w && above->y + above->h == run.y) {
					above->h += CELL_PX;
					grown = true;
				}
			}
			if (grown)
				continue;
			if (count == MAX_RECTS) { /* too scattered: one rectangle for all */
				r->rects[0] = (struct rect){ 0, 0, r->width_px, r->height_px };
				return 1;
			}
			r->rects[count++] = run;
		}
	}
	struct rect screen = { 0, 0, r->width_px, r->height_px };
	for (size_t i = 0; i < count; i++)
		(void)rect_intersect(r->rects[i], screen, &r->rects[i]);
	return count;
}

size_t renderer_frame(struct renderer *renderer, const struct draw_list *list, struct text_engine *text,
                      struct canvas *canvas, const struct rect **changed)
{
	struct renderer *r = renderer;
	hash_cells(r, list);
	size_t count;
	if (r->whole) {
		r->rects[0] = (struct rect){ 0, 0, r->width_px, r->height_px };
		count = 1;
		r->whole = false;
	} else {
		count = changed_rects(r);
	}
	for (size_t i = 0; i < count; i++)
		run_clipped(list, text, canvas, r->rects[i]);
	canvas_set_clip(canvas, (struct rect){ 0, 0, canvas->width, canvas->height });

	uint64_t *swap = r->before;
	r->before = r->cells;
	r->cells = swap;
	*changed = r->rects;
	return count;
}
