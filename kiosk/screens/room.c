/* The room's screen during an activity. */
#include "app/app.h"
#include "screens/room_view.h"
#include "ui/widgets.h"

static void room_frame(struct app *app, struct ui *ui)
{
	struct rect content;
	struct app_page page = { .title = tr("活动签到：谁到了"), .go = tr("请假 · 我的出席"), .go_icon = "chart" };
	if (app_page(app, ui, &page, &content)) {
		app_go(app, &screen_identify);
		return;
	}
	if (!room_view(app, ui, app_margins(ui, content)))
		app_leave(app, &screen_home); /* taken back by the office while it was shown */
}

const struct screen screen_room = {
	.name = "room",
	.frame = room_frame,
	.help = "这里看得到谁到了、谁还没到。签到不用点什么：把身份证放在读卡处，或者把代表证上的码对着扫码口，也可以用手机扫屏幕上的码。",
	.quiet = true,
};
