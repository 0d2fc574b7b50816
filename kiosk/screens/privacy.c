/* Who reads what a voter leaves here, and who does not, in plain words. */
#include "app/app.h"
#include "ui/widgets.h"

struct fact { const char *icon, *head, *words; };

static void privacy_frame(struct app *app, struct ui *ui)
{
	static const struct fact facts[] = {
		{ "eye", "看得到的人", "乡人大办公室的工作人员，和他们指定办这件事的代表。每次打开都有记录。" },
		{ "lock", "看不到的人", "别的来访群众、村里的干部、修这台机器的人。机器被人搬走了也看不到。" },
		{ "paper", "小票就是钥匙", "答复只有拿小票的人能打开。小票请收好，丢了就查不到了。" },
		{ "person", "可以不留姓名", "不留姓名也一样受理。留了姓名，只是有问题时好找您。" },
	};
	const struct palette *p = ui_palette(ui);
	const struct theme *t = ui_theme(ui);
	struct rect content;
	struct app_page page = { .title = tr("您写的话，谁能看到") };
	app_page(app, ui, &page, &content);
	struct rect area = app_margins(ui, content);
	int columns = t->landscape && !t->compact ? 2 : 1, gap = t->gap_px, pad = ui_px(ui, 36);
	int icon_px = ui_px_least(ui, 88, 40);
	struct look head = { .size = SIZE_TITLE, .bold = true, .ink = p->ink, .line_percent = 140 };
	struct look body = { .size = SIZE_BODY, .ink = p->ink, .line_percent = 150 };
	int width = (area.w - (columns - 1) * gap) / columns - 3 * pad - icon_px, row_px = 0;
	enum { FACTS = sizeof facts / sizeof facts[0] };
	for (int i = 0; i < FACTS; i++) {
		int h = ui_text_height(ui, width, tr(facts[i].head), head) + ui_text_height(ui, width, tr(facts[i].words), body);
		row_px = h > row_px ? h : row_px;
	}
	row_px += 2 * pad;
	int rows = (FACTS + columns - 1) / columns, total = rows * row_px + (rows - 1) * gap;
	struct scroll scroll = ui_scroll_begin(ui, "privacy", area, total);
	for (size_t i = 0; i < FACTS; i++) {
		struct rect card = grid_cell(area, columns, gap, row_px, i);
		card.y -= scroll.offset;
		ui_card(ui, card);
		struct rect in = inset(card, pad, pad);
		struct rect left = cut_left(&in, icon_px + pad);
		ui_icon(ui, facts[i].icon, left.x, left.y + (left.h - icon_px) / 2, icon_px, i == 1 ? p->red : p->gold);
		cut_top(&in, ui_text(ui, in, tr(facts[i].head), head));
		ui_text(ui, in, tr(facts[i].words), body);
	}
	ui_scroll_end(ui, &scroll);
}

const struct screen screen_privacy = {
	.name = "privacy",
	.frame = privacy_frame,
	.help = "这里写着您留下的话谁能看到、谁看不到。看完点“返回”。",
	.quiet = true,
};
