/* Leave from one activity: why, and handed in. */
#include <stdio.h>

#include "app/app.h"
#include "app/words_attendance.h"
#include "screens/parts.h"
#include "ui/widgets.h"

static void leave_enter(struct app *app)
{
	struct signing *s = &app->session->signing;
	s->leave_chosen = false;
	s->leave_failed = false;
	s->busy = false;
}

static void leave_frame(struct app *app, struct ui *ui)
{
	static const char *const ids[LEAVE_REASON_COUNT] = { "leave.ill", "leave.work", "leave.away", "leave.family", "leave.other" };
	struct signing *s = &app->session->signing;
	const struct theme *t = ui_theme(ui);
	if (s->leave_row >= s->year.count) {
		app_back(app);
		return;
	}
	const struct activity *a = &s->year.rows[s->leave_row].activity;
	struct rect content;
	struct app_page page = { .title = tr("请假：因为什么"), .go = s->busy ? tr("正在保存…") : tr("交上去"),
		                 .go_off = !s->leave_chosen || s->busy, .go_why = "请先点一个原因" };
	if (app_page(app, ui, &page, &content)) {
		app_ask_leave(app);
		return;
	}
	struct rect area = app_margins(ui, content);
	char when[WHEN_SIZE], line[WHEN_SIZE + ACTIVITY_TITLE_SIZE];
	word_activity_when(a, app->wall_ms, when);
	snprintf(line, sizeof line, "%s\n%s", i18n_content(app->i18n, a->title), when);
	if (s->leave_failed)
		cut_top(&area, ui_notice(ui, area, NOTICE_CARE, "warn", tr("没有存好，请再点一次“交上去”，或者直接告诉工作人员")) + t->gap_px);
	else if (t->landscape)
		cut_top(&area, ui_notice(ui, area, NOTICE_QUIET, "cal", line) + t->gap_px);
	else
		question(ui, &area, tr("您为什么来不了？"), line);
	int gap = t->gap_px, columns = t->landscape ? 3 : 2, rows = (LEAVE_REASON_COUNT + columns - 1) / columns;
	int row_px = (area.h - (rows - 1) * gap) / rows, most = ui_px(ui, 340);
	row_px = row_px > most && !t->compact ? most : row_px;
	for (size_t i = 0; i < LEAVE_REASON_COUNT; i++) {
		enum leave_reason reason = (enum leave_reason)i;
		if (ui_choice(ui, ids[i], grid_cell(area, columns, gap, row_px, i), icon_of_leave_reason(reason), word_leave_reason(reason),
		              NULL, s->leave_chosen && s->leave_reason == reason)) {
			s->leave_reason = reason;
			s->leave_chosen = true;
		}
	}
}

const struct screen screen_leave = {
	.name = "leave",
	.enter = leave_enter,
	.frame = leave_frame,
	.help = "点一个来不了的原因，再点“交上去”。乡人大办公室批了没有，回到“我的出席”就看得到。",
};
