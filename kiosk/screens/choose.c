/* Several activities are open at once: one touch says which. */
#include <stdio.h>

#include "app/app.h"
#include "app/words_attendance.h"
#include "screens/parts.h"
#include "ui/widgets.h"

static void choose_frame(struct app *app, struct ui *ui)
{
	struct signing *s = &app->session->signing;
	const struct theme *t = ui_theme(ui);
	if (app->now_ms >= s->until_ms) {
		app_end_signing(app);
		return;
	}
	ui_wake_at(ui, s->until_ms);
	struct rect content;
	struct app_page page = { .title = tr("活动签到：是哪一场"), .leaves = true };
	app_page(app, ui, &page, &content);
	struct rect area = app_margins(ui, content);
	const struct deputy_row *d = site_deputy(&app->site, s->deputy);
	char hello[192];
	snprintf(hello, sizeof hello, tr("%s 代表，您签到哪一场？"), d ? i18n_content(app->i18n, d->name) : "");
	question(ui, &area, hello, s->clock_ok ? tr("点一下就签好了。") : tr("机器的时间还没有核对，请看清楚再点。"));
	int gap = t->gap_px, row_px = ui_px_least(ui, 220, t->target_px * 3 / 2);
	struct scroll scroll = ui_scroll_begin(ui, "choose.list", area, (int)s->choice_count * (row_px + gap) - gap);
	for (size_t i = 0; i < s->choice_count; i++) {
		struct rect cell = grid_cell(area, 1, gap, row_px, i);
		cell.y -= scroll.offset;
		if (activity_card(app, ui, "choose.", &s->choices[i], cell))
			app_sign_in_chosen(app, s->choices[i].activity.id, false);
	}
	ui_scroll_end(ui, &scroll);
}

const struct screen screen_choose = {
	.name = "choose",
	.frame = choose_frame,
	.help = "现在有几场活动同时在签到。点您要参加的那一场，就签好了。",
	.quiet = true,
};
