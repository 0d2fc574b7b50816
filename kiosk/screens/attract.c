/* When nobody is there: whose house this is, and that a touch begins. */
#include "app/app.h"
#include "app/words.h"
#include "screens/room_view.h"
#include "ui/widgets.h"

/* While deputies arrive, the room's screen: a touch leads home as ever. */
static bool arrivals(struct app *app, struct ui *ui)
{
	const struct activity_row *open = site_open_activity(&app->site, app->wall_ms);
	const struct palette *p = ui_palette(ui);
	const struct theme *t = ui_theme(ui);
	if (!open)
		return false;
	struct rect screen = ui_screen_rect(ui);
	ui_fill(ui, screen, p->paper);
	room_choose(&app->room, open->activity.id);
	if (ui_touch(ui, "attract.begin", screen, tr("点一下屏幕，开始")).clicked) {
		app_leave(app, &screen_home);
		return true;
	}
	struct rect in = inset(screen, t->margin_px, t->compact ? 8 : t->margin_px);
	struct rect key = cut_bottom(&in, ui_px_least(ui, 110, 48));
	cut_bottom(&in, t->gap_px / 2);
	ui_box(ui, key, key.h / 2, p->red, 0, 0);
	struct look call = { .size = SIZE_TITLE, .bold = true, .ink = p->white, .align = TEXT_CENTER, .middle = true, .max_lines = 1 };
	ui_text(ui, key, tr("有话要说、有事要问，点一下屏幕"), call);
	return room_view(app, ui, in);
}

static void attract_frame(struct app *app, struct ui *ui)
{
	if (arrivals(app, ui))
		return;
	const struct palette *p = ui_palette(ui);
	const struct theme *t = ui_theme(ui);
	struct rect screen = ui_screen_rect(ui);
	draw_gradient(ui_draw(ui), screen, 0, p->red, p->red_light);
	if (ui_touch(ui, "attract.begin", screen, tr("点一下屏幕，开始")).clicked) {
		app_leave(app, &screen_home);
		return;
	}
	char clock[8], date[48];
	word_clock(app->wall_ms, clock);
	word_date_weekday(app->wall_ms, date);
	struct rect in = inset(screen, t->margin_px, t->margin_px);
	struct look time = { .size = SIZE_HERO, .ink = p->white, .align = TEXT_RIGHT, .line_percent = 120, .max_lines = 1 };
	struct look day = { .size = SIZE_BODY, .ink = 0xD9FFFFFF, .align = TEXT_RIGHT, .max_lines = 1 };
	struct rect top = in;
	cut_top(&top, ui_text(ui, top, clock, time));
	ui_text(ui, top, date, day);

	bool english = i18n_language(app->i18n) == LANG_EN && app->settings.home_en[0];
	const char *home = english ? app->settings.home_en : i18n_content(app->i18n, app->settings.home);
	struct look name = { .size = SIZE_HERO, .bold = true, .ink = p->white, .align = TEXT_CENTER, .line_percent = 135,
		             .tracking = 2 };
	while (name.size > SIZE_TITLE && ui_text_width(ui, home, name) > in.w)
		name.size--;
	struct look line = { .size = t->compact ? SIZE_TITLE : SIZE_HEADING, .ink = p->white, .align = TEXT_CENTER,
		             .line_percent = 150 };
	struct look call = { .size = SIZE_BIG, .bold = true, .ink = p->red, .align = TEXT_CENTER, .middle = true, .max_lines = 1 };
	int mark_px = t->compact ? 0 : ui_px(ui, 240), gap = t->gap_px * 2, key_px = ui_px(ui, 180);
	key_px = key_px < t->target_px ? t->target_px : key_px;
	int name_px = ui_text_height(ui, in.w, home, name);
	const char *words = tr("有话要说，有事要问，都可以在这里办");
	int words_px = ui_text_height(ui, in.w, words, line);
	int total = mark_px + name_px + words_px + key_px + (mark_px ? 3 : 2) * gap;
	int y = in.y + (in.h - total) * (t->compact ? 90 : 55) / 100;
	/* The picture moves a little every minute, so that nothing burns in. */
	int wander = (int)(app->wall_ms / 60000 % 5 - 2) * ui_px(ui, 12);
	y += wander;
	if (mark_px) {
		struct rect mark = { in.x + (in.w - mark_px) / 2, y, mark_px, mark_px };
		ui_box(ui, mark, ui_px(ui, 48), 0x22FFFFFF, 0, 0);
		int icon_px = mark_px * 2 / 3;
		ui_icon(ui, "home", mark.x + mark_px / 6, mark.y + mark_px / 6, icon_px, p->white);
		y += mark_px + gap;
	}
	ui_text(ui, (struct rect){ in.x, y, in.w, name_px }, home, name);
	y += name_px;
	ui_text(ui, (struct rect){ in.x, y, in.w, words_px }, words, line);
	y += words_px + gap;
	const char *begin = tr("点一下屏幕，开始");
	int key_w = ui_text_width(ui, begin, call) + 4 * ui_px(ui, 48);
	key_w = key_w > in.w ? in.w : key_w;
	struct rect key = { in.x + (in.w - key_w) / 2, y, key_w, key_px };
	ui_box(ui, key, key_px / 2, p->white, 0, 0);
	ui_text(ui, key, begin, call);
}

const struct screen screen_attract = { .name = "attract", .frame = attract_frame, .quiet = true };
