/* box.c: how the box is, in words; the same as the township is told. */
#include <stdio.h>

#include "ctl/ctl.h"

static const char *printer_words(enum health_printer printer)
{
	switch (printer) {
	case HEALTH_PRINTER_READY:
		return _("正常");
	case HEALTH_PRINTER_LOW:
		return _("纸快用完了");
	case HEALTH_PRINTER_OUT:
		return _("没有纸");
	case HEALTH_PRINTER_COVER:
		return _("盖子没有关好");
	case HEALTH_PRINTER_FAULT:
		return _("用不了");
	case HEALTH_PRINTER_OFFLINE:
		return _("没有连上");
	case HEALTH_PRINTER_NONE:
		return _("没有配置");
	case HEALTH_PRINTER_UNKNOWN:
	case HEALTH_PRINTERS:
		break;
	}
	return _("不清楚");
}

static const char *device_words(enum health_device device)
{
	switch (device) {
	case HEALTH_DEVICE_PRESENT:
		return _("正常");
	case HEALTH_DEVICE_ABSENT:
		return _("没有连上");
	case HEALTH_DEVICE_NONE:
		return _("没有配置");
	case HEALTH_DEVICE_UNKNOWN:
	case HEALTH_DEVICES:
		break;
	}
	return _("不清楚");
}

void ctl_print_box(const struct health *h, const char *printer_uri)
{
	if (h->running && printer_uri[0])
		printf(_("打印机      %s，%s\n"), printer_uri, printer_words(h->printer));
	else
		printf(_("打印机      %s\n"), printer_uri[0] ? printer_uri : _("没有"));
	if (h->running) {
		printf(_("读卡器      %s\n"), device_words(h->reader));
		printf(_("扫码器      %s\n"), device_words(h->scanner));
	} else {
		printf(_("屏幕程序    没有运行，所以不知道外接设备怎样；用 kioskctl devices 查看\n"));
	}
	if (h->running && (h->start == HEALTH_START_UNCLEAN || h->start == HEALTH_START_RECOVERED))
		printf(_("上次结束    %s\n"), h->start == HEALTH_START_RECOVERED ? _("不正常，数据库坏了，已从备份恢复")
		                                                             : _("不正常（断电，或程序中断）"));
	printf(_("时钟        %s\n"), h->clock_ok ? _("可信") : _("待核对"));
	if (h->disk_size > 0)
		printf(_("存储        剩余 %lld MB，占 %d%%\n"), (long long)(h->disk_free / 1000000), health_disk_percent(h));
}
