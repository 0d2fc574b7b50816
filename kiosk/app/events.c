#include "app/events.h"

#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/wake.h"

enum event_code { EVENT_JOB, EVENT_PRINTER, EVENT_VOICE, EVENT_WAKE, EVENT_SCAN, EVENT_CARD, EVENT_READER, EVENT_SCANNER,
                  EVENT_CODES };

struct scan { size_t len; char text[SCANNER_MAX_BYTES + 1]; };

/* From any thread. False: the queue is full, and `data` is still the caller's. */
static bool post(struct events *e, enum event_code code, void *data, intptr_t value)
{
	SDL_Event event;
	SDL_zero(event);
	event.type = e->first + (Uint32)code;
	event.user.data1 = data;
	event.user.data2 = (void *)value; /* NOLINT: a small number on its way */
	return SDL_PushEvent(&event) > 0;
}

void events_post_job(void *events, struct job *job)
{
	/* A finished job is never dropped: its result may be somebody's receipt. */
	while (!post(events, EVENT_JOB, job, 0))
		SDL_Delay(10);
}

void events_voice_changed(void *events)
{
	(void)post(events, EVENT_VOICE, NULL, 0);
}

static void printer_changed(void *events)
{
	(void)post(events, EVENT_PRINTER, NULL, 0);
}

static void card_read(void *events, const struct idcard *card)
{
	struct idcard *copy = malloc(sizeof *copy);
	if (!copy)
		return;
	*copy = *card;
	if (!post(events, EVENT_CARD, copy, 0)) {
		sodium_memzero(copy, sizeof *copy);
		free(copy);
	}
}

static void card_unread(void *events)
{
	(void)post(events, EVENT_CARD, NULL, 0);
}

static void reader_health(void *events, bool present)
{
	(void)post(events, EVENT_READER, NULL, present);
}

static void code_read(void *events, const char *text, size_t len)
{
	struct scan *copy = calloc(1, sizeof *copy);
	if (!copy || len > SCANNER_MAX_BYTES) {
		free(copy);
		return;
	}
	memcpy(copy->text, text, len);
	copy->len = len;
	if (!post(events, EVENT_SCAN, copy, 0)) {
		sodium_memzero(copy, sizeof *copy);
		free(copy);
	}
}

static void scanner_health(void *events, bool present)
{
	(void)post(events, EVENT_SCANNER, NULL, present);
}

static void *wait_for_wake(void *arg)
{
	struct events *e = arg;
	struct pollfd fds[2] = { { .fd = e->wake_fd, .events = POLLIN }, { .fd = e->stop_pipe[0], .events = POLLIN } };
	while (poll(fds, 2, -1) >= 0 && !fds[1].revents) {
		if (fds[0].revents && wake_drain(e->wake_fd) > 0)
			(void)post(e, EVENT_WAKE, NULL, 0);
	}
	return NULL;
}

enum err events_init(struct events *e, struct app *app)
{
	*e = (struct events){ .app = app, .wake_fd = -1, .stop_pipe = { -1, -1 } };
	e->first = SDL_RegisterEvents(EVENT_CODES);
	return e->first == (Uint32)-1 ? ERR_NOMEM : ERR_OK;
}

void events_open_devices(struct events *e)
{
	struct app *app = e->app;
	const struct settings *s = &app->settings;
	char problem[256] = "";
	(void)!chime_create(&app->chime); /* without it the kiosk is silent */
	if (printer_open(s->printer_device, printer_changed, e, &app->printer, problem) != ERR_OK)
		fprintf(stderr, "kiosk: printer: %s\n", problem);
	struct idcard_events card_events = { card_read, reader_health, card_unread, e };
	if (s->idcard_device[0] && idcard_open(s->idcard_device, &card_events, &app->idcard, problem) != ERR_OK)
		fprintf(stderr, "kiosk: idcard: %s\n", problem);
	struct scanner_events scan_events = { code_read, scanner_health, e };
	if (s->scanner_device[0] && scanner_open(s->scanner_device, &scan_events, &app->scanner, problem) != ERR_OK)
		fprintf(stderr, "kiosk: scanner: %s\n", problem);
	if (wake_listen(app->data_dir, WAKE_KIOSK, &e->wake_fd) == ERR_OK && pipe(e->stop_pipe) == 0)
		e->wake_running = pthread_create(&e->wake_thread, NULL, wait_for_wake, e) == 0;
	app_note_box(app);
}

void events_close(struct events *e)
{
	if (e->wake_running) {
		(void)!write(e->stop_pipe[1], "", 1);
		pthread_join(e->wake_thread, NULL);
	}
	for (int i = 0; i < 2; i++) {
		if (e->stop_pipe[i] >= 0)
			close(e->stop_pipe[i]);
	}
	if (e->wake_fd >= 0)
		close(e->wake_fd);
	/* Devices end before the queue is emptied: nothing is posted after that. */
	scanner_close(e->app->scanner);
	idcard_close(e->app->idcard);
	printer_close(e->app->printer);
	e->app->scanner = NULL;
	e->app->idcard = NULL;
	e->app->printer = NULL;
	SDL_Event event;
	while (SDL_PeepEvents(&event, 1, SDL_GETEVENT, e->first, e->first + EVENT_CODES - 1) > 0)
		(void)events_handle(e, &event);
}

bool events_handle(struct events *e, const SDL_Event *event)
{
	struct app *app = e->app;
	if (event->type < e->first || event->type >= e->first + EVENT_CODES)
		return false;
	app->dirty = true;
	switch ((enum event_code)(event->type - e->first)) {
	case EVENT_JOB: {
		struct job *job = event->user.data1;
		job->done(job, app);
		break;
	}
	case EVENT_PRINTER:
		app_check_orphan_print(app);
		app_note_box(app);
		break;
	case EVENT_SCAN: {
		struct scan *scan = event->user.data1;
		app_handle_scan(app, scan->text, scan->len);
		sodium_memzero(scan, sizeof *scan);
		free(scan);
		break;
	}
	case EVENT_CARD: {
		struct idcard *card = event->user.data1; /* NULL: one that cannot be read */
		app_handle_card(app, card);
		if (!card)
			break;
		sodium_memzero(card, sizeof *card);
		free(card);
		break;
	}
	case EVENT_READER:
		app->idcard_present = event->user.data2 != NULL;
		app->idcard_told = true;
		app_note_box(app);
		break;
	case EVENT_SCANNER:
		app->scanner_present = event->user.data2 != NULL;
		app->scanner_told = true;
		app_note_box(app);
		break;
	case EVENT_VOICE:
	case EVENT_WAKE: /* store_version tells what changed */
	case EVENT_CODES:
		break;
	}
	return true;
}
