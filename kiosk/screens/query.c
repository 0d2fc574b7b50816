/* What became of it: the slip is scanned, or its code typed. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "ui/widgets.h"

static const char keys[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void query_enter(struct app *app)
{
	sodium_memzero(app->session->typed, sizeof app->session->typed);
	app->session->find_message = NULL;
}

/* Twelve boxes in three groups of four, as on the slip. */
static void boxes(struct app *app, struct ui *ui, struct rect r)
{
	const struct palette *p = ui_palette(ui);
	const struct session *s = app->session;
	size_t typed = strlen(s->typed);
	int gap = ui_px_least(ui, 10, 3), dash = ui_px_least(ui, 40, 14);
	int w = (r.w - 9 * gap - 2 * dash) / SLIP_CODE_CHARS;
	int most = r.h * 85 / 100;
	w = w > most ? most : w;
	int x = r.x + (r.w - (SLIP_CODE_CHARS * w + 9 * gap + 2 * dash)) / 2;
	struct look look = { .size = ui_theme(ui)->compact ? SIZE_SMALL : SIZE_HEADING, .bold = true, .ink = p->ink, .align = TEXT_CENTER, .middle = true,
		             .max_lines = 1 };
	for (size_t i = 0; i < SLIP_CODE_CHARS; i++) {
		struct rect box = { x, r.y, w, r.h };
		bool next = i == typed;
		int border = ui_px(ui, next ? 5 : 2);
		ui_box(ui, box, ui_px(ui, 14), p->card, border < 1 ? 1 : border, next ? p->red : p->line);
		if (i < typed) {
			char c[2] = { s->typed[i], '\0' };
			ui_text(ui, box, c, look);
		}
		x += w;
		if (i % 4 == 3 && i + 1 < SLIP_CODE_CHARS) {
			ui_fill(ui, (struct rect){ x + dash / 4, r.y + r.h / 2, dash / 2, ui_px_least(ui, 4, 2) }, p->soft);
			x += dash;
		} else {
			x += gap;
		}
	}
}

static void type(struct session *s, char c)
{
	size_t n = strlen(s->typed);
	if (n < SLIP_CODE_CHARS) {
		s->typed[n] = c;
		s->typed[n + 1] = '\0';
	}
	s->find_message = NULL;
}

static void keypad(struct app *app, struct ui *ui, struct rect r, int columns, int key_px)
{
	struct session *s = app->session;
	int gap = ui_px_least(ui, 12, 4);
	size_t count = sizeof keys - 1;
	for (size_t i = 0; i < count; i++) {
		char label[2] = { keys[i], '\0' }, id[16];
		snprintf(id, sizeof id, "query.key.%c", keys[i]);
		if (ui_button(ui, id, grid_cell(r, columns, gap, key_px, i), NULL, label, BUTTON_PLAIN))
			type(s, keys[i]);
	}
}

static void message(struct app *app, struct ui *ui, struct rect *area)
{
	struct session *s = app->session;
	int64_t wait_ms = throttle_wait_ms(&app->throttle, app->now_ms);
	int gap = ui_theme(ui)->gap_px * 3 / 4;
	if (wait_ms > 0) {
		char words[192];
		long long seconds = (long long)(wait_ms + 999) / 1000;
		if (seconds >= 120)
			snprintf(words, sizeof words, tr("连着输错了好几次，请等 %lld 分钟再试。小票没有作废，您说的事照常在办。"),
			         (seconds + 59) / 60);
		else
			snprintf(words, sizeof words, tr("连着输错了好几次，请等 %lld 秒再试。小票没有作废，您说的事照常在办。"), seconds);
		cut_top(area, ui_notice(ui, *area, NOTICE_CARE, "clock", words) + gap);
		ui_wake_at(ui, app->now_ms + (wait_ms - 1) % 1000 + 1);
	} else if (s->find_message) {
		cut_top(area, ui_notice(ui, *area, NOTICE_CARE, "warn", tr(s->find_message)) + gap);
	} else {
		const char *hint = app->scanner_present ? tr("把小票上的方块码对着扫码口，或者输入小票上的 12 位码")
		                                        : tr("请输入小票上的 12 位码，横杠不用输");
		cut_top(area, ui_notice(ui, *area, NOTICE_QUIET, "paper", hint) + gap);
	}
}

static void tools(struct app *app, struct ui *ui, struct rect r)
{
	struct session *s = app->session;
	int gap = ui_px_least(ui, 12, 4);
	enum button_kind kind = s->typed[0] ? BUTTON_PLAIN : BUTTON_OFF;
	if (ui_button(ui, "query.delete", grid_cell(r, 2, gap, r.h, 0), "delete", tr("删除"), kind)) {
		s->typed[strlen(s->typed) - 1] = '\0';
		s->find_message = NULL;
	}
	if (ui_button(ui, "query.clear", grid_cell(r, 2, gap, r.h, 1), NULL, tr("清空"), kind)) {
		sodium_memzero(s->typed, sizeof s->typed);
		s->find_message = NULL;
	}
}

enum { COLUMNS = 8, ROWS = 4 };

static void portrait(struct app *app, struct ui *ui, struct rect area)
{
	const struct theme *t = ui_theme(ui);
	int gap = ui_px_least(ui, 12, 4), box_px = ui_px(ui, 130), below_px = ui_px(ui, 40);
	message(app, ui, &area);
	int key_px = ui_px_least(ui, 140, t->target_px);
	int keys_px = ROWS * (key_px + gap) + key_px, total = box_px + below_px + keys_px;
	struct scroll scroll = ui_scroll_begin(ui, "query", area, total);
	struct rect at = { area.x, area.y - scroll.offset, area.w, area.h > total ? area.h : total };
	boxes(app, ui, cut_top(&at, box_px));
	struct rect keys_at = cut_bottom(&at, keys_px); /* low, where the hand is */
	keypad(app, ui, keys_at, COLUMNS, key_px);
	tools(app, ui, cut_bottom(&keys_at, key_px));
	ui_scroll_end(ui, &scroll);
}

/* What is typed at the left, the keys at the right. */
static void landscape(struct app *app, struct ui *ui, struct rect area)
{
	const struct theme *t = ui_theme(ui);
	int gap = ui_px_least(ui, 12, 4);
	struct rect left = cut_left(&area, area.w * (t->compact ? 44 : 46) / 100);
	cut_left(&area, t->gap_px);
	int tools_px = t->compact ? t->target_px * 3 / 4 : t->target_px, box_px = ui_px_least(ui, 130, 52);
	tools(app, ui, cut_bottom(&left, tools_px));
	cut_bottom(&left, gap);
	boxes(app, ui, cut_top(&left, box_px));
	cut_top(&left, t->gap_px);
	/* A long message in large letters scrolls rather than lie over the keys below. */
	struct rect below = { left.x, ui_screen_rect(ui).h, left.w, 0 };
	struct rect measured = below;
	message(app, ui, &measured);
	struct scroll scroll = ui_scroll_begin(ui, "query.message", left, measured.y - below.y - t->gap_px * 3 / 4);
	struct rect at = { left.x, left.y - scroll.offset, left.w, left.h };
	message(app, ui, &at);
	ui_scroll_end(ui, &scroll);
	int key_px = (area.h - (ROWS - 1) * gap) / ROWS;
	/* On the smallest panel all keys at once, though small, are better than keys that must be scrolled to. */
	keypad(app, ui, area, COLUMNS, key_px);
}

static void query_frame(struct app *app, struct ui *ui)
{
	const struct session *s = app->session;
	const struct theme *t = ui_theme(ui);
	bool open = throttle_wait_ms(&app->throttle, app->now_ms) == 0;
	bool ready = strlen(s->typed) == SLIP_CODE_CHARS && open && !s->looking;
	struct rect content;
	struct app_page page = { .title = tr("查询办理"), .go = s->looking ? tr("正在查…") : tr("查询"), .go_off = !ready,
		                 .go_why = "码一共 12 位，请对着小票输完",
		                 .go_icon = "search" };
	if (app_page(app, ui, &page, &content)) {
		app_find_case(app, s->typed, strlen(s->typed));
		return;
	}
	struct rect area = app_margins(ui, content);
	if (t->landscape)
		landscape(app, ui, area);
	else
		portrait(app, ui, area);
}

const struct screen screen_query = {
	.name = "query",
	.enter = query_enter,
	.frame = query_frame,
	.help = "把小票上的方块码对着扫码口照一下。照不出来，就把小票上那十二个字母和数字点进去，横杠不用点。看不清的地方，请旁边您信得过的人帮您念一念。",
};
