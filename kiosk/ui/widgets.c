#include "ui/widgets.h"

#include <string.h>

#include "model/utf8.h"

enum { SINK_PX = 2, PRESS_PERCENT = 94 };

colour colour_darker(colour c)
{
	colour r = (c >> 16 & 0xFF) * PRESS_PERCENT / 100, g = (c >> 8 & 0xFF) * PRESS_PERCENT / 100;
	colour b = (c & 0xFF) * PRESS_PERCENT / 100;
	return (c & 0xFF000000u) | r << 16 | g << 8 | b;
}

struct button_colours { colour ground, border, ink; };

static struct button_colours button_colours(const struct ui *ui, enum button_kind kind)
{
	const struct palette *p = ui_palette(ui);
	switch (kind) {
	case BUTTON_MAIN:
	case BUTTON_RED:
		return (struct button_colours){ p->red, p->red, p->white };
	case BUTTON_SELECTED:
		return (struct button_colours){ p->ink, p->ink, p->white };
	case BUTTON_GREEN:
		return (struct button_colours){ p->green, p->green, p->white };
	case BUTTON_AMBER:
		return (struct button_colours){ p->amber, p->amber, p->white };
	case BUTTON_OFF:
		return (struct button_colours){ p->paper, p->line, p->soft };
	case BUTTON_PLAIN:
		break;
	}
	return (struct button_colours){ p->card, p->line, p->ink };
}

/* The largest size in which the label stands in one line; the smallest one is then broken in two. */
static struct look label_look(struct ui *ui, const char *label, int width_px, bool strong, colour ink)
{
	size_t len = strlen(label);
	bool key = len && utf8_next_boundary(label, len, 0) == len; /* one letter, digit or mark */
	enum text_size size = strong ? SIZE_BUTTON : key ? SIZE_HEADING : SIZE_BODY;
	struct look look = { .size = size, .bold = strong, .ink = ink, .align = TEXT_CENTER,
		             .middle = true, .max_lines = 1, .line_percent = 125 };
	ui_shrink(ui, label, &look, width_px);
	if (ui_text_width(ui, label, look) > width_px) {
		look.max_lines = 2;
		look.line_percent = 115;
	}
	return look;
}

bool ui_button(struct ui *ui, const char *id, struct rect r, const char *icon, const char *label, enum button_kind kind)
{
	struct touch touch = { false, false };
	if (kind == BUTTON_OFF)
		ui_untouchable(ui, id, r, label ? label : icon);
	else
		touch = ui_touch(ui, id, r, label ? label : icon);
	struct button_colours c = button_colours(ui, kind);
	if (touch.pressed) {
		c.ground = colour_darker(c.ground);
		r.y += SINK_PX;
	}
	int border = ui_px_least(ui, 2, 1);
	ui_box(ui, r, ui_px(ui, 20), c.ground, border, c.border);
	bool strong = kind == BUTTON_MAIN || kind == BUTTON_GREEN || kind == BUTTON_AMBER || kind == BUTTON_RED;
	int icon_px = icon ? ui_px(ui, strong ? 48 : 44) : 0;
	if (icon && icon_px < 28)
		icon_px = 28;
	if (!label) {
		if (icon)
			ui_icon(ui, icon, r.x + (r.w - icon_px) / 2, r.y + (r.h - icon_px) / 2, icon_px, c.ink);
		return touch.clicked;
	}
	int between = icon ? ui_px(ui, 14) : 0, pad = ui_px(ui, 12);
	int room = r.w - 2 * pad - icon_px - between;
	struct look look = label_look(ui, label, room, strong, c.ink);
	if (icon && look.max_lines == 2 && r.h >= icon_px + 2 * ui_theme(ui)->font_px[SIZE_SMALL]) {
		/* Too narrow for side by side: the icon goes above. */
		struct rect in = inset(r, pad, ui_px(ui, 8));
		struct rect top = cut_top(&in, icon_px);
		ui_icon(ui, icon, top.x + (top.w - icon_px) / 2, top.y, icon_px, c.ink);
		ui_text(ui, in, label, label_look(ui, label, in.w, strong, c.ink));
		return touch.clicked;
	}
	int text_px = ui_text_width(ui, label, look);
	text_px = text_px < room ? text_px : room;
	int x = r.x + (r.w - icon_px - between - text_px) / 2;
	if (icon)
		ui_icon(ui, icon, x, r.y + (r.h - icon_px) / 2, icon_px, c.ink);
	ui_text(ui, (struct rect){ x + icon_px + between, r.y, text_px + 2, r.h }, label, look);
	return touch.clicked;
}

void ui_card(struct ui *ui, struct rect r)
{
	const struct palette *p = ui_palette(ui);
	ui_box(ui, r, ui_theme(ui)->corner_px, p->card, ui_px_least(ui, 2, 1), p->line);
}

bool ui_card_touch(struct ui *ui, const char *id, struct rect *r, const char *label, bool chosen)
{
	const struct palette *p = ui_palette(ui);
	struct touch touch = ui_touch(ui, id, *r, label);
	colour ground = chosen ? p->gold_soft : p->card;
	if (touch.pressed) {
		ground = colour_darker(ground);
		r->y += SINK_PX;
	}
	int border = ui_px(ui, chosen ? 4 : 2);
	ui_box(ui, *r, ui_theme(ui)->corner_px, ground, border < 1 ? 1 : border, chosen ? p->gold : p->line);
	return touch.clicked;
}

int ui_chip_height(const struct ui *ui)
{
	return ui_theme(ui)->font_px[SIZE_SMALL] * 3 / 2 + ui_px(ui, 16);
}

int ui_chip(struct ui *ui, int x, int y, const char *label, enum chip_kind kind)
{
	const struct palette *p = ui_palette(ui);
	colour ground = p->gold_soft, ink = p->gold_ink;
	if (kind == CHIP_GREEN) {
		ground = p->green_soft;
		ink = p->green;
	} else if (kind == CHIP_DARK) {
		ground = p->ink;
		ink = p->white;
	} else if (kind == CHIP_AMBER) {
		ink = p->amber;
	}
	struct look look = { .size = SIZE_SMALL, .ink = ink, .align = TEXT_CENTER, .middle = true, .max_lines = 1 };
	int height = ui_chip_height(ui), width = ui_text_width(ui, label, look) + ui_px(ui, 56);
	struct rect r = { x, y, width, height };
	ui_box(ui, r, height / 2, ground, 0, 0);
	ui_text(ui, r, label, look);
	return width;
}

bool ui_choice(struct ui *ui, const char *id, struct rect r, const char *icon, const char *title, const char *line,
               bool chosen)
{
	const struct palette *p = ui_palette(ui);
	bool clicked = ui_card_touch(ui, id, &r, title, chosen);
	struct rect in = inset(r, ui_px(ui, 32), ui_px(ui, 24));
	int icon_px = r.h * 27 / 100, least = ui_px_least(ui, 72, 36);
	icon_px = icon_px < least ? least : icon_px;
	struct look head = { .size = SIZE_HEADING, .bold = true, .ink = p->ink, .max_lines = 1, .line_percent = 130 };
	ui_shrink(ui, title, &head, in.w);
	if (ui_text_width(ui, title, head) > in.w)
		head.max_lines = 2;
	struct look small = { .size = SIZE_SMALL, .ink = p->soft, .max_lines = 2, .line_percent = 135 };
	int title_px = ui_text_height(ui, in.w, title, head);
	int line_px = line ? ui_text_height(ui, in.w, line, small) : 0;
	bool wide = r.w > r.h * 2; /* then the icon stands beside the words */
	if (!wide && in.h >= icon_px + title_px + line_px + ui_px(ui, 12)) {
		ui_icon(ui, icon, in.x, in.y, icon_px, p->red);
		struct rect bottom = cut_bottom(&in, title_px + line_px);
		ui_text(ui, cut_top(&bottom, title_px), title, head);
		if (line)
			ui_text(ui, bottom, line, small);
		return clicked;
	}
	in = inset(r, ui_px(ui, 28), ui_px(ui, 12));
	int grown = r.h * 40 / 100, most = ui_px(ui, 120);
	icon_px = grown > most ? most : grown > icon_px ? grown : icon_px;
	struct rect left = cut_left(&in, icon_px + ui_px(ui, 28));
	struct look least_head = head;
	least_head.size = SIZE_SMALL;
	least_head.max_lines = 0;
	if (ui_text_height(ui, in.w, title, least_head) > 2 * ui_text_height(ui, in.w, "", least_head))
		in = inset(r, ui_px(ui, 28), ui_px(ui, 12)); /* the words need the picture's room */
	else
		ui_icon(ui, icon, left.x, left.y + (left.h - icon_px) / 2, icon_px, p->red);
	head.size = SIZE_HEADING;
	ui_shrink(ui, title, &head, in.w);
	head.max_lines = ui_text_width(ui, title, head) > in.w ? 2 : 1;
	title_px = ui_text_height(ui, in.w, title, head);
	small.max_lines = 1;
	line_px = line ? ui_text_height(ui, in.w, line, small) : 0;
	if (in.h < title_px + line_px)
		line_px = 0;
	struct rect words = { in.x, in.y + (in.h - title_px - line_px) / 2, in.w, title_px };
	ui_text(ui, words, title, head);
	if (line_px)
		ui_text(ui, (struct rect){ words.x, words.y + title_px, words.w, line_px }, line, small);
	return clicked;
}

void ui_face(struct ui *ui, struct rect r)
{
	const struct palette *p = ui_palette(ui);
	ui_box(ui, r, ui_px(ui, 24), p->face, 0, 0);
	int short_px = r.w < r.h ? r.w : r.h, size = short_px * 64 / 100;
	ui_icon(ui, "person", r.x + (r.w - size) / 2, r.y + (r.h - size) / 2, size, p->face_ink);
}

void ui_sign(struct ui *ui, int cx, int cy, int radius_px, const char *icon, colour c)
{
	draw_circle(ui_draw(ui), cx, cy, radius_px, c);
	int size = radius_px * 135 / 100;
	ui_icon(ui, icon, cx - size / 2, cy - size / 2, size, ui_palette(ui)->white);
}

int ui_notice(struct ui *ui, struct rect r, enum notice_kind kind, const char *icon, const char *text)
{
	const struct palette *p = ui_palette(ui);
	int pad = ui_px(ui, 28), icon_px = ui_px_least(ui, 64, 36);
	struct look look = { .size = SIZE_SMALL, .ink = p->ink, .line_percent = 145, .middle = true };
	int room = r.w - 3 * pad - icon_px;
	int text_px = ui_text_height(ui, room, text, look);
	int height = (text_px > icon_px ? text_px : icon_px) + 2 * ui_px(ui, 20);
	colour ground = kind == NOTICE_CARE ? p->gold_soft : kind == NOTICE_GOOD ? p->green_soft : p->card;
	colour sign = kind == NOTICE_CARE ? p->amber : kind == NOTICE_GOOD ? p->green : p->gold;
	struct rect box = { r.x, r.y, r.w, height };
	int border = ui_px_least(ui, 2, 1);
	ui_box(ui, box, ui_theme(ui)->corner_px, ground, kind == NOTICE_QUIET ? border : 0, p->line);
	ui_icon(ui, icon, box.x + pad, box.y + (height - icon_px) / 2, icon_px, sign);
	ui_text(ui, (struct rect){ box.x + 2 * pad + icon_px, box.y, room, height }, text, look);
	return height;
}
