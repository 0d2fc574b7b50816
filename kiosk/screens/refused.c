/* It could not be committed: said plainly, with what was written still there, to print or to try again. */
#include "app/app.h"
#include "ui/widgets.h"

static const char *reason(enum err e)
{
	switch (e) {
	case ERR_FULL:
		return "机器的存储满了，没有收下您写的内容。请告诉工作人员。";
	case ERR_STATE:
		return "这台机器还没有和乡人大办公室连上，没有收下您写的内容。请直接找工作人员。";
	default:
		return "机器没能存好，没有收下您写的内容。请再试一次，或者找工作人员。";
	}
}

static void refused_frame(struct app *app, struct ui *ui)
{
	const struct palette *p = ui_palette(ui);
	const struct theme *t = ui_theme(ui);
	struct session *s = app->session;
	struct rect content;
	struct app_page page = { .title = tr("我要反映：没有收下"), .go = s->submitting ? tr("正在保存…") : tr("再交一次"),
		                 .go_off = s->submitting };
	if (app_page(app, ui, &page, &content)) {
		app_submit(app);
		return;
	}
	struct rect area = app_margins(ui, content);
	int gap = t->gap_px, radius = t->compact ? 0 : ui_px(ui, 110);
	int key_px = ui_px_least(ui, 150, t->target_px);
	struct look big = { .size = SIZE_BIG, .bold = true, .ink = p->ink, .align = TEXT_CENTER, .line_percent = 140 };
	struct look body = { .size = t->compact ? SIZE_SMALL : SIZE_TITLE, .ink = p->ink, .align = TEXT_CENTER, .line_percent = 150 };
	struct rect keys = cut_bottom(&area, key_px);
	cut_bottom(&area, gap);
	const char *words = tr(reason(s->submit_error)), *kept = NULL;
	bool can_print = app->printer && printer_health(app->printer) != PRINTER_NONE && s->draft.text[0];
	if (!can_print)
		kept = tr("您留下的还在，没有丢。请再交一次，或者找工作人员。");
	else if (s->print_job)
		kept = app_paper_words(app, &(enum paper_tone){ PAPER_BUSY });
	else
		kept = tr("您写的还在，没有丢。可以打印出来带走，交给工作人员。");
	int sign_px = radius ? 2 * radius + gap : 0;
	int total = sign_px + ui_text_height(ui, area.w, tr("没有收下"), big) +
	            ui_text_height(ui, area.w, words, body) + ui_text_height(ui, area.w, kept, body);
	struct scroll scroll = ui_scroll_begin(ui, "refused", area, total);
	struct rect in = { area.x, area.y - scroll.offset + (total < area.h ? (area.h - total) / 3 : 0), area.w, total };
	if (radius)
		ui_sign(ui, in.x + in.w / 2, in.y + radius, radius, "warn", p->amber);
	cut_top(&in, sign_px);
	cut_top(&in, ui_text(ui, in, tr("没有收下"), big));
	cut_top(&in, ui_text(ui, in, words, body));
	ui_text(ui, in, kept, body);
	ui_scroll_end(ui, &scroll);
	if (ui_button(ui, "refused.print", inset(keys, keys.w / 6, 0), "print", tr("打印我写的内容"),
	              can_print ? BUTTON_PLAIN : BUTTON_OFF))
		app_print_draft(app);
}

const struct screen screen_refused = {
	.name = "refused",
	.frame = refused_frame,
	.help = "这一次没有存进去。您可以点“再交一次”，也可以把写的内容打印出来，交给工作人员。",
};
