#include "app/worker.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct worker {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t queued;
	struct job *first, *last; /* borrowed until they have run */
	bool stopping;
	char *dir;                /* owned */
	struct store *store;      /* owned; the thread's */
	void (*post)(void *ctx, struct job *job);
	void *ctx;
};

static struct job *next_job(struct worker *w)
{
	pthread_mutex_lock(&w->mutex);
	while (!w->first && !w->stopping)
		pthread_cond_wait(&w->queued, &w->mutex);
	struct job *job = w->first;
	if (job) {
		w->first = job->next;
		if (!w->first)
			w->last = NULL;
	}
	pthread_mutex_unlock(&w->mutex);
	return job;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	for (struct job *job; (job = next_job(w)) != NULL;) {
		/* Opened on first use, so that starting costs nothing; tried again for each job while it fails. */
		if (!w->store && store_open(w->dir, 0, &w->store, NULL) != ERR_OK)
			w->store = NULL;
		job->run(job, w->store);
		w->post(w->ctx, job);
	}
	store_close(w->store);
	return NULL;
}

enum err worker_create(const char *dir, void (*post)(void *ctx, struct job *job), void *ctx, struct worker **worker)
{
	struct worker *w = calloc(1, sizeof *w);
	if (!w)
		return ERR_NOMEM;
	w->dir = strdup(dir);
	w->post = post;
	w->ctx = ctx;
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->queued, NULL);
	if (!w->dir || pthread_create(&w->thread, NULL, work, w) != 0) {
		free(w->dir);
		free(w);
		return ERR_NOMEM;
	}
	*worker = w;
	return ERR_OK;
}

void worker_destroy(struct worker *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->mutex);
	w->stopping = true;
	pthread_cond_signal(&w->queued);
	pthread_mutex_unlock(&w->mutex);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->queued);
	pthread_mutex_destroy(&w->mutex);
	free(w->dir);
	free(w);
}

void worker_submit(struct worker *w, struct job *job)
{
	job->next = NULL;
	pthread_mutex_lock(&w->mutex);
	if (w->last)
		w->last->next = job;
	else
		w->first = job;
	w->last = job;
	pthread_cond_signal(&w->queued);
	pthread_mutex_unlock(&w->mutex);
}
