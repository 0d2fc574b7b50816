/* A deputy's own year: attendance against the rule, leave, signing out. */
#include <stdio.h>

#include "app/app.h"
#include "app/words.h"
#include "app/words_attendance.h"
#include "screens/parts.h"
#include "ui/widgets.h"

/* The sum in words, and the bar with the rule's mark. Gives the height used. */
static int sum(struct app *app, struct ui *ui, struct rect r)
{
	const struct palette *p = ui_palette(ui);
	const struct signing *s = &app->session->signing;
	const struct deputy_row *d = site_deputy(&app->site, s->deputy);
	int percent = attendance_percent(&s->sum), wanted = app->settings.attendance_percent, top = r.y;
	char name[160], line[192], against[96];
	snprintf(name, sizeof name, tr("%s 代表"), d ? i18n_content(app->i18n, d->name) : "");
	if (percent < 0)
		snprintf(line, sizeof line, "%s", tr("今年到现在还没有该参加的活动"));
	else
		snprintf(line, sizeof line, tr("今年应到 %d 次，到了 %d 次（迟到 %d 次），请假 %d 次"), s->sum.due, s->sum.attended, s->sum.late,
		         s->sum.leave);
	struct look big = { .size = SIZE_HEADING, .bold = true, .ink = p->ink, .max_lines = 1, .line_percent = 135 };
	struct look soft = { .size = SIZE_SMALL, .ink = p->soft, .line_percent = 145 };
	cut_top(&r, ui_text(ui, r, name, big));
	int mark = ui_px_least(ui, 6, 3), over = ui_px_least(ui, 10, 4);
	cut_top(&r, ui_text(ui, r, line, soft) + ui_px(ui, 8));
	if (percent < 0)
		return r.y - top;
	cut_top(&r, over);
	struct rect bar = cut_top(&r, ui_px_least(ui, 36, 14));
	bool enough = percent >= wanted;
	progress_bar(ui, bar, percent, 100, p->line, enough ? p->green : p->amber);
	ui_fill(ui, (struct rect){ bar.x + bar.w * wanted / 100 - mark / 2, bar.y - over, mark, bar.h + 2 * over }, p->ink);
	snprintf(against, sizeof against, enough ? tr("出席率 %d%%，达到了规定的 %d%%") : tr("出席率 %d%%，规定是不低于 %d%%"), percent, wanted);
	cut_top(&r, over + ui_px(ui, 8));
	cut_top(&r, ui_text(ui, r, against, soft));
	return r.y - top;
}

/* How it stands with one activity, as a chip. */
static const char *state_words(const struct app *app, const struct deputy_activity *row, enum chip_kind *kind)
{
	const struct attendance_row *a = &row->row;
	*kind = CHIP_GREEN;
	if (a->signed_out)
		return tr("已签退");
	if (a->signed_in)
		return a->timing == TIMING_LATE ? tr("迟到") : a->listed ? tr("到会") : tr("列席");
	*kind = CHIP_DARK;
	if (row->activity.cancelled)
		return tr("已取消");
	*kind = CHIP_GOLD;
	if (a->leave == LEAVE_GRANTED)
		return tr("准假");
	if (a->leave == LEAVE_ASKED)
		return tr("请假待批");
	*kind = CHIP_AMBER;
	if (a->leave == LEAVE_REFUSED)
		return tr("请假没批");
	if (activity_phase_at(&row->activity, app->wall_ms) >= ACTIVITY_LINGERING)
		return tr("没有到会");
	*kind = CHIP_DARK;
	return activity_phase_at(&row->activity, app->wall_ms) == ACTIVITY_OPEN ? tr("正在签到") : tr("未开始");
}

static bool may_leave(const struct app *app, const struct deputy_activity *row)
{
	const struct attendance_facts facts = { row->row.signed_in, row->row.signed_out, row->row.in_ms };
	return leave_can_be_asked(&row->activity, &facts, row->row.leave, app->session->signing.now_ms, app->session->signing.clock_ok);
}

static bool may_sign_out(const struct app *app, const struct deputy_activity *row)
{
	enum activity_phase phase = activity_phase_at(&row->activity, app->wall_ms);
	return row->activity.signs_out && row->row.signed_in && !row->row.signed_out && (phase == ACTIVITY_OPEN || phase == ACTIVITY_LINGERING);
}

static void row_frame(struct app *app, struct ui *ui, size_t i, struct rect r)
{
	struct signing *s = &app->session->signing;
	const struct palette *p = ui_palette(ui);
	const struct deputy_activity *row = &s->year.rows[i];
	bool leave = may_leave(app, row), out = may_sign_out(app, row);
	ui_card(ui, r);
	struct rect in = inset(r, ui_px(ui, 28), ui_px(ui, 16));
	char id[96], when[WHEN_SIZE];
	if (leave || out) {
		struct rect key = cut_right(&in, ui_px_least(ui, 200, ui_theme(ui)->target_px * 3 / 2));
		cut_right(&in, ui_px(ui, 16));
		snprintf(id, sizeof id, "self.%s.%s", leave ? "leave" : "out", row->activity.id);
		if (ui_button(ui, id, key, NULL, leave ? tr("请假") : tr("签退"), BUTTON_PLAIN)) {
			if (leave) {
				s->leave_row = i;
				app_go(app, &screen_leave);
			} else {
				app_sign_in_chosen(app, row->activity.id, true);
			}
			return;
		}
	}
	enum chip_kind kind;
	const char *state = state_words(app, row, &kind);
	word_activity_when(&row->activity, app->wall_ms, when);
	struct look big = { .size = SIZE_BODY, .bold = true, .ink = p->ink, .max_lines = 1, .line_percent = 135 };
	struct look soft = { .size = SIZE_SMALL, .ink = p->soft, .max_lines = 1, .line_percent = 135 };
	int big_px = ui_text_height(ui, in.w, "", big), chip_px = ui_chip_height(ui), total = big_px + chip_px + ui_px(ui, 8);
	int y = in.y + (in.h > total ? (in.h - total) / 2 : 0);
	ui_text(ui, (struct rect){ in.x, y, in.w, big_px }, i18n_content(app->i18n, row->activity.title), big);
	y += big_px + ui_px(ui, 8);
	int chip_w = ui_chip(ui, in.x, y, state, kind) + ui_px(ui, 16);
	soft.middle = true;
	if (ui_text_width(ui, when, soft) > in.w - chip_w)
		word_date(row->activity.starts_ms, when);
	ui_text(ui, (struct rect){ in.x + chip_w, y, in.w - chip_w, chip_px }, when, soft);
}

/* Whoever held up a card to sign in, and could not: why, and when they can. Gives the height used. */
static int nothing_open(struct app *app, struct ui *ui, struct rect r)
{
	const struct signing *s = &app->session->signing;
	char words[WHEN_SIZE + ACTIVITY_TITLE_SIZE + 96], opens[WHEN_SIZE];
	snprintf(words, sizeof words, "%s", tr("现在没有正在签到的活动，所以没有签到。"));
	for (size_t i = 0; i < s->year.count; i++) {
		const struct activity *a = &s->year.rows[i].activity;
		if (a->cancelled || activity_phase_at(a, app->wall_ms) != ACTIVITY_AHEAD)
			continue;
		word_activity_opens(a, app->wall_ms, opens);
		snprintf(words, sizeof words, tr("现在没有签到。您的下一场是“%s”，%s"), i18n_content(app->i18n, a->title), opens);
		break;
	}
	return ui_notice(ui, r, NOTICE_CARE, "clock", words);
}

static void self_frame(struct app *app, struct ui *ui)
{
	const struct theme *t = ui_theme(ui);
	struct signing *s = &app->session->signing;
	struct rect content;
	struct app_page page = { .title = tr("我的出席"), .leaves = true };
	app_page(app, ui, &page, &content);
	struct rect area = app_margins(ui, content);
	int gap = t->gap_px;
	if (!s->want_self && s->outcome == SIGNING_SELF)
		cut_top(&area, nothing_open(app, ui, area) + gap);
	if (t->landscape) {
		struct rect left = cut_left(&area, area.w * 36 / 100), below = { left.x, ui_screen_rect(ui).h, left.w, 0 };
		struct scroll scroll = ui_scroll_begin(ui, "self.sum", left, sum(app, ui, below));
		left.y -= scroll.offset;
		sum(app, ui, left);
		ui_scroll_end(ui, &scroll);
		cut_left(&area, gap * 2);
	} else {
		cut_top(&area, sum(app, ui, area) + gap);
	}
	if (s->year.count == 0) {
		struct look quiet = { .size = SIZE_TITLE, .ink = ui_palette(ui)->soft, .align = TEXT_CENTER, .middle = true, .line_percent = 150 };
		ui_text(ui, area, tr("今年还没有安排您参加的活动"), quiet);
		return;
	}
	/* What is to come stands first: it is what one can still do something about. */
	int row_px = ui_px_least(ui, 170, t->target_px * 3 / 2);
	struct scroll scroll = ui_scroll_begin(ui, "self.list", area, (int)s->year.count * (row_px + gap) - gap);
	size_t shown = 0, before = app->depth;
	for (int pass = 0; pass < 2; pass++) {
		for (size_t k = 0; k < s->year.count; k++) {
			size_t i = pass == 0 ? k : s->year.count - 1 - k; /* coming ones the next first, past ones the last first */
			bool coming = s->year.rows[i].activity.ends_ms > app->wall_ms;
			if (coming != (pass == 0))
				continue;
			struct rect cell = grid_cell(area, 1, gap, row_px, shown++);
			cell.y -= scroll.offset;
			if (cell.y + cell.h > area.y && cell.y < area.y + area.h)
				row_frame(app, ui, i, cell);
			if (app->depth != before || app->screen != &screen_self)
				break;
		}
	}
	ui_scroll_end(ui, &scroll);
}

const struct screen screen_self = {
	.name = "self",
	.frame = self_frame,
	.help = "上面是您今年的出席，黑线是规定的出席率。下面是您的活动：来不了的，点“请假”；要签退的培训，点“签退”。",
};
