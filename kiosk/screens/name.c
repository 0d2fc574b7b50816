/* Step 4, named: name and telephone. */
#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "ui/widgets.h"

enum { LEAST_PHONE_DIGITS = 7 };

static bool phone_plausible(const char *phone)
{
	int digits = 0;
	for (const char *p = phone; *p; p++) {
		if (isdigit((unsigned char)*p))
			digits++;
		else if (!strchr("-+ ", *p))
			return false;
	}
	return digits >= LEAST_PHONE_DIGITS;
}

static void edit(struct app *app, bool phone)
{
	app->session->phone_active = phone;
	input_panel_reset(app->panel, phone ? INPUT_DIGITS : INPUT_HAND);
}

static void name_enter(struct app *app)
{
	edit(app, false);
}

static void name_resume(struct app *app)
{
	edit(app, app->session->phone_active);
}

/* A field with its label; touching it makes it the one being written. */
static void field(struct app *app, struct ui *ui, const char *id, struct rect r, struct editor *ed, const char *label,
                  const char *placeholder, bool phone)
{
	const struct palette *p = ui_palette(ui);
	bool active = app->session->phone_active == phone;
	struct look look = { .size = SIZE_BODY, .bold = active, .ink = active ? p->red : p->ink, .middle = true, .max_lines = 1 };
	int label_px = ui_text_width(ui, label, look) + ui_px(ui, 32);
	ui_text(ui, cut_left(&r, label_px), label, look);
	if (active) {
		char counter[64];
		size_t chars = editor_chars(ed);
		snprintf(counter, sizeof counter, tr("%zu / %zu 字"), chars, ed->max_chars);
		bool near_limit = chars >= ed->max_chars * 4 / 5;
		ui_editor(ui, id, r, ed, SIZE_TITLE, placeholder, near_limit ? counter : NULL);
		return;
	}
	struct touch touch = ui_touch(ui, id, r, label);
	int border = ui_px_least(ui, 2, 1);
	ui_box(ui, r, ui_theme(ui)->corner_px, touch.pressed ? p->line : p->card, border, p->line);
	look = (struct look){ .size = SIZE_TITLE, .ink = ed->text[0] ? p->ink : p->soft, .middle = true, .max_lines = 1 };
	ui_text(ui, inset(r, ui_px(ui, 32), 0), ed->text[0] ? ed->text : placeholder, look);
	if (touch.clicked) {
		struct session *s = app->session;
		input_panel_settle(app->panel, phone ? &s->name_editor : &s->phone_editor);
		edit(app, phone);
	}
}

static void accept(struct app *app)
{
	struct session *s = app->session;
	input_panel_settle(app->panel, s->phone_active ? &s->phone_editor : &s->name_editor);
	editor_confirm(&s->name_editor);
	if (s->draft.phone[0] && !phone_plausible(s->draft.phone)) {
		app_toast(app, "电话号码好像不对，请再看一看；不想留电话，就把它删掉");
		edit(app, true);
		return;
	}
	s->draft.identity = IDENTITY_NAMED;
	sodium_memzero(s->draft.id_number, sizeof s->draft.id_number);
	if (!app_back_to(app, &screen_review))
		app_go(app, &screen_review);
}

static void name_frame(struct app *app, struct ui *ui)
{
	struct session *s = app->session;
	const struct theme *t = ui_theme(ui);
	struct rect content;
	struct app_page page = { .title = tr("我要反映：姓名和电话"), .step = 4, .go = tr("下一步"), .go_off = !s->draft.name[0],
		                 .go_why = "请先写姓名。不想留姓名，就点“返回”" };
	if (app_page(app, ui, &page, &content)) {
		accept(app);
		return;
	}
	struct rect area = app_margins(ui, content);
	int gap = ui_px_least(ui, 24, 8);
	int field_px = ui_px_least(ui, 120, t->target_px);
	struct rect fields;
	if (t->landscape) {
		fields = cut_left(&area, (area.w - gap) * 45 / 100);
		cut_left(&area, gap);
	} else {
		fields = cut_top(&area, 2 * field_px + gap);
		cut_top(&area, gap);
	}
	field(app, ui, "name.name", cut_top(&fields, field_px), &s->name_editor, tr("姓名"), tr("您贵姓"), false);
	cut_top(&fields, gap);
	field(app, ui, "name.phone", cut_top(&fields, field_px), &s->phone_editor, tr("电话"), tr("可以不填"), true);
	if (!t->landscape) { /* no pad needs to be taller than wide */
		int most = ui_px(ui, 860);
		if (area.h > most)
			cut_top(&area, area.h - most);
	}
	input_panel_frame(app->panel, ui, area, s->phone_active ? &s->phone_editor : &s->name_editor);
}

const struct screen screen_name = {
	.name = "name",
	.enter = name_enter,
	.resume = name_resume,
	.frame = name_frame,
	.help = "点一下要写的那一格，再在下面写。电话可以不填。写好了点“下一步”。",
};
