#include "model/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void uuid7_make(int64_t unix_ms, const uint8_t random[10], char out[UUID_SIZE])
{
	uint64_t ms = unix_ms < 0 ? 0 : (uint64_t)unix_ms & 0xFFFFFFFFFFFFu;
	uint8_t b[16];
	for (int i = 0; i < 6; i++)
		b[i] = (uint8_t)(ms >> (40 - 8 * i));
	memcpy(b + 6, random, 10);
	b[6] = (uint8_t)(0x70 | (b[6] & 0x0F));
	b[8] = (uint8_t)(0x80 | (b[8] & 0x3F));
	snprintf(out, UUID_SIZE, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
	         b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

bool uuid_valid(const char *s)
{
	for (size_t i = 0; i < UUID_SIZE - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		char c = s[i];
		if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return s[UUID_SIZE - 1] == '\0';
}

/* 1 to max-1 characters that are safe in a URL's path and in a file name. */
static bool name_valid(const char *s, size_t max)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
	return n > 0 && n < max && s[n] == '\0' && s[0] != '.';
}

enum { EVENT_TYPE_SIZE = 64 };

static bool head_valid(const struct event_head *h)
{
	return uuid_valid(h->id) && name_valid(h->kiosk, KIOSK_ID_SIZE) && h->seq > 0 && h->at_ms >= 0 &&
	       name_valid(h->type, EVENT_TYPE_SIZE);
}

enum err event_payload(const struct event_head *head, json_t *data, char **payload, size_t *len)
{
	if (!head_valid(head) || !json_is_object(data))
		return ERR_INVALID;
	json_t *root = json_pack("{s:i, s:s, s:s, s:I, s:s, s:I, s:s, s:O}", "v", 1, "id", head->id, "kiosk",
	                         head->kiosk, "seq", (json_int_t)head->seq, "type", head->type, "at",
	                         (json_int_t)head->at_ms, "clock", head->clock_ok ? "ok" : "unsure", "data",
	                         data);
	if (!root)
		return ERR_NOMEM;
	char *text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	if (!text)
		return ERR_NOMEM;
	size_t n = strlen(text);
	if (n > EVENT_PAYLOAD_MAX) {
		free(text);
		return ERR_TOO_LONG;
	}
	*payload = text;
	*len = n;
	return ERR_OK;
}

static enum err head_read(json_t *root, struct event_head *h)
{
	json_int_t v = 0, seq = 0, at = 0;
	const char *id = NULL, *kiosk = NULL, *type = NULL, *clock = NULL;
	json_t *data = NULL;
	if (json_unpack(root, "{s:I, s:s, s:s, s:I, s:s, s:I, s:s, s:o}", "v", &v, "id", &id, "kiosk", &kiosk,
	                "seq", &seq, "type", &type, "at", &at, "clock", &clock, "data", &data) != 0)
		return ERR_INVALID;
	if (v != 1)
		return ERR_UNSUPPORTED;
	bool ok = strcmp(clock, "ok") == 0;
	if (!json_is_object(data) || (!ok && strcmp(clock, "unsure") != 0) || !uuid_valid(id) ||
	    !name_valid(kiosk, KIOSK_ID_SIZE))
		return ERR_INVALID;
	memcpy(h->id, id, UUID_SIZE);
	memcpy(h->kiosk, kiosk, strlen(kiosk) + 1);
	h->seq = seq;
	h->type = type;
	h->at_ms = at;
	h->clock_ok = ok;
	return head_valid(h) ? ERR_OK : ERR_INVALID;
}

enum err event_open(const char *payload, size_t len, const uint8_t sig[SIGN_BYTES],
                    const uint8_t public_key[SIGN_PUBLIC_BYTES], struct event_head *head, json_t **data_root)
{
	if (len > EVENT_PAYLOAD_MAX)
		return ERR_TOO_LONG;
	enum err e = sign_check(public_key, EVENT_DOMAIN, payload, len, sig);
	if (e != ERR_OK)
		return e;
	json_t *root = json_loadb(payload, len, JSON_REJECT_DUPLICATES, NULL);
	if (!root)
		return ERR_INVALID;
	struct event_head got;
	e = head_read(root, &got);
	if (e != ERR_OK) {
		json_decref(root);
		return e;
	}
	*head = got;
	*data_root = root;
	return ERR_OK;
}
