/* Step 3: written by hand, typed, spoken, or left as ink. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/words.h"
#include "screens/write_parts.h"
#include "ui/widgets.h"

static void write_enter(struct app *app)
{
	struct session *s = app->session;
	bool pinyin = s->write_mode == WRITE_PINYIN;
	input_panel_reset(app->panel, pinyin ? INPUT_PINYIN : INPUT_HAND);
}

static void chips(struct app *app, struct ui *ui, struct rect strip)
{
	const struct session *s = app->session;
	char to[192], name[160];
	word_deputy(app, s->draft.deputy, name, sizeof name);
	snprintf(to, sizeof to, tr("致：%s"), name);
	int gap = ui_px(ui, 16), x = strip.x;
	x += ui_chip(ui, x, strip.y, word_kind(s->draft.kind), CHIP_GOLD) + gap;
	x += ui_chip(ui, x, strip.y, word_subject(app, s->draft.subject), CHIP_GOLD) + gap;
	struct rect before = ui_clip(ui, strip);
	ui_chip(ui, x, strip.y, to, CHIP_GOLD);
	ui_unclip(ui, before);
}

static void choose_way(struct app *app, enum write_mode mode)
{
	struct session *s = app->session;
	if (app->voice)
		voice_stop(app->voice);
	input_panel_settle(app->panel, &s->text_editor);
	s->write_mode = mode;
	s->clear_asked = s->ways_open = false;
	write_enter(app);
}

static const struct { const char *id, *label, *icon; enum write_mode mode; } ways[] = {
	{ "write.hand", "手写", "hand", WRITE_HAND },
	{ "write.pinyin", "拼音", "keyboard", WRITE_PINYIN },
	{ "write.voice", "说话", "mic", WRITE_VOICE },
	{ "write.ink", "原样手迹", "ink", WRITE_INK },
};
enum { WAYS = sizeof ways / sizeof ways[0] };

static void ways_row(struct app *app, struct ui *ui, struct rect r)
{
	int gap = ui_px_least(ui, 16, 8);
	for (size_t i = 0; i < WAYS; i++) {
		enum button_kind kind = app->session->write_mode == ways[i].mode ? BUTTON_SELECTED : BUTTON_PLAIN;
		if (ui_button(ui, ways[i].id, grid_cell(r, WAYS, gap, r.h, i), NULL, tr(ways[i].label), kind))
			choose_way(app, ways[i].mode);
	}
}

/* Where there is no room for a row of them, one key opens all four. */
static void ways_cards(struct app *app, struct ui *ui, struct rect r)
{
	int gap = ui_theme(ui)->gap_px;
	for (size_t i = 0; i < WAYS; i++) {
		bool chosen = app->session->write_mode == ways[i].mode;
		if (ui_choice(ui, ways[i].id, grid_cell(r, 2, gap, (r.h - gap) / 2, i), ways[i].icon, tr(ways[i].label), NULL, chosen))
			choose_way(app, ways[i].mode);
	}
}

/* No room for a row of the four ways. */
static bool is_tight(const struct theme *t)
{
	return t->compact || t->height_px < 1000;
}

static void ways_key(struct app *app, struct ui *ui, struct rect r)
{
	if (ui_button(ui, "write.ways", r, NULL, tr("换写法"), BUTTON_PLAIN))
		app->session->ways_open = true;
}

static void clear_key(struct app *app, struct ui *ui, struct rect text_box)
{
	struct session *s = app->session;
	if (!s->draft.text[0]) {
		s->clear_asked = false;
		return;
	}
	const struct theme *t = ui_theme(ui);
	const struct palette *p = ui_palette(ui);
	const char *label = s->clear_asked ? tr("再点一下就清空") : tr("清空");
	struct look look = { .size = SIZE_SMALL, .ink = s->clear_asked ? p->amber : p->soft, .align = TEXT_CENTER, .middle = true,
		             .max_lines = 1 };
	int h = t->font_px[SIZE_SMALL] * 2, w = ui_text_width(ui, label, look) + ui_px(ui, 60);
	int most = text_box.w - 2 * ui_px(ui, 20);
	w = w < t->target_px ? t->target_px : w;
	w = w > most ? most : w;
	struct rect key = { text_box.x + ui_px(ui, 20), text_box.y + text_box.h - h - ui_px(ui, 12), w, h };
	struct touch touch = ui_touch(ui, "write.clear", key, label);
	ui_box(ui, key, h / 2, touch.pressed || s->clear_asked ? p->gold_soft : p->paper, 0, 0);
	ui_text(ui, key, label, look);
	if (!touch.clicked) {
		if (ui_input(ui)->released) /* something else was touched: the question is withdrawn */
			s->clear_asked = false;
		return;
	}
	if (s->clear_asked) {
		/* Selected only now: what is written over a selection replaces it. */
		editor_select_all(&s->text_editor);
		editor_delete(&s->text_editor);
	}
	s->clear_asked = !s->clear_asked;
}

static void text_box(struct app *app, struct ui *ui, struct rect r)
{
	struct session *s = app->session;
	char counter[64];
	snprintf(counter, sizeof counter, tr("%zu / %d 字"), editor_chars(&s->text_editor), REPORT_TEXT_MAX_CHARS);
	ui_editor(ui, "write.text", r, &s->text_editor, SIZE_TITLE, tr("请写下您要反映的事"), counter);
	clear_key(app, ui, r);
}

static void writing(struct app *app, struct ui *ui, struct rect area)
{
	struct session *s = app->session;
	const struct theme *t = ui_theme(ui);
	int gap = ui_px_least(ui, 24, 8);
	struct rect text;
	if (t->landscape) { /* a keyboard wants width, a pad does not */
		text = cut_left(&area, (area.w - gap) * (s->write_mode == WRITE_PINYIN ? 34 : 42) / 100);
		cut_left(&area, gap);
	} else {
		text = cut_top(&area, area.h * 40 / 100);
		cut_top(&area, gap);
	}
	if (t->compact) {
		ways_key(app, ui, cut_bottom(&text, t->target_px));
		cut_bottom(&text, gap);
	} else if (is_tight(t)) {
		ways_key(app, ui, cut_right(&text, t->target_px));
		cut_right(&text, gap);
	}
	text_box(app, ui, text);
	input_panel_frame(app->panel, ui, area, &s->text_editor);
}

static void next(struct app *app)
{
	struct session *s = app->session;
	if (app->voice) {
		voice_stop(app->voice);
		write_take_voice(app);
	}
	input_panel_settle(app->panel, &s->text_editor);
	editor_confirm(&s->text_editor);
	if (!app_back_to(app, &screen_review))
		app_go(app, &screen_who);
}

static void write_frame(struct app *app, struct ui *ui)
{
	struct session *s = app->session;
	const struct theme *t = ui_theme(ui);
	struct rect content;
	bool ready = report_has_content(&s->draft) || (app->voice && voice_length_ms(app->voice) > 0);
	static const char *const titles[] = { "我要反映：写下来", "我要反映：写下来", "我要反映：说出来", "我要反映：写下来" };
	struct app_page page = { .title = tr(titles[s->write_mode]),
		                 .step = 3,
		                 .go = app_below(app, &screen_review) ? tr("改好了") : tr("下一步"),
		                 .go_off = !ready,
		                 .go_why = "请先写一点、说一点，再点“下一步”" };
	if (app_page(app, ui, &page, &content)) {
		next(app);
		return;
	}
	struct rect area = app_margins(ui, content);
	int gap = ui_px_least(ui, 24, 8);
	if (!t->landscape && !is_tight(t)) {
		chips(app, ui, cut_top(&area, ui_chip_height(ui)));
		cut_top(&area, gap);
	}
	if (is_tight(t)) {
		if (s->ways_open) {
			ways_cards(app, ui, area);
			return;
		}
		if (s->write_mode == WRITE_VOICE || s->write_mode == WRITE_INK) {
			ways_key(app, ui, t->landscape ? cut_left(&area, t->target_px + 24) : cut_top(&area, t->target_px));
			(void)(t->landscape ? cut_left(&area, gap) : cut_top(&area, gap));
		}
	} else {
		ways_row(app, ui, cut_bottom(&area, ui_px_least(ui, 100, t->target_px)));
		cut_bottom(&area, gap);
	}
	switch (s->write_mode) {
	case WRITE_HAND:
	case WRITE_PINYIN:
		writing(app, ui, area);
		break;
	case WRITE_VOICE:
		write_voice_part(app, ui, area);
		break;
	case WRITE_INK:
		write_ink_part(app, ui, area);
		break;
	}
}

const struct screen screen_write = {
	.name = "write",
	.enter = write_enter,
	.resume = write_enter,
	.frame = write_frame,
	.help = "用手指在大方格里写字，写完抬起手，从上面挑出您写的那个字。写错了点“删除”，没认对就再写一遍。会拼音的点“拼音”。不方便写，就点“说话”，或者点“原样手迹”，照您的笔迹交上去。",
};
