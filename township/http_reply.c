#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "township/http_internal.h"

const char *request_query(const struct request *rq, const char *name)
{
	return MHD_lookup_connection_value(rq->call->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *request_header(const struct request *rq, const char *name)
{
	return MHD_lookup_connection_value(rq->call->connection, MHD_HEADER_KIND, name);
}

bool request_number(const struct request *rq, const char *name, int64_t low, int64_t high, int64_t otherwise,
                    int64_t *n)
{
	const char *text = request_query(rq, name);
	if (!text) {
		*n = otherwise;
		return true;
	}
	char *end;
	errno = 0;
	long long v = strtoll(text, &end, 10);
	if (errno || end == text || *end || v < low || v > high)
		return false;
	*n = v;
	return true;
}

const char *request_text(const struct request *rq, const char *member)
{
	return json_string_value(json_object_get(rq->json, member));
}

void reply_json(struct reply *rp, unsigned status, json_t *json)
{
	json_decref(rp->json);
	rp->json = json;
	rp->status = json ? status : 503;
}

void reply_header(struct reply *rp, const char *name, const char *value)
{
	if (rp->header_count == HTTP_HEADERS)
		return;
	snprintf(rp->headers[rp->header_count].name, sizeof rp->headers[0].name, "%s", name);
	snprintf(rp->headers[rp->header_count++].value, sizeof rp->headers[0].value, "%s", value);
}

void reply_error(struct reply *rp, unsigned status, const char *code, const char *message, const char *remedy)
{
	reply_json(rp, status,
	           json_pack("{s:{s:s, s:s, s:s}}", "error", "code", code, "message", message, "remedy", remedy));
}

void reply_err(struct reply *rp, enum err e)
{
	switch (e) {
	case ERR_NOT_FOUND: reply_error(rp, 404, "not_found", "没有这一项", "请核对编号"); return;
	case ERR_INVALID: reply_error(rp, 422, "invalid", "内容不正确", "请核对各项内容"); return;
	case ERR_TOO_LONG: reply_error(rp, 413, "too_long", "内容太长", "请缩短后再试"); return;
	case ERR_EXISTS: reply_error(rp, 409, "exists", "已经有了", "请换一个"); return;
	case ERR_DENIED: reply_error(rp, 403, "denied", "没有权限", "请用有权限的账号"); return;
	case ERR_STATE: reply_error(rp, 409, "state", "现在不能这样做", "请看它现在的状态"); return;
	case ERR_FULL:
		reply_error(rp, 503, "disk_full", "服务器磁盘已满，没有收下", "请管理员清理磁盘后再试");
		reply_header(rp, "Retry-After", "60");
		return;
	case ERR_CORRUPT:
		reply_error(rp, 503, "corrupt", "存下的数据有损坏", "请管理员用 township verify 检查");
		return;
	default:
		reply_error(rp, 503, "unavailable", "服务器暂时不能处理", "请稍后再试");
		reply_header(rp, "Retry-After", "10");
		return;
	}
}

struct secret {
	size_t len;
	char bytes[];
};

static ssize_t secret_read(void *cls, uint64_t pos, char *buf, size_t max)
{
	const struct secret *s = cls;
	size_t left = s->len - (size_t)pos, n = left < max ? left : max;
	if (n == 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	memcpy(buf, s->bytes + pos, n);
	return (ssize_t)n;
}

static void secret_free(void *cls)
{
	struct secret *s = cls;
	town_forget((char *)s, sizeof *s + s->len);
}

static struct MHD_Response *response_of(struct reply *rp)
{
	if (rp->fd >= 0) {
		struct MHD_Response *file =
			MHD_create_response_from_fd_at_offset64((uint64_t)rp->length, rp->fd, (uint64_t)rp->offset);
		if (file)
			rp->fd = -1; /* the response closes it */
		return file;
	}
	if (rp->bytes) {
		/* A copy that the response owns and wipes when it is sent. */
		struct secret *copy = malloc(sizeof *copy + rp->bytes_len);
		if (!copy)
			return NULL;
		copy->len = rp->bytes_len;
		memcpy(copy->bytes, rp->bytes, rp->bytes_len);
		return MHD_create_response_from_callback(copy->len, 16384, secret_read, copy, secret_free);
	}
	if (!rp->json)
		return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	char *text = json_dumps(rp->json, JSON_COMPACT);
	if (!text)
		return NULL;
	struct MHD_Response *response =
		MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
	if (!response)
		free(text);
	else
		MHD_add_response_header(response, "Content-Type", "application/json; charset=utf-8");
	return response;
}

enum MHD_Result reply_send(struct http_call *call)
{
	struct reply *rp = &call->rp;
	enum MHD_Result result = MHD_NO;
	if (rp->json && call->rq.server->error_page && strncmp(call->rq.path, "/v1/", 4) != 0)
		call->rq.server->error_page(&call->rq, rp);
	watch_reply(call, rp->fd >= 0 ? (uint64_t)rp->length : rp->bytes_len);
	struct MHD_Response *response = response_of(rp);
	if (response) {
		bool may_be_kept = false;
		for (size_t i = 0; i < rp->header_count; i++) {
			MHD_add_response_header(response, rp->headers[i].name, rp->headers[i].value);
			may_be_kept |= strcmp(rp->headers[i].name, "Cache-Control") == 0;
		}
		if (!may_be_kept)
			MHD_add_response_header(response, "Cache-Control", "no-store");
		MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
		result = MHD_queue_response(call->connection, rp->status, response);
		MHD_destroy_response(response);
	}
	json_decref(rp->json);
	rp->json = NULL;
	town_forget(rp->bytes, rp->bytes_len);
	rp->bytes = NULL;
	if (rp->fd >= 0)
		close(rp->fd);
	rp->fd = -1;
	return result;
}
