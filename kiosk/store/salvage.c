/* salvage.c: what a damaged database holds beyond the backup. An event is taken only when its signature is
 * right, so that damage cannot bring in anything that was not written; with it come its case and its
 * blobs, or the rows of who came, who asked for leave, and what was odd. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/event_rows.h"
#include "store/store_internal.h"

/* Is the row as the damaged file's own audit left it? */
static enum err check_row(sqlite3 *from, const char *table, const char *id)
{
	uint8_t now[DIGEST_BYTES], known[DIGEST_BYTES];
	sqlite3_stmt *stmt;
	enum err e = row_digest(from, table, id, now);
	if (e != ERR_OK)
		return e;
	e = db_one(from, &stmt,
	           "SELECT digest FROM audit_items WHERE tbl = ? AND row = ? ORDER BY link DESC, n DESC LIMIT 1", "ss",
	           table, id);
	if (e == ERR_OK)
		e = db_blob(stmt, 0, known, sizeof known);
	sqlite3_finalize(stmt);
	return e == ERR_OK && memcmp(now, known, sizeof now) != 0 ? ERR_CORRUPT : e;
}

/* Copies a row from one database to the other, column by column, and notes it. */
static enum err copy_row(struct store *to, sqlite3 *from, const char *table, const char *key, const char *id)
{
	char sql[512], names[256] = "", marks[128] = "";
	sqlite3_stmt *in, *out = NULL;
	bool row = false;
	snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE %s = CAST(?1 AS %s)", table, key,
	         strcmp(key, "seq") == 0 ? "INTEGER" : "TEXT");
	enum err e = check_row(from, table, id);
	if (e != ERR_OK)
		return e;
	e = db_one(from, &in, sql, "s", id);
	for (int i = 0; e == ERR_OK && i < sqlite3_column_count(in); i++) {
		size_t n = strlen(names), m = strlen(marks);
		snprintf(names + n, sizeof names - n, "%s%s", i ? "," : "", sqlite3_column_name(in, i));
		snprintf(marks + m, sizeof marks - m, "%s?", i ? "," : "");
	}
	snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO %s(%s) VALUES(%s)", table, names, marks);
	if (e == ERR_OK)
		e = db_query(to->db, &out, sql, "");
	for (int i = 0; e == ERR_OK && i < sqlite3_column_count(in); i++)
		e = db_error(to->db, sqlite3_bind_value(out, i + 1, sqlite3_column_value(in, i)));
	if (e == ERR_OK)
		e = db_step(out, &row);
	sqlite3_finalize(out);
	sqlite3_finalize(in);
	return e == ERR_OK ? tx_note(to, table, id) : e;
}

/* The payload (a new reference) of a row that is the event it says it is; NULL otherwise. */
static json_t *good_event(struct store *to, sqlite3_stmt *stmt, int64_t seq)
{
	uint8_t sig[SIGN_BYTES];
	struct event_head head;
	json_t *root;
	const char *payload = (const char *)sqlite3_column_text(stmt, 2);
	if (!payload || db_blob(stmt, 1, sig, sizeof sig) != ERR_OK ||
	    event_open(payload, (size_t)sqlite3_column_bytes(stmt, 2), sig, to->sign_public, &head, &root) !=
	        ERR_OK)
		return NULL;
	if (head.seq == seq)
		return root;
	json_decref(root);
	return NULL;
}

static enum err copy_blobs(struct store *to, sqlite3 *from, int64_t seq)
{
	sqlite3_stmt *stmt;
	bool row = false;
	enum err e = db_query(from, &stmt, "SELECT sha256 FROM blobs WHERE event_seq = ?", "i", seq);
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row) {
		char sum[65];
		e = db_text(stmt, 0, sum, sizeof sum);
		if (e == ERR_OK)
			e = copy_row(to, from, "blobs", "sha256", sum);
		if (e == ERR_OK)
			e = db_run(to->db, "INSERT OR IGNORE INTO blob_outbox(sha256) VALUES(?)", "s", sum);
	}
	sqlite3_finalize(stmt);
	return e;
}

static enum err copy_case(struct store *to, sqlite3 *from, json_t *data, int64_t seq)
{
	const char *case_id = json_string_value(json_object_get(data, "case_id"));
	enum err e = case_id ? copy_row(to, from, "cases", "case_id", case_id) : ERR_NOT_FOUND;
	return e == ERR_OK ? copy_blobs(to, from, seq) : e;
}

/* A row that names later events too: those numbers go until their events come, since nobody knows yet whether they do. The
 * present event may itself go by a later number (it was renumbered). */
static enum err undo_later(struct store *to, const struct event_row *row, int64_t seq)
{
	char sql[96];
	snprintf(sql, sizeof sql, "UPDATE %s SET %s = ?1 WHERE id = ?2 AND %s > ?1", row->table, row->column,
	         row->column); /* our own names */
	enum err e = db_run(to->db, sql, "is", seq, row->id);
	if (e == ERR_OK && strcmp(row->table, "attendance") == 0)
		e = db_run(to->db,
		           "UPDATE attendance SET event_seq = iif(event_seq > ?1, NULL, event_seq),"
		           " out_ms = iif(out_event_seq > ?1, NULL, out_ms),"
		           " out_event_seq = iif(out_event_seq > ?1, NULL, out_event_seq),"
		           " repeat_event_seq = iif(repeat_event_seq > ?1, NULL, repeat_event_seq) WHERE id = ?2",
		           "is", seq, row->id);
	return e == ERR_OK ? tx_note(to, row->table, row->id) : e;
}

static enum err copy_rows(struct store *to, sqlite3 *from, const char *type, json_t *data, int64_t seq)
{
	struct event_row rows[EVENT_ROWS_MAX];
	size_t count = 0;
	enum err e = event_rows(from, type, data, seq, rows, &count);
	for (size_t i = 0; e == ERR_OK && i < count; i++) {
		e = copy_row(to, from, rows[i].table, "id", rows[i].id);
		if (e == ERR_OK)
			e = undo_later(to, &rows[i], seq);
	}
	return e;
}

/* One event whole, or not at all. */
static enum err take_event(struct store *to, sqlite3 *from, int64_t seq)
{
	sqlite3_stmt *stmt;
	bool row = false;
	char id[24];
	json_t *root = NULL;
	snprintf(id, sizeof id, "%lld", (long long)seq);
	enum err e = db_query(from, &stmt, "SELECT seq, sig, payload FROM events WHERE seq = ?", "i", seq);
	if (e == ERR_OK)
		e = db_step(stmt, &row);
	if (e == ERR_OK && row)
		root = good_event(to, stmt, seq);
	sqlite3_finalize(stmt);
	if (e == ERR_OK && !root)
		e = ERR_NOT_FOUND;
	if (e == ERR_OK)
		e = copy_row(to, from, "events", "seq", id);
	/* Sent again even if it had been: the township knows it by its number. */
	if (e == ERR_OK)
		e = db_run(to->db, "INSERT INTO outbox(seq) VALUES(?)", "i", seq);
	if (e == ERR_OK) {
		const char *type = json_string_value(json_object_get(root, "type"));
		json_t *data = json_object_get(root, "data");
		e = strncmp(type, "case.", 5) == 0 ? copy_case(to, from, data, seq) : copy_rows(to, from, type, data, seq);
	}
	json_decref(root);
	return e;
}

/* Runs a piece of salvage whole or not at all. */
static enum err try_piece(struct store *store, sqlite3 *from, int64_t seq,
                          enum err (*piece)(struct store *to, sqlite3 *from, int64_t seq))
{
	struct store before = *store;
	enum err e = db_exec(store->db, "SAVEPOINT piece");
	if (e != ERR_OK)
		return e;
	e = piece(store, from, seq);
	if (e != ERR_OK) {
		/* The link's running digest goes back together with its rows. */
		sqlite3_exec(store->db, "ROLLBACK TO piece", NULL, NULL, NULL);
		store->tx = before.tx;
	}
	sqlite3_exec(store->db, "RELEASE piece", NULL, NULL, NULL);
	return e;
}

/* Where no backup was, the enrolment too: without it the kiosk could take in nothing until the office comes.
 */
static enum err take_identity(struct store *to, sqlite3 *from, int64_t seq)
{
	static const char *const keys[] = {"kiosk", "seal_key", "sign_key", "slip_salt"};
	struct store_identity identity;
	enum err e = store_identity(to, &identity);
	(void)seq;
	for (size_t i = 0; e == ERR_OK && !identity.enrolled && i < sizeof keys / sizeof keys[0]; i++)
		e = copy_row(to, from, "identity", "key", keys[i]);
	return e;
}

/* In number order, so that what is taken stays gapless; stops at the first event that cannot be read whole.
 */
void salvage(struct store *store, const char *damaged)
{
	sqlite3 *from = NULL;
	int64_t seq = 0;
	enum err e = db_open(damaged, SQLITE_OPEN_READWRITE, &from);
	if (e != ERR_OK)
		return;
	sqlite3_db_config(from, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	e = db_number(store->db, "SELECT max(seq) FROM events", 0, &seq);
	if (e == ERR_OK) {
		(void)!try_piece(store, from, 0, take_identity);
		while (try_piece(store, from, ++seq, take_event) == ERR_OK)
			;
	}
	sqlite3_close(from);
}
