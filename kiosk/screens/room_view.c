#include "screens/room_view.h"

#include <stdio.h>

#include "app/words.h"
#include "app/words_attendance.h"
#include "screens/parts.h"
#include "ui/widgets.h"

/* The title, when and where. Gives the height used. */
static int heading(struct app *app, struct ui *ui, struct rect r)
{
	const struct palette *p = ui_palette(ui);
	const struct activity *a = &app->room.row.activity;
	char when[WHEN_SIZE], line[WHEN_SIZE + ACTIVITY_PLACE_SIZE];
	word_activity_when(a, app->wall_ms, when);
	snprintf(line, sizeof line, "%s%s%s", when, a->place[0] ? " · " : "", i18n_content(app->i18n, a->place));
	struct look big = { .size = ui_theme(ui)->compact ? SIZE_TITLE : SIZE_BIG, .bold = true, .ink = p->ink, .max_lines = 2, .line_percent = 130 };
	struct look soft = { .size = SIZE_BODY, .ink = p->soft, .max_lines = 1, .line_percent = 140 };
	int used = ui_text(ui, r, i18n_content(app->i18n, a->title), big);
	cut_top(&r, used);
	return used + ui_text(ui, r, line, soft);
}

/* The count against the list and the quorum. Gives the height used. */
static int count(struct app *app, struct ui *ui, struct rect r)
{
	const struct palette *p = ui_palette(ui);
	const struct activity_row *row = &app->room.row;
	int top = r.y, quorum = activity_quorum(&row->activity, row->invited), missing = quorum - row->present;
	char words[WHEN_SIZE], line[256], guests[64] = "", leave[64] = "";
	word_activity_count(row, words);
	if (row->guests > 0 && row->invited > 0)
		snprintf(guests, sizeof guests, tr("，列席 %d 人"), row->guests);
	if (row->on_leave > 0)
		snprintf(leave, sizeof leave, tr("，请假 %d 人"), row->on_leave);
	if (row->invited == 0)
		line[0] = '\0';
	else if (missing > 0)
		snprintf(line, sizeof line, tr("还差 %d 人到法定人数 %d 人%s%s"), missing, quorum, leave, guests);
	else
		snprintf(line, sizeof line, tr("已经到了法定人数 %d 人%s%s"), quorum, leave, guests);
	struct look big = { .size = SIZE_HEADING, .bold = true, .ink = p->ink, .max_lines = 1, .line_percent = 135 };
	struct look soft = { .size = SIZE_SMALL, .ink = p->soft, .line_percent = 145 };
	ui_shrink(ui, words, &big, r.w);
	cut_top(&r, ui_text(ui, r, words, big) + ui_px(ui, 8));
	if (row->invited > 0) {
		int over = ui_px_least(ui, 10, 4), mark = ui_px_least(ui, 6, 3);
		cut_top(&r, over);
		struct rect bar = cut_top(&r, ui_px_least(ui, 36, 14));
		progress_bar(ui, bar, row->present, row->invited, p->line, missing > 0 ? p->gold : p->green);
		int x = bar.x + (int)((int64_t)bar.w * quorum / row->invited);
		x = x > bar.x + bar.w - mark ? bar.x + bar.w - mark : x;
		ui_fill(ui, (struct rect){ x, bar.y - over, mark, bar.h + 2 * over }, p->ink);
		cut_top(&r, over + ui_px(ui, 8));
		cut_top(&r, ui_text(ui, r, line, soft));
	}
	return r.y - top;
}

struct name_look { const char *icon; colour ground, border, ink, sign; };

static struct name_look name_look(const struct palette *p, const struct attendance_row *row)
{
	if (row->signed_in && !row->listed)
		return (struct name_look){ "plus", p->gold_soft, p->gold_soft, p->gold_ink, p->gold_ink };
	if (row->signed_in && row->timing == TIMING_LATE)
		return (struct name_look){ "clock", p->gold_soft, p->gold_soft, p->ink, p->amber };
	if (row->signed_in)
		return (struct name_look){ "check", p->green_soft, p->green_soft, p->ink, p->green };
	if (row->leave == LEAVE_ASKED || row->leave == LEAVE_GRANTED)
		return (struct name_look){ "minus", p->paper, p->line, p->soft, p->amber };
	return (struct name_look){ NULL, p->card, p->line, p->soft, p->soft };
}

/* Names in columns, those who came with a sign; the list scrolls where it is longer than the place. */
static void names(struct app *app, struct ui *ui, struct rect r)
{
	const struct palette *p = ui_palette(ui);
	const struct roll *roll = &app->room.roll;
	struct look look = { .size = SIZE_BODY, .max_lines = 1, .middle = true };
	int gap = ui_px_least(ui, 14, 5), cell_px = ui_px_least(ui, 84, 44), least_w = look.size ? ui_theme(ui)->font_px[SIZE_BODY] * 6 : 1;
	int columns = (r.w + gap) / (least_w + gap);
	columns = columns < 1 ? 1 : columns > 6 ? 6 : columns;
	int rows = ((int)roll->count + columns - 1) / columns;
	struct scroll scroll = ui_scroll_begin(ui, "room.names", r, rows * (cell_px + gap) - gap);
	size_t first, end;
	ui_scroll_rows(&scroll, cell_px + gap, (size_t)rows, &first, &end);
	for (size_t i = first * (size_t)columns; i < roll->count && i < end * (size_t)columns; i++) {
		struct rect cell = grid_cell(r, columns, gap, cell_px, i);
		cell.y -= scroll.offset;
		struct name_look n = name_look(p, &roll->rows[i].row);
		ui_box(ui, cell, ui_px(ui, 18), n.ground, ui_px_least(ui, 2, 1), n.border);
		struct rect in = inset(cell, ui_px(ui, 18), 0);
		int icon_px = ui_px_least(ui, 40, 20);
		if (n.icon) {
			struct rect sign = cut_left(&in, icon_px + ui_px(ui, 10));
			ui_icon(ui, n.icon, sign.x, sign.y + (sign.h - icon_px) / 2, icon_px, n.sign);
		}
		look.ink = n.ink;
		look.size = SIZE_BODY;
		const char *name = i18n_content(app->i18n, roll->rows[i].name);
		ui_shrink(ui, name, &look, in.w);
		ui_text(ui, in, name, look);
	}
	ui_scroll_end(ui, &scroll);
}

/* What the signs on the names mean. */
static void legend(struct ui *ui, struct rect r)
{
	const struct palette *p = ui_palette(ui);
	const struct { const char *icon; colour c; const char *words; } marks[] = {
		{ "check", p->green, tr("已到") }, { "clock", p->amber, tr("迟到") }, { "minus", p->amber, tr("请假") }, { "plus", p->gold_ink, tr("列席") },
	};
	struct look look = { .size = SIZE_SMALL, .ink = p->soft, .max_lines = 1, .middle = true };
	int icon_px = ui_px_least(ui, 36, 18), x = r.x;
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		ui_icon(ui, marks[i].icon, x, r.y + (r.h - icon_px) / 2, icon_px, marks[i].c);
		x += icon_px + ui_px(ui, 8);
		int w = ui_text_width(ui, marks[i].words, look);
		ui_text(ui, (struct rect){ x, r.y, w + 2, r.h }, marks[i].words, look);
		x += w + ui_px(ui, 32);
	}
}

/* How to sign in, at the lower edge of the rectangle: by card, and the code for phones, up to `most_px` high. Without a code one
 * line is enough. */
static void ways(struct app *app, struct ui *ui, struct rect *area, int most_px)
{
	const struct palette *p = ui_palette(ui);
	int pad = ui_px(ui, 20);
	const struct mask *code = room_code(app, most_px - 2 * pad);
	if (!code) {
		struct rect below = { area->x, ui_screen_rect(ui).h, area->w, 0 };
		int line_px = ui_notice(ui, below, NOTICE_QUIET, "card", word_how_to_sign(app));
		if (line_px <= area->h)
			ui_notice(ui, cut_bottom(area, line_px), NOTICE_QUIET, "card", word_how_to_sign(app));
		return;
	}
	struct rect r = cut_bottom(area, most_px);
	ui_card(ui, r);
	struct rect in = inset(r, ui_px(ui, 24), pad);
	struct rect box = cut_left(&in, app->room.side_px);
	/* The code itself tells one picture from another. */
	uint64_t content = draw_hash(DRAW_HASH_SEED, code->bytes, (size_t)code->stride * (size_t)code->height);
	draw_mask(ui_draw(ui), code, content, box.x + (box.w - code->width) / 2, box.y + (box.h - code->height) / 2, 0xFF000000);
	cut_left(&in, ui_px(ui, 28));
	int64_t slot_end = (app->wall_ms / PHONE_SLOT_MS + 1) * PHONE_SLOT_MS;
	ui_wake_at(ui, app->now_ms + slot_end - app->wall_ms);
	const char *how = word_how_to_sign(app), *phone = tr("也可以用手机扫左边的码，码半分钟换一次");
	char both[384];
	snprintf(both, sizeof both, "%s\n%s", how, phone);
	/* As much as there is room for. */
	const char *const choices[] = { both, phone, tr("手机扫码签到") };
	for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
		struct look look = { .size = SIZE_BODY, .ink = p->ink, .middle = true, .line_percent = 145 };
		while (look.size > SIZE_SMALL && ui_text_height(ui, in.w, choices[i], look) > in.h)
			look.size--;
		if (ui_text_height(ui, in.w, choices[i], look) > in.h)
			continue;
		ui_text(ui, in, choices[i], look);
		break;
	}
}

bool room_view(struct app *app, struct ui *ui, struct rect r)
{
	const struct theme *t = ui_theme(ui);
	if (!room_refresh(app))
		return false;
	int gap = t->gap_px, legend_px = t->font_px[SIZE_SMALL] * 2;
	const struct activity *a = &app->room.row.activity;
	bool open = !a->cancelled && activity_phase_at(a, app->wall_ms) == ACTIVITY_OPEN;
	if (a->cancelled)
		cut_top(&r, ui_notice(ui, r, NOTICE_CARE, "clock", tr("这场活动取消了")) + gap);
	if (t->landscape) {
		struct rect left = cut_left(&r, r.w * 42 / 100);
		cut_left(&r, gap * 2);
		cut_top(&left, heading(app, ui, left) + gap / 2);
		cut_top(&left, count(app, ui, left) + gap / 2);
		int ways_px = left.h < ui_px(ui, 420) ? left.h : ui_px(ui, 420);
		if (open && ways_px > ui_px(ui, 120))
			ways(app, ui, &left, ways_px);
		if (!t->compact)
			legend(ui, cut_bottom(&r, legend_px));
		names(app, ui, r);
		return true;
	}
	cut_top(&r, heading(app, ui, r) + gap / 2);
	cut_top(&r, count(app, ui, r) + gap);
	if (open) {
		ways(app, ui, &r, ui_px(ui, 440));
		cut_bottom(&r, gap / 2);
	}
	legend(ui, cut_bottom(&r, legend_px));
	names(app, ui, r);
	return true;
}
