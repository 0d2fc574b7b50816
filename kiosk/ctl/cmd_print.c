/* cmd_print.c: a test slip, drawn, turned into raster and followed exactly as a voter's is. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ctl/devices.h"
#include "devices/escpos.h"
#include "devices/printer.h"
#include "model/civil.h"
#include "ui/slip.h"

enum { WAIT_S = 60, STEP_MS = 50 };

static void now_text(char out[32])
{
	struct timespec t;
	char day[11];
	clock_gettime(CLOCK_REALTIME, &t);
	struct civil_time c = civil_from_ms((int64_t)t.tv_sec * 1000);
	civil_format(c.date, day);
	snprintf(out, 32, "%s %02u:%02u", day, (unsigned)c.hour % 24, (unsigned)c.minute % 60);
}

static enum err draw(const struct settings *settings, struct canvas *canvas)
{
	char when[32], width[16];
	struct text_engine *text;
	int dots = settings->paper_mm == 58 ? ESCPOS_DOTS_58MM : ESCPOS_DOTS_80MM;
	now_text(when);
	snprintf(width, sizeof width, "%d mm", settings->paper_mm);
	struct slip slip = {
		.home = settings->home,
		.title = _("测试小票"),
		.rows = {{_("时间"), when}, {_("终端"), settings->kiosk_name}, {_("纸宽"), width}},
		.row_count = 3,
		.qr = "DHK1:TEST",
		.body = "汉字 㛃 𤦪 𬱖  བོད་ཡིག  ABC 0123456789",
		.next_head = _("看得清吗"),
		.next = _("文字清楚、没有缺笔，二维码能扫出 DHK1:TEST，纸被切断，就是好的。"),
	};
	enum err e = text_engine_create(&text);
	if (e != ERR_OK)
		return e;
	e = slip_render(text, TEXT_SC, &slip, dots, canvas);
	text_engine_destroy(text);
	return e;
}

static enum err make_job(const struct settings *settings, uint8_t **bytes, size_t *len)
{
	struct canvas canvas;
	struct bitmap bitmap;
	uint8_t *grey;
	enum err e = draw(settings, &canvas);
	if (e != ERR_OK)
		return e;
	e = slip_grey(&canvas, &grey);
	if (e == ERR_OK) {
		e = bitmap_from_grey(grey, canvas.width, canvas.height, canvas.width, &bitmap);
		free(grey);
		if (e == ERR_OK) {
			e = escpos_job(&bitmap, bytes, len);
			free(bitmap.bits);
		}
	}
	canvas_destroy(&canvas);
	return e;
}

static void changed(void *ctx)
{
	(void)ctx; /* polled instead: there is nothing else to do meanwhile */
}

const char *ctl_printer_trouble(enum printer_health health)
{
	switch (health) {
	case PRINTER_PAPER_OUT:
		return _("没有纸了，请装纸");
	case PRINTER_COVER_OPEN:
		return _("盖子开着，请盖好");
	case PRINTER_OFFLINE:
		return _("打印机没有连上，请看电源和线");
	case PRINTER_ERROR:
		return _("打印机报告出错");
	default:
		return _("打印机没有回应");
	}
}

/* Tells a trouble once when it comes, and waits on: paper may be put in meanwhile. */
static enum err follow(struct printer *printer, int job, int limit_s, int stop_fd, char *result, size_t size)
{
	enum printer_health told = PRINTER_UNKNOWN;
	struct pollfd stop = {.fd = stop_fd, .events = POLLIN};
	for (int waited = 0; waited < limit_s * 1000; waited += STEP_MS) {
		enum print_state state = printer_job_state(printer, job);
		enum printer_health health = printer_health(printer);
		if (state == PRINT_DONE) {
			snprintf(result, size, "%s", _("已打印"));
			return ERR_OK;
		}
		if (state == PRINT_FAILED) {
			snprintf(result, size, "%s", ctl_printer_trouble(health));
			return ERR_IO;
		}
		if (state == PRINT_HELD && health != told) {
			told = health;
			ctl_fail("%s", ctl_printer_trouble(health));
		}
		if (poll(&stop, 1, STEP_MS) > 0) {
			printer_cancel(printer, job);
			snprintf(result, size, "%s", _("已取消"));
			return ERR_STATE;
		}
	}
	printer_cancel(printer, job);
	snprintf(result, size, _("等了 %d 秒还没有打印出来，已取消：%s"), limit_s, ctl_printer_trouble(printer_health(printer)));
	return ERR_TIMEOUT;
}

enum err ctl_print_slip(const struct settings *settings, int limit_s, int stop_fd, char *result, size_t size)
{
	struct printer *printer;
	char problem[256] = "";
	uint8_t *bytes;
	size_t len;
	int job = 0;
	enum err e = make_job(settings, &bytes, &len);
	if (e != ERR_OK) {
		snprintf(result, size, _("小票画不出来：%s"), ctl_error(e));
		return e;
	}
	e = printer_open(settings->printer_device, changed, NULL, &printer, problem);
	if (e != ERR_OK) {
		free(bytes);
		snprintf(result, size, _("打不开打印机 %s：%s"), settings->printer_device,
		         problem[0] ? problem : ctl_error(e));
		return e;
	}
	e = printer_submit(printer, bytes, len, &job);
	free(bytes);
	if (e == ERR_OK)
		e = follow(printer, job, limit_s, stop_fd, result, size);
	else
		snprintf(result, size, _("打印机没有收下：%s"), ctl_error(e));
	printer_close(printer);
	return e;
}

int cmd_print_test(const struct ctl *ctl)
{
	struct settings settings;
	char result[600];
	if (ctl->argc != 1)
		return ctl_usage(_("print-test 后面不用写别的"));
	if (ctl_settings(ctl, &settings) != ERR_OK)
		return EXIT_FAILED;
	if (!settings.printer_device[0])
		return ctl_fail(_("没有设置打印机；在 kiosk.conf 的 [printer] 里写 device = cups:队列名"));
	if (ctl_print_slip(&settings, WAIT_S, -1, result, sizeof result) != ERR_OK)
		return ctl_fail("%s", result);
	puts(result);
	return EXIT_DONE;
}
