/* A deputy's year: the sums, and the activities one by one. What an attendance counts as is said by the view
 * attendance_outcomes alone. */
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "township/store/db.h"
#include "township/store_attendance.h"

/* Nobody has missed what still goes on. */
#define COUNTS(o) "NOT " o ".cancelled AND (" o ".ends_ms <= ?4 OR " o ".came OR " o ".corrected IS NOT NULL)"

static void year_span(int year, int64_t *from_ms, int64_t *until_ms)
{
	*from_ms = civil_to_ms((struct civil_date){year, 1, 1});
	*until_ms = civil_to_ms((struct civil_date){year + 1, 1, 1});
}

/* The entry of this row's deputy: the last one, or a new one. */
static struct town_attendance_year *entry_of(struct town_attendance_years *years, sqlite3_stmt *stmt)
{
	const char *id = (const char *)sqlite3_column_text(stmt, 0);
	if (years->count > 0 && strcmp(years->items[years->count - 1].deputy, id) == 0)
		return &years->items[years->count - 1];
	/* Room doubles: a power of two is full. */
	if ((years->count & (years->count - 1)) == 0) {
		size_t room = years->count ? years->count * 2 : 1;
		struct town_attendance_year *grown = realloc(years->items, room * sizeof *grown);
		if (!grown)
			return NULL;
		years->items = grown;
	}
	struct town_attendance_year *entry = &years->items[years->count++];
	*entry = (struct town_attendance_year){0};
	db_text(stmt, 0, entry->deputy, sizeof entry->deputy);
	db_text(stmt, 1, entry->name, sizeof entry->name);
	return entry;
}

static void add(struct attendance_sum *sum, sqlite3_stmt *stmt)
{
	sum->due += sqlite3_column_int(stmt, 3);
	sum->attended += sqlite3_column_int(stmt, 4);
	sum->late += sqlite3_column_int(stmt, 5);
	sum->leave += sqlite3_column_int(stmt, 6);
}

/* One deputy and one kind; without a kind the deputy had nothing to come to. */
static enum err take(struct town_attendance_years *years, sqlite3_stmt *stmt)
{
	enum activity_kind kind;
	struct town_attendance_year *entry = entry_of(years, stmt);
	if (!entry)
		return ERR_NOMEM;
	if (sqlite3_column_type(stmt, 2) == SQLITE_NULL)
		return ERR_OK;
	if (activity_kind_parse((const char *)sqlite3_column_text(stmt, 2), &kind))
		return ERR_CORRUPT;
	add(&entry->kinds[kind], stmt);
	add(&entry->all, stmt);
	entry->corrected += sqlite3_column_int(stmt, 7);
	return ERR_OK;
}

enum err town_attendance_year(struct town_store *store, int year, const char *deputy, int64_t now_ms,
                              struct town_attendance_years *years)
{
	sqlite3_stmt *stmt;
	int64_t from_ms, until_ms;
	*years = (struct town_attendance_years){0};
	year_span(year, &from_ms, &until_ms);
	enum err e = db_query(store, &stmt,
	                      "SELECT d.id, d.name, o.kind, count(*), sum(o.outcome IN ('present', 'late')),"
	                      " sum(o.outcome = 'late'), sum(o.outcome = 'leave'), sum(o.corrected IS NOT NULL)"
	                      " FROM deputies d LEFT JOIN attendance_outcomes o ON o.deputy = d.id AND o.starts_ms >= ?2"
	                      " AND o.starts_ms < ?3 AND " COUNTS("o") " WHERE (?1 IS NULL OR d.id = ?1)"
	                      " AND (?1 IS NOT NULL OR d.left_ms IS NULL OR o.kind IS NOT NULL)"
	                      " GROUP BY d.rowid, o.kind ORDER BY d.rowid",
	                      "tiii", deputy, from_ms, until_ms, now_ms);
	while (!e && !(e = db_step(stmt)))
		e = take(years, stmt);
	if (e != ERR_NOT_FOUND) {
		if (e)
			sqlite3_reset(stmt);
		town_attendance_years_clear(years);
		return e;
	}
	return deputy && years->count == 0 ? ERR_NOT_FOUND : ERR_OK;
}

void town_attendance_years_clear(struct town_attendance_years *years)
{
	free(years->items);
	*years = (struct town_attendance_years){0};
}

static json_t *text_or_null(sqlite3_stmt *stmt, int column)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);
	return text ? json_string(text) : json_null();
}

static json_t *time_or_null(sqlite3_stmt *stmt, int column)
{
	return sqlite3_column_type(stmt, column) == SQLITE_NULL ? json_null()
	                                                        : json_integer(sqlite3_column_int64(stmt, column));
}

static json_t *activity_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:b, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "activity",
	                 sqlite3_column_text(stmt, 0), "kind", sqlite3_column_text(stmt, 1), "title",
	                 sqlite3_column_text(stmt, 2), "place", sqlite3_column_text(stmt, 3), "starts",
	                 (json_int_t)sqlite3_column_int64(stmt, 4), "ends", (json_int_t)sqlite3_column_int64(stmt, 5),
	                 "cancelled", sqlite3_column_int(stmt, 6), "seat", sqlite3_column_text(stmt, 7), "listed",
	                 sqlite3_column_int(stmt, 8), "at", time_or_null(stmt, 9), "timing", text_or_null(stmt, 10), "out_at",
	                 time_or_null(stmt, 11), "leave", text_or_null(stmt, 12), "recorded", text_or_null(stmt, 13),
	                 "corrected", text_or_null(stmt, 14), "reason", text_or_null(stmt, 15), "outcome",
	                 text_or_null(stmt, 16));
}

enum err town_deputy_attendance_json(struct town_store *store, const char *deputy, int year, int64_t now_ms,
                                     json_t **list)
{
	sqlite3_stmt *stmt;
	int64_t from_ms, until_ms;
	year_span(year, &from_ms, &until_ms);
	enum err e = db_query(store, &stmt,
	                      "SELECT a.id, a.kind, a.title, a.place, a.starts_ms, a.ends_ms, a.cancelled, coalesce(o.seat, ''),"
	                      " o.activity IS NOT NULL, s.at_ms, s.timing, x.at_ms, l.state, o.recorded, o.corrected,"
	                      " (SELECT c.reason FROM corrections c WHERE c.activity = a.id AND c.deputy = ?1 AND"
	                      "  o.corrected IS NOT NULL ORDER BY c.n DESC LIMIT 1),"
	                      " CASE WHEN " COUNTS("o") " THEN o.outcome END FROM (SELECT activity FROM invitees WHERE deputy = ?1"
	                      " UNION SELECT activity FROM sign_ins WHERE deputy = ?1 AND record) m"
	                      " JOIN activities a ON a.id = m.activity"
	                      " LEFT JOIN attendance_outcomes o ON o.activity = a.id AND o.deputy = ?1"
	                      " LEFT JOIN sign_ins s ON s.activity = a.id AND s.deputy = ?1 AND s.record"
	                      " LEFT JOIN sign_outs x ON x.activity = a.id AND x.deputy = ?1"
	                      " LEFT JOIN leaves l ON l.activity = a.id AND l.deputy = ?1"
	                      " WHERE a.starts_ms >= ?2 AND a.starts_ms < ?3 ORDER BY a.starts_ms, a.id",
	                      "tiii", deputy, from_ms, until_ms, now_ms);
	return e ? e : db_list(stmt, activity_row, list);
}
