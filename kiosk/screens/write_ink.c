/* Step 3, as ink: a page that is sent as it was written. */
#include <stdio.h>

#include "app/app.h"
#include "screens/write_parts.h"
#include "ui/ink_pad.h"
#include "ui/widgets.h"

static void keys(struct app *app, struct ui *ui, struct rect r, bool column)
{
	struct session *s = app->session;
	struct report *draft = &s->draft;
	struct ink *page = &draft->pages[s->ink_page];
	int gap = ui_px_least(ui, 16, 8);
	int key_px = column ? (r.h - 3 * gap) / 4 : r.h, columns = column ? 1 : 4;
	bool drawn = page->stroke_count > 0, last = s->ink_page + 1 == REPORT_INK_MAX_PAGES;
	char pages[48];
	snprintf(pages, sizeof pages, tr("第 %zu 页"), s->ink_page + 1);
	if (ui_button(ui, "ink.undo", grid_cell(r, columns, gap, key_px, 0), "undo", tr("撤销"),
	              drawn ? BUTTON_PLAIN : BUTTON_OFF))
		ink_undo(page);
	if (ui_button(ui, "ink.clear", grid_cell(r, columns, gap, key_px, 1), NULL, tr("擦掉这页"),
	              drawn ? BUTTON_PLAIN : BUTTON_OFF))
		ink_clear(page);
	if (ui_button(ui, "ink.previous", grid_cell(r, columns, gap, key_px, 2), NULL, s->ink_page ? tr("上一页") : pages,
	              s->ink_page ? BUTTON_PLAIN : BUTTON_OFF))
		s->ink_page--;
	bool more = s->ink_page + 1 < draft->page_count;
	if (ui_button(ui, "ink.next", grid_cell(r, columns, gap, key_px, 3), NULL, more ? tr("下一页") : tr("加一页"),
	              !last && drawn ? BUTTON_PLAIN : BUTTON_OFF))
		s->ink_page++;
}

void write_ink_part(struct app *app, struct ui *ui, struct rect area)
{
	struct session *s = app->session;
	struct report *draft = &s->draft;
	const struct theme *t = ui_theme(ui);
	int gap = ui_px_least(ui, 24, 8);
	int key_px = ui_px_least(ui, 104, t->target_px);
	struct rect side = t->landscape ? cut_right(&area, key_px * 2) : cut_bottom(&area, key_px);
	if (t->landscape)
		cut_right(&area, gap);
	else
		cut_bottom(&area, gap);
	keys(app, ui, side, t->landscape);
	struct ink *page = &draft->pages[s->ink_page];
	struct ink_pad_look look = { .ruled = true, .width_design_px = 7 };
	if (ink_pad(ui, "ink.page", area, page, look) == INK_PAD_FULL)
		app_toast(app, "这一页写满了，请点“加一页”");
	if (page->stroke_count && draft->page_count <= s->ink_page)
		draft->page_count = s->ink_page + 1;
	while (draft->page_count && draft->pages[draft->page_count - 1].stroke_count == 0)
		draft->page_count--;
	if (!page->stroke_count && !ui_input(ui)->down) {
		struct look quiet = { .size = SIZE_BODY, .ink = ui_palette(ui)->face_ink, .align = TEXT_CENTER, .middle = true };
		ui_text(ui, inset(area, ui_px(ui, 64), 0), tr("像在纸上一样写，机器不认字，原样交上去"), quiet);
	}
}
