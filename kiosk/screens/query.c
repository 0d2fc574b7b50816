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
	int gap = ui_px(ui, 10) < 3 ? 3 : ui_px(ui, 10), dash = ui_px(ui, 40) < 14 ? 14 : ui_px(ui, 40);
	int w = (r.w - 9 * gap - 2 * dash) / SLIP_CODE_CHARS;
	int most = r.h * 85 / 100;
	w = w > most ? most : w;
	int x = r.x + (r.w - (SLIP_CODE_CHARS * w + 9 * gap + 2 * dash)) / 2;
	struct look look = { .size = SIZE_HEADING, .bold = true, .ink = p->ink, .align = TEXT_CENTER, .middle = true,
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
			ui_fill(ui, (struct rect){ x + dash / 4, r.y + r.h / 2, dash / 2, ui_px(ui, 4) < 2 ? 2 : ui_px(ui, 4) }, p->soft);
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
	int gap = ui_px(ui, 12) < 4 ? 4 : ui_px(ui, 12);
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
		const char *hint = app->scanner_present ? tr("把小票上的方块码对着扫码口，或者在下面输入小票上的 12 位码")
		                                        : tr("请在下面输入小票上的 12 位码，横杠不用输");
		cut_top(area, ui_notice(ui, *area, NOTICE_QUIET, "paper", hint) + gap);
	}
}

static void query_frame(struct app *app, struct ui *ui)
{
	struct session *s = app->session;
	const struct theme *t = ui_theme(ui);
	bool open = throttle_wait_ms(&app->throttle, app->now_ms) == 0;
	bool ready = strlen(s->typed) == SLIP_CODE_CHARS && open && !s->looking;
	struct rect content;
	struct app_page page = { .title = tr("查询办理"), .go = s->looking ? tr("正在查…") : tr("查询"), .go_off = !ready,
		                 .go_icon = "search" };
	if (app_page(app, ui, &page, &content)) {
		app_find_case(app, s->typed, strlen(s->typed));
		return;
	}
	struct rect area = app_margins(ui, content);
	int gap = ui_px(ui, 12) < 4 ? 4 : ui_px(ui, 12), columns = 8, rows = 4;
	int box_px = ui_px(ui, 130) < 60 ? 60 : ui_px(ui, 130);
	struct rect body = area;
	if (!t->compact)
		message(app, ui, &body);
	int key_px = ui_px(ui, 140) < t->target_px ? t->target_px : ui_px(ui, 140);
	int fit = (body.h - box_px - ui_px(ui, 40) - (rows - 1) * gap) / (rows + 1);
	if (fit >= t->target_px && fit < key_px)
		key_px = fit;
	int tools_px = key_px, total = box_px + ui_px(ui, 40) + rows * (key_px + gap) + tools_px;
	if (t->compact)
		total += 120;
	struct scroll scroll = ui_scroll_begin(ui, "query", body, total);
	struct rect at = { body.x, body.y - scroll.offset, body.w, total };
	if (t->compact)
		message(app, ui, &at);
	boxes(app, ui, cut_top(&at, box_px));
	cut_top(&at, ui_px(ui, 40));
	/* In portrait the keys stand low, where the hand is. */
	int spare = body.h - total;
	if (spare > 0 && !t->landscape)
		cut_top(&at, spare < ui_px(ui, 200) ? spare : ui_px(ui, 200));
	keypad(app, ui, cut_top(&at, rows * (key_px + gap)), columns, key_px);
	struct rect tools = cut_top(&at, tools_px);
	if (ui_button(ui, "query.delete", grid_cell(tools, 2, gap, tools_px, 0), "delete", tr("删除"),
	              s->typed[0] ? BUTTON_PLAIN : BUTTON_OFF)) {
		size_t n = strlen(s->typed);
		if (n)
			s->typed[n - 1] = '\0';
		s->find_message = NULL;
	}
	if (ui_button(ui, "query.clear", grid_cell(tools, 2, gap, tools_px, 1), NULL, tr("清空"),
	              s->typed[0] ? BUTTON_PLAIN : BUTTON_OFF)) {
		sodium_memzero(s->typed, sizeof s->typed);
		s->find_message = NULL;
	}
	ui_scroll_end(ui, &scroll);
}

const struct screen screen_query = {
	.name = "query",
	.enter = query_enter,
	.frame = query_frame,
	.help = "把小票上的方块码对着扫码口照一下。照不出来，就把小票上那十二个字母和数字点进去，横杠不用点。看不清的地方，请旁边您信得过的人帮您念一念。",
};
