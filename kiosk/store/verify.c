/* verify.c: is everything as its last audit link left it? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/verify_internal.h"

void verify_blame(struct verify_report *r, int64_t link, const char *what, const char *detail)
{
	if (!r->ok && r->bad_link != 0 && (link == 0 || link >= r->bad_link))
		return;
	if (!r->ok && r->bad_link == 0 && link == 0)
		return;
	r->ok = false;
	r->bad_link = link;
	snprintf(r->what, sizeof r->what, "%s%s%.160s", what, detail[0] ? ": " : "", detail);
}

/* ---- the file ---- */

static enum err check_pragma(struct store *s, struct verify_report *r, const char *pragma, const char *good,
                             const char *what)
{
	sqlite3_stmt *stmt;
	bool row = false;
	enum err e = db_query(s->db, &stmt, pragma, "");
	if (e == ERR_OK)
		e = db_step(stmt, &row);
	if (e == ERR_OK && row) {
		const char *text = (const char *)sqlite3_column_text(stmt, 0);
		if (!good || !text || strcmp(text, good) != 0)
			verify_blame(r, 0, what, text ? text : "");
	}
	sqlite3_finalize(stmt);
	return e;
}

/* ---- the chain ---- */

static enum err items_digest(struct store *s, int64_t link, uint8_t digest[DIGEST_BYTES], bool *gapless)
{
	crypto_generichash_state state;
	sqlite3_stmt *stmt;
	bool row = false;
	int64_t n = 0;
	crypto_generichash_init(&state, NULL, 0, DIGEST_BYTES);
	*gapless = true;
	enum err e = db_query(s->db, &stmt,
	                      "SELECT n, tbl, row, digest FROM audit_items WHERE link = ? ORDER BY n", "i", link);
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row) {
		const uint8_t *item = sqlite3_column_blob(stmt, 3);
		if (sqlite3_column_int64(stmt, 0) != n++ || (item && sqlite3_column_bytes(stmt, 3) != DIGEST_BYTES)) {
			*gapless = false;
			break;
		}
		audit_item_hash(&state, (const char *)sqlite3_column_text(stmt, 1),
		                (const char *)sqlite3_column_text(stmt, 2), item);
	}
	sqlite3_finalize(stmt);
	crypto_generichash_final(&state, digest, DIGEST_BYTES);
	return e;
}

static enum err check_link(struct store *s, struct verify_report *r, sqlite3_stmt *stmt,
                           uint8_t prev[DIGEST_BYTES])
{
	int64_t link = sqlite3_column_int64(stmt, 0);
	const char *kind = (const char *)sqlite3_column_text(stmt, 2);
	uint8_t digest[DIGEST_BYTES], was[DIGEST_BYTES], stored[DIGEST_BYTES], hash[DIGEST_BYTES],
		sig[SIGN_BYTES], items[DIGEST_BYTES];
	bool gapless;
	if (db_blob(stmt, 3, digest, sizeof digest) != ERR_OK || db_blob(stmt, 4, was, sizeof was) != ERR_OK ||
	    db_blob(stmt, 5, stored, sizeof stored) != ERR_OK || db_blob(stmt, 6, sig, sizeof sig) != ERR_OK ||
	    !kind) {
		verify_blame(r, link, "a link is malformed", "");
		return ERR_OK;
	}
	audit_link_hash(was, link, sqlite3_column_int64(stmt, 1), kind, digest, hash);
	enum err e = items_digest(s, link, items, &gapless);
	if (e != ERR_OK)
		return e;
	if (memcmp(was, prev, DIGEST_BYTES) != 0)
		verify_blame(r, link, "a link does not follow from the one before it", "");
	else if (memcmp(hash, stored, DIGEST_BYTES) != 0)
		verify_blame(r, link, "a link's hash does not match what it says", "");
	else if (sign_check(s->sign_public, AUDIT_DOMAIN, hash, sizeof hash, sig) != ERR_OK)
		verify_blame(r, link, "a link's signature is not this kiosk's", "");
	else if (!gapless || memcmp(items, digest, DIGEST_BYTES) != 0)
		verify_blame(r, link, "the list of what a link covers was changed", "");
	memcpy(prev, stored, DIGEST_BYTES);
	return ERR_OK;
}

static enum err check_chain(struct store *s, struct verify_report *r)
{
	uint8_t prev[DIGEST_BYTES] = {0};
	sqlite3_stmt *stmt;
	bool row = false;
	enum err e = db_query(s->db, &stmt,
	                      "SELECT seq, at_ms, kind, digest, prev, hash, sig FROM audit ORDER BY seq", "");
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row) {
		int64_t link = sqlite3_column_int64(stmt, 0);
		if (link != r->links + 1) {
			verify_blame(r, r->links + 1, "a link is missing", "");
			r->links = link - 1;
		}
		r->links++;
		e = check_link(s, r, stmt, prev);
	}
	sqlite3_finalize(stmt);
	if (e == ERR_OK && r->links == 0)
		verify_blame(r, 1, "a link is missing", "");
	return e;
}

/* ---- the rows ---- */

/* Each row's newest item against the row as it stands. */
static enum err check_items(struct store *s, struct verify_report *r, const char *table)
{
	sqlite3_stmt *stmt;
	bool row = false;
	char detail[200];
	enum err e = db_query(
		s->db, &stmt,
		"SELECT row, digest, link, max((link << 24) + n) FROM audit_items WHERE tbl = ? GROUP BY row", "s",
		table);
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row) {
		const char *id = (const char *)sqlite3_column_text(stmt, 0);
		const uint8_t *known = sqlite3_column_blob(stmt, 1);
		int64_t link = sqlite3_column_int64(stmt, 2);
		uint8_t now[DIGEST_BYTES];
		snprintf(detail, sizeof detail, "%s %.120s", table, id);
		enum err found = row_digest(s->db, table, id, now);
		if (found == ERR_NOT_FOUND && known)
			verify_blame(r, link, "a row was deleted", detail);
		else if (found == ERR_OK && !known)
			verify_blame(r, link, "a deleted row is there again", detail);
		else if (found == ERR_OK && memcmp(now, known, DIGEST_BYTES) != 0)
			verify_blame(r, link, "a row was changed", detail);
		else if (found != ERR_OK && found != ERR_NOT_FOUND)
			e = found;
	}
	sqlite3_finalize(stmt);
	return e;
}

static enum err check_strays(struct store *s, struct verify_report *r, const char *table, const char *ids_sql)
{
	sqlite3_stmt *stmt, *find;
	bool row = false, known = false;
	char detail[200];
	enum err e = db_query(s->db, &stmt, ids_sql, "");
	if (e != ERR_OK)
		return e;
	e = db_query(s->db, &find, "SELECT 1 FROM audit_items WHERE tbl = ?1 AND row = ?2 LIMIT 1", "s", table);
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row) {
		const char *id = (const char *)sqlite3_column_text(stmt, 0);
		sqlite3_reset(find);
		sqlite3_bind_text(find, 2, id, -1, SQLITE_TRANSIENT);
		e = db_step(find, &known);
		snprintf(detail, sizeof detail, "%s %.120s", table, id);
		if (e == ERR_OK && !known)
			verify_blame(r, 0, "a row was added that no link covers", detail);
	}
	sqlite3_finalize(stmt);
	sqlite3_finalize(find);
	return e;
}

static enum err check_rows(struct store *s, struct verify_report *r)
{
	enum err e = ERR_OK;
	const char *ids_sql, *table;
	for (size_t i = 0; e == ERR_OK && (table = audited_table(i, &ids_sql)); i++) {
		e = check_items(s, r, table);
		if (e == ERR_OK)
			e = check_strays(s, r, table, ids_sql);
	}
	return e;
}

int64_t verify_link_of(struct store *store, const char *table, const char *row)
{
	sqlite3_stmt *stmt;
	bool found = false;
	int64_t link = 0;
	if (db_query(store->db, &stmt, "SELECT max(link) FROM audit_items WHERE tbl = ? AND row = ?", "ss", table,
	             row) == ERR_OK &&
	    db_step(stmt, &found) == ERR_OK && found)
		link = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return link;
}

/* ---- events, cases, blobs ---- */

static void check_event(struct store *s, struct verify_report *r, sqlite3_stmt *stmt)
{
	const char *seq = (const char *)sqlite3_column_text(stmt, 0);
	const char *id = (const char *)sqlite3_column_text(stmt, 1),
			   *type = (const char *)sqlite3_column_text(stmt, 2);
	const char *payload = (const char *)sqlite3_column_text(stmt, 4);
	size_t len = (size_t)sqlite3_column_bytes(stmt, 4);
	uint8_t sig[SIGN_BYTES];
	struct event_head head;
	json_t *root;
	if (db_blob(stmt, 3, sig, sizeof sig) != ERR_OK ||
	    event_open(payload, len, sig, s->sign_public, &head, &root) != ERR_OK) {
		verify_blame(r, verify_link_of(s, "events", seq), "an event's signature or form is wrong", seq);
		return;
	}
	if (head.seq != sqlite3_column_int64(stmt, 0) || strcmp(head.id, id) != 0 || strcmp(head.type, type) != 0)
		verify_blame(r, verify_link_of(s, "events", seq), "an event's row does not match its payload", seq);
	json_decref(root);
}

static bool gap_known(struct store *s, int64_t from, int64_t until)
{
	char gap[48];
	snprintf(gap, sizeof gap, "%lld-%lld", (long long)from, (long long)until);
	return verify_link_of(s, "gap", gap) > 0;
}

static enum err check_events(struct store *s, struct verify_report *r)
{
	sqlite3_stmt *stmt;
	bool row = false;
	char missing[24];
	int64_t expected = 1;
	enum err e = db_query(s->db, &stmt, "SELECT seq, id, type, sig, payload FROM events ORDER BY seq", "");
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row) {
		int64_t seq = sqlite3_column_int64(stmt, 0);
		if (seq != expected && !gap_known(s, expected, seq - 1)) {
			snprintf(missing, sizeof missing, "%lld", (long long)expected);
			verify_blame(r, verify_link_of(s, "events", missing), "an event is missing", missing);
		}
		expected = seq + 1;
		r->events++;
		check_event(s, r, stmt);
	}
	sqlite3_finalize(stmt);
	return e;
}

static enum err check_cases(struct store *s, struct verify_report *r)
{
	sqlite3_stmt *stmt;
	bool row = false;
	enum err e = db_query(
		s->db, &stmt,
		"SELECT c.case_id, e.seq FROM cases c LEFT JOIN events e ON e.seq = c.event_seq"
		" AND e.case_id = c.case_id AND e.type = 'case.submitted' WHERE c.event_seq IS NOT NULL",
		"");
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row) {
		const char *id = (const char *)sqlite3_column_text(stmt, 0);
		r->cases++;
		if (sqlite3_column_type(stmt, 1) == SQLITE_NULL)
			verify_blame(r, verify_link_of(s, "cases", id), "a case has no event", id);
	}
	sqlite3_finalize(stmt);
	return e;
}

static void check_blob(struct store *s, struct verify_report *r, const char *sum_hex, int64_t size)
{
	char relative[PATH_SIZE], path[PATH_SIZE], hex[crypto_hash_sha256_BYTES * 2 + 1];
	uint8_t *bytes = NULL, sum[crypto_hash_sha256_BYTES];
	size_t len = 0;
	enum err e = path_join(relative, "blobs", sum_hex);
	if (e == ERR_OK)
		e = path_join(path, s->dir, relative);
	if (e == ERR_OK)
		e = file_read(path, 256u * 1024 * 1024, &bytes, &len);
	if (e != ERR_OK) {
		verify_blame(r, verify_link_of(s, "blobs", sum_hex), "a blob is missing or cannot be read", sum_hex);
		return;
	}
	crypto_hash_sha256(sum, bytes, len);
	free(bytes);
	sodium_bin2hex(hex, sizeof hex, sum, sizeof sum);
	if ((int64_t)len != size || strcmp(hex, sum_hex) != 0)
		verify_blame(r, verify_link_of(s, "blobs", sum_hex), "a blob's bytes do not match its sum", sum_hex);
}

static enum err check_blobs(struct store *s, struct verify_report *r)
{
	sqlite3_stmt *stmt;
	bool row = false;
	enum err e = db_query(s->db, &stmt, "SELECT sha256, size FROM blobs", "");
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row)
		check_blob(s, r, (const char *)sqlite3_column_text(stmt, 0), sqlite3_column_int64(stmt, 1));
	sqlite3_finalize(stmt);
	return e;
}

enum err store_verify(struct store *store, struct verify_report *report)
{
	struct verify_report r = {.ok = true};
	/* One view of everything, though the kiosk goes on writing. */
	enum err e = db_exec(store->db, "BEGIN");
	if (e == ERR_OK)
		e = check_pragma(store, &r, "PRAGMA integrity_check(1)", "ok", "SQLite finds the file damaged");
	if (e == ERR_OK)
		e = check_pragma(store, &r, "PRAGMA foreign_key_check", NULL,
		                 "a row refers to one that is not there");
	if (e == ERR_OK)
		e = check_chain(store, &r);
	if (e == ERR_OK)
		e = check_rows(store, &r);
	if (e == ERR_OK)
		e = check_events(store, &r);
	if (e == ERR_OK)
		e = check_cases(store, &r);
	if (e == ERR_OK)
		e = verify_attendance(store, &r);
	if (e == ERR_OK)
		e = check_blobs(store, &r);
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	if (e == ERR_CORRUPT) {
		verify_blame(&r, 0, "SQLite finds the file damaged", "");
		e = ERR_OK;
	}
	if (e == ERR_OK)
		*report = r;
	return e;
}
