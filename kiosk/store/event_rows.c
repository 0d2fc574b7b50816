/* event_rows.c: which rows tell what an event tells. */
#include "store/event_rows.h"

#include <stdio.h>
#include <string.h>

#include "model/str.h"

static const struct kind { const char *type, *table, *column; bool flagged; } kinds[] = {
	{"case.submitted", NULL, NULL, false},
	{"case.rated", NULL, NULL, false},
	{"attendance.signed_in", "attendance", "event_seq", false},
	{"attendance.signed_out", "attendance", "out_event_seq", false},
	{"attendance.repeated", "attendance", "repeat_event_seq", true},
	{"leave.asked", "leaves", "event_seq", false},
	{"credential.odd", NULL, NULL, true},
};

static const struct kind *find_kind(const char *type)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].type, type) == 0)
			return &kinds[i];
	return NULL;
}

static enum err find_flag(sqlite3 *db, int64_t seq, struct event_row *row)
{
	sqlite3_stmt *stmt;
	*row = (struct event_row){.table = "flags", .column = "event_seq"};
	enum err e = db_one(db, &stmt, "SELECT id FROM flags WHERE event_seq = ?", "i", seq);
	if (e == ERR_OK)
		e = db_text(stmt, 0, row->id, sizeof row->id);
	sqlite3_finalize(stmt);
	return e;
}

enum err event_rows(sqlite3 *db, const char *type, json_t *data, int64_t seq, struct event_row rows[EVENT_ROWS_MAX],
                    size_t *count)
{
	const struct kind *k = find_kind(type);
	size_t got = 0;
	enum err e = ERR_OK;
	if (!k)
		return ERR_UNSUPPORTED;
	if (k->table) {
		const char *activity = json_string_value(json_object_get(data, "activity"));
		const char *deputy = json_string_value(json_object_get(data, "deputy"));
		if (!activity || !deputy)
			return ERR_CORRUPT;
		rows[got] = (struct event_row){.table = k->table, .column = k->column};
		meeting_id(rows[got++].id, activity, deputy);
	}
	if (k->flagged)
		e = find_flag(db, seq, &rows[got]);
	if (e == ERR_OK)
		got += k->flagged;
	else if (e == ERR_NOT_FOUND)
		e = ERR_OK; /* its flag is named by a later number: the event was renumbered */
	if (e == ERR_OK)
		*count = got;
	return e;
}

enum err event_rows_renumber(struct store *store, const char *type, json_t *data, int64_t from, int64_t to)
{
	struct event_row rows[EVENT_ROWS_MAX];
	size_t count = 0;
	char sql[96];
	enum err e = event_rows(store->db, type, data, from, rows, &count);
	if (e == ERR_UNSUPPORTED)
		return ERR_OK; /* nothing here names it */
	for (size_t i = 0; e == ERR_OK && i < count; i++) {
		snprintf(sql, sizeof sql, "UPDATE %s SET %s = ?1 WHERE id = ?3 AND %s = ?2", rows[i].table, rows[i].column,
		         rows[i].column); /* our own names */
		e = db_run(store->db, sql, "iis", to, from, rows[i].id);
		if (e == ERR_OK && sqlite3_changes(store->db) > 0)
			e = tx_note(store, rows[i].table, rows[i].id);
	}
	return e;
}
