/* Step 1b: what it is about. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/words.h"
#include "screens/parts.h"
#include "ui/widgets.h"

static void subject_frame(struct app *app, struct ui *ui)
{
	struct session *s = app->session;
	const struct theme *t = ui_theme(ui);
	struct rect content;
	struct app_page page = { .title = tr("我要反映：哪方面的事"), .step = 1 };
	app_page(app, ui, &page, &content);
	struct rect area = app_margins(ui, content);
	question(ui, &area, tr("是哪方面的事？"), tr("看着哪个像，就点哪个。"));
	int count = (int)app->settings.subject_count, gap = t->gap_px;
	int columns = t->landscape ? 3 : 2, rows = (count + columns - 1) / columns;
	int row_px = (area.h - (rows - 1) * gap) / rows, most = ui_px(ui, 250);
	int least = t->target_px;
	row_px = row_px > most ? most : row_px < least ? least : row_px;
	struct scroll scroll = ui_scroll_begin(ui, "subject", area, rows * row_px + (rows - 1) * gap);
	for (size_t i = 0; i < app->settings.subject_count; i++) {
		const char *subject = app->settings.subjects[i].id;
		char id[48];
		snprintf(id, sizeof id, "subject.%.38s", subject);
		struct rect cell = grid_cell(area, columns, gap, row_px, i);
		cell.y -= scroll.offset;
		bool chosen = strcmp(s->draft.subject, subject) == 0;
		if (!ui_choice(ui, id, cell, icon_of_subject(subject), word_subject(app, subject), NULL, chosen))
			continue;
		snprintf(s->draft.subject, sizeof s->draft.subject, "%s", subject);
		if (!app_back_to(app, &screen_review)) /* kind and subject are one part of the review */
			app_go(app, s->draft.deputy_chosen ? &screen_write : &screen_deputy);
	}
	ui_scroll_end(ui, &scroll);
}

const struct screen screen_subject = {
	.name = "subject",
	.frame = subject_frame,
	.help = "您要说的是哪方面的事？看着哪个像，就点哪个。拿不准就点“其他事情”，一样有人办。",
};
