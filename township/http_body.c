/* A request's body: what may come, how much of it, and what it is made into. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/http_internal.h"
#include "township/inflate.h"

enum { BODIES_MAX = 256 * 1024 * 1024 };

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

bool body_acceptable(struct http_call *call)
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

enum err body_append(struct http_call *call, const char *bytes, size_t len)
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

void body_forget(struct http_call *call)
{
	if (call->body)
		sodium_memzero(call->body, call->body_room);
	free(call->body);
	atomic_fetch_sub(&call->rq.server->bodies, call->body_room);
	call->body = NULL;
	call->body_len = call->body_room = 0;
}

bool body_parse(struct http_call *call)
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
