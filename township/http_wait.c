/* Long polls: connections that are suspended until something changes or their time is up. */
#include <time.h>

#include "township/http_internal.h"

int64_t http_monotonic_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Under server->lock. */
static void let_go(struct http_server *server, struct http_call *call)
{
	if (call->prev)
		call->prev->next = call->next;
	else
		server->waiters = call->next;
	if (call->next)
		call->next->prev = call->prev;
	call->prev = call->next = NULL;
	call->waiting = false;
	MHD_resume_connection(call->connection);
}

bool wait_add(struct http_call *call, int seconds)
{
	struct http_server *server = call->rq.server;
	int64_t now = http_monotonic_ms();
	/* A wake that brought nothing for this one does not prolong its time. */
	if (!call->rq.waited)
		call->deadline_ms = now + (int64_t)seconds * 1000;
	pthread_mutex_lock(&server->lock);
	bool go = !server->stopping && now < call->deadline_ms;
	if (go) {
		MHD_suspend_connection(call->connection);
		call->waiting = true;
		call->rq.waited = true;
		call->prev = NULL;
		call->next = server->waiters;
		if (call->next)
			call->next->prev = call;
		server->waiters = call;
		pthread_cond_signal(&server->more);
	}
	pthread_mutex_unlock(&server->lock);
	return go;
}

void http_wake(struct http_server *server)
{
	pthread_mutex_lock(&server->lock);
	while (server->waiters)
		let_go(server, server->waiters);
	pthread_mutex_unlock(&server->lock);
}

/* Lets go those whose time is up; the nearest deadline of the rest, -1 when there is none. */
static int64_t expire(struct http_server *server, int64_t now)
{
	int64_t nearest = -1;
	for (struct http_call *call = server->waiters, *next; call; call = next) {
		next = call->next;
		if (call->deadline_ms <= now)
			let_go(server, call);
		else if (nearest < 0 || call->deadline_ms < nearest)
			nearest = call->deadline_ms;
	}
	return nearest;
}

static void *timer_main(void *arg)
{
	struct http_server *server = arg;
	pthread_mutex_lock(&server->lock);
	while (!server->stopping) {
		int64_t nearest = expire(server, http_monotonic_ms());
		if (nearest < 0) {
			pthread_cond_wait(&server->more, &server->lock);
		} else {
			struct timespec ts = {.tv_sec = nearest / 1000, .tv_nsec = nearest % 1000 * 1000000};
			pthread_cond_timedwait(&server->more, &server->lock, &ts);
		}
	}
	pthread_mutex_unlock(&server->lock);
	return NULL;
}

enum err wait_start(struct http_server *server)
{
	pthread_condattr_t attr;
	pthread_mutex_init(&server->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&server->more, &attr);
	pthread_condattr_destroy(&attr);
	server->timer_runs = pthread_create(&server->timer, NULL, timer_main, server) == 0;
	return server->timer_runs ? ERR_OK : ERR_NOMEM;
}

void wait_stop(struct http_server *server)
{
	pthread_mutex_lock(&server->lock);
	server->stopping = true;
	while (server->waiters)
		let_go(server, server->waiters);
	pthread_cond_signal(&server->more);
	pthread_mutex_unlock(&server->lock);
	if (server->timer_runs)
		pthread_join(server->timer, NULL);
}
