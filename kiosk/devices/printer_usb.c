/* The USB carrier: interface class 7, bulk OUT and bulk IN, over usb_link.h. A thread of its own has the link and gets the slip
 * onto paper (printer_run.h), so that the printer's worker can always ask and take back:
 *
 *           start                    run_print ends                drop
 *   (idle) ───────► PRINTING ⇄ HELD ────────────────► DONE, FAILED ─────► (idle)
 *                       │  drop: taken back, its half slip cut off  ▲
 *                       └───────────────────────────────────────────┘ */
#include <ctype.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "devices/printer_carrier.h"
#include "devices/printer_id.h"
#include "devices/printer_run.h"
#include "devices/usb_link.h"

enum {
	PIECE_BYTES = 4096, /* in one transfer: whether it is still taking any is seen between two */
	LAST_WORDS_MS = 50, /* a wait, once the job is taken back */
	IDLE_MS = 2000,     /* between two looks at an idle printer */
	TROUBLED_MS = 1000, /* at one that is in trouble */
	SNAPSHOT_MS = 500,  /* look costs nothing here: it shows what is known */
	CONTROL_MS = 500,
	STALE_MS = 2,       /* the least wait for a packet that is there already */
	DESCRIBE_MS = 1000
};
/* The printer class' own requests (USB Device Class Definition for Printing Devices 1.1, 4.2). */
enum { FROM_INTERFACE = 0xa1, GET_DEVICE_ID = 0, GET_PORT_STATUS = 1 };

struct usb_printer {
	struct usb_id id;
	pthread_t worker;
	bool has_worker;
	struct interrupt *interrupt; /* not owned */
	/* the worker's own; the link may be interrupted by others */
	struct usb_link *link;
	bool begun; /* the line was opened on this link by line_open: see await_another */
	struct printer_line line;
	struct printer_run run;
	enum err complaint; /* why it could not be opened, told once */
	/* under the lock */
	pthread_mutex_t lock;
	pthread_cond_t ended;
	bool stopping, take_back;
	uint8_t *bytes; /* owned; NULL while there is no job; the worker reads them while `state` is not final */
	size_t len;
	int ref;
	enum print_state state;
	enum printer_health health;
};

struct target {
	struct usb_id id; /* 0:0 for any */
	bool port_status; /* the printer answers nothing but GET_PORT_STATUS */
};

/* --- the line, all in the worker -------------------------------------------------------------- */

static bool is_over(enum print_state state)
{
	return state == PRINT_DONE || state == PRINT_FAILED;
}

static bool taken_back(struct usb_printer *usb)
{
	pthread_mutex_lock(&usb->lock);
	bool over = usb->stopping || usb->take_back;
	pthread_mutex_unlock(&usb->lock);
	return over;
}

/* Whoever interrupted has left word in the fields under the lock, which all loops look at. */
static enum err settle(struct usb_printer *usb, enum err e)
{
	if (e == ERR_STATE)
		usb_link_resume(usb->link);
	return e;
}

static int shorter(struct usb_printer *usb, int wait_ms)
{
	return wait_ms > LAST_WORDS_MS && taken_back(usb) ? LAST_WORDS_MS : wait_ms;
}

static bool line_is_open(const void *self)
{
	const struct usb_printer *usb = self;
	return usb->begun && usb_link_is_open(usb->link);
}

/* Waits, until there is a printer. What was asked of the one before is gone with it, and so may be what it had taken: to
 * printer_run the line stays closed until it opens it itself. */
static void await_another(struct usb_printer *usb, int wait_ms)
{
	usb->begun = false;
	(void)settle(usb, usb_link_await(usb->link, wait_ms));
}

/* Lets time pass, on the line as it is. */
static void wait_on(struct usb_printer *usb, int wait_ms)
{
	if (line_is_open(usb))
		(void)settle(usb, usb_link_pause(usb->link, wait_ms));
	else
		await_another(usb, wait_ms);
}

static bool line_open(void *self)
{
	struct usb_printer *usb = self;
	enum err e;
	do {
		e = settle(usb, usb_link_await(usb->link, 0));
	} while (e == ERR_STATE && !taken_back(usb));
	if (e != ERR_STATE && e != usb->complaint) {
		if (e == ERR_DENIED)
			fprintf(stderr, "printer: it is plugged in, but may not be opened: is the udev rule installed?\n");
		else if (e && e != ERR_NOT_FOUND)
			fprintf(stderr, "printer: it is plugged in, but cannot be opened: %s\n", err_name(e));
		usb->complaint = e;
	}
	usb->begun = e == ERR_OK;
	return usb->begun;
}

static void line_close(void *self)
{
	struct usb_printer *usb = self;
	usb_link_drop(usb->link, false);
}

static enum line_sent line_send(void *self, const uint8_t *bytes, size_t *len, int patience_ms)
{
	struct usb_printer *usb = self;
	size_t total = *len;
	*len = 0;
	while (*len < total) {
		size_t piece = total - *len < PIECE_BYTES ? total - *len : PIECE_BYTES, went;
		enum err e = settle(usb, usb_link_write(usb->link, bytes + *len, piece, shorter(usb, patience_ms), &went));
		*len += went;
		if (e == ERR_OFFLINE)
			return LINE_GONE;
		if (e && e != ERR_TIMEOUT && e != ERR_STATE) {
			line_close(usb); /* what was on its way is lost: begun anew */
			return LINE_GONE;
		}
		if ((e == ERR_TIMEOUT && !went) || (e && taken_back(usb)))
			return LINE_STALLED;
	}
	return LINE_SENT;
}

static int line_receive(void *self, uint8_t *bytes, size_t size, int wait_ms)
{
	struct usb_printer *usb = self;
	size_t got;
	wait_ms = shorter(usb, wait_ms > STALE_MS ? wait_ms : STALE_MS);
	enum err e = settle(usb, usb_link_read(usb->link, bytes, size, wait_ms, &got));
	if (e == ERR_OFFLINE)
		return -1;
	if (e == ERR_IO) /* it stalled and was cleared: not asked again and again at full speed */
		e = settle(usb, usb_link_pause(usb->link, 10));
	else if (e == ERR_UNSUPPORTED)
		e = settle(usb, usb_link_pause(usb->link, wait_ms));
	return e == ERR_OFFLINE ? -1 : (int)got;
}

static bool line_pause(void *self, int ms)
{
	struct usb_printer *usb = self;
	if (taken_back(usb))
		return false;
	if (ms > 0)
		wait_on(usb, ms);
	return !taken_back(usb);
}

static int64_t line_now_ms(void *self)
{
	(void)self;
	return monotonic_ms();
}

static unsigned line_peek(void *self)
{
	struct usb_printer *usb = self;
	uint8_t status;
	size_t got;
	enum err e = settle(usb, usb_link_control(usb->link, FROM_INTERFACE, GET_PORT_STATUS, 0,
	                                          (uint16_t)usb_link_interface(usb->link), &status, 1,
	                                          shorter(usb, CONTROL_MS), &got));
	if (e == ERR_OFFLINE)
		return TROUBLE_OFFLINE | TROUBLE_SILENT;
	return !e && got == 1 ? dle_port_trouble(status) : 0; /* one that does not know the request says nothing by it */
}

static void line_tell(void *self, unsigned trouble)
{
	struct usb_printer *usb = self;
	pthread_mutex_lock(&usb->lock);
	usb->health = dle_health(trouble);
	if (usb->bytes && !is_over(usb->state))
		usb->state = trouble & TROUBLE_BLOCKING ? PRINT_HELD : PRINT_PRINTING;
	pthread_mutex_unlock(&usb->lock);
}

/* struct printer_run remembers, and lives as long as the printer does. */
static void line_note(void *self, bool mid_slip, size_t owed)
{
	(void)self;
	(void)mid_slip;
	(void)owed;
}

/* --- the worker ------------------------------------------------------------------------------- */

static void print_job(struct usb_printer *usb)
{
	enum run_end end = run_print(&usb->run, usb->bytes, usb->len);
	if (end == RUN_GIVEN_UP)
		fprintf(stderr, "printer: a slip was cut short %d times: given up\n", RUN_SENDS);
	pthread_mutex_lock(&usb->lock);
	usb->state = end == RUN_DONE ? PRINT_DONE : PRINT_FAILED;
	pthread_cond_broadcast(&usb->ended);
	pthread_mutex_unlock(&usb->lock);
}

/* Sets *stopping; true if there is a job. */
static bool has_job(struct usb_printer *usb, bool *stopping)
{
	pthread_mutex_lock(&usb->lock);
	bool job = usb->bytes && !is_over(usb->state);
	*stopping = usb->stopping;
	pthread_mutex_unlock(&usb->lock);
	return job;
}

static void idle(struct usb_printer *usb)
{
	bool stopping;
	unsigned trouble = run_idle(&usb->run);
	line_tell(usb, trouble);
	/* An interruption up to here may have gone by unseen; one that comes later ends the wait. */
	if (has_job(usb, &stopping) || stopping)
		return;
	wait_on(usb, trouble & TROUBLE_BLOCKING ? TROUBLED_MS : IDLE_MS);
}

static void *work(void *arg)
{
	struct usb_printer *usb = arg;
	for (;;) {
		bool stopping, job = has_job(usb, &stopping);
		if (stopping)
			return NULL;
		if (job)
			print_job(usb);
		else
			idle(usb);
	}
}

/* --- the carrier, all from printer.c's worker ------------------------------------------------- */

static enum err usb_start(void *self, const uint8_t *bytes, size_t len, int *ref)
{
	struct usb_printer *usb = self;
	enum err e = ERR_TIMEOUT; /* the one before could not be taken back yet */
	pthread_mutex_lock(&usb->lock);
	if (!usb->bytes) {
		usb->bytes = malloc(len);
		e = usb->bytes ? ERR_OK : ERR_NOMEM;
	}
	if (!e) {
		memcpy(usb->bytes, bytes, len);
		usb->len = len;
		usb->state = PRINT_PRINTING;
		usb->take_back = false;
		*ref = ++usb->ref;
	}
	pthread_mutex_unlock(&usb->lock);
	if (!e)
		usb_link_interrupt(usb->link);
	return e;
}

static enum err usb_poll(void *self, int ref, enum print_state *state, enum printer_health *health)
{
	struct usb_printer *usb = self;
	pthread_mutex_lock(&usb->lock);
	bool known = usb->bytes && usb->ref == ref;
	if (known) {
		*state = usb->state;
		*health = usb->health;
	}
	pthread_mutex_unlock(&usb->lock);
	return known ? ERR_OK : ERR_NOT_FOUND;
}

static enum err usb_sweep(void *self)
{
	struct usb_printer *usb = self;
	enum err e = ERR_OK;
	pthread_mutex_lock(&usb->lock);
	if (usb->bytes && !is_over(usb->state)) {
		usb->take_back = true;
		usb_link_interrupt(usb->link);
	}
	while (usb->bytes && !is_over(usb->state) && !e) {
		int64_t until_ms = monotonic_ms() + INTERRUPT_POLL_MS;
		struct timespec until = { .tv_sec = until_ms / 1000, .tv_nsec = (long)(until_ms % 1000) * 1000000 };
		pthread_cond_timedwait(&usb->ended, &usb->lock, &until);
		e = interrupt_due(usb->interrupt) ? ERR_TIMEOUT : ERR_OK;
	}
	if (usb->bytes && is_over(usb->state)) {
		sodium_memzero(usb->bytes, usb->len);
		free(usb->bytes);
		usb->bytes = NULL;
		e = ERR_OK;
	}
	pthread_mutex_unlock(&usb->lock);
	return e;
}

/* There is one job at a time. */
static enum err usb_drop(void *self, int ref)
{
	(void)ref;
	return usb_sweep(self);
}

static enum err usb_look(void *self, enum printer_health *health)
{
	struct usb_printer *usb = self;
	pthread_mutex_lock(&usb->lock);
	*health = usb->health;
	pthread_mutex_unlock(&usb->lock);
	return ERR_OK;
}

static void usb_destroy(void *self)
{
	struct usb_printer *usb = self;
	pthread_mutex_lock(&usb->lock);
	usb->stopping = true;
	pthread_mutex_unlock(&usb->lock);
	if (usb->has_worker) {
		usb_link_interrupt(usb->link);
		pthread_join(usb->worker, NULL);
	}
	usb_link_destroy(usb->link);
	if (usb->bytes)
		sodium_memzero(usb->bytes, usb->len);
	free(usb->bytes);
	pthread_cond_destroy(&usb->ended);
	pthread_mutex_destroy(&usb->lock);
	free(usb);
}

/* --- opening ---------------------------------------------------------------------------------- */

static bool read_hex(const char *text, uint16_t *value)
{
	unsigned number = 0;
	for (int i = 0; i < 4; i++) {
		if (!isxdigit((unsigned char)text[i]))
			return false;
		const char digit[] = { text[i], '\0' };
		number = number << 4 | (unsigned)strtoul(digit, NULL, 16);
	}
	*value = (uint16_t)number;
	return true;
}

static enum err read_target(const char *text, struct target *target, char problem[256])
{
	enum { ID_LEN = 9 };
	static const char AUTO[] = "auto", OPTION[] = "?status=port";
	*target = (struct target){ 0 };
	const char *rest = NULL;
	if (strncmp(text, AUTO, sizeof AUTO - 1) == 0)
		rest = text + sizeof AUTO - 1;
	else if (strnlen(text, ID_LEN) == ID_LEN && read_hex(text, &target->id.vendor) && text[4] == ':'
	         && read_hex(text + 5, &target->id.product))
		rest = text + ID_LEN;
	if (rest && strcmp(rest, OPTION) == 0)
		target->port_status = true;
	if (rest && (!*rest || target->port_status))
		return ERR_OK;
	snprintf(problem, 256,
	         "printer \"usb:\" wants usb:auto or usb:VVVV:PPPP, as lsusb lists them, with ?status=port after it for a printer "
	         "that does not answer DLE EOT");
	return ERR_INVALID;
}

static struct usb_wish wish_of(const struct target *target, const struct usb_id *id)
{
	return (struct usb_wish){ .ids = id,
		                  .id_count = target->id.vendor || target->id.product ? 1 : 0,
		                  .interface_class = USB_PRINTER_CLASS,
		                  .one_way_will_do = target->port_status };
}

static enum err begin(struct usb_printer *usb, const struct target *target)
{
	pthread_condattr_t monotonic;
	pthread_mutex_init(&usb->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&usb->ended, &monotonic);
	pthread_condattr_destroy(&monotonic);
	usb->line = (struct printer_line){
		.open = line_open,   .close = line_close,   .is_open = line_is_open, .send = line_send, .receive = line_receive,
		.pause = line_pause, .now_ms = line_now_ms, .peek = line_peek,       .tell = line_tell, .note = line_note,
		.tells_loss = true,  .mute = target->port_status, .self = usb,
	};
	run_begin(&usb->run, &usb->line, false, 0);
	struct usb_wish wish = wish_of(target, &usb->id);
	enum err e = usb_link_create(&wish, &usb->link);
	if (!e)
		usb->has_worker = pthread_create(&usb->worker, NULL, work, usb) == 0;
	return e ? e : usb->has_worker ? ERR_OK : ERR_NOMEM;
}

enum err printer_usb_open(const char *text, struct interrupt *interrupt, struct carrier *carrier, char problem[256])
{
	struct target target;
	enum err e = read_target(text, &target, problem);
	if (e)
		return e;
	struct usb_printer *usb = calloc(1, sizeof *usb);
	if (!usb)
		return ERR_NOMEM;
	usb->id = target.id;
	usb->interrupt = interrupt;
	usb->health = PRINTER_UNKNOWN;
	e = begin(usb, &target);
	if (e) {
		snprintf(problem, 256, "USB cannot be used here: %s", err_name(e));
		usb_destroy(usb);
		return e;
	}
	*carrier = (struct carrier){ .start = usb_start, .poll = usb_poll,       .drop = usb_drop, .look = usb_look,
		                     .sweep = usb_sweep, .destroy = usb_destroy, .self = usb,      .look_ms = SNAPSHOT_MS };
	return ERR_OK;
}

/* --- who it is --------------------------------------------------------------------------------- */

struct search {
	struct usb_id id;
	bool any, found;
	char text[PRINTER_DESCRIPTION_SIZE];
};

static void note_seen(void *ctx, const struct usb_seen *seen)
{
	struct search *search = ctx;
	bool fits = search->any ? seen->first_class == USB_PRINTER_CLASS
	                        : seen->id.vendor == search->id.vendor && seen->id.product == search->id.product;
	if (!fits || search->found)
		return;
	search->found = true;
	printer_id_join(seen->maker, seen->name, search->text);
	if (!search->text[0])
		snprintf(search->text, sizeof search->text, "%04x:%04x", seen->id.vendor, seen->id.product);
}

/* The class' own id is asked for first: many a printer's strings are its USB chip's. */
static enum err ask_id(struct usb_link *link, char text[PRINTER_DESCRIPTION_SIZE])
{
	uint8_t id[512];
	size_t got;
	enum err e = usb_link_control(link, FROM_INTERFACE, GET_DEVICE_ID, 0, (uint16_t)(usb_link_interface(link) << 8), id,
	                              sizeof id, CONTROL_MS, &got);
	return e ? e : printer_id_model(id, got, text);
}

enum err printer_usb_describe(const char *target, char text[PRINTER_DESCRIPTION_SIZE], char problem[256])
{
	struct target wanted;
	struct usb_link *link;
	enum err e = read_target(target, &wanted, problem);
	if (e)
		return e;
	struct usb_id id = wanted.id;
	struct usb_wish wish = wish_of(&wanted, &id);
	struct search search = { .id = id, .any = wish.id_count == 0 };
	e = usb_link_create(&wish, &link);
	if (e)
		return e;
	e = usb_link_await(link, 0);
	bool asked = !e && ask_id(link, text) == ERR_OK;
	usb_link_destroy(link);
	if (!asked && usb_list(note_seen, &search) == ERR_OK && search.found)
		memcpy(text, search.text, sizeof search.text);
	return e == ERR_NOT_FOUND ? ERR_OFFLINE : e;
}
