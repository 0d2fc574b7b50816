#include "model/report.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "model/utf8.h"

static const char *const kind_ids[REPORT_KIND_COUNT] = {
	[REPORT_COMPLAINT] = "complaint",
	[REPORT_OPINION] = "opinion",
	[REPORT_SUGGESTION] = "suggestion",
	[REPORT_THANKS] = "thanks",
};

static const char *const identity_ids[] = {
	[IDENTITY_UNSET] = "anonymous", /* never named unless they chose to be */
	[IDENTITY_ANONYMOUS] = "anonymous",
	[IDENTITY_NAMED] = "named",
	[IDENTITY_ID_CARD] = "id_card",
};

const char *report_kind_id(enum report_kind kind)
{
	return (unsigned)kind < REPORT_KIND_COUNT ? kind_ids[kind] : "";
}

enum err report_kind_parse(const char *id, enum report_kind *kind)
{
	for (int i = 0; i < REPORT_KIND_COUNT; i++) {
		if (strcmp(kind_ids[i], id) == 0) {
			*kind = (enum report_kind)i;
			return ERR_OK;
		}
	}
	return ERR_INVALID;
}

bool report_has_content(const struct report *r)
{
	/* Blank lines are nothing said; the ideographic space is the wide one of Chinese keyboards. */
	const char *p = r->text;
	for (;;) {
		p += strspn(p, " \t\r\n");
		if (strncmp(p, "\xE3\x80\x80", 3) != 0)
			break;
		p += 3;
	}
	if (*p || (r->voice && r->voice_len > 0))
		return true;
	for (size_t i = 0; i < r->page_count && i < REPORT_INK_MAX_PAGES; i++)
		if (r->pages[i].stroke_count > 0)
			return true;
	return false;
}

void report_wipe(struct report *r)
{
	for (size_t i = 0; i < REPORT_INK_MAX_PAGES; i++)
		ink_clear(&r->pages[i]);
	if (r->voice)
		sodium_memzero(r->voice, r->voice_len);
	free(r->voice);
	sodium_memzero(r, sizeof *r);
}

/* A growing text that leaves no copy of itself behind: jansson's own buffers would. */
struct out { char *text; size_t len, room; enum err e; };

static void put(struct out *o, const char *bytes, size_t n)
{
	if (o->e != ERR_OK)
		return;
	if (o->room - o->len < n + 1) {
		size_t more = (o->len + n + 1) * 2;
		char *fresh = malloc(more);
		if (!fresh) {
			o->e = ERR_NOMEM;
			return;
		}
		if (o->text) {
			memcpy(fresh, o->text, o->len);
			sodium_memzero(o->text, o->room);
			free(o->text);
		}
		o->text = fresh;
		o->room = more;
	}
	memcpy(o->text + o->len, bytes, n);
	o->len += n;
	o->text[o->len] = '\0';
}

static void put_text(struct out *o, const char *s)
{
	put(o, s, strlen(s));
}

/* `s` as a JSON string; everything but quotes, backslash and controls stays UTF-8. */
static void put_string(struct out *o, const char *s)
{
	static const char hex[] = "0123456789abcdef";
	put(o, "\"", 1);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\') {
			char two[2] = {'\\', *s};
			put(o, two, 2);
		} else if (c == '\n') {
			put(o, "\\n", 2);
		} else if (c < 0x20) {
			char six[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
			put(o, six, 6);
		} else {
			put(o, s, 1);
		}
	}
	put(o, "\"", 1);
}

static void put_member(struct out *o, const char *name, const char *value)
{
	put_text(o, ",\"");
	put_text(o, name);
	put_text(o, "\":");
	put_string(o, value);
}

static void put_number(struct out *o, uint32_t v)
{
	char digits[10];
	size_t n = 0;
	do
		digits[sizeof digits - ++n] = (char)('0' + v % 10);
	while (v /= 10);
	put(o, digits + sizeof digits - n, n);
}

enum err report_to_json(const struct report *r, const struct slip_code *code,
                        const struct report_blob_ref *blobs, size_t blob_count, char **json, size_t *len)
{
	const char *const texts[] = {r->subject, r->deputy, r->text, r->name, r->phone, r->id_number};
	bool named = r->identity == IDENTITY_NAMED || r->identity == IDENTITY_ID_CARD;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (!utf8_valid(texts[i], strlen(texts[i])))
			return ERR_INVALID;
	struct out o = {.e = ERR_OK};
	put_text(&o, "{\"v\":1");
	put_member(&o, "code", code->chars);
	put_member(&o, "kind", report_kind_id(r->kind));
	put_member(&o, "subject", r->subject);
	put_member(&o, "deputy", r->deputy);
	put_member(&o, "text", r->text);
	put_member(&o, "identity", identity_ids[r->identity]);
	put_member(&o, "name", named ? r->name : "");
	put_member(&o, "phone", named ? r->phone : "");
	put_member(&o, "id_number", r->identity == IDENTITY_ID_CARD ? r->id_number : "");
	put_text(&o, ",\"blobs\":[");
	for (size_t i = 0; i < blob_count; i++) {
		put_text(&o, i ? ",{\"sha256\":" : "{\"sha256\":");
		put_string(&o, blobs[i].sha256_hex);
		put_member(&o, "media", blobs[i].media);
		put_text(&o, ",\"ms\":");
		put_number(&o, blobs[i].voice_ms);
		put_text(&o, "}");
	}
	put_text(&o, "]}");
	if (o.e != ERR_OK) {
		if (o.text)
			sodium_memzero(o.text, o.room);
		free(o.text);
		return o.e;
	}
	*json = o.text;
	*len = o.len;
	return ERR_OK;
}
