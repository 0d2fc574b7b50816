/* The frame around every screen, and the help that lies over it. */
#include <string.h>

#include "app/app.h"
#include "app/words.h"
#include "ui/widgets.h"

enum text_face app_face(const struct app *app)
{
	return i18n_language(app->i18n) == LANG_HANT ? TEXT_TC : TEXT_SC;
}

struct rect app_margins(const struct ui *ui, struct rect content)
{
	const struct theme *t = ui_theme(ui);
	int top = t->compact ? 10 : t->gap_px;
	return inset(content, t->margin_px, top);
}

static void next_language(struct app *app)
{
	enum language next = (enum language)((i18n_language(app->i18n) + 1) % LANG_COUNT);
	i18n_set(app->i18n, next);
	app->dirty = true;
}

static void toggle_large(struct app *app)
{
	app->large = !app->large;
	theme_make(&app->theme, app->theme.width_px, app->theme.height_px, app->settings.panel_mm, app->large,
	           app->settings.calm);
	app->dirty = true;
}

/* What a touch on the language key leads to. */
static const char *language_key(const struct app *app)
{
	static const char *const next[LANG_COUNT] = { "繁 / EN", "EN / 简", "简 / 繁" };
	return next[i18n_language(app->i18n)];
}

static const char *step_words(int step)
{
	static const char *const words[] = { "", "第1步 共5步", "第2步 共5步", "第3步 共5步", "第4步 共5步", "第5步 共5步" };
	_Static_assert(sizeof words / sizeof words[0] == APP_STEPS + 1, "a phrase for each step");
	return step ? tr(words[step]) : "";
}

bool app_page(struct app *app, struct ui *ui, const struct app_page *page, struct rect *content)
{
	char clock[8], date[48];
	word_clock(app->wall_ms, clock);
	word_date_weekday(app->wall_ms, date);
	bool english = i18n_language(app->i18n) == LANG_EN && app->settings.home_en[0];
	struct chrome chrome = {
		.home = english ? app->settings.home_en : i18n_content(app->i18n, app->settings.home),
		.subtitle = app->site.on_duty ? tr("自助服务终端 · 今天有代表在这里接待") : tr("自助服务终端"),
		.clock = clock,
		.date = date,
		.title = page->title,
		.step = page->step,
		.step_count = APP_STEPS,
		.step_words = step_words(page->step),
		.back = page->no_back ? NULL : page->leaves ? tr("首页") : tr("返回"),
		.back_icon = page->leaves ? "home" : "back",
		.large = app->large ? tr("小字") : tr("大字"),
		.language = language_key(app),
		.help = tr("帮助"),
		.go = page->go,
		.go_icon = page->go_icon,
		.go_off = page->go_off,
	};
	switch (ui_chrome(ui, &chrome, content)) {
	case CHROME_BACK:
		if (page->leaves)
			app_leave(app, &screen_home);
		else
			app_back(app);
		break;
	case CHROME_LARGE:
		toggle_large(app);
		break;
	case CHROME_LANGUAGE:
		next_language(app);
		break;
	case CHROME_HELP:
		app->help_open = true;
		break;
	case CHROME_GO:
		return true;
	case CHROME_GO_TRIED:
		if (page->go_why)
			app_toast(app, page->go_why);
		break;
	case CHROME_NONE:
		break;
	}
	return false;
}
