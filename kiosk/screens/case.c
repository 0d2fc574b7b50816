/* Where a case stands: its steps, the answer in full, and the voter's judgement of it. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/words.h"
#include "ui/widgets.h"

/* Lays out (draw false) or draws; y runs down. */
struct column { struct app *app; struct ui *ui; struct rect at; bool draw; };

static int put(struct column *c, int x, int width, const char *words, struct look look)
{
	int h = ui_text_height(c->ui, width, words, look);
	if (c->draw)
		ui_text(c->ui, (struct rect){ x, c->at.y, width, h }, words, look);
	return h;
}

static void summary(struct column *c)
{
	struct ui *ui = c->ui;
	const struct session *s = c->app->session;
	const struct palette *p = ui_palette(ui);
	char receipt[96], matter[256];
	snprintf(receipt, sizeof receipt, tr("回执号 %s"), s->found.receipt);
	snprintf(matter, sizeof matter, "%s · %s", word_subject(c->app, s->found.subject), word_kind(s->found.kind));
	struct look soft = { .size = SIZE_SMALL, .ink = p->soft, .max_lines = 1, .line_percent = 140 };
	struct look big = { .size = SIZE_HEADING, .bold = true, .ink = p->ink, .max_lines = 1, .line_percent = 135 };
	int pad = ui_px(ui, 28), soft_px = ui_theme(ui)->font_px[SIZE_SMALL] * 140 / 100;
	int big_px = ui_theme(ui)->font_px[SIZE_HEADING] * 135 / 100, height = soft_px + big_px + 2 * pad;
	struct rect card = cut_top(&c->at, height);
	cut_top(&c->at, ui_theme(ui)->gap_px);
	if (!c->draw)
		return;
	ui_card(ui, card);
	struct rect in = inset(card, ui_px(ui, 36), pad);
	const char *state = word_state(s->found.state);
	bool good = s->found.state == CASE_ANSWERED || s->found.state == CASE_CLOSED;
	int chip_w = ui_text_width(ui, state, soft) + ui_px(ui, 56);
	struct rect right = cut_right(&in, chip_w);
	ui_chip(ui, right.x, card.y + (card.h - ui_chip_height(ui)) / 2, state, good ? CHIP_GREEN : CHIP_GOLD);
	cut_right(&in, ui_px(ui, 16));
	ui_shrink(ui, matter, &big, in.w);
	ui_text(ui, cut_top(&in, soft_px), receipt, soft);
	ui_text(ui, in, matter, big);
}

enum place { PASSED, CURRENT, THE_END }; /* on the way */

static enum place place_of(bool last, bool closed)
{
	return !last ? PASSED : closed ? THE_END : CURRENT;
}

static void step(struct column *c, const char *head, const char *date, const char *line, enum place place)
{
	struct ui *ui = c->ui;
	const struct palette *p = ui_palette(ui);
	int dot = ui_px_least(ui, 40, 20), indent = dot + ui_px(ui, 36);
	struct look big = { .size = SIZE_BODY, .bold = true, .ink = p->ink, .line_percent = 140 };
	struct look soft = { .size = SIZE_SMALL, .ink = p->soft, .line_percent = 140 };
	struct look body = { .size = SIZE_SMALL, .ink = p->ink, .line_percent = 140 };
	int width = c->at.w - indent, top = c->at.y;
	int head_w = ui_text_width(ui, head, big), date_w = ui_text_width(ui, date, soft);
	bool beside = head_w + ui_px(ui, 20) + date_w <= width;
	int head_px = put(c, c->at.x + indent, width, head, big);
	if (c->draw && beside) {
		struct look at = soft;
		at.middle = true;
		ui_text(ui, (struct rect){ c->at.x + indent + head_w + ui_px(ui, 20), c->at.y, date_w + 4, head_px }, date, at);
	}
	cut_top(&c->at, head_px);
	if (!beside)
		cut_top(&c->at, put(c, c->at.x + indent, width, date, soft));
	if (line[0])
		cut_top(&c->at, put(c, c->at.x + indent, width, line, body));
	cut_top(&c->at, ui_px(ui, 20));
	if (!c->draw)
		return;
	int r = dot / 2, cy = top + head_px / 2, bar = ui_px_least(ui, 6, 3);
	if (place == PASSED)
		ui_fill(ui, (struct rect){ c->at.x + r - bar / 2, cy + r, bar, c->at.y - top }, p->line);
	draw_circle(ui_draw(ui), c->at.x + r, cy, r, place == CURRENT ? p->red : p->green);
	ui_icon(ui, place == CURRENT ? "clock" : "ok", c->at.x + r * 35 / 100, cy - r * 65 / 100, r * 130 / 100, p->white);
}

static void step_line(const struct app *app, const struct case_view_step *from, char *out, size_t size)
{
	char due[48], who[256];
	snprintf(who, sizeof who, "%s", i18n_content(app->i18n, from->who));
	word_civil(from->due, app->wall_ms, due);
	const char *note = i18n_content(app->i18n, from->note);
	out[0] = '\0';
	if (due[0]) /* what is accepted is due to be passed on first */
		snprintf(out, size, strcmp(from->step, case_step_id(STEP_ACCEPT)) == 0 ? tr("%s，%s前交办") : tr("%s，%s前答复"), who,
		         due);
	else
		snprintf(out, size, "%s", who);
	if (note[0]) {
		size_t used = strlen(out);
		snprintf(out + used, size - used, "%s%s", used ? " · " : "", note);
	}
}

static void timeline(struct column *c)
{
	const struct app *app = c->app;
	const struct session *s = app->session;
	char date[48], line[1024];
	word_date(s->found.at_ms, date);
	snprintf(line, sizeof line, "%s%s", tr("代表之家收到"),
	         s->found.synced ? "" : tr("，等网络通了就送到乡人大办公室"));
	step(c, tr("已登记"), date, line, place_of(s->view.step_count == 0 && !s->rating_sent, false));
	for (size_t i = 0; i < s->view.step_count; i++) {
		const struct case_view_step *v = &s->view.steps[i];
		word_date(v->at_ms, date);
		step_line(app, v, line, sizeof line);
		step(c, word_step(v->step), date, line,
		     place_of(i + 1 == s->view.step_count && !s->rating_sent, s->found.state == CASE_CLOSED));
	}
	if (s->rating_sent) { /* just now: the township has not told it back yet */
		char words[128];
		snprintf(words, sizeof words, tr("您评价：%s"), word_rating(s->found.rating));
		word_date(app->wall_ms, date);
		bool back = s->found.rating == RATING_UNSATISFIED;
		step(c, words, date, back ? tr("退回去重新办理，请过些天再来看") : tr("谢谢您，这件事办结了"), place_of(true, !back));
	}
}

static void answer(struct column *c)
{
	struct ui *ui = c->ui;
	const struct session *s = c->app->session;
	const struct palette *p = ui_palette(ui);
	if (!s->view.answer)
		return;
	struct look head = { .size = SIZE_BODY, .bold = true, .ink = p->ink, .line_percent = 150 };
	struct look body = { .size = SIZE_BODY, .ink = p->ink, .line_percent = 170 };
	struct look soft = { .size = SIZE_SMALL, .ink = p->soft, .line_percent = 150 };
	int pad = ui_px(ui, 36), width = c->at.w - 2 * pad;
	/* A long answer would push the others out of the cache of converted texts; it is asked for once a pass. */
	const char *words = i18n_content(c->app->i18n, s->view.answer);
	int head_px = ui_text_height(ui, width, tr("答复"), head), body_px = ui_text_height(ui, width, words, body);
	int soft_px = s->view.answer_by[0] ? ui_text_height(ui, width, s->view.answer_by, soft) : 0;
	struct rect card = cut_top(&c->at, head_px + body_px + soft_px + 2 * pad);
	cut_top(&c->at, ui_theme(ui)->gap_px);
	if (!c->draw)
		return;
	ui_card(ui, card);
	struct rect in = inset(card, pad, pad);
	ui_text(ui, cut_top(&in, head_px), tr("答复"), head);
	ui_text(ui, cut_top(&in, body_px), words, body);
	if (soft_px)
		ui_text(ui, in, i18n_content(c->app->i18n, s->view.answer_by), soft);
}

enum part { PART_WAY = 1, PART_ANSWER = 2 };

static void parts(struct column *c, unsigned which)
{
	bool compact = ui_theme(c->ui)->compact; /* little is seen at once: the answer comes first */
	if (which & PART_ANSWER && compact)
		answer(c);
	if (which & PART_WAY) {
		summary(c);
		timeline(c);
	}
	if (which & PART_ANSWER && !compact)
		answer(c);
}

static void scrolled(struct app *app, struct ui *ui, const char *id, struct rect area, unsigned which)
{
	struct column c = { app, ui, { 0, 0, area.w, 0 }, false };
	parts(&c, which);
	int total = c.at.y;
	struct scroll scroll = ui_scroll_begin(ui, id, area, total);
	c = (struct column){ app, ui, { area.x, area.y - scroll.offset, area.w, total }, true };
	parts(&c, which);
	ui_scroll_end(ui, &scroll);
}

static int rating_height(const struct ui *ui)
{
	const struct theme *t = ui_theme(ui);
	int key_px = ui_px_least(ui, 150, t->target_px);
	return key_px + (t->compact ? 0 : t->font_px[SIZE_TITLE] * 3 / 2) + ui_px(ui, 16);
}

static void rating_keys(struct app *app, struct ui *ui, struct rect r)
{
	static const char *const ids[] = { "case.satisfied", "case.partly", "case.unsatisfied" };
	static const char *const icons[] = { "smile", "meh", "frown" };
	static const enum button_kind kinds[] = { BUTTON_GREEN, BUTTON_AMBER, BUTTON_RED };
	const struct theme *t = ui_theme(ui);
	struct look head = { .size = SIZE_TITLE, .bold = true, .ink = ui_palette(ui)->ink, .middle = true, .max_lines = 1 };
	if (!t->compact)
		ui_text(ui, cut_top(&r, t->font_px[SIZE_TITLE] * 3 / 2), tr("这个答复，您满意吗？"), head);
	cut_top(&r, ui_px(ui, 16));
	int gap = ui_px_least(ui, 24, 8);
	for (size_t i = 0; i < RATING_COUNT; i++) {
		if (!ui_button(ui, ids[i], grid_cell(r, RATING_COUNT, gap, r.h, i), icons[i], word_rating((enum rating)i), kinds[i]))
			continue;
		app->session->rating = (enum rating)i;
		app_go(app, &screen_rate);
	}
}

static void case_frame(struct app *app, struct ui *ui)
{
	const struct session *s = app->session;
	struct rect content;
	struct app_page page = { .title = tr("查询办理"), .leaves = true };
	app_page(app, ui, &page, &content);
	struct rect area = app_margins(ui, content), side = area;
	const struct theme *t = ui_theme(ui);
	bool beside = t->landscape && !t->compact && s->view.answer; /* the answer is what they came for: seen at once */
	if (beside) {
		side = cut_right(&area, (area.w - 2 * t->gap_px) * 52 / 100);
		cut_right(&area, 2 * t->gap_px);
	}
	if (s->found.state == CASE_ANSWERED && !s->found.rated) {
		struct rect *below = beside ? &side : &area;
		rating_keys(app, ui, cut_bottom(below, rating_height(ui)));
		cut_bottom(below, ui_px(ui, 8));
	}
	if (beside) {
		scrolled(app, ui, "case", area, PART_WAY);
		scrolled(app, ui, "case.answer", side, PART_ANSWER);
		return;
	}
	int width = area.w;
	int most = ui_px(ui, 1300); /* longer lines are hard to follow */
	if (width > most && most > 700)
		area = inset(area, (width - most) / 2, 0);
	scrolled(app, ui, "case", area, PART_WAY | PART_ANSWER);
}

const struct screen screen_case = {
	.name = "case",
	.frame = case_frame,
	.help = "从上往下看，打勾的是已经办过的，最后一个是现在这一步。有了答复，请读一读。读完点一下“满意”“基本满意”或者“不满意”。点了“不满意”，就退回去重新办。",
};
