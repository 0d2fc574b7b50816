/* flags.c: what a person should look at: odd, and recorded as what it is. */
#include "store/flags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "store/store_attendance.h"
#include "store/wake.h"

enum err flag_event(struct store *store, const struct stamp *stamp, int64_t seq, const char *what,
                           const char *deputy, const char *activity, const char *detail)
{
	sqlite3_stmt *stmt;
	bool row = false;
	char id[UUID_SIZE] = "";
	enum err e = db_query(store->db, &stmt, "SELECT id FROM events WHERE seq = ?", "i", seq);
	if (e == ERR_OK)
		e = db_step(stmt, &row);
	if (e == ERR_OK)
		e = db_text(stmt, 0, id, sizeof id);
	sqlite3_finalize(stmt);
	if (e == ERR_OK)
		e = db_run(store->db,
		           "INSERT INTO flags(id, at_ms, what, deputy, activity, detail, event_seq) VALUES(?, ?, ?, ?, ?, ?, ?)",
		           "sissssi", id, stamp->at_ms, what, deputy, activity, detail, seq);
	return e == ERR_OK ? tx_note(store, "flags", id) : e;
}

static bool odd_known(const char *what)
{
	static const char *const kinds[] = {"card_lost", "card_superseded", "card_expired", "card_future"};
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i], what) == 0)
			return true;
	return false;
}

static enum err noted_today(struct store *store, const char *what, const char *deputy, int64_t at_ms, bool *noted)
{
	struct civil_date today = civil_from_ms(at_ms).date;
	sqlite3_stmt *stmt;
	enum err e = db_query(store->db, &stmt,
	                      "SELECT 1 FROM flags WHERE at_ms >= ? AND at_ms < ? AND what = ? AND deputy = ?"
	                      " AND event_seq IS NOT NULL",
	                      "iiss", civil_to_ms(today), civil_to_ms(civil_add_days(today, 1)), what, deputy);
	if (e == ERR_OK)
		e = db_step(stmt, noted);
	sqlite3_finalize(stmt);
	return e;
}

static enum err record_odd(struct store *store, const char *what, const char *deputy, uint32_t issue)
{
	struct stamp stamp;
	bool noted = false;
	int64_t seq = 0;
	char detail[16];
	enum err e = stamp_now(store, &stamp);
	if (e == ERR_OK)
		e = noted_today(store, what, deputy, stamp.at_ms, &noted);
	if (e != ERR_OK || noted)
		return e;
	json_t *data = json_pack("{s:s, s:s, s:I}", "what", what, "deputy", deputy, "issue", (json_int_t)issue);
	e = data ? event_write(store, "credential.odd", NULL, &stamp, data, &seq) : ERR_NOMEM;
	json_decref(data);
	snprintf(detail, sizeof detail, "%u", (unsigned)issue);
	return e == ERR_OK ? flag_event(store, &stamp, seq, what, deputy, "", detail) : e;
}

enum err store_note_odd(struct store *store, const char *what, const char *deputy, uint32_t issue)
{
	struct store_identity identity;
	if (!odd_known(what) || !deputy[0] || strlen(deputy) >= REPORT_ID_SIZE)
		return ERR_INVALID;
	enum err e = store_identity(store, &identity);
	if (e == ERR_OK && !identity.enrolled)
		e = ERR_STATE;
	if (e == ERR_OK)
		e = tx_begin(store);
	if (e == ERR_OK)
		e = record_odd(store, what, deputy, issue);
	bool recorded = e == ERR_OK && store->tx.items > 0;
	if (recorded)
		e = tx_commit(store, "credential.odd");
	tx_rollback(store);
	if (e == ERR_OK && recorded)
		wake_send(store->dir, WAKE_SYNC);
	return e;
}

static enum err take_flag(sqlite3_stmt *stmt, void *to, void *arg)
{
	struct flag_row *row = to;
	struct { char *out; size_t size; } fields[] = {
		{row->id, sizeof row->id}, {row->what, sizeof row->what}, {row->deputy, sizeof row->deputy},
		{row->activity, sizeof row->activity}, {row->detail, sizeof row->detail},
	};
	enum err e = ERR_OK;
	(void)arg;
	for (int i = 0; e == ERR_OK && i < 5; i++)
		e = db_text(stmt, i + 1, fields[i].out, fields[i].size);
	row->at_ms = sqlite3_column_int64(stmt, 0);
	return e;
}

enum err store_flags(struct store *store, size_t max, struct flag_list *list)
{
	void *rows;
	sqlite3_stmt *stmt;
	/* What the township says of our own findings, it says to all kiosks: here once is enough. */
	enum err e = db_query(store->db, &stmt,
	                      "SELECT f.at_ms, f.id, f.what, f.deputy, f.activity, f.detail FROM flags f"
	                      " WHERE f.event_seq IS NOT NULL OR NOT EXISTS(SELECT 1 FROM flags o"
	                      " WHERE o.event_seq IS NOT NULL AND o.what = f.what AND o.deputy = f.deputy"
	                      " AND (o.at_ms = f.at_ms OR (o.activity <> '' AND o.activity = f.activity)))"
	                      " ORDER BY f.at_ms DESC, f.id DESC LIMIT ?",
	                      "i", (int64_t)(max > INT32_MAX ? INT32_MAX : max));
	if (e == ERR_OK)
		e = rows_read(stmt, take_flag, NULL, sizeof *list->rows, &rows, &list->count);
	if (e == ERR_OK)
		list->rows = rows;
	return e;
}

void flag_list_clear(struct flag_list *list)
{
	free(list->rows);
	list->rows = NULL;
	list->count = 0;
}
