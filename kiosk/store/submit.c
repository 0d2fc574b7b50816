/* submit.c: taking in a report. First the sealed blobs become durable files; then one transaction makes it
 * true. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/utf8.h"
#include "store/store_internal.h"
#include "store/wake.h"

enum { BLOBS_MAX = REPORT_INK_MAX_PAGES + 1 };

struct blob {
	struct report_blob_ref ref;
	int64_t size;            /* of the sealed file */
};
struct blobs { struct blob items[BLOBS_MAX]; size_t count; };

static const char ink_media[] = "application/x-deputies-ink", voice_media[] = "audio/ogg";

static bool text_fits(const char *s, size_t max_chars)
{
	size_t len = strlen(s);
	return utf8_valid(s, len) && utf8_count(s, len) <= max_chars;
}

static enum err check(const struct report *r)
{
	if (!r->kind_chosen || (unsigned)r->kind >= REPORT_KIND_COUNT || !r->subject[0] ||
	    !report_has_content(r) || r->page_count > REPORT_INK_MAX_PAGES)
		return ERR_INVALID;
	if (!text_fits(r->text, REPORT_TEXT_MAX_CHARS) || !text_fits(r->name, REPORT_NAME_MAX_CHARS) ||
	    !text_fits(r->phone, REPORT_PHONE_MAX_CHARS))
		return ERR_INVALID;
	return ERR_OK;
}

static enum err blob_path(struct store *store, const char *name, char path[PATH_SIZE])
{
	char relative[PATH_SIZE];
	enum err e = path_join(relative, "blobs", name);
	return e == ERR_OK ? path_join(path, store->dir, relative) : e;
}

static void blobs_remove(struct store *store, const struct blobs *blobs)
{
	char path[PATH_SIZE];
	for (size_t i = 0; i < blobs->count; i++)
		if (blob_path(store, blobs->items[i].ref.sha256_hex, path) == ERR_OK)
			unlink(path);
}

/* Sealing is randomised: each file's sum is new, and no other case can be holding it. */
static enum err blob_write(struct store *store, const uint8_t *seal_key, const void *secret, size_t len,
                           const char *media, uint32_t voice_ms, struct blobs *blobs)
{
	struct blob *b = &blobs->items[blobs->count];
	uint8_t sum[crypto_hash_sha256_BYTES];
	char path[PATH_SIZE];
	size_t sealed_len = len + SEAL_OVERHEAD_BYTES;
	uint8_t *sealed = malloc(sealed_len);
	if (!sealed)
		return ERR_NOMEM;
	enum err e = seal_to(seal_key, secret, len, sealed);
	if (e == ERR_OK) {
		crypto_hash_sha256(sum, sealed, sealed_len);
		sodium_bin2hex(b->ref.sha256_hex, sizeof b->ref.sha256_hex, sum, sizeof sum);
		b->ref.media = media;
		b->ref.voice_ms = voice_ms;
		b->size = (int64_t)sealed_len;
		e = blob_path(store, b->ref.sha256_hex, path);
	}
	if (e == ERR_OK)
		e = file_write(path, sealed, sealed_len);
	free(sealed);
	if (e == ERR_OK)
		blobs->count++;
	return e;
}

static enum err blobs_write(struct store *store, const uint8_t *seal_key, const struct report *r,
                            struct blobs *blobs)
{
	char folder[PATH_SIZE];
	enum err e = path_join(folder, store->dir, "blobs");
	for (size_t i = 0; e == ERR_OK && i < r->page_count; i++) {
		uint8_t *bytes;
		size_t len;
		if (r->pages[i].stroke_count == 0)
			continue;
		e = ink_encode(&r->pages[i], &bytes, &len);
		if (e != ERR_OK)
			break;
		e = blob_write(store, seal_key, bytes, len, ink_media, 0, blobs);
		sodium_memzero(bytes, len);
		free(bytes);
	}
	if (e == ERR_OK && r->voice && r->voice_len > 0)
		e = blob_write(store, seal_key, r->voice, r->voice_len, voice_media, r->voice_ms, blobs);
	return e == ERR_OK && blobs->count > 0 ? dir_sync(folder) : e;
}

static enum err seal_report(const uint8_t *seal_key, const struct report *r, const struct slip_code *code,
                            const struct blobs *blobs, json_t **sealed)
{
	struct report_blob_ref refs[BLOBS_MAX];
	char *json;
	size_t len;
	for (size_t i = 0; i < blobs->count; i++)
		refs[i] = blobs->items[i].ref;
	enum err e = report_to_json(r, code, refs, blobs->count, &json, &len);
	if (e != ERR_OK)
		return e;
	e = seal_json(seal_key, json, len, sealed);
	sodium_memzero(json, len);
	free(json);
	return e;
}

/* Counts on in the day that the clock shows, even when it shows that day a second time. */
static enum err next_receipt(struct store *store, int64_t at_ms, char day[11], int64_t *number)
{
	sqlite3_stmt *stmt;
	civil_format(civil_from_ms(at_ms).date, day);
	enum err e =
		db_one(store->db, &stmt,
	           "SELECT max(receipt_number) FROM cases WHERE receipt_day = ? AND event_seq IS NOT NULL", "s", day);
	if (e == ERR_OK)
		*number = sqlite3_column_int64(stmt, 0) + 1; /* NULL reads as 0 */
	sqlite3_finalize(stmt);
	return e;
}

static json_t *event_data(const struct submission *s, const struct report *r, const struct slip_keys *keys,
                          const struct blobs *blobs, json_t *sealed)
{
	char lookup[SLIP_LOOKUP_BYTES * 2 + 1];
	sodium_bin2hex(lookup, sizeof lookup, keys->lookup, SLIP_LOOKUP_BYTES);
	json_t *list = json_array();
	for (size_t i = 0; i < blobs->count; i++)
		json_array_append_new(list, json_pack("{s:s, s:I, s:s}", "sha256", blobs->items[i].ref.sha256_hex,
		                                      "size", (json_int_t)blobs->items[i].size, "media",
		                                      blobs->items[i].ref.media));
	if (json_array_size(list) != blobs->count) {
		json_decref(list);
		return NULL;
	}
	return json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s, s:O, s:o}", "case_id", s->case_id, "receipt",
	                 s->receipt, "kind", report_kind_id(r->kind), "subject", r->subject, "deputy",
	                 r->deputy[0] ? r->deputy : NULL, "lookup", lookup, "sealed", sealed, "blobs", list);
}

static enum err insert_blobs(struct store *store, const struct blobs *blobs, const char *case_id, int64_t seq)
{
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < blobs->count; i++) {
		const struct blob *b = &blobs->items[i];
		e = db_run(store->db,
		           "INSERT INTO blobs(sha256, case_id, event_seq, media, size) VALUES(?, ?, ?, ?, ?)",
		           "ssisi", b->ref.sha256_hex, case_id, seq, b->ref.media, b->size);
		if (e == ERR_OK)
			e = db_run(store->db, "INSERT INTO blob_outbox(sha256) VALUES(?)", "s", b->ref.sha256_hex);
		if (e == ERR_OK)
			e = tx_note(store, "blobs", b->ref.sha256_hex);
	}
	return e;
}

static enum err commit(struct store *store, const struct report *r, const struct slip_keys *keys,
                       const struct blobs *blobs, json_t *sealed, struct submission *s)
{
	struct stamp stamp;
	char day[11];
	uint8_t random[10];
	int64_t number = 0, seq = 0;
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = stamp_now(store, &stamp);
	if (e == ERR_OK)
		e = next_receipt(store, stamp.at_ms, day, &number);
	if (e != ERR_OK)
		return e;
	randombytes_buf(random, sizeof random);
	uuid7_make(stamp.at_ms, random, s->case_id);
	snprintf(s->receipt, sizeof s->receipt, "%.4s-%.2s%.2s-%04u", day, day + 5, day + 8,
	         (unsigned)(number % 100000000));
	s->at_ms = stamp.at_ms;
	s->clock_ok = stamp.clock_ok;
	json_t *data = event_data(s, r, keys, blobs, sealed);
	e = data ? event_write(store, "case.submitted", s->case_id, &stamp, data, &seq) : ERR_NOMEM;
	json_decref(data);
	if (e == ERR_OK)
		e = db_run(store->db,
		           "INSERT INTO cases(case_id, event_seq, receipt_day, receipt_number, lookup, kind, "
		           "subject, deputy, at_ms,"
		           " clock_ok, state, round, view_rev) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 0)",
		           "sisibsssiis", s->case_id, seq, day, number, (const void *)keys->lookup,
		           (size_t)SLIP_LOOKUP_BYTES, report_kind_id(r->kind), r->subject,
		           r->deputy[0] ? r->deputy : NULL, s->at_ms, (int64_t)s->clock_ok,
		           case_state_id(CASE_REGISTERED));
	if (e == ERR_OK)
		e = tx_note(store, "cases", s->case_id);
	if (e == ERR_OK)
		e = insert_blobs(store, blobs, s->case_id, seq);
	return e == ERR_OK ? tx_commit(store, "case.submitted") : e;
}

enum err store_submit(struct store *store, const struct report *report, const struct slip_code *code,
                      const struct slip_keys *keys, struct submission *done)
{
	struct store_identity identity;
	struct submission s = {0};
	struct blobs blobs = {.count = 0};
	json_t *sealed = NULL;
	enum err e = check(report);
	if (e == ERR_OK)
		e = store_identity(store, &identity);
	if (e == ERR_OK && !identity.enrolled)
		e = ERR_STATE;
	if (e == ERR_OK)
		e = blobs_write(store, identity.township_seal_key, report, &blobs);
	if (e == ERR_OK)
		e = seal_report(identity.township_seal_key, report, code, &blobs, &sealed);
	if (e == ERR_OK)
		e = commit(store, report, keys, &blobs, sealed, &s);
	tx_rollback(store);
	json_decref(sealed);
	if (e != ERR_OK) {
		blobs_remove(store, &blobs);
		return e;
	}
	*done = s;
	wake_send(store->dir, WAKE_SYNC);
	return ERR_OK;
}
