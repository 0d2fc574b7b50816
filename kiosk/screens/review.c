/* Step 5: read back, change any part, submit. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/words.h"
#include "screens/write_parts.h"
#include "ui/ink_pad.h"
#include "ui/widgets.h"

/* A part: its label above what was chosen, the key that changes it at the right (`low`: beside the label alone, so that long
 * content has the whole width). Gives where the content goes. */
static struct rect part(struct app *app, struct ui *ui, struct rect r, const char *id, const char *label,
                        const struct screen *where, bool low)
{
	const struct palette *p = ui_palette(ui);
	const struct theme *t = ui_theme(ui);
	ui_card(ui, r);
	struct rect in = inset(r, ui_px(ui, 32), ui_px(ui, 16));
	struct rect head = in;
	if (low) {
		head = cut_top(&in, t->target_px);
		cut_top(&in, ui_px(ui, 8));
	}
	int key_w = ui_px_least(ui, 170, t->target_px);
	struct rect right = cut_right(&head, key_w);
	int key_h = right.h < t->target_px ? right.h : t->target_px;
	if (ui_button(ui, id, (struct rect){ right.x, right.y + (right.h - key_h) / 2, key_w, key_h }, NULL, tr("修改"),
	              BUTTON_PLAIN))
		app_go(app, where);
	cut_right(&head, ui_px(ui, 24));
	struct look soft = { .size = SIZE_SMALL, .ink = p->soft, .max_lines = 1, .line_percent = 135, .middle = low };
	int label_px = ui_text(ui, head, label, soft);
	if (low)
		return in;
	cut_top(&head, label_px);
	return head;
}

static void line(struct ui *ui, struct rect r, const char *words)
{
	struct look look = { .size = SIZE_TITLE, .bold = true, .ink = ui_palette(ui)->ink, .max_lines = 1, .line_percent = 130 };
	ui_shrink(ui, words, &look, r.w);
	ui_text(ui, r, words, look);
}

static int small_part_px(const struct ui *ui)
{
	const struct theme *t = ui_theme(ui);
	int words = t->font_px[SIZE_SMALL] * 135 / 100 + t->font_px[SIZE_TITLE] * 130 / 100 + 2 * ui_px(ui, 16);
	int least = t->target_px + 2 * ui_px(ui, 16);
	return words < least ? least : words;
}

static void voice_line(struct app *app, struct ui *ui, struct rect r)
{
	struct voice *voice = app->voice;
	char words[96];
	uint32_t s = app->session->draft.voice_ms / 1000;
	snprintf(words, sizeof words, tr("录音 %u 分 %u 秒"), s / 60, s % 60);
	bool playing = voice && voice_state(voice) == VOICE_PLAYING;
	if (!ui_button(ui, "review.play", r, playing ? "stop" : "play", words, BUTTON_PLAIN) || !voice)
		return;
	if (playing)
		voice_stop(voice);
	else if (voice_play(voice) != ERR_OK)
		app_toast(app, "放不出声音。录音还在，可以照样交");
}

/* How high a page is when it is `width_px` wide: down to its lowest stroke. */
static int page_height(const struct ink *page, int width_px)
{
	int lowest = 0;
	for (size_t i = 0; i < page->point_count; i++)
		lowest = page->points[i].y > lowest ? page->points[i].y : lowest;
	return (lowest + INK_UNITS / 25) * width_px / INK_UNITS;
}

/* The words, the pages small, the voice: all that will be handed in. */
static void content_part(struct app *app, struct ui *ui, struct rect r)
{
	struct session *s = app->session;
	const struct theme *t = ui_theme(ui);
	struct rect in = part(app, ui, r, "review.content", tr("您要说的"), &screen_write, true);
	int voice_px = s->draft.voice_len ? t->target_px : 0, gap = ui_px(ui, 12);
	if (voice_px) {
		struct rect row = cut_bottom(&in, voice_px);
		row.w = row.w > ui_px(ui, 560) && ui_px(ui, 560) > 300 ? ui_px(ui, 560) : row.w;
		voice_line(app, ui, row);
		cut_bottom(&in, gap);
	}
	struct look look = { .size = SIZE_BODY, .ink = ui_palette(ui)->ink, .line_percent = 160 };
	int text_px = s->draft.text[0] ? ui_text_height(ui, in.w, s->draft.text, look) : 0;
	int total = text_px;
	for (size_t i = 0; i < s->draft.page_count; i++)
		total += page_height(&s->draft.pages[i], in.w) + gap;
	struct scroll scroll = ui_scroll_begin(ui, "review.words", in, total);
	struct rect at = { in.x, in.y - scroll.offset, in.w, total };
	if (text_px)
		cut_top(&at, ui_text(ui, at, s->draft.text, look));
	for (size_t i = 0; i < s->draft.page_count; i++) {
		cut_top(&at, gap);
		struct rect page = cut_top(&at, page_height(&s->draft.pages[i], in.w));
		int border = ui_px_least(ui, 2, 1);
		ui_box(ui, page, ui_px(ui, 16), ui_palette(ui)->pad, border, ui_palette(ui)->line);
		struct rect before = ui_clip(ui, page);
		ink_draw(ui, page, &s->draft.pages[i], 4.0f);
		ui_unclip(ui, before);
	}
	ui_scroll_end(ui, &scroll);
}

static void identity_words(const struct report *draft, char *out, size_t size)
{
	switch (draft->identity) {
	case IDENTITY_NAMED:
	case IDENTITY_ID_CARD:
		snprintf(out, size, "%s%s%s", draft->name, draft->phone[0] ? "  " : "", draft->phone);
		break;
	case IDENTITY_UNSET:
	case IDENTITY_ANONYMOUS:
		snprintf(out, size, "%s", tr("不留姓名"));
		break;
	}
}

static void review_frame(struct app *app, struct ui *ui)
{
	struct session *s = app->session;
	const struct theme *t = ui_theme(ui);
	struct rect content;
	struct app_page page = { .title = tr("我要反映：再看一遍"), .step = 5, .go = s->submitting ? tr("正在保存…") : tr("提交"),
		                 .go_off = s->submitting };
	if (app_page(app, ui, &page, &content)) {
		if (app->voice)
			voice_stop(app->voice);
		app_submit(app);
		return;
	}
	struct rect area = app_margins(ui, content);
	char matter[256], deputy[160], who[REPORT_NAME_SIZE + REPORT_PHONE_SIZE + 8];
	snprintf(matter, sizeof matter, "%s · %s", word_kind(s->draft.kind), word_subject(app, s->draft.subject));
	word_deputy(app, s->draft.deputy, deputy, sizeof deputy);
	identity_words(&s->draft, who, sizeof who);
	int gap = t->gap_px * 3 / 4, part_px = small_part_px(ui);
	struct rect small[3];
	if (t->landscape) {
		struct rect left = cut_left(&area, (area.w - gap) / 2);
		cut_left(&area, gap);
		struct scroll scroll = ui_scroll_begin(ui, "review.parts", left, 3 * part_px + 2 * gap);
		left.y -= scroll.offset;
		for (size_t i = 0; i < 3; i++)
			small[i] = grid_cell(left, 1, gap, part_px, i);
		line(ui, part(app, ui, small[0], "review.kind", tr("事项"), &screen_kind, false), matter);
		line(ui, part(app, ui, small[1], "review.deputy", tr("交给"), &screen_deputy, false), deputy);
		line(ui, part(app, ui, small[2], "review.who", tr("姓名"), &screen_who, false), who);
		ui_scroll_end(ui, &scroll);
	} else {
		small[0] = cut_top(&area, part_px);
		cut_top(&area, gap);
		small[1] = cut_top(&area, part_px);
		cut_top(&area, gap);
		small[2] = cut_bottom(&area, part_px);
		cut_bottom(&area, gap);
		line(ui, part(app, ui, small[0], "review.kind", tr("事项"), &screen_kind, false), matter);
		line(ui, part(app, ui, small[1], "review.deputy", tr("交给"), &screen_deputy, false), deputy);
		line(ui, part(app, ui, small[2], "review.who", tr("姓名"), &screen_who, false), who);
	}
	content_part(app, ui, area);
}

const struct screen screen_review = {
	.name = "review",
	.frame = review_frame,
	.help = "请从头看一遍，看写得对不对。哪一处要改，就点哪一处旁边的“修改”。都对了，就点红色的“提交”。点了“提交”才算交上去。",
};
