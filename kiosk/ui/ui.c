#include "ui/ui.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "ui/ui_scroll.h"

enum { MAX_TARGETS = 512 };

/* A press in immediate mode: each target under the finger claims it as it is declared, the last one declared (the topmost)
 * keeps it, and from the next build of the frame on it is the active one. */
struct ui {
	struct text_engine *text; /* borrowed */
	struct icon_set *icons;   /* borrowed */
	const struct theme *theme;
	enum text_face face;
	const struct ui_input *input;
	struct draw_list drawing;
	uint64_t active, claim;    /* target ids; 0 is none */
	bool claim_drags, active_drags;
	bool acted, muted;
	float press_x, press_y;
	int64_t wake_ms;
	struct ui_target targets[MAX_TARGETS];
	size_t target_count;
	struct scroller scroller;
};

enum err ui_create(struct text_engine *text, struct icon_set *icons, struct ui **ui)
{
	struct ui *u = calloc(1, sizeof *u);
	if (!u)
		return ERR_NOMEM;
	u->text = text;
	u->icons = icons;
	*ui = u;
	return ERR_OK;
}

void ui_destroy(struct ui *ui)
{
	if (!ui)
		return;
	draw_list_destroy(&ui->drawing);
	free(ui);
}

void ui_begin(struct ui *ui, const struct theme *theme, enum text_face face, const struct ui_input *input)
{
	ui->theme = theme;
	ui->face = face;
	ui->input = input;
	ui->acted = ui->muted = false;
	ui->claim = 0;
	ui->claim_drags = false;
	ui->wake_ms = INT64_MAX;
	ui->target_count = 0;
	draw_reset(&ui->drawing, ui_screen_rect(ui));
	if (input->pressed) {
		ui->press_x = input->path_count ? input->path[0].x : input->x;
		ui->press_y = input->path_count ? input->path[0].y : input->y;
		ui->active = 0;
	}
	scroller_begin(&ui->scroller, input, ui->press_x, ui->press_y, theme->scale);
}

bool ui_end(struct ui *ui)
{
	bool again = ui->acted;
	scroller_end(&ui->scroller);
	if (ui->input->pressed) {
		ui->active = ui->claim;
		ui->active_drags = ui->claim_drags;
		again = again || ui->active != 0;
	}
	if (scroller_dragging(&ui->scroller) && ui->active && !ui->active_drags) {
		ui->active = 0;
		again = true;
	}
	if (ui->input->released || !ui->input->down) {
		again = again || ui->active != 0;
		ui->active = 0;
	}
	if (scroller_moving(&ui->scroller))
		ui_wake_at(ui, ui->input->now_ms);
	return again;
}

const struct draw_list *ui_drawing(const struct ui *ui)
{
	return &ui->drawing;
}

int64_t ui_wake_ms(const struct ui *ui)
{
	return ui->wake_ms;
}

void ui_wake_at(struct ui *ui, int64_t when_ms)
{
	if (when_ms < ui->wake_ms)
		ui->wake_ms = when_ms;
}

void ui_forget(struct ui *ui)
{
	ui->active = 0;
	sodium_memzero(ui->targets, sizeof ui->targets); /* candidates are labels: a visitor's words */
	ui->target_count = 0;
	scroller_forget(&ui->scroller);
}

const struct ui_input *ui_input(const struct ui *ui)
{
	return ui->input;
}

const struct theme *ui_theme(const struct ui *ui)
{
	return ui->theme;
}

const struct palette *ui_palette(const struct ui *ui)
{
	return ui->theme->palette;
}

struct text_engine *ui_text_engine(struct ui *ui)
{
	return ui->text;
}

int ui_px(const struct ui *ui, int design_px)
{
	return (int)lroundf((float)design_px * ui->theme->scale);
}

int ui_px_least(const struct ui *ui, int design_px, int least_px)
{
	int px = ui_px(ui, design_px);
	return px < least_px ? least_px : px;
}

struct rect ui_screen_rect(const struct ui *ui)
{
	return (struct rect){ 0, 0, ui->theme->width_px, ui->theme->height_px };
}

/* ---- targets ---------------------------------------------------------------------------------------------------- */

static uint64_t id_hash(const char *id)
{
	return draw_hash(DRAW_HASH_SEED, id, strlen(id)) | 1;
}

static void remember(struct ui *ui, const char *id, const char *label, struct rect visible, bool enabled)
{
	if (ui->target_count == MAX_TARGETS)
		return;
	struct ui_target *t = &ui->targets[ui->target_count++];
	strncpy(t->id, id, sizeof t->id - 1);
	t->id[sizeof t->id - 1] = '\0';
	strncpy(t->label, label ? label : "", sizeof t->label - 1);
	t->label[sizeof t->label - 1] = '\0';
	t->box = visible;
	t->enabled = enabled;
}

/* `label` NULL: the target is described already. */
static struct touch touch_target(struct ui *ui, const char *id, struct rect r, const char *label, bool drags)
{
	struct touch touch = { false, false };
	struct rect visible;
	if (ui->muted || !rect_intersect(r, ui->drawing.clip, &visible))
		return touch;
	if (label)
		remember(ui, id, label, visible, true);
	uint64_t hash = id_hash(id);
	const struct ui_input *in = ui->input;
	if (in->pressed && rect_has(visible, ui->press_x, ui->press_y)) {
		ui->claim = hash;
		ui->claim_drags = drags;
	}
	/* A tap may come down and go up within one frame: then the claim alone decides. */
	uint64_t holder = in->pressed ? ui->claim : ui->active;
	if (holder == hash) {
		bool inside = rect_has(visible, in->x, in->y);
		touch.pressed = in->down && (inside || drags);
		touch.clicked = in->released && inside && !scroller_dragging(&ui->scroller);
		ui->acted = ui->acted || touch.clicked;
	}
	return touch;
}

struct touch ui_touch(struct ui *ui, const char *id, struct rect r, const char *label)
{
	return touch_target(ui, id, r, label, false);
}

struct touch ui_touch_drag(struct ui *ui, const char *id, struct rect r, const char *label, bool *drag)
{
	struct touch touch = touch_target(ui, id, r, label, true);
	uint64_t hash = id_hash(id);
	*drag = !ui->muted && (ui->input->pressed ? ui->claim : ui->active) == hash && (ui->input->down || ui->input->released);
	if (*drag)
		scroller_block(&ui->scroller);
	return touch;
}

void ui_untouchable(struct ui *ui, const char *id, struct rect r, const char *label)
{
	struct rect visible;
	if (!ui->muted && rect_intersect(r, ui->drawing.clip, &visible))
		remember(ui, id, label, visible, false);
}

bool ui_tried(struct ui *ui, const char *id, struct rect r)
{
	return touch_target(ui, id, r, NULL, false).clicked;
}

void ui_press_point(const struct ui *ui, float *x, float *y)
{
	*x = ui->press_x;
	*y = ui->press_y;
}

void ui_hold(struct ui *ui)
{
	scroller_hold(&ui->scroller);
}

void ui_again(struct ui *ui)
{
	ui->acted = true;
}

void ui_mute(struct ui *ui, bool muted)
{
	ui->muted = muted;
}

size_t ui_targets(const struct ui *ui, const struct ui_target **targets)
{
	*targets = ui->targets;
	return ui->target_count;
}

/* ---- drawing ---------------------------------------------------------------------------------------------------- */

static struct text_style style_of(const struct ui *ui, struct look look, int width_px)
{
	int size_px = ui->theme->font_px[look.size];
	int percent = look.line_percent ? look.line_percent : 150;
	return (struct text_style){
		.size_px = size_px,
		.bold = look.bold,
		.align = look.align,
		.face = ui->face,
		.width_px = width_px,
		.line_px = size_px * percent / 100,
		.max_lines = look.max_lines,
		.tracking_px = ui_px(ui, look.tracking),
		.fair = !look.as_typed,
	};
}

const struct text_layout *ui_text_layout(struct ui *ui, int width_px, const char *utf8, size_t len, struct look look)
{
	struct text_style style = style_of(ui, look, width_px);
	return text_layout(ui->text, utf8, len, &style);
}

void ui_text_at(struct ui *ui, int x, int y, int width_px, const char *utf8, size_t len, struct look look)
{
	struct text_style style = style_of(ui, look, width_px);
	const struct text_layout *layout = text_layout(ui->text, utf8, len, &style);
	if (!layout)
		return;
	int fields[] = { style.size_px, style.bold, (int)style.align, (int)style.face, style.width_px, style.line_px,
		         style.max_lines, style.tracking_px };
	uint64_t content = draw_hash(draw_hash(DRAW_HASH_SEED, fields, sizeof fields), utf8, len);
	/* Glyphs may reach a little out of their line. */
	int spill = style.size_px / 4;
	int width = width_px ? width_px : text_width(layout);
	struct rect box = { x, y, width + spill, text_height(layout) + spill };
	draw_text(&ui->drawing, layout, content, box, look.ink);
}

int ui_text(struct ui *ui, struct rect r, const char *utf8, struct look look)
{
	size_t len = strlen(utf8);
	const struct text_layout *layout = ui_text_layout(ui, r.w, utf8, len, look);
	if (!layout)
		return 0;
	int height = text_height(layout);
	int y = look.middle ? r.y + (r.h - height) / 2 : r.y;
	ui_text_at(ui, r.x, y, r.w, utf8, len, look);
	return height;
}

int ui_text_height(struct ui *ui, int width_px, const char *utf8, struct look look)
{
	const struct text_layout *layout = ui_text_layout(ui, width_px, utf8, strlen(utf8), look);
	return layout ? text_height(layout) : 0;
}

int ui_text_width(struct ui *ui, const char *utf8, struct look look)
{
	const struct text_layout *layout = ui_text_layout(ui, 0, utf8, strlen(utf8), look);
	return layout ? text_width(layout) : 0;
}

void ui_shrink(struct ui *ui, const char *utf8, struct look *look, int width_px)
{
	while (look->size > SIZE_SMALL && ui_text_width(ui, utf8, *look) > width_px)
		look->size--;
}

void ui_fill(struct ui *ui, struct rect r, colour c)
{
	draw_rect(&ui->drawing, r, 0, c, 0, 0);
}

void ui_box(struct ui *ui, struct rect r, int radius_px, colour fill, int border_px, colour border)
{
	draw_rect(&ui->drawing, r, radius_px, fill, border_px, border);
}

void ui_icon(struct ui *ui, const char *name, int x, int y, int size_px, colour c)
{
	const struct mask *mask = icon_get(ui->icons, name, size_px);
	draw_mask(&ui->drawing, mask, draw_hash(id_hash(name), &size_px, sizeof size_px), x, y, c);
}

struct draw_list *ui_draw(struct ui *ui)
{
	return &ui->drawing;
}

struct rect ui_clip(struct ui *ui, struct rect r)
{
	struct rect before = ui->drawing.clip, inner;
	if (!rect_intersect(before, r, &inner))
		inner = (struct rect){ before.x, before.y, 0, 0 };
	ui->drawing.clip = inner;
	return before;
}

void ui_unclip(struct ui *ui, struct rect before)
{
	ui->drawing.clip = before;
}

/* ---- scrolling --------------------------------------------------------------------------------------------------- */

struct scroll ui_scroll_begin(struct ui *ui, const char *id, struct rect view, int content_px)
{
	struct scroll s = { .view = view, .content_px = content_px };
	struct rect visible;
	bool shown = rect_intersect(view, ui->drawing.clip, &visible) && !ui->muted;
	s.offset = scroller_offset(&ui->scroller, id_hash(id), shown ? visible : (struct rect){ 0, 0, 0, 0 },
	                           content_px > view.h ? content_px - view.h : 0);
	s.clip_before = ui_clip(ui, view);
	return s;
}

void ui_scroll_end(struct ui *ui, const struct scroll *scroll)
{
	ui_unclip(ui, scroll->clip_before);
	int beyond = scroll->content_px - scroll->view.h;
	if (beyond <= 0 || scroll->view.h <= 0)
		return;
	int track = scroll->view.h - ui_px(ui, 16), least = ui_px(ui, 80);
	int length = (int)((int64_t)track * scroll->view.h / scroll->content_px);
	length = length < least ? least : length;
	int y = scroll->view.y + ui_px(ui, 8) + (int)((int64_t)(track - length) * scroll->offset / beyond);
	int width = ui_px_least(ui, 8, 4);
	/* In the margin beside the content, never over it. */
	int x = scroll->view.x + scroll->view.w + ui_px(ui, 14);
	int most = ui_theme(ui)->width_px - width - 2;
	struct rect thumb = { x < most ? x : most, y, width, length };
	ui_box(ui, thumb, width / 2, ui_palette(ui)->gold, 0, 0);
}

void ui_scroll_to(struct ui *ui, const char *id, int offset)
{
	scroller_set(&ui->scroller, id_hash(id), offset);
}

void ui_scroll_rows(const struct scroll *scroll, int row_px, size_t count, size_t *first, size_t *end)
{
	size_t from = (size_t)(scroll->offset / row_px);
	size_t to = (size_t)((scroll->offset + scroll->view.h) / row_px) + 1;
	*first = from < count ? from : count;
	*end = to < count ? to : count;
}

/* ---- rectangles ---------------------------------------------------------------------------------------------------- */

struct rect cut_top(struct rect *r, int h)
{
	struct rect part = { r->x, r->y, r->w, h };
	r->y += h;
	r->h -= h;
	return part;
}

struct rect cut_bottom(struct rect *r, int h)
{
	r->h -= h;
	return (struct rect){ r->x, r->y + r->h, r->w, h };
}

struct rect cut_left(struct rect *r, int w)
{
	struct rect part = { r->x, r->y, w, r->h };
	r->x += w;
	r->w -= w;
	return part;
}

struct rect cut_right(struct rect *r, int w)
{
	r->w -= w;
	return (struct rect){ r->x + r->w, r->y, w, r->h };
}

struct rect inset(struct rect r, int x, int y)
{
	return (struct rect){ r.x + x, r.y + y, r.w - 2 * x, r.h - 2 * y };
}

struct rect grid_cell(struct rect area, int columns, int gap_px, int row_px, size_t i)
{
	int column = (int)(i % (size_t)columns), row = (int)(i / (size_t)columns);
	/* Edges are computed, not widths, so that no pixel is lost over the row. */
	int x0 = (area.w + gap_px) * column / columns, x1 = (area.w + gap_px) * (column + 1) / columns - gap_px;
	return (struct rect){ area.x + x0, area.y + row * (row_px + gap_px), x1 - x0, row_px };
}

bool rect_has(struct rect r, float x, float y)
{
	return x >= (float)r.x && y >= (float)r.y && x < (float)(r.x + r.w) && y < (float)(r.y + r.h);
}
