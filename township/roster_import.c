#include "township/roster_import.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "township/publish.h"

enum { DIGEST_MS = 30, SWEEP_S = 5 };

/* One that waits: reading (its ID numbers become digests; only the thread touches the roster) → ready, or failed. It ends by
 * being confirmed, dropped, replaced or too old. */
struct waiting {
	bool used, reading, dropped; /* dropped while it was read: the thread clears it */
	char token[ROSTER_IMPORT_TOKEN_SIZE];
	uint8_t session[DIGEST_BYTES];
	int64_t until_ms; /* by a clock that does not jump */
	struct roster roster; /* owned; holds ID numbers while `reading` */
	struct roster_columns columns;
	size_t done, total;
	enum err failed;
	char filename[128];
};

struct roster_imports {
	struct town *town;
	pthread_t thread;
	pthread_mutex_t lock;    /* over all below; the town's lock is only ever taken inside of it */
	pthread_cond_t changed;
	bool stop;
	struct waiting slots[ROSTER_IMPORTS_MAX];
};

static int64_t steady_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void session_hash(const char *session, uint8_t hash[DIGEST_BYTES])
{
	crypto_generichash(hash, DIGEST_BYTES, (const uint8_t *)session, strlen(session), NULL, 0);
}

static void forget(struct waiting *w)
{
	if (w->reading) {
		w->dropped = true;
		return;
	}
	roster_clear(&w->roster);
	sodium_memzero(w, sizeof *w);
}

static struct waiting *find(struct roster_imports *in, const char *session, const char *token)
{
	uint8_t hash[DIGEST_BYTES];
	if (strlen(token) != ROSTER_IMPORT_TOKEN_SIZE - 1)
		return NULL;
	session_hash(session, hash);
	for (size_t i = 0; i < ROSTER_IMPORTS_MAX; i++) {
		struct waiting *w = &in->slots[i];
		if (w->used && !w->dropped && sodium_memcmp(w->token, token, sizeof w->token) == 0 &&
		    sodium_memcmp(w->session, hash, sizeof hash) == 0)
			return w;
	}
	return NULL;
}

/* ---- the thread ---- */

/* Turns one ID number after the other into its digest, without any lock. */
static enum err digest_all(struct roster_imports *in, struct waiting *w)
{
	struct id_params params;
	town_lock(in->town);
	enum err e = publish_id_params(in->town, &params);
	town_unlock(in->town);
	for (size_t i = 0; i < w->roster.count && !e; i++) {
		struct roster one = {&w->roster.people[i], 1};
		bool has = one.people->id_number[0] != '\0';
		e = roster_digest_ids(&one, &params);
		if (!has)
			continue;
		pthread_mutex_lock(&in->lock);
		w->done++;
		if (in->stop || w->dropped)
			e = ERR_STATE;
		pthread_mutex_unlock(&in->lock);
	}
	return e;
}

/* With the lock held, which it gives away meanwhile. */
static void read_one(struct roster_imports *in, struct waiting *w)
{
	pthread_mutex_unlock(&in->lock);
	enum err e = digest_all(in, w);
	pthread_mutex_lock(&in->lock);
	w->reading = false;
	w->failed = e;
	w->until_ms = steady_ms() + ROSTER_IMPORT_MINUTES * 60000;
	if (e) /* whatever numbers are left in it */
		roster_clear(&w->roster);
	if (w->dropped)
		forget(w);
	pthread_cond_broadcast(&in->changed);
}

static void *work(void *arg)
{
	struct roster_imports *in = arg;
	pthread_mutex_lock(&in->lock);
	while (!in->stop) {
		struct timespec until;
		bool worked = false;
		for (size_t i = 0; i < ROSTER_IMPORTS_MAX && !in->stop; i++) {
			struct waiting *w = &in->slots[i];
			if (w->used && w->reading) {
				read_one(in, w);
				worked = true;
			} else if (w->used && steady_ms() > w->until_ms) {
				forget(w);
			}
		}
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += SWEEP_S;
		if (!worked && !in->stop)
			pthread_cond_timedwait(&in->changed, &in->lock, &until);
	}
	pthread_mutex_unlock(&in->lock);
	return NULL;
}

enum err roster_imports_create(struct town *town, struct roster_imports **imports)
{
	struct roster_imports *in = calloc(1, sizeof *in);
	pthread_condattr_t attributes;
	if (!in)
		return ERR_NOMEM;
	in->town = town;
	pthread_mutex_init(&in->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&in->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	if (pthread_create(&in->thread, NULL, work, in) != 0) {
		pthread_cond_destroy(&in->changed);
		pthread_mutex_destroy(&in->lock);
		free(in);
		return ERR_NOMEM;
	}
	*imports = in;
	return ERR_OK;
}

void roster_imports_destroy(struct roster_imports *in)
{
	if (!in)
		return;
	pthread_mutex_lock(&in->lock);
	in->stop = true;
	pthread_cond_broadcast(&in->changed);
	pthread_mutex_unlock(&in->lock);
	pthread_join(in->thread, NULL);
	for (size_t i = 0; i < ROSTER_IMPORTS_MAX; i++) {
		in->slots[i].reading = false;
		forget(&in->slots[i]);
	}
	pthread_cond_destroy(&in->changed);
	pthread_mutex_destroy(&in->lock);
	free(in);
}

/* ---- for the pages ---- */

static void fill(struct waiting *w, const char *session, struct roster *roster, const struct roster_columns *columns,
                 const char *filename)
{
	uint8_t random[(ROSTER_IMPORT_TOKEN_SIZE - 1) / 2];
	randombytes_buf(random, sizeof random);
	sodium_bin2hex(w->token, sizeof w->token, random, sizeof random);
	session_hash(session, w->session);
	w->used = w->reading = true;
	w->roster = *roster;
	w->columns = *columns;
	for (size_t i = 0; i < roster->count; i++)
		w->total += roster->people[i].id_number[0] != '\0';
	snprintf(w->filename, sizeof w->filename, "%s", filename);
	*roster = (struct roster){0};
}

enum err roster_import_add(struct roster_imports *in, const char *session, struct roster *roster,
                           const struct roster_columns *columns, const char *filename, char token[ROSTER_IMPORT_TOKEN_SIZE])
{
	uint8_t hash[DIGEST_BYTES];
	struct waiting *empty = NULL;
	session_hash(session, hash);
	pthread_mutex_lock(&in->lock);
	for (size_t i = 0; i < ROSTER_IMPORTS_MAX; i++) {
		struct waiting *w = &in->slots[i];
		if (w->used && memcmp(w->session, hash, sizeof hash) == 0)
			forget(w);
		if (!w->used && !empty)
			empty = w;
	}
	if (empty) {
		fill(empty, session, roster, columns, filename);
		memcpy(token, empty->token, ROSTER_IMPORT_TOKEN_SIZE);
		pthread_cond_broadcast(&in->changed);
	}
	pthread_mutex_unlock(&in->lock);
	roster_clear(roster);
	return empty ? ERR_OK : ERR_BUSY;
}

static void tell(const struct waiting *w, struct roster_import_state *state)
{
	*state = (struct roster_import_state){.ready = !w->reading && !w->failed, .failed = w->failed, .done = w->done, .total = w->total,
	                                      .seconds = (int)((w->total - w->done) * DIGEST_MS / 1000) + 1};
	snprintf(state->filename, sizeof state->filename, "%s", w->filename);
}

enum err roster_import_look(struct roster_imports *in, const char *session, const char *token, int wait_ms,
                            struct roster_import_state *state)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_ms / 1000;
	until.tv_nsec += wait_ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	pthread_mutex_lock(&in->lock);
	struct waiting *w = find(in, session, token);
	while (w && w->reading && !in->stop && pthread_cond_timedwait(&in->changed, &in->lock, &until) == 0)
		w = find(in, session, token);
	if (w)
		tell(w, state);
	pthread_mutex_unlock(&in->lock);
	return w ? ERR_OK : ERR_NOT_FOUND;
}

/* Both locks held by the caller. */
static enum err plan_now(struct roster_imports *in, const struct waiting *w, struct roster_plan *plan)
{
	struct town_people people;
	enum err e = town_people_get(in->town->store, true, &people);
	if (e)
		return e;
	e = roster_plan_make(&w->roster, &w->columns, &people, plan);
	town_people_clear(&people);
	return e;
}

enum err roster_import_plan(struct roster_imports *in, const char *session, const char *token, struct roster_plan *plan)
{
	struct town_people people;
	pthread_mutex_lock(&in->lock);
	const struct waiting *w = find(in, session, token);
	enum err e = !w ? ERR_NOT_FOUND : w->reading || w->failed ? ERR_STATE : ERR_OK;
	if (!e) {
		town_lock(in->town);
		e = town_people_get(in->town->store, true, &people);
		town_unlock(in->town);
		if (!e) {
			e = roster_plan_make(&w->roster, &w->columns, &people, plan);
			town_people_clear(&people);
		}
	}
	pthread_mutex_unlock(&in->lock);
	return e;
}

enum err roster_import_confirm(struct roster_imports *in, const char *session, const char *token, const char *mark,
                               const char *const *left, size_t left_count, const char *user, struct roster_plan *plan,
                               struct refusal *refusal)
{
	memset(plan, 0, sizeof *plan);
	pthread_mutex_lock(&in->lock);
	struct waiting *w = find(in, session, token);
	enum err e = !w ? ERR_NOT_FOUND : w->reading || w->failed ? ERR_STATE : ERR_OK;
	if (!e) {
		town_lock(in->town);
		e = plan_now(in, w, plan);
		if (!e && strcmp(plan->mark, mark) != 0)
			e = ERR_STATE;
		if (!e)
			e = roster_plan_apply(in->town, plan, left, left_count, user, refusal);
		town_unlock(in->town);
		if (!e)
			forget(w);
	}
	pthread_mutex_unlock(&in->lock);
	return e;
}

void roster_import_drop(struct roster_imports *in, const char *session, const char *token)
{
	pthread_mutex_lock(&in->lock);
	struct waiting *w = find(in, session, token);
	if (w)
		forget(w);
	pthread_mutex_unlock(&in->lock);
}
