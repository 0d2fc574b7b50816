/* worker.h: what takes longer than a frame (keys from codes, the disk) happens on one thread with its own connection to the
 * store; the result comes back to the main thread as an event. Jobs run in their order; none is dropped. */
#ifndef APP_WORKER_H
#define APP_WORKER_H

#include "model/err.h"
#include "store/store.h"

struct app;
struct worker;

/* Embed it first in a job's own struct. `run` is called on the worker with its store, `done` on the main thread afterwards,
 * which owns the job again from then on. */
struct job {
	void (*run)(struct job *job, struct store *store);
	void (*done)(struct job *job, struct app *app);
	struct job *next;
};

/* `post` is called on the worker when a job has run: it must hand the job to the main thread. */
MUST_USE enum err worker_create(const char *dir, void (*post)(void *ctx, struct job *job), void *ctx,
                                struct worker **worker);
/* Runs what is queued, then ends: a submission that was accepted into the queue is never lost. */
void worker_destroy(struct worker *worker);
void worker_submit(struct worker *worker, struct job *job);

#endif
