#include "township/office_http.h"

#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPLY_MAX = 16 * 1024 * 1024 };

struct office_http {
	CURL *curl;
	char *url; /* owned, without a slash at the end */
	char token[160];
	char problem[CURL_ERROR_SIZE];
};

struct buffer {
	char *bytes;
	size_t len, room;
};

static size_t on_bytes(char *bytes, size_t size, size_t count, void *to)
{
	struct buffer *b = to;
	size_t len = size * count;
	if (b->len + len > REPLY_MAX)
		return 0;
	if (b->len + len > b->room) {
		size_t room = (b->len + len) * 2;
		char *grown = realloc(b->bytes, room);
		if (!grown)
			return 0;
		b->bytes = grown;
		b->room = room;
	}
	memcpy(b->bytes + b->len, bytes, len);
	b->len += len;
	return len;
}

enum err office_http_open(const char *url, const char *ca_file, struct office_http **http)
{
	struct office_http *h = calloc(1, sizeof *h);
	if (!h)
		return ERR_NOMEM;
	h->curl = curl_easy_init();
	h->url = strdup(url);
	if (!h->curl || !h->url) {
		office_http_close(h);
		return ERR_NOMEM;
	}
	size_t len = strlen(h->url);
	if (len > 0 && h->url[len - 1] == '/')
		h->url[len - 1] = '\0';
	if (ca_file)
		curl_easy_setopt(h->curl, CURLOPT_CAINFO, ca_file);
	curl_easy_setopt(h->curl, CURLOPT_ERRORBUFFER, h->problem);
	curl_easy_setopt(h->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(h->curl, CURLOPT_TIMEOUT, 60L);
	curl_easy_setopt(h->curl, CURLOPT_NOSIGNAL, 1L);
	*http = h;
	return ERR_OK;
}

void office_http_close(struct office_http *http)
{
	if (!http)
		return;
	curl_easy_cleanup(http->curl);
	sodium_memzero(http->token, sizeof http->token);
	free(http->url);
	free(http);
}

enum err office_http_call(struct office_http *http, const char *method, const char *path, json_t *body,
                          long *status, json_t **reply)
{
	struct buffer buffer = {0};
	struct curl_slist *headers = NULL;
	char url[4096], bearer[200];
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	*reply = NULL;
	snprintf(url, sizeof url, "%s%s", http->url, path);
	headers = curl_slist_append(headers, "Content-Type: application/json");
	if (http->token[0]) {
		snprintf(bearer, sizeof bearer, "Authorization: Bearer %s", http->token);
		headers = curl_slist_append(headers, bearer);
	}
	curl_easy_setopt(http->curl, CURLOPT_URL, url);
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(http->curl, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(http->curl, CURLOPT_WRITEDATA, &buffer);
	if (text) {
		curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, text);
		curl_easy_setopt(http->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(text));
	} else {
		curl_easy_setopt(http->curl, CURLOPT_HTTPGET, 1L);
	}
	curl_easy_setopt(http->curl, CURLOPT_CUSTOMREQUEST, method);
	CURLcode rc = curl_easy_perform(http->curl);
	if (rc == CURLE_OK) {
		curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, status);
		if (buffer.len > 0)
			*reply = json_loadb(buffer.bytes, buffer.len, 0, NULL);
	} else if (!http->problem[0]) {
		snprintf(http->problem, sizeof http->problem, "%s", curl_easy_strerror(rc));
	}
	curl_slist_free_all(headers);
	if (text) {
		sodium_memzero(text, strlen(text));
		free(text);
	}
	if (buffer.bytes)
		sodium_memzero(buffer.bytes, buffer.room);
	free(buffer.bytes);
	return rc == CURLE_OK ? ERR_OK : ERR_OFFLINE;
}

const char *office_http_problem(const struct office_http *http)
{
	return http->problem;
}

enum err office_http_login(struct office_http *http, const char *user, const char *password, const char *code,
                           json_t **reply)
{
	long status = 0;
	json_t *body = json_pack("{s:s, s:s, s:s*}", "user", user, "password", password, "totp", code);
	enum err e = body ? office_http_call(http, "POST", "/v1/office/login", body, &status, reply) : ERR_NOMEM;
	json_decref(body);
	if (e)
		return e;
	const char *token = json_string_value(json_object_get(*reply, "token"));
	if (status != 200 || !token)
		return ERR_DENIED;
	snprintf(http->token, sizeof http->token, "%s", token);
	return ERR_OK;
}

char *office_http_escape(struct office_http *http, const char *text)
{
	return curl_easy_escape(http->curl, text, 0);
}
