/* Who are you? Before one's own attendance is shown, and nothing is signed in to. */
#include <stdio.h>

#include "app/app.h"
#include "app/words_attendance.h"
#include "screens/parts.h"
#include "ui/widgets.h"

static void identify_frame(struct app *app, struct ui *ui)
{
	const struct theme *t = ui_theme(ui);
	const struct palette *p = ui_palette(ui);
	bool able = app->idcard_present || app->scanner_present;
	struct rect content;
	struct app_page page = { .title = tr("请假 · 我的出席") };
	app_page(app, ui, &page, &content);
	struct rect area = app_margins(ui, content);
	question(ui, &area, tr("请让机器认一认您是哪位代表"), tr("这一步不会签到。"));
	struct look look = { .size = t->compact ? SIZE_BODY : SIZE_HEADING, .ink = able ? p->ink : p->amber, .align = TEXT_CENTER,
		             .line_percent = 150 };
	const char *how = able ? word_how_to_sign(app)
	                       : tr("读卡器和扫码口都没有反应，请告诉工作人员。请假可以直接告诉他们");
	int icon_px = ui_px(ui, t->landscape ? 220 : 320), gap = t->gap_px;
	int words_px = ui_text_height(ui, area.w, how, look);
	int y = area.y + (area.h - icon_px - gap - words_px) / 2;
	y = y < area.y ? area.y : y;
	ui_icon(ui, able ? "card" : "warn", area.x + (area.w - icon_px) / 2, y, icon_px, able ? p->gold : p->amber);
	ui_text(ui, (struct rect){ area.x, y + icon_px + gap, area.w, words_px }, how, look);
}

const struct screen screen_identify = {
	.name = "identify",
	.frame = identify_frame,
	.help = "把身份证放在读卡处，或者把代表证上的码对着扫码口，机器就知道您是哪位代表，再给您看您自己的出席，也可以请假。",
	.quiet = true,
};
