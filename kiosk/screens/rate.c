/* The voter's judgement, with a reason if they wish to give one. */
#include <stdio.h>

#include "app/app.h"
#include "app/words.h"
#include "ui/widgets.h"

static void rate_enter(struct app *app)
{
	struct session *s = app->session;
	s->rating_error = ERR_OK;
	editor_bind(&s->reason_editor, s->reason, sizeof s->reason, RATING_REASON_MAX_CHARS, true);
	input_panel_reset(app->panel, INPUT_HAND);
}

static void modes(struct app *app, struct ui *ui, struct rect r)
{
	bool pinyin = input_panel_mode(app->panel) == INPUT_PINYIN;
	int gap = ui_px_least(ui, 16, 8);
	if (ui_button(ui, "rate.hand", grid_cell(r, 2, gap, r.h, 0), NULL, tr("手写"), pinyin ? BUTTON_PLAIN : BUTTON_SELECTED))
		input_panel_reset(app->panel, INPUT_HAND);
	if (ui_button(ui, "rate.pinyin", grid_cell(r, 2, gap, r.h, 1), NULL, tr("拼音"), pinyin ? BUTTON_SELECTED : BUTTON_PLAIN))
		input_panel_reset(app->panel, INPUT_PINYIN);
}

static void rate_frame(struct app *app, struct ui *ui)
{
	static const char *const icons[] = { "smile", "meh", "frown" };
	struct session *s = app->session;
	const struct theme *t = ui_theme(ui);
	char title[128], counter[64];
	snprintf(title, sizeof title, tr("您的评价：%s"), word_rating(s->rating));
	struct rect content;
	struct app_page page = { .title = title, .go = s->rating_busy ? tr("正在保存…") : tr("交上去"), .go_off = s->rating_busy };
	if (app_page(app, ui, &page, &content)) {
		input_panel_settle(app->panel, &s->reason_editor);
		editor_confirm(&s->reason_editor);
		app_send_rating(app);
		return;
	}
	struct rect area = app_margins(ui, content);
	int gap = ui_px_least(ui, 24, 8);
	const char *words = s->rating_error != ERR_OK ? tr("没有存好，请再点一次“交上去”，或者找工作人员")
	                    : s->rating == RATING_UNSATISFIED
	                        ? tr("交上去以后，这件事会退回去重新办理。哪里不满意，可以写在下面，不写也行。")
	                        : tr("交上去以后，这件事就办结了。有什么话，可以写在下面，不写也行。");
	struct rect column = area;
	if (t->landscape) {
		column = cut_left(&area, (area.w - gap) * 45 / 100);
		cut_left(&area, gap);
	}
	if (!t->compact || s->rating_error != ERR_OK) {
		enum notice_kind kind = s->rating_error != ERR_OK ? NOTICE_CARE : NOTICE_QUIET;
		cut_top(&column, ui_notice(ui, column, kind, icons[s->rating], words) + gap);
	}
	snprintf(counter, sizeof counter, tr("%zu / %d 字"), editor_chars(&s->reason_editor), RATING_REASON_MAX_CHARS);
	int modes_px = ui_px_least(ui, 100, t->target_px);
	if (t->landscape) {
		modes(app, ui, cut_bottom(&column, modes_px));
		cut_bottom(&column, gap);
		ui_editor(ui, "rate.reason", column, &s->reason_editor, SIZE_TITLE, tr("可以不写"), counter);
		input_panel_frame(app->panel, ui, area, &s->reason_editor);
		return;
	}
	struct rect field = cut_top(&column, ui_px(ui, 340));
	cut_top(&column, gap);
	modes(app, ui, cut_bottom(&column, modes_px));
	cut_bottom(&column, gap);
	ui_editor(ui, "rate.reason", field, &s->reason_editor, SIZE_TITLE, tr("可以不写"), counter);
	input_panel_frame(app->panel, ui, column, &s->reason_editor);
}

const struct screen screen_rate = {
	.name = "rate",
	.enter = rate_enter,
	.frame = rate_frame,
	.help = "您可以写一写为什么，也可以不写。点“交上去”才算数。点“返回”可以重新选。",
};
