/* activities.c: what the home announces: each activity with its list of those invited. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/str.h"
#include "store/activity_rows.h"

void meeting_id(char out[MEETING_ID_SIZE], const char *activity, const char *deputy)
{
	snprintf(out, MEETING_ID_SIZE, "%.63s/%.63s", activity, deputy);
}

bool activity_id_ok(const char *id)
{
	size_t len = strlen(id);
	return len > 0 && len < REPORT_ID_SIZE && !strchr(id, '/');
}

/* ---- reading ---- */

enum err activity_take(sqlite3_stmt *stmt, int column, struct activity *a)
{
	char kind[32];
	struct activity got = {
		.starts_ms = sqlite3_column_int64(stmt, column + 4),
		.ends_ms = sqlite3_column_int64(stmt, column + 5),
		.opens_min = sqlite3_column_int(stmt, column + 6),
		.grace_min = sqlite3_column_int(stmt, column + 7),
		.quorum = sqlite3_column_int(stmt, column + 8),
		.signs_out = sqlite3_column_int(stmt, column + 9) != 0,
		.cancelled = sqlite3_column_int(stmt, column + 10) != 0,
	};
	enum err e = db_text(stmt, column, got.id, sizeof got.id);
	if (e == ERR_OK)
		e = db_text(stmt, column + 1, kind, sizeof kind);
	if (e == ERR_OK)
		e = activity_kind_parse(kind, &got.kind) == ERR_OK ? ERR_OK : ERR_CORRUPT;
	if (e == ERR_OK)
		e = db_text(stmt, column + 2, got.title, sizeof got.title);
	if (e == ERR_OK)
		e = db_text(stmt, column + 3, got.place, sizeof got.place);
	if (e == ERR_OK)
		*a = got;
	return e;
}

enum err activity_read(struct store *store, const char *id, struct activity *a)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store->db, &stmt, "SELECT " ACTIVITY_COLUMNS " FROM activities a WHERE a.id = ?", "s", id);
	if (e == ERR_OK)
		e = activity_take(stmt, 0, a);
	sqlite3_finalize(stmt);
	return e;
}

/* Who is a guest, the list decides as it stands now: an office often writes down a latecomer after the fact. */
#define COUNTED_COLUMNS \
	ACTIVITY_COLUMNS \
	", (SELECT count(*) FROM invitees i WHERE " ROWS_OF("i", "a.id") ")" \
	", (SELECT count(*) FROM attendance t WHERE " ROWS_OF("t", "a.id") " AND EXISTS(SELECT 1 FROM invitees i WHERE i.id = t.id))" \
	", (SELECT count(*) FROM leaves l JOIN invitees i ON i.id = l.id WHERE " ROWS_OF("l", "a.id") \
	" AND l.state IN ('asked', 'granted') AND NOT EXISTS(SELECT 1 FROM attendance t WHERE t.id = l.id))" \
	", (SELECT count(*) FROM attendance t WHERE " ROWS_OF("t", "a.id") ")"

static enum err take_counted(sqlite3_stmt *stmt, struct activity_row *row)
{
	row->invited = sqlite3_column_int(stmt, ACTIVITY_COLUMN_COUNT);
	row->present = sqlite3_column_int(stmt, ACTIVITY_COLUMN_COUNT + 1);
	row->on_leave = sqlite3_column_int(stmt, ACTIVITY_COLUMN_COUNT + 2);
	row->guests = sqlite3_column_int(stmt, ACTIVITY_COLUMN_COUNT + 3) - row->present;
	return activity_take(stmt, 0, &row->activity);
}

/* Passes over what was over at *arg. */
static enum err take_coming(sqlite3_stmt *stmt, void *to, void *arg)
{
	struct activity_row *row = to;
	const int64_t *from_ms = arg;
	enum err e = take_counted(stmt, row);
	return e == ERR_OK && activity_phase_at(&row->activity, *from_ms) == ACTIVITY_OVER ? ERR_NOT_FOUND : e;
}

enum err store_activities(struct store *store, int64_t from_ms, int64_t until_ms, struct activity_list *list)
{
	static const int64_t longest_ms = (ACTIVITY_MAX_MIN + ACTIVITY_LINGER_MIN) * INT64_C(60000);
	void *rows;
	sqlite3_stmt *stmt;
	/* None is longer than that, so that the index of beginnings finds the few that matter. */
	enum err e = db_query(store->db, &stmt,
	                      "SELECT " COUNTED_COLUMNS " FROM activities a"
	                      " WHERE a.starts_ms >= ?1 AND a.starts_ms < ?2 AND a.ends_ms >= ?3 AND a.cancelled = 0"
	                      " ORDER BY a.starts_ms, a.id",
	                      "iii", from_ms - longest_ms, until_ms, from_ms - ACTIVITY_LINGER_MIN * INT64_C(60000));
	if (e == ERR_OK)
		e = rows_read(stmt, take_coming, &from_ms, sizeof *list->rows, &rows, &list->count);
	if (e == ERR_OK)
		list->rows = rows;
	return e;
}

void activity_list_clear(struct activity_list *list)
{
	free(list->rows);
	list->rows = NULL;
	list->count = 0;
}

enum err store_activity(struct store *store, const char *id, struct activity_row *row)
{
	struct activity_row got;
	sqlite3_stmt *stmt;
	enum err e = db_one(store->db, &stmt, "SELECT " COUNTED_COLUMNS " FROM activities a WHERE a.id = ?", "s", id);
	if (e == ERR_OK)
		e = take_counted(stmt, &got);
	sqlite3_finalize(stmt);
	if (e == ERR_OK)
		*row = got;
	return e;
}

/* ---- writing ---- */

enum err invitee_add(struct invitee_list *list, const char *deputy, const char *seat)
{
	void *rows = list->rows;
	enum err e = rows_grow(&rows, list->count, &list->room, sizeof *list->rows);
	list->rows = rows;
	if (e != ERR_OK)
		return e;
	struct invitee *i = &list->rows[list->count];
	if (!str_copy(i->deputy, sizeof i->deputy, deputy) || !str_copy(i->seat, sizeof i->seat, seat))
		return ERR_TOO_LONG;
	list->count++;
	return ERR_OK;
}

/* By deputy, as SQLite orders their ids; with a seat before without. */
static int by_deputy(const void *a, const void *b)
{
	const struct invitee *x = a, *y = b;
	int c = strcmp(x->deputy, y->deputy);
	return c ? c : strcmp(y->seat, x->seat);
}

static void put_in_order(struct invitee_list *list)
{
	size_t kept = 0;
	if (list->count == 0)
		return;
	qsort(list->rows, list->count, sizeof *list->rows, by_deputy);
	for (size_t i = 0; i < list->count; i++)
		if (kept == 0 || strcmp(list->rows[kept - 1].deputy, list->rows[i].deputy) != 0)
			list->rows[kept++] = list->rows[i];
	list->count = kept;
}

static enum err read_list(struct store *store, const char *activity, struct invitee_list *list)
{
	sqlite3_stmt *stmt;
	bool row = false;
	enum err e = db_query(store->db, &stmt,
	                      "SELECT i.deputy, i.seat FROM invitees i WHERE " ROWS_OF("i", "?1") " ORDER BY i.id", "s", activity);
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row)
		e = invitee_add(list, (const char *)sqlite3_column_text(stmt, 0), (const char *)sqlite3_column_text(stmt, 1));
	sqlite3_finalize(stmt);
	return e;
}

static enum err uninvite(struct store *store, const char *activity, const struct invitee *i)
{
	char id[MEETING_ID_SIZE];
	meeting_id(id, activity, i->deputy);
	return row_delete(store, "invitees", "id", id);
}

static enum err invite(struct store *store, const char *activity, const struct invitee *i)
{
	char id[MEETING_ID_SIZE];
	meeting_id(id, activity, i->deputy);
	enum err e = db_run(store->db,
	                    "INSERT INTO invitees(id, activity, deputy, seat) VALUES(?1, ?2, ?3, ?4)"
	                    " ON CONFLICT(id) DO UPDATE SET seat = ?4",
	                    "ssss", id, activity, i->deputy, i->seat);
	return e == ERR_OK ? tx_note(store, "invitees", id) : e;
}

/* Both lists are in order: what stands in the one alone goes or comes. */
static enum err change_list(struct store *store, const char *activity, const struct invitee_list *was,
                            const struct invitee_list *now)
{
	size_t w = 0, n = 0;
	enum err e = ERR_OK;
	while (e == ERR_OK && (w < was->count || n < now->count)) {
		int c = w == was->count ? 1 : n == now->count ? -1 : strcmp(was->rows[w].deputy, now->rows[n].deputy);
		if (c < 0)
			e = uninvite(store, activity, &was->rows[w]);
		else if (c > 0 || strcmp(was->rows[w].seat, now->rows[n].seat) != 0)
			e = invite(store, activity, &now->rows[n]);
		w += c <= 0;
		n += c >= 0;
	}
	return e;
}

static enum err replace_list(struct store *store, const char *activity, const struct invitee_list *now)
{
	struct invitee_list was = {0};
	enum err e = read_list(store, activity, &was);
	if (e == ERR_OK)
		e = change_list(store, activity, &was, now);
	free(was.rows);
	return e;
}

enum err activity_put(struct store *store, const struct activity *a, struct invitee_list *list)
{
	put_in_order(list);
	enum err e = db_run(store->db,
	                    "INSERT INTO activities(id, kind, title, place, starts_ms, ends_ms, opens_min, grace_min, quorum,"
	                    " signs_out, cancelled) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
	                    " ON CONFLICT(id) DO UPDATE SET kind = ?2, title = ?3, place = ?4, starts_ms = ?5, ends_ms = ?6,"
	                    " opens_min = ?7, grace_min = ?8, quorum = ?9, signs_out = ?10, cancelled = ?11",
	                    "ssssiiiiiii", a->id, activity_kind_id(a->kind), a->title, a->place, a->starts_ms, a->ends_ms,
	                    (int64_t)a->opens_min, (int64_t)a->grace_min, (int64_t)a->quorum, (int64_t)a->signs_out,
	                    (int64_t)a->cancelled);
	if (e == ERR_OK)
		e = tx_note(store, "activities", a->id);
	return e == ERR_OK ? replace_list(store, a->id, list) : e;
}

enum err activity_delete(struct store *store, const char *id)
{
	static const struct invitee_list nobody = {0};
	enum err e = replace_list(store, id, &nobody);
	return e == ERR_OK ? row_delete(store, "activities", "id", id) : e;
}
