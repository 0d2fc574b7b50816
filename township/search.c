#include "township/search.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "township/search_index.h"
#include "township/villages.h"

enum { READ_AT_ONCE = 16, RETRY_S = 5 };

struct search {
	struct town *town;
	struct search_index *index; /* owned; has a lock of its own */
	pthread_t thread;
	bool runs;
	atomic_llong done, total;
	atomic_bool ready;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t more;
	bool stopping;
	char (*again)[UUID_SIZE]; /* cases whose texts are to be read once more */
	size_t again_count, again_room;
};

/* ---- one case ---- */

/* The member "text" of a sealed JSON object; malloc'ed, secret, NULL when it cannot be opened. */
static char *opened_text(const struct town *town, const uint8_t *sealed, size_t sealed_len, size_t *len)
{
	char *plain, *text = NULL;
	size_t plain_len;
	if (town_unseal(town, sealed, sealed_len, &plain, &plain_len))
		return NULL;
	json_t *root = json_loadb(plain, plain_len, 0, NULL);
	const json_t *member = json_object_get(root, "text");
	if (json_is_string(member)) {
		*len = json_string_length(member);
		text = malloc(*len + 1);
		if (text)
			memcpy(text, json_string_value(member), *len + 1);
	}
	json_decref(root);
	town_forget(plain, plain_len);
	return text;
}

/* What is to be written of a case: its village. */
struct finding {
	char id[UUID_SIZE], village[TOWN_VILLAGE_SIZE];
	const char *by;
};

/* Opens what was read of a case, and adds it. *found gets the village, its `by` stays NULL where there is nothing to write. */
static enum err take_in(struct search *s, const struct town_case_texts *texts, const struct villages *villages,
                        struct finding *found)
{
	uint8_t id[16];
	size_t len = 0;
	if (!town_hits_id(texts->id, id))
		return ERR_OK; /* nothing that a list could show */
	char *text = opened_text(s->town, texts->sealed, texts->sealed_len, &len);
	/* Also where it was looked for in vain: the roster may name more villages by now. */
	if (villages && texts->village_unknown) {
		memcpy(found->id, texts->id, sizeof found->id);
		village_find(villages, text ? text : "", len, texts->deputy, found->village, &found->by);
		if (!texts->village_due && !found->by[0])
			found->by = NULL;
	}
	enum err e = search_index_add(s->index, id, text ? text : "", len);
	town_forget(text, len);
	for (size_t i = 0; i < texts->answer_count && !e; i++) {
		len = 0;
		text = opened_text(s->town, texts->answers[i].bytes, texts->answers[i].len, &len);
		if (text)
			e = search_index_add(s->index, id, text, len);
		town_forget(text, len);
	}
	return e;
}

/* ---- filling ---- */

static bool stops(struct search *s)
{
	pthread_mutex_lock(&s->lock);
	bool stopping = s->stopping;
	pthread_mutex_unlock(&s->lock);
	return stopping;
}

static enum err write_villages(struct town *town, const struct finding *found, int count)
{
	if (count == 0)
		return ERR_OK;
	town_lock(town);
	enum err e = town_begin(town->store);
	for (int i = 0; i < count && !e; i++)
		e = town_case_village(town->store, found[i].id, found[i].village, found[i].by);
	e = town_end(town->store, e);
	town_unlock(town);
	return e;
}

/* The next few cases after *rowid; ERR_NOT_FOUND when there are no more. The lock is held to read them, not to open them. */
static enum err fill_some(struct search *s, const struct villages *villages, int64_t *rowid)
{
	struct town_case_texts texts[READ_AT_ONCE];
	struct finding found[READ_AT_ONCE] = {0};
	int64_t at = *rowid;
	int count = 0, villages_found = 0;
	enum err e = ERR_OK;
	town_lock(s->town);
	while (count < READ_AT_ONCE && !(e = town_case_texts_next(s->town->store, &at, &texts[count])))
		count++;
	town_unlock(s->town);
	bool end = e == ERR_NOT_FOUND;
	if (end)
		e = ERR_OK;
	for (int i = 0; i < count; i++) {
		if (!e)
			e = take_in(s, &texts[i], villages, &found[villages_found]);
		villages_found += found[villages_found].by != NULL;
		town_case_texts_clear(&texts[i]);
	}
	if (!e)
		e = write_villages(s->town, found, villages_found);
	if (e)
		return e;
	*rowid = at;
	atomic_fetch_add(&s->done, count);
	return end ? ERR_NOT_FOUND : ERR_OK;
}

/* False when it is to stop. */
static bool pause_s(struct search *s, int seconds)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&s->lock);
	while (!s->stopping && pthread_cond_timedwait(&s->more, &s->lock, &until) == 0) {
	}
	bool go = !s->stopping;
	pthread_mutex_unlock(&s->lock);
	return go;
}

static void fill(struct search *s)
{
	struct villages villages = {0};
	int64_t total = 0, rowid = INT64_MIN;
	enum err e;
	do {
		town_lock(s->town);
		e = villages_load(s->town, &villages);
		if (!e)
			e = town_case_total(s->town->store, &total);
		town_unlock(s->town);
		atomic_store(&s->total, total);
		while (!e && !stops(s))
			e = fill_some(s, &villages, &rowid);
		villages_clear(&villages);
		if (e && e != ERR_NOT_FOUND)
			fprintf(stderr, "township: texts are not read in for searching: %s; trying again\n", err_name(e));
	} while (e && e != ERR_NOT_FOUND && pause_s(s, RETRY_S));
	atomic_store(&s->ready, e == ERR_NOT_FOUND);
	if (search_index_may_swap(s->index))
		fprintf(stderr, "township: the texts for searching may be swapped out; LimitMEMLOCK=infinity keeps them in memory\n");
}

static enum err read_again(struct search *s, const char *id)
{
	struct town_case_texts texts;
	struct finding nothing;
	town_lock(s->town);
	enum err e = town_case_texts_get(s->town->store, id, &texts);
	town_unlock(s->town);
	if (e)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	e = take_in(s, &texts, NULL, &nothing);
	town_case_texts_clear(&texts);
	return e;
}

static void *search_main(void *arg)
{
	struct search *s = arg;
	fill(s);
	pthread_mutex_lock(&s->lock);
	while (!s->stopping) {
		if (s->again_count == 0) {
			pthread_cond_wait(&s->more, &s->lock);
			continue;
		}
		char id[UUID_SIZE];
		memcpy(id, s->again[--s->again_count], sizeof id);
		pthread_mutex_unlock(&s->lock);
		enum err e = read_again(s, id);
		if (e)
			fprintf(stderr, "township: case %s was not read in again for searching: %s\n", id, err_name(e));
		pthread_mutex_lock(&s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

enum err search_start(struct town *town)
{
	struct search *s = calloc(1, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	s->town = town;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->more, NULL);
	town->search = s;
	enum err e = search_index_new(&s->index);
	if (!e) {
		s->runs = pthread_create(&s->thread, NULL, search_main, s) == 0;
		e = s->runs ? ERR_OK : ERR_NOMEM;
	}
	if (e)
		search_stop(town);
	return e;
}

void search_stop(struct town *town)
{
	struct search *s = town->search;
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_cond_broadcast(&s->more);
	pthread_mutex_unlock(&s->lock);
	if (s->runs)
		pthread_join(s->thread, NULL);
	town->search = NULL;
	search_index_free(s->index);
	free(s->again);
	pthread_cond_destroy(&s->more);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* ---- kept current ---- */

void search_add(struct town *town, const char *case_id, const char *text, size_t len)
{
	uint8_t id[16];
	/* Where there is no room it is read from the store, when there is. */
	if (town->search && town_hits_id(case_id, id) && search_index_add(town->search->index, id, text, len))
		search_again(town, case_id);
}

void search_again(struct town *town, const char *case_id)
{
	struct search *s = town->search;
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	if (s->again_count == s->again_room) {
		size_t room = s->again_room ? s->again_room * 2 : 16;
		char(*grown)[UUID_SIZE] = realloc(s->again, room * sizeof *grown);
		if (grown) {
			s->again = grown;
			s->again_room = room;
		}
	}
	if (s->again_count < s->again_room)
		snprintf(s->again[s->again_count++], UUID_SIZE, "%s", case_id);
	else
		fprintf(stderr, "township: case %s is found by its old texts until the next start: no memory\n", case_id);
	pthread_cond_broadcast(&s->more);
	pthread_mutex_unlock(&s->lock);
}

/* ---- finding ---- */

struct search_progress search_progress(const struct town *town)
{
	struct search *s = town->search;
	struct search_progress p = {0};
	if (s) {
		p = (struct search_progress){atomic_load(&s->ready), atomic_load(&s->done), atomic_load(&s->total)};
		if (p.done > p.total)
			p.done = p.total;
	}
	return p;
}

enum err search_find(struct town *town, const char *words, struct town_hits *hits)
{
	memset(hits, 0, sizeof *hits);
	return town->search ? search_index_find(town->search->index, words, &hits->ids, &hits->count) : ERR_STATE;
}

enum err search_cases(struct town *town, const char *words, const char *user, struct town_hits *hits)
{
	char count[24];
	enum err e = search_find(town, words, hits);
	if (e)
		return e;
	snprintf(count, sizeof count, "%zu", hits->count);
	town_lock(town);
	e = town_begin(town->store);
	if (!e)
		e = town_audit_user(town, user, "cases.searched", "", count);
	e = town_end(town->store, e);
	town_unlock(town);
	if (e)
		town_hits_clear(hits);
	return e;
}
