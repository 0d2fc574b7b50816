/* Step 4: who it is, or nobody. */
#include <sodium.h>
#include <string.h>

#include "app/app.h"
#include "ui/widgets.h"

static void done(struct app *app)
{
	if (!app_back_to(app, &screen_review))
		app_go(app, &screen_review);
}

static void stay_anonymous(struct app *app)
{
	struct report *draft = &app->session->draft;
	draft->identity = IDENTITY_ANONYMOUS;
	sodium_memzero(draft->name, sizeof draft->name);
	sodium_memzero(draft->phone, sizeof draft->phone);
	sodium_memzero(draft->id_number, sizeof draft->id_number);
	editor_bind(&app->session->name_editor, draft->name, sizeof draft->name, REPORT_NAME_MAX_CHARS, false);
	editor_bind(&app->session->phone_editor, draft->phone, sizeof draft->phone, REPORT_PHONE_MAX_CHARS, false);
	done(app);
}

static void who_frame(struct app *app, struct ui *ui)
{
	const struct theme *t = ui_theme(ui);
	enum report_identity identity = app->session->draft.identity;
	struct rect content;
	struct app_page page = { .title = tr("我要反映：留不留姓名"), .step = 4 };
	app_page(app, ui, &page, &content);
	struct rect area = app_margins(ui, content);
	bool card = app->idcard_present;
	int gap = t->gap_px, columns = t->landscape ? (card ? 3 : 2) : 1, count = card ? 3 : 2;
	const char *words = tr("您写的内容和姓名，只有乡人大办公室和他们指定办事的人看得到。别的群众、村里的干部都看不到，这台机器也打不开。");
	int rows = (count + columns - 1) / columns, row_px = ui_px(ui, 320);
	/* Measured below the screen first: where it would push the choices off the screen it comes after them. */
	int notice_px = ui_notice(ui, (struct rect){ area.x, ui_screen_rect(ui).h, area.w, 0 }, NOTICE_QUIET, "lock", words);
	bool after = area.h - notice_px - gap < rows * (t->target_px + gap);
	if (!after) {
		ui_notice(ui, (struct rect){ area.x, area.y, area.w, 0 }, NOTICE_QUIET, "lock", words);
		cut_top(&area, notice_px + gap);
	}
	int third = t->height_px / 3;
	if (!t->landscape && !after && area.y < third) /* what is touched lies in the lower two thirds */
		cut_top(&area, third - area.y);
	int room = (area.h - (rows - 1) * gap) / rows;
	row_px = room < row_px || t->landscape ? room : row_px;
	row_px = row_px < t->target_px ? t->target_px : row_px;
	if (after && row_px > area.h * 2 / 3) /* a little of what follows shows that there is more */
		row_px = area.h * 2 / 3;
	int choices_px = rows * row_px + (rows - 1) * gap;
	struct scroll scroll = ui_scroll_begin(ui, "who", area, choices_px + (after ? gap + notice_px : 0));
	area.y -= scroll.offset;
	if (after)
		ui_notice(ui, (struct rect){ area.x, area.y + choices_px + gap, area.w, 0 }, NOTICE_QUIET, "lock", words);
	if (ui_choice(ui, "who.anonymous", grid_cell(area, columns, gap, row_px, 0), "hand", tr("不留姓名"),
	              tr("一样受理，一样答复"), identity == IDENTITY_ANONYMOUS))
		stay_anonymous(app);
	if (ui_choice(ui, "who.name", grid_cell(area, columns, gap, row_px, 1), "edit", tr("写姓名和电话"),
	              tr("有不清楚的地方，好找您问"), identity == IDENTITY_NAMED))
		app_go(app, &screen_name);
	if (card) {
		struct rect cell = grid_cell(area, columns, gap, row_px, 2);
		if (ui_choice(ui, "who.card", cell, "card", tr("刷身份证"), tr("把身份证放在读卡器上就行，不用点这里"),
		              identity == IDENTITY_ID_CARD))
			app_toast(app, "请把身份证平放在读卡器上");
	}
	ui_scroll_end(ui, &scroll);
}

const struct screen screen_who = {
	.name = "who",
	.frame = who_frame,
	.help = "您可以留姓名，也可以不留，一样受理。留了姓名和电话，有问不清的地方好找您。您的姓名只有乡人大办公室看得到，这台机器不留底。",
};
