/* Events as they came, refusals, blobs, and the stream of changes. */
#include <stdlib.h>
#include <string.h>

#include "township/store/db.h"

enum err town_event_add(struct town_store *store, const struct event_head *head, const char *payload,
                        const uint8_t sig[SIGN_BYTES], int64_t now_ms)
{
	return db_run(store,
	              "INSERT INTO events(kiosk, seq, id, type, at_ms, clock_ok, received_ms, payload, sig)"
	              " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	              "tittiditb", head->kiosk, head->seq, head->id, head->type, head->at_ms,
	              head->clock_ok ? 1 : 0, now_ms, payload, (const void *)sig, (size_t)SIGN_BYTES);
}

enum err town_event_remove(struct town_store *store, const char *kiosk, int64_t seq)
{
	return db_run(store, "DELETE FROM events WHERE kiosk = ? AND seq = ?", "ti", kiosk, seq);
}

enum err town_event_known(struct town_store *store, const char *kiosk, int64_t seq, const char *payload,
                          size_t len, bool *known, bool *same)
{
	sqlite3_stmt *stmt;
	*known = *same = false;
	enum err e = db_one(store, &stmt, "SELECT payload FROM events WHERE kiosk = ? AND seq = ?", "ti", kiosk, seq);
	if (e)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	const void *text = sqlite3_column_text(stmt, 0);
	*known = true;
	*same = text && (size_t)sqlite3_column_bytes(stmt, 0) == len && memcmp(text, payload, len) == 0;
	sqlite3_reset(stmt);
	return ERR_OK;
}

enum err town_refusal_put(struct town_store *store, const char *kiosk, int64_t seq, const char *reason,
                          const char *payload, int64_t now_ms)
{
	return db_run(store,
	              "INSERT INTO refusals(kiosk, seq, reason, payload, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)"
	              " ON CONFLICT DO UPDATE SET reason = ?3, payload = ?4, at_ms = ?5, handled_ms ="
	              " CASE WHEN reason = ?3 AND payload = ?4 THEN handled_ms END",
	              "titti", kiosk, seq, reason, payload, now_ms);
}

enum err town_refusal_clear(struct town_store *store, const char *kiosk, int64_t seq)
{
	return db_run(store, "DELETE FROM refusals WHERE kiosk = ? AND seq = ?", "ti", kiosk, seq);
}

static json_t *refusal_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:I, s:s, s:I}", "kiosk", sqlite3_column_text(stmt, 0), "seq",
	                 (json_int_t)sqlite3_column_int64(stmt, 1), "reason", sqlite3_column_text(stmt, 2), "at",
	                 (json_int_t)sqlite3_column_int64(stmt, 3));
}

enum err town_refusals_json(struct town_store *store, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT kiosk, seq, reason, at_ms FROM refusals ORDER BY at_ms DESC LIMIT 500", "");
	return e ? e : db_list(stmt, refusal_row, list);
}

enum err town_blob_add(struct town_store *store, const char *sha256, int64_t size, const char *kiosk,
                       int64_t now_ms)
{
	return db_run(
		store,
		"INSERT INTO blobs(sha256, size, kiosk, received_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
		"titi", sha256, size, kiosk, now_ms);
}

enum err town_blob_find(struct town_store *store, const char *sha256, int64_t *size)
{
	return db_one_number(store, size, "SELECT size FROM blobs WHERE sha256 = ?", "t", sha256);
}

enum err town_change_put(struct town_store *store, const char *type, const char *op, const char *id,
                         json_t *data, int64_t now_ms)
{
	char *text = json_dumps(data, JSON_COMPACT);
	if (!text)
		return ERR_NOMEM;
	/* REPLACE gives the row a new cursor: that is what moves the object to the end of the stream. */
	enum err e =
		db_run(store, "INSERT OR REPLACE INTO changes(type, op, id, data, at_ms) VALUES (?, ?, ?, ?, ?)",
	           "tttti", type, op, id, text, now_ms);
	free(text);
	return e;
}

enum err town_change_again(struct town_store *store, const char *type, const char *id, int64_t now_ms)
{
	return db_run(store,
	              "INSERT OR REPLACE INTO changes(type, op, id, data, at_ms)"
	              " SELECT type, op, id, data, ?3 FROM changes WHERE type = ?1 AND id = ?2 AND op = 'put'",
	              "tti", type, id, now_ms);
}

enum err town_change_tip(struct town_store *store, int64_t *cursor)
{
	return db_one_number(store, cursor, "SELECT coalesce(max(cursor), 0) FROM changes", "");
}

enum err town_changes_after(struct town_store *store, int64_t after, int max, size_t max_bytes, json_t **list,
                            int64_t *next, bool *more)
{
	json_t *rows = json_array();
	sqlite3_stmt *stmt;
	size_t bytes = 0;
	*next = after;
	*more = false;
	enum err e = db_query(store, &stmt,
	                      "SELECT cursor, type, op, id, data FROM changes WHERE cursor > ? ORDER BY cursor",
	                      "i", after);
	while (!e && !(e = db_step(stmt))) {
		size_t len = (size_t)sqlite3_column_bytes(stmt, 4);
		if (json_array_size(rows) == (size_t)max || (bytes && bytes + len > max_bytes)) {
			*more = true;
			sqlite3_reset(stmt);
			break;
		}
		bytes += len;
		json_t *data = json_loadb((const char *)sqlite3_column_text(stmt, 4), len, JSON_DECODE_ANY, NULL);
		json_t *row =
			data ? json_pack("{s:I, s:s, s:s, s:s, s:o}", "cursor", (json_int_t)sqlite3_column_int64(stmt, 0),
		                     "type", sqlite3_column_text(stmt, 1), "op", sqlite3_column_text(stmt, 2), "id",
		                     sqlite3_column_text(stmt, 3), "data", data)
				 : NULL;
		e = !row || json_array_append_new(rows, row) ? ERR_NOMEM : ERR_OK;
		*next = sqlite3_column_int64(stmt, 0);
	}
	if (e && e != ERR_NOT_FOUND) {
		json_decref(rows);
		return e;
	}
	*list = rows;
	return ERR_OK;
}
