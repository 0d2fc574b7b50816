/* The card reader's worker:
 *
 *             opened, answered             found             selected            read
 *   (absent) ─────────────────► EMPTY ──────────► SELECT ──────────────► READ ─────────► TOLD
 *       ▲  three silences or gone │ ▲  any failure: twice more at once,    │              │
 *       │                         │ │  then looked for again               │              │
 *       └─────────────────────────┘ └──────────────────────────────────────┘              │
 *                                  └──── no card for REMOVED_MS ─────────────────────────┘
 * Many readers say "no card" for a card that lies there already read, so TOLD ends by the clock. One that is found
 * again after a miss is read again: the same card is not told twice, another one that came in its place is. */
#include "devices/idcard.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "devices/reader_link.h"
#include "devices/samv.h"

enum {
	SEARCH_MS = 100, /* between two finds: half of it is lost on average; ten a second are nothing to either side */
	ANSWER_MS = 800,
	READ_MS = 3000, /* the card's chip takes about one second */
	GAP_MS = 150,   /* within a frame, that long nothing: the rest does not come */
	REMOVED_MS = 600,
	UNREAD_ROUNDS = 3,  /* of trying a card that lies there, before it is told as one that cannot be read */
	AGAIN = 2,          /* what failed is tried so often again at once */
	RESET_SILENCES = 2, /* unanswered requests before the reader is reset */
	MAX_SILENCES = 3,   /* and before it counts as gone */
	RESET_MS = 100,
	LATE_MS = 5, /* what is left of a failed exchange comes within this */
	BACKOFF_MIN_MS = 250,
	BACKOFF_MAX_MS = 5000,
	MARK_BYTES = 32,
};

struct idcard_reader {
	pthread_t worker;
	struct reader_link link;
	struct idcard_events events;
	pthread_mutex_t lock; /* for the next two */
	enum err state;
	char module[IDCARD_MODULE_SIZE];
	/* the worker's own */
	bool present, told_health;
	bool answered; /* since it was opened */
	bool unsettled; /* the last exchange went wrong: something of it may still come */
	int silences;
	bool told_card, missed; /* missed: not found, or not to be asked, since it was last seen */
	bool complained; /* the card that lies there was told as unreadable */
	int failures;    /* rounds in which it was not read */
	int64_t last_seen_ms; /* when a find last found the card */
	uint8_t mark[MARK_BYTES], mark_key[crypto_generichash_KEYBYTES]; /* of the told card's number, which is not kept */
	struct samv_parser parser;
};

/* How an exchange with the reader ended. */
enum exchange { ANSWERED, SPOILT, SILENT, STOPPED, GONE };
/* What came of reading a card. */
enum reading { READ_TOLD, READ_FAILED, READ_NONSENSE, READ_UNKNOWN };

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void set_state(struct idcard_reader *reader, enum err state)
{
	pthread_mutex_lock(&reader->lock);
	bool news = reader->state != state;
	reader->state = state;
	pthread_mutex_unlock(&reader->lock);
	if (!news)
		return;
	if (state == ERR_DENIED)
		fprintf(stderr, "card reader: it may not be opened: is the udev rule installed?\n");
	else if (state == ERR_BUSY)
		fprintf(stderr, "card reader: another program has it open\n");
	else if (state == ERR_UNSUPPORTED)
		fprintf(stderr, "card reader: the USB device has no interface like a card reader's\n");
}

static void tell_health(struct idcard_reader *reader, bool present)
{
	if (reader->told_health && reader->present == present)
		return;
	reader->present = present;
	reader->told_health = true;
	reader->events.health(reader->events.ctx, present);
}

static void tell_answered(struct idcard_reader *reader)
{
	set_state(reader, ERR_OK);
	tell_health(reader, true);
}

/* --- one exchange ---------------------------------------------------------------------------- */

static enum exchange exchange_of(enum err e)
{
	switch (e) {
	case ERR_OK:
		return ANSWERED;
	case ERR_STATE:
		return STOPPED;
	case ERR_OFFLINE:
		return GONE;
	case ERR_TIMEOUT:
		return SILENT;
	default:
		return SPOILT;
	}
}

/* The line is quiet: a frame that has begun was cut off, or never was one and hides one. */
static enum exchange look_into_the_rest(struct idcard_reader *reader, bool spoilt, struct samv_reply *reply)
{
	while (samv_give_up(&reader->parser)) {
		spoilt = true;
		enum samv_found found;
		while ((found = samv_take(&reader->parser, reply)) != SAMV_NOTHING) {
			if (found == SAMV_FRAME)
				return ANSWERED;
		}
	}
	return spoilt ? SPOILT : SILENT;
}

static enum exchange await_reply(struct idcard_reader *reader, int limit_ms, struct samv_reply *reply)
{
	struct reader_link *link = &reader->link;
	int64_t until = now_ms() + limit_ms;
	bool spoilt = false;
	for (;;) {
		enum samv_found found;
		while ((found = samv_take(&reader->parser, reply)) == SAMV_BAD_SUM)
			spoilt = true;
		if (found == SAMV_FRAME)
			return ANSWERED;
		int64_t left = until - now_ms();
		if (left <= 0)
			return look_into_the_rest(reader, spoilt, reply);
		if (left > GAP_MS && (spoilt || samv_is_halfway(&reader->parser)))
			left = GAP_MS;
		uint8_t bytes[512];
		size_t got = 0;
		enum err e = link->receive(link->self, bytes, sizeof bytes, (int)left, &got);
		samv_feed(&reader->parser, bytes, got);
		sodium_memzero(bytes, sizeof bytes);
		if (e == ERR_TIMEOUT)
			return look_into_the_rest(reader, spoilt, reply);
		if (e)
			return exchange_of(e);
	}
}

static enum exchange ask_once(struct idcard_reader *reader, enum samv_command command, int limit_ms,
                              struct samv_reply *reply)
{
	struct reader_link *link = &reader->link;
	uint8_t request[SAMV_REQUEST_BYTES];
	samv_wipe(&reader->parser);
	link->drain(link->self, reader->unsettled ? LATE_MS : 0);
	samv_request(command, request);
	enum exchange how = exchange_of(link->send(link->self, request, sizeof request));
	if (how == ANSWERED)
		how = await_reply(reader, limit_ms, reply);
	if (how == ANSWERED && !samv_answers(command, reply))
		how = SPOILT;
	reader->unsettled = how != ANSWERED;
	return how;
}

/* Spoilt answers are asked for again at once; silence is counted, and in the end answered with a reset. */
static enum exchange ask(struct idcard_reader *reader, enum samv_command command, int limit_ms,
                         struct samv_reply *reply)
{
	struct reader_link *link = &reader->link;
	enum exchange how = SPOILT;
	for (int turn = 0; how == SPOILT && turn <= AGAIN; turn++)
		how = ask_once(reader, command, limit_ms, reply);
	if (how == ANSWERED) {
		reader->silences = 0;
		reader->answered = true;
		if (command != SAMV_MODULE) /* which is told of when it is kept */
			tell_answered(reader);
	} else if (how == SILENT || how == SPOILT) {
		reader->silences++;
	}
	if (reader->silences == RESET_SILENCES && (how == SILENT || how == SPOILT)) {
		uint8_t request[SAMV_REQUEST_BYTES];
		samv_request(SAMV_RESET, request);
		enum err e = link->send(link->self, request, sizeof request);
		if (!e)
			e = link->pause(link->self, RESET_MS);
		if (e == ERR_STATE || e == ERR_OFFLINE)
			return exchange_of(e);
	}
	return how;
}

/* Not every reader tells; an answer of any kind shows that there is one. */
static enum exchange ask_module(struct idcard_reader *reader)
{
	struct samv_reply reply;
	char module[IDCARD_MODULE_SIZE] = "";
	enum exchange how = ask(reader, SAMV_MODULE, ANSWER_MS, &reply);
	if (how != ANSWERED)
		return how;
	if (reply.status == SAMV_DONE && samv_module(reply.data, reply.data_len, module) == ERR_OK) {
		pthread_mutex_lock(&reader->lock);
		memcpy(reader->module, module, sizeof module);
		pthread_mutex_unlock(&reader->lock);
	}
	tell_answered(reader);
	return how;
}

/* --- the card -------------------------------------------------------------------------------- */

static void forget_card(struct idcard_reader *reader)
{
	reader->told_card = reader->missed = false;
	sodium_memzero(reader->mark, sizeof reader->mark);
}

static void hold_card(struct idcard_reader *reader)
{
	reader->told_card = true;
	reader->missed = false;
	reader->last_seen_ms = now_ms();
}

static enum reading tell_card(struct idcard_reader *reader, const struct samv_reply *reply)
{
	struct idcard card;
	uint8_t mark[MARK_BYTES];
	enum err e = samv_card(reply->data, reply->data_len, &card);
	samv_wipe(&reader->parser);
	if (e)
		return e == ERR_UNSUPPORTED ? READ_UNKNOWN : READ_NONSENSE;
	crypto_generichash(mark, sizeof mark, (const uint8_t *)card.number, strlen(card.number), reader->mark_key,
	                   sizeof reader->mark_key);
	bool same = reader->told_card && sodium_memcmp(mark, reader->mark, sizeof mark) == 0;
	memcpy(reader->mark, mark, sizeof mark);
	hold_card(reader);
	if (!same)
		reader->events.card(reader->events.ctx, &card);
	sodium_memzero(&card, sizeof card);
	return READ_TOLD;
}

static enum exchange read_card(struct idcard_reader *reader, enum reading *reading)
{
	struct samv_reply reply;
	*reading = READ_FAILED;
	enum exchange how = ask(reader, SAMV_SELECT, ANSWER_MS, &reply);
	if (how != ANSWERED || reply.status != SAMV_DONE)
		return how;
	how = ask(reader, SAMV_READ, READ_MS, &reply);
	if (how == ANSWERED && reply.status == SAMV_DONE)
		*reading = tell_card(reader, &reply);
	return how;
}

static void on_no_card(struct idcard_reader *reader)
{
	reader->missed = true;
	reader->complained = false;
	reader->failures = 0;
	if (reader->told_card && now_ms() - reader->last_seen_ms >= REMOVED_MS)
		forget_card(reader);
}

/* Whoever waits for something to happen hears that it will not. */
static void tell_unread(struct idcard_reader *reader)
{
	if (reader->events.unread && !reader->complained)
		reader->events.unread(reader->events.ctx);
	reader->complained = true;
}

/* A card that says nothing one could understand is left alone until it is taken away. */
static void leave_alone(struct idcard_reader *reader, enum reading reading)
{
	if (!reader->complained)
		fprintf(stderr, "card reader: a card could not be understood: %s\n",
		        reading == READ_UNKNOWN ? "of an unknown kind" : "what it says is not right");
	tell_unread(reader);
	sodium_memzero(reader->mark, sizeof reader->mark);
	hold_card(reader);
}

/* One round: is there a card, and is it a new one? */
static enum exchange look_for_card(struct idcard_reader *reader)
{
	enum reading reading = READ_FAILED;
	for (int turn = 0; turn <= AGAIN; turn++) {
		struct samv_reply reply;
		enum exchange how = ask(reader, SAMV_FIND, ANSWER_MS, &reply);
		if (how != ANSWERED) {
			reader->missed = true; /* whatever lies there next may be another one */
			return how;
		}
		if (reply.status != SAMV_FOUND) {
			on_no_card(reader);
			return how;
		}
		if (reader->told_card && !reader->missed) {
			reader->last_seen_ms = now_ms();
			return how;
		}
		how = read_card(reader, &reading);
		if (reading == READ_TOLD)
			reader->failures = 0;
		if (how != ANSWERED || reading == READ_TOLD)
			return how;
		if (reading == READ_UNKNOWN)
			break;
	}
	if (reading != READ_FAILED)
		leave_alone(reader, reading);
	else if (++reader->failures == UNREAD_ROUNDS)
		tell_unread(reader);
	return ANSWERED;
}

/* --- the whole ------------------------------------------------------------------------------- */

/* Until the reader is gone or senseless (true) or all shall end. */
static bool serve(struct idcard_reader *reader)
{
	struct reader_link *link = &reader->link;
	reader->silences = 0;
	reader->answered = false;
	reader->unsettled = true;
	enum exchange how = ask_module(reader);
	for (;;) {
		samv_wipe(&reader->parser);
		if (how == STOPPED)
			return false;
		if (how == GONE || reader->silences >= MAX_SILENCES)
			return true;
		how = exchange_of(link->pause(link->self, SEARCH_MS));
		if (how == ANSWERED)
			how = look_for_card(reader);
	}
}

static void on_gone(struct idcard_reader *reader, enum err state)
{
	pthread_mutex_lock(&reader->lock);
	reader->module[0] = '\0';
	pthread_mutex_unlock(&reader->lock);
	set_state(reader, state);
	forget_card(reader);
	tell_health(reader, false);
}

static void *work(void *arg)
{
	enum { LOOK_MS = 1000 }; /* for a reader that cannot be opened, between two words about why */
	struct idcard_reader *reader = arg;
	struct reader_link *link = &reader->link;
	int backoff_ms = 0, look_ms = 0;
	for (;;) {
		enum err e = link->open(link->self, look_ms);
		look_ms = LOOK_MS;
		if (e == ERR_STATE)
			return NULL;
		if (e) {
			on_gone(reader, e);
			continue;
		}
		bool go_on = serve(reader);
		bool senseless = reader->silences >= MAX_SILENCES;
		link->close(link->self, senseless);
		if (!go_on)
			return NULL;
		on_gone(reader, senseless ? ERR_TIMEOUT : ERR_NOT_FOUND);
		int doubled = backoff_ms && !reader->answered ? backoff_ms * 2 : BACKOFF_MIN_MS;
		backoff_ms = doubled < BACKOFF_MAX_MS ? doubled : BACKOFF_MAX_MS;
		if (senseless && link->pause(link->self, backoff_ms) == ERR_STATE)
			return NULL;
	}
}

static enum err open_link(const char *uri, struct reader_link *link, char problem[256])
{
	problem[0] = '\0';
	if (strncmp(uri, "serial:", 7) == 0)
		return reader_serial(uri, link, problem);
	if (strncmp(uri, "usb:", 4) == 0)
		return reader_usb(uri, link, problem);
	snprintf(problem, 256,
	         "unknown card reader \"%.80s\": known are usb:auto, usb:0400:c35a and serial:/dev/ttyUSB0, also with "
	         "?baud=115200",
	         uri);
	return ERR_UNSUPPORTED;
}

enum err idcard_open(const char *uri, const struct idcard_events *events, struct idcard_reader **out,
                     char problem[256])
{
	struct reader_link link;
	enum err e = open_link(uri, &link, problem);
	if (e)
		return e;
	struct idcard_reader *reader = calloc(1, sizeof *reader);
	if (!reader) {
		link.destroy(link.self);
		return ERR_NOMEM;
	}
	reader->link = link;
	reader->events = *events;
	reader->state = ERR_NOT_FOUND;
	randombytes_buf(reader->mark_key, sizeof reader->mark_key);
	pthread_mutex_init(&reader->lock, NULL);
	if (pthread_create(&reader->worker, NULL, work, reader) != 0) {
		snprintf(problem, 256, "the card reader's thread could not be started");
		link.destroy(link.self);
		pthread_mutex_destroy(&reader->lock);
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
	reader->link.interrupt(reader->link.self);
	pthread_join(reader->worker, NULL);
	reader->link.destroy(reader->link.self);
	pthread_mutex_destroy(&reader->lock);
	sodium_memzero(reader, sizeof *reader);
	free(reader);
}

enum err idcard_state(struct idcard_reader *reader)
{
	pthread_mutex_lock(&reader->lock);
	enum err state = reader->state;
	pthread_mutex_unlock(&reader->lock);
	return state;
}

bool idcard_module(struct idcard_reader *reader, char out[IDCARD_MODULE_SIZE])
{
	pthread_mutex_lock(&reader->lock);
	memcpy(out, reader->module, IDCARD_MODULE_SIZE);
	pthread_mutex_unlock(&reader->lock);
	return out[0] != '\0';
}
