/* The rules of the house: the list, and each in full. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "ui/widgets.h"

static void rules_frame(struct app *app, struct ui *ui)
{
	const struct rule_list *rules = &app->site.rules;
	const struct theme *t = ui_theme(ui);
	const struct palette *p = ui_palette(ui);
	struct rect content;
	struct app_page page = { .title = tr("规章制度"), .leaves = true };
	app_page(app, ui, &page, &content);
	struct rect area = app_margins(ui, content);
	if (rules->count == 0) {
		struct look quiet = { .size = SIZE_TITLE, .ink = p->soft, .align = TEXT_CENTER, .middle = true };
		ui_text(ui, area, tr("制度还没有装进这台机器，请问工作人员"), quiet);
		return;
	}
	int gap = ui_px_least(ui, 20, 8), row_px = ui_px(ui, 140), columns = t->landscape && !t->compact ? 2 : 1;
	row_px = row_px < t->target_px ? t->target_px : row_px;
	int rows = (int)(rules->count + (size_t)columns - 1) / columns;
	struct scroll scroll = ui_scroll_begin(ui, "rules.list", area, rows * (row_px + gap) - gap);
	size_t first, end;
	ui_scroll_rows(&scroll, row_px + gap, (size_t)rows, &first, &end);
	for (size_t i = first * (size_t)columns; i < end * (size_t)columns && i < rules->count; i++) {
		const struct rule_row *rule = &rules->rows[i];
		struct rect card = grid_cell(area, columns, gap, row_px, i);
		card.y -= scroll.offset;
		char id[96];
		snprintf(id, sizeof id, "rules.%zu", i);
		const char *title = i18n_content(app->i18n, rule->title);
		if (ui_card_touch(ui, id, &card, title, false)) {
			snprintf(app->session->rule, sizeof app->session->rule, "%s", rule->id);
			app_go(app, &screen_rule);
		}
		struct rect in = inset(card, ui_px(ui, 36), 0);
		int icon_px = ui_px_least(ui, 60, 32);
		struct rect left = cut_left(&in, icon_px + ui_px(ui, 32));
		ui_icon(ui, "book", left.x, left.y + (left.h - icon_px) / 2, icon_px, p->gold);
		int arrow_px = icon_px * 3 / 4;
		struct rect right = cut_right(&in, arrow_px);
		ui_icon(ui, "forward", right.x, right.y + (right.h - arrow_px) / 2, arrow_px, p->gold);
		cut_right(&in, ui_px(ui, 16));
		struct look big = { .size = SIZE_TITLE, .bold = true, .ink = p->ink, .middle = true, .max_lines = 1 };
		ui_shrink(ui, title, &big, in.w);
		ui_text(ui, in, title, big);
	}
	ui_scroll_end(ui, &scroll);
}

static const struct rule_row *chosen(const struct app *app)
{
	for (size_t i = 0; i < app->site.rules.count; i++) {
		if (strcmp(app->site.rules.rows[i].id, app->session->rule) == 0)
			return &app->site.rules.rows[i];
	}
	return NULL;
}

static void rule_frame(struct app *app, struct ui *ui)
{
	const struct palette *p = ui_palette(ui);
	const struct rule_row *rule = chosen(app);
	struct rect content;
	struct app_page page = { .title = rule ? i18n_content(app->i18n, rule->title) : tr("规章制度") };
	app_page(app, ui, &page, &content);
	if (!rule)
		return; /* taken back by the township meanwhile */
	struct rect area = app_margins(ui, content);
	char *text = NULL;
	if (store_rule_text(app->store, rule->id, &text) != ERR_OK)
		return;
	int most = ui_px(ui, 1300); /* longer lines are hard to follow */
	if (area.w > most && most > 700)
		area = inset(area, (area.w - most) / 2, 0);
	struct look body = { .size = SIZE_BODY, .ink = p->ink, .line_percent = 175 };
	const char *words = i18n_content(app->i18n, text);
	int pad = ui_px(ui, 28), width = area.w - 2 * ui_px(ui, 40) - ui_px(ui, 20);
	int height = ui_text_height(ui, width, words, body);
	area.h = area.h > height + 2 * pad ? height + 2 * pad : area.h;
	ui_card(ui, area);
	struct rect in = inset(area, ui_px(ui, 40), pad);
	struct scroll scroll = ui_scroll_begin(ui, "rule", in, height);
	ui_text(ui, (struct rect){ in.x, in.y - scroll.offset, width, height }, words, body);
	ui_scroll_end(ui, &scroll);
	free(text);
}

const struct screen screen_rules = {
	.name = "rules",
	.frame = rules_frame,
	.help = "这里是代表之家的各项制度。想看哪一项，就点哪一项。字多的用手指往上推，就能往下看；看完点“返回”。",
	.quiet = true,
};

const struct screen screen_rule = {
	.name = "rule",
	.frame = rule_frame,
	.help = "用手指往上推，就能往下看。字太小，点“大字”。看完点“返回”。",
	.quiet = true,
};
