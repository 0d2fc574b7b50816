/* Find a deputy: all of them in one list, narrowed by level or by the letters of the name. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/words.h"
#include "screens/parts.h"
#include "ui/widgets.h"

static const char *const levels[] = { "", "city", "county", "township" };
enum { LEVELS = sizeof levels / sizeof levels[0] };

static void roster_enter(struct app *app)
{
	app->session->level_filter = 0;
	app->session->filter[0] = '\0';
}

static bool matches(const struct session *s, const struct deputy_row *d)
{
	if (s->level_filter > 0 && !strstr(d->levels, levels[s->level_filter]))
		return false;
	return strstr(d->initials, s->filter) == d->initials || !s->filter[0];
}

static void level_keys(struct app *app, struct ui *ui, struct rect r)
{
	struct session *s = app->session;
	int gap = ui_px_least(ui, 12, 6);
	for (int i = 0; i < LEVELS; i++) {
		int count = 0;
		for (size_t d = 0; d < app->site.deputies.count; d++)
			count += i == 0 || strstr(app->site.deputies.rows[d].levels, levels[i]) != NULL;
		char label[64], id[24];
		/* No number on "all": people with two mandates are counted in two levels, and the sums would not agree. */
		if (i == 0)
			snprintf(label, sizeof label, "%s", tr("全部"));
		else
			snprintf(label, sizeof label, "%s %d", word_level(levels[i]), count);
		snprintf(id, sizeof id, "roster.level.%d", i);
		if (ui_button(ui, id, grid_cell(r, LEVELS, gap, r.h, (size_t)i), NULL, label,
		              s->level_filter == i ? BUTTON_SELECTED : BUTTON_PLAIN)) {
			s->level_filter = i;
			ui_scroll_to(ui, "roster.list", 0);
		}
	}
}

static void letter(struct session *s, char c)
{
	size_t n = strlen(s->filter);
	if (n < 8) {
		s->filter[n] = c;
		s->filter[n + 1] = '\0';
	}
}

static void letters(struct app *app, struct ui *ui, struct rect r, int columns, int key_px)
{
	struct session *s = app->session;
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	int gap = ui_px_least(ui, 10, 4);
	for (size_t i = 0; i < sizeof alphabet - 1; i++) {
		char label[2] = { alphabet[i], '\0' }, id[24];
		snprintf(id, sizeof id, "roster.letter.%c", alphabet[i]);
		if (ui_button(ui, id, grid_cell(r, columns, gap, key_px, i), NULL, label, BUTTON_PLAIN)) {
			letter(s, alphabet[i]);
			ui_scroll_to(ui, "roster.list", 0);
		}
	}
	size_t last = sizeof alphabet - 1;
	if (ui_button(ui, "roster.delete", grid_cell(r, columns, gap, key_px, last), "delete", NULL,
	              s->filter[0] ? BUTTON_PLAIN : BUTTON_OFF))
		s->filter[strlen(s->filter) - 1] = '\0';
}

static void list(struct app *app, struct ui *ui, struct rect area)
{
	const struct deputy_list *all = &app->site.deputies;
	const struct theme *t = ui_theme(ui);
	struct session *s = app->session;
	int gap = ui_px_least(ui, 24, 8), columns = t->landscape && t->compact ? 1 : 2;
	int row_px = ui_px(ui, 200), least = t->target_px;
	row_px = row_px < least ? least : row_px;
	size_t count = 0;
	for (size_t i = 0; i < all->count; i++)
		count += matches(s, &all->rows[i]);
	if (count == 0) {
		struct look quiet = { .size = SIZE_TITLE, .ink = ui_palette(ui)->soft, .align = TEXT_CENTER, .middle = true };
		ui_text(ui, area, all->count ? tr("没有找到，请换一个字母") : tr("名册还没有装进这台机器，请问工作人员"), quiet);
		return;
	}
	int rows = (int)(count + (size_t)columns - 1) / columns;
	struct scroll scroll = ui_scroll_begin(ui, "roster.list", area, rows * (row_px + gap) - gap);
	size_t first, end, shown = 0;
	ui_scroll_rows(&scroll, row_px + gap, (size_t)rows, &first, &end);
	for (size_t i = 0; i < all->count; i++) {
		if (!matches(s, &all->rows[i]))
			continue;
		size_t at = shown++, row = at / (size_t)columns;
		if (row < first || row >= end)
			continue;
		struct rect cell = grid_cell(area, columns, gap, row_px, at);
		cell.y -= scroll.offset;
		if (deputy_card(app, ui, "roster.", &all->rows[i], cell, false)) {
			if (!app->identity.enrolled) {
				app_toast(app, "这台机器还没有和乡人大办公室连上，暂时不能收。请直接找这里的工作人员");
				break;
			}
			snprintf(s->draft.deputy, sizeof s->draft.deputy, "%s", all->rows[i].id);
			s->draft.deputy_chosen = true;
			app_go(app, &screen_kind); /* a word for this deputy */
		}
	}
	ui_scroll_end(ui, &scroll);
}

static void roster_frame(struct app *app, struct ui *ui)
{
	const struct theme *t = ui_theme(ui);
	const struct palette *p = ui_palette(ui);
	struct session *s = app->session;
	struct rect content;
	struct app_page page = { .title = tr("找代表"), .leaves = true };
	app_page(app, ui, &page, &content);
	struct rect area = app_margins(ui, content);
	int gap = ui_px_least(ui, 24, 8), gap_key = ui_px_least(ui, 10, 4);
	level_keys(app, ui, cut_top(&area, t->target_px));
	cut_top(&area, gap);
	int columns = 9, rows = 3, key_px = t->target_px, keys_px = rows * key_px + (rows - 1) * gap_key;
	char words[128];
	if (s->filter[0])
		snprintf(words, sizeof words, tr("姓名拼音的头几个字母：%s"), s->filter);
	else
		snprintf(words, sizeof words, "%s", tr("点姓名拼音的头一个字母来找；点代表，就可以给他留言"));
	struct look look = { .size = SIZE_SMALL, .ink = p->soft, .middle = true, .max_lines = 2, .line_percent = 125 };
	int words_px = t->font_px[SIZE_SMALL] * 3 / 2;
	if (t->landscape) {
		struct rect side = cut_right(&area, area.w * 45 / 100);
		cut_right(&area, gap + ui_px(ui, 24)); /* and the list's position mark */
		ui_text(ui, cut_top(&side, words_px * 2), words, look);
		columns = t->compact ? 3 : 7;
		rows = (27 + columns - 1) / columns;
		struct scroll scroll = ui_scroll_begin(ui, "roster.letters", side, rows * (key_px + gap_key) - gap_key);
		side.y -= scroll.offset;
		letters(app, ui, side, columns, key_px);
		ui_scroll_end(ui, &scroll);
	} else {
		letters(app, ui, cut_bottom(&area, keys_px), columns, key_px);
		cut_bottom(&area, gap / 2);
		ui_text(ui, cut_bottom(&area, words_px), words, look);
		cut_bottom(&area, gap / 2);
	}
	list(app, ui, area);
}

const struct screen screen_roster = {
	.name = "roster",
	.enter = roster_enter,
	.frame = roster_frame,
	.help = "这里是我们的代表。点“市代表”“县代表”“乡代表”分开看，或者点下面的字母，按姓名拼音的头一个字母来找。点代表的名字，就可以给他留言。",
	.quiet = true,
};
