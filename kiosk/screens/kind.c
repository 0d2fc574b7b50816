/* Step 1a: what kind of thing it is. */
#include "app/app.h"
#include "app/words.h"
#include "screens/parts.h"
#include "ui/widgets.h"

static void kind_enter(struct app *app)
{
	app_prepare_receipt(app); /* while the voter chooses and writes */
}

static void kind_frame(struct app *app, struct ui *ui)
{
	static const char *const ids[] = { "kind.complaint", "kind.opinion", "kind.suggestion", "kind.thanks" };
	static const char *const lines[] = { "有事没办好，受了委屈", "对一件事有看法", "有个好主意", "想谢谢谁" };
	struct session *s = app->session;
	struct rect content;
	struct app_page page = { .title = tr("我要反映：是哪一种"), .step = 1 };
	app_page(app, ui, &page, &content);
	struct rect area = app_margins(ui, content);
	const struct theme *t = ui_theme(ui);
	question(ui, &area, tr("您要说的是哪一种？"), tr("点一个。选错了不要紧，后面还可以改。"));
	int gap = t->gap_px, columns = 2, rows = REPORT_KIND_COUNT / columns;
	int row_px = (area.h - (rows - 1) * gap) / rows, most = ui_px(ui, 420);
	row_px = row_px > most && !t->compact ? most : row_px;
	for (size_t i = 0; i < REPORT_KIND_COUNT; i++) {
		enum report_kind kind = (enum report_kind)i;
		bool chosen = s->draft.kind_chosen && s->draft.kind == kind;
		if (!ui_choice(ui, ids[i], grid_cell(area, columns, gap, row_px, i), icon_of_kind(kind), word_kind(kind),
		               tr(lines[i]), chosen))
			continue;
		s->draft.kind = kind;
		s->draft.kind_chosen = true;
		app_go(app, &screen_subject);
	}
}

const struct screen screen_kind = {
	.name = "kind",
	.enter = kind_enter,
	.frame = kind_frame,
	.help = "请先选您要说的是哪一种。事情没办好，选“投诉”；有看法，选“意见”；有好办法，选“建议”；想谢谢谁，选“感谢”。选错了不要紧，后面还可以改。",
};
