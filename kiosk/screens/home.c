/* What can be done here. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/words.h"
#include "app/words_attendance.h"
#include "ui/widgets.h"

/* "09:00" as one says it: 9:00. */
static const char *clock_words(const char *time)
{
	return time[0] == '0' ? time + 1 : time;
}

static bool duty_card(struct app *app, struct ui *ui, struct rect r)
{
	const struct palette *p = ui_palette(ui);
	const struct duty_row *duty = &app->site.duty;
	char name[160], line[192];
	word_deputy(app, duty->deputy, name, sizeof name);
	snprintf(line, sizeof line, tr("%s 至 %s · %s"), clock_words(duty->from), clock_words(duty->until), i18n_content(app->i18n, duty->room));
	bool clicked = ui_card_touch(ui, "home.duty", &r, name, false);
	struct rect in = inset(r, ui_px(ui, 36), ui_px(ui, 24));
	int face_px = in.h < ui_px(ui, 140) ? in.h : ui_px(ui, 140);
	struct rect left = cut_left(&in, face_px + ui_px(ui, 32));
	ui_face(ui, (struct rect){ left.x, left.y + (left.h - face_px) / 2, face_px, face_px });
	int arrow_px = ui_px(ui, 56);
	struct rect right = cut_right(&in, arrow_px);
	ui_icon(ui, "forward", right.x, right.y + (right.h - arrow_px) / 2, arrow_px, p->gold);
	struct look big = { .size = SIZE_HEADING, .bold = true, .ink = p->ink, .max_lines = 1, .line_percent = 130 };
	struct look soft = { .size = SIZE_SMALL, .ink = p->soft, .max_lines = 1, .line_percent = 130 };
	int chip_px = ui_chip_height(ui), big_px = ui_text_height(ui, in.w, name, big);
	int soft_px = ui_text_height(ui, in.w, line, soft);
	bool with_chip = in.h >= chip_px + big_px + soft_px;
	int y = in.y + (in.h - big_px - soft_px - (with_chip ? chip_px : 0)) / 2;
	int beside = ui_text_width(ui, name, big) + ui_px(ui, 24);
	if (with_chip) {
		ui_chip(ui, in.x, y, tr("正在接待"), CHIP_GOLD);
		y += chip_px;
	} else if (beside + ui_text_width(ui, tr("正在接待"), soft) + ui_px(ui, 56) <= in.w) {
		ui_chip(ui, in.x + beside, y + (big_px - chip_px) / 2, tr("正在接待"), CHIP_GOLD);
	}
	ui_text(ui, (struct rect){ in.x, y, in.w, big_px }, name, big);
	ui_text(ui, (struct rect){ in.x, y + big_px, in.w, soft_px }, line, soft);
	return clicked;
}

/* Deputies' business in one card: today's activity, or the next one. */
static void activity_strip(struct app *app, struct ui *ui, struct rect r)
{
	const struct palette *p = ui_palette(ui);
	const struct activity_list *list = &app->site.activities;
	const struct activity_row *open = site_open_activity(&app->site, app->wall_ms), *next = open;
	char when[WHEN_SIZE], line[2 * WHEN_SIZE + ACTIVITY_TITLE_SIZE], count[WHEN_SIZE];
	for (size_t i = 0; !next && i < list->count; i++) {
		if (activity_phase_at(&list->rows[i].activity, app->wall_ms) == ACTIVITY_AHEAD)
			next = &list->rows[i];
	}
	bool today = next && site_activity_today(&next->activity, app->wall_ms);
	const char *title = today ? i18n_content(app->i18n, next->activity.title) : tr("代表签到 · 请假");
	if (next)
		word_activity_when(&next->activity, app->wall_ms, when);
	if (open) {
		word_activity_count(open, count);
		snprintf(line, sizeof line, "%s · %s", when, count);
	} else if (today) {
		snprintf(line, sizeof line, "%s%s%s", when, next->activity.place[0] ? " · " : "", i18n_content(app->i18n, next->activity.place));
	} else if (next) {
		snprintf(line, sizeof line, tr("下一场：%s %s"), when, i18n_content(app->i18n, next->activity.title));
	} else {
		snprintf(line, sizeof line, "%s", tr("代表活动、出席和请假"));
	}
	if (ui_card_touch(ui, "home.activities", &r, title, false))
		app_go(app, &screen_activities);
	struct rect in = inset(r, ui_px(ui, 36), ui_px(ui, 12));
	int icon_px = ui_px_least(ui, 72, 32), arrow_px = ui_px(ui, 56);
	struct rect left = cut_left(&in, icon_px + ui_px(ui, 28)), right = cut_right(&in, arrow_px);
	ui_icon(ui, open ? "card" : "cal", left.x, left.y + (left.h - icon_px) / 2, icon_px, open ? p->green : p->gold);
	ui_icon(ui, "forward", right.x, right.y + (right.h - arrow_px) / 2, arrow_px, p->gold);
	if (open) {
		const char *words = tr("正在签到");
		struct look chip = { .size = SIZE_SMALL };
		int chip_w = ui_text_width(ui, words, chip) + ui_px(ui, 56), chip_px = ui_chip_height(ui);
		if (in.w > 3 * chip_w) {
			struct rect side = cut_right(&in, chip_w);
			ui_chip(ui, side.x, side.y + (side.h - chip_px) / 2, words, CHIP_GREEN);
		}
	}
	struct look big = { .size = SIZE_TITLE, .bold = true, .ink = p->ink, .max_lines = 1, .line_percent = 130 };
	struct look soft = { .size = SIZE_SMALL, .ink = p->soft, .max_lines = 1, .line_percent = 135 };
	ui_shrink(ui, title, &big, in.w);
	if (ui_text_width(ui, line, soft) > in.w)
		snprintf(line, sizeof line, "%s", open ? count : next ? when : tr("代表活动、出席和请假"));
	if (open && ui_text_width(ui, line, soft) > in.w)
		snprintf(line, sizeof line, "%s", tr("正在签到"));
	int big_px = ui_text_height(ui, in.w, title, big), soft_px = ui_text_height(ui, in.w, line, soft);
	if (big_px + soft_px > in.h)
		soft_px = 0;
	int y = in.y + (in.h - big_px - soft_px) / 2;
	ui_text(ui, (struct rect){ in.x, y, in.w, big_px }, title, big);
	if (soft_px)
		ui_text(ui, (struct rect){ in.x, y + big_px, in.w, soft_px }, line, soft);
}

static bool hero(struct app *app, struct ui *ui, struct rect r)
{
	(void)app;
	const struct palette *p = ui_palette(ui);
	const struct theme *t = ui_theme(ui);
	struct touch touch = ui_touch(ui, "home.report", r, tr("我要反映"));
	colour from = p->red, to = p->red_light;
	if (touch.pressed) {
		from = colour_darker(from);
		to = colour_darker(to);
		r.y += 2;
	}
	draw_gradient(ui_draw(ui), r, t->corner_px, from, to);
	struct rect in = inset(r, ui_px(ui, 56), ui_px(ui, 32));
	int icon_px = ui_px(ui, 200);
	icon_px = icon_px > in.h ? in.h : icon_px;
	enum text_align align = TEXT_LEFT;
	struct look least = { .size = SIZE_TITLE, .bold = true };
	bool pictured = !t->compact || ui_text_width(ui, tr("我要反映"), least) <= 2 * (in.w - icon_px);
	if (r.w < r.h * 3 / 2) { /* narrow: the picture stands above the words */
		struct rect top = cut_top(&in, in.h / 2);
		ui_icon(ui, "pen", top.x + (top.w - icon_px) / 2, top.y + (top.h - icon_px) / 2, icon_px, p->white);
		align = TEXT_CENTER;
	} else if (pictured) {
		struct rect left = cut_left(&in, icon_px + ui_px(ui, 48));
		ui_icon(ui, "pen", left.x, left.y + (left.h - icon_px) / 2, icon_px, p->white);
	}
	struct look big = { .size = SIZE_HERO, .bold = true, .ink = p->white, .line_percent = 120,
		            .align = align };
	struct look line = { .size = SIZE_BODY, .ink = 0xEBFFFFFF, .max_lines = 3, .line_percent = 150, .align = align };
	/* In two lines rather than small. */
	while (big.size > SIZE_BIG && ui_text_width(ui, tr("我要反映"), big) > in.w)
		big.size--;
	while (big.size > SIZE_TITLE &&
	       ui_text_height(ui, in.w, tr("我要反映"), big) > 2 * ui_text_height(ui, in.w, "", big))
		big.size--;
	while (big.size > SIZE_SMALL && ui_text_height(ui, in.w, tr("我要反映"), big) > in.h)
		big.size--;
	const char *words = tr("写一写、说一说，代表听得到。\n可以不留姓名。");
	struct look small = line;
	small.size = SIZE_SMALL;
	if (ui_text_height(ui, in.w, words, line) > 2 * ui_text_height(ui, in.w, "", line) &&
	    ui_text_height(ui, in.w, words, small) <= 2 * ui_text_height(ui, in.w, "", small))
		line = small;
	int big_px = ui_text_height(ui, in.w, tr("我要反映"), big), line_px = ui_text_height(ui, in.w, words, line);
	if (big_px + line_px > in.h || ui_theme(ui)->compact)
		line_px = 0;
	int y = align == TEXT_CENTER ? in.y : in.y + (in.h - big_px - line_px) / 2;
	ui_text(ui, (struct rect){ in.x, y, in.w, big_px }, tr("我要反映"), big);
	if (line_px)
		ui_text(ui, (struct rect){ in.x, y + big_px, in.w, line_px }, words, line);
	return touch.clicked;
}

static void tiles(struct app *app, struct ui *ui, struct rect area, int row_px, int gap)
{
	static const struct { const char *id, *icon, *title, *line; const struct screen *to; } all[] = {
		{ "home.query", "search", "查询办理", "凭小票上的码，看办到哪一步", &screen_query },
		{ "home.roster", "people", "找代表", "我们村的代表是谁", &screen_roster },
		{ "home.rules", "book", "规章制度", "代表之家各项制度", &screen_rules },
		{ "home.how", "lock", "谁能看到", "您写的话，谁看得到", &screen_privacy },
	};
	bool low = ui_theme(ui)->compact;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if (ui_choice(ui, all[i].id, grid_cell(area, 2, gap, row_px, i), all[i].icon, tr(all[i].title),
		              low ? NULL : tr(all[i].line), false))
			app_go(app, all[i].to);
	}
}

static void begin_report(struct app *app)
{
	if (!app->identity.enrolled) {
		/* Without the township's key nothing can be sealed, so nothing may be taken in. */
		app_toast(app, "这台机器还没有和乡人大办公室连上，暂时不能收。请直接找这里的工作人员");
		return;
	}
	app_go(app, &screen_kind);
}

/* Not connected with its township yet: said to visitors, and the code shown that the office types in to approve it. Gives the
 * height used. */
static int enrolment_notice(struct app *app, struct ui *ui, struct rect r)
{
	char words[256];
	const char *code = app->identity.enrol_code;
	if (code[0])
		snprintf(words, sizeof words, tr("这台机器正在等乡人大办公室批准，暂时不能收件。登记码：%.4s %s"), code,
		         strlen(code) > 4 ? code + 4 : "");
	else
		snprintf(words, sizeof words, "%s", tr("这台机器还没有和乡人大办公室连上，暂时不能收件。"));
	return ui_notice(ui, r, NOTICE_CARE, "warn", words);
}

static void portrait(struct app *app, struct ui *ui, struct rect area)
{
	const struct theme *t = ui_theme(ui);
	int gap = t->gap_px;
	if (!app->identity.enrolled)
		cut_top(&area, enrolment_notice(app, ui, area) + gap);
	if (app->site.on_duty) {
		if (duty_card(app, ui, cut_top(&area, ui_px(ui, 236))))
			app_go(app, &screen_roster);
		cut_top(&area, gap);
	}
	activity_strip(app, ui, cut_top(&area, ui_px_least(ui, 150, t->target_px)));
	cut_top(&area, gap);
	/* What is left is shared by the hero and two rows of tiles, as the picture has them: 400 to 270. */
	int hero_px = (area.h - 2 * gap) * 400 / (400 + 2 * 300);
	if (hero(app, ui, cut_top(&area, hero_px)))
		begin_report(app);
	cut_top(&area, gap);
	tiles(app, ui, area, (area.h - gap) / 2, gap);
}

static void landscape(struct app *app, struct ui *ui, struct rect area)
{
	const struct theme *t = ui_theme(ui);
	int gap = t->gap_px;
	if (!app->identity.enrolled)
		cut_top(&area, enrolment_notice(app, ui, area) + gap);
	struct rect left = cut_left(&area, (area.w - gap) * (t->compact ? 36 : 48) / 100);
	cut_left(&area, gap);
	if (app->site.on_duty && !t->compact) {
		if (duty_card(app, ui, cut_top(&left, ui_px(ui, 200))))
			app_go(app, &screen_roster);
		cut_top(&left, gap);
	}
	activity_strip(app, ui, cut_bottom(&left, ui_px_least(ui, 150, t->target_px)));
	cut_bottom(&left, gap);
	if (hero(app, ui, left))
		begin_report(app);
	tiles(app, ui, area, (area.h - gap) / 2, gap);
}

static void home_frame(struct app *app, struct ui *ui)
{
	struct rect content;
	struct app_page page = { .no_back = true };
	app_page(app, ui, &page, &content);
	struct rect area = app_margins(ui, content);
	if (ui_theme(ui)->landscape)
		landscape(app, ui, area);
	else
		portrait(app, ui, area);
}

const struct screen screen_home = {
	.name = "home",
	.frame = home_frame,
	.help = "您有事要说，就点红色的“我要反映”。以前说过的事，拿小票点“查询办理”。想知道本村的代表是谁，点“找代表”。字太小就点下面的“大字”。",
	.quiet = true,
};
