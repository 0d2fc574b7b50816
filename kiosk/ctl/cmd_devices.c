/* cmd_devices.c: for the person on the ladder: what is plugged in, what each configured device says, does it work, and
 * what to do when it does not. */
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "ctl/devices.h"
#include "devices/plugged.h"

enum { SEEN_MAX = 96, HINTS_MAX = 3 };

static const struct kind {
	const char *section; /* of kiosk.conf */
	const char *trial;   /* of --test */
	const char *title;
	enum plugged_role role;
	bool by_line; /* it may be at the end of a serial line */
} KINDS[] = {
	[DEVICE_CARD] = {"idcard", "card", "身份证阅读器", PLUGGED_READER, true},
	[DEVICE_SCAN] = {"scanner", "scan", "扫码器", PLUGGED_SCANNER, true},
	[DEVICE_PRINT] = {"printer", "print", "小票打印机", PLUGGED_PRINTER, false},
};

struct seen_list {
	struct plugged items[SEEN_MAX];
	size_t count;
};

struct round {
	struct settings settings;
	struct seen_list seen;
	struct device_look looks[DEVICE_COUNT];
	struct device_trial trials[DEVICE_COUNT];
	bool wanted[DEVICE_COUNT], tried[DEVICE_COUNT];
	bool json, good;
	int stop_fd;
};

static const char *uri_of(const struct settings *s, enum device device)
{
	return device == DEVICE_CARD ? s->idcard_device : device == DEVICE_SCAN ? s->scanner_device : s->printer_device;
}

static void remember(void *ctx, const struct plugged *it)
{
	struct seen_list *list = ctx;
	if (list->count < SEEN_MAX)
		list->items[list->count++] = *it;
}

static const char *role_text(const struct plugged *it)
{
	switch (it->role) {
	case PLUGGED_READER:
		return _("身份证阅读器");
	case PLUGGED_PRINTER:
		return it->kind == PLUGGED_QUEUE ? _("打印队列") : _("打印机");
	case PLUGGED_SCANNER:
		return _("扫码器");
	case PLUGGED_LINE:
		return _("串口");
	case PLUGGED_OTHER:
		break;
	}
	return it->kind == PLUGGED_INPUT ? _("键盘，也可能是扫码器") : _("别的设备");
}

static void print_seen(const struct seen_list *list)
{
	puts(_("插着的："));
	if (list->count == 0)
		puts(_("    什么也没有找到"));
	for (size_t i = 0; i < list->count; i++) {
		const struct plugged *it = &list->items[i];
		printf("    %s  %s%s%s%s\n", it->where, role_text(it), it->name[0] ? "  " : "", it->name,
		       it->denied ? _("  （没有权限打开）") : "");
	}
}

/* What stands where and could be it: the line for kiosk.conf. */
static void suggest(enum device device, const struct round *r)
{
	const struct kind *kind = &KINDS[device];
	const char *uri = uri_of(&r->settings, device);
	int shown = 0;
	for (int pass = 0; pass < 2 && shown == 0; pass++) {
		for (size_t i = 0; i < r->seen.count && shown < HINTS_MAX; i++) {
			const struct plugged *it = &r->seen.items[i];
			bool fits = pass == 0 ? it->role == kind->role
			                      : (kind->by_line && it->role == PLUGGED_LINE) ||
			                            (device == DEVICE_SCAN && it->kind == PLUGGED_INPUT);
			if (!fits || !it->uri[0] || strcmp(it->uri, uri) == 0)
				continue;
			if (shown++ == 0)
				printf(pass == 0 ? _("        找到了这些，在 kiosk.conf 里写其中一个：\n")
				                 : _("        它可能接在这里，在 kiosk.conf 里写其中一个试试：\n"));
			printf("            [%s] device = %s\n", kind->section, it->uri);
		}
	}
}

static const char *state_text(enum err how)
{
	switch (how) {
	case ERR_OK:
		return _("好的");
	case ERR_NOT_FOUND:
	case ERR_OFFLINE:
		return _("没有连上");
	case ERR_DENIED:
		return _("没有权限");
	case ERR_BUSY:
		return _("正被占用");
	case ERR_TIMEOUT:
		return _("没有回答");
	case ERR_UNSUPPORTED:
	case ERR_INVALID:
		return _("设置不对");
	default:
		return ctl_error(how);
	}
}

static const char *remedy(enum device device, const char *uri, enum err how)
{
	bool queue = strncmp(uri, "cups:", 5) == 0;
	switch (how) {
	case ERR_NOT_FOUND:
		return queue ? _("CUPS 里没有这个打印队列；用 lpstat -e 看有哪些，或用 lpadmin 建一个")
		             : _("请看电源和线，插好以后再试；插着还这样，就是设置里写的不是它");
	case ERR_OFFLINE:
		return queue ? _("打印服务没有回答；请看 cupsd 是否在运行（systemctl status cups）") : _("请看电源和线，插好以后再试");
	case ERR_DENIED:
		return _("插着，但这个用户不能打开它。把 udev/70-deputies-home.rules 装好，把用户加进 deputies-home 组，"
		         "拔下来再插上；或者改用 sudo -u deputies-home kioskctl …");
	case ERR_BUSY:
		return _("别的程序正用着它，多半是终端（kiosk）在运行：先退出终端再试，或者直接在终端上试");
	case ERR_TIMEOUT:
		return strncmp(uri, "serial:", 7) == 0
		           ? _("线开得了，那头没有回答：请看电源；再看是不是接错了串口，速率对不对（可在设置后面加 ?baud=9600 这样的一截）")
		           : _("插着，但没有回答：拔下来，过十秒再插上");
	case ERR_UNSUPPORTED:
		return device == DEVICE_SCAN ? _("那里的设备没有字母和数字键，不是扫码器")
		                             : _("那里的设备不是这一种，请核对 kiosk.conf 里的 device");
	default:
		return NULL;
	}
}

/* A printer may answer and yet print nothing. */
static void print_health(const struct device_look *look, const struct round *r)
{
	enum printer_health health = look->health;
	for (size_t i = 0; i < r->seen.count; i++)
		if (r->seen.items[i].kind == PLUGGED_QUEUE && strcmp(r->seen.items[i].uri, look->uri) == 0)
			health = r->seen.items[i].health;
	if (health == PRINTER_PAPER_LOW)
		printf("        %s\n", _("纸快用完了，请备好一卷"));
	else if (health != PRINTER_UNKNOWN && health != PRINTER_READY)
		printf("        %s\n", ctl_printer_trouble(health));
}

static void print_look(enum device device, const struct round *r)
{
	const struct device_look *look = &r->looks[device];
	const struct kind *kind = &KINDS[device];
	if (!look->uri[0]) {
		printf(_("    %s  没有设置\n"), _(kind->title));
		suggest(device, r);
		return;
	}
	printf("    %s  %s  %s%s%s\n", _(kind->title), look->uri, state_text(look->how), look->says[0] ? "  " : "",
	       look->says);
	if (look->how == ERR_OK && device == DEVICE_PRINT)
		print_health(look, r);
	if (look->how == ERR_OK)
		return;
	const char *what = remedy(device, look->uri, look->how);
	if (look->problem[0])
		printf("        %s\n", look->problem);
	if (what)
		printf("        %s\n", what);
	if (look->how != ERR_BUSY && look->how != ERR_DENIED)
		suggest(device, r);
}

static void print_trial(enum device device, const struct round *r)
{
	const struct device_trial *trial = &r->trials[device];
	const char *words = trial->result;
	if (!words[0] && trial->how == ERR_TIMEOUT)
		words = device == DEVICE_CARD ? _("没有读到卡：请把卡平放在感应区，换一张再试")
		                              : _("没有读到码：请对准扫码口，看它响没有响");
	else if (!words[0] && trial->how == ERR_STATE)
		words = _("已取消");
	else if (!words[0])
		words = state_text(trial->how);
	const char *what = trial->how == ERR_TIMEOUT ? NULL : remedy(device, uri_of(&r->settings, device), trial->how);
	printf(_("    试 %s：%s\n"), _(KINDS[device].title), words);
	if (what)
		printf("        %s\n", what);
}

/* Before anything that takes long is begun, what is known is on the screen. */
static void look_and_try(struct round *r)
{
	if (!r->json) {
		print_seen(&r->seen);
		puts(_("设置里的："));
	}
	for (int d = 0; d < DEVICE_COUNT; d++) {
		const char *uri = uri_of(&r->settings, (enum device)d);
		r->looks[d].uri = uri;
		if (uri[0])
			device_look((enum device)d, uri, r->stop_fd, &r->looks[d]);
		r->good = r->good && (!uri[0] || r->looks[d].how == ERR_OK);
		if (!r->json)
			print_look((enum device)d, r);
		fflush(stdout);
		if (r->looks[d].how == ERR_STATE)
			return;
	}
	for (int d = 0; d < DEVICE_COUNT; d++) {
		if (!r->wanted[d] || !uri_of(&r->settings, (enum device)d)[0] || r->looks[d].how != ERR_OK)
			continue;
		device_try((enum device)d, &r->settings, r->stop_fd, &r->trials[d]);
		r->tried[d] = true;
		r->good = r->good && r->trials[d].how == ERR_OK;
		if (!r->json)
			print_trial((enum device)d, r);
		fflush(stdout);
		if (r->trials[d].how == ERR_STATE)
			return;
	}
}

static json_t *seen_json(const struct seen_list *list)
{
	static const char *const KIND_NAMES[] = {"usb", "serial", "input", "queue"};
	static const char *const ROLE_NAMES[] = {"other", "reader", "printer", "scanner", "line"};
	json_t *all = json_array();
	for (size_t i = 0; i < list->count; i++) {
		const struct plugged *it = &list->items[i];
		json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "kind", KIND_NAMES[it->kind], "role",
		                                     ROLE_NAMES[it->role], "where", it->where, "name", it->name, "device",
		                                     it->uri, "denied", it->denied));
	}
	return all;
}

static int print_json(const struct round *r)
{
	json_t *devices = json_object(), *trials = json_object();
	for (int d = 0; d < DEVICE_COUNT; d++) {
		const struct device_look *look = &r->looks[d];
		if (look->uri && look->uri[0])
			json_object_set_new(devices, KINDS[d].section,
			                    json_pack("{s:s, s:b, s:s, s:s}", "device", look->uri, "good",
			                              look->how == ERR_OK, "state",
			                              look->how == ERR_OK ? "good" : err_name(look->how), "says", look->says));
		if (r->tried[d])
			json_object_set_new(trials, KINDS[d].trial,
			                    json_pack("{s:b, s:s, s:s}", "good", r->trials[d].how == ERR_OK, "state",
			                              r->trials[d].how == ERR_OK ? "good" : err_name(r->trials[d].how), "says",
			                              r->trials[d].result));
	}
	json_t *j = json_pack("{s:b, s:o, s:o, s:o}", "good", r->good, "plugged", seen_json(&r->seen), "configured", devices,
	                      "tests", trials);
	if (!j)
		return ctl_fail("%s", ctl_error(ERR_NOMEM));
	json_dumpf(j, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(j);
	return EXIT_DONE;
}

static bool read_options(const struct ctl *ctl, struct round *r)
{
	for (int i = 1; i < ctl->argc; i++) {
		if (strcmp(ctl->argv[i], "--json") == 0) {
			r->json = true;
			continue;
		}
		if (strcmp(ctl->argv[i], "--test") != 0 || i + 1 == ctl->argc)
			return false;
		const char *which = ctl->argv[++i];
		bool all = strcmp(which, "all") == 0, known = all;
		for (int d = 0; d < DEVICE_COUNT; d++) {
			bool it = strcmp(which, KINDS[d].trial) == 0;
			r->wanted[d] = r->wanted[d] || it || (all && uri_of(&r->settings, (enum device)d)[0]);
			known = known || it;
		}
		if (!known)
			return false;
	}
	return true;
}

/* Ctrl-C is waited for beside everything else, so that a grabbed scanner is let go and a slip is taken back. */
static int stop_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int cmd_devices(const struct ctl *ctl)
{
	struct round r = {.good = true};
	if (ctl_settings(ctl, &r.settings) != ERR_OK)
		return EXIT_FAILED;
	if (!read_options(ctl, &r))
		return ctl_usage(_("用法：kioskctl devices [--test card|scan|print|all] [--json]"));
	for (int d = 0; d < DEVICE_COUNT; d++) {
		if (r.wanted[d] && !uri_of(&r.settings, (enum device)d)[0]) {
			r.good = false;
			ctl_fail(_("没有设置%s，试不了"), _(KINDS[d].title));
		}
	}
	r.stop_fd = stop_signals();
	if (r.stop_fd < 0)
		return ctl_fail("%s", ctl_error(ERR_NOMEM));
	plugged_list(remember, &r.seen);
	look_and_try(&r);
	close(r.stop_fd);
	if (r.json && print_json(&r) != EXIT_DONE)
		return EXIT_FAILED;
	return r.good ? EXIT_DONE : EXIT_FAILED;
}
