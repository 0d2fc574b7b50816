/* Today's activities and those to come: where deputies begin, though their card does the same from any quiet screen. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/words_attendance.h"
#include "screens/parts.h"
#include "ui/widgets.h"

static void open_card(struct app *app, const struct activity_row *row)
{
	if (site_activity_today(&row->activity, app->wall_ms)) {
		room_choose(&app->room, row->activity.id);
		app_go(app, &screen_room);
	} else {
		app_go(app, &screen_identify);
	}
}

static void activities_frame(struct app *app, struct ui *ui)
{
	const struct theme *t = ui_theme(ui);
	const struct activity_list *list = &app->site.activities;
	struct rect content;
	struct app_page page = { .title = tr("活动签到"), .leaves = true, .go = tr("请假 · 我的出席"), .go_icon = "chart" };
	if (app_page(app, ui, &page, &content)) {
		app_go(app, &screen_identify);
		return;
	}
	struct rect area = app_margins(ui, content);
	int gap = t->gap_px, columns = t->landscape && !t->compact ? 2 : 1;
	/* Where the clock cannot be believed, one may sign in to any that is near. */
	bool open = site_open_activity(&app->site, app->wall_ms) || (!app->site.clock_ok && list->count > 0);
	const char *how = open ? word_how_to_sign(app) : tr("现在没有正在签到的活动。要请假，请点右下角");
	bool able = app->idcard_present || app->scanner_present;
	cut_top(&area, ui_notice(ui, area, open && !able ? NOTICE_CARE : NOTICE_QUIET, open ? "card" : "info", how) + gap);
	if (list->count == 0) {
		struct look quiet = { .size = SIZE_TITLE, .ink = ui_palette(ui)->soft, .align = TEXT_CENTER, .middle = true, .line_percent = 150 };
		ui_text(ui, area, tr("近期没有安排活动。有了新的活动，会提前在这里公布"), quiet);
		return;
	}
	int row_px = ui_px_least(ui, 220, t->target_px * 3 / 2), rows = ((int)list->count + columns - 1) / columns;
	struct scroll scroll = ui_scroll_begin(ui, "activities.list", area, rows * (row_px + gap) - gap);
	size_t first, end;
	ui_scroll_rows(&scroll, row_px + gap, (size_t)rows, &first, &end);
	for (size_t i = first * (size_t)columns; i < list->count && i < end * (size_t)columns; i++) {
		struct rect cell = grid_cell(area, columns, gap, row_px, i);
		cell.y -= scroll.offset;
		if (activity_card(app, ui, "activities.", &list->rows[i], cell)) {
			open_card(app, &list->rows[i]);
			break;
		}
	}
	ui_scroll_end(ui, &scroll);
}

const struct screen screen_activities = {
	.name = "activities",
	.frame = activities_frame,
	.help = "代表签到不用点什么：把身份证放在读卡处，或者把代表证上的码对着扫码口就行。点今天的活动，看谁到了；要请假或者看自己的出席，点右下角。",
	.quiet = true,
};
