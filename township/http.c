/* The connection between libmicrohttpd and the handlers: routing, and what happens to a request from its first line to the end
 * of its reply. */
#include "township/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "township/http_internal.h"

enum { THREADS = 4, CONNECTION_MEMORY = 16 * 1024, IDLE_S = 60, STOP_MS = 2000, LOG_LINES = 20 };

/* Matches "/v1/kiosks/{}/events"; each {} takes one segment. */
static bool path_match(const char *pattern, const char *path, char args[HTTP_ARGS][HTTP_ARG_SIZE])
{
	int n = 0;
	while (*pattern) {
		if (pattern[0] == '{') {
			size_t len = strcspn(path, "/");
			if (len == 0 || len >= HTTP_ARG_SIZE || n == HTTP_ARGS)
				return false;
			memcpy(args[n], path, len);
			args[n++][len] = '\0';
			pattern += 2;
			path += len;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

/* The route of that table, or NULL with the methods that would do in `allowed`. */
static const struct route *find_in(const struct route *table, const char *method, const char *path,
                                   struct http_call *call, char allowed[64])
{
	for (const struct route *r = table; r->method; r++) {
		if (!path_match(r->path, path, call->rq.args))
			continue;
		if (strcmp(r->method, method) == 0)
			return r;
		if (allowed[0])
			strncat(allowed, ", ", 64 - strlen(allowed) - 1);
		strncat(allowed, r->method, 64 - strlen(allowed) - 1);
	}
	return NULL;
}

/* NULL with the reply filled in: 404, or 405 with what is allowed there. */
static const struct route *find_route(const char *method, const char *path, struct http_call *call)
{
	char allowed[64] = "";
	const struct route *r = find_in(routes, method, path, call, allowed);
	if (!r && !(r = find_in(web_routes, method, path, call, allowed))) {
		auth_know(call);
		if (allowed[0]) {
			reply_error(&call->rp, 405, "method_not_allowed", "这个地址不接受这种请求", "可用的方法见 Allow");
			reply_header(&call->rp, "Allow", allowed);
		} else {
			reply_error(&call->rp, 404, "no_such_path", "没有这个地址", "接口说明见 tests/openapi.yaml");
		}
	}
	return r;
}

static enum MHD_Result run(struct http_call *call)
{
	struct request *rq = &call->rq;
	struct reply *rp = &call->rp;
	*rp = (struct reply){.fd = -1, .status = 200};
	if (call->stream) {
		stream_finish(call->stream, rq, rp);
		stream_close(call->stream);
		call->stream = NULL;
		return reply_send(call);
	}
	if (!call->route->own_lock)
		town_lock(rq->town);
	call->route->handle(rq, rp);
	/* Joining the waiters before the lock is let go: no change can slip in between. */
	bool waits = rp->wait_s > 0 && wait_add(call, rp->wait_s);
	if (!call->route->own_lock)
		town_unlock(rq->town);
	if (waits) {
		json_decref(rp->json);
		rp->json = NULL;
		return MHD_YES;
	}
	if (rp->changed)
		http_wake(rq->server);
	return reply_send(call);
}

static enum MHD_Result begin(struct http_server *server, struct MHD_Connection *connection, const char *url,
                             const char *method, void **state)
{
	struct http_call *call = calloc(1, sizeof *call);
	if (!call)
		return MHD_NO;
	*state = call;
	atomic_fetch_add(&server->calls, 1);
	call->connection = connection;
	call->rp = (struct reply){.fd = -1};
	call->rq.server = server;
	call->rq.call = call;
	call->rq.town = server->town;
	call->rq.method = method;
	call->rq.path = url;
	peer_known(call);
	call->route = find_route(method, url, call);
	if (!call->route || !auth_allows(call) || !body_acceptable(call))
		return reply_send(call);
	if (call->route->body == BODY_NONE)
		watch_work(call);
	else
		watch_body(call, strtoull(request_header(&call->rq, "Content-Length"), NULL, 10));
	return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_len, void **state)
{
	(void)version;
	struct http_call *call = *state;
	if (!call)
		return begin(cls, connection, url, method, state);
	if (*upload_len > 0) {
		enum err e = ERR_OK;
		if (call->stream)
			stream_write(call->stream, upload, *upload_len);
		else
			e = body_append(call, upload, *upload_len);
		*upload_len = 0;
		return e ? MHD_NO : MHD_YES;
	}
	watch_work(call);
	if (!call->rq.waited && !call->stream && call->route->body != BODY_NONE && !body_parse(call))
		return reply_send(call);
	return run(call);
}

static void on_done(void *cls, struct MHD_Connection *connection, void **state,
                    enum MHD_RequestTerminationCode code)
{
	(void)cls;
	(void)connection;
	(void)code;
	struct http_call *call = *state;
	if (!call)
		return;
	atomic_fetch_sub(&call->rq.server->calls, 1);
	watch_idle(call);
	stream_close(call->stream);
	body_forget(call);
	json_decref(call->rq.json);
	json_decref(call->rp.json);
	fields_free(call->fields);
	sodium_memzero(call->rq.token, sizeof call->rq.token);
	free(call);
	*state = NULL;
}

/* Whoever sends garbage again and again must not fill the disk with what is said of it. */
static void on_log(void *cls, const char *format, va_list args)
{
	struct http_server *server = cls;
	long long minute = http_monotonic_ms() / 60000;
	if (atomic_exchange(&server->log_minute, minute) != minute) {
		int unsaid = atomic_exchange(&server->log_lines, 0) - LOG_LINES;
		if (unsaid > 0)
			fprintf(stderr, "township: http: %d more such lines were left out\n", unsaid);
	}
	if (atomic_fetch_add(&server->log_lines, 1) >= LOG_LINES)
		return;
	fputs("township: http: ", stderr);
	vfprintf(stderr, format, args);
}

static bool address_of(const struct server_options *o, struct sockaddr_storage *address)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)address;
	memset(address, 0, sizeof *address);
	if (inet_pton(AF_INET, o->host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(o->port);
		return true;
	}
	if (inet_pton(AF_INET6, o->host, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(o->port);
		return true;
	}
	return false;
}

enum err http_start(struct town *town, const struct server_options *options, struct http_server **server)
{
	struct sockaddr_storage address;
	if (!address_of(options, &address))
		return ERR_INVALID;
	struct http_server *s = calloc(1, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	s->town = town;
	s->error_page = options->error_page;
	s->secure = options->tls_cert != NULL;
	if (options->proxy)
		snprintf(s->proxy, sizeof s->proxy, "%s", options->proxy);
	enum err e = wait_start(s);
	if (!e && (e = watch_start(s)) != ERR_OK)
		wait_stop(s);
	if (e) {
		free(s);
		return e;
	}
	/* poll, not epoll: with epoll 0.9.75 overlooks that a client went away in mid upload, and its blob stays
	 * locked. Suspended connections, the long polls, are in neither set. */
	unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	if (address.ss_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)options->tls_cert},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)options->tls_key},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
		{MHD_OPTION_END, 0, NULL},
	};
	struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
	if (options->tls_cert)
		flags |= MHD_USE_TLS;
	errno = 0;
	s->daemon =
		MHD_start_daemon(flags, options->port, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, on_log, s,
	                     MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL,
	                     MHD_OPTION_NOTIFY_CONNECTION, watch_line, s,
	                     MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS, MHD_OPTION_CONNECTION_LIMIT,
	                     (unsigned)HTTP_CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
	                     MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_ARRAY,
	                     options->tls_cert ? tls : none, MHD_OPTION_END);
	if (!s->daemon) {
		e = errno == EADDRINUSE ? ERR_BUSY
		    : errno == EACCES   ? ERR_DENIED
		    : options->tls_cert ? ERR_INVALID
		                        : ERR_IO;
		http_stop(s);
		return e;
	}
	*server = s;
	return ERR_OK;
}

uint16_t http_port(const struct http_server *server)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
	return info ? info->port : 0;
}

void http_stop(struct http_server *server)
{
	if (!server)
		return;
	wait_stop(server);
	if (server->daemon) {
		/* No new ones; those that are being answered get their answer, but a slow client does not hold up the
		 * end. */
		MHD_socket listener = MHD_quiesce_daemon(server->daemon);
		for (int i = 0; i < STOP_MS / 10 && atomic_load(&server->calls) > 0; i++)
			nanosleep(&(struct timespec){.tv_nsec = 10 * 1000000}, NULL);
		MHD_stop_daemon(server->daemon);
		if (listener != MHD_INVALID_SOCKET)
			close(listener);
	}
	watch_stop(server);
	pthread_mutex_destroy(&server->lock);
	pthread_cond_destroy(&server->more);
	free(server);
}
