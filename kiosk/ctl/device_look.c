/* device_look.c: what each configured device says of itself, and whether it works. */
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "ctl/devices.h"
#include "devices/idcard.h"
#include "devices/printer.h"
#include "devices/scanner.h"
#include "model/slip_code.h"

enum {
	LOOK_MS = 6000,   /* a reader that says nothing is asked three times before it counts as silent */
	MODULE_MS = 1000, /* its number comes a moment after it is there */
	HEALTH_MS = 3000,
	STEP_MS = 50,
};

/* What a device's own thread tells, by a pipe; never what stands on a card or in a code. */
struct note {
	enum { NOTE_HEALTH, NOTE_CARD, NOTE_CODE } what;
	bool present;
	enum idcard_type type;
	char last; /* of the card's number */
	enum scan_kind kind;
	size_t len;
};

static void send_note(void *ctx, const struct note *note)
{
	(void)!write(*(int *)ctx, note, sizeof *note); /* whole, since it is short; a full pipe has enough notes */
}

static void on_health(void *ctx, bool present)
{
	send_note(ctx, &(struct note){.what = NOTE_HEALTH, .present = present});
}

static void on_card(void *ctx, const struct idcard *card)
{
	size_t len = strlen(card->number);
	send_note(ctx, &(struct note){.what = NOTE_CARD, .type = card->type, .last = len ? card->number[len - 1] : '?'});
}

static void on_code(void *ctx, const char *text, size_t len)
{
	send_note(ctx, &(struct note){.what = NOTE_CODE, .kind = scan_classify(text, len), .len = len});
}

static int64_t monotonic(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Until `fd` has something, the time is up (ERR_TIMEOUT) or Ctrl-C (ERR_STATE). */
static enum err wait_for(int fd, int stop_fd, int64_t until_ms)
{
	struct pollfd fds[] = {{.fd = stop_fd, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
	int64_t left = until_ms - monotonic();
	int ready = poll(fds, 2, left > 0 ? (int)left : 0);
	if (ready > 0 && fds[0].revents)
		return ERR_STATE;
	return ready > 0 ? ERR_OK : ERR_TIMEOUT;
}

/* A device that is open, and its notes. */
struct opened {
	int notes[2];
	struct idcard_reader *reader;
	struct scanner *scanner;
};

static enum err open_device(enum device device, const char *uri, struct opened *o, char problem[256])
{
	*o = (struct opened){{-1, -1}, NULL, NULL};
	if (pipe(o->notes) != 0)
		return ERR_IO;
	if (device == DEVICE_CARD)
		return idcard_open(uri, &(struct idcard_events){.card = on_card, .health = on_health, .ctx = &o->notes[1]}, &o->reader, problem);
	return scanner_open(uri, &(struct scanner_events){on_code, on_health, &o->notes[1]}, &o->scanner, problem);
}

/* The threads end before the pipe they write to. */
static void close_device(struct opened *o)
{
	idcard_close(o->reader);
	scanner_close(o->scanner);
	for (int i = 0; i < 2; i++)
		if (o->notes[i] >= 0)
			close(o->notes[i]);
}

static enum err next_note(const struct opened *o, int stop_fd, int64_t until_ms, struct note *note)
{
	enum err e = wait_for(o->notes[0], stop_fd, until_ms);
	if (e == ERR_OK && read(o->notes[0], note, sizeof *note) != (ssize_t)sizeof *note)
		e = ERR_IO;
	return e;
}

static enum err state_of(const struct opened *o)
{
	return o->reader ? idcard_state(o->reader) : scanner_trouble(o->scanner);
}

/* The first word on how it is. */
static enum err first_health(const struct opened *o, int stop_fd)
{
	struct note note;
	int64_t until = monotonic() + LOOK_MS;
	enum err e;
	while ((e = next_note(o, stop_fd, until, &note)) == ERR_OK)
		if (note.what == NOTE_HEALTH)
			return note.present ? ERR_OK : state_of(o);
	return e;
}

static void ask_module(const struct opened *o, int stop_fd, char out[200])
{
	char module[IDCARD_MODULE_SIZE];
	int64_t until = monotonic() + MODULE_MS;
	while (monotonic() < until) {
		if (idcard_module(o->reader, module)) {
			snprintf(out, 200, _("模块号 %s"), module);
			return;
		}
		if (wait_for(-1, stop_fd, monotonic() + STEP_MS) == ERR_STATE)
			return;
	}
}

/* For a USB printer, which nobody else holds once it has told its model. A queue is not opened for that, since what is
 * printed there now may be the kiosk's: its health is CUPS' own word. */
static enum printer_health ask_printer(const char *uri, int stop_fd)
{
	struct printer *printer;
	char problem[256];
	enum printer_health health = PRINTER_UNKNOWN;
	int64_t until = monotonic() + HEALTH_MS;
	if (printer_open(uri, NULL, NULL, &printer, problem) != ERR_OK)
		return health;
	while ((health = printer_health(printer)) == PRINTER_UNKNOWN && monotonic() < until)
		if (wait_for(-1, stop_fd, monotonic() + STEP_MS) == ERR_STATE)
			break;
	printer_close(printer);
	return health;
}

static void look_at_printer(const char *uri, int stop_fd, struct device_look *look)
{
	look->how = printer_describe(uri, look->says, look->problem);
	if (look->how != ERR_OK || strncmp(uri, "usb:", 4) != 0)
		return;
	look->health = ask_printer(uri, stop_fd);
	if (look->health == PRINTER_OFFLINE)
		look->how = ERR_TIMEOUT;
}

void device_look(enum device device, const char *uri, int stop_fd, struct device_look *look)
{
	struct opened o;
	*look = (struct device_look){.uri = uri};
	if (device == DEVICE_PRINT) {
		look_at_printer(uri, stop_fd, look);
		return;
	}
	look->how = open_device(device, uri, &o, look->problem);
	if (look->how == ERR_OK) {
		look->how = first_health(&o, stop_fd);
		if (look->how == ERR_OK && device == DEVICE_CARD)
			ask_module(&o, stop_fd, look->says);
	}
	close_device(&o);
}

/* All but the last character of the number is left out, and the name: others stand around the ladder. */
static void tell_card(const struct note *note, char out[512])
{
	static const char *const TYPES[] = {
		[IDCARD_RESIDENT] = "居民身份证", [IDCARD_HMT_PERMIT] = "港澳台居民居住证", [IDCARD_FOREIGNER] = "外国人永久居留证"};
	snprintf(out, 512, _("读到一张%s，号码 ****%c"), _(TYPES[note->type]), note->last);
}

static void tell_code(enum scan_kind kind, size_t len, char out[512])
{
	static const char *const KINDS[] = {[SCAN_SLIP] = "小票上的码",
		                            [SCAN_SLIP_DAMAGED] = "小票上的码，但没有扫全",
		                            [SCAN_DEPUTY_CARD] = "代表证上的码",
		                            [SCAN_WEB] = "网址或付款码",
		                            [SCAN_OTHER] = "别的码"};
	snprintf(out, 512, _("读到一个码：%s，%zu 个字符"), _(KINDS[kind]), len);
}

static void ask_person(enum device device)
{
	fprintf(stderr,
	        device == DEVICE_CARD ? _("请在 %d 秒内把身份证放到阅读器上（Ctrl-C 取消）……\n")
	                              : _("请在 %d 秒内扫一个码（Ctrl-C 取消）……\n"),
	        TRIAL_S);
}

static enum err await_reading(const struct opened *o, int stop_fd, char result[512])
{
	struct note note;
	int64_t until = monotonic() + TRIAL_S * 1000;
	enum err e;
	while ((e = next_note(o, stop_fd, until, &note)) == ERR_OK && note.what == NOTE_HEALTH)
		;
	if (e == ERR_OK && note.what == NOTE_CARD)
		tell_card(&note, result);
	else if (e == ERR_OK)
		tell_code(note.kind, note.len, result);
	else if (e == ERR_TIMEOUT && state_of(o) != ERR_OK)
		return state_of(o); /* nothing came since it has gone */
	return e;
}

static void try_reading(enum device device, const char *uri, int stop_fd, struct device_trial *trial)
{
	struct opened o;
	char problem[256] = "";
	trial->how = open_device(device, uri, &o, problem);
	if (trial->how == ERR_OK)
		trial->how = first_health(&o, stop_fd);
	if (trial->how == ERR_OK) {
		ask_person(device);
		trial->how = await_reading(&o, stop_fd, trial->result);
	}
	close_device(&o);
}

/* A scanner whose keys the window system brings: here they come to the terminal. */
static void try_typing(int stop_fd, struct device_trial *trial)
{
	char text[SCANNER_MAX_BYTES + 2];
	struct termios before, silent;
	bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
	if (terminal) {
		silent = before;
		silent.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	}
	trial->how = wait_for(STDIN_FILENO, stop_fd, monotonic() + TRIAL_S * 1000);
	ssize_t len = trial->how == ERR_OK ? read(STDIN_FILENO, text, sizeof text) : 0;
	if (terminal)
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	if (trial->how == ERR_OK && len > 0)
		tell_code(scan_classify(text, (size_t)len), (size_t)len, trial->result);
	else if (trial->how == ERR_OK)
		trial->how = ERR_TIMEOUT;
	sodium_memzero(text, sizeof text);
}

void device_try(enum device device, const struct settings *settings, int stop_fd, struct device_trial *trial)
{
	*trial = (struct device_trial){0};
	if (device == DEVICE_PRINT) {
		fprintf(stderr, _("正在打印测试小票（Ctrl-C 取消）……\n"));
		trial->how = ctl_print_slip(settings, TRIAL_S, stop_fd, trial->result, sizeof trial->result);
	} else if (device == DEVICE_SCAN && strcmp(settings->scanner_device, "keyboard") == 0) {
		ask_person(device);
		try_typing(stop_fd, trial);
	} else {
		try_reading(device, device == DEVICE_CARD ? settings->idcard_device : settings->scanner_device, stop_fd,
		            trial);
	}
}
