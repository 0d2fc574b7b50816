/* Activities and their lists. */
#include <stdlib.h>
#include <string.h>

#include "model/str.h"
#include "township/store/activity_row.h"
#include "township/store_attendance.h"

void town_invitees_clear(struct town_invitees *list)
{
	free(list->items);
	*list = (struct town_invitees){0};
}

enum err town_invitees_add(struct town_invitees *list, const char *deputy, const char *seat)
{
	for (size_t i = 0; i < list->count; i++) {
		struct town_invitee *known = &list->items[i];
		if (strcmp(known->deputy, deputy) != 0)
			continue;
		return known->seat[0] || str_copy(known->seat, sizeof known->seat, seat) ? ERR_OK : ERR_TOO_LONG;
	}
	/* Room doubles: a power of two is full. */
	if ((list->count & (list->count - 1)) == 0) {
		size_t room = list->count ? list->count * 2 : 1;
		struct town_invitee *grown = realloc(list->items, room * sizeof *grown);
		if (!grown)
			return ERR_NOMEM;
		list->items = grown;
	}
	struct town_invitee *added = &list->items[list->count];
	if (!str_copy(added->deputy, sizeof added->deputy, deputy) || !str_copy(added->seat, sizeof added->seat, seat))
		return ERR_TOO_LONG;
	list->count++;
	return ERR_OK;
}

enum err town_activity_put(struct town_store *store, const struct activity *a, const struct town_invitees *list)
{
	enum err e = db_run(store,
	                    "INSERT INTO activities(id, kind, title, place, starts_ms, ends_ms, opens_min, grace_min, quorum,"
	                    " signs_out, cancelled) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
	                    " ON CONFLICT (id) DO UPDATE SET kind = ?2, title = ?3, place = ?4, starts_ms = ?5, ends_ms = ?6,"
	                    " opens_min = ?7, grace_min = ?8, quorum = ?9, signs_out = ?10, cancelled = ?11",
	                    "ttttiiddddd", a->id, activity_kind_id(a->kind), a->title, a->place, a->starts_ms, a->ends_ms,
	                    a->opens_min, a->grace_min, a->quorum, a->signs_out ? 1 : 0, a->cancelled ? 1 : 0);
	if (!e)
		e = db_run(store, "DELETE FROM invitees WHERE activity = ?", "t", a->id);
	for (size_t i = 0; i < list->count && !e; i++)
		e = db_run(store, "INSERT INTO invitees(activity, n, deputy, seat) VALUES (?, ?, ?, ?)", "titt", a->id,
		           (int64_t)i, list->items[i].deputy, list->items[i].seat);
	return e;
}

enum err activity_read(sqlite3_stmt *stmt, struct activity *a)
{
	char kind[32];
	db_text(stmt, 0, a->id, sizeof a->id);
	db_text(stmt, 1, kind, sizeof kind);
	db_text(stmt, 2, a->title, sizeof a->title);
	db_text(stmt, 3, a->place, sizeof a->place);
	a->starts_ms = sqlite3_column_int64(stmt, 4);
	a->ends_ms = sqlite3_column_int64(stmt, 5);
	a->opens_min = sqlite3_column_int(stmt, 6);
	a->grace_min = sqlite3_column_int(stmt, 7);
	a->quorum = sqlite3_column_int(stmt, 8);
	a->signs_out = sqlite3_column_int(stmt, 9) != 0;
	return activity_kind_parse(kind, &a->kind) ? ERR_CORRUPT : ERR_OK;
}

enum err town_activity_get(struct town_store *store, const char *id, struct activity *a)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt,
	                    "SELECT id, kind, title, place, starts_ms, ends_ms, opens_min, grace_min, quorum, signs_out,"
	                    " cancelled FROM activities WHERE id = ?",
	                    "t", id);
	if (e)
		return e;
	e = activity_read(stmt, a);
	a->cancelled = sqlite3_column_int(stmt, 10) != 0;
	sqlite3_reset(stmt);
	return e;
}

enum err town_invitees_get(struct town_store *store, const char *id, struct town_invitees *list)
{
	sqlite3_stmt *stmt;
	*list = (struct town_invitees){0};
	enum err e =
		db_query(store, &stmt, "SELECT deputy, seat FROM invitees WHERE activity = ? ORDER BY n", "t", id);
	while (!e && !(e = db_step(stmt)))
		e = town_invitees_add(list, (const char *)sqlite3_column_text(stmt, 0),
		                      (const char *)sqlite3_column_text(stmt, 1));
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	town_invitees_clear(list);
	return e;
}

static json_t *time_or_null(sqlite3_stmt *stmt, int column)
{
	return sqlite3_column_type(stmt, column) == SQLITE_NULL ? json_null()
	                                                        : json_integer(sqlite3_column_int64(stmt, column));
}

static json_t *activity_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:b, s:I, s:I, s:I, s:I, s:I}", "id", sqlite3_column_text(stmt, 0),
	                 "kind", sqlite3_column_text(stmt, 1), "title", sqlite3_column_text(stmt, 2), "place",
	                 sqlite3_column_text(stmt, 3), "starts", (json_int_t)sqlite3_column_int64(stmt, 4), "ends",
	                 (json_int_t)sqlite3_column_int64(stmt, 5), "cancelled", sqlite3_column_int(stmt, 6), "invited",
	                 (json_int_t)sqlite3_column_int64(stmt, 7), "present", (json_int_t)sqlite3_column_int64(stmt, 8),
	                 "guests", (json_int_t)(sqlite3_column_int64(stmt, 9) - sqlite3_column_int64(stmt, 8)), "on_leave",
	                 (json_int_t)sqlite3_column_int64(stmt, 10), "counted", (json_int_t)sqlite3_column_int64(stmt, 11));
}

enum err town_activities_json(struct town_store *store, int64_t from_ms, int limit, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(
		store, &stmt,
		"SELECT a.id, kind, title, place, starts_ms, ends_ms, cancelled,"
		" (SELECT count(*) FROM invitees i WHERE i.activity = a.id) AS invited,"
		" (SELECT count(*) FROM sign_ins s WHERE s.activity = a.id AND s.record AND EXISTS"
		"  (SELECT 1 FROM invitees i WHERE i.activity = a.id AND i.deputy = s.deputy)) AS present,"
		" (SELECT count(*) FROM sign_ins s WHERE s.activity = a.id AND s.record) AS came,"
		" (SELECT count(*) FROM leaves l WHERE l.activity = a.id AND l.state <> 'refused' AND NOT EXISTS"
		"  (SELECT 1 FROM sign_ins s WHERE s.activity = a.id AND s.deputy = l.deputy AND s.record)) AS away,"
		" (SELECT count(*) FROM attendance_outcomes o WHERE o.activity = a.id AND o.outcome IN ('present', 'late'))"
		" FROM activities a WHERE starts_ms >= ? ORDER BY starts_ms, a.id LIMIT ?",
		"id", from_ms, limit);
	return e ? e : db_list(stmt, activity_row, list);
}

/* The attendance in columns 6 and on, or null. */
static json_t *attendance_json(sqlite3_stmt *stmt)
{
	if (sqlite3_column_type(stmt, 6) == SQLITE_NULL)
		return json_null();
	return json_pack("{s:I, s:b, s:s, s:s, s:b, s:b, s:s, s:s, s:o, s:I}", "at",
	                 (json_int_t)sqlite3_column_int64(stmt, 6), "clock_ok", sqlite3_column_int(stmt, 7), "by",
	                 sqlite3_column_text(stmt, 8), "timing", sqlite3_column_text(stmt, 9), "listed",
	                 sqlite3_column_int(stmt, 10), "on_leave", sqlite3_column_int(stmt, 11), "kiosk",
	                 sqlite3_column_text(stmt, 12), "kiosk_name", sqlite3_column_text(stmt, 13), "out_at",
	                 time_or_null(stmt, 14), "times", (json_int_t)sqlite3_column_int64(stmt, 15));
}

static json_t *leave_json(sqlite3_stmt *stmt)
{
	if (sqlite3_column_type(stmt, 4) == SQLITE_NULL)
		return json_null();
	return json_pack("{s:s, s:s}", "state", sqlite3_column_text(stmt, 4), "reason", sqlite3_column_text(stmt, 5));
}

/* What the office says that it counts as, beside the record. */
static json_t *correction_json(sqlite3_stmt *stmt)
{
	if (sqlite3_column_type(stmt, 16) == SQLITE_NULL)
		return json_null();
	return json_pack("{s:s, s:s, s:s, s:I}", "counts", sqlite3_column_text(stmt, 16), "reason",
	                 sqlite3_column_text(stmt, 17), "user", sqlite3_column_text(stmt, 18), "at",
	                 (json_int_t)sqlite3_column_int64(stmt, 19));
}

static json_t *person_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:s, s:b, s:o, s:o, s:o}", "deputy", sqlite3_column_text(stmt, 0), "name",
	                 sqlite3_column_text(stmt, 1), "seat", sqlite3_column_text(stmt, 2), "listed",
	                 sqlite3_column_int(stmt, 3), "leave", leave_json(stmt), "attendance", attendance_json(stmt), "correction",
	                 correction_json(stmt));
}

enum err town_activity_people_json(struct town_store *store, const char *id, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(
		store, &stmt,
		"WITH people(deputy, seat, listed, n) AS ("
		" SELECT deputy, seat, 1, n FROM invitees WHERE activity = ?1 UNION ALL"
		" SELECT deputy, '', 0, 1000000 + s.n FROM sign_ins s WHERE activity = ?1 AND record AND NOT EXISTS"
		"  (SELECT 1 FROM invitees i WHERE i.activity = ?1 AND i.deputy = s.deputy))"
		" SELECT p.deputy, coalesce(d.name, ''), p.seat, p.listed, l.state, l.reason, s.at_ms, s.clock_ok, s.by,"
		"  s.timing, s.listed, s.on_leave, s.kiosk, coalesce(k.name, ''), o.at_ms,"
		"  (SELECT count(*) FROM sign_ins t WHERE t.activity = ?1 AND t.deputy = p.deputy),"
		" c.counts, c.reason, c.user, c.at_ms FROM people p LEFT JOIN deputies d ON d.id = p.deputy"
		" LEFT JOIN leaves l ON l.activity = ?1 AND l.deputy = p.deputy"
		" LEFT JOIN sign_ins s ON s.activity = ?1 AND s.deputy = p.deputy AND s.record"
		" LEFT JOIN kiosks k ON k.id = s.kiosk"
		" LEFT JOIN sign_outs o ON o.activity = ?1 AND o.deputy = p.deputy"
		" LEFT JOIN corrections c ON c.counts <> 'recorded' AND c.n = (SELECT max(n) FROM corrections x"
		"  WHERE x.activity = ?1 AND x.deputy = p.deputy) ORDER BY p.n",
		"t", id);
	return e ? e : db_list(stmt, person_row, list);
}

enum err town_deputies_of(struct town_store *store, const char *group, const char *level, struct town_invitees *list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT d.id FROM deputies d LEFT JOIN groups g ON g.id = d.group_id WHERE d.left_ms IS NULL"
	                      " AND (?1 IS NULL OR g.name = ?1) AND (?2 IS NULL OR EXISTS"
	                      " (SELECT 1 FROM mandates m WHERE m.deputy = d.id AND m.level = ?2)) ORDER BY d.rowid",
	                      "tt", group, level);
	while (!e && !(e = db_step(stmt)))
		e = town_invitees_add(list, (const char *)sqlite3_column_text(stmt, 0), "");
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}
