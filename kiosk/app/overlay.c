#include "app/overlay.h"

#include <stdio.h>
#include <string.h>

#include "ui/widgets.h"

enum { SECOND_MS = 1000 };

/* 0 when the question is not to be shown, else whole seconds left. */
static int countdown_left_s(const struct app *app)
{
	if (app->screen->quiet || app->session->submitting)
		return 0;
	int64_t idle_ms = app->now_ms - app->last_touch_ms;
	int64_t end_ms = (int64_t)app->settings.idle_s * SECOND_MS;
	int64_t begin_ms = end_ms - (int64_t)app->settings.countdown_s * SECOND_MS;
	if (idle_ms < begin_ms) /* the finger that answers is still down: what it touches must not vanish under it */
		return app->countdown_s;
	if (idle_ms >= end_ms)
		return 0;
	return (int)((end_ms - idle_ms + SECOND_MS - 1) / SECOND_MS);
}

bool overlay_shown(const struct app *app)
{
	return app->help_open || countdown_left_s(app) > 0;
}

static bool recorder_busy(const struct app *app)
{
	if (!app->voice)
		return false;
	enum voice_state state = voice_state(app->voice);
	return state == VOICE_RECORDING || state == VOICE_PLAYING;
}

int64_t overlay_idle(struct app *app)
{
	if (app->screen == &screen_attract)
		return INT64_MAX;
	if (recorder_busy(app)) { /* speaking and listening is being there */
		app->last_touch_ms = app->now_ms;
		app->countdown_s = 0;
	}
	int64_t end_ms = app->last_touch_ms + (int64_t)app->settings.idle_s * SECOND_MS;
	if (app->now_ms >= end_ms) {
		app_leave(app, &screen_attract);
		if (app->screen != &screen_attract) /* a commit is under way: its end comes first */
			return app->now_ms + SECOND_MS;
		return INT64_MAX;
	}
	if (app->screen->quiet)
		return end_ms;
	int64_t begin_ms = end_ms - (int64_t)app->settings.countdown_s * SECOND_MS;
	if (app->now_ms < begin_ms)
		return begin_ms;
	int left_s = countdown_left_s(app);
	app->dirty = app->dirty || left_s != app->countdown_s;
	app->countdown_s = left_s;
	return app->now_ms + (end_ms - app->now_ms - 1) % SECOND_MS + 1; /* when the number changes */
}

/* A card over the dimmed screen; gives its inside. */
static struct rect dialog(struct ui *ui, int height_px)
{
	const struct theme *t = ui_theme(ui);
	struct rect screen = ui_screen_rect(ui);
	ui_fill(ui, screen, 0x99221C17);
	int width = screen.w - 2 * t->margin_px;
	int most = ui_px(ui, t->landscape ? 1300 : 984);
	width = width > most && most > 600 ? most : width;
	int room = screen.h - 2 * (t->compact ? 12 : t->margin_px);
	height_px = height_px > room ? room : height_px;
	struct rect card = { (screen.w - width) / 2, (screen.h - height_px) * 2 / 3, width, height_px };
	if (card.y + card.h > screen.h)
		card.y = screen.h - card.h;
	draw_shadow(ui_draw(ui), card, t->corner_px, ui_px(ui, 40), ui_px(ui, 16), 0x40000000);
	ui_card(ui, card);
	int pad = ui_px_least(ui, 48, 20);
	return inset(card, pad, pad);
}

static void countdown_frame(struct app *app, struct ui *ui, int left_s)
{
	const struct palette *p = ui_palette(ui);
	const struct theme *t = ui_theme(ui);
	struct look head = { .size = SIZE_BIG, .bold = true, .ink = p->ink, .align = TEXT_CENTER, .line_percent = 135 };
	struct look body = { .size = SIZE_BODY, .ink = p->soft, .align = TEXT_CENTER, .line_percent = 145 };
	char words[128];
	snprintf(words, sizeof words, tr("%d 秒后回到首页"), left_s);
	bool kept = app->session->submitted;
	const char *line = kept ? tr("您反映的已经收好了，请别忘了拿小票") : tr("为了不让别人看到，没交的内容会清除干净");
	int key_px = ui_px_least(ui, 150, t->target_px), gap = t->gap_px;
	int width = ui_screen_rect(ui).w - 4 * t->margin_px;
	int height = ui_text_height(ui, width, tr("您还在吗？"), head) + ui_text_height(ui, width, words, body) +
	             ui_text_height(ui, width, line, body) + key_px + 2 * gap + 2 * (ui_px_least(ui, 48, 20));
	struct rect in = dialog(ui, height);
	struct rect keys = cut_bottom(&in, key_px);
	cut_top(&in, ui_text(ui, in, tr("您还在吗？"), head));
	cut_top(&in, ui_text(ui, in, words, body));
	ui_text(ui, in, line, body);
	if (ui_button(ui, "idle.leave", grid_cell(keys, 2, gap, key_px, 0), "home", tr("回首页"), BUTTON_PLAIN))
		app_leave(app, &screen_home);
	if (ui_button(ui, "idle.stay", grid_cell(keys, 2, gap, key_px, 1), NULL, tr("我还在"), BUTTON_MAIN))
		app->dirty = true; /* the touch itself has begun the time anew */
	if (ui_input(ui)->released) {
		app->countdown_s = 0;
		ui_again(ui); /* the help that was open under the question shows again at once */
	}
}

static void help_frame(struct app *app, struct ui *ui)
{
	const struct palette *p = ui_palette(ui);
	const struct theme *t = ui_theme(ui);
	struct look head = { .size = SIZE_HEADING, .bold = true, .ink = p->ink, .line_percent = 135 };
	struct look body = { .size = SIZE_BODY, .ink = p->ink, .line_percent = 160 };
	struct look small = { .size = SIZE_SMALL, .ink = p->soft, .line_percent = 150 };
	const char *help = app->screen->help ? tr(app->screen->help) : "";
	char call[160];
	if (app->settings.help_phone[0])
		snprintf(call, sizeof call, tr("要人帮忙，请找工作人员，或者打电话 %s"), app->settings.help_phone);
	else
		snprintf(call, sizeof call, "%s", tr("要人帮忙，请找这里的工作人员"));
	int key_px = ui_px_least(ui, 130, t->target_px), gap = t->gap_px;
	int pad = ui_px_least(ui, 48, 20), width = ui_screen_rect(ui).w - 2 * t->margin_px - 2 * pad;
	int most = ui_px(ui, 1300) - 2 * pad;
	if (t->landscape && most > 600 && width > most)
		width = most;
	int words_px = ui_text_height(ui, width, tr("怎么用"), head) + ui_text_height(ui, width, help, body) +
	               ui_text_height(ui, width, call, small) + gap + gap / 2;
	struct rect in = dialog(ui, words_px + key_px + gap + 2 * pad);
	struct rect keys = cut_bottom(&in, key_px);
	cut_bottom(&in, gap);
	struct scroll scroll = ui_scroll_begin(ui, "help", in, words_px);
	struct rect words = { in.x, in.y - scroll.offset, in.w, words_px };
	cut_top(&words, ui_text(ui, words, tr("怎么用"), head) + gap / 2);
	cut_top(&words, ui_text(ui, words, help, body) + gap);
	ui_text(ui, words, call, small);
	ui_scroll_end(ui, &scroll);
	if (ui_button(ui, "help.close", keys, NULL, tr("知道了"), BUTTON_MAIN))
		app->help_open = false;
}

static void toast_frame(struct app *app, struct ui *ui)
{
	if (!app->toast)
		return;
	if (app->now_ms >= app->toast_until_ms) {
		app->toast = NULL;
		return;
	}
	ui_wake_at(ui, app->toast_until_ms);
	const struct theme *t = ui_theme(ui);
	const struct palette *p = ui_palette(ui);
	struct look look = { .size = SIZE_BODY, .ink = p->white, .align = TEXT_CENTER, .line_percent = 140, .middle = true };
	struct rect screen = ui_screen_rect(ui);
	int width = screen.w - 2 * t->margin_px, pad = ui_px(ui, 32);
	int height = ui_text_height(ui, width - 2 * pad, tr(app->toast), look) + 2 * ui_px(ui, 24);
	struct rect box = { t->margin_px, screen.h - t->bar_px - t->gap_px - height, width, height };
	ui_box(ui, box, t->corner_px, 0xF2221C17, 0, 0);
	ui_text(ui, inset(box, pad, 0), tr(app->toast), look);
}

void overlay_frame(struct app *app, struct ui *ui)
{
	toast_frame(app, ui);
	ui_mute(ui, false);
	int left_s = countdown_left_s(app);
	if (left_s > 0)
		countdown_frame(app, ui, left_s);
	else if (app->help_open)
		help_frame(app, ui);
}
