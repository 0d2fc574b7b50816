/* The connection between libmicrohttpd and the handlers: routing, who it is, the body with its limits,
 * waiting. */
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
#include "township/inflate.h"

enum { THREADS = 4, CONNECTION_MEMORY = 16 * 1024, IDLE_S = 60, STOP_MS = 2000, BODIES_MAX = 256 * 1024 * 1024, LOG_LINES = 20 };

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

static size_t body_limit(enum body body)
{
	return body == BODY_JSON    ? JSON_BODY_MAX
	       : body == BODY_BATCH ? BATCH_BODY_MAX
	       : body == BODY_FORM  ? FORM_BODY_MAX
	       : body == BODY_FIELDS ? FIELDS_BODY_MAX
	       : body == BODY_UPLOAD ? UPLOAD_BODY_MAX
	                            : BLOB_MAX;
}

static bool type_is(const char *type, const char *wanted)
{
	size_t len = strlen(wanted);
	return type && strncmp(type, wanted, len) == 0 && (!type[len] || type[len] == ';' || type[len] == ' ');
}

/* Checks what the headers say of the body, before any of it is read. */
static bool body_acceptable(struct http_call *call)
{
	const struct request *rq = &call->rq;
	const char *length = request_header(rq, "Content-Length"), *type = request_header(rq, "Content-Type");
	const char *encoding = request_header(rq, "Content-Encoding");
	char *end;
	errno = 0;
	unsigned long long n = length ? strtoull(length, &end, 10) : 0;
	if (length && (errno || end == length || *end)) {
		reply_error(&call->rp, 400, "bad_length", "Content-Length 不正确", "应为字节数");
		return false;
	}
	if (call->route->body == BODY_NONE) {
		if (n > 0 || request_header(rq, "Transfer-Encoding"))
			reply_error(&call->rp, 413, "no_body_wanted", "这个请求不应带内容", "请去掉内容");
		return n == 0 && !request_header(rq, "Transfer-Encoding");
	}
	if (!length) {
		reply_error(&call->rp, 411, "length_required", "没有说明内容的长度", "请带上 Content-Length");
		return false;
	}
	if (n > body_limit(call->route->body)) {
		reply_error(&call->rp, 413, "body_too_long", "内容太大", "请分批发送");
		return false;
	}
	if (call->route->body == BODY_STREAM) {
		call->stream = stream_open(&call->rq, (int64_t)n, &call->rp);
		return call->stream != NULL;
	}
	bool form = call->route->body >= BODY_FORM;
	if (!type_is(type, form ? "application/x-www-form-urlencoded" : "application/json") &&
	    !(call->route->body >= BODY_FIELDS && type_is(type, "multipart/form-data"))) {
		reply_error(&call->rp, 415, form ? "not_form" : "not_json", form ? "内容应为表单" : "内容应为 JSON",
		            form ? "请在网页上填写" : "请用 Content-Type: application/json");
		return false;
	}
	call->gzip = encoding && strcmp(encoding, "gzip") == 0;
	if (encoding && !(call->gzip && call->route->body == BODY_BATCH) && strcmp(encoding, "identity") != 0) {
		reply_error(&call->rp, 415, "encoding", "不认识这种压缩方式", "事件可用 gzip，其他请勿压缩");
		return false;
	}
	return true;
}

/* So much more memory for bodies: a thousand that trickle in side by side must not take all there is. */
static bool bodies_grow(struct http_call *call, size_t bytes)
{
	struct http_server *server = call->rq.server;
	if (atomic_fetch_add(&server->bodies, bytes) + bytes <= BODIES_MAX)
		return true;
	atomic_fetch_sub(&server->bodies, bytes);
	return false;
}

static enum err body_append(struct http_call *call, const char *bytes, size_t len)
{
	if (call->body_len + len > body_limit(call->route->body))
		return ERR_TOO_LONG;
	if (call->body_len + len > call->body_room) {
		size_t room = call->body_room ? call->body_room * 2 : 4096;
		while (room < call->body_len + len)
			room *= 2;
		if (!bodies_grow(call, room - call->body_room))
			return ERR_NOMEM;
		uint8_t *grown = realloc(call->body, room);
		if (!grown) {
			atomic_fetch_sub(&call->rq.server->bodies, room - call->body_room);
			return ERR_NOMEM;
		}
		call->body = grown;
		call->body_room = room;
	}
	memcpy(call->body + call->body_len, bytes, len);
	call->body_len += len;
	return ERR_OK;
}

/* What was sent may be a voter's or the office's words: nothing of it stays. */
static void body_forget(struct http_call *call)
{
	if (call->body)
		sodium_memzero(call->body, call->body_room);
	free(call->body);
	atomic_fetch_sub(&call->rq.server->bodies, call->body_room);
	call->body = NULL;
	call->body_len = call->body_room = 0;
}

static bool body_parse(struct http_call *call)
{
	json_error_t error;
	if (call->route->body == BODY_FORM) { /* wiped when the call is over */
		call->rq.form = (const char *)call->body;
		call->rq.form_len = call->body_len;
		return true;
	}
	if (call->route->body >= BODY_FIELDS) {
		enum err e = fields_parse(call->connection, call->body, call->body_len, &call->fields);
		body_forget(call);
		call->rq.fields = call->fields;
		if (e == ERR_NOMEM)
			reply_err(&call->rp, e);
		else if (e)
			reply_error(&call->rp, e == ERR_TOO_LONG ? 413 : 400, "bad_form", "收到的表单不完整，或不是 UTF-8 文字",
			            "什么也没有改动；请返回上一页，重新填写后再提交");
		return !e && auth_form_ours(call);
	}
	if (call->gzip) {
		uint8_t *plain;
		size_t len;
		enum err e = inflate_gzip(call->body, call->body_len, BATCH_INFLATED_MAX, &plain, &len);
		if (e == ERR_TOO_LONG)
			reply_error(&call->rp, 413, "inflated_too_long", "解压后太大",
			            "请分批发送，每批解压后不超过 8 MiB");
		else if (e == ERR_INVALID)
			reply_error(&call->rp, 400, "bad_gzip", "压缩内容损坏", "请重新发送");
		else if (e)
			reply_err(&call->rp, e);
		if (e)
			return false;
		body_forget(call);
		atomic_fetch_add(&call->rq.server->bodies, len);
		call->body = plain;
		call->body_len = call->body_room = len;
	}
	call->rq.json = json_loadb((const char *)call->body, call->body_len, JSON_REJECT_DUPLICATES, &error);
	body_forget(call);
	if (!call->rq.json) {
		char where[96];
		snprintf(where, sizeof where, "第 %d 行第 %d 列附近有误", error.line, error.column);
		reply_error(&call->rp, 400, "bad_json", "内容不是正确的 JSON", where);
		return false;
	}
	if (!json_is_object(call->rq.json)) {
		reply_error(&call->rp, 400, "not_object", "内容应为 JSON 对象", "请用 {…}");
		return false;
	}
	return true;
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
