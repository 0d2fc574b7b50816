#include "ui/input_panel.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "ui/handwriting.h"
#include "ui/ink_pad.h"
#include "ui/pinyin.h"
#include "ui/widgets.h"

enum { LETTERS_MOST = 64, REST_MS = 1000, PREDICT_CONTEXT_BYTES = 48 };

enum offering { OFFER_NOTHING, OFFER_HAND, OFFER_PINYIN, OFFER_PREDICTIONS };

struct input_panel {
	struct i18n *i18n;         /* borrowed */
	struct handwriting *hand;  /* owned, NULL until first used */
	struct pinyin *pinyin;     /* owned, NULL until first used */
	enum err hand_failure;     /* the model is not installed */
	enum input_mode mode, letters_mode; /* letters_mode: what marks and digits go back to */
	struct ink strokes;
	bool recognise, predict;   /* work to do after the frame */
	bool guessed;              /* the candidates belong to a guess already in the text */
	bool all;                  /* every candidate is shown, over the pad */
	enum offering offering;
	struct candidates offered;
	int64_t rest_until_ms;     /* 0: no guess is due */
	char context[PREDICT_CONTEXT_BYTES + 1];
};

enum err input_panel_create(struct i18n *i18n, struct input_panel **panel)
{
	struct input_panel *p = calloc(1, sizeof *p);
	if (!p)
		return ERR_NOMEM;
	p->i18n = i18n;
	*panel = p;
	return ERR_OK;
}

static void drop_candidates(struct input_panel *p)
{
	sodium_memzero(&p->offered, sizeof p->offered);
	p->offering = OFFER_NOTHING;
	p->guessed = p->all = p->predict = p->recognise = false;
	p->rest_until_ms = 0;
}

void input_panel_reset(struct input_panel *p, enum input_mode mode)
{
	ink_clear(&p->strokes);
	drop_candidates(p);
	sodium_memzero(p->context, sizeof p->context);
	if (p->pinyin)
		pinyin_clear(p->pinyin);
	p->mode = mode;
	if (mode == INPUT_HAND || mode == INPUT_PINYIN)
		p->letters_mode = mode;
}

void input_panel_forget(struct input_panel *p)
{
	if (p->pinyin && pinyin_forget(p->pinyin) != ERR_OK) {
		pinyin_destroy(p->pinyin);
		p->pinyin = NULL;
	}
	input_panel_reset(p, INPUT_HAND);
}

void input_panel_destroy(struct input_panel *p)
{
	if (!p)
		return;
	input_panel_reset(p, INPUT_HAND);
	pinyin_destroy(p->pinyin);
	handwriting_destroy(p->hand);
	sodium_memzero(p, sizeof *p);
	free(p);
}

enum input_mode input_panel_mode(const struct input_panel *p)
{
	return p->mode;
}

/* ---- words into the text --------------------------------------------------------------------------------------- */

static void offer_predictions(struct input_panel *p, const struct editor *ed)
{
	drop_candidates(p);
	size_t from = ed->caret > PREDICT_CONTEXT_BYTES ? ed->caret - PREDICT_CONTEXT_BYTES : 0;
	while (from < ed->caret && ((unsigned char)ed->text[from] & 0xC0) == 0x80)
		from++;
	memcpy(p->context, ed->text + from, ed->caret - from);
	p->context[ed->caret - from] = '\0';
	p->predict = true;
}

static void put(struct input_panel *p, struct editor *ed, const char *word)
{
	editor_confirm(ed);
	if (editor_insert(ed, i18n_content(p->i18n, word)) == ERR_OK)
		offer_predictions(p, ed);
}

static void choose(struct input_panel *p, struct editor *ed, size_t i)
{
	char word[CANDIDATE_SIZE];
	memcpy(word, p->offered.items[i], sizeof word);
	p->all = false;
	switch (p->offering) {
	case OFFER_HAND:
		ink_clear(&p->strokes);
		if (p->guessed) { /* takes the guess's place */
			if (editor_guess(ed, i18n_content(p->i18n, word)) == ERR_OK) {
				editor_confirm(ed);
				offer_predictions(p, ed);
			}
		} else {
			put(p, ed, word);
		}
		break;
	case OFFER_PINYIN: {
		const char *commit = "";
		if (pinyin_choose(p->pinyin, i, &commit) != ERR_OK)
			break;
		if (commit[0])
			put(p, ed, commit);
		else
			p->offered = *pinyin_candidates(p->pinyin);
		break;
	}
	case OFFER_PREDICTIONS:
		put(p, ed, word);
		break;
	case OFFER_NOTHING:
		break;
	}
	sodium_memzero(word, sizeof word);
}

void input_panel_settle(struct input_panel *p, struct editor *ed)
{
	if (p->offering == OFFER_HAND && !p->guessed && p->offered.count)
		choose(p, ed, 0);
	/* A choice may take only the first letters. */
	for (int i = 0; i < LETTERS_MOST && p->offering == OFFER_PINYIN && p->offered.count; i++)
		choose(p, ed, 0);
}

static void guess_after_rest(struct input_panel *p, struct ui *ui, struct editor *ed)
{
	if (!p->rest_until_ms)
		return;
	if (ui_input(ui)->now_ms < p->rest_until_ms) {
		ui_wake_at(ui, p->rest_until_ms);
		return;
	}
	p->rest_until_ms = 0;
	if (p->offering != OFFER_HAND || p->offered.count == 0)
		return;
	ink_clear(&p->strokes);
	if (editor_guess(ed, i18n_content(p->i18n, p->offered.items[0])) == ERR_OK)
		p->guessed = true;
	ui_again(ui);
}

/* ---- the candidate line ------------------------------------------------------------------------------------------ */

static int cell_width(struct ui *ui, const char *word, int least)
{
	struct look look = { .size = SIZE_HEADING, .max_lines = 1 };
	int w = ui_text_width(ui, word, look) + ui_px(ui, 36);
	return w > least ? w : least;
}

static bool candidate(struct input_panel *p, struct ui *ui, struct rect r, size_t i, bool first)
{
	const struct palette *c = ui_palette(ui);
	char id[24] = "input.candidate.0";
	id[16] = (char)('0' + i % 10);
	if (i >= 10) {
		id[16] = (char)('0' + i / 10);
		id[17] = (char)('0' + i % 10);
	}
	const char *word = i18n_content(p->i18n, p->offered.items[i]);
	struct touch touch = ui_touch(ui, id, r, word);
	colour ground = first ? c->gold_soft : c->card;
	ui_fill(ui, r, touch.pressed ? colour_darker(ground) : ground);
	struct look look = { .size = SIZE_HEADING, .ink = c->ink, .align = TEXT_CENTER, .middle = true, .max_lines = 1,
		             .line_percent = 130 };
	ui_text(ui, r, word, look);
	return touch.clicked;
}

static const char *line_hint(const struct input_panel *p)
{
	if (p->hand_failure != ERR_OK && p->mode == INPUT_HAND)
		return tr("这台机器没有装手写识别，请用拼音，或者用“原样手迹”");
	return p->mode == INPUT_PINYIN ? tr("点字母，候选字会出现在这里") : tr("在下面的格子里写字，一次写一个字");
}

static void candidate_line(struct input_panel *p, struct ui *ui, struct rect r, struct editor *ed)
{
	const struct palette *c = ui_palette(ui);
	int border = ui_px_least(ui, 2, 1);
	ui_box(ui, r, ui_px(ui, 20), c->card, border, c->line);
	struct rect in = inset(r, ui_px(ui, 16), border);
	if (p->mode == INPUT_PINYIN && p->pinyin && pinyin_typed(p->pinyin)[0]) {
		/* The letters typed so far stand above their candidates. */
		struct look typed = { .size = SIZE_SMALL, .ink = c->red, .max_lines = 1, .tracking = 2, .line_percent = 120 };
		cut_top(&in, ui_text(ui, in, pinyin_preedit(p->pinyin), typed));
	}
	if (p->offered.count == 0) {
		struct look quiet = { .size = SIZE_SMALL, .ink = c->soft, .align = TEXT_CENTER, .middle = true, .max_lines = 2,
			              .line_percent = 120 };
		ui_text(ui, in, line_hint(p), quiet);
		return;
	}
	int least = ui_theme(ui)->target_px;
	int more_px = ui_px_least(ui, 120, least);
	struct rect more = cut_right(&in, more_px);
	size_t chosen = SIZE_MAX;
	int x = in.x;
	for (size_t i = 0; i < p->offered.count; i++) {
		int w = cell_width(ui, i18n_content(p->i18n, p->offered.items[i]), least);
		if (x + w > in.x + in.w)
			break;
		struct rect cell = { x, in.y, w, in.h };
		if (candidate(p, ui, cell, i, i == 0 && p->offering != OFFER_PREDICTIONS))
			chosen = i;
		x += w;
		ui_fill(ui, (struct rect){ x - border, in.y + in.h / 6, border, in.h * 2 / 3 }, c->line);
	}
	struct touch touch = ui_touch(ui, "input.more", more, tr("更多"));
	struct look word = { .size = SIZE_BODY, .ink = c->ink, .align = TEXT_CENTER, .middle = true, .max_lines = 1 };
	ui_text(ui, more, p->all ? tr("收起") : tr("更多"), word);
	if (touch.clicked)
		p->all = !p->all;
	if (chosen != SIZE_MAX)
		choose(p, ed, chosen);
}

static void all_candidates(struct input_panel *p, struct ui *ui, struct rect r, struct editor *ed)
{
	ui_card(ui, r);
	struct rect in = inset(r, ui_px(ui, 12), ui_px(ui, 12));
	int least = ui_theme(ui)->target_px, row = least, x, y = 0;
	size_t chosen = SIZE_MAX;
	/* Rows are laid out twice: once to know the height, once to draw. */
	int content = 0;
	for (int pass = 0; pass < 2; pass++) {
		struct scroll scroll = { 0 };
		if (pass == 1)
			scroll = ui_scroll_begin(ui, "input.all", in, content);
		x = in.x;
		y = 0;
		for (size_t i = 0; i < p->offered.count; i++) {
			int w = cell_width(ui, i18n_content(p->i18n, p->offered.items[i]), least);
			if (x + w > in.x + in.w && x > in.x) {
				x = in.x;
				y += row;
			}
			struct rect cell = { x, in.y + y - scroll.offset, w, row };
			if (pass == 1 && candidate(p, ui, cell, i, false))
				chosen = i;
			x += w;
		}
		content = y + row;
		if (pass == 1)
			ui_scroll_end(ui, &scroll);
	}
	if (chosen != SIZE_MAX)
		choose(p, ed, chosen);
}

/* ---- the pad and its keys ------------------------------------------------------------------------------------------ */

static void take_back(struct input_panel *p, struct editor *ed)
{
	if (ink_undo(&p->strokes)) {
		p->recognise = p->strokes.stroke_count > 0;
		if (!p->recognise)
			drop_candidates(p);
		return;
	}
	editor_delete(ed);
	drop_candidates(p);
}

static void hand_keys(struct input_panel *p, struct ui *ui, struct rect r, struct editor *ed)
{
	int gap = ui_px_least(ui, 16, 6);
	int columns = ui_theme(ui)->compact ? 2 : 1, rows = 4 / columns, row = (r.h - (rows - 1) * gap) / rows;
	if (ui_button(ui, "input.undo", grid_cell(r, columns, gap, row, 0), "undo", NULL, BUTTON_PLAIN))
		take_back(p, ed);
	struct rect cell = grid_cell(r, columns, gap, row, 1);
	struct look least = { .size = SIZE_SMALL };
	bool narrow = ui_text_width(ui, tr("删除"), least) > cell.w - 2 * ui_px(ui, 12);
	if (ui_button(ui, "input.delete", cell, narrow ? "delete" : NULL, narrow ? NULL : tr("删除"), BUTTON_PLAIN)) {
		ink_clear(&p->strokes);
		drop_candidates(p);
		editor_delete(ed);
	}
	if (ui_button(ui, "input.marks", grid_cell(r, columns, gap, row, 2), NULL, narrow ? "，" : columns == 2 ? "，。" : "，。？",
	              BUTTON_PLAIN)) {
		input_panel_settle(p, ed);
		p->mode = INPUT_MARKS;
	}
	if (ui_button(ui, "input.digits", grid_cell(r, columns, gap, row, 3), NULL, narrow ? "12" : "123", BUTTON_PLAIN)) {
		input_panel_settle(p, ed);
		p->mode = INPUT_DIGITS;
	}
}

static void hand_pad(struct input_panel *p, struct ui *ui, struct rect r, struct editor *ed)
{
	struct ink_pad_look look = { .cross = true, .width_design_px = 15 };
	enum ink_pad_event event = ink_pad(ui, "input.pad", r, &p->strokes, look);
	if (event == INK_PAD_BEGAN) {
		if (p->guessed || p->offering == OFFER_PREDICTIONS) {
			editor_confirm(ed);
			drop_candidates(p);
		}
		p->rest_until_ms = 0;
	} else if (event == INK_PAD_ENDED) {
		p->recognise = true;
		p->rest_until_ms = ui_input(ui)->now_ms + REST_MS;
	}
	if (ui_input(ui)->down)
		p->rest_until_ms = p->rest_until_ms ? ui_input(ui)->now_ms + REST_MS : 0;
	if (p->strokes.stroke_count == 0 && !ui_input(ui)->down) {
		struct look quiet = { .size = SIZE_BODY, .ink = ui_palette(ui)->face_ink, .align = TEXT_CENTER, .middle = true,
			              .max_lines = 2 };
		if (p->offering == OFFER_NOTHING && ed->text[0] == '\0')
			ui_text(ui, inset(r, ui_px(ui, 48), 0), tr("用手指在这里写字"), quiet);
	}
}

/* ---- keys ------------------------------------------------------------------------------------------------------------ */

static bool key(struct ui *ui, const char *prefix, const char *label, struct rect r)
{
	char id[48];
	size_t n = strlen(prefix);
	memcpy(id, prefix, n);
	strncpy(id + n, label, sizeof id - n - 1);
	id[sizeof id - 1] = '\0';
	return ui_button(ui, id, r, NULL, label, BUTTON_PLAIN);
}

static void pinyin_changed(struct input_panel *p)
{
	if (pinyin_typed(p->pinyin)[0] == '\0') {
		drop_candidates(p);
		return;
	}
	p->offered = *pinyin_candidates(p->pinyin);
	p->offering = OFFER_PINYIN;
	p->predict = p->all = false;
}

static bool pinyin_ready(struct input_panel *p)
{
	return p->pinyin || pinyin_create(&p->pinyin) == ERR_OK;
}

static void type_letter(struct input_panel *p, struct editor *ed, char letter)
{
	editor_confirm(ed);
	if (!pinyin_ready(p))
		return;
	if (pinyin_type(p->pinyin, letter) == ERR_OK)
		pinyin_changed(p);
}

static void pinyin_delete(struct input_panel *p, struct editor *ed)
{
	if (p->pinyin && pinyin_typed(p->pinyin)[0]) {
		pinyin_backspace(p->pinyin);
		pinyin_changed(p);
		return;
	}
	editor_delete(ed);
	drop_candidates(p);
}

/* The keys beside the letters, wherever they stand. */
static void special_key(struct input_panel *p, struct ui *ui, struct rect r, struct editor *ed, int which)
{
	bool narrow = r.w < ui_theme(ui)->target_px;
	switch (which) {
	case 0:
		if (ui_button(ui, "input.marks", r, NULL, narrow ? "，" : "，。", BUTTON_PLAIN)) {
			input_panel_settle(p, ed);
			p->mode = INPUT_MARKS;
		}
		break;
	case 1:
		if (ui_button(ui, "input.digits", r, NULL, narrow ? "12" : "123", BUTTON_PLAIN)) {
			input_panel_settle(p, ed);
			p->mode = INPUT_DIGITS;
		}
		break;
	case 2:
		if (ui_button(ui, "input.apart", r, NULL, "'", BUTTON_PLAIN))
			type_letter(p, ed, '\'');
		break;
	default:
		if (ui_button(ui, "input.delete", r, "delete", NULL, BUTTON_PLAIN))
			pinyin_delete(p, ed);
		break;
	}
}

static void letter_row(struct input_panel *p, struct ui *ui, struct editor *ed, const char *letters, struct rect first,
                       int gap)
{
	for (; *letters; letters++) {
		char label[2] = { *letters, '\0' };
		if (key(ui, "input.key.", label, first))
			type_letter(p, ed, label[0]);
		first.x += first.w + gap;
	}
}

static void pinyin_keys(struct input_panel *p, struct ui *ui, struct rect r, struct editor *ed)
{
	static const char *const rows[] = { "qwertyuiop", "asdfghjkl", "zxcvbnm" };
	int gap = ui_px_least(ui, 6, 3), key_px = (r.w - 9 * gap) / 10;
	bool low = r.h < 4 * (ui_theme(ui)->target_px + gap); /* then the special keys fill up the letters' rows */
	int row_px = low ? (r.h - 2 * gap) / 3 : (r.h - 3 * gap) / 4;
	for (int row = 0; row < 3; row++) {
		int count = (int)strlen(rows[row]);
		int x = r.x + (r.w - count * key_px - (count - 1) * gap) / 2;
		if (low)
			x = r.x + (row == 2 ? key_px + gap : 0);
		letter_row(p, ui, ed, rows[row], (struct rect){ x, r.y + row * (row_px + gap), key_px, row_px }, gap);
	}
	if (!low) {
		struct rect last = { r.x, r.y + 3 * (row_px + gap), r.w, row_px };
		for (int i = 0; i < 4; i++)
			special_key(p, ui, grid_cell(last, 4, gap, row_px, (size_t)i), ed, i);
		return;
	}
	int y = r.y + 2 * (row_px + gap), step = key_px + gap;
	special_key(p, ui, (struct rect){ r.x, y, key_px, row_px }, ed, 0);
	special_key(p, ui, (struct rect){ r.x + 8 * step, y, key_px, row_px }, ed, 1);
	special_key(p, ui, (struct rect){ r.x + 9 * step, y - row_px - gap, key_px, row_px }, ed, 2);
	special_key(p, ui, (struct rect){ r.x + 9 * step, y, key_px, row_px }, ed, 3);
}

static void key_grid(struct input_panel *p, struct ui *ui, struct rect r, struct editor *ed, const char *const *labels,
                     size_t count, int columns)
{
	int gap = ui_px_least(ui, 12, 4);
	int least = ui_theme(ui)->target_px;
	int keys_px = ui_px_least(ui, 170, least);
	struct rect side = cut_right(&r, keys_px);
	cut_right(&r, gap);
	int rows = (int)((count + (size_t)columns - 1) / (size_t)columns);
	int row_px = (r.h - (rows - 1) * gap) / rows;
	for (size_t i = 0; i < count; i++) {
		if (!key(ui, "input.key.", labels[i], grid_cell(r, columns, gap, row_px, i)))
			continue;
		editor_confirm(ed);
		drop_candidates(p);
		(void)!editor_insert(ed, labels[i]); /* a full field says so itself */
	}
	int half = (side.h - gap) / 2;
	if (ui_button(ui, "input.delete", grid_cell(side, 1, gap, half, 0), "delete", NULL, BUTTON_PLAIN))
		editor_delete(ed);
	if (ui_button(ui, "input.letters", grid_cell(side, 1, gap, half, 1), NULL, tr("写字"), BUTTON_SELECTED))
		p->mode = p->letters_mode;
}

void input_panel_frame(struct input_panel *p, struct ui *ui, struct rect r, struct editor *ed)
{
	static const char *const marks[] = { "，", "。", "？", "、", "！", "：", "；", "“", "”", "（", "）", "《", "》", "—", "…",
		                             "·" };
	static const char *const digits[] = { "1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0", "-" };
	guess_after_rest(p, ui, ed);
	int gap = ui_px_least(ui, 24, 8), least = ui_theme(ui)->target_px;
	bool words = p->mode == INPUT_HAND || p->mode == INPUT_PINYIN;
	if (words) {
		int line_px = ui_px_least(ui, 104, least);
		if (p->mode == INPUT_PINYIN)
			line_px += ui_theme(ui)->font_px[SIZE_SMALL] / (ui_theme(ui)->compact ? 4 : 1);
		candidate_line(p, ui, cut_top(&r, line_px), ed);
		cut_top(&r, gap);
	}
	if (words && p->all && p->offered.count) {
		all_candidates(p, ui, r, ed);
		return;
	}
	p->all = false;
	switch (p->mode) {
	case INPUT_HAND: {
		int keys_px = ui_px_least(ui, 144, least);
		if (ui_theme(ui)->compact) /* two by two: low keys would be missed */
			keys_px = 2 * least * 3 / 4;
		hand_keys(p, ui, cut_right(&r, keys_px), ed);
		cut_right(&r, ui_px_least(ui, 20, 8));
		hand_pad(p, ui, r, ed);
		break;
	}
	case INPUT_PINYIN:
		pinyin_keys(p, ui, r, ed);
		break;
	case INPUT_MARKS:
		key_grid(p, ui, r, ed, marks, sizeof marks / sizeof marks[0], 4);
		break;
	case INPUT_DIGITS:
		key_grid(p, ui, r, ed, digits, sizeof digits / sizeof digits[0], 3);
		break;
	}
}

bool input_panel_work(struct input_panel *p)
{
	if (p->recognise) {
		p->recognise = false;
		if (!p->hand && p->hand_failure == ERR_OK)
			p->hand_failure = handwriting_create(&p->hand);
		if (p->hand && handwriting_recognise(p->hand, &p->strokes, &p->offered) == ERR_OK)
			p->offering = OFFER_HAND;
		p->guessed = false;
		return true;
	}
	if (p->predict) {
		p->predict = false;
		if (pinyin_ready(p) && pinyin_predict(p->pinyin, p->context, strlen(p->context), &p->offered) == ERR_OK)
			p->offering = OFFER_PREDICTIONS;
		sodium_memzero(p->context, sizeof p->context);
		return true;
	}
	return false;
}
