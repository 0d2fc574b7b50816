/* The card reader's worker:
 *
 *             opened, answered             found             selected            read
 *   (absent) ─────────────────► EMPTY ──────────► SELECT ──────────────► READ ─────────► TOLD
 *       ▲  three silences or gone │ ▲  any failure: looked for again      │              │
 *       └─────────────────────────┘ └─────────────────────────────────────┘              │
 *                                  └──── no card for REMOVED_MS ─────────────────────────┘
 * Many readers say "no card" for a card that lies there already read, so TOLD ends by the clock, and a card
 * that is found again without a pause is the same card. */
#include "devices/idcard.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "devices/samv.h"
#include "devices/serial.h"

enum {
	DEFAULT_BAUD = 115200,
	SEARCH_MS = 250, /* between two finds */
	ANSWER_MS = 800,
	READ_MS = 3000, /* the card's chip takes about one second */
	REMOVED_MS = 600,
	MAX_SILENCES = 3, /* unanswered requests before the reader counts as gone */
};

struct idcard_reader {
	pthread_t worker;
	int stop_fd;
	struct serial_uri uri;
	struct idcard_events events;
	/* the worker's own */
	int fd;
	bool present, told_health;
	bool told_card, complained;
	int64_t last_seen_ms; /* when a find last found the card */
	int silences;
	struct samv_parser parser;
};

/* How an exchange with the reader ended. */
enum exchange { ANSWERED, SILENT, STOPPED, GONE };

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void tell_health(struct idcard_reader *reader, bool present)
{
	if (reader->told_health && reader->present == present)
		return;
	reader->present = present;
	reader->told_health = true;
	reader->events.health(reader->events.ctx, present);
}

static size_t read_line(struct idcard_reader *reader)
{
	uint8_t bytes[512];
	size_t len = serial_read(reader->fd, bytes, sizeof bytes);
	samv_feed(&reader->parser, bytes, len);
	sodium_memzero(bytes, sizeof bytes);
	return len;
}

static enum exchange await_reply(struct idcard_reader *reader, int limit_ms, struct samv_reply *reply)
{
	int64_t until = now_ms() + limit_ms;
	for (;;) {
		switch (samv_take(&reader->parser, reply)) {
		case SAMV_FRAME:
			return ANSWERED;
		case SAMV_BAD_SUM:
			continue;
		case SAMV_NOTHING:
			break;
		}
		int64_t left = until - now_ms();
		if (left <= 0)
			return SILENT;
		switch (serial_wait(reader->fd, reader->stop_fd, (int)left)) {
		case SERIAL_READY:
			if (!read_line(reader))
				return GONE;
			break;
		case SERIAL_QUIET:
			return SILENT;
		case SERIAL_STOP:
			return STOPPED;
		case SERIAL_GONE:
			return GONE;
		}
	}
}

/* What is left over from before must not pass for the answer. */
static enum exchange ask(struct idcard_reader *reader, enum samv_command command, int limit_ms,
                         struct samv_reply *reply)
{
	uint8_t request[SAMV_REQUEST_BYTES];
	samv_wipe(&reader->parser);
	serial_drain(reader->fd);
	samv_request(command, request);
	enum err e = serial_write(reader->fd, reader->stop_fd, request, sizeof request);
	if (e == ERR_IO)
		return GONE;
	enum exchange how = e ? SILENT : await_reply(reader, limit_ms, reply);
	if (how == ANSWERED) {
		reader->silences = 0;
		tell_health(reader, true);
	} else if (how == SILENT) {
		reader->silences++;
	}
	return how;
}

static void tell_card(struct idcard_reader *reader, const struct samv_reply *reply)
{
	struct idcard card;
	enum err e = samv_card(reply->data, reply->data_len, &card);
	samv_wipe(&reader->parser);
	if (e) {
		if (!reader->complained)
			fprintf(stderr, "card reader: a card could not be understood: %s\n", err_name(e));
		reader->complained = true;
		return;
	}
	reader->told_card = true;
	reader->last_seen_ms = now_ms();
	reader->events.card(reader->events.ctx, &card);
	sodium_memzero(&card, sizeof card);
}

/* One round: is there a card, and is it a new one? */
static enum exchange look_for_card(struct idcard_reader *reader)
{
	struct samv_reply reply;
	enum exchange how = ask(reader, SAMV_FIND, ANSWER_MS, &reply);
	if (how != ANSWERED)
		return how;
	int64_t now = now_ms();
	if (reply.status != SAMV_FOUND) {
		reader->complained = false;
		if (reader->told_card && now - reader->last_seen_ms >= REMOVED_MS)
			reader->told_card = false;
		return how;
	}
	if (reader->told_card) {
		reader->last_seen_ms = now;
		return how;
	}
	how = ask(reader, SAMV_SELECT, ANSWER_MS, &reply);
	if (how != ANSWERED || reply.status != SAMV_DONE)
		return how;
	how = ask(reader, SAMV_READ, READ_MS, &reply);
	if (how == ANSWERED && reply.status == SAMV_DONE)
		tell_card(reader, &reply);
	return how;
}

/* Until the reader is gone (true) or all shall end. */
static bool serve(struct idcard_reader *reader)
{
	enum exchange how;
	reader->silences = 0;
	for (;;) {
		how = look_for_card(reader);
		samv_wipe(&reader->parser);
		if (how == STOPPED)
			return false;
		if (how == GONE || reader->silences >= MAX_SILENCES)
			return true;
		if (serial_wait(-1, reader->stop_fd, SEARCH_MS) == SERIAL_STOP)
			return false;
	}
}

static void *work(void *arg)
{
	struct idcard_reader *reader = arg;
	int backoff_ms = 0;
	bool go_on = true;
	while (go_on) {
		if (serial_open(&reader->uri, &reader->fd) == ERR_OK) {
			go_on = serve(reader);
			close(reader->fd);
			if (reader->present)
				backoff_ms = 0;
		}
		if (go_on) {
			tell_health(reader, false);
			backoff_ms = serial_next_backoff_ms(backoff_ms);
			go_on = serial_wait(-1, reader->stop_fd, backoff_ms) != SERIAL_STOP;
		}
	}
	return NULL;
}

enum err idcard_open(const char *uri, const struct idcard_events *events, struct idcard_reader **out,
                     char problem[256])
{
	struct serial_uri parsed;
	enum err e = serial_parse(uri, "card reader", DEFAULT_BAUD, &parsed, problem);
	if (e)
		return e;
	struct idcard_reader *reader = calloc(1, sizeof *reader);
	if (!reader)
		return ERR_NOMEM;
	reader->uri = parsed;
	reader->events = *events;
	reader->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (reader->stop_fd < 0 || pthread_create(&reader->worker, NULL, work, reader) != 0) {
		snprintf(problem, 256, "the card reader's thread could not be started");
		if (reader->stop_fd >= 0)
			close(reader->stop_fd);
		free(reader);
		return ERR_NOMEM;
	}
	*out = reader;
	return ERR_OK;
}

void idcard_close(struct idcard_reader *reader)
{
	if (!reader)
		return;
	uint64_t one = 1;
	if (write(reader->stop_fd, &one, sizeof one) == (ssize_t)sizeof one)
		pthread_join(reader->worker, NULL);
	close(reader->stop_fd);
	sodium_memzero(reader, sizeof *reader);
	free(reader);
}
