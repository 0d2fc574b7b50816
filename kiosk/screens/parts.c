#include "screens/parts.h"

#include <stdio.h>
#include <string.h>

#include "app/words_attendance.h"
#include "ui/widgets.h"

void deputy_levels(const struct deputy_row *d, char *out, size_t size)
{
	static const struct { const char *id, *word; } levels[] = { { "township", "乡" }, { "county", "县" }, { "city", "市" } };
	char list[64] = "";
	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
		/* "county" is no part of the other names */
		if (!strstr(d->levels, levels[i].id))
			continue;
		if (list[0])
			strncat(list, " · ", sizeof list - strlen(list) - 1);
		strncat(list, tr(levels[i].word), sizeof list - strlen(list) - 1);
	}
	snprintf(out, size, tr("%s代表"), list);
}

/* Where they are from and what they do, as much of it as fits into one line. */
static void deputy_line(struct app *app, struct ui *ui, const struct deputy_row *d, int width_px, struct look look,
                        char *out, size_t size)
{
	const char *const places[] = { d->villages[0] ? d->villages : d->constituency, d->constituency };
	enum { PLACES = sizeof places / sizeof places[0] };
	for (size_t i = 0; i < 2 * PLACES; i++) {
		bool job = i % 2 == 0 && d->job[0];
		snprintf(out, size, "%s", i18n_content(app->i18n, places[i / 2]));
		size_t used = strlen(out);
		if (job)
			snprintf(out + used, size - used, "%s%s", used ? " · " : "", i18n_content(app->i18n, d->job));
		if (ui_text_width(ui, out, look) <= width_px)
			return;
	}
}

bool deputy_card(struct app *app, struct ui *ui, const char *prefix, const struct deputy_row *d, struct rect r,
                 bool chosen)
{
	const struct palette *p = ui_palette(ui);
	char id[96], levels[96], line[384];
	snprintf(id, sizeof id, "%s%s", prefix, d->id);
	const char *name = i18n_content(app->i18n, d->name);
	bool clicked = ui_card_touch(ui, id, &r, name, chosen);
	struct rect in = inset(r, ui_px(ui, 24), ui_px(ui, 14));
	int face_w = in.h * 3 / 4 < ui_px(ui, 120) ? in.h * 3 / 4 : ui_px(ui, 120);
	struct rect left = cut_left(&in, face_w + ui_px(ui, 28));
	ui_face(ui, (struct rect){ left.x, left.y, face_w, left.h });
	deputy_levels(d, levels, sizeof levels);
	struct look big = { .size = SIZE_TITLE, .bold = true, .ink = p->ink, .max_lines = 1, .line_percent = 130 };
	struct look soft = { .size = SIZE_SMALL, .ink = p->soft, .max_lines = 1, .line_percent = 135 };
	deputy_line(app, ui, d, in.w, soft, line, sizeof line);
	int big_px = ui_text_height(ui, in.w, name, big), soft_px = ui_text_height(ui, in.w, line, soft);
	int chip_px = ui_chip_height(ui);
	bool tall = in.h >= big_px + chip_px + soft_px;
	int y = in.y + (in.h - big_px - soft_px - (tall ? chip_px : 0)) / 2;
	ui_text(ui, (struct rect){ in.x, y, in.w, big_px }, name, big);
	if (tall) {
		y += big_px;
		struct rect before = ui_clip(ui, in); /* three levels in English are longer than a card */
		ui_chip(ui, in.x, y, levels, CHIP_GOLD);
		ui_unclip(ui, before);
		y += chip_px;
	} else {
		int name_w = ui_text_width(ui, name, big);
		struct look at = soft;
		at.ink = p->gold_ink;
		at.middle = true;
		int x = in.x + name_w + ui_px(ui, 24);
		ui_text(ui, (struct rect){ x, y, in.x + in.w - x, big_px }, levels, at);
		y += big_px;
	}
	ui_text(ui, (struct rect){ in.x, y, in.w, soft_px }, line, soft);
	return clicked;
}

void question(struct ui *ui, struct rect *area, const char *words, const char *line)
{
	const struct theme *t = ui_theme(ui);
	const struct palette *p = ui_palette(ui);
	if (t->landscape)
		return;
	int third = t->height_px / 3, room = third - area->y;
	if (room < ui_px(ui, 200))
		return;
	struct rect block = cut_top(area, room);
	struct look big = { .size = SIZE_BIG, .bold = true, .ink = p->ink, .line_percent = 135, .max_lines = 2 };
	struct look soft = { .size = SIZE_BODY, .ink = p->soft, .line_percent = 145, .max_lines = 2 };
	int big_px = ui_text_height(ui, block.w, words, big), soft_px = line ? ui_text_height(ui, block.w, line, soft) : 0;
	int y = block.y + (block.h - t->gap_px - big_px - soft_px) / 2;
	ui_text(ui, (struct rect){ block.x, y, block.w, big_px }, words, big);
	if (line)
		ui_text(ui, (struct rect){ block.x, y + big_px, block.w, soft_px }, line, soft);
}

/* How it stands with an activity, for a chip. */
static const char *phase_words(const struct app *app, const struct activity *a, enum chip_kind *kind)
{
	switch (activity_phase_at(a, app->wall_ms)) {
	case ACTIVITY_OPEN:
		*kind = CHIP_GREEN;
		return tr("正在签到");
	case ACTIVITY_LINGERING:
	case ACTIVITY_OVER:
		*kind = CHIP_DARK;
		return tr("已结束");
	case ACTIVITY_AHEAD:
		break;
	}
	*kind = CHIP_GOLD;
	return site_activity_today(a, app->wall_ms) ? tr("今天") : word_activity_kind(a->kind);
}

bool activity_card(struct app *app, struct ui *ui, const char *prefix, const struct activity_row *row, struct rect r)
{
	const struct palette *p = ui_palette(ui);
	const struct activity *a = &row->activity;
	char id[96], when[WHEN_SIZE], count[WHEN_SIZE], line[2 * WHEN_SIZE + ACTIVITY_PLACE_SIZE];
	snprintf(id, sizeof id, "%s%s", prefix, a->id);
	const char *title = i18n_content(app->i18n, a->title);
	bool clicked = ui_card_touch(ui, id, &r, title, false);
	struct rect in = inset(r, ui_px(ui, 32), ui_px(ui, 20));
	int arrow_px = ui_px(ui, 56);
	struct rect right = cut_right(&in, arrow_px);
	ui_icon(ui, "forward", right.x, right.y + (right.h - arrow_px) / 2, arrow_px, p->gold);
	enum chip_kind kind;
	const char *phase = phase_words(app, a, &kind);
	bool begun = activity_phase_at(a, app->wall_ms) != ACTIVITY_AHEAD;
	word_activity_when(a, app->wall_ms, when);
	word_activity_count(row, count);
	if (begun)
		snprintf(line, sizeof line, "%s%s%s", a->place[0] ? i18n_content(app->i18n, a->place) : "", a->place[0] ? " · " : "", count);
	else
		snprintf(line, sizeof line, "%s", i18n_content(app->i18n, a->place));
	struct look big = { .size = SIZE_TITLE, .bold = true, .ink = p->ink, .max_lines = 1, .line_percent = 130 };
	struct look soft = { .size = SIZE_SMALL, .ink = p->soft, .max_lines = 1, .line_percent = 135 };
	struct look time = soft;
	time.middle = true;
	ui_shrink(ui, title, &big, in.w);
	int chip_px = ui_chip_height(ui), big_px = ui_text_height(ui, in.w, title, big);
	int soft_px = line[0] ? ui_text_height(ui, in.w, line, soft) : 0;
	bool with_line = chip_px + big_px + soft_px <= in.h;
	int y = in.y + (in.h - chip_px - big_px - (with_line ? soft_px : 0)) / 2;
	y = y < in.y ? in.y : y;
	int chip_w = ui_chip(ui, in.x, y, phase, kind) + ui_px(ui, 16);
	ui_text(ui, (struct rect){ in.x + chip_w, y, in.w - chip_w, chip_px }, when, time);
	y += chip_px;
	ui_text(ui, (struct rect){ in.x, y, in.w, big_px }, title, big);
	if (with_line && soft_px)
		ui_text(ui, (struct rect){ in.x, y + big_px, in.w, soft_px }, line, soft);
	return clicked;
}

void progress_bar(struct ui *ui, struct rect bar, int part, int whole, colour ground, colour fill)
{
	ui_box(ui, bar, bar.h / 2, ground, 0, 0);
	int done = (int)((int64_t)bar.w * (part < whole ? part : whole) / whole);
	if (done <= 0)
		return;
	bar.w = done < bar.h ? bar.h : done;
	ui_box(ui, bar, bar.h / 2, fill, 0, 0);
}
