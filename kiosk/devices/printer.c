#include "devices/printer.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "devices/printer_carrier.h"

enum {
	MAX_OPEN = 8, /* jobs not yet done or failed */
	MAX_BYTES = 4 * 1024 * 1024,
	REMEMBERED = 64,             /* last jobs whose end can still be asked for */
	MAX_AGE_MS = 10 * 60 * 1000, /* the voter is long gone: it must not come out for the next one */
	POLL_FAST_MS = 50,           /* while a slip should be coming out */
	POLL_FAST_FOR_MS = 3000,
	POLL_SLOW_MS = 300,
	LOOK_MS = 10000, /* health while idle */
	RETRY_MIN_MS = 200,
	RETRY_MAX_MS = 5000,
	DROP_TRIES = 5,
	CLOSE_MS = 1500 /* what closing may spend on cancelling */
};

struct job {
	int id;
	enum print_state state;
	uint8_t *bytes; /* owned; NULL once handed over */
	size_t len;
	int ref;
	bool handed_over, cancel;
	bool ended; /* state is final, the spool has yet to be cleaned */
	int drop_tries;
	int64_t submitted_ms, started_ms;
};

struct end {
	int id;
	enum print_state state;
};

struct printer {
	pthread_t worker;
	bool has_worker;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	/* under the lock */
	bool stopping, nudged;
	enum printer_health health;
	struct job jobs[MAX_OPEN];
	int job_count;
	struct end ends[REMEMBERED];
	int next_id;
	/* the worker's own */
	struct carrier carrier;
	struct interrupt interrupt;
	int64_t retry_ms, look_at_ms, act_at_ms;
	bool swept;
	/* constant */
	void (*changed)(void *ctx);
	void *ctx;
};

int64_t monotonic_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool interrupt_due(const struct interrupt *interrupt)
{
	return __atomic_load_n(&interrupt->stop, __ATOMIC_ACQUIRE)
	       || monotonic_ms() >= interrupt->deadline_ms;
}

static void wipe(struct job *job)
{
	if (job->bytes)
		sodium_memzero(job->bytes, job->len);
	free(job->bytes);
	job->bytes = NULL;
}

/* The following are called with the lock held. */

static void remember(struct printer *p, int id, enum print_state state)
{
	p->ends[id % REMEMBERED] = (struct end){ id, state };
}

static void forget_first(struct printer *p)
{
	wipe(&p->jobs[0]);
	p->job_count--;
	memmove(p->jobs, p->jobs + 1, (size_t)p->job_count * sizeof *p->jobs);
}

static bool set_state(struct printer *p, struct job *job, enum print_state state)
{
	bool differs = job->state != state;
	job->state = state;
	if (state == PRINT_DONE || state == PRINT_FAILED) {
		job->ended = true;
		remember(p, job->id, state);
	}
	return differs;
}

static bool set_health(struct printer *p, enum printer_health health)
{
	bool differs = p->health != health;
	p->health = health;
	return differs;
}

/* Jobs that never left the memory need no carrier to be taken back. */
static bool fail_waiting(struct printer *p, int64_t now)
{
	bool any = false;
	for (int i = p->job_count - 1; i >= 0; i--) {
		struct job *job = &p->jobs[i];
		bool stale = now - job->submitted_ms >= MAX_AGE_MS;
		if (job->handed_over || job->ended || !(job->cancel || stale))
			continue;
		set_state(p, job, PRINT_FAILED);
		any = true;
		wipe(job);
		p->job_count--;
		memmove(job, job + 1, (size_t)(p->job_count - i) * sizeof *job);
	}
	return any;
}

static void wait_until(struct printer *p, int64_t at_ms)
{
	struct timespec until = { .tv_sec = at_ms / 1000, .tv_nsec = (long)(at_ms % 1000) * 1000000 };
	while (!p->stopping && !p->nudged && monotonic_ms() < at_ms)
		pthread_cond_timedwait(&p->wake, &p->lock, &until);
	p->nudged = false;
}

/* The worker's steps: each is entered and left with the lock held, and lets go of it around the carrier. Only
 * the worker removes jobs, so that jobs[0] stays what it was meanwhile. */

static void back_off(struct printer *p)
{
	p->retry_ms = p->retry_ms ? p->retry_ms * 2 : RETRY_MIN_MS;
	if (p->retry_ms > RETRY_MAX_MS)
		p->retry_ms = RETRY_MAX_MS;
	p->act_at_ms = monotonic_ms() + p->retry_ms;
}

static void unlock_for(struct printer *p, int limit_ms)
{
	p->interrupt.deadline_ms = monotonic_ms() + limit_ms;
	pthread_mutex_unlock(&p->lock);
}

static bool step_start(struct printer *p)
{
	struct job *job = &p->jobs[0];
	unlock_for(p, 8000);
	int ref = 0;
	enum err e = p->swept ? ERR_OK : p->carrier.sweep(p->carrier.self);
	p->swept = !e;
	if (!e)
		e = p->carrier.start(p->carrier.self, job->bytes, job->len, &ref);
	pthread_mutex_lock(&p->lock);
	if (e == ERR_OFFLINE || e == ERR_TIMEOUT) {
		p->swept = false; /* an empty job may stand there whose number did not come back */
		back_off(p);
		return set_health(p, PRINTER_OFFLINE);
	}
	p->retry_ms = 0;
	p->act_at_ms = 0;
	wipe(job);
	if (e) {
		fprintf(stderr, "printer: job %d failed: %s\n", job->id, err_name(e));
		set_health(p, PRINTER_ERROR);
		set_state(p, job, PRINT_FAILED);
		forget_first(p);
		return true;
	}
	job->handed_over = true;
	job->ref = ref;
	job->started_ms = monotonic_ms();
	return set_state(p, job, PRINT_PRINTING);
}

static bool step_follow(struct printer *p)
{
	struct job *job = &p->jobs[0];
	enum print_state state = job->state;
	enum printer_health health = p->health;
	unlock_for(p, 3000);
	enum err e = p->carrier.poll(p->carrier.self, job->ref, &state, &health);
	pthread_mutex_lock(&p->lock);
	int64_t now = monotonic_ms();
	bool fast = now - job->started_ms < POLL_FAST_FOR_MS
	            || (job->state == PRINT_HELD && state == PRINT_PRINTING);
	p->act_at_ms = now + (fast ? POLL_FAST_MS : POLL_SLOW_MS);
	if (e == ERR_OFFLINE || e == ERR_TIMEOUT) {
		state = PRINT_HELD;
		health = PRINTER_OFFLINE;
	} else if (e) {
		fprintf(stderr, "printer: job %d lost: %s\n", job->id, err_name(e));
		state = PRINT_FAILED;
	}
	if (now - job->submitted_ms >= MAX_AGE_MS && state != PRINT_DONE)
		job->cancel = true;
	if (state == PRINT_DONE || state == PRINT_FAILED)
		p->act_at_ms = now;
	bool any = set_health(p, health);
	return set_state(p, job, state) || any;
}

/* Also after a good end: the spool must keep nothing of it. */
static bool step_drop(struct printer *p)
{
	struct job *job = &p->jobs[0];
	unlock_for(p, 3000);
	enum err e = p->carrier.drop(p->carrier.self, job->ref);
	pthread_mutex_lock(&p->lock);
	if (e && ++job->drop_tries < DROP_TRIES) {
		back_off(p);
		return false;
	}
	if (e) {
		fprintf(stderr, "printer: job %d could not be cleared from the spool: %s\n", job->id,
		        err_name(e));
		p->swept = false; /* the next job clears it first */
	}
	p->retry_ms = 0;
	p->act_at_ms = 0;
	p->look_at_ms = 0;
	bool any = !job->ended && set_state(p, job, PRINT_FAILED);
	forget_first(p);
	return any;
}

static bool step_look(struct printer *p)
{
	enum printer_health health = PRINTER_OFFLINE;
	unlock_for(p, 3000);
	enum err e = p->swept ? ERR_OK : p->carrier.sweep(p->carrier.self);
	p->swept = !e;
	if (!e)
		e = p->carrier.look(p->carrier.self, &health);
	pthread_mutex_lock(&p->lock);
	int look_ms = p->carrier.look_ms ? p->carrier.look_ms : LOOK_MS;
	p->look_at_ms = monotonic_ms() + (e == ERR_OFFLINE || e == ERR_TIMEOUT ? look_ms / 5 : look_ms);
	if (e)
		health = e == ERR_OFFLINE || e == ERR_TIMEOUT ? PRINTER_OFFLINE : PRINTER_ERROR;
	return set_health(p, health);
}

static bool step(struct printer *p)
{
	int64_t now = monotonic_ms();
	bool any = fail_waiting(p, now);
	struct job *job = p->job_count ? &p->jobs[0] : NULL;
	bool take_back = job && job->handed_over && job->cancel && !job->ended;
	if (job && (now >= p->act_at_ms || (take_back && !job->drop_tries))) {
		if (job->ended || take_back)
			return step_drop(p) || any;
		return (job->handed_over ? step_follow(p) : step_start(p)) || any;
	}
	if (!job && now >= p->look_at_ms)
		return step_look(p) || any;
	if (!any)
		wait_until(p, job ? p->act_at_ms : p->look_at_ms);
	return any;
}

static void last_rites(struct printer *p)
{
	__atomic_store_n(&p->interrupt.stop, 0, __ATOMIC_RELEASE);
	p->interrupt.deadline_ms = monotonic_ms() + CLOSE_MS;
	bool spooled = false;
	for (int i = 0; i < p->job_count; i++)
		spooled = spooled || p->jobs[i].handed_over;
	/* A job whose number was still on its way back is found by sweeping. */
	if ((spooled || p->job_count || !p->swept) && p->carrier.sweep(p->carrier.self))
		fprintf(stderr, "printer: the spool could not be cleared at closing\n");
	while (p->job_count)
		forget_first(p);
}

static void *work(void *arg)
{
	struct printer *p = arg;
	pthread_mutex_lock(&p->lock);
	while (!p->stopping) {
		if (step(p)) {
			pthread_mutex_unlock(&p->lock);
			p->changed(p->ctx);
			pthread_mutex_lock(&p->lock);
		}
	}
	last_rites(p);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static enum err unknown(const char *uri, char problem[256])
{
	snprintf(problem, 256,
	         "unknown printer \"%.80s\": known are cups:QUEUE, usb:VVVV:PPPP, usb:auto, file:PATH, or nothing for no printer",
	         uri);
	return ERR_UNSUPPORTED;
}

static enum err open_carrier(struct printer *p, const char *uri, char problem[256])
{
	if (strncmp(uri, "cups:", 5) == 0)
		return printer_cups_open(uri + 5, &p->interrupt, &p->carrier, problem);
	if (strncmp(uri, "usb:", 4) == 0)
		return printer_usb_open(uri + 4, &p->interrupt, &p->carrier, problem);
	if (strncmp(uri, "file:", 5) == 0)
		return printer_file_open(uri + 5, &p->carrier, problem);
	return unknown(uri, problem);
}

static void nothing_changed(void *ctx)
{
	(void)ctx;
}

static enum err start_worker(struct printer *p, char problem[256])
{
	if (pthread_create(&p->worker, NULL, work, p) == 0) {
		p->has_worker = true;
		return ERR_OK;
	}
	snprintf(problem, 256, "the printer's thread could not be started");
	return ERR_NOMEM;
}

enum err printer_open(const char *uri, void (*changed)(void *ctx), void *ctx, struct printer **printer,
                      char problem[256])
{
	problem[0] = '\0';
	struct printer *p = calloc(1, sizeof *p);
	if (!p)
		return ERR_NOMEM;
	p->changed = changed ? changed : nothing_changed;
	p->ctx = ctx;
	p->next_id = 1;
	p->health = *uri ? PRINTER_UNKNOWN : PRINTER_NONE;
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&p->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	enum err e = *uri ? open_carrier(p, uri, problem) : ERR_OK;
	if (!e && *uri)
		e = start_worker(p, problem);
	if (e) {
		printer_close(p);
		return e;
	}
	*printer = p;
	return ERR_OK;
}

void printer_close(struct printer *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	__atomic_store_n(&p->interrupt.stop, 1, __ATOMIC_RELEASE);
	pthread_cond_signal(&p->wake);
	pthread_mutex_unlock(&p->lock);
	if (p->has_worker)
		pthread_join(p->worker, NULL);
	if (p->carrier.destroy)
		p->carrier.destroy(p->carrier.self);
	pthread_cond_destroy(&p->wake);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

enum printer_health printer_health(struct printer *p)
{
	pthread_mutex_lock(&p->lock);
	enum printer_health health = p->health;
	pthread_mutex_unlock(&p->lock);
	return health;
}

static enum err enqueue(struct printer *p, uint8_t *copy, size_t len, int *id)
{
	if (p->job_count == MAX_OPEN)
		return ERR_BUSY;
	*id = p->next_id++;
	remember(p, *id, PRINT_QUEUED);
	if (!p->has_worker) {
		remember(p, *id, PRINT_FAILED);
		sodium_memzero(copy, len);
		free(copy);
		return ERR_OK;
	}
	p->jobs[p->job_count++] = (struct job){
		.id = *id, .state = PRINT_QUEUED, .bytes = copy, .len = len, .submitted_ms = monotonic_ms()
	};
	p->nudged = true;
	pthread_cond_signal(&p->wake);
	return ERR_OK;
}

enum err printer_submit(struct printer *p, const uint8_t *bytes, size_t len, int *job)
{
	if (!len)
		return ERR_INVALID;
	if (len > MAX_BYTES)
		return ERR_TOO_LONG;
	uint8_t *copy = malloc(len);
	if (!copy)
		return ERR_NOMEM;
	memcpy(copy, bytes, len);
	pthread_mutex_lock(&p->lock);
	enum err e = enqueue(p, copy, len, job);
	pthread_mutex_unlock(&p->lock);
	if (e) {
		sodium_memzero(copy, len);
		free(copy);
	}
	return e;
}

static struct job *find(struct printer *p, int id)
{
	for (int i = 0; i < p->job_count; i++)
		if (p->jobs[i].id == id)
			return &p->jobs[i];
	return NULL;
}

enum print_state printer_job_state(struct printer *p, int id)
{
	if (id < 1)
		return PRINT_NONE;
	pthread_mutex_lock(&p->lock);
	const struct job *job = find(p, id);
	const struct end *end = &p->ends[id % REMEMBERED];
	enum print_state state = job ? job->state : end->id == id ? end->state : PRINT_NONE;
	pthread_mutex_unlock(&p->lock);
	return state;
}

void printer_cancel(struct printer *p, int id)
{
	pthread_mutex_lock(&p->lock);
	struct job *job = find(p, id);
	if (job && !job->ended) {
		job->cancel = true;
		p->nudged = true;
		pthread_cond_signal(&p->wake);
	}
	pthread_mutex_unlock(&p->lock);
}

enum err printer_describe(const char *uri, char text[PRINTER_DESCRIPTION_SIZE], char problem[256])
{
	text[0] = problem[0] = '\0';
	if (strncmp(uri, "cups:", 5) == 0)
		return printer_cups_describe(uri + 5, text, problem);
	if (strncmp(uri, "usb:", 4) == 0)
		return printer_usb_describe(uri + 4, text, problem);
	if (strncmp(uri, "file:", 5) == 0) {
		snprintf(text, PRINTER_DESCRIPTION_SIZE, "%s.NNNN", uri + 5);
		return ERR_OK;
	}
	return unknown(uri, problem);
}
