#include "ui/editor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "model/utf8.h"

void editor_bind(struct editor *ed, char *text, size_t size, size_t max_chars, bool lines)
{
	*ed = (struct editor){ .text = text, .size = size, .max_chars = max_chars, .lines = lines };
	ed->caret = ed->anchor = strlen(text);
	ed->moved = true;
}

size_t editor_chars(const struct editor *ed)
{
	return utf8_count(ed->text, strlen(ed->text));
}

static void remove_span(struct editor *ed, size_t from, size_t to)
{
	size_t len = strlen(ed->text);
	memmove(ed->text + from, ed->text + to, len - to + 1);
	/* What the move left behind the end is still the visitor's. */
	sodium_memzero(ed->text + len - (to - from), to - from);
	ed->caret = ed->anchor = from;
	ed->moved = true;
}

static bool remove_selection(struct editor *ed)
{
	if (ed->caret == ed->anchor)
		return false;
	size_t from = ed->caret < ed->anchor ? ed->caret : ed->anchor;
	size_t to = ed->caret < ed->anchor ? ed->anchor : ed->caret;
	remove_span(ed, from, to);
	return true;
}

enum err editor_insert(struct editor *ed, const char *utf8)
{
	size_t add = strlen(utf8), selected = ed->caret > ed->anchor ? ed->caret - ed->anchor : ed->anchor - ed->caret;
	size_t len = strlen(ed->text);
	size_t from = ed->caret < ed->anchor ? ed->caret : ed->anchor;
	size_t chars = editor_chars(ed) - utf8_count(ed->text + from, selected) + utf8_count(utf8, add);
	if (chars > ed->max_chars || len - selected + add + 1 > ed->size) {
		ed->full = true;
		return ERR_TOO_LONG;
	}
	ed->guess_bytes = 0;
	remove_selection(ed);
	len = strlen(ed->text);
	memmove(ed->text + ed->caret + add, ed->text + ed->caret, len - ed->caret + 1);
	memcpy(ed->text + ed->caret, utf8, add);
	ed->caret += add;
	ed->anchor = ed->caret;
	ed->full = false;
	ed->moved = true;
	return ERR_OK;
}

void editor_delete(struct editor *ed)
{
	ed->full = false;
	ed->guess_bytes = 0;
	if (remove_selection(ed) || ed->caret == 0)
		return;
	remove_span(ed, utf8_prev_boundary(ed->text, strlen(ed->text), ed->caret), ed->caret);
}

void editor_select_all(struct editor *ed)
{
	ed->guess_bytes = 0;
	ed->anchor = 0;
	ed->caret = strlen(ed->text);
}

enum err editor_guess(struct editor *ed, const char *utf8)
{
	if (ed->guess_bytes)
		remove_span(ed, ed->caret - ed->guess_bytes, ed->caret);
	ed->guess_bytes = 0;
	enum err e = editor_insert(ed, utf8);
	if (e == ERR_OK)
		ed->guess_bytes = strlen(utf8);
	return e;
}

void editor_confirm(struct editor *ed)
{
	ed->guess_bytes = 0;
}

/* A tap sets the caret, a sideways drag selects; up and down is left to the scrolling. */
static void follow_finger(struct ui *ui, const char *id, struct rect view, struct editor *ed,
                          const struct text_layout *layout, int offset)
{
	const struct ui_input *in = ui_input(ui);
	struct touch touch = ui_touch(ui, id, view, "");
	float press_x, press_y;
	ui_press_point(ui, &press_x, &press_y);
	int x = (int)in->x - view.x, y = (int)in->y - view.y + offset;
	if (touch.pressed && !ed->selecting) {
		float dx = fabsf(in->x - press_x), dy = fabsf(in->y - press_y);
		if (dx > (float)ui_px(ui, 24) && dx > 1.5f * dy) {
			ed->selecting = true;
			editor_confirm(ed);
			ed->anchor = text_hit(layout, (int)press_x - view.x, (int)press_y - view.y + offset);
		}
	}
	if (ed->selecting) {
		ui_hold(ui);
		if (in->down)
			ed->caret = text_hit(layout, x, y);
		else
			ed->selecting = false;
	} else if (touch.clicked) {
		editor_confirm(ed);
		ed->caret = ed->anchor = text_hit(layout, x, y);
	}
}

static void draw_marks(struct ui *ui, struct rect view, int offset, const struct editor *ed,
                       const struct text_layout *layout)
{
	enum { SPANS = 64 };
	const struct palette *p = ui_palette(ui);
	struct rect spans[SPANS];
	size_t from = ed->caret < ed->anchor ? ed->caret : ed->anchor, to = ed->caret < ed->anchor ? ed->anchor : ed->caret;
	size_t count = from < to ? text_span(layout, from, to, spans, SPANS) : 0;
	for (size_t i = 0; i < count; i++)
		ui_fill(ui, (struct rect){ view.x + spans[i].x, view.y - offset + spans[i].y, spans[i].w, spans[i].h },
		        p->gold_soft);
	count = ed->guess_bytes ? text_span(layout, ed->caret - ed->guess_bytes, ed->caret, spans, SPANS) : 0;
	int thick = ui_px_least(ui, 5, 3);
	for (size_t i = 0; i < count; i++)
		ui_fill(ui, (struct rect){ view.x + spans[i].x, view.y - offset + spans[i].y + spans[i].h - thick, spans[i].w,
		                           thick }, p->gold);
}

void ui_editor(struct ui *ui, const char *id, struct rect r, struct editor *ed, enum text_size size,
               const char *placeholder, const char *counter)
{
	const struct palette *p = ui_palette(ui);
	ui_box(ui, r, ui_theme(ui)->corner_px, p->card, ui_px(ui, ed->full ? 5 : 2) + 1, ed->full ? p->amber : p->line);
	struct rect in = inset(r, ui_px(ui, 32), ui_px(ui, ed->lines ? 24 : 4));
	struct look small = { .size = SIZE_SMALL, .ink = ed->full ? p->amber : p->soft, .align = TEXT_RIGHT, .max_lines = 1,
		              .middle = true, .bold = ed->full };
	if (counter) {
		int counter_h = ui_theme(ui)->font_px[SIZE_SMALL] * 3 / 2;
		if (ed->lines)
			ui_text(ui, cut_bottom(&in, counter_h), counter, small);
		else
			ui_text(ui, cut_right(&in, ui_text_width(ui, counter, small) + 4), counter, small);
	}
	struct look look = { .size = size, .ink = p->ink, .line_percent = ed->lines ? 160 : 140,
		             .as_typed = true };
	size_t len = strlen(ed->text);
	const struct text_layout *layout = ui_text_layout(ui, in.w, ed->text, len, look);
	if (!layout)
		return;
	struct rect caret;
	text_caret(layout, ed->caret, &caret);
	if (!ed->lines) /* one line stands in the middle of its field */
		in = (struct rect){ in.x, in.y + (in.h - caret.h) / 2, in.w, caret.h };
	int content = text_height(layout) + (ed->lines ? ui_px(ui, 8) : 0);
	struct scroll scroll = ui_scroll_begin(ui, id, in, content);
	follow_finger(ui, id, in, ed, layout, scroll.offset);
	text_caret(layout, ed->caret, &caret);
	draw_marks(ui, in, scroll.offset, ed, layout);
	if (len == 0) {
		look.ink = p->soft;
		look.as_typed = false;
		ui_text_at(ui, in.x + ui_px(ui, 12), in.y, in.w, placeholder, strlen(placeholder), look);
	} else {
		ui_text_at(ui, in.x, in.y - scroll.offset, in.w, ed->text, len, look);
	}
	int thick = ui_px_least(ui, 5, 3);
	int x = in.x + caret.x < in.x + in.w - thick ? in.x + caret.x : in.x + in.w - thick;
	ui_fill(ui, (struct rect){ x, in.y + caret.y - scroll.offset + caret.h / 8, thick, caret.h * 3 / 4 }, p->red);
	ui_scroll_end(ui, &scroll);
	if (ed->moved) { /* bring the caret into view */
		ed->moved = false;
		int below = caret.y + caret.h - in.h;
		if (caret.y < scroll.offset)
			ui_scroll_to(ui, id, caret.y);
		else if (below > scroll.offset)
			ui_scroll_to(ui, id, below);
		if (caret.y < scroll.offset || below > scroll.offset)
			ui_again(ui);
	}
}
