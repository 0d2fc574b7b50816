#include "ui/chrome.h"

#include <stdio.h>
#include <string.h>

#include "ui/widgets.h"

static void header(struct ui *ui, struct rect r, const struct chrome *c)
{
	const struct palette *p = ui_palette(ui);
	const struct theme *t = ui_theme(ui);
	ui_fill(ui, r, p->red);
	struct rect in = inset(r, t->margin_px, 0);
	int mark_px = r.h * 57 / 100;
	struct rect mark = cut_left(&in, mark_px);
	mark.y += (r.h - mark_px) / 2;
	mark.h = mark_px;
	ui_box(ui, mark, ui_px(ui, 20), 0x22FFFFFF, 0, 0);
	ui_icon(ui, "home", mark.x + mark_px / 6, mark.y + mark_px / 6, mark_px * 2 / 3, p->white);
	cut_left(&in, ui_px(ui, 28));

	colour faint = 0xD9FFFFFF;
	bool second = !t->compact;
	struct look clock = { .size = second ? SIZE_HEADING : SIZE_TITLE, .ink = p->white, .align = TEXT_RIGHT, .max_lines = 1,
		              .line_percent = 110, .middle = !second };
	struct look small = { .size = SIZE_SMALL, .ink = faint, .align = TEXT_RIGHT, .max_lines = 1, .line_percent = 125 };
	int clock_w = ui_text_width(ui, c->clock, clock);
	int date_w = second ? ui_text_width(ui, c->date, small) : 0;
	int right_w = clock_w > date_w ? clock_w : date_w;
	struct rect right = cut_right(&in, right_w + 4);
	cut_right(&in, ui_px(ui, 28));

	struct look name = { .size = SIZE_TITLE, .bold = true, .ink = p->white, .max_lines = 1, .line_percent = 125, .tracking = 1,
		             .middle = !second };
	const char *words = t->compact && c->title ? c->title : c->home;
	ui_shrink(ui, words, &name, in.w);
	if (!second) {
		ui_text(ui, in, words, name);
		ui_text(ui, right, c->clock, clock);
		return;
	}
	struct look sub = small;
	sub.align = TEXT_LEFT;
	/* "A · B" that does not fit is B alone. */
	const char *dot = c->subtitle ? strstr(c->subtitle, " · ") : NULL;
	const char *subtitle = dot && ui_text_width(ui, c->subtitle, sub) > in.w ? dot + strlen(" · ") : c->subtitle;
	int name_px = ui_text_height(ui, in.w, words, name);
	int sub_px = subtitle ? ui_text_height(ui, in.w, subtitle, sub) : 0;
	int y = r.y + (r.h - name_px - sub_px) / 2;
	ui_text(ui, (struct rect){ in.x, y, in.w, name_px }, words, name);
	if (subtitle)
		ui_text(ui, (struct rect){ in.x, y + name_px, in.w, sub_px }, subtitle, sub);
	int clock_px = ui_text_height(ui, right.w, c->clock, clock);
	int date_px = ui_text_height(ui, right.w, c->date, small);
	y = r.y + (r.h - clock_px - date_px) / 2;
	ui_text(ui, (struct rect){ right.x, y, right.w, clock_px }, c->clock, clock);
	ui_text(ui, (struct rect){ right.x, y + clock_px, right.w, date_px }, c->date, small);
}

static void title_strip(struct ui *ui, struct rect r, const struct chrome *c)
{
	const struct palette *p = ui_palette(ui);
	const struct theme *t = ui_theme(ui);
	ui_fill(ui, r, p->strip);
	int line = ui_px_least(ui, 2, 1);
	ui_fill(ui, (struct rect){ r.x, r.y + r.h - line, r.w, line }, p->line);
	struct rect in = inset(r, t->margin_px, 0);
	if (c->step > 0) {
		struct look small = { .size = SIZE_SMALL, .ink = p->soft, .max_lines = 1, .middle = true };
		int words_px = ui_text_width(ui, c->step_words, small) + 2, dots_px = ui_px(ui, 64 + 4 * 20 + 6 * 14);
		struct look least = { .size = SIZE_SMALL, .bold = true };
		/* What this is goes before the number of the step, which the dots tell too. */
		if (ui_text_width(ui, c->title, least) + dots_px + words_px <= in.w)
			ui_text(ui, cut_right(&in, words_px), c->step_words, small);
		int dot = ui_px(ui, 20), gap = ui_px(ui, 14), x = in.x + in.w - gap;
		for (int k = c->step_count; k >= 1; k--) {
			int w = k == c->step ? ui_px(ui, 64) : dot;
			x -= w;
			colour ink = k == c->step ? p->red : k < c->step ? p->gold : p->line;
			ui_box(ui, (struct rect){ x, r.y + (r.h - dot) / 2, w, dot }, dot / 2, ink, 0, 0);
			x -= gap;
		}
		in.w = x - in.x;
	}
	struct look look = { .size = SIZE_TITLE, .bold = true, .ink = p->ink, .max_lines = 1, .middle = true };
	ui_shrink(ui, c->title, &look, in.w);
	ui_text(ui, in, c->title, look);
}

static enum chrome_action bar(struct ui *ui, struct rect r, const struct chrome *c)
{
	const struct palette *p = ui_palette(ui);
	const struct theme *t = ui_theme(ui);
	ui_fill(ui, r, p->strip);
	int line = ui_px_least(ui, 2, 1);
	ui_fill(ui, (struct rect){ r.x, r.y, r.w, line }, p->line);

	int gap = ui_px_least(ui, 20, 8);
	int pad = (t->bar_px - t->target_px) / 2 < ui_px(ui, 24) ? (t->bar_px - t->target_px) / 2 : ui_px(ui, 24);
	struct rect in = inset(r, t->margin_px, pad);
	struct { const char *id, *icon, *label; enum chrome_action action; int share; enum button_kind kind; } keys[] = {
		{ "bar.back", c->back_icon, c->back, CHROME_BACK, 4, BUTTON_PLAIN },
		{ "bar.large", "text", c->large, CHROME_LARGE, 4, t->large ? BUTTON_SELECTED : BUTTON_PLAIN },
		{ "bar.language", NULL, c->language, CHROME_LANGUAGE, 4, BUTTON_PLAIN },
		{ "bar.help", "help", c->help, CHROME_HELP, 4, BUTTON_PLAIN },
		{ "bar.go", c->go_icon, c->go, CHROME_GO, 7, c->go_off ? BUTTON_OFF : BUTTON_MAIN },
	};
	enum { KEYS = sizeof keys / sizeof keys[0] };
	int shares = 0, count = 0;
	for (int i = 0; i < KEYS; i++) {
		if (keys[i].label) {
			shares += keys[i].share;
			count++;
		}
	}
	enum chrome_action action = CHROME_NONE;
	int room = in.w - gap * (count - 1), x = in.x, done = 0;
	for (int i = 0; i < KEYS; i++) {
		if (!keys[i].label)
			continue;
		int from = room * done / shares, to = room * (done + keys[i].share) / shares;
		done += keys[i].share;
		struct rect key = { x, in.y, to - from, in.h };
		/* Five keys leave no room for icon and word side by side. */
		const char *icon = count == KEYS && keys[i].action != CHROME_GO ? NULL : keys[i].icon;
		if (ui_button(ui, keys[i].id, key, icon, keys[i].label, keys[i].kind))
			action = keys[i].action;
		if (keys[i].kind == BUTTON_OFF && ui_tried(ui, keys[i].id, key))
			action = CHROME_GO_TRIED;
		x += to - from + gap;
	}
	return action;
}

enum chrome_action ui_chrome(struct ui *ui, const struct chrome *chrome, struct rect *content)
{
	const struct theme *t = ui_theme(ui);
	struct rect screen = ui_screen_rect(ui);
	ui_fill(ui, screen, ui_palette(ui)->paper);
	header(ui, cut_top(&screen, t->header_px), chrome);
	if (chrome->title && t->title_px)
		title_strip(ui, cut_top(&screen, t->title_px), chrome);
	enum chrome_action action = bar(ui, cut_bottom(&screen, t->bar_px), chrome);
	*content = screen;
	return action;
}
