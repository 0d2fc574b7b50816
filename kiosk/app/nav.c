/* Which screen shows, how one gets back, and how a visit ends. */
#include <sodium.h>
#include <string.h>

#include "app/app.h"

static void show(struct app *app, const struct screen *screen, bool anew)
{
	if (app->voice && screen != app->screen) /* nobody is recorded, and nothing read out, behind another screen */
		voice_stop(app->voice);
	app->screen = screen;
	app->help_open = false;
	app->countdown_s = 0;
	app->entered_anew = true;
	app->dirty = true;
	ui_forget(app->ui);
	if (anew && screen->enter)
		screen->enter(app);
	else if (!anew && screen->resume)
		screen->resume(app);
}

void app_go(struct app *app, const struct screen *screen)
{
	if (app->depth < NAV_DEPTH)
		app->stack[app->depth++] = app->screen;
	show(app, screen, true);
}

void app_replace(struct app *app, const struct screen *screen)
{
	show(app, screen, true);
}

void app_back(struct app *app)
{
	if (app->depth == 0) {
		app_leave(app, &screen_home);
		return;
	}
	const struct screen *to = app->stack[--app->depth];
	if (to->quiet && app->depth == 0) /* back to the start is the end of the visit */
		app_leave(app, to);
	else
		show(app, to, false);
}

bool app_below(const struct app *app, const struct screen *screen)
{
	for (size_t i = 0; i < app->depth; i++) {
		if (app->stack[i] == screen)
			return true;
	}
	return false;
}

bool app_back_to(struct app *app, const struct screen *screen)
{
	if (!app_below(app, screen))
		return false;
	while (app->stack[--app->depth] != screen)
		;
	show(app, screen, false);
	return true;
}

void app_leave(struct app *app, const struct screen *to)
{
	if (app->session->submitting)
		return; /* what was handed in is being committed: its result comes first */
	if (app->session->print_job) {
		app->orphan_print_job = app->session->print_job;
		app_check_orphan_print(app);
	}
	if (app->voice) {
		voice_destroy(app->voice);
		app->voice = NULL;
	}
	input_panel_forget(app->panel);
	session_end(app->session);
	app->visit++;
	text_engine_trim(app->text);
	i18n_forget(app->i18n);
	canvas_destroy(&app->slip_picture);
	memset(&app->slip_picture, 0, sizeof app->slip_picture);
	app->depth = 0;
	show(app, to, true);
	/* The next visitor begins as the site is set. */
	if (app->large != app->settings.large_text) {
		app->large = app->settings.large_text;
		theme_make(&app->theme, app->theme.width_px, app->theme.height_px, app->settings.panel_mm, app->large,
		           app->settings.calm);
	}
	enum language language = LANG_HANS;
	if (i18n_parse(app->settings.language, &language) == ERR_OK)
		i18n_set(app->i18n, language);
	app->entered_anew = false; /* no picture of the old screen may linger in a transition */
}
