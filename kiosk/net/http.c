#include "net/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

enum { REPLY_MAX = 8 * 1024 * 1024, CONNECT_S = 15, STALL_S = 60 };

struct http {
	CURLM *multi;
	char *url;     /* owned, without a slash at the end */
	char *ca_file; /* owned, NULL for the system's */
};

struct transfer {
	struct http *http;
	CURL *easy;
	struct curl_slist *headers;
	char *body; /* owned; what is sent, wiped: it may be a password */
	size_t body_len;
	FILE *file; /* owned; what is sent instead, from file_start */
	int64_t file_start;
	char *reply; /* owned; what came */
	size_t reply_len, reply_room;
	json_t *json; /* owned; the reply read */
	CURLcode code;
	long status;
	int64_t offset;
	bool complete, running, head;
	char error[CURL_ERROR_SIZE];
};

/* Plain http is for this machine alone; the settings say so too, but a URL can be dressed up. */
static enum err check_url(const char *url)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL, *user = NULL;
	if (!u)
		return ERR_NOMEM;
	enum err e = curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK ? ERR_OK : ERR_INVALID;
	if (!e && (curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) || curl_url_get(u, CURLUPART_HOST, &host, 0)))
		e = ERR_INVALID;
	if (!e && curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_OK)
		e = ERR_DENIED;
	bool local = host && (strcmp(host, "127.0.0.1") == 0 || strcmp(host, "localhost") == 0 ||
	                      strcmp(host, "[::1]") == 0);
	if (!e && strcmp(scheme, "https") != 0 && (strcmp(scheme, "http") != 0 || !local))
		e = ERR_DENIED;
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_url_cleanup(u);
	return e;
}

enum err http_open(const char *url, const char *ca_file, struct http **http)
{
	enum err e = check_url(url);
	if (e)
		return e;
	struct http *h = calloc(1, sizeof *h);
	if (!h)
		return ERR_NOMEM;
	h->multi = curl_multi_init();
	h->url = strdup(url);
	h->ca_file = ca_file[0] ? strdup(ca_file) : NULL;
	if (!h->multi || !h->url || (ca_file[0] && !h->ca_file)) {
		http_close(h);
		return ERR_NOMEM;
	}
	size_t len = strlen(h->url);
	if (len > 0 && h->url[len - 1] == '/')
		h->url[len - 1] = '\0';
	*http = h;
	return ERR_OK;
}

void http_close(struct http *http)
{
	if (!http)
		return;
	curl_multi_cleanup(http->multi);
	free(http->url);
	free(http->ca_file);
	free(http);
}

static size_t on_reply(char *bytes, size_t size, size_t count, void *to)
{
	struct transfer *t = to;
	size_t len = size * count;
	if (t->reply_len + len > REPLY_MAX)
		return 0;
	if (t->reply_len + len > t->reply_room) {
		size_t room = (t->reply_len + len) * 2;
		char *grown = realloc(t->reply, room);
		if (!grown)
			return 0;
		t->reply = grown;
		t->reply_room = room;
	}
	memcpy(t->reply + t->reply_len, bytes, len);
	t->reply_len += len;
	return len;
}

static size_t on_header(char *line, size_t size, size_t count, void *to)
{
	static const char offset[] = "Upload-Offset:", complete[] = "Upload-Complete:";
	struct transfer *t = to;
	size_t len = size * count;
	char text[128];
	snprintf(text, sizeof text, "%.*s", (int)(len < 127 ? len : 127), line);
	if (strncasecmp(text, offset, sizeof offset - 1) == 0)
		t->offset = strtoll(text + sizeof offset - 1, NULL, 10);
	else if (strncasecmp(text, complete, sizeof complete - 1) == 0)
		t->complete = strstr(text, "?1") != NULL;
	return len;
}

static size_t on_file(char *to, size_t size, size_t count, void *from)
{
	struct transfer *t = from;
	size_t n = fread(to, 1, size * count, t->file);
	return n == 0 && ferror(t->file) ? CURL_READFUNC_ABORT : n;
}

/* A connection that went stale while it lay idle: curl begins again on a new one. */
static int on_rewind(void *from, curl_off_t offset, int origin)
{
	struct transfer *t = from;
	return fseeko(t->file, (off_t)(t->file_start + offset), origin) == 0 ? CURL_SEEKFUNC_OK
	                                                                     : CURL_SEEKFUNC_FAIL;
}

static enum err add_header(struct transfer *t, const char *line)
{
	struct curl_slist *more = curl_slist_append(t->headers, line);
	if (!more)
		return ERR_NOMEM;
	t->headers = more;
	return ERR_OK;
}

static void set_common(struct transfer *t, const char *url, const char *method)
{
	curl_easy_setopt(t->easy, CURLOPT_URL, url);
	curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error);
	curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "deputies-home/" VERSION);
	curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_TIME, (long)STALL_S);
	curl_easy_setopt(t->easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_reply);
	curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
	if (t->http->ca_file)
		curl_easy_setopt(t->easy, CURLOPT_CAINFO, t->http->ca_file);
	if (strcmp(method, "HEAD") == 0) {
		t->head = true;
		curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
	} else {
		curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, method);
	}
}

enum err transfer_new(struct http *http, const char *method, const char *path, const char *token,
                      struct transfer **t)
{
	char url[1024], bearer[192];
	struct transfer *n = calloc(1, sizeof *n);
	if (!n)
		return ERR_NOMEM;
	n->http = http;
	n->offset = -1;
	n->easy = curl_easy_init();
	enum err e = n->easy ? ERR_OK : ERR_NOMEM;
	if (!e && snprintf(url, sizeof url, "%s%s", http->url, path) >= (int)sizeof url)
		e = ERR_TOO_LONG;
	if (!e)
		set_common(n, url, method);
	if (!e && token && token[0]) {
		snprintf(bearer, sizeof bearer, "Authorization: Bearer %s", token);
		e = add_header(n, bearer);
		sodium_memzero(bearer, sizeof bearer);
	}
	/* The 100-continue dance costs a second where a proxy swallows it. */
	if (!e)
		e = add_header(n, "Expect:");
	if (e) {
		transfer_free(n);
		return e;
	}
	*t = n;
	return ERR_OK;
}

static enum err pack(const char *text, size_t len, char **out, size_t *out_len)
{
	z_stream z = {0};
	if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return ERR_NOMEM;
	size_t room = deflateBound(&z, len);
	char *packed = malloc(room);
	int rc = Z_MEM_ERROR;
	if (packed) {
		z.next_in = (Bytef *)(uintptr_t)text;
		z.avail_in = (uInt)len;
		z.next_out = (Bytef *)packed;
		z.avail_out = (uInt)room;
		rc = deflate(&z, Z_FINISH);
		*out_len = room - z.avail_out;
	}
	deflateEnd(&z);
	if (rc != Z_STREAM_END) {
		free(packed);
		return ERR_NOMEM;
	}
	*out = packed;
	return ERR_OK;
}

enum err transfer_json(struct transfer *t, json_t *body, bool gzip)
{
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	json_decref(body);
	if (!text)
		return ERR_NOMEM;
	size_t len = strlen(text);
	enum err e = add_header(t, "Content-Type: application/json");
	if (!e && gzip) {
		char *packed;
		size_t packed_len = 0;
		e = pack(text, len, &packed, &packed_len);
		if (!e) {
			sodium_memzero(text, len);
			free(text);
			text = packed;
			len = packed_len;
			e = add_header(t, "Content-Encoding: gzip");
		}
	}
	t->body = text;
	t->body_len = len;
	curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, text);
	curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
	return e;
}

enum err transfer_file(struct transfer *t, const char *path, int64_t offset, int64_t size)
{
	char range[96];
	t->file = fopen(path, "rbe");
	if (!t->file)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	if (fseeko(t->file, (off_t)offset, SEEK_SET) != 0)
		return ERR_IO;
	t->file_start = offset;
	snprintf(range, sizeof range, "Content-Range: bytes %" PRId64 "-%" PRId64 "/%" PRId64, offset, size - 1,
	         size);
	enum err e = add_header(t, range);
	if (!e)
		e = add_header(t, "Content-Type: application/octet-stream");
	curl_easy_setopt(t->easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, on_file);
	curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_SEEKFUNCTION, on_rewind);
	curl_easy_setopt(t->easy, CURLOPT_SEEKDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)(size - offset));
	return e;
}

void transfer_timeout(struct transfer *t, long seconds)
{
	curl_easy_setopt(t->easy, CURLOPT_TIMEOUT, seconds);
	curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_TIME, seconds);
}

enum err transfer_start(struct transfer *t)
{
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	t->running = curl_multi_add_handle(t->http->multi, t->easy) == CURLM_OK;
	return t->running ? ERR_OK : ERR_NOMEM;
}

void transfer_free(struct transfer *t)
{
	if (!t)
		return;
	if (t->running)
		curl_multi_remove_handle(t->http->multi, t->easy);
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	if (t->file)
		fclose(t->file);
	if (t->body)
		sodium_memzero(t->body, t->body_len);
	free(t->body);
	if (t->reply)
		sodium_memzero(t->reply, t->reply_room);
	free(t->reply);
	json_decref(t->json);
	free(t);
}

void http_wait(struct http *http, int fd_a, int fd_b, int64_t timeout_ms)
{
	struct curl_waitfd fds[2] = {{.fd = fd_a, .events = CURL_WAIT_POLLIN},
	                             {.fd = fd_b, .events = CURL_WAIT_POLLIN}};
	int running = 0, ready = 0;
	/* Nothing may be performed between http_done and the poll: what finishes then would lie unseen until the
	 * time-out. A request that was just added makes the poll return at once. */
	curl_multi_poll(http->multi, fds, 2,
	                timeout_ms < 0       ? 0
	                : timeout_ms > 60000 ? 60000
	                                     : (int)timeout_ms,
	                &ready);
	curl_multi_perform(http->multi, &running);
}

struct transfer *http_done(struct http *http)
{
	int left;
	CURLMsg *message = curl_multi_info_read(http->multi, &left);
	if (!message || message->msg != CURLMSG_DONE)
		return NULL;
	struct transfer *t = NULL;
	CURLcode code = message->data.result;
	CURL *easy = message->easy_handle;
	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &t);
	t->code = code;
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &t->status);
	curl_multi_remove_handle(http->multi, easy);
	t->running = false;
	char *type = NULL;
	curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
	if (!code && t->reply_len > 0 && type && strncasecmp(type, "application/json", 16) == 0)
		t->json = json_loadb(t->reply, t->reply_len, 0, NULL);
	return t;
}

static bool certificate_trouble(CURLcode code)
{
	return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
	       code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_CERTPROBLEM ||
	       code == CURLE_SSL_INVALIDCERTSTATUS || code == CURLE_SSL_PINNEDPUBKEYNOTMATCH;
}

enum outcome transfer_outcome(const struct transfer *t, char problem[256])
{
	const char *code = json_string_value(json_object_get(json_object_get(t->json, "error"), "code"));
	problem[0] = '\0';
	if (t->code) {
		const char *why = t->error[0] ? t->error : curl_easy_strerror(t->code);
		snprintf(problem, 256, "%s: %.200s", certificate_trouble(t->code) ? "wrong certificate" : "offline",
		         why);
		return OUTCOME_OFFLINE;
	}
	/* A login page of somebody's network answers 200 with HTML, or sends one elsewhere. */
	bool ours = t->json || t->head || (t->status == 204 && t->reply_len == 0);
	if (t->status >= 200 && t->status < 300 && ours)
		return OUTCOME_OK;
	if (t->status < 400 || t->status == 511) {
		snprintf(problem, 256,
		         "offline: a captive portal answers in the township's place (status %ld, not JSON)",
		         t->status);
		return OUTCOME_OFFLINE;
	}
	if (t->status == 429 || t->status >= 500) {
		snprintf(problem, 256, "the township asks to wait: %ld %s", t->status, code ? code : "");
		return OUTCOME_LATER;
	}
	if (!t->json && !t->head) {
		snprintf(problem, 256, "offline: status %ld from something that is not the township", t->status);
		return OUTCOME_OFFLINE;
	}
	snprintf(problem, 256, "the township refused: %ld %s", t->status, code ? code : "");
	return t->status == 401 ? OUTCOME_UNKNOWN_US : OUTCOME_REFUSED;
}

long transfer_status(const struct transfer *t)
{
	return t->status;
}

json_t *transfer_reply(const struct transfer *t)
{
	return t->json;
}

int64_t transfer_offset(const struct transfer *t, bool *complete)
{
	*complete = t->complete;
	return t->offset;
}
