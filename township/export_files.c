/* The export's files beside the tables: the signed chain, rules, portraits, attachments that stay sealed. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "township/blobs.h"
#include "township/export_internal.h"
#include "township/store_copy.h"
#include "township/store_users.h"

/* ---- the audit chain ---- */

static enum err on_link(void *arg, const struct town_link *link)
{
	FILE *file = arg;
	char *text = town_link_text(link);
	json_t *line = text ? json_pack("{s:I, s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s}", "n", (json_int_t)link->n, "at_ms",
	                                (json_int_t)link->at_ms, "who", link->who, "act", link->act, "object", link->object,
	                                "detail", link->detail, "prev", hex_json(link->prev, DIGEST_BYTES), "hash",
	                                hex_json(link->hash, DIGEST_BYTES), "sig", hex_json(link->sig, SIGN_BYTES), "text", text)
	                    : NULL;
	char *out = line ? json_dumps(line, JSON_COMPACT) : NULL;
	if (out)
		fprintf(file, "%s\n", out);
	json_decref(line);
	free(text);
	free(out);
	return !out ? ERR_NOMEM : ferror(file) ? ERR_FULL : ERR_OK;
}

enum err export_audit(struct exporting *x)
{
	FILE *file;
	char key[SIGN_PUBLIC_BYTES * 2 + 2];
	sodium_bin2hex(key, sizeof key, x->town->keys->sign_public, SIGN_PUBLIC_BYTES);
	strncat(key, "\n", 2);
	enum err e = out_bytes(x, "audit-key.txt", key, strlen(key));
	if (!e)
		e = out_bytes(x, "audit.jsonl", "", 0);
	if (e)
		return e;
	/* Lines for programs: without the mark that out_open writes. */
	char path[4096];
	snprintf(path, sizeof path, "%s/audit.jsonl", x->dir);
	file = fopen(path, "we");
	if (!file)
		return ERR_IO;
	e = town_audit_after(x->copy, 0, INT32_MAX, on_link, file);
	enum err closed = out_close(file);
	return e ? e : closed;
}

/* ---- rules ---- */

/* A title as a part of a file's name: no slash, nothing that is no character, not too long. */
static void plain_name(const char *title, char out[128])
{
	size_t n = 0;
	for (const char *p = title; *p && n < 90; p++)
		if ((unsigned char)*p >= 0x20 && !strchr("/\\:*?\"<>|", *p))
			out[n++] = *p;
	while (n > 0 && ((unsigned char)out[n - 1] & 0xC0) == 0x80 && n >= 90)
		n--; /* a character that was cut */
	if (n >= 89 && ((unsigned char)out[n - 1] & 0xC0) == 0xC0)
		n--;
	out[n] = '\0';
}

static enum err on_rule(void *arg, int64_t row, const struct export_cell *cells, size_t count)
{
	struct exporting *x = arg;
	const struct export_cell *title = cell_of(cells, count, "title"), *text = cell_of(cells, count, "text"),
							 *position = cell_of(cells, count, "position");
	char plain[128], name[192];
	FILE *file;
	if (row == 0 || !title || !text || title->kind != CELL_TEXT || text->kind != CELL_TEXT)
		return ERR_OK;
	plain_name(title->text, plain);
	/* By their order on the wall; two of one place still have names of their own. */
	snprintf(name, sizeof name, "rules/%02lld-%02lld %s.txt", (long long)(position ? position->number : 0), (long long)row, plain);
	enum err e = out_open(x, name, &file);
	if (e)
		return e;
	fprintf(file, "%s\n\n%s\n", title->text, text->text);
	return out_close(file);
}

enum err export_rules(struct exporting *x)
{
	enum err e = out_folder(x, "rules");
	return e ? e : town_export_rows(x->copy, "rules", on_rule, x);
}

/* ---- portraits: they stand in the stream of changes alone ---- */

static enum err on_change(void *arg, int64_t row, const struct export_cell *cells, size_t count)
{
	struct exporting *x = arg;
	const struct export_cell *type = cell_of(cells, count, "type"), *op = cell_of(cells, count, "op"),
							 *id = cell_of(cells, count, "id"), *data = cell_of(cells, count, "data");
	uint8_t *bytes = NULL;
	size_t len = 0;
	char name[128];
	if (row == 0 || !type || !op || !id || !data || strcmp(type->text, "portrait") != 0 || strcmp(op->text, "put") != 0)
		return ERR_OK;
	json_t *portrait = json_loadb(data->text, data->len, 0, NULL);
	const char *text = json_string_value(json_object_get(portrait, "data")), *media = json_string_value(json_object_get(portrait, "media"));
	const char *end = media && strcmp(media, "image/png") == 0 ? "png" : media && strcmp(media, "image/webp") == 0 ? "webp" : "jpg";
	enum err e = text && strspn(id->text, "abcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(id->text) && strlen(id->text) < 100
	                 ? b64_any(text, strlen(text), &bytes, &len)
	                 : ERR_INVALID;
	if (e == ERR_INVALID) {
		x->facts->shut++;
		e = ERR_OK;
	} else if (!e) {
		snprintf(name, sizeof name, "portraits/%.100s.%s", id->text, end);
		e = out_bytes(x, name, bytes, len);
	}
	free(bytes);
	json_decref(portrait);
	return e;
}

enum err export_portraits(struct exporting *x)
{
	enum err e = out_folder(x, "portraits");
	return e ? e : town_export_rows(x->copy, "changes", on_change, x);
}

/* ---- attachments, as they came ---- */

static enum err on_blob(void *arg, const char *sha256, int64_t size)
{
	struct exporting *x = arg;
	char name[96];
	int fd;
	int64_t have;
	if (strlen(sha256) != 64 || strspn(sha256, "0123456789abcdef") != 64 || blob_open(x->town, sha256, &fd, &have)) {
		x->facts->shut++;
		return ERR_OK;
	}
	char *bytes = have == size && have <= BLOB_MAX ? malloc((size_t)have + 1) : NULL;
	size_t got = 0;
	ssize_t n = 0;
	while (bytes && got < (size_t)have && (n = read(fd, bytes + got, (size_t)have - got)) > 0)
		got += (size_t)n;
	close(fd);
	snprintf(name, sizeof name, "sealed/%s", sha256);
	enum err e = ERR_OK;
	if (bytes && got == (size_t)have)
		e = out_bytes(x, name, bytes, got);
	else
		x->facts->shut++;
	free(bytes);
	return e;
}

enum err export_sealed(struct exporting *x)
{
	enum err e = out_folder(x, "sealed");
	return e ? e : town_blobs_each(x->copy, on_blob, x);
}
