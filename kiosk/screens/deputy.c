/* Step 2: to whom: the deputy of one's own village, or whoever is on duty. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/words.h"
#include "screens/parts.h"
#include "ui/widgets.h"

enum { NARROWEST_DESIGN_PX = 300 };

static void chosen(struct app *app, const char *deputy)
{
	struct session *s = app->session;
	snprintf(s->draft.deputy, sizeof s->draft.deputy, "%s", deputy);
	s->draft.deputy_chosen = true;
	if (!app_back_to(app, &screen_review))
		app_go(app, &screen_write);
}

static int row_height(const struct ui *ui)
{
	int h = ui_px(ui, 140), least = ui_theme(ui)->target_px;
	return h < least ? least : h;
}

static void villages(struct app *app, struct ui *ui, struct rect area)
{
	struct session *s = app->session;
	const struct village_list *list = &app->site.villages;
	int gap = ui_theme(ui)->gap_px * 3 / 4, row_px = row_height(ui);
	int columns = area.w / ui_px(ui, NARROWEST_DESIGN_PX);
	columns = columns < 2 ? 2 : columns;
	int rows = (int)(list->count + (size_t)columns - 1) / columns;
	struct scroll scroll = ui_scroll_begin(ui, "deputy.villages", area, rows * (row_px + gap) - gap);
	for (size_t i = 0; i < list->count; i++) {
		char id[48];
		snprintf(id, sizeof id, "deputy.village.%zu", i);
		struct rect cell = grid_cell(area, columns, gap, row_px, i);
		cell.y -= scroll.offset;
		if (ui_button(ui, id, cell, NULL, i18n_content(app->i18n, list->names[i]), BUTTON_PLAIN)) {
			snprintf(s->village, sizeof s->village, "%s", list->names[i]);
			ui_forget(ui);
		}
	}
	ui_scroll_end(ui, &scroll);
}

static void deputies(struct app *app, struct ui *ui, struct rect area)
{
	struct session *s = app->session;
	const struct deputy_list *list = &app->site.deputies;
	int gap = ui_theme(ui)->gap_px * 3 / 4, row_px = row_height(ui);
	size_t count = 0;
	for (size_t i = 0; i < list->count; i++)
		count += site_deputy_serves(&list->rows[i], s->village);
	int columns = ui_theme(ui)->landscape && !ui_theme(ui)->compact ? 2 : 1, rows = (int)(count + (size_t)columns - 1) / columns;
	struct scroll scroll = ui_scroll_begin(ui, "deputy.people", area, rows * (row_px + gap) - gap);
	size_t shown = 0;
	for (size_t i = 0; i < list->count; i++) {
		const struct deputy_row *d = &list->rows[i];
		if (!site_deputy_serves(d, s->village))
			continue;
		struct rect cell = grid_cell(area, columns, gap, row_px, shown++);
		cell.y -= scroll.offset;
		if (deputy_card(app, ui, "deputy.", d, cell, strcmp(s->draft.deputy, d->id) == 0))
			chosen(app, d->id);
	}
	ui_scroll_end(ui, &scroll);
}

static void deputy_enter(struct app *app)
{
	app->session->village[0] = '\0';
}

static void deputy_frame(struct app *app, struct ui *ui)
{
	struct session *s = app->session;
	const struct palette *p = ui_palette(ui);
	const struct theme *t = ui_theme(ui);
	struct rect content;
	struct app_page page = { .title = tr("我要反映：交给谁"), .step = 2 };
	app_page(app, ui, &page, &content);
	struct rect area = app_margins(ui, content);
	question(ui, &area, tr("您想交给谁？"), tr("交给值班的代表，或者自己村的代表。"));
	int gap = t->gap_px, duty_px = ui_px_least(ui, 190, t->target_px);
	struct rect duty;
	if (t->landscape) {
		duty = cut_left(&area, (area.w - gap) * 34 / 100);
		cut_left(&area, gap);
		duty.h = duty.h > 2 * duty_px && !t->compact ? 2 * duty_px : duty.h;
	} else {
		duty = cut_top(&area, duty_px);
		cut_top(&area, gap);
	}
	char line[192];
	if (app->site.on_duty) {
		char name[160];
		word_deputy(app, app->site.duty.deputy, name, sizeof name);
		snprintf(line, sizeof line, tr("今天是 %s"), name);
	} else {
		snprintf(line, sizeof line, "%s", tr("不认识代表，就选这个"));
	}
	bool on_duty = s->draft.deputy_chosen && !s->draft.deputy[0];
	if (ui_choice(ui, "deputy.duty", duty, "people", tr("交给值班的代表"), line, on_duty))
		chosen(app, "");
	struct look head = { .size = SIZE_TITLE, .bold = true, .ink = p->ink, .middle = true, .max_lines = 1 };
	int head_px = t->font_px[SIZE_TITLE] * 3 / 2;
	head_px = s->village[0] && head_px < t->target_px ? t->target_px : head_px;
	struct rect strip = cut_top(&area, head_px);
	if (s->village[0]) {
		char words[192];
		snprintf(words, sizeof words, tr("%s的代表"), i18n_content(app->i18n, s->village));
		struct rect other = cut_right(&strip, ui_px_least(ui, 300, 160));
		if (ui_button(ui, "deputy.other", other, NULL, tr("换一个村"), BUTTON_PLAIN)) {
			s->village[0] = '\0';
			ui_forget(ui);
		}
		ui_text(ui, strip, words, head);
	} else {
		const char *words = tr("或者，找自己村的代表：您是哪个村的");
		ui_shrink(ui, words, &head, strip.w);
		ui_text(ui, strip, words, head);
	}
	cut_top(&area, gap / 2);
	if (s->village[0])
		deputies(app, ui, area);
	else
		villages(app, ui, area);
}

const struct screen screen_deputy = {
	.name = "deputy",
	.enter = deputy_enter,
	.frame = deputy_frame,
	.help = "请选一位代表来帮您办。先点您的村子，再点代表的名字。不认识代表也没关系，点“交给值班的代表”就行。",
};
