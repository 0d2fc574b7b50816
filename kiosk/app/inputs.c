/* What the scanner and the reader bring, whatever screen is up; and the recorder. */
#include <string.h>

#include "app/app.h"
#include "app/events.h"
#include "model/utf8.h"

enum { TOAST_MS = 5000 };

void app_toast(struct app *app, const char *msgid)
{
	app->toast = msgid;
	app->toast_until_ms = app->now_ms + TOAST_MS;
	app->dirty = true;
}

/* Nobody's words are on the screen: a deputy's card means signing in. */
static bool may_sign_in(const struct app *app)
{
	const struct screen *s = app->screen;
	return (s->quiet && s != &screen_case) || s == &screen_self || s == &screen_leave;
}

/* Like a touch. A deputy who has to wait is not: they would hold up their card until whoever walked away from what they were
 * writing had never left. */
static void somebody_is_here(struct app *app)
{
	app->last_touch_ms = app->now_ms;
	app->countdown_s = 0;
}

void app_handle_scan(struct app *app, const char *text, size_t len)
{
	enum scan_kind kind = scan_classify(text, len);
	if (kind == SCAN_DEPUTY_CARD && !may_sign_in(app)) {
		app_toast(app, "前面的人还没有办完，请等一等再扫代表证");
		return;
	}
	somebody_is_here(app);
	switch (kind) {
	case SCAN_SLIP:
		break;
	case SCAN_SLIP_DAMAGED:
		app_toast(app, "这个码没有扫清楚，请把小票放平再扫一次，或者用手输入");
		return;
	case SCAN_DEPUTY_CARD:
		app_sign_in_code(app, text, len);
		return;
	case SCAN_WEB:
		app_toast(app, "这是网址或付款码，不是我们的小票。请扫小票上的码");
		return;
	case SCAN_OTHER:
		app_toast(app, "这个码不是我们的小票。请扫小票上的码");
		return;
	}
	const struct screen *s = app->screen;
	bool free_to_go = s->quiet || s == &screen_query || s == &screen_case || s == &screen_done;
	if (!free_to_go) {
		app_toast(app, "您正在写的还没有交。要查询，请先写完，或者先回首页");
		return;
	}
	if (s == &screen_done)
		app_leave(app, &screen_home);
	if (app->screen != &screen_query && app->screen != &screen_case)
		app_go(app, &screen_query);
	app_find_case(app, text, len);
	if (throttle_wait_ms(&app->throttle, app->now_ms) > 0 && app->screen == &screen_case)
		app_toast(app, "输错的次数太多了，请过一会儿再查");
}

void app_handle_card(struct app *app, const struct idcard *card)
{
	struct session *s = app->session;
	bool asked_for = app->screen == &screen_who || app->screen == &screen_name;
	if (asked_for || may_sign_in(app))
		somebody_is_here(app);
	if (!card) {
		app_toast(app, "这张卡没有读出来。请拿开，擦一擦，再放平一次；身份证以外的卡在这里不能用");
		return;
	}
	if (!asked_for) {
		if (may_sign_in(app))
			app_sign_in_card(app, card);
		else
			app_toast(app, "现在不用刷身份证。代表要签到，请等前面的人办完");
		return;
	}
	(void)!utf8_clean(card->name, strlen(card->name), false, REPORT_NAME_MAX_CHARS, s->draft.name,
	                  sizeof s->draft.name);
	memcpy(s->draft.id_number, card->number, sizeof s->draft.id_number);
	s->draft.phone[0] = '\0';
	s->draft.identity = IDENTITY_ID_CARD;
	editor_bind(&s->name_editor, s->draft.name, sizeof s->draft.name, REPORT_NAME_MAX_CHARS, false);
	if (!app_back_to(app, &screen_review))
		app_go(app, &screen_review);
}

struct voice *app_voice(struct app *app)
{
	if (!app->voice)
		chime_hush(app->chime);
	if (!app->voice &&
	    voice_create(REPORT_VOICE_MAX_S * 1000, events_voice_changed, app->events, &app->voice) != ERR_OK)
		return NULL;
	return app->voice;
}
