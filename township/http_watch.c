/* Lines whose other end dawdles are cut: a request has to be there, a body to come and a reply to be taken within a time, however
 * cunningly it trickles (libmicrohttpd itself only asks that something comes each minute).
 *
 *                 begin, with a body         the body is there
 *   HEAD ───────────► BODY ───────────────────► WORK ──────► REPLY ───► IDLE ──► HEAD's place again
 *     └── begin, without one ──────────────────►┘ └ long polls wait here: they are not cut
 *
 * There is no limit an address: all kiosks and the whole office may sit behind one router or one nginx. Where lines become few,
 * those give way that have asked for nothing (HEAD, IDLE), the longest silent first: an honest client sends its request within
 * milliseconds of connecting. */
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "township/http_internal.h"

enum {
	HEAD_MS = 15000,
	BODY_MS = 15000,
	REPLY_MS = 60000,
	IDLE_MS = 75000,
	SLOWEST_BYTES_PER_S = 512, /* a village's mobile line at its worst */
	CROWDED = HTTP_CONNECTIONS / 10 * 9,
	ROOM = HTTP_CONNECTIONS / 10 * 8, /* as many are left after that */
	SILENT_MS = 1000,
	TICK_MS = 1000,
};

enum phase { HEAD, BODY, WORK, REPLY, IDLE };

struct http_line {
	int fd; /* borrowed: it is open as long as the line is listed */
	enum phase phase;
	int64_t since_ms, due_ms; /* of the phase; monotonic */
	struct http_line *prev, *next;
};

/* Under watch.lock: the latest to change stands last, so that the first are the longest silent. */
static void unlist(struct http_watch *w, struct http_line *line)
{
	if (line->prev)
		line->prev->next = line->next;
	else
		w->first = line->next;
	if (line->next)
		line->next->prev = line->prev;
	else
		w->last = line->prev;
	w->count--;
}

static void list(struct http_watch *w, struct http_line *line)
{
	line->next = NULL;
	line->prev = w->last;
	if (w->last)
		w->last->next = line;
	else
		w->first = line;
	w->last = line;
	w->count++;
}

static void enter(struct http_line *line, enum phase phase, int64_t within_ms)
{
	line->phase = phase;
	line->since_ms = http_monotonic_ms();
	line->due_ms = within_ms < 0 ? INT64_MAX : line->since_ms + within_ms;
}

void watch_line(void *cls, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code)
{
	struct http_watch *w = &((struct http_server *)cls)->watch;
	struct http_line *line = *context;
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		line = info ? calloc(1, sizeof *line) : NULL;
		*context = line;
		if (!line)
			return; /* not watched: libmicrohttpd's own limit is left */
		line->fd = info->connect_fd;
		pthread_mutex_lock(&w->lock);
		enter(line, HEAD, HEAD_MS);
		list(w, line);
		if (w->count > CROWDED)
			pthread_cond_signal(&w->tick);
		pthread_mutex_unlock(&w->lock);
	} else if (line) {
		/* Before the descriptor is closed: another connection may have its number right afterwards. */
		pthread_mutex_lock(&w->lock);
		unlist(w, line);
		pthread_mutex_unlock(&w->lock);
		free(line);
		*context = NULL;
	}
}

static void change(struct http_call *call, enum phase phase, int64_t within_ms)
{
	struct http_watch *w = &call->rq.server->watch;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct http_line *line = info ? info->socket_context : NULL;
	if (!line)
		return;
	pthread_mutex_lock(&w->lock);
	unlist(w, line);
	enter(line, phase, within_ms);
	list(w, line);
	pthread_mutex_unlock(&w->lock);
}

static int64_t time_for(int64_t ms, uint64_t bytes)
{
	return ms + (int64_t)(bytes / SLOWEST_BYTES_PER_S) * 1000;
}

void watch_body(struct http_call *call, uint64_t bytes)
{
	change(call, BODY, time_for(BODY_MS, bytes));
}

void watch_work(struct http_call *call)
{
	change(call, WORK, -1);
}

void watch_reply(struct http_call *call, uint64_t bytes)
{
	change(call, REPLY, time_for(REPLY_MS, bytes));
}

void watch_idle(struct http_call *call)
{
	change(call, IDLE, IDLE_MS);
}

/* Under watch.lock. libmicrohttpd finds the end of the line and gives everything back. */
static void cut(struct http_line *line)
{
	shutdown(line->fd, SHUT_RDWR);
	line->phase = WORK; /* once is enough */
	line->due_ms = INT64_MAX;
}

static void look(struct http_watch *w, int64_t now)
{
	size_t spare = w->count > CROWDED ? w->count - ROOM : 0;
	for (struct http_line *line = w->first; line; line = line->next) {
		bool silent = line->phase == HEAD || line->phase == IDLE;
		if (spare > 0 && silent && now - line->since_ms >= SILENT_MS) {
			cut(line);
			spare--;
		} else if (line->due_ms <= now) {
			cut(line);
		}
	}
}

static void *watch_main(void *arg)
{
	struct http_watch *w = arg;
	pthread_mutex_lock(&w->lock);
	while (!w->stopping) {
		int64_t until = http_monotonic_ms() + TICK_MS;
		struct timespec ts = {.tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000};
		pthread_cond_timedwait(&w->tick, &w->lock, &ts);
		if (!w->stopping)
			look(w, http_monotonic_ms());
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

enum err watch_start(struct http_server *server)
{
	struct http_watch *w = &server->watch;
	pthread_condattr_t attr;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->tick, &attr);
	pthread_condattr_destroy(&attr);
	w->runs = pthread_create(&w->thread, NULL, watch_main, w) == 0;
	return w->runs ? ERR_OK : ERR_NOMEM;
}

void watch_stop(struct http_server *server)
{
	struct http_watch *w = &server->watch;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->tick);
	pthread_mutex_unlock(&w->lock);
	if (w->runs)
		pthread_join(w->thread, NULL);
	w->runs = false;
}
