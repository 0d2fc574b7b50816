/* Slips: what stands on them, how they look on the screen and how they go to the printer. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/words.h"
#include "devices/escpos.h"
#include "ui/slip.h"

/* The words of a slip, kept together while it is drawn. Secret: wiped after. */
struct slip_words {
	char code[SLIP_CODE_DASHED_SIZE], qr[SLIP_CODE_QR_SIZE];
	char time[96], matter[256], deputy[160], next[512], foot[160];
	struct slip slip;
};

static void add_row(struct slip *slip, const char *label, const char *value)
{
	slip->rows[slip->row_count++] = (struct slip_row){ label, value };
}

static void receipt_words(const struct app *app, struct slip_words *w)
{
	const struct session *s = app->session;
	const struct case_rules *rules = &app->settings.rules;
	char when[48];
	memset(w, 0, sizeof *w);
	slip_code_dashed(&s->code, w->code);
	slip_code_qr(&s->code, w->qr);
	word_date_time(s->done.at_ms, when);
	snprintf(w->time, sizeof w->time, "%s%s", when, s->done.clock_ok ? "" : tr("（时间待核对）"));
	snprintf(w->matter, sizeof w->matter, "%s · %s", word_kind(s->draft.kind), word_subject(app, s->draft.subject));
	word_deputy(app, s->draft.deputy, w->deputy, sizeof w->deputy);
	snprintf(w->next, sizeof w->next,
	         tr("%d 日内交办，%d 个月内书面答复。凭这张小票随时可以来查，看办到了哪一步，并评价是否满意。"), rules->transfer_days,
	         rules->answer_months);
	snprintf(w->foot, sizeof w->foot, "%s", tr("小票就是钥匙，请收好，不要给别人看"));
	struct slip *slip = &w->slip;
	slip->home = i18n_content(app->i18n, app->settings.home);
	if (i18n_language(app->i18n) == LANG_EN && app->settings.home_en[0])
		slip->home = app->settings.home_en;
	slip->title = tr("群众意见接待回执");
	add_row(slip, tr("编号"), s->done.receipt);
	add_row(slip, tr("时间"), w->time);
	add_row(slip, tr("事项"), w->matter);
	add_row(slip, tr("送交"), w->deputy);
	slip->qr = w->qr;
	slip->code = w->code;
	slip->next_head = tr("接下来");
	slip->next = w->next;
	slip->foot = w->foot;
}

/* What could not be taken in, so that it is not lost. */
static void draft_words(const struct app *app, struct slip_words *w)
{
	const struct session *s = app->session;
	memset(w, 0, sizeof *w);
	snprintf(w->matter, sizeof w->matter, "%s · %s", word_kind(s->draft.kind), word_subject(app, s->draft.subject));
	word_date_time(app->wall_ms, w->time);
	snprintf(w->next, sizeof w->next, "%s", tr("这一份没有存进机器。请把它交给工作人员，或者改天再来。"));
	struct slip *slip = &w->slip;
	slip->home = i18n_content(app->i18n, app->settings.home);
	slip->title = tr("您写的内容（未受理）");
	add_row(slip, tr("时间"), w->time);
	add_row(slip, tr("事项"), w->matter);
	slip->body = s->draft.text;
	slip->next_head = tr("请注意");
	slip->next = w->next;
}

static enum err to_printer(struct app *app, const struct slip *slip, int *job)
{
	int dots = app->settings.paper_mm == 58 ? ESCPOS_DOTS_58MM : ESCPOS_DOTS_80MM;
	struct canvas canvas;
	enum err e = slip_render(app->text, app_face(app), slip, dots, &canvas);
	if (e != ERR_OK)
		return e;
	uint8_t *grey = NULL, *bytes = NULL;
	size_t len = 0;
	struct bitmap bitmap = { 0 };
	e = slip_grey(&canvas, &grey);
	if (e == ERR_OK)
		e = bitmap_from_grey(grey, canvas.width, canvas.height, canvas.width, &bitmap);
	if (e == ERR_OK)
		e = escpos_job(&bitmap, &bytes, &len);
	if (e == ERR_OK)
		e = printer_submit(app->printer, bytes, len, job);
	if (grey) {
		sodium_memzero(grey, (size_t)canvas.width * (size_t)canvas.height);
		free(grey);
	}
	if (bitmap.bits) {
		sodium_memzero(bitmap.bits, (size_t)bitmap.stride_bytes * (size_t)bitmap.height);
		free(bitmap.bits);
	}
	if (bytes) {
		sodium_memzero(bytes, len);
		free(bytes);
	}
	canvas_destroy(&canvas);
	return e;
}

static bool job_under_way(const struct app *app, int job)
{
	if (job == 0 || !app->printer)
		return false;
	enum print_state state = printer_job_state(app->printer, job);
	return state == PRINT_QUEUED || state == PRINT_PRINTING || state == PRINT_HELD;
}

bool app_slip_under_way(const struct app *app)
{
	return job_under_way(app, app->session->print_job);
}

enum { PRINTS_A_VISIT = 3 }; /* a child with the key would print the roll */

static void print(struct app *app, void (*compose)(const struct app *, struct slip_words *))
{
	struct session *s = app->session;
	if (!app->printer || job_under_way(app, s->print_job))
		return; /* one print at a time: touching twice makes no second slip */
	if (s->prints >= PRINTS_A_VISIT) {
		app_toast(app, "已经打了三张。还要的话，请找工作人员");
		return;
	}
	s->prints++;
	struct slip_words words;
	compose(app, &words);
	if (to_printer(app, &words.slip, &s->print_job) != ERR_OK)
		s->print_job = 0;
	sodium_memzero(&words, sizeof words);
}

void app_print_slip(struct app *app)
{
	print(app, receipt_words);
}

void app_print_draft(struct app *app)
{
	print(app, draft_words);
}

void app_check_orphan_print(struct app *app)
{
	if (!app->orphan_print_job || !app->printer)
		return;
	switch (printer_job_state(app->printer, app->orphan_print_job)) {
	case PRINT_HELD:
		printer_cancel(app->printer, app->orphan_print_job);
		app->orphan_print_job = 0;
		break;
	case PRINT_QUEUED:
	case PRINT_PRINTING:
		break; /* told again when it changes */
	case PRINT_NONE:
	case PRINT_DONE:
	case PRINT_FAILED:
		app->orphan_print_job = 0;
		break;
	}
}

void app_show_slip(struct app *app, int width_px, bool brief)
{
	uint64_t key = draw_hash(DRAW_HASH_SEED, app->session->done.case_id, UUID_SIZE);
	int wanted[] = { width_px, (int)i18n_language(app->i18n), brief };
	key = draw_hash(key, wanted, sizeof wanted);
	if (app->slip_picture.pixels && app->slip_picture_key == key)
		return;
	canvas_destroy(&app->slip_picture);
	memset(&app->slip_picture, 0, sizeof app->slip_picture);
	struct slip_words words;
	receipt_words(app, &words);
	if (brief)
		words.slip = (struct slip){ .qr = words.qr, .code = words.code };
	if (slip_render(app->text, app_face(app), &words.slip, width_px, &app->slip_picture) == ERR_OK)
		app->slip_picture_key = key;
	sodium_memzero(&words, sizeof words);
}

static const char *health_words(enum printer_health health)
{
	switch (health) {
	case PRINTER_PAPER_OUT:
		return tr("打印机没有纸了。请先拍照或抄下这个码；装好纸后会自动打出来");
	case PRINTER_COVER_OPEN:
		return tr("打印机的盖子没有关好。请先拍照或抄下这个码；关好盖子后会自动打出来");
	case PRINTER_NONE:
		return tr("这里没有打印机。请拍照，或者抄下这个码");
	case PRINTER_UNKNOWN:
	case PRINTER_READY:
	case PRINTER_PAPER_LOW:
	case PRINTER_ERROR:
	case PRINTER_OFFLINE:
		break;
	}
	return tr("打印机现在用不了。请拍照，或者抄下这个码");
}

const char *app_paper_words(const struct app *app, enum paper_tone *tone)
{
	int job = app->session->print_job;
	*tone = PAPER_BAD;
	if (!app->printer)
		return health_words(PRINTER_NONE);
	switch (job ? printer_job_state(app->printer, job) : PRINT_NONE) {
	case PRINT_QUEUED:
	case PRINT_PRINTING:
		*tone = PAPER_BUSY;
		return tr("正在打印小票…");
	case PRINT_DONE:
		*tone = PAPER_GOOD;
		return tr("小票打好了，请取走");
	case PRINT_HELD:
	case PRINT_NONE:
	case PRINT_FAILED:
		break;
	}
	return health_words(printer_health(app->printer));
}
