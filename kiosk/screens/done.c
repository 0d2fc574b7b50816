/* It is committed: the receipt, and the slip as it comes out of the printer. */
#include <stdio.h>

#include "app/app.h"
#include "ui/widgets.h"

enum { MOST_TRIES = 4 };

static void slip_picture(struct app *app, struct ui *ui, struct rect area)
{
	int width = ui_px(ui, 576), least = 360;
	width = width < least ? least : width;
	width = width > area.w ? area.w : width;
	const struct canvas *slip = &app->slip_picture;
	bool brief = ui_theme(ui)->compact || ui_theme(ui)->height_px < 1000; /* what has to be copied must be seen at once */
	app_show_slip(app, width, brief);
	/* All of it at once, as long as it can be read. Letters shrink less than the paper, so it takes a few tries. */
	for (int tries = 0; tries < MOST_TRIES && slip->pixels && slip->height > area.h && width > least; tries++) {
		width = width * area.h / slip->height;
		width = width < least ? least : width;
		app_show_slip(app, width, brief);
	}
	if (!slip->pixels)
		return;
	struct scroll scroll = ui_scroll_begin(ui, "done.slip", area, slip->height);
	int x = area.x + (area.w - slip->width) / 2, y = area.y - scroll.offset;
	draw_shadow(ui_draw(ui), (struct rect){ x, y, slip->width, slip->height }, 4, ui_px(ui, 32), ui_px(ui, 8), 0x30000000);
	draw_image(ui_draw(ui), slip, app->slip_picture_key, x, y);
	ui_scroll_end(ui, &scroll);
}

static void done_frame(struct app *app, struct ui *ui)
{
	const struct palette *p = ui_palette(ui);
	const struct theme *t = ui_theme(ui);
	const struct session *s = app->session;
	enum paper_tone tone;
	const char *paper = app_paper_words(app, &tone);
	bool can_print = app->printer && !app_slip_under_way(app) && printer_health(app->printer) != PRINTER_NONE;
	struct rect content;
	struct app_page page = { .title = tr("我要反映：已收到"), .leaves = true, .go = tr("再打一张"), .go_icon = "print",
		                 .go_off = !can_print };
	if (app_page(app, ui, &page, &content)) {
		app_print_slip(app);
		return;
	}
	struct rect area = app_margins(ui, content);
	char receipt[96];
	snprintf(receipt, sizeof receipt, tr("回执号 %s"), s->done.receipt);
	struct look big = { .size = t->compact ? SIZE_HEADING : SIZE_BIG, .bold = true, .ink = p->ink, .align = TEXT_CENTER,
		            .line_percent = 135 };
	struct look soft = { .size = SIZE_BODY, .ink = p->soft, .align = TEXT_CENTER, .max_lines = 1, .line_percent = 140 };
	int gap = t->gap_px * 3 / 4;
	struct rect words = area;
	if (t->landscape) {
		words = cut_left(&area, area.w / 2);
		cut_left(&area, gap);
	}
	int radius = t->compact ? 0 : ui_px(ui, 62);
	/* What does not fit in large letters is scrolled to, and lies over nothing. */
	const char *sealed = tr("您写的内容已经封存：只有乡人大办公室能打开，答复只有拿小票的人能看。");
	struct rect below = { words.x, ui_screen_rect(ui).h, words.w, 0 };
	int words_px = (radius ? 2 * radius + ui_px(ui, 8) : 0) + ui_text_height(ui, words.w, tr("已经收好，谢谢您"), big) +
	               ui_text_height(ui, words.w, receipt, soft) + gap / 2 + ui_notice(ui, below, NOTICE_QUIET, "print", paper);
	struct scroll scroll = { 0 };
	if (t->landscape) {
		if (!t->compact)
			words_px += gap + ui_notice(ui, below, NOTICE_QUIET, "lock", sealed);
		scroll = ui_scroll_begin(ui, "done.words", words, words_px);
		words.y -= scroll.offset;
	}
	if (radius) {
		ui_sign(ui, words.x + words.w / 2, words.y + radius, radius, "ok", p->green);
		cut_top(&words, 2 * radius + ui_px(ui, 8));
	}
	cut_top(&words, ui_text(ui, words, tr("已经收好，谢谢您"), big));
	cut_top(&words, ui_text(ui, words, receipt, soft) + gap / 2);
	enum notice_kind kind = tone == PAPER_GOOD ? NOTICE_GOOD : tone == PAPER_BAD ? NOTICE_CARE : NOTICE_QUIET;
	const char *icon = tone == PAPER_GOOD ? "check" : tone == PAPER_BAD ? "warn" : "print";
	cut_top(&words, ui_notice(ui, words, kind, icon, paper) + gap);
	if (!t->landscape) {
		int sealed_px = ui_notice(ui, (struct rect){ words.x, ui_screen_rect(ui).h, words.w, 0 }, NOTICE_QUIET, "lock", sealed);
		if (words.h >= sealed_px + gap + words.w / 2) { /* the code comes first */
			ui_notice(ui, cut_bottom(&words, sealed_px), NOTICE_QUIET, "lock", sealed);
			cut_bottom(&words, gap);
		}
		slip_picture(app, ui, words);
		return;
	}
	if (!t->compact)
		ui_notice(ui, words, NOTICE_QUIET, "lock", sealed);
	ui_scroll_end(ui, &scroll);
	slip_picture(app, ui, area);
}

const struct screen screen_done = {
	.name = "done",
	.frame = done_frame,
	.help = "您说的事已经收好了。请把小票拿走，放好，以后凭它查办到哪一步。没打出小票的，请用手机拍下屏幕上的码，或者抄下那一行字。小票别给外人看。",
};
