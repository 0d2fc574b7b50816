/* outbox.c: what waits for the township: events and blobs; and how the contacts with it went. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/event_rows.h"
#include "store/store_internal.h"
#include "store/store_sync.h"
#include "store/wake.h"

static enum err take_event(sqlite3_stmt *stmt, struct outbox_event *ev)
{
	const char *payload = (const char *)sqlite3_column_text(stmt, 2);
	size_t len = (size_t)sqlite3_column_bytes(stmt, 2);
	enum err e = db_blob(stmt, 1, ev->sig, SIGN_BYTES);
	if (e != ERR_OK)
		return e;
	ev->seq = sqlite3_column_int64(stmt, 0);
	ev->payload = malloc(len + 1);
	if (!ev->payload)
		return ERR_NOMEM;
	memcpy(ev->payload, payload, len + 1);
	ev->payload_len = len;
	return ERR_OK;
}

enum err outbox_next(struct store *store, size_t max, size_t max_bytes, struct outbox_batch *batch)
{
	struct outbox_batch got = {0};
	size_t bytes = 0, room = 0;
	sqlite3_stmt *stmt;
	bool row = false;
	enum err e = db_query(store->db, &stmt,
	                      "SELECT o.seq, e.sig, e.payload FROM outbox o JOIN events e ON e.seq = o.seq"
	                      " WHERE o.parked IS NULL ORDER BY o.seq LIMIT ?",
	                      "i", (int64_t)(max > INT32_MAX ? INT32_MAX : max));
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row) {
		bytes += (size_t)sqlite3_column_bytes(stmt, 2);
		if (got.count > 0 && bytes > max_bytes)
			break;
		void *grown = got.events;
		e = rows_grow(&grown, got.count, &room, sizeof *got.events);
		got.events = grown;
		if (e == ERR_OK)
			e = take_event(stmt, &got.events[got.count]);
		got.count += e == ERR_OK;
	}
	sqlite3_finalize(stmt);
	if (e != ERR_OK) {
		outbox_batch_clear(&got);
		return e;
	}
	*batch = got;
	return ERR_OK;
}

void outbox_batch_clear(struct outbox_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		free(batch->events[i].payload);
	free(batch->events);
	memset(batch, 0, sizeof *batch);
}

/* One change of delivery state; it is no part of the audited record. */
static enum err change(struct store *store, const char *sql, const char *form, int64_t seq,
                       const char *reason)
{
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = reason ? db_run(store->db, sql, form, reason, seq) : db_run(store->db, sql, form, seq);
	if (e == ERR_OK && sqlite3_changes(store->db) == 0)
		e = ERR_NOT_FOUND;
	if (e == ERR_OK)
		e = tx_commit(store, "delivery");
	tx_rollback(store);
	return e;
}

enum err outbox_ack(struct store *store, int64_t seq)
{
	enum err e = change(store, "DELETE FROM outbox WHERE seq <= ? AND parked IS NULL", "i", seq, NULL);
	return e == ERR_NOT_FOUND ? ERR_OK : e; /* acknowledged before */
}

enum err outbox_park(struct store *store, int64_t seq, const char *reason)
{
	return change(store, "UPDATE outbox SET parked = ? WHERE seq = ?", "si", seq,
	              reason[0] ? reason : "no reason given");
}

enum err outbox_unpark(struct store *store, int64_t seq)
{
	enum err e = change(store, "UPDATE outbox SET parked = NULL WHERE seq = ? AND parked IS NOT NULL", "i",
	                    seq, NULL);
	if (e == ERR_OK)
		wake_send(store->dir, WAKE_SYNC);
	return e;
}

/* The event as it stands: its data (a new reference), its type and its time. */
static enum err event_again(struct store *store, int64_t seq, json_t **root, char type[64],
                            char case_id[UUID_SIZE], struct stamp *stamp)
{
	sqlite3_stmt *stmt;
	enum err e =
		db_one(store->db, &stmt, "SELECT payload, type, at_ms, clock_ok, case_id FROM events WHERE seq = ?", "i", seq);
	if (e == ERR_OK)
		e = db_text(stmt, 1, type, 64);
	if (e == ERR_OK)
		e = db_text(stmt, 4, case_id, UUID_SIZE);
	if (e == ERR_OK) {
		stamp->at_ms = sqlite3_column_int64(stmt, 2);
		stamp->clock_ok = sqlite3_column_int(stmt, 3) != 0;
		*root = json_loads((const char *)sqlite3_column_text(stmt, 0), 0, NULL);
		e = *root ? ERR_OK : ERR_CORRUPT;
	}
	sqlite3_finalize(stmt);
	return e;
}

/* Cases and blobs that name the event by its number. */
static enum err move_rows(struct store *store, int64_t from, int64_t to, const char *case_id)
{
	sqlite3_stmt *stmt;
	bool row = false;
	enum err e = db_run(store->db, "UPDATE cases SET event_seq = ? WHERE event_seq = ?", "ii", to, from);
	if (e == ERR_OK && sqlite3_changes(store->db) > 0)
		e = tx_note(store, "cases", case_id);
	if (e == ERR_OK)
		e = db_run(store->db, "UPDATE blobs SET event_seq = ? WHERE event_seq = ?", "ii", to, from);
	if (e != ERR_OK)
		return e;
	e = db_query(store->db, &stmt, "SELECT sha256 FROM blobs WHERE event_seq = ?", "i", to);
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row)
		e = tx_note(store, "blobs", (const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return e;
}

enum err outbox_renumber(struct store *store, int64_t seq, int64_t township_last)
{
	char type[64], case_id[UUID_SIZE];
	struct stamp stamp;
	json_t *root = NULL;
	int64_t fresh = 0;
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = event_again(store, seq, &root, type, case_id, &stamp);
	if (e == ERR_OK)
		e = state_set_number(store, "least_seq", township_last + 1);
	if (e == ERR_OK)
		e = event_write(store, type, case_id[0] ? case_id : NULL, &stamp, json_object_get(root, "data"),
		                &fresh);
	if (e == ERR_OK)
		e = move_rows(store, seq, fresh, case_id);
	if (e == ERR_OK)
		e = event_rows_renumber(store, type, json_object_get(root, "data"), seq, fresh);
	if (e == ERR_OK)
		e = db_run(store->db, "DELETE FROM outbox WHERE seq = ?", "i", seq);
	json_decref(root);
	if (e == ERR_OK)
		e = tx_commit(store, "renumbered");
	tx_rollback(store);
	return e;
}

static enum err take_parked(sqlite3_stmt *stmt, void *to, void *arg)
{
	struct parked_row *p = to;
	(void)arg;
	p->seq = sqlite3_column_int64(stmt, 0);
	p->at_ms = sqlite3_column_int64(stmt, 1);
	enum err e = db_text(stmt, 2, p->type, sizeof p->type);
	return e == ERR_OK ? db_text(stmt, 3, p->reason, sizeof p->reason) : e;
}

enum err outbox_parked(struct store *store, struct parked_list *list)
{
	void *rows;
	sqlite3_stmt *stmt;
	enum err e = db_query(
		store->db, &stmt,
		"SELECT e.seq, e.at_ms, e.type, substr(o.parked, 1, 60) FROM outbox o JOIN events e ON e.seq = o.seq"
		" WHERE o.parked IS NOT NULL ORDER BY e.seq",
		"");
	if (e == ERR_OK)
		e = rows_read(stmt, take_parked, NULL, sizeof *list->rows, &rows, &list->count);
	if (e == ERR_OK)
		list->rows = rows;
	return e;
}

void parked_list_clear(struct parked_list *list)
{
	free(list->rows);
	memset(list, 0, sizeof *list);
}

enum err outbox_requeue(struct store *store, int64_t from_seq)
{
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = db_run(store->db, "INSERT OR IGNORE INTO outbox(seq) SELECT seq FROM events WHERE seq >= ?", "i", from_seq);
	/* What the township lacks it may lack with its attachments; one that it has is asked for and not sent. */
	if (e == ERR_OK)
		e = db_run(store->db,
		           "INSERT OR IGNORE INTO blob_outbox(sha256) SELECT sha256 FROM blobs WHERE event_seq >= ? ORDER BY event_seq",
		           "i", from_seq);
	if (e == ERR_OK)
		e = tx_commit(store, "delivery");
	tx_rollback(store);
	return e;
}

enum err outbox_lacks(struct store *store, int64_t acked, bool *lacks)
{
	int64_t settled = 0;
	enum err e = db_number(store->db, "SELECT max(seq) FROM events WHERE seq NOT IN (SELECT seq FROM outbox)", 0, &settled);
	if (e == ERR_OK)
		*lacks = settled > acked;
	return e;
}

enum err blob_next(struct store *store, struct blob_row *row)
{
	sqlite3_stmt *stmt;
	struct blob_row got = {0};
	char relative[PATH_SIZE];
	enum err e = db_one(
		store->db, &stmt,
		"SELECT b.sha256, b.size FROM blob_outbox o JOIN blobs b ON b.sha256 = o.sha256 ORDER BY o.n LIMIT 1", "");
	if (e == ERR_OK)
		e = db_text(stmt, 0, got.sha256_hex, sizeof got.sha256_hex);
	if (e == ERR_OK) {
		got.size = sqlite3_column_int64(stmt, 1);
		e = path_join(relative, "blobs", got.sha256_hex);
	}
	if (e == ERR_OK)
		e = path_join(got.path, store->dir, relative);
	sqlite3_finalize(stmt);
	if (e == ERR_OK)
		*row = got;
	return e;
}

enum err blob_sent(struct store *store, const char *sha256_hex)
{
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = db_run(store->db, "DELETE FROM blob_outbox WHERE sha256 = ?", "s", sha256_hex);
	if (e == ERR_OK)
		e = tx_commit(store, "delivery");
	tx_rollback(store);
	return e;
}

enum { SKEW_MAX_MS = 5 * 60 * 1000 };

/* A server that agrees with our clock vouches for it: from here on only later events are its floor. */
static enum err judge_clock(struct store *store, int64_t now_ms, int64_t server_ms)
{
	int64_t skew = server_ms - now_ms, newest = 0;
	bool skewed = skew > SKEW_MAX_MS || skew < -SKEW_MAX_MS;
	enum err e = state_set_number(store, "clock_skewed", skewed);
	if (e == ERR_OK && !skewed)
		e = db_number(store->db, "SELECT max(seq) FROM events", 0, &newest);
	if (e == ERR_OK && !skewed)
		e = state_set_number(store, "clock_floor_seq", newest);
	return e;
}

enum err sync_contact(struct store *store, int64_t now_ms, int64_t server_ms, const char *problem)
{
	char was[256], text[256];
	snprintf(text, sizeof text, "%s", problem ? problem : "");
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = state_text(store, "sync_error", was, sizeof was);
	if (e == ERR_OK)
		e = state_set_text(store, "sync_error", text);
	if (e == ERR_OK && !problem)
		e = state_set_number(store, "last_contact_ms", now_ms);
	if (e == ERR_OK && server_ms > 0)
		e = judge_clock(store, now_ms, server_ms);
	if (e == ERR_OK)
		e = tx_commit(store, "contact");
	tx_rollback(store);
	if (e == ERR_OK && strcmp(was, text) != 0)
		wake_send(store->dir, WAKE_KIOSK);
	return e;
}

enum err store_counts(struct store *store, struct store_counts *counts)
{
	struct store_counts got = {0};
	const struct { const char *sql; int64_t *out; } numbers[] = {
		{"SELECT count(*) FROM cases WHERE event_seq IS NOT NULL", &got.cases},
		{"SELECT count(*) FROM events", &got.events},
		{"SELECT count(*) FROM outbox WHERE parked IS NULL", &got.unsent},
		{"SELECT count(*) FROM outbox WHERE parked IS NOT NULL", &got.parked},
		{"SELECT count(*) FROM audit", &got.audit_links},
		{"SELECT count(*) FROM blob_outbox", &got.blobs_unsent},
	};
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < sizeof numbers / sizeof numbers[0]; i++)
		e = db_number(store->db, numbers[i].sql, 0, numbers[i].out);
	if (e == ERR_OK)
		e = state_number(store, "last_contact_ms", 0, &got.last_contact_ms);
	if (e == ERR_OK)
		e = state_text(store, "sync_error", got.last_sync_error, sizeof got.last_sync_error);
	if (e == ERR_OK)
		*counts = got;
	return e;
}
